"""The article as one normalised string, ready to train on."""

from collections.abc import Collection
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.codepoints import SPACES
from corpus.normalize import RULES, normalize_column


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
    words = pa.array(_n_words(whole))
    return (
        batch.append_column(pa.field("article_text", pa.string(), nullable=False), whole)
        .append_column(pa.field("n_words", pa.int32(), nullable=False), words)
        .append_column(pa.field("normalized_by", pa.int32(), nullable=False), pa.array(_either(changed, offsets)))
    )


def changed_by(column: pa.Array | pa.ChunkedArray) -> dict[str, int]:
    """How many texts each rule changed, given a column of `normalized_by`."""
    bits = column.to_numpy()
    return {rule.name: int(np.count_nonzero(bits & (1 << bit))) for bit, rule in enumerate(RULES)}


# White space of two and three bytes; it begins with C2, E1, E2 or E3.
_WIDE_SPACES = [chr(code).encode() for code in SPACES.tolist() if code >= 0x80]


def _n_words(column: pa.StringArray) -> NDArray[np.int32]:
    """How often each string matches `\\S+`: counted in bytes, since an expression takes 0.5 s for ten million words."""
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)[: len(column) + 1] if len(column) else np.zeros(1, int)
    if offsets[-1] == 0:
        return np.zeros(len(column), dtype=np.int32)
    utf8 = np.frombuffer(column.buffers()[2], dtype=np.uint8)[: offsets[-1]]
    blank = (utf8 == ord(" ")) | ((utf8 - np.uint8(ord("\t"))) < 5)
    leads = np.flatnonzero((utf8 == 0xC2) | ((utf8 - np.uint8(0xE1)) < 3))
    for space in _WIDE_SPACES:
        found = leads[utf8[leads] == space[0]]
        for n, byte in enumerate(space[1:], 1):
            found = found[utf8[found + n] == byte]
        for n in range(len(space)):
            blank[found + n] = True
    opens = np.ones(len(utf8), dtype=bool)
    opens[1:] = blank[:-1]
    opens[offsets[:-1][offsets[:-1] < len(utf8)]] = True
    opens &= ~blank
    counts = (np.count_nonzero(opens[start:end]) for start, end in pairwise(offsets.tolist()))
    return np.fromiter(counts, dtype=np.int32, count=len(column))


def _either(bits: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The bits that are set anywhere in each stretch [offsets[i], offsets[i + 1]); 0 for an empty one."""
    padded = np.append(bits, np.int32(0))
    result = np.bitwise_or.reduceat(padded, offsets[:-1]) if len(offsets) > 1 else padded[:0]
    return np.where(np.diff(offsets) > 0, result, 0).astype(np.int32)
