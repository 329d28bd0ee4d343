"""Passages: hashes of sentences, by which reuse is found where only a part of a text was taken over.

A text is cut at its stops and line ends. Urdu sentences are long (a third of those in news has more than 25 words), and one
changed word would hide all of it; so a sentence is cut again before word pairs of a certain hash, which are the
same in every copy. What is shorter than five words is common property and left out.
"""

import numpy as np
from numpy.typing import NDArray

from corpus.groups.words import Words, mixed, spans

LEAST_WORDS = 5
_CUTS = np.uint64(16 - 1)  # one word pair in sixteen cuts a sentence
_LENGTH = np.uint64(0xFF)  # the low byte of a passage is its length in words


def passages(found: Words) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The passages of texts.

    Returns:
        Of each passage 56 bits of hash and, in the low byte, its number of words (255 for more); and where each
        text starts among them, shape (texts + 1,).
    """
    starts = np.flatnonzero(found.breaks | _cuts(found.hashes))
    ends = np.append(starts[1:], len(found.hashes))[: len(starts)]
    long = ends - starts >= LEAST_WORDS
    starts, ends = starts[long], ends[long]
    length = np.minimum(ends - starts, 255).astype(np.uint64)
    return (spans(found.hashes, starts, ends) & ~_LENGTH) | length, np.searchsorted(starts, found.rows)


def lengths(found: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How many words each passage has."""
    return (found & _LENGTH).astype(np.int64)


def _cuts(words: NDArray[np.uint64]) -> NDArray[np.bool_]:
    pair = words.copy()
    pair[:-1] += words[1:] * np.uint64(3)
    return mixed(pair) & _CUTS == 0
