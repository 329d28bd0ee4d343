"""What can be counted in the Parquet files of a version: card, datasheet, Croissant and `stats` show the same figures.

Files are read by row group and only the columns that are counted; the quality signals one at a time, so that memory
holds one number a document.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from corpus.schema import CONFIGS, SPLITS, arrow_schema, labels

Counts: TypeAlias = dict[str, dict[str, int]]  # value, then split

NONE = "(none)"  # a document that does not say
QUANTILES = (0, 5, 25, 50, 75, 95, 100)
BATCH = 4096
_QUALITY = "annotations.quality"
_METADATA = ("source", "publisher", "license", "published_at")
_BY = ("page_type", "language", "year", "source", "publisher", "license")


def figures(folder: Path) -> dict[str, Any]:
    """Count a version.

    Args:
        folder: the version; its Parquet files are there, its manifest need not be.

    Returns:
        `rows` by config and split; `documents` by page type, language, year of publication, source, publisher and
        licence; `filled`: documents in which a metadata field says something; `zones`: by label how many in each split
        and how many code points; `personal_data` and `related` by kind; `sentences` and `words` by split; `lengths`
        (words of an article, code points of a page that are not space) and `quality` as quantiles; `groups`.
    """
    return {
        "rows": _rows(folder),
        **_documents(folder),
        "zones": _zones(folder),
        "lengths": {
            "article_words": {split: _quantiles(folder, "articles", split, "n_words") for split in SPLITS},
            "page_characters": {
                split: _quantiles(folder, "documents", split, f"{_QUALITY}.n_characters") for split in SPLITS
            },
        },
        "quality": {
            name: _quantiles(folder, "documents", "*", f"{_QUALITY}.{name}") for name in _quality_names(folder)
        },
        "groups": _groups(folder),
    }


def shards(folder: Path, config: str, split: str = "*") -> list[Path]:
    """The Parquet files of a config and split, in order."""
    return sorted((folder / config).glob(f"{split}-*.parquet"))


def total(counts: dict[str, int]) -> int:
    """The sum over the splits."""
    return sum(counts.values())


def _rows(folder: Path) -> Counts:
    found: Counts = {config: {} for config in CONFIGS}
    for config in CONFIGS:
        for split in SPLITS:
            if rows := sum(pq.read_metadata(path).num_rows for path in shards(folder, config, split)):
                found[config][split] = rows
    return found


def _documents(folder: Path) -> dict[str, Any]:
    columns = [
        "page_type",
        "metadata",
        "annotations.language",
        f"{_QUALITY}.n_words",
        "related_headlines.list.element.kind",
    ]
    columns += ["annotations.sentences.list.element.start", "annotations.personal_data.list.element.kind"]
    by: dict[str, _Tally] = {name: _Tally() for name in _BY}
    kinds, findings, size, filled = _Tally(), _Tally(), _Tally(), Counter[str]()
    for split, batch in _batches(folder, "documents", columns):
        metadata, annotations = batch["metadata"], batch["annotations"]
        values = {name: metadata.field(name) for name in _METADATA}
        values["year"] = pc.utf8_slice_codeunits(values.pop("published_at"), 0, 4)
        values |= {"page_type": batch["page_type"], "language": annotations.field("language")}
        for name in _BY:
            by[name].add(split, values[name])
        kinds.add(split, pc.struct_field(batch["related_headlines"].flatten(), "kind"))
        findings.add(split, pc.struct_field(annotations.field("personal_data").flatten(), "kind"))
        size.count("sentences", split, len(annotations.field("sentences").flatten()))
        size.count("words", split, pc.sum(annotations.field("quality").field("n_words")).as_py() or 0)
        for field in metadata.type:
            filled[field.name] += _said(metadata.field(field.name))
    return {
        "documents": {name: by[name].sorted() for name in _BY if name != "year"} | {"year": by["year"].by_name()},
        "filled": dict(filled),
        "related": kinds.sorted(),
        "personal_data": findings.sorted(),
        "sentences": size.of("sentences"),
        "words": size.of("words"),
    }


def _said(column: pa.Array) -> int:
    """How many values say something: not null, not an empty list."""
    if pa.types.is_list(column.type):
        return pc.sum(pc.greater(pc.list_value_length(column), 0)).as_py() or 0
    return len(column) - column.null_count


def _zones(folder: Path) -> dict[str, Any]:
    zones, characters = _Tally(), Counter[str]()
    for split, batch in _batches(folder, "pages", ["zones"]):
        flat = batch["zones"].flatten()
        zones.add(split, flat.field("label"))
        lengths = pa.table({"label": flat.field("label"), "n": pc.subtract(flat.field("end"), flat.field("start"))})
        for row in lengths.group_by("label").aggregate([("n", "sum")]).to_pylist():
            characters[row["label"]] += row["n_sum"]
    return {label: {"zones": zones.of(label), "characters": characters[label]} for label in labels()}


def _groups(folder: Path) -> dict[str, int]:
    """Groups among the articles; each is in one split."""
    groups, copies = Counter[str](), 0
    for _, batch in _batches(folder, "articles", ["group", "duplicate_of"]):
        groups.update(batch["group"].to_pylist())
        copies += len(batch) - batch["duplicate_of"].null_count
    several = [size for size in groups.values() if size > 1]
    return {
        "groups": len(groups),
        "of_several": len(several),
        "articles_in_groups_of_several": sum(several),
        "largest": max(groups.values(), default=0),
        "near_duplicates": copies,
    }


def _quality_names(folder: Path) -> list[str]:
    """The signals that the files hold; a version of an older schema may hold fewer than today's."""
    path = next(iter(shards(folder, "documents")), None)
    schema = pq.read_schema(path) if path else arrow_schema("documents")
    return [field.name for field in schema.field("annotations").type.field("quality").type]


def _quantiles(folder: Path, config: str, split: str, column: str) -> dict[str, float]:
    """Nearest-rank quantiles of a numeric leaf column: values that are there, so nothing is rounded."""
    parts = [_leaf(path, column) for path in shards(folder, config, split)]
    values = np.sort(np.concatenate(parts)) if parts else np.zeros(0)
    if not len(values):
        return {}
    at = [-(-q * len(values) // 100) - 1 if q else 0 for q in QUANTILES]
    return {f"p{q}": values[i].item() for q, i in zip(QUANTILES, at, strict=True)}


def _leaf(path: Path, column: str) -> NDArray[Any]:
    with pq.ParquetFile(path) as file:
        found = file.read(columns=[column]).column(0)
    for name in column.split(".")[1:]:
        found = pc.struct_field(found, name)
    return found.to_numpy()


def _batches(folder: Path, config: str, columns: list[str]) -> Iterator[tuple[str, pa.RecordBatch]]:
    for split in SPLITS:
        for path in shards(folder, config, split):
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=BATCH, columns=columns):
                    yield split, batch


class _Tally:
    """Counts by value and split."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, split: str, column: pa.Array) -> None:
        for pair in pc.value_counts(column).to_pylist():
            value = NONE if pair["values"] is None else pair["values"]
            self.count(value, split, pair["counts"])

    def count(self, value: str, split: str, more: int) -> None:
        self._counts[value][split] += more

    def of(self, value: str) -> dict[str, int]:
        found = self._counts[value]
        return {split: found[split] for split in SPLITS if found[split]}

    def sorted(self) -> Counts:
        """The commonest value first, equals by name."""
        order = sorted(self._counts, key=lambda value: (-self._counts[value].total(), value))
        return {value: self.of(value) for value in order}

    def by_name(self) -> Counts:
        """In the order of the values."""
        return {value: self.of(value) for value in sorted(self._counts)}
