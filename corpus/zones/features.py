"""What the model sees of a piece: cues, shape, and its place in the page, as one 0/1 matrix for the whole batch."""

import numpy as np

from corpus.zones.alphabet import Flags, Ints, Symbols, alphabet
from corpus.zones.context import context
from corpus.zones.cues import Cues, any_begins, any_cues, end_cues, start_cues
from corpus.zones.lines import Rows
from corpus.zones.shape import shape
from corpus.zones.trie import anywhere, walk
from corpus.zones.view import folded, view

# How far into a piece marks are skipped before a cue, in folded characters.
_LEAD = 12
_LETTERS = "urdu", "letter", "latin"
_CLOSES = *_LETTERS, "digit"
_OPENS = *_CLOSES, "hash", "copyright", "ampersand", "angle"
# Kinds whose phrases are counted, and the counts that matter: several sections of a site make a menu.
_COUNTED = {"any:section": (2, 3, 5)}


def features(rows: Rows) -> tuple[Flags, list[str]]:
    """The features, shape (features, pieces), and their names."""
    size = rows.end - rows.start
    seen = view(rows)
    symbols, start = folded(seen)
    own = {**_cues(symbols, start), **shape(seen, size, np.diff(start))}
    own |= context(rows, own)
    table = np.empty((len(own), len(size)), dtype=bool)
    for number, flags in enumerate(own.values()):
        table[number] = flags
    return table, list(own)


def _cues(symbols: Symbols, start: Ints) -> dict[str, Flags]:
    """Which kinds of cue phrases stand at the start, at the end, anywhere in, or as the whole of each piece.

    Args:
        symbols: the folded symbols of all pieces, end to end.
        start: where each piece begins among them, shape (pieces + 1,).
    """
    begin, stop, count = start[:-1], start[1:], len(start) - 1
    among = alphabet().among
    out: dict[str, Flags] = {}
    opens = _next(symbols, among(*_OPENS), begin, stop)
    hits, phrases = walk(symbols, opens, stop, start_cues().found)
    _flag(out, start_cues(), hits, phrases, count)
    whole = _ends(symbols, among(*_LETTERS), opens[hits] + start_cues().sizes[phrases], stop[hits])
    _flag(out, start_cues(), hits[whole], phrases[whole], count, "whole ")
    closes = _previous(symbols, among(*_CLOSES), begin, stop)
    hits, phrases = walk(symbols, closes, begin - 1, end_cues().found, -1)
    _flag(out, end_cues(), hits, phrases, count)
    at = anywhere(symbols, any_begins())
    piece = np.repeat(np.arange(count, dtype=np.int32), np.diff(start)).take(at)
    hits, phrases = walk(symbols, at, stop[piece], any_cues().found)
    _flag(out, any_cues(), piece[hits], phrases, count)
    return out


def _next(symbols: Symbols, wanted: Flags, begin: Ints, stop: Ints) -> Ints:
    """The first wanted position of each piece; where there is none near its start, the end of the piece."""
    at, bound = begin.copy(), np.minimum(stop, begin + _LEAD)
    left = np.flatnonzero(at < bound)
    while len(left):
        left = left[~wanted.take(symbols.take(at[left]))]
        at[left] += 1
        left = left[at[left] < bound[left]]
    return np.where(at < bound, at, stop)


def _previous(symbols: Symbols, wanted: Flags, begin: Ints, stop: Ints) -> Ints:
    """The last wanted position of each piece; where there is none near its end, the position before the piece."""
    at, bound = stop - 1, np.maximum(begin, stop - _LEAD)
    left = np.flatnonzero(at >= bound)
    while len(left):
        left = left[~wanted.take(symbols.take(at[left]))]
        at[left] -= 1
        left = left[at[left] >= bound[left]]
    return np.where(at >= bound, at, begin - 1)


def _ends(symbols: Symbols, letters: Flags, at: Ints, stop: Ints) -> Flags:
    """Whether no letter stands in each [at, stop): the cue before it is all that the piece says."""
    at = at.copy()
    left = np.flatnonzero(at < stop)
    while len(left):
        left = left[~letters.take(symbols.take(at[left]))]
        at[left] += 1
        left = left[at[left] < stop[left]]
    return at >= stop


def _flag(out: dict[str, Flags], cues: Cues, piece: Ints, phrase: Ints, count: int, before: str = "") -> None:
    """Set the features of the phrases found."""
    flags = np.zeros((len(cues.kinds), count), dtype=bool)
    for number, name in enumerate(cues.kinds):
        having = piece[cues.flags[phrase, number]]
        flags[number, having] = True
        for bound in _COUNTED.get(name, ()):
            out[f"{name}>={bound}"] = np.bincount(having, minlength=count) >= bound
    out |= {f"{before}{name}": flags[number] for number, name in enumerate(cues.kinds)}
