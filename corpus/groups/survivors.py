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
    frame = pl.DataFrame(
        {
            "id": pl.Series(keys["id"]),
            "collected": pl.Series(keys["collected_at"]).fill_null(""),
            "text": pl.Series(keys["text_sha256"]),
            "record": pl.Series(keys["record_key"]),
        }
    ).with_row_index("at")
    ordered = frame.sort(
        ["id", "collected", "text", "record", "at"], descending=[False, True, False, False, False]
    ).with_columns(
        first=pl.col("id") != pl.col("id").shift(1, fill_value=None),
    )
    ordered = ordered.with_columns(pl.col("first").fill_null(value=True))
    ordered = ordered.with_columns(winner=pl.when("first").then("text").forward_fill())
    rest = ordered.filter(~pl.col("first"))
    same = rest["text"] == rest["winner"]
    return Survivors(
        ordered.filter("first")["at"].to_numpy().astype(np.int64),
        rest.filter(same)["at"].to_numpy().astype(np.int64),
        rest.filter(~same)["at"].to_numpy().astype(np.int64),
    )
