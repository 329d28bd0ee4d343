"""The lexicon's phrases, compiled: which zones a phrase at the start, at the end or anywhere in a piece speaks for."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.once import once
from corpus.zones.fold import fold
from corpus.zones.lexicon import lexicon
from corpus.zones.trie import DEPTH, Trie, pairs, trie


class Cues(NamedTuple):
    """Phrases of one kind of place, ready for matching.

    Attributes:
        phrases: the phrases, folded.
        found: the trie of them.
        kinds: names of features, as `where:zone`.
        flags: which features a phrase sets, shape (phrases, kinds).
        sizes: letters of each phrase as far as it is matched, shape (phrases,).
    """

    phrases: tuple[str, ...]
    found: Trie
    kinds: tuple[str, ...]
    flags: NDArray[np.bool_]
    sizes: NDArray[np.int64]


def opening(phrase: str) -> str:
    """A folded phrase without the marks that may stand before any piece.

    >>> opening("[Read more")
    'readmore'
    """
    folded = fold(phrase)
    return folded[next((n for n, letter in enumerate(folded) if letter.isalnum() or letter in "#©&<"), len(folded)) :]


def closing(phrase: str) -> str:
    """A folded phrase without the marks that may stand after any piece."""
    folded = fold(phrase)
    return folded[: max((n + 1 for n, letter in enumerate(folded) if letter.isalnum()), default=0)]


@once
def start_cues() -> Cues:
    """Phrases for the start of a piece; those for anywhere count there too, as features of their own."""
    return _cues({"start": ("start", opening), "any": ("opens", opening)}, backwards=False)


@once
def end_cues() -> Cues:
    """Phrases for the end of a piece, read backwards."""
    return _cues({"end": ("end", closing)}, backwards=True)


@once
def any_cues() -> Cues:
    """Phrases for anywhere."""
    return _cues({"any": ("any", fold)}, backwards=False)


@once
def any_begins() -> NDArray[np.uint32]:
    """Where phrases for anywhere may begin (`corpus.zones.trie.pairs`)."""
    return pairs(any_cues().phrases)


def _cues(places: dict, *, backwards: bool) -> Cues:  # type: ignore[type-arg]
    sets: dict[str, set[str]] = defaultdict(set)
    for (zone, where), phrases in lexicon().items():
        if where in places:
            name, clean = places[where]
            for phrase in phrases:
                sets[clean(phrase)].add(f"{name}:{zone}")
    sets.pop("", None)
    listed = sorted(sets)
    kinds = tuple(sorted({kind for group in sets.values() for kind in group}))
    flags = np.array([[kind in sets[phrase] for kind in kinds] for phrase in listed])
    sizes = np.array([min(len(phrase), DEPTH) for phrase in listed])
    return Cues(tuple(listed), trie(listed, backwards=backwards), kinds, flags, sizes)
