"""One page in all four configs: the example of the card."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.card.figures import shards
from corpus.schema import CONFIGS, SPLITS

_SAMPLE = 256  # pages to choose from: the first of the version
_LONGEST = 240  # code points of a string that the card shows
_MOST = 3  # elements of a list that the card shows


def examples(folder: Path) -> dict[str, dict[str, Any]]:
    """A row of each config that has any, all of the same page where the configs have it.

    The page is the shortest among the first ones that has a headline, a date, related headlines and no personal data.
    """
    name = _choose(folder)
    found = {config: _row(folder, config, name) for config in CONFIGS}
    return {config: shortened(row) for config, row in found.items() if row}


def shortened(value: Any) -> Any:
    """A row as a card can show it: long strings and lists end in an ellipsis.

    >>> shortened({"ids": [1, 2, 3, 4, 5]})
    {'ids': [1, 2, 3, '… 2 more']}
    """
    if isinstance(value, dict):
        return {key: shortened(each) for key, each in value.items()}
    if isinstance(value, list):
        rest = [f"… {len(value) - _MOST} more"] if len(value) > _MOST else []
        return [shortened(each) for each in value[:_MOST]] + rest
    if isinstance(value, str) and len(value) > _LONGEST:
        return value[:_LONGEST] + " …"
    return value


def _choose(folder: Path) -> str | None:
    articles = _first(folder, "articles", ["id"])
    ids = set(articles["id"].to_pylist()) if articles is not None else set()
    columns = [
        "id",
        "article.headline",
        "related_headlines",
        "metadata.published_at",
        "annotations.personal_data",
        "annotations.quality.n_characters",
    ]
    table = _first(folder, "documents", columns)
    return min((_rank(row, ids), row["id"]) for row in table.to_pylist())[1] if table is not None else None


def _rank(row: dict[str, Any], articles: set[str]) -> tuple[bool, bool, bool, bool, bool, int]:
    """Least is best."""
    return (
        bool(row["annotations"]["personal_data"]),
        row["id"] not in articles,
        not row["related_headlines"],
        row["article"]["headline"] is None,
        row["metadata"]["published_at"] is None,
        row["annotations"]["quality"]["n_characters"],
    )


def _first(folder: Path, config: str, columns: list[str] | None = None) -> pa.Table | None:
    """The first rows of a config, of the first split that has any."""
    for split in SPLITS:
        for path in shards(folder, config, split)[:1]:
            with pq.ParquetFile(path) as file:
                return pa.Table.from_batches([next(file.iter_batches(batch_size=_SAMPLE, columns=columns))])
    return None


def _row(folder: Path, config: str, name: str | None) -> dict[str, Any] | None:
    """The first row of the page; of any page, where the first rows do not hold it."""
    table = _first(folder, config)
    if table is None:
        return None
    mine = table.filter(pc.equal(table["id"], name))
    row: dict[str, Any] = (mine if mine.num_rows else table).slice(0, 1).to_pylist()[0]
    return row
