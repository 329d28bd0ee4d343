"""`corpus stats`: what a version holds, in figures and in a few rows to look at."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.card.figures import figures, shards, total
from corpus.errors import CorpusError, reason
from corpus.schema import SPLITS
from corpus.version import manifest

SAMPLE = 5  # rows to look at
_MOST = 12  # values of a breakdown that the text shows; JSON has all
_WIDTH = 34
# Control characters of a page must not steer the terminal.
_HARMLESS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], "\N{REPLACEMENT CHARACTER}")


def stats(folder: Path) -> dict[str, Any]:
    """Count a version.

    Args:
        folder: the version.

    Returns:
        `name`, `version`, `date`, `logical_hash` and `counts` of the manifest; the figures of
        `corpus.card.figures.figures`, which card and datasheet show; `sample`: articles at even distances, so
        that the same version always shows the same ones.

    Raises:
        CorpusError: the manifest or a file is missing or damaged.
    """
    said = manifest.read(folder)
    head = {name: said[name] for name in ("name", "version", "date", "logical_hash")}
    try:
        return {**head, "counts": said["counts"], **figures(folder), "sample": list(_sample(folder))}
    except (OSError, pa.ArrowException, KeyError) as error:
        why = reason(error)
        raise CorpusError(f"{folder}: cannot be read ({why}); `corpus verify {folder}` names what is wrong") from error


def _sample(folder: Path) -> Iterator[dict[str, Any]]:
    columns = ["id", "headline", "text", "source", "published_at", "n_words"]
    for split, path, row in _places(folder):
        with pq.ParquetFile(path) as file:
            ends = list(accumulate(file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)))
            number = bisect_right(ends, row)
            group = file.read_row_group(number, columns=columns)
        yield {"split": split, **group.slice(row - (ends[number] - group.num_rows), 1).to_pylist()[0]}


def _places(folder: Path) -> Iterator[tuple[str, Path, int]]:
    """Split, file and row in it of the middle article of each of `SAMPLE` equal stretches."""
    files = [
        (split, path, pq.read_metadata(path).num_rows) for split in SPLITS for path in shards(folder, "articles", split)
    ]
    rows = sum(size for *_, size in files)
    wanted = sorted({(2 * i + 1) * rows // (2 * SAMPLE) for i in range(SAMPLE)}) if rows else []
    begin = 0
    for split, path, size in files:
        yield from ((split, path, at - begin) for at in wanted if begin <= at < begin + size)
        begin += size


def text(said: Mapping[str, Any]) -> str:
    """The figures for a terminal."""
    blocks = [_head(said), _table("rows", SPLITS, _by_split(said["rows"]))]
    for name, by in said["documents"].items():
        most = len(by) if name == "year" else _MOST
        blocks.append(_table(name.replace("_", " "), SPLITS, _by_split(by, most)))
    zones = {label: zone["zones"] for label, zone in said["zones"].items()}
    sizes = {label: (f"{zone['characters']:,}",) for label, zone in said["zones"].items()}
    extents = [(*cells, *sizes[cells[0]]) for cells in _by_split(zones, most=len(zones))]
    blocks.append(_table("zones", (*SPLITS, "all", "code points"), extents))
    blocks += [_table(name.replace("_", " "), SPLITS, _by_split(said[name])) for name in ("related", "personal_data")]
    blocks.append(_table("text", SPLITS, _by_split({name: said[name] for name in ("sentences", "words")})))
    blocks.append(_table("documents with a value", ("documents",), _plain(said["filled"])))
    blocks.append(_table("groups of articles", ("",), _plain(said["groups"])))
    blocks += [_quantiles(name.replace("_", " "), by) for name, by in said["lengths"].items()]
    blocks += [_quantiles("quality", said["quality"]), *_shown(said["sample"])]
    return "\n\n".join(block for block in blocks if block)


def _head(said: Mapping[str, Any]) -> str:
    counts = said["counts"]
    rejected = sum(counts["rejected"].values())
    return (
        f"{said['name']} {said['version']}{', ' + said['date'] if said['date'] else ''}\n"
        f"{counts['records']:,} records = {counts['documents']:,} documents + {counts['duplicates']:,} duplicates + "
        f"{rejected:,} rejected + {counts['withheld']:,} withheld + {counts['withdrawn']:,} withdrawn"
    )


def _by_split(counts: Mapping[str, dict[str, int]], most: int = _MOST) -> list[tuple[str, ...]]:
    """A row a value: the counts of each split and all; what is beyond the first `most` values in one row."""
    shown = list(counts.items())
    rest = shown[most:]
    if rest:
        others = {split: sum(by.get(split, 0) for _, by in rest) for split in SPLITS}
        shown = [*shown[:most], (f"{len(rest)} others", others)]
    return [(name, *(f"{by.get(split, 0):,}" for split in SPLITS), f"{total(by):,}") for name, by in shown]


def _plain(counts: Mapping[str, int]) -> list[tuple[str, ...]]:
    return [(name.replace("_", " "), f"{number:,}") for name, number in counts.items()]


def _quantiles(name: str, by: Mapping[str, Mapping[str, float]]) -> str:
    rows = [(each, *(f"{value:,}" for value in of.values())) for each, of in by.items() if of]
    names = next((tuple(of) for of in by.values() if of), ())
    return _table(name, names, rows)


def _table(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = list(rows)
    if not cells:
        return ""
    heads = [*columns, *(["all"] if len(cells[0]) == len(columns) + 2 else [])]
    lines = [f"{name:<{_WIDTH}}" + "".join(f"{head:>12}" for head in heads)]
    lines += [f"  {_cut(first):<{_WIDTH - 2}}" + "".join(f"{cell:>12}" for cell in rest) for first, *rest in cells]
    return "\n".join(line.rstrip() for line in lines)


def _cut(value: str) -> str:
    return (value if len(value) <= _WIDTH - 3 else value[: _WIDTH - 4] + "…").translate(_HARMLESS)


def _shown(sample: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in sample:
        where = ", ".join(str(row[name]) for name in ("split", "source", "published_at") if row[name])
        lines = (
            f"{row['id']} ({where}, {row['n_words']} words)",
            row["headline"] or "(no headline)",
            row["text"][:160],
        )
        yield "\n  ".join(line.replace("\n", " ").translate(_HARMLESS) for line in lines) + " …"
