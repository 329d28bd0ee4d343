"""Near-duplicates over the whole corpus: pairs of documents with almost the same article.

Banding: signatures that agree in a whole band of four bins (eight bytes, compared as one number) are candidates; 32
bands find 99% of the pairs of similarity 0.6. Each candidate is then checked by the share of all 128 bins that agree.
`docs/duplicates.md` says how the threshold was chosen.
"""

from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.groups.graph import earlier, unique_pairs
from corpus.groups.minhash import BINS, similarity
from corpus.groups.signature import numbers
from corpus.groups.words import mixed

THRESHOLD: Final = 0.5  # Jaccard similarity of word triples
_BANDS = 32
_WITHIN = 32  # signatures of one band that are all compared; more are gold rates or prayer times
_HELD = 1 << 22  # candidates that may wait to be told apart: 64 MB
_CHUNK = 1 << 13  # pairs that are checked at once: 4 MB of signatures


def near_duplicates(keys: pa.Table, threshold: float = THRESHOLD) -> NDArray[np.int64]:
    """Pairs of rows with the same page text, or with articles at least as similar as the threshold.

    Args:
        keys: `text_sha256`, `article_key`, `minhash`.
        threshold: of the estimated Jaccard similarity.

    Returns:
        Rows, the smaller one first, in order; shape (pairs, 2).
    """
    return unique_pairs(np.concatenate([copies(keys), similar(keys, threshold)]))


def copies(keys: pa.Table) -> NDArray[np.int64]:
    """Pairs of rows with the same page text or the same article, each row with the next ones."""
    found = []
    for name, asked in (("text_sha256", "text_sha256"), ("article_key", "minhash")):
        rows = np.flatnonzero(keys[asked].is_valid().to_numpy())
        held = numbers(keys[name])
        pairs = rows[_paired(held[rows], 4)]
        found.append(pairs[held[pairs[:, 0]] == held[pairs[:, 1]]])
    return unique_pairs(np.concatenate(found))


def similar(keys: pa.Table, threshold: float = THRESHOLD) -> NDArray[np.int64]:
    """Pairs of rows whose signatures agree in at least this share of their bins."""
    column = keys["minhash"].combine_chunks()
    rows = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
    data = np.frombuffer(column.buffers()[1] or b"", dtype=np.uint16)
    signatures = data[column.offset * BINS : (column.offset + len(column)) * BINS].reshape(-1, BINS)
    bands = signatures.view(np.uint64)
    found, held = [np.zeros((0, 2), dtype=np.int64)], 0
    for band in range(_BANDS):
        found.append(rows[_paired(mixed(bands[rows, band]), _WITHIN)])
        held += len(found[-1])
        if held > _HELD:
            found, held = [unique_pairs(np.concatenate(found))], 0
    candidates = unique_pairs(np.concatenate(found))
    kept = [
        chunk[similarity(signatures[chunk[:, 0]], signatures[chunk[:, 1]]) >= threshold]
        for chunk in np.split(candidates, range(_CHUNK, len(candidates), _CHUNK))
    ]
    return np.concatenate(kept)


def _paired(keys: NDArray[np.uint64], within: int) -> NDArray[np.int64]:
    """Pairs of positions with equal keys, the smaller one first."""
    # Position in the low bits, key in the others: one number sorts five times faster than two, and always the same
    # way. At a million documents some 40 bits of key remain; what they confuse is checked later.
    bits = np.uint64(len(keys).bit_length())
    packed = np.sort((keys >> bits << bits) | np.arange(len(keys), dtype=np.uint64))
    at = (packed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
    found = [at[np.stack(pair, axis=1)] for pair in earlier(packed >> bits, np.arange(len(keys)), within)]
    return np.concatenate([np.zeros((0, 2), dtype=np.int64), *found])
