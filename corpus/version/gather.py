"""The first pass: every page through the chain, spilled to sorted runs; keys and signatures stay in memory."""

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

import orjson
import pyarrow as pa

from corpus.annotate.personal_data import mask_text
from corpus.chain import Options, process
from corpus.groups.signature import SIGNATURE
from corpus.read.batches import Read
from corpus.read.records import Reject
from corpus.version.engines import Engine
from corpus.version.spill import RUN_BYTES, Run, write_run

KEYS = ("id", "text_sha256", "collected_at", "record_key", "input", "line", *SIGNATURE)


@dataclass
class Gathered:
    """What the first pass leaves behind.

    Attributes:
        runs: the spilled pages.
        keys: a row of `KEYS` and of `run` and `row` for each accepted record.
        rejected: rejects by kind.
        records: how many raw records were read.
    """

    runs: list[Run] = field(default_factory=list)
    keys: list[pa.Table] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    records: int = 0

    def table(self) -> pa.Table:
        """All keys as one table."""
        return pa.concat_tables(self.keys)


Progress = Callable[[int], None]


def gather(
    read: Iterable[Read],
    options: Options,
    folder: Path,
    rejects: BinaryIO,
    engine: Engine,
    workers: int | None,
    progress: Progress,
) -> Gathered:
    """Run the chain over all input.

    Args:
        read: batches of records with their rejects.
        options: what changes content.
        folder: where runs are spilled.
        rejects: where rejects are written, one JSON object a line.
        engine: what runs the chain over the batches; the result does not depend on it.
        workers: how many batches it works on at once (None: as many as fit); the result does not depend on it.
        progress: told how many more records are done.
    """
    gathered = Gathered()
    batches = _accepted(read, rejects, gathered, progress, mask=options.mask_personal_data)
    mapped = engine(partial(process, options=options), batches, workers)
    spilled: Future[None] | None = None
    with closing(mapped) as processed, ThreadPoolExecutor(1) as disk:
        for stretch in _stretches(_counted(processed, gathered, progress)):
            # One run is written while the next comes in: the workers do not wait for the disk.
            if spilled:
                spilled.result()
            spilled = disk.submit(_spill, stretch, folder, gathered)
    if spilled:
        spilled.result()
    return gathered


def _counted(processed: Iterable[pa.RecordBatch], gathered: Gathered, progress: Progress) -> Iterator[pa.RecordBatch]:
    for batch in processed:
        gathered.records += batch.num_rows
        progress(batch.num_rows)
        yield batch


def _stretches(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Batches by the run that they go to; one, though it may be empty, where there are no rows."""
    waiting: list[pa.RecordBatch] = []
    size = 0
    empty = True
    for batch in batches:
        if batch.num_rows or empty:
            waiting.append(batch)
            size += batch.nbytes
            empty = False
        if size >= RUN_BYTES:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting


def _accepted(
    read: Iterable[Read], rejects: BinaryIO, gathered: Gathered, progress: Progress, *, mask: bool
) -> Iterator[pa.RecordBatch]:
    """The batches of accepted records; what was not accepted is written aside as it is read."""
    for each in read:
        for reject in each.rejects:
            gathered.rejected[reject.problem.kind] += 1
            rejects.write(reject_line(reject, mask=mask))
        gathered.records += len(each.rejects)
        progress(len(each.rejects))
        yield each.batch


def _spill(batches: list[pa.RecordBatch], folder: Path, gathered: Gathered) -> None:
    table = pa.Table.from_batches(batches).combine_chunks()
    batches.clear()  # they are copied, and twice a run is enough
    number = len(gathered.runs)
    run, keys = write_run(table, folder / f"run-{number:05d}.arrow", KEYS, without=SIGNATURE)
    keys = keys.append_column("run", pa.array([number] * run.rows, pa.int32()))
    gathered.keys.append(keys.append_column("row", pa.array(range(run.rows), pa.int32())))
    gathered.runs.append(run)


def reject_line(reject: Reject, *, mask: bool) -> bytes:
    """One line of `rejects.jsonl`."""
    raw, reason = reject.raw, reject.problem.reason
    if mask:
        raw = mask_text(raw.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        reason = mask_text(reason)
    return orjson.dumps(
        {
            "file": reject.origin.name,
            "line": reject.line,
            "path": reject.problem.path,
            "kind": reject.problem.kind,
            "reason": reason,
            "raw": b64encode(raw).decode("ascii"),
            "raw_bytes": reject.size,
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )
