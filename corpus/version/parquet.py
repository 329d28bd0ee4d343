"""Tables of a config to Parquet shards whose bytes depend on the rows alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.schema import arrow_schema, resolve, row

ROW_GROUP = 2_000  # rows: a few megabytes of pages, what a viewer or a resumed stream fetches at once
LEAST = 128  # rows: a shorter group costs more in page headers than it saves when the next release is added
SHARD = 200_000  # rows: about 300 MB of pages on disk


class Shard(NamedTuple):
    """A finished file, still under a working name."""

    path: Path
    rows: int


class ShardWriter:
    """Writes the rows of one config and split, whatever tables they come in, as shards of row groups.

    A group ends at `ROW_GROUP` rows, and where a release ends (`seal`): what a later release adds then leaves the
    groups before it as they are, byte for byte.
    A file exists only once a row came: a Parquet file of zero rows breaks `load_dataset` for the whole config.
    """

    def __init__(self, folder: Path, config: str, split: str) -> None:
        self._folder, self._config, self._split = folder, config, split
        self._waiting: list[pa.Table] = []
        self._count = 0
        self._open: pq.ParquetWriter | None = None
        self.shards: list[Shard] = []

    def write(self, table: pa.Table) -> None:
        """Take rows in; full row groups go to disk."""
        if table.num_rows:
            self._waiting.append(_alone(table))
            self._count += table.num_rows
        if self._count >= ROW_GROUP:
            rows = pa.concat_tables(self._waiting)
            whole = self._count - self._count % ROW_GROUP
            for begin in range(0, whole, ROW_GROUP):
                self._group(rows.slice(begin, ROW_GROUP))
            rest = rows.slice(whole)
            self._waiting, self._count = ([rest] if rest.num_rows else []), rest.num_rows

    def seal(self) -> None:
        """End the row group, unless it is too small to stand alone."""
        if self._count >= LEAST:
            self._rest()

    def close(self) -> None:
        """Write the last rows and the footer."""
        if self._count:
            self._rest()
        self._finish()

    def _rest(self) -> None:
        self._group(pa.concat_tables(self._waiting))
        self._waiting, self._count = [], 0

    def _group(self, rows: pa.Table) -> None:
        if self._open is None:
            path = self._folder / f"{self._split}-{len(self.shards):05d}"
            self._open = _writer(path, self._config)
            self.shards.append(Shard(path, 0))
        self._open.write_table(rows.combine_chunks(), row_group_size=ROW_GROUP)
        shard = self.shards[-1]
        self.shards[-1] = shard._replace(rows=shard.rows + rows.num_rows)
        if self.shards[-1].rows >= SHARD:
            self._finish()

    def _finish(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _alone(table: pa.Table) -> pa.Table:
    """The rows without the much larger table that they may be a slice of, which would stay in memory while they wait.

    The test split is some hundred rows of two thousand: twenty such tables were held, a gigabyte in all.
    """
    return table.take(pa.array(range(table.num_rows))) if table.get_total_buffer_size() > 2 * table.nbytes else table


def _writer(path: Path, config: str) -> pq.ParquetWriter:
    # Content-defined chunks let the Hub store only what changed; no Arrow or HF schema keys, because files
    # that carry HF features with lists cannot be read by datasets 3 (huggingface/datasets#7676).
    return pq.ParquetWriter(
        path,
        arrow_schema(config),
        compression="zstd",
        compression_level=3,
        use_dictionary=_repeating(config),
        use_content_defined_chunking=True,
        write_page_index=True,
        store_schema=False,
    )


# Columns of free text whose values come back often; those that the schema closes (enum) do so by themselves.
_OFTEN = {"language", "license", "publisher", "source", "desk", "place", "place_latin", "place_country", "input"}


def _repeating(config: str) -> list[str]:
    """The columns that are worth a dictionary, as Parquet names them.

    A dictionary of texts saves nothing, costs a quarter of the writing, and changes with every text that is added.
    """
    schema = row(config)

    def within(node: dict[str, Any], path: str) -> Iterator[str]:
        node = resolve(node, schema["$defs"])
        for name, child in node.get("properties", {}).items():
            yield from within(child, f"{path}.{name}".strip("."))
        if "items" in node:
            yield from within(node["items"], f"{path}.list.element")
        if "enum" in node or "oneOf" in node or path.rsplit(".", 1)[-1] in _OFTEN:
            yield path

    return list(within(schema, ""))


def named(shards: list[Shard], config: str, split: str) -> dict[str, Shard]:
    """Give finished shards their final names, now that their number is known: name in the version to shard."""
    return {f"{config}/{split}-{i:05d}-of-{len(shards):05d}.parquet": shard for i, shard in enumerate(shards)}
