"""The rows of a version read back side by side: what the configs say of one document must follow from its document."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.assemble.training_text import changed_by, training_text
from corpus.groups.signature import SIGNATURE, sign
from corpus.schema import SPLITS, arrow_schema
from corpus.version.digest import content_hashes
from corpus.version.parquet import ROW_GROUP
from corpus.version.rows import ROWS

_SAID = ("id", "split", "text_sha256", "content_hash")  # of the ledger, and found again in the rows
FOUND = pa.schema([arrow_schema("ledger").field(name).with_nullable(True) for name in _SAID])


@dataclass
class Found:
    """What the rows of a version say.

    Attributes:
        documents: a row of `FOUND` for each, in the order of reading.
        counts: `page_types`, `languages`, `zones` and `normalization` as the manifest counts them.
        off: names of normalisation rules that were switched off.
        keys: `id`, `text_sha256` and the columns of `SIGNATURE` of each document, in the order of reading.
    """

    off: Collection[str] = ()
    documents: pa.Table = field(default_factory=FOUND.empty_table)
    counts: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in ("page_types", "languages", "zones", "normalization")}
    )
    keys: list[pa.Table] = field(default_factory=list)

    def add(self, table: pa.Table) -> None:
        """Take in the documents of a table that has all columns side by side."""
        text = pa.array([sha256(value.as_buffer()).hexdigest() for value in table["text"]], pa.string())
        new = pa.table([table["id"], table["split"], text, content_hashes(table)], schema=FOUND)
        self.documents = pa.concat_tables([self.documents, new])
        for name, values in (
            ("page_types", table["page_type"]),
            ("languages", pc.struct_field(table["annotations"], "language")),
            ("zones", pc.struct_field(pc.list_flatten(table["zones"]), "label")),
        ):
            self.counts[name].update({pair["values"]: pair["counts"] for pair in pc.value_counts(values).to_pylist()})
        self._sign(table.drop_columns(["article_text", "n_words"]), new)

    def _sign(self, table: pa.Table, new: pa.Table) -> None:
        """Make the text of every page again from its paragraphs, and sign it as the export did."""
        table = table.append_column("url", pc.struct_field(table["metadata"], "url"))
        for batch in table.combine_chunks().to_batches():
            made = sign(training_text(batch, self.off))
            self.counts["normalization"].update(changed_by(made["normalized_by"]))
            kept = pa.table(made).select(SIGNATURE)
            self.keys.append(pa.table([new["id"], new["text_sha256"], *kept.columns], [*_SAID[::2], *SIGNATURE]))


def reread(folder: Path, ledger: pa.Table, found: Found) -> Iterator[str]:
    """Read all rows into `found`; name what does not follow from the documents.

    Raises:
        OSError: a file cannot be read.
        ArrowInvalid: documents and pages are not the same, or not in the same order.
    """
    for split in SPLITS:
        made = {config: _Rows(_batches(folder, config, split), config) for config in ("articles", "related")}
        pages = _batches(folder, "pages", split)
        for document, page in zip(_batches(folder, "documents", split), pages, strict=True):
            if not document["id"].equals(page["id"]):
                raise pa.ArrowInvalid(f"documents and pages of {split} are not in the same order")
            there = {config: rows.take(document["id"]) for config, rows in made.items()}
            table = _beside(document, page, there["articles"], ledger, split)
            if not document["page_type"].equals(page["page_type"]):
                yield f"pages/{split}: page_type is not that of the documents"
            for config, rows in there.items():
                if wrong := _first_other(ROWS[config](table), rows):
                    yield f"{config}/{split}: id {wrong!r} does not follow from its document, or is out of order"
            found.add(table)
        yield from (f"{config}/{split}: rows of no document" for config, rows in made.items() if rows.left())


def _first_other(expected: pa.Table, there: pa.Table) -> str | None:
    """The id of the first row that differs."""
    if expected.equals(there):
        return None
    one, other = expected.to_pylist(), there.to_pylist()
    pairs = zip(one + [None] * len(other), other + [None] * len(one), strict=True)
    return next(((a or b)["id"] for a, b in pairs if a != b), None)


def _beside(document: pa.Table, page: pa.Table, articles: pa.Table, ledger: pa.Table, split: str) -> pa.Table:
    """All that is known of documents in one table, as it was when they were written."""
    ids = document["id"]
    at = pc.index_in(ids, articles["id"].combine_chunks())
    text = articles["text"].take(at)
    words = pa.array([len(said.split()) if said else 0 for said in text.to_pylist()], pa.int32())
    columns = {
        "text": page["text"],
        "zones": page["zones"],
        "article_text": text,
        "n_words": words,
        "duplicate_of": articles["duplicate_of"].take(at),
        "group": ledger["group"].take(pc.index_in(ids, ledger["id"].combine_chunks())),
        "split": pa.array([split] * len(ids), pa.string()),
    }
    for name, column in columns.items():
        document = document.append_column(name, column)
    return document


def _batches(folder: Path, config: str, split: str) -> Iterator[pa.Table]:
    for path in sorted((folder / config).glob(f"{split}-*.parquet")):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=ROW_GROUP):
                yield pa.Table.from_batches([batch])


class _Rows:
    """The rows of a config and split, handed out in step with its documents."""

    def __init__(self, source: Iterator[pa.Table], config: str) -> None:
        self._source = source
        self._held = arrow_schema(config).empty_table()

    def take(self, ids: pa.ChunkedArray) -> pa.Table:
        """Hand out the rows of `ids`, which are the next documents."""
        while True:
            mine = pc.is_in(self._held["id"], ids.combine_chunks())
            ahead = self._held.num_rows - (pc.sum(mine).as_py() or 0)
            if ahead or (more := next(self._source, None)) is None:
                break
            self._held = pa.concat_tables([self._held, more])
        taken, self._held = self._held.filter(mine), self._held.filter(pc.invert(mine))
        return taken

    def left(self) -> bool:
        """Whether rows are left that no document asked for."""
        return bool(self._held.num_rows) or next(self._source, None) is not None
