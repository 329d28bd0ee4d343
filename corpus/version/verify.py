"""A version against its own manifest: every hash and count again, every row against the schemas."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.errors import CorpusError
from corpus.schema import CONFIGS, SPLITS, arrow_schema, load, row
from corpus.version import ledger, manifest
from corpus.version.digest import content_hashes, logical_hash
from corpus.version.parquet import ROW_GROUP


def verify(folder: Path) -> Iterator[str]:
    """Name everything that differs from the manifest; nothing when the version is whole."""
    try:
        said = manifest.read(folder)
    except CorpusError as error:
        yield str(error)
        return
    for problem in jsonschema_rs.validator_for(load("manifest")).iter_errors(said):
        yield f"{manifest.FILE}: {problem.message}"
    broken = list(_files(folder, said["files"]))
    yield from broken
    if broken:
        return  # what the bytes say next would only repeat it
    try:
        yield from _content(folder, said)
    except (OSError, pa.ArrowException) as error:
        yield f"{folder}: cannot be read back ({' '.join(str(error).split())[:200]})"


def _files(folder: Path, listed: list[dict[str, Any]]) -> Iterator[str]:
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {manifest.FILE}
    names = {entry["path"] for entry in listed}
    # A version that was downloaded from where it was published has no rejects.
    yield from (f"{name}: missing" for name in sorted(names - there - {manifest.REJECTS}))
    yield from (f"{name}: not in the manifest" for name in sorted(there - names))
    for entry in listed:
        if entry["path"] in there:
            found = manifest.described_file(folder / entry["path"])
            for what in ("bytes", "sha256"):
                if found[what] != entry[what]:
                    yield f"{entry['path']}: {what} {found[what]}, the manifest says {entry[what]}"


def _content(folder: Path, said: dict[str, Any]) -> Iterator[str]:
    book = ledger.read(folder)
    yield from _rows(folder, said)
    hashes: dict[str, str] = {}
    for split in SPLITS:
        for table in _documents(folder, split):
            found = content_hashes(_with_group(table, book, split))
            hashes.update(zip(table["id"].to_pylist(), found.to_pylist(), strict=True))
    if logical_hash(sorted(hashes.items(), key=lambda pair: pair[0].encode("utf-8"))) != said["logical_hash"]:
        yield f"{manifest.FILE}: logical_hash is not that of the rows"
    active = book.filter(pc.equal(book["status"], "active"))
    if hashes != dict(zip(active["id"].to_pylist(), active["content_hash"].to_pylist(), strict=True)):
        yield f"{ledger.FILE}: the active rows are not the documents of the version"
    counts = said["counts"]
    if len(hashes) != counts["documents"]:
        yield f"{manifest.FILE}: {counts['documents']} documents, {len(hashes)} are there"
    out = counts["documents"] + counts["duplicates"] + sum(counts["rejected"].values())
    if counts["records"] != out + counts["withheld"] + counts["withdrawn"]:
        yield f"{manifest.FILE}: rows in are not rows out"
    yield from _straddling(book)


def _straddling(book: pa.Table) -> Iterator[str]:
    active = book.filter(pc.equal(book["status"], "active"))
    by_group = active.group_by("group").aggregate([("split", "count_distinct")])
    for name in by_group.filter(pc.greater(by_group["split_count_distinct"], 1))["group"].to_pylist():
        yield f"{ledger.FILE}: group {name!r} is in more than one split"


def _rows(folder: Path, said: dict[str, Any]) -> Iterator[str]:
    listed = {entry["path"]: entry["rows"] for entry in said["files"]}
    for config in CONFIGS:
        validator = jsonschema_rs.validator_for(row(config))
        found: dict[str, int] = {}
        for path in sorted((folder / config).glob("*.parquet")):
            name = path.relative_to(folder).as_posix()
            with pq.ParquetFile(path) as file:
                rows = file.metadata.num_rows
                split = path.name.split("-")[0]
                found[split] = found.get(split, 0) + rows
                if rows != listed[name]:
                    yield f"{name}: {rows} rows, the manifest says {listed[name]}"
                if not file.schema_arrow.equals(arrow_schema(config)):
                    yield f"{name}: its columns are not those of the schema"
                    continue
                for batch in file.iter_batches(batch_size=ROW_GROUP):
                    yield from map(partial("{}: {}".format, name), _invalid(batch, validator))
        if found != said["counts"]["configs"][config]:
            yield f"{manifest.FILE}: rows of {config} {said['counts']['configs'][config]}, there are {found}"


def _invalid(batch: pa.RecordBatch, validator: Any) -> Iterator[str]:
    for record in batch.to_pylist():
        # Through JSON, so that what is checked is what a reader gets.
        if not validator.is_valid(orjson.loads(orjson.dumps(record))):
            error = next(validator.iter_errors(record))
            where = ".".join(str(step) for step in error.instance_path)
            yield f"id {record['id']!r}: $.{where}: {error.message[:200]}"


def _documents(folder: Path, split: str) -> Iterator[pa.Table]:
    """Documents, pages and articles of a split side by side; they are written in the same order."""
    documents, pages = (_batches(folder, config, split) for config in ("documents", "pages"))
    articles = _Articles(_batches(folder, "articles", split))
    for document, page in zip(documents, pages, strict=True):
        table = document.append_column("text", page["text"]).append_column("zones", page["zones"])
        if not table["id"].equals(page["id"]):
            raise pa.ArrowInvalid(f"documents and pages of {split} are not in the same order")
        found = articles.take(table["id"])
        at = pc.index_in(table["id"], found["id"].combine_chunks())
        table = table.append_column("article_text", found["text"].take(at))
        yield table.append_column("duplicate_of", found["duplicate_of"].take(at))


def _batches(folder: Path, config: str, split: str) -> Iterator[pa.Table]:
    for path in sorted((folder / config).glob(f"{split}-*.parquet")):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=ROW_GROUP):
                yield pa.Table.from_batches([batch])


class _Articles:
    """The articles of a split, handed out in step with its documents."""

    def __init__(self, source: Iterator[pa.Table]) -> None:
        self._source = source
        self._held = arrow_schema("articles").empty_table()

    def take(self, ids: pa.ChunkedArray) -> pa.Table:
        """Hand out the articles among `ids`, which are the next documents."""
        while True:
            mine = pc.is_in(self._held["id"], ids.combine_chunks())
            ahead = self._held.num_rows - (pc.sum(mine).as_py() or 0)
            if ahead or (more := next(self._source, None)) is None:
                break
            self._held = pa.concat_tables([self._held, more])
        taken, self._held = self._held.filter(mine), self._held.filter(pc.invert(mine))
        return taken


def _with_group(table: pa.Table, book: pa.Table, split: str) -> pa.Table:
    at = pc.index_in(table["id"], book["id"].combine_chunks())
    table = table.append_column("group", book["group"].take(at))
    return table.append_column("split", pa.array([split] * table.num_rows, pa.string()))
