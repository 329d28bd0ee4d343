"""The second pass: spilled pages in their final order to the Parquet files of a version."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.normalize import RULES
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
        content: content hash of each document, in the order of writing.
        zones: zones by label; `page_types`, `languages` and `normalized` likewise (pages, pages, articles by rule).
    """

    files: dict[str, Shard] = field(default_factory=dict)
    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    content: list[pa.Array] = field(default_factory=list)
    zones: Counter[str] = field(default_factory=Counter)
    page_types: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    normalized: Counter[str] = field(default_factory=Counter)


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
        placed: `group`, `duplicate_of` and `split` of each document, in the final order.
        folder: where the config folders go.
        progress: told how many more documents are written.
    """
    written = Written()
    writers = {}
    for config in CONFIGS:
        (folder / config).mkdir()
        writers[config] = {split: ShardWriter(folder / config, config, split) for split in SPLITS}
    with ThreadPoolExecutor(len(CONFIGS)) as pool:
        for part, table in merged(runs, *order, rows=ROW_GROUP):
            whole = _beside(table, placed.slice(part.start, table.num_rows))
            hashes = pool.submit(content_hashes, _shown(whole))
            list(pool.map(lambda config, rows=whole: _route(writers[config], ROWS[config], rows), CONFIGS))
            written.content.append(hashes.result())
            _count(whole, written)
            progress(table.num_rows)
        list(pool.map(lambda writer: writer.close(), [w for each in writers.values() for w in each.values()]))
    for config, by_split in writers.items():
        written.rows[config] = {s: n for s, w in by_split.items() if (n := sum(shard.rows for shard in w.shards))}
        for split, writer in by_split.items():
            written.files.update(_rename(folder, named(writer.shards, config, split)))
        if not written.rows[config]:
            (folder / config).rmdir()
    return written


def _beside(table: pa.Table, placed: pa.Table) -> pa.Table:
    return pa.table([*table.columns, *placed.columns], names=[*table.schema.names, *placed.schema.names])


def _route(writers: dict[str, ShardWriter], rows_of: Callable[[pa.Table], pa.Table], table: pa.Table) -> None:
    for split, writer in writers.items():
        writer.write(rows_of(table.filter(pc.equal(table["split"], split))))


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
    mask = table["normalized_by"].to_numpy()
    for bit, rule in enumerate(RULES):
        written.normalized[rule.name] += int(np.count_nonzero(mask & (1 << bit)))
