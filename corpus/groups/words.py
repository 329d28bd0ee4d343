"""The words of a column of texts as hashes that do not see spelling variants.

Two copies of one report differ in vowel marks, joiners, digits and the letters of their keyboard before they
differ in a word. So a word is hashed by its folded letters alone, whatever was normalised before, and the text of
another article (which stays as it stands on the page) can be compared with an article.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.once import once

# Letters that keyboards and fonts interchange, beyond what Unicode decomposes; hamza seats lose their hamza there.
_SAME = str.maketrans("يىےكڪهەةۃھ", "یییککہہہہہ")
_STOPS = "۔؟?!\n"
_SPACE, _DROPPED, _STOP = 0, 1, 2  # folded codes; every higher one is a letter or a digit
_BASE = 0x9E3779B97F4A7C15  # odd, so it has an inverse modulo 2**64


class Words(NamedTuple):
    """The words of texts, end to end.

    Attributes:
        hashes: of each word, shape (words,).
        rows: where each text starts in `hashes`, and the number of words at the end; shape (texts + 1,).
        breaks: whether a sentence (or line) starts with this word, shape (words,).
    """

    hashes: NDArray[np.uint64]
    rows: NDArray[np.int64]
    breaks: NDArray[np.bool_]


def words(texts: Sequence[str]) -> Words:
    """Split texts into words and hash each.

    >>> first, second = words(["کِتاب، ۱۲", "كتاب 12"]).hashes.reshape(2, 2)
    >>> bool((first == second).all())
    True
    """
    folded, rows = _folded(texts)
    stops = np.flatnonzero(folded == _STOP)
    dropped = np.flatnonzero(folded == _DROPPED)
    if len(dropped):
        folded = folded[folded != _DROPPED]
        rows -= np.searchsorted(dropped, rows)
        stops -= np.searchsorted(dropped, stops)
    letters = folded > _STOP
    edges = np.flatnonzero(letters[1:] != letters[:-1]) + 1  # the text begins and ends with a line feed
    starts, ends = edges[::2], edges[1::2]
    found = np.searchsorted(starts, rows)
    breaks = np.zeros(len(starts) + 1, dtype=bool)
    breaks[np.searchsorted(starts, stops)] = True
    breaks[found] = True
    return Words(_spans(_values().take(folded), starts, ends), found, breaks[:-1])


def spans(words: NDArray[np.uint64], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Hash runs of words: each span [start, end) of `words` to one number that depends on nothing around it."""
    return _spans(words, starts, ends)


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit over all others (the finaliser of SplitMix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _spans(values: NDArray[np.uint64], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Polynomial hashes modulo 2**64 as differences of one running sum, shifted back to exponent 0."""
    powers, inverses = _powers(1 << max(10, len(values).bit_length()))
    sums = np.zeros(len(values) + 1, dtype=np.uint64)
    np.cumsum(values * powers[: len(values)], out=sums[1:])
    return mixed((sums[ends] - sums[starts]) * inverses[starts])


@cache
def _powers(length: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    bases = _BASE, pow(_BASE, -1, 1 << 64)
    steps = [np.full(length, base, dtype=np.uint64) for base in bases]
    for each in steps:
        each[0] = 1
    return np.cumprod(steps[0]), np.cumprod(steps[1])


def _folded(texts: Sequence[str]) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """Folded codes of the texts, a line feed before and after each, and where each begins."""
    whole = "".join(("\n", *(f"{text}\n" for text in texts)))
    # Surrogates beyond the basic plane count as space: no letter of a newspaper stands there.
    units = np.frombuffer(whole.encode("utf-16-le"), dtype=np.uint16)
    size = [len(text) for text in texts]
    if len(units) != len(whole):
        size = [len(text.encode("utf-16-le")) // 2 for text in texts]
    rows = np.cumsum([1, *(each + 1 for each in size)], dtype=np.int64)
    return _folds().take(units), rows


@once
def _folds() -> NDArray[np.uint16]:
    """UTF-16 unit to the code of its folded letter; presentation ligatures fold to their first letter."""
    return np.array([_fold(chr(code)) for code in range(1 << 16)], dtype=np.uint16)


def _fold(char: str) -> int:
    if char in _STOPS:
        return _STOP
    kind = unicodedata.category(char)
    if kind in ("Mn", "Me", "Cf") or char == "\N{ARABIC TATWEEL}":
        return _DROPPED
    if kind == "Nd":
        return ord(str(unicodedata.digit(char)))
    if not char.isalnum():
        return _SPACE
    base = ord(unicodedata.normalize("NFKD", char)[0].translate(_SAME).lower()[0])
    return base if base >> 16 == 0 else ord(char)  # a few compatibility ideographs


@once
def _values() -> NDArray[np.uint64]:
    """A number for each folded code, so that hashes of short words fill all 64 bits."""
    return mixed(np.arange(1, (1 << 16) + 1, dtype=np.uint64) * np.uint64(_BASE))
