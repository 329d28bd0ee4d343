"""From pages to pieces: the lines of all pages, mixed lines cut where a zone may begin."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from corpus.codepoints import Codepoints, codepoints
from corpus.zones.alphabet import Flags, Ints, Symbols, alphabet
from corpus.zones.places import Lines, places, skip_spaces, strip_spaces


class Rows(NamedTuple):
    """The candidate pieces of all pages of a batch, in page order; the last eight arrays have shape (pieces,).

    Attributes:
        text: the text of the batch.
        symbols: the symbol of every code point of it.
        page: row of the page in the batch.
        line: number of the line in the batch, blank lines counted.
        at: first code point, counted in the batch.
        start: first code point, counted in the page.
        end: code point after the last, counted in the page; the piece has no spaces around it.
        glued: the piece before stands on the same line.
        apart: a bullet opens the piece: it stays apart from the piece before, even with the same label.
        gap: a blank line stands before it.
    """

    text: Codepoints
    symbols: Symbols
    page: Ints
    line: Ints
    at: Ints
    start: Ints
    end: Ints
    glued: Flags
    apart: Flags
    gap: Flags

    @property
    def pages(self) -> int:
        """How many pages the batch has; a page of spaces alone has no piece."""
        return len(self.text.rows) - 1

    def part(self, begin: int, end: int) -> "Rows":
        """Some of the pieces; pages keep their numbers."""
        columns: list[Any] = [column[begin:end] for column in self[2:]]
        return Rows(self.text, self.symbols, *columns)


def rows(column: pa.Array | pa.ChunkedArray) -> Rows:
    """Cut the pages of a text column into candidate pieces."""
    text = codepoints(_strings(column))
    symbols = alphabet().symbols.take(text.codes)
    lines = _lines(text, symbols)
    cut = places(text, symbols, lines)
    before = np.searchsorted(lines.begin, cut.at)
    begin = np.insert(lines.begin, before, cut.at)
    apart = np.insert(np.zeros(len(lines.begin), dtype=bool), before, cut.bullet)
    of = np.insert(np.arange(len(lines.begin)), before, before - 1)
    glued = np.zeros(len(of), dtype=bool)
    glued[1:] = of[1:] == of[:-1]
    end = lines.end[of]
    more = np.flatnonzero(glued)
    end[more - 1] = strip_spaces(symbols, begin[more])
    page, number = lines.page[of], lines.number[of]
    gap = np.zeros(len(of), dtype=bool)
    gap[1:] = (page[1:] == page[:-1]) & (number[1:] - number[:-1] > 1)
    base = text.rows[page]
    return Rows(text, symbols, page, number, begin, begin - base, end - base, glued, apart, gap)


def _strings(column: pa.Array | pa.ChunkedArray) -> pa.StringArray:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole if whole.type == pa.string() else whole.cast(pa.string())


def _lines(text: Codepoints, symbols: Symbols) -> Lines:
    """The lines that are not blank, without the spaces around them."""
    breaks = np.flatnonzero(text.codes == ord("\n"))
    before = np.searchsorted(breaks, text.rows)  # line breaks before each page
    count = np.diff(before) + 1
    number = np.arange(len(breaks) + len(count))
    page = np.repeat(np.arange(len(count)), count)
    begin, end = np.empty_like(number), np.empty_like(number)
    opens, closes = before[:-1] + np.arange(len(count)), before[1:] + np.arange(len(count))
    begin[opens], end[closes] = text.rows[:-1], text.rows[1:]
    inner = np.ones(len(number), dtype=bool)
    inner[opens] = False
    begin[inner] = breaks + 1
    inner[:] = True
    inner[closes] = False
    end[inner] = breaks
    begin = skip_spaces(symbols, begin, end)
    shown = np.flatnonzero(begin < end)
    begin, end = begin[shown], end[shown]
    return Lines(page[shown], number[shown], begin, strip_spaces(symbols, end))
