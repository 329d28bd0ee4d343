"""Passages: hashes of three to sixteen words, by which reuse is found where only a part of a text was taken over.

A text is cut at its stops and line ends. But Urdu sentences are long, and one changed word would hide all of such a
passage; so a sentence is cut again before the word pair with the least hash among nine neighbours, which is the same
in every copy (winnowing: Schleimer, Wilkerson and Aiken 2003). `docs/duplicates.md` has what other lengths cost.
"""

import numpy as np
from numpy.typing import NDArray

from corpus.groups.words import Words, mixed, spans

LEAST_WORDS = 3  # what is shorter is common property
_SIDE = 4  # word pairs on each side that a cut is compared with
_NEVER = np.uint64(0xFFFFFFFFFFFFFFFF)


def passages(found: Words) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The passages of texts: the hash of each, and where each text starts among them, shape (texts + 1,).

    32 bits are enough, since nothing follows from one passage that two texts share.
    """
    starts = np.flatnonzero(found.breaks | _cuts(found))
    ends = np.append(starts[1:], len(found.hashes))[: len(starts)]
    long = ends - starts >= LEAST_WORDS
    starts, ends = starts[long], ends[long]
    hashes = (spans(found.hashes, starts, ends) >> np.uint64(32)).astype(np.uint32)
    return hashes, np.searchsorted(starts, found.rows)


def _cuts(found: Words) -> NDArray[np.bool_]:
    """Before which words a sentence is cut; the texts are set apart, so that none depends on the next."""
    size = np.diff(found.rows)
    at = np.arange(len(found.hashes)) + np.repeat(np.arange(1, len(size) + 1) * (2 * _SIDE), size)
    pairs = np.full(len(found.hashes) + 2 * _SIDE * (len(size) + 1), _NEVER)
    pairs[at] = found.hashes
    pairs[:-1] = np.where(pairs[1:] == _NEVER, _NEVER, mixed(pairs[:-1] + pairs[1:] * np.uint64(3)))
    least = pairs
    for width in (1, 2, 4):
        least = np.minimum(least[:-width], least[width:])
    least = np.minimum(least[:-1], pairs[2 * _SIDE :])
    return np.asarray((pairs[at] == least[at - _SIDE]) & (pairs[at] != _NEVER))
