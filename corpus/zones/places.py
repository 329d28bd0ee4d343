"""Where lines may be cut: which lines ask for it is told by their marks, for all lines of a batch at once.

`corpus.zones.cuts` has the patterns. They are tried only on lines that have a mark without which they cannot match: of
121,000 lines of news, 17,000.
"""

from itertools import chain
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from corpus.codepoints import Codepoints
from corpus.zones.alphabet import Flags, Ints, Symbols, alphabet
from corpus.zones.cuts import HEAD_LINE, INNER, MOST, TEASER_LINE, Hints, asking, cut, inner_desks, inner_places
from corpus.zones.signs import Signs, signs

# Spaces are skipped one by one so many times; for what is left, all of them are looked up.
_PATIENCE = 64


class Lines(NamedTuple):
    """The lines that are not blank; each array has shape (lines,).

    Attributes:
        page: row of the page in the batch.
        number: number of the line in the batch, blank lines counted.
        begin: first code point that is no space, counted in the batch.
        end: code point after the last that is no space, counted in the batch.
    """

    page: Ints
    number: Ints
    begin: Ints
    end: Ints


class Places(NamedTuple):
    """Where lines are cut; each array has shape (cuts,).

    Attributes:
        at: first code point of the piece behind the cut, counted in the batch, ascending.
        bullet: a bullet stands there.
    """

    at: Ints
    bullet: Flags


def skip_spaces(symbols: Symbols, begin: Ints, end: Ints) -> Ints:
    """The first position in each [begin, end) that is no space, else the end."""
    at = begin.copy()
    left = np.flatnonzero(at < end)
    for _ in range(_PATIENCE):
        left = left[_is_space(symbols.take(at[left]))]
        at[left] += 1
        left = left[at[left] < end[left]]
        if not len(left):
            return at
    shown = np.append(np.flatnonzero(~_is_space(symbols)), len(symbols))
    at[left] = np.minimum(shown[np.searchsorted(shown, at[left])], end[left])
    return at


def strip_spaces(symbols: Symbols, end: Ints) -> Ints:
    """Ends without the spaces before them; somewhere before each there is something else."""
    last = end - 1
    left = np.arange(len(last))
    for _ in range(_PATIENCE):
        left = left[_is_space(symbols.take(last[left]))]
        last[left] -= 1
        if not len(left):
            return last + 1
    shown = np.flatnonzero(~_is_space(symbols))
    last[left] = shown[np.searchsorted(shown, last[left], side="right") - 1]
    return last + 1


def _is_space(symbols: Symbols) -> Flags:
    known = alphabet()
    return (symbols >= known.space) & (symbols < known.gone)


def places(text: Codepoints, symbols: Symbols, lines: Lines) -> Places:
    """Find where lines may be cut."""
    if not len(lines.begin):
        return Places(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool))
    found = signs(symbols, lines.begin, lines.end)
    at, bullet = _by_patterns(text, lines, found)
    line = np.searchsorted(lines.begin, found.dots - 1, side="right") - 1  # a page may begin behind the last dot
    dots = skip_spaces(symbols, found.dots, lines.end[line])
    at = np.concatenate([at, dots[dots < lines.end[line]]])
    bullet = np.concatenate([bullet, np.zeros(len(at) - len(bullet), dtype=bool)])
    order = np.lexsort([~bullet, at])
    at, bullet = at[order], bullet[order]
    first = np.flatnonzero(np.diff(at, prepend=-1))
    at, bullet = at[first], bullet[first]
    line = np.searchsorted(lines.begin, at, side="right") - 1
    few = (np.bincount(line, minlength=1) <= MOST)[line]
    return Places(at[few], bullet[few])


def _by_patterns(text: Codepoints, lines: Lines, found: Signs) -> tuple[Ints, Flags]:
    """Try the patterns on the lines that ask for it."""
    written = _written(text, lines)
    asks = written.str.contains(asking()).to_numpy()
    inner = _inner(written, found.inner, lines.end - lines.begin <= TEASER_LINE)
    # In the order of `Hints`.
    flags = np.stack([found.head, found.markup, found.teaser, found.bullet, asks, inner, found.wide, found.credit])
    looked = np.flatnonzero(flags.any(axis=0))
    utf8 = text.utf8.tobytes()
    begin, end = lines.begin[looked], lines.end[looked]
    head_only = ~flags[1:, looked].any(axis=0)
    end = np.where(head_only, np.minimum(end, begin + HEAD_LINE), end)
    bounds = zip(text.at[begin].tolist(), text.at[end].tolist(), strict=True)
    asked = map(Hints, *flags[:, looked].tolist())
    at = [cut(utf8[start:stop].decode(), hint) for (start, stop), hint in zip(bounds, asked, strict=True)]
    count = [len(found) for found in at]
    pairs = np.array(list(chain.from_iterable(at)), dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0] + np.repeat(begin, count), pairs[:, 1] > 0


def _written(text: Codepoints, lines: Lines) -> pl.Series:
    """The lines as strings, not copied."""
    # Lines and what is between them by turns: one array over the text as it lies.
    bounds = text.at[np.append(np.column_stack([lines.begin, lines.end]).ravel(), lines.end[-1])].astype(np.int32)
    turns = pa.StringArray.from_buffers(len(bounds) - 1, pa.py_buffer(bounds), pa.py_buffer(text.utf8))
    return pl.Series(turns).gather_every(2)


def _inner(written: pl.Series, marked: Flags, teaser: Flags) -> Flags:
    """Of the marked lines, those with a place behind the first words, or, longer than a teaser, with a desk."""
    found = np.zeros(len(marked), dtype=bool)
    for chosen, offset, signs_of in ((marked & teaser, INNER, inner_places), (marked & ~teaser, 0, inner_desks)):
        found[chosen] = written.filter(pl.Series(chosen)).str.slice(offset).str.contains_any(signs_of()).to_numpy()
    return found
