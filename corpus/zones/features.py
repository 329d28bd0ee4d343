"""What the model sees of a piece: cues, shape, and its place in the page, as one 0/1 matrix for the whole batch."""

import numpy as np
from numpy.typing import NDArray

from corpus.zones.context import context
from corpus.zones.cues import anywhere, walk
from corpus.zones.fold import folding
from corpus.zones.lexicon import Cues, any_cues, end_cues, start_cues
from corpus.zones.lines import Rows
from corpus.zones.shape import View, among, shape, view

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

_FOLDING = folding()
# How far into a piece marks are skipped before a cue, in folded characters.
_LEAD = 12
_LETTERS = among("urdu", "letter", "latin")
_CLOSES = _LETTERS | among("digit")
_OPENS = _CLOSES | among("hash", "copyright", "ampersand", "angle")
# Kinds whose phrases are counted, and the counts that matter: several sections of a site make a menu.
_COUNTED = {"any:section": (2, 3, 5)}


def features(rows: Rows) -> tuple[NDArray[np.float32], list[str]]:
    """The features, shape (features, pieces), 0 or 1, and their names."""
    size = rows.end - rows.start
    seen = view(rows.text, size)
    own = {**_cues(seen), **shape(seen, size)}
    own |= context(rows, own)
    table = np.empty((len(own), len(size)), dtype=np.float32)
    for number, flags in enumerate(own.values()):
        table[number] = flags
    return table, list(own)


def _cues(seen: View) -> dict[str, Flags]:
    """Which kinds of cue phrases stand at the start, at the end, anywhere in, or as the whole of each piece."""
    folded = _FOLDING[np.minimum(seen.codes, 0xFFFF)]
    kept = folded != 0
    codes, kind, piece = folded[kept], seen.classes[kept], seen.piece[kept]
    count = len(seen.start) - 1
    start = np.concatenate([[0], np.cumsum(np.bincount(piece, minlength=count))])
    begin, stop = start[:-1], start[1:]
    out: dict[str, Flags] = {}
    opens = _next(_OPENS[kind], begin, stop, _LEAD)
    hits, phrases = walk(codes, opens, stop, start_cues().found)
    _flag(out, start_cues(), hits, phrases, count)
    _whole(out, hits, phrases, opens, _LETTERS[kind], stop)
    closes = _previous(_CLOSES[kind], begin, stop, _LEAD)
    hits, phrases = walk(codes, closes, begin - 1, end_cues().found, -1)
    _flag(out, end_cues(), hits, phrases, count)
    at = anywhere(codes, any_cues().found)
    hits, phrases = walk(codes, at, stop[piece[at]], any_cues().found)
    _flag(out, any_cues(), piece[at[hits]], phrases, count)
    return out


def _next(wanted: Flags, begin: Ints, stop: Ints, most: int) -> Ints:
    """The first wanted position of each piece; where there is none near its start, the end of the piece."""
    places = np.append(np.flatnonzero(wanted), len(wanted))
    found = places[np.searchsorted(places[:-1], begin)]
    return np.where(found < np.minimum(stop, begin + most), found, stop)


def _previous(wanted: Flags, begin: Ints, stop: Ints, most: int) -> Ints:
    """The last wanted position of each piece; where there is none near its end, the position before the piece."""
    places = np.concatenate([[-1], np.flatnonzero(wanted)])
    found = places[np.searchsorted(places[1:], stop)]
    return np.where(found >= np.maximum(begin, stop - most), found, begin - 1)


def _flag(out: dict[str, Flags], cues: Cues, piece: Ints, phrase: Ints, count: int) -> None:
    flags = np.zeros((count, len(cues.kinds)), dtype=bool)
    for number, name in enumerate(cues.kinds):
        having = piece[cues.flags[phrase, number]]
        flags[having, number] = True
        for bound in _COUNTED.get(name, ()):
            out[f"{name}>={bound}"] = np.bincount(having, minlength=count) >= bound
    out |= {name: flags[:, number] for number, name in enumerate(cues.kinds)}


def _whole(out: dict[str, Flags], hits: Ints, phrases: Ints, opens: Ints, letter: Flags, stop: Ints) -> None:
    """The cue at the start is all that the piece says: no letter follows it."""
    sizes = start_cues().found
    length = np.zeros(len(start_cues().flags), dtype=np.int64)
    for level, ends in enumerate(sizes.phrases):
        length[ends[ends >= 0]] = level + 1
    after = opens[hits] + length[phrases]
    places = np.append(np.flatnonzero(letter), len(letter))
    ends_it = places[np.searchsorted(places[:-1], after)] >= stop[hits]
    flags = start_cues().flags[phrases[ends_it]]
    for number, name in enumerate(start_cues().kinds):
        whole = np.zeros(len(opens), dtype=bool)
        whole[hits[ends_it][flags[:, number]]] = True
        out[f"whole {name}"] = whole
