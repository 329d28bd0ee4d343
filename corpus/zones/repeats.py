"""The same words stand elsewhere in the page: a repeated headline, a related title over its article."""

import numpy as np
from numpy.typing import NDArray

from corpus.zones.alphabet import Flags, Ints, alphabet
from corpus.zones.lines import Rows

Keys = NDArray[np.uint64]

# A piece is known again by so many letters and digits, of its first characters; with fewer than `_LEAST` it is not.
_WINDOW, _MOST, _LEAST = 48, 24, 12
# So many letters tell whether it is worth reading on: eight of ten pieces begin like no other of their page.
_GLANCE = 4
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SLOTS = 17


def repeats(rows: Rows, here: Ints, first: Ints) -> dict[str, Flags]:
    """Which pieces say what another piece of their page says.

    Args:
        rows: the pieces.
        here: number of each piece, shape (pieces,).
        first: number of the first piece of its page, shape (pieces,).
    """
    low, high = here.copy(), here.copy()
    keys, _ = _read(rows, here, _GLANCE)
    slot = ((keys ^ rows.page.astype(np.uint64)) * _MULTIPLIER >> np.uint64(64 - _SLOTS)).astype(np.int64)
    again = np.flatnonzero(np.bincount(slot, minlength=1 << _SLOTS)[slot] > 1)
    keys, count = _read(rows, again, _MOST)
    again, keys = again[count >= _LEAST], keys[count >= _LEAST]
    order = np.lexsort([keys, rows.page[again]])
    again, keys = again[order], keys[order]
    fresh = (np.diff(keys, prepend=~keys[:1]) != 0) | (np.diff(rows.page[again], prepend=-1) != 0)
    opens = np.flatnonzero(fresh)
    sizes = np.diff(opens, append=len(again))
    low[again] = np.repeat(again[opens], sizes)
    high[again] = np.repeat(again[opens + sizes - 1], sizes)
    repeat = low < here
    return {
        "repeat": repeat,
        "repeated": high > here,
        "repeat-of-top": repeat & (low - first <= 2),
        "repeated-next": np.append(repeat[1:] & (low[1:] == here[:-1]), [False] * (len(here) > 0)),
        "repeat-at-once": low == here - 1,
    }


def _read(rows: Rows, piece: Ints, most: int) -> tuple[Keys, Ints]:
    """Hash the first letters and digits of pieces; 64 bits, so two of a page never meet by chance.

    Returns:
        The hashes, and how many letters and digits went into them, each of shape (len(piece),).
    """
    at = rows.at[piece]
    end = at + np.minimum(rows.end[piece] - rows.start[piece], _WINDOW)
    keys, count = np.zeros(len(piece), dtype=np.uint64), np.zeros(len(piece), dtype=np.int64)
    left = np.arange(len(piece))
    word, codes = alphabet().words, rows.text.codes
    while len(left):
        place = at[left]
        read = left[word.take(rows.symbols.take(place))]
        keys[read] = (keys[read] + codes.take(at[read]) + np.uint64(1)) * _MULTIPLIER
        count[read] += 1
        at[left] += 1
        left = left[(at[left] < end[left]) & (count[left] < most)]
    return keys, count
