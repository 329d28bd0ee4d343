"""Records that lost their id to another record, as lines of `rejects.jsonl`."""

from collections.abc import Iterator

import orjson
import pyarrow as pa

from corpus.groups.survivors import Survivors
from corpus.read.inputs import Input
from corpus.read.lines import KEPT
from corpus.read.records import Reject
from corpus.schema import load
from corpus.validate import CONFLICT, DUPLICATE
from corpus.version.gather import reject_line
from corpus.version.spill import Run, merged


def loser_lines(runs: list[Run], keys: pa.Table, found: Survivors) -> Iterator[bytes]:
    """Write duplicates and conflicts as rejects, in order of file and line.

    The raw bytes are the record again as JSON, since its line is not kept once it was accepted. Personal data needs
    no masking here: the spilled pages were masked before.
    """
    for rows, problem in ((found.duplicates, DUPLICATE), (found.conflicts, CONFLICT)):
        lost = keys.take(pa.array(rows)).select(["input", "line", "run", "row"])
        lost = lost.sort_by([("input", "ascending"), ("line", "ascending")])
        parts = [slice(at, min(at + 64, lost.num_rows)) for at in range(0, lost.num_rows, 64)]
        tables = merged(runs, lost["run"].to_numpy(), lost["row"].to_numpy(), parts)
        for part, table in zip(parts, tables, strict=True):
            places = lost.slice(part.start, table.num_rows).to_pylist()
            said = table.select([name for name in load("raw")["properties"] if name in table.schema.names])
            for place, record in zip(places, said.to_pylist(), strict=True):
                raw = orjson.dumps({name: value for name, value in record.items() if value is not None})
                origin = Input(None, place["input"], "json", None)
                yield reject_line(Reject(origin, place["line"], problem, raw[:KEPT], len(raw)), mask=False)
