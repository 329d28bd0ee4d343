"""The cue lexicon `cues.tsv`: phrases that give a zone away, kept as data that a native speaker can edit.

A row names a zone (or a helper kind such as `place` or `desk`), where the phrase stands in a piece, the phrase, and a
comment:

    start    the piece begins with it, after bullets and brackets
    end      the piece ends with it, before stops and brackets
    any      it stands anywhere in the first or last words of the piece
    inline   it may open a piece in the middle of a line: the line is cut there
    word     a whole word, counted (the first four letters matter)

Spelling, spaces and joiners do not matter: `corpus.zones.fold`. Phrases for `any` need three letters.
"""

from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.zones.cues import Trie, trie
from corpus.zones.fold import fold


class Cues(NamedTuple):
    """Phrases of one kind of place, ready for matching.

    Attributes:
        found: the trie of the folded phrases.
        kinds: names of features, as `where:zone`.
        flags: which features a phrase sets, shape (phrases, kinds).
    """

    found: Trie
    kinds: tuple[str, ...]
    flags: NDArray[np.bool_]


@cache
def lexicon() -> dict[tuple[str, str], tuple[str, ...]]:
    """Phrases as written, by (zone, where), in file order."""
    phrases: dict[tuple[str, str], list[str]] = defaultdict(list)
    text = files("corpus.zones").joinpath("cues.tsv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        zone, where, phrase, *_ = line.split("\t")
        phrases[zone, where].append(phrase)
    return {key: tuple(values) for key, values in phrases.items()}


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


@cache
def start_cues() -> Cues:
    """Phrases for the start of a piece; those for anywhere count there too, as features of their own."""
    return _cues({"start": ("start", opening), "any": ("opens", opening)}, backwards=False)


@cache
def end_cues() -> Cues:
    """Phrases for the end of a piece, read backwards."""
    return _cues({"end": ("end", closing)}, backwards=True)


@cache
def any_cues() -> Cues:
    """Phrases for anywhere."""
    return _cues({"any": ("any", fold)}, backwards=False)


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
    return Cues(trie(listed, backwards=backwards), kinds, flags)
