"""MinHash signatures: how alike two articles are, from 256 bytes of each.

One permutation (Li, Owen and Zhang 2012): every shingle is hashed once, its low bits choose one of 128 bins, and
each bin keeps its smallest value. Bins that stay empty are filled from others, in an order drawn for each bin
(Shrivastava 2017), so that the share of equal bins estimates the Jaccard similarity of two sets of shingles. Of each
value 16 bits are kept: unlike sets agree in one bin of 65,536 by chance (Li and König 2010).
"""

import numpy as np
from numpy.typing import NDArray

from corpus.groups.words import Words, mixed

SHINGLE = 3  # words
BINS = 128
LEAST_WORDS = 20  # an article of fewer words says too little to be compared
_EMPTY = np.uint32(0xFFFFFFFF)
_FACTORS = np.array([0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB], dtype=np.uint64)
# For each bin, the others in the order in which they lend their value.
_LENDERS = np.argsort(
    mixed(np.arange(BINS * BINS, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)).reshape(BINS, BINS), axis=1
)


def signatures(found: Words) -> NDArray[np.uint16]:
    """Sign the texts; those of fewer than three words get a signature of no meaning.

    Returns:
        Shape (texts, 128).
    """
    texts = len(found.rows) - 1
    size = np.diff(found.rows)
    shingles, text = _shingles(found, size)
    bins = text * BINS + (shingles & np.uint64(BINS - 1)).astype(np.int64)
    least = np.full(texts * BINS, _EMPTY)
    np.minimum.at(least, bins, np.minimum((shingles >> np.uint64(32)).astype(np.uint32), _EMPTY - np.uint32(1)))
    filled = _densified(least.reshape(texts, BINS), size >= SHINGLE)
    return (filled & np.uint32(0xFFFF)).astype(np.uint16)


def similarity(one: NDArray[np.uint16], other: NDArray[np.uint16]) -> NDArray[np.float64]:
    """Estimate Jaccard similarities of pairs of signatures, shape (pairs, 128) each; exact multiples of 1/128."""
    return np.count_nonzero(one == other, axis=1) / BINS


def _shingles(found: Words, size: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hashes of all runs of three words within a text, and the text of each."""
    text = np.repeat(np.arange(len(size)), size)
    count = max(0, len(found.hashes) - SHINGLE + 1)
    inside = text[:count] == text[SHINGLE - 1 :]
    run = np.zeros(count, dtype=np.uint64)
    for at, factor in enumerate(_FACTORS):
        run += found.hashes[at : at + count] * factor
    return mixed(run)[inside], text[:count][inside]


def _densified(least: NDArray[np.uint32], signed: NDArray[np.bool_]) -> NDArray[np.uint32]:
    filled = least.copy()
    text, empty = np.nonzero((least == _EMPTY) & signed[:, None])
    for turn in range(BINS):
        if not len(text):
            break
        lent = least[text, _LENDERS[empty, turn]]
        filled[text, empty] = lent
        still = lent == _EMPTY
        text, empty = text[still], empty[still]
    return filled
