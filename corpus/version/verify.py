"""A version against its own manifest: every hash and count again, every row against the schemas."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.card.croissant import FILE as CROISSANT
from corpus.errors import CorpusError, reason
from corpus.groups.leaks import leaks
from corpus.groups.settle import WITHHELD
from corpus.schema import CONFIGS, arrow_schema, row
from corpus.version import ledger, manifest
from corpus.version.changes import REMOVED
from corpus.version.digest import logical_hash
from corpus.version.number import version
from corpus.version.parquet import ROW_GROUP
from corpus.version.reread import FOUND, Found, reread
from corpus.version.takedown import REASONS

_WHY = {"active": (None,), "withheld": WITHHELD, "withdrawn": (*REASONS, REMOVED)}


def verify(folder: Path) -> Iterator[str]:
    """Name everything that differs from the manifest; nothing when the version is whole.

    Everything that the version itself holds is computed again. Not so the inputs, which are not part of it. What
    follows from rules of the code (how many articles each rule of spelling changed, which articles are alike) is asked
    of versions that this release of the code wrote.
    """
    try:
        said = manifest.read(folder)
    except CorpusError as error:
        yield str(error)
        return
    broken = list(_files(folder, said["files"]))
    yield from broken
    if broken:
        return  # what the bytes say next would only repeat it
    try:
        yield from _content(folder, said)
    except (OSError, pa.ArrowException, ValueError, KeyError, CorpusError) as error:
        yield f"{folder}: cannot be read back ({reason(error)})"


def _files(folder: Path, listed: list[dict[str, Any]]) -> Iterator[str]:
    every = list(folder.rglob("*"))
    there = {p.relative_to(folder).as_posix() for p in every if p.is_symlink() or not p.is_dir()}
    there -= {manifest.FILE}
    empty = {p for p in every if p.is_dir() and not p.is_symlink()} - {above for p in every for above in p.parents}
    yield from (f"{p.relative_to(folder).as_posix()}: an empty folder, not in the manifest" for p in sorted(empty))
    names = Counter(entry["path"] for entry in listed)
    yield from (f"{manifest.FILE}: {name} is listed {n} times" for name, n in names.items() if n > 1)
    # A version that was downloaded from where it was published has no rejects.
    yield from (f"{name}: missing" for name in sorted(names.keys() - there - {manifest.REJECTS}))
    yield from (f"{name}: not in the manifest" for name in sorted(there - names.keys()))
    for entry in listed:
        if entry["path"] in there:
            found = manifest.described_file(folder / entry["path"])
            for what in ("bytes", "sha256"):
                if found[what] != entry[what]:
                    yield f"{entry['path']}: {what} {found[what]}, the manifest says {entry[what]}"


def _content(folder: Path, said: dict[str, Any]) -> Iterator[str]:
    book = ledger.read(folder)
    wrong = list(_rows(folder, said))
    yield from wrong
    if any("not those of the schema" in each for each in wrong):
        return
    found = Found(said["options"]["normalize_off"])
    yield from reread(folder, book, found)
    yield from _manifest(folder, said, found)
    yield from _counts(folder, said["counts"], found, book, ours=said["tool"] == manifest.tool())
    yield from _ledger(said, found, book)


def _manifest(folder: Path, said: dict[str, Any], found: Found) -> Iterator[str]:
    documents = found.documents.sort_by("id")
    pairs = zip(documents["id"].to_pylist(), documents["content_hash"].to_pylist(), strict=True)
    if logical_hash(pairs) != said["logical_hash"]:
        yield f"{manifest.FILE}: logical_hash is not that of the rows"
    described = json.loads((folder / CROISSANT).read_bytes())["version"]
    if described != said["version"]:
        yield f"{manifest.FILE}: version {said['version']}, {CROISSANT} says {described}"
    for splits, kinds in said["leaks"].items():
        yield from (f"{manifest.FILE}: {n} {kind} pairs between {splits}" for kind, n in kinds.items() if n)
    if said["tool"] == manifest.tool():
        yield from _leaks(said, found)


def _leaks(said: dict[str, Any], found: Found) -> Iterator[str]:
    """What two splits have in common; the same as the export saw, which had the documents in order of id."""
    if not found.keys:
        return
    keys = pa.concat_tables(found.keys)
    order = pc.sort_indices(keys["id"])
    split = found.documents["split"].take(order)
    everything = not said["counts"]["withheld"] and not said["counts"]["withdrawn"]
    for splits, kinds in leaks(keys.take(order), pa.table({"status": ["active"] * len(split), "split": split})).items():
        for kind, pairs in kinds.items():
            # Which passages are common enough to be furniture depends on documents that are not in the version.
            if pairs and (everything or kind != "contained"):
                yield f"{splits}: the splits leak, {pairs} {kind} pairs"


def _counts(folder: Path, said: dict[str, Any], found: Found, book: pa.Table, *, ours: bool) -> Iterator[str]:
    here = {"documents": found.documents.num_rows, **{name: dict(each) for name, each in found.counts.items()}}
    if not ours:
        del here["normalization"]
    rejects = folder / manifest.REJECTS
    if rejects.is_file():
        with rejects.open("rb") as lines:
            kinds = Counter(orjson.loads(line)["kind"] for line in lines)
        here |= {"duplicates": kinds.pop("duplicate", 0), "rejected": dict(kinds)}
    for name, counted in here.items():
        if counted != said[name]:
            yield f"{manifest.FILE}: {name} {said[name]}, there are {counted}"
    # The ledger has those of earlier versions as well.
    kept = Counter(book["status"].to_pylist())
    for status in ("withheld", "withdrawn"):
        if kept[status] < said[status]:
            yield f"{manifest.FILE}: {said[status]} {status}, the ledger has {kept[status]}"
    out = said["documents"] + said["duplicates"] + sum(said["rejected"].values())
    if said["records"] != out + said["withheld"] + said["withdrawn"]:
        yield f"{manifest.FILE}: rows in are not rows out"


def _ledger(said: dict[str, Any], found: Found, book: pa.Table) -> Iterator[str]:
    validator = jsonschema_rs.validator_for(row("ledger"))
    for batch in book.to_batches(ROW_GROUP):
        yield from map(f"{ledger.FILE}: {{}}".format, _invalid(batch, validator))
    ids = book["id"].to_pylist()
    if any(one >= other for one, other in pairwise(ids)):
        yield f"{ledger.FILE}: its ids are not in order, each once"
    for name, status, why, first in zip(*(book[c].to_pylist() for c in _DECIDED), strict=True):
        if why not in _WHY.get(status, ()):
            yield f"{ledger.FILE}: id {name!r} is {status} for the reason {why!r}"
        if version(first) > version(said["version"]):
            yield f"{ledger.FILE}: id {name!r} was first released in {first}, which is later than this version"
    active = book.filter(pc.equal(book["status"], "active")).select(FOUND.names)
    if not active.cast(FOUND).equals(found.documents.sort_by("id")):
        yield f"{ledger.FILE}: the active rows are not the documents of the version"
    yield from _out_of_order(found, book)
    yield from _straddling(book)


_DECIDED = ("id", "status", "reason", "first_release")


def _out_of_order(found: Found, book: pa.Table) -> Iterator[str]:
    first = dict(zip(book["id"].to_pylist(), map(version, book["first_release"].to_pylist()), strict=True))
    last: dict[str, Any] = {}
    for name, split in zip(found.documents["id"].to_pylist(), found.documents["split"].to_pylist(), strict=True):
        place = first.get(name, version("0.0.0")), name
        if last.setdefault(split, place) > place:
            yield f"documents/{split}: id {name!r} is out of order; rows stand by first release, then id"
        last[split] = place


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
        if found != said["counts"]["configs"].get(config, {}):
            yield f"{manifest.FILE}: rows of {config} {said['counts']['configs'].get(config)}, there are {found}"


def _invalid(batch: pa.RecordBatch, validator: Any) -> Iterator[str]:
    for record in batch.to_pylist():
        # Through JSON, so that what is checked is what a reader gets.
        if not validator.is_valid(orjson.loads(orjson.dumps(record))):
            error = next(validator.iter_errors(record))
            where = ".".join(str(step) for step in error.instance_path)
            yield f"id {record['id']!r}: $.{where}: {error.message[:200]}"
