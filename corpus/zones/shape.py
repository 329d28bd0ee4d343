"""The look of a piece: length, first and last marks, what it holds, as counts of character classes over the batch."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.zones.alphabet import AT, ORDER, Flags, Ints, Symbols, alphabet
from corpus.zones.view import HEAD, View, pieces

LENGTHS = (4, 10, 18, 28, 40, 55, 70, 90, 110, 140, 180, 250, 400, 700)
_HOLDS = {
    "digit": (1, 4, 9), "latin": (1, 8), "stop": (1, 2, 3), "dot": (1, 2, 3), "asks": (1,), "exclaims": (1,),
    "comma": (1, 2, 4), "semicolon": (1,), "colon": (1, 2), "hyphen": (1, 2), "dash": (1, 2), "quote": (1, 2),
    "guillemet": (1, 2), "open": (1, 2), "angle": (1,), "equals": (1,), "slash": (1, 2), "pipe": (1, 2),
    "bullet": (1, 2), "arrow": (1,), "hash": (1, 2), "at": (1,), "ellipsis": (1,), "copyright": (1,), "emoji": (1, 2),
    "underscore": (1,), "ampersand": (1,),
}  # fmt: skip
# Pages stand so far apart that no run of characters goes from one to the next.
_APART = 8


class _Odd(NamedTuple):
    """The symbols that are neither letters of Urdu nor spaces, one of twenty; each array has shape (odd,).

    Attributes:
        symbols: what they are.
        kind: their classes.
        piece: their pieces.
        place: where they stand if the pieces, without what is hidden, are put end to end.
    """

    symbols: Symbols
    kind: NDArray[np.uint8]
    piece: NDArray[np.int64]
    place: NDArray[np.int64]


def shape(seen: View, size: Ints, kept: Ints) -> dict[str, Flags]:
    """Features of each piece's look.

    Args:
        seen: the pieces.
        size: their lengths in characters, shape (pieces,).
        kept: how many of the symbols seen folding keeps, shape (pieces,).
    """
    of = pieces(seen)
    odd = _odd(seen, of)
    held = _held(seen, odd, kept)
    out: dict[str, Flags] = {f"size>={bound}": size >= bound for bound in LENGTHS}
    _edges(out, seen)
    letters = held["urdu"] + held["letter"]
    for name, bounds in _HOLDS.items():
        out |= {f"has:{name}>={bound}": held[name] >= bound for bound in bounds}
    out["latin:most"] = held["latin"] > letters
    out["latin:all"] = (held["latin"] > 0) & (letters == 0)
    out["letters:none"] = held["latin"] + letters == 0
    out["foreign"] = held["letter"] > held["urdu"] + held["latin"]
    out["digits:many"] = held["digit"] * 3 > held["latin"] + letters
    out["marks:many"] = _count_marks(held) * 4 > held["latin"] + letters
    out |= {f"words>={bound}": held["space"] >= bound - 1 for bound in (2, 3, 4, 6, 9, 14)}
    _runs(out, seen, odd, of)
    return out


def _odd(seen: View, of: Ints) -> _Odd:
    at = np.flatnonzero(seen.symbols >= alphabet().gone)
    symbols = seen.symbols.take(at)
    piece = of.take(at).astype(np.int64)
    offset = at - seen.begin[piece]
    offset -= np.where(offset >= HEAD, seen.hidden[piece], 0)
    sizes = seen.end - seen.begin - seen.hidden
    base = np.cumsum(sizes) - sizes + seen.page * _APART
    return _Odd(symbols, alphabet().classes.take(symbols), piece, base[piece] + offset)


def _held(seen: View, odd: _Odd, kept: Ints) -> dict[str, Ints]:
    """How many symbols of each class a piece has, by name, each of shape (pieces,)."""
    count, classes = len(kept), len(ORDER)
    table = np.bincount(odd.piece * classes + odd.kind, minlength=count * classes).reshape(count, classes)
    held = dict(zip(ORDER, np.ascontiguousarray(table.T), strict=True))
    odd_kept = np.bincount(odd.piece[odd.symbols >= alphabet().kept], minlength=count)
    odd_gone = table.sum(axis=1) - odd_kept
    held["urdu"] += kept - odd_kept
    held["space"] = seen.end - seen.begin - seen.hidden - kept - odd_gone
    return held


def _count_marks(held: dict[str, Ints]) -> Ints:
    """Signs of code rather than prose."""
    return held["angle"] + held["equals"] + held["slash"] + held["underscore"] + held["pipe"]


def _edges(out: dict[str, Flags], seen: View) -> None:
    """Classes of the first character, of the last, and of the last but quotes and brackets."""
    wraps = alphabet().among("quote", "guillemet", "close", "space")
    first, last, behind = (
        alphabet().classes.take(seen.symbols.take(at)) for at in (seen.begin, seen.end - 1, _last_but(wraps, seen))
    )
    second = seen.symbols.take(np.minimum(seen.begin + 1, seen.end - 1))
    for name, number in AT.items():
        out[f"first:{name}"] = first == number
        out[f"last:{name}"] = last == number
    for name in ("stop", "dot", "asks", "exclaims", "ellipsis", "digit"):
        out[f"closes:{name}"] = behind == AT[name]
    out["numbered"] = (first == AT["digit"]) & alphabet().among("dot", "close", "stop", "hyphen").take(second)


def _last_but(wraps: Flags, seen: View) -> Ints:
    """The last position of each piece whose symbol is none of some; its first position if there is no other."""
    at = seen.end - 1
    left = np.arange(len(at))
    while len(left):
        left = left[(at[left] > seen.begin[left]) & wraps.take(seen.symbols.take(at[left]))]
        at[left] -= 1
    return at


def _runs(out: dict[str, Flags], seen: View, odd: _Odd, of: Ints) -> None:
    """Characters in a row: clock, date, year, telephone number, wide space, dots."""
    kind, count = odd.kind, len(seen.begin)
    digit, dot = kind == AT["digit"], (kind == AT["dot"]) | (kind == AT["stop"])
    colon, between = kind == AT["colon"], np.isin(kind, [AT[name] for name in ("hyphen", "slash", "dot")])
    found = {
        "clock": _in_a_row(odd, digit, colon, digit),
        "date": _in_a_row(odd, digit, between, digit),
        "year": _in_a_row(odd, *[digit] * 4),
        "phone": _in_a_row(odd, *[digit] * 7),
        "wide": _wide(seen, of),
        "dots": _in_a_row(odd, dot, dot),
    }
    for name, piece in found.items():
        times = np.bincount(piece, minlength=count)
        out[f"has:{name}"] = times >= 1
        if name in {"wide", "date", "clock"}:
            out[f"has:{name}>=2"] = times >= 2


def _in_a_row(odd: _Odd, *wanted: Flags) -> Ints:
    """The piece of each place where symbols of these kinds follow each other; the next piece may go on with them."""
    size = max(len(odd.kind) - len(wanted) + 1, 0)
    hits = odd.place[len(wanted) - 1 :] - odd.place[:size] == len(wanted) - 1
    for step, flags in enumerate(wanted):
        hits &= flags[step : step + size]
    return odd.piece[:size][hits]


def _wide(seen: View, of: Ints) -> Ints:
    """The piece of each space behind a space."""
    known = alphabet()
    space = (seen.symbols >= known.space) & (seen.symbols < known.gone)
    at = np.flatnonzero(space[:-1] & space[1:])
    piece = of.take(at)
    return piece[at < seen.end[piece]]
