"""One record for each id: which of several is kept, and what the others are."""

from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray


class Survivors(NamedTuple):
    """Rows of the keys table: `kept` in order of id; `duplicates` repeat a kept text, `conflicts` do not."""

    kept: NDArray[np.int64]
    duplicates: NDArray[np.int64]
    conflicts: NDArray[np.int64]


def survivors(keys: pa.Table) -> Survivors:
    """Keep, of the records with one id, the one collected last, else the one whose text has the smaller hash.

    Args:
        keys: has `id`, `collected_at`, `text_sha256` and `record_key`, a row for each accepted record.

    Returns:
        Row numbers, a partition of all rows; the same records are kept whatever the order of `keys`.
    """
    ids = pl.Series(keys["id"])
    repeated = ids.is_duplicated()
    rows = np.flatnonzero(repeated.to_numpy())
    winners, losers, same = _chosen(keys, rows)
    keeps = ~repeated.to_numpy()
    keeps[winners] = True
    order = ids.arg_sort().to_numpy()
    return Survivors(order[keeps[order]].astype(np.int64), losers[same], losers[~same])


def _chosen(keys: pa.Table, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Of rows whose ids others have too: the winners, the others, and whether each of those has its winner's text.

    They are few, and looked at alone: all rows sorted with their hashes would take a gigabyte for a million.
    """
    some = keys.select(["id", "collected_at", "text_sha256", "record_key"]).take(pa.array(rows))
    ordered = (
        pl.DataFrame(
            {
                "id": pl.Series(some["id"]),
                "collected": pl.Series(some["collected_at"]).fill_null(""),
                "text": pl.Series(some["text_sha256"]),
                "record": pl.Series(some["record_key"]),
                "at": pl.Series(rows),
            }
        )
        .sort(["id", "collected", "text", "record", "at"], descending=[False, True, False, False, False])
        .with_columns(first=pl.col("id").ne_missing(pl.col("id").shift(1)), winner=pl.col("text").first().over("id"))
    )
    rest = ordered.filter(~pl.col("first"))
    return (
        ordered.filter("first")["at"].to_numpy(),
        rest["at"].to_numpy(),
        (rest["text"] == rest["winner"]).to_numpy(),
    )
