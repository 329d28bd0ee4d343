"""The article as one normalised string, ready to train on."""

from collections.abc import Collection

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from corpus.normalize import normalize_column


def training_text(batch: pa.RecordBatch, off: Collection[str] = ()) -> pa.RecordBatch:
    """Append `article_text`, `n_words` and `normalized_by`.

    Args:
        batch: has `article`.
        off: names of normalisation rules that are switched off.

    Returns:
        The batch with the paragraphs, normalised one by one and joined by line feeds (empty where there are none),
        the number of words split at space, and the rules that changed the text as bits in the order of `RULES`.
    """
    paragraphs = batch["article"].field("paragraphs")
    # One by one, because most paragraphs need no rule at all, and most articles have one that does.
    spelled, changed = normalize_column(paragraphs.flatten(), off)
    offsets = paragraphs.offsets.to_numpy()
    offsets = offsets - offsets[0]
    whole = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), spelled), "\n")
    words = pl.Series(whole).str.count_matches(r"\S+").cast(pl.Int32).to_arrow()
    return (
        batch.append_column(pa.field("article_text", pa.string(), nullable=False), whole)
        .append_column(pa.field("n_words", pa.int32(), nullable=False), words)
        .append_column(pa.field("normalized_by", pa.int32(), nullable=False), pa.array(_either(changed, offsets)))
    )


def _either(bits: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The bits that are set anywhere in each stretch [offsets[i], offsets[i + 1]); 0 for an empty one."""
    padded = np.append(bits, np.int32(0))
    result = np.bitwise_or.reduceat(padded, offsets[:-1]) if len(offsets) > 1 else padded[:0]
    return np.where(np.diff(offsets) > 0, result, 0).astype(np.int32)
