"""The second pass: spilled pages in their final order to the Parquet files of a version."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.assemble.training_text import changed_by
from corpus.schema import CONFIGS, SPLITS
from corpus.version.digest import content_hashes
from corpus.version.parquet import ROW_GROUP, Shard, ShardWriter, named
from corpus.version.rows import ROWS, is_article
from corpus.version.spill import Run, merged


@dataclass
class Written:
    """What the second pass wrote.

    Attributes:
        files: name in the version to the finished shard.
        rows: rows by config and split.
        content: content hash of each document, in the final order.
        zones: zones by label; `page_types`, `languages` and `normalized` likewise (pages, pages, articles by rule).
    """

    files: dict[str, Shard] = field(default_factory=dict)
    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    content: pa.ChunkedArray = field(default_factory=lambda: pa.chunked_array([], pa.string()))
    zones: Counter[str] = field(default_factory=Counter)
    page_types: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    normalized: Counter[str] = field(default_factory=Counter)


class Stretch(NamedTuple):
    """Rows that are read and written at a time, and whether a release ends with them."""

    rows: slice
    ends: bool


def write(
    runs: Sequence[Run],
    order: tuple[NDArray[np.int64], NDArray[np.int64]],
    placed: pa.Table,
    folder: Path,
    progress: Callable[[int], None],
) -> Written:
    """Write the four configs.

    Args:
        runs: the spilled pages.
        order: run and row of each document, in the final order.
        placed: `group`, `duplicate_of`, `split` and `first_release` of each document, in the final order.
        folder: where the config folders go.
        progress: told how many more documents are written.
    """
    written = Written()
    writers = {}
    for config in CONFIGS:
        (folder / config).mkdir()
        writers[config] = {split: ShardWriter(folder / config, config, split) for split in SPLITS}
    parts = _stretches(placed["first_release"])
    together = _together(placed["split"], parts)
    placed = placed.drop_columns("first_release").take(pa.array(together))
    under_way: list[Future[Any]] = []
    hashes: list[Future[pa.Array]] = []
    with ThreadPoolExecutor(len(CONFIGS) + 1) as pool:
        tables = merged(runs, order[0][together], order[1][together], [part.rows for part in parts])
        for part, table in zip(parts, tables, strict=True):
            whole = _beside(table, placed.slice(part.rows.start, table.num_rows))
            # The next table is read while this one is written: two are in memory, and no more.
            _wait(under_way)
            hashes.append(pool.submit(content_hashes, _shown(whole)))
            under_way = [hashes[-1], *(pool.submit(_route, writers[c], ROWS[c], whole, part) for c in CONFIGS)]
            _count(whole, written)
            progress(table.num_rows)
        _wait(under_way)
        _wait([pool.submit(writer.close) for each in writers.values() for writer in each.values()])
    content = pa.chunked_array([each.result() for each in hashes], pa.string())
    written.content = content.take(pa.array(np.argsort(together)))
    for config, by_split in writers.items():
        written.rows[config] = {s: n for s, w in by_split.items() if (n := sum(shard.rows for shard in w.shards))}
        for split, writer in by_split.items():
            written.files.update(_rename(folder, named(writer.shards, config, split)))
        if not written.rows[config]:
            (folder / config).rmdir()
    return written


def _beside(table: pa.Table, placed: pa.Table) -> pa.Table:
    return pa.table([*table.columns, *placed.columns], names=[*table.schema.names, *placed.schema.names])


def _stretches(first_release: pa.ChunkedArray) -> list[Stretch]:
    """What is read at a time: never more than the rows of a group, never of two releases."""
    runs = pc.run_end_encode(first_release.combine_chunks()) if len(first_release) else None
    bounds = [0, *runs.run_ends.to_pylist()] if runs else [0]
    return [
        Stretch(slice(at, min(at + ROW_GROUP, end)), ends=at + ROW_GROUP >= end)
        for begin, end in pairwise(bounds)
        for at in range(begin, end, ROW_GROUP)
    ]


def _together(split: pa.ChunkedArray, parts: Sequence[Stretch]) -> NDArray[np.int64]:
    """The order of writing: documents of one split stand together in each stretch.

    The documents of a split keep their order, and a table that was read has each split in one slice.
    """
    kinds = pc.index_in(split, pa.array(SPLITS)).to_numpy()
    sizes = [part.rows.stop - part.rows.start for part in parts]
    return np.lexsort((kinds, np.repeat(np.arange(len(sizes)), sizes)))


def _route(
    writers: dict[str, ShardWriter], rows_of: Callable[[pa.Table], pa.Table], table: pa.Table, part: Stretch
) -> None:
    kinds = pc.index_in(table["split"], pa.array(SPLITS)).to_numpy()
    for kind, split in enumerate(SPLITS):
        begin, end = np.searchsorted(kinds, (kind, kind + 1))
        writers[split].write(rows_of(table.slice(begin, end - begin)))
        if part.ends:
            writers[split].seal()


def _wait(begun: Iterable[Future[Any]]) -> None:
    for each in begun:
        each.result()


def _shown(table: pa.Table) -> pa.Table:
    """The table with null for what no config shows of pages that are no article."""
    article = is_article(table)
    for name in ("article_text", "duplicate_of"):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, pc.if_else(article, table[name], pa.scalar(None, pa.string())))
    return table


def _rename(folder: Path, shards: dict[str, Shard]) -> dict[str, Shard]:
    return {name: shard._replace(path=shard.path.rename(folder / name)) for name, shard in shards.items()}


def _count(table: pa.Table, written: Written) -> None:
    for counter, values in (
        (written.zones, pc.struct_field(pc.list_flatten(table["zones"]), "label")),
        (written.page_types, table["page_type"]),
        (written.languages, pc.struct_field(table["annotations"], "language")),
    ):
        for pair in pc.value_counts(values).to_pylist():
            counter[pair["values"]] += pair["counts"]
    written.normalized.update(changed_by(table["normalized_by"]))
