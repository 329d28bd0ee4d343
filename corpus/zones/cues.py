"""Find the lexicon's phrases in many short texts at once: a walk down a trie of hashed prefixes, for all texts in step.

A regular expression per zone would read every piece some forty times; here each piece is read once, and a piece leaves
the walk at the first letter that no phrase goes on with.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Phrases longer than this are cut; 24 folded letters, spaces not counted, tell any two cues apart.
DEPTH = 24
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
# The first three letters of a phrase, hashed to this many bits, choose where a phrase may stand in running text.
_BITS = 20

Codes = NDArray[np.uint32]
Ints = NDArray[np.int64]


class Trie(NamedTuple):
    """Prefixes of phrases by length.

    Attributes:
        prefixes: for each length, the hashes of the prefixes, sorted.
        phrases: for each length and prefix, the phrase that ends there, else -1.
        openings: whether some phrase begins with the three letters of this hash, shape (2**20,).
    """

    prefixes: tuple[NDArray[np.uint64], ...]
    phrases: tuple[Ints, ...]
    openings: NDArray[np.bool_]


def trie(phrases: list[str], *, backwards: bool = False) -> Trie:
    """Build a trie of folded phrases, to be read forwards or backwards."""
    levels: list[dict[int, int]] = [{} for _ in range(DEPTH)]
    openings = np.zeros(1 << _BITS, dtype=bool)
    for number, phrase in enumerate(phrases):
        letters = np.array([ord(letter) for letter in phrase], dtype=np.uint32)
        letters = letters[::-1][:DEPTH] if backwards else letters[:DEPTH]
        if len(letters) >= 3:
            openings[_opening(letters)[0]] = True
        prefix = np.zeros(1, dtype=np.uint64)
        for level, letter in enumerate(letters):
            prefix = prefix * _MULTIPLIER + np.uint64(letter) + np.uint64(1)
            levels[level].setdefault(int(prefix[0]), -1)
        levels[len(letters) - 1][int(prefix[0])] = number
    return Trie(
        tuple(np.array(sorted(level), dtype=np.uint64) for level in levels),
        tuple(np.array([level[key] for key in sorted(level)], dtype=np.int64) for level in levels),
        openings,
    )


def _opening(codes: Codes) -> Codes:
    """Hash each three letters in a row."""
    mixed: Codes = (codes[:-2] * np.uint32(0x9E3779B1) + codes[1:-1]) * np.uint32(0x85EBCA77) + codes[2:]
    return (mixed * np.uint32(0xC2B2AE3D)) >> np.uint32(32 - _BITS)


def anywhere(codes: Codes, found: Trie) -> Ints:
    """The positions where a phrase of three letters or more may begin."""
    if len(codes) < 3:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(found.openings[_opening(codes)])


def walk(codes: Codes, at: Ints, stop: Ints, found: Trie, step: int = 1) -> tuple[Ints, Ints]:
    """Find all phrases that begin at given positions (or end there, with step -1).

    Args:
        codes: folded letters of all texts.
        at: positions, shape (positions,).
        stop: the first position that is out of bounds for each of them.
        found: the trie.
        step: 1 or -1.

    Returns:
        Index into `at` and number of the phrase, for every hit, shorter phrases first.
    """
    alive = np.arange(len(at))
    state = np.zeros(len(at), dtype=np.uint64)
    hits: list[Ints] = []
    phrases: list[Ints] = []
    for level, (prefixes, ends) in enumerate(zip(found.prefixes, found.phrases, strict=True)):
        position = at[alive] + step * level
        inside = position < stop[alive] if step > 0 else position > stop[alive]
        alive, state, position = alive[inside], state[inside], position[inside]
        if not len(alive) or not len(prefixes):
            break
        state = state * _MULTIPLIER + codes[position] + np.uint64(1)
        place = np.minimum(np.searchsorted(prefixes, state), len(prefixes) - 1)
        known = prefixes[place] == state
        alive, state, phrase = alive[known], state[known], ends[place[known]]
        hits.append(alive[phrase >= 0])
        phrases.append(phrase[phrase >= 0])
    none = np.zeros(0, dtype=np.int64)
    return np.concatenate([none, *hits]), np.concatenate([none, *phrases])
