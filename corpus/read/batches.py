"""Records to Arrow record batches: the first columns of the chain."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyarrow as pa

from corpus.read.records import Record, Reject

BATCH_ROWS = 512
BATCH_CHARACTERS = 2_000_000  # code points; two such batches in flight and their features stay under 1 GB

_TEXTS = ("id", "text", "url", "source", "publisher", "author", "published_at", "collected_at", "license", "extra")
RECORDS = pa.schema(
    [
        *(pa.field(name, pa.string(), nullable=name != "text") for name in _TEXTS),
        pa.field("input", pa.string(), nullable=False),
        pa.field("line", pa.int32(), nullable=False),
        pa.field("reader", pa.string(), nullable=False),
    ]
)


class Read(NamedTuple):
    """What a stretch of input gave: a batch of accepted records, the rejects among them, the warnings."""

    batch: pa.RecordBatch
    rejects: list[Reject]
    warnings: list[str]


def batches(found: Iterable[Record | Reject], rows: int = BATCH_ROWS) -> Iterator[Read]:
    """Gather records into batches of `RECORDS`, bounded in rows and in code points; at least one, perhaps empty."""
    taken: list[Record] = []
    rejects: list[Reject] = []
    size = 0
    empty = True
    for record in found:
        if isinstance(record, Reject):
            rejects.append(record)
            if len(rejects) < rows:
                continue
        else:
            taken.append(record)
            size += len(record.text)
        if len(taken) >= rows or len(rejects) >= rows or size >= BATCH_CHARACTERS:
            yield _read(taken, rejects)
            taken, rejects, size, empty = [], [], 0, False
    if taken or rejects or empty:
        yield _read(taken, rejects)


def _read(taken: list[Record], rejects: list[Reject]) -> Read:
    columns = list(zip(*(record[:10] for record in taken), strict=True)) if taken else [[]] * 10
    arrays = [pa.array(column, pa.string()) for column in columns]
    arrays.append(pa.array([record.origin.name for record in taken], pa.string()))
    arrays.append(pa.array([record.line for record in taken], pa.int32()))
    arrays.append(pa.array([record.origin.reader for record in taken], pa.string()))
    warnings = [f"{r.origin.shown}:{r.line}: {said}" for r in taken for said in r.warnings]
    return Read(pa.RecordBatch.from_arrays(arrays, schema=RECORDS), rejects, warnings)
