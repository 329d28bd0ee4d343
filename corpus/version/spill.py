"""Batches to sorted runs on disk, and back in one merged order.

A corpus is larger than memory, and its final order is known only when all of it was seen. So each stretch of
batches is sorted by id and written as an Arrow IPC file of small record batches; the merge then walks all runs at
once and holds one small batch of each.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

RUN_BYTES = 192 * 1024 * 1024  # of Arrow data; it is held twice for a moment
CHUNK_ROWS = 128  # rows of a run that the merge holds at a time


class Run(NamedTuple):
    """A sorted run on disk and how many rows it has."""

    path: Path
    rows: int


def write_run(table: pa.Table, path: Path, keys: Sequence[str], without: Collection[str] = ()) -> tuple[Run, pa.Table]:
    """Sort a table by id (equal ids in the order of its rows) and write it as one run, `without` some columns.

    Nothing is compressed: lz4 saves two fifths of the space, but takes four times as long as all the rest of spilling
    and merging.

    Returns:
        The run, and its `keys`: these columns, sorted likewise.
    """
    order = pc.sort_indices(table["id"])
    spilled = table.drop_columns(list(without))
    with pa.ipc.new_file(str(path), spilled.schema) as writer:
        for begin in range(0, table.num_rows, CHUNK_ROWS):
            writer.write_table(spilled.take(order.slice(begin, CHUNK_ROWS)))
    return Run(path, table.num_rows), table.select(keys).take(order)


def merged(
    runs: Sequence[Run], run: NDArray[np.int64], row: NDArray[np.int64], parts: Iterable[slice]
) -> Iterator[pa.Table]:
    """Read rows of runs in a given order, a part of it at a time.

    Args:
        runs: what to read from.
        run: which run each wanted row is in, in the wanted order.
        row: its row there. The rows of one run are read fastest where they ascend.
        parts: stretches of the wanted order, none of them empty.

    Yields:
        The table of each part.
    """
    cursors = [_Cursor(each.path) for each in runs]
    for part in parts:
        order = np.lexsort((row[part], run[part]))
        numbers, wanted = run[part][order], row[part][order]
        bounds = np.flatnonzero(np.diff(numbers, prepend=-1, append=-1))
        found = [each for a, b in pairwise(bounds) for each in cursors[numbers[a]].take(wanted[a:b])]
        back = np.empty(len(order), dtype=np.int64)
        back[order] = np.arange(len(order))
        yield pa.Table.from_batches(found).combine_chunks().take(pa.array(back))


class _Cursor:
    """One run, read a small batch at a time; asks for ascending rows read each batch once."""

    def __init__(self, path: Path) -> None:
        self._reader = pa.ipc.open_file(pa.OSFile(str(path)))
        self._held: tuple[int, pa.RecordBatch] | None = None

    def take(self, rows: NDArray[np.int64]) -> Iterator[pa.RecordBatch]:
        """Give ascending rows, in pieces; rows that stand together, as nearly all do, are not copied."""
        apart = (np.diff(rows) != 1) | (np.diff(rows // CHUNK_ROWS) != 0)
        for some in np.split(rows, np.flatnonzero(apart) + 1):
            yield self._batch(int(some[0]) // CHUNK_ROWS).slice(int(some[0]) % CHUNK_ROWS, len(some))

    def _batch(self, number: int) -> pa.RecordBatch:
        if self._held is None or self._held[0] != number:
            self._held = (number, self._reader.get_batch(number))
        return self._held[1]
