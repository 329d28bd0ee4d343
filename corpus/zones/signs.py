"""Marks that give away a line that may be cut, found for all lines of a batch at once.

A pattern is tried where one of its signs stands (those are its outer condition, part of what the pattern means here)
and where it can match (what its alternatives cannot do without). Both are told from a mark and its neighbours.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from corpus.once import once
from corpus.zones.alphabet import Flags, Ints, Symbols, alphabet
from corpus.zones.cuts import INNER

_BULLETS = "•●▪■◆◄►✅○"
_MARKS = "()[]<>/=&-—–|….*#:؛،,۔" + _BULLETS
# A line shorter than this has no dateline with text behind it.
_SHORTEST = 15
# A dateline's marks stand before these places in the line, each a little behind the last that its pattern allows.
_BRACKET, _COLON, _COMMA, _SENTENCE, _WORD, _WORDS = 50, 47, 30, 31, 19, 28
# A date before a title ends this far in.
_DATE = 16
# Two spaces join two boxes when they stand this near to the beginning or the end.
_FIRST, _LAST = 60, 120
# Bullets and spaces before a dateline.
_LEAD = 4
# A pager's first two letters: Previous, Next, پچھلی, اگلی, or an arrow.
_PAGERS = ("Pr", "Ne", "پچ", "اگ")


class Signs(NamedTuple):
    """Which patterns of `corpus.zones.cuts` are worth trying on each line; each but the last has shape (lines,).

    Attributes:
        head: a dateline or a pager may open the line.
        markup: markup.
        teaser: a dash, a bar or wide spaces between two titles.
        bullet: bullets or hashtags.
        inner: a bracket or a colon behind the first words: a dateline may stand in the middle.
    wide: two spaces near the beginning or the end.
    credit: a credit in brackets ends the line.
        dots: positions behind an ellipsis on lines where no other teaser pattern can match.
    """

    head: Flags
    markup: Flags
    teaser: Flags
    bullet: Flags
    inner: Flags
    wide: Flags
    credit: Flags
    dots: Ints


class _Marks(NamedTuple):
    """The marks of a batch; each array has shape (marks,).

    Attributes:
        at: position in the batch.
        line: line that it stands on.
        offset: position in the line.
        own: its symbol.
        before: the symbol before it on the line, else 0.
        after: the symbol behind it on the line, else 0.
        later: the symbol behind that one on the line, else 0.
    """

    at: Ints
    line: Ints
    offset: Ints
    own: Symbols
    before: Symbols
    after: Symbols
    later: Symbols


@cache
def _table(characters: str) -> Flags:
    table = np.zeros(256, dtype=bool)
    table[alphabet().of(characters)] = True
    return table


@once
def _spaces() -> Flags:
    return alphabet().among("space")


def signs(symbols: Symbols, begin: Ints, end: Ints) -> Signs:
    """Look at the marks of lines [begin, end)."""
    of = _line_of(begin, len(symbols))
    marks = _marks(symbols, begin, end, of)

    def lines_of(chosen: Flags) -> Flags:
        flags = np.zeros(len(begin), dtype=bool)
        flags[marks.line[chosen]] = True
        return flags

    spaced = _spaces()[marks.before] & _spaces()[marks.after]
    teaser, dots = _teasers(marks, _wide_spaces(symbols, begin, end, of), spaced, len(begin))
    return Signs(
        _pagers(symbols, begin, end) | ((end - begin >= _SHORTEST) & lines_of(_datelines(symbols, marks, spaced))),
        np.logical_and(*map(lines_of, _markup(marks))),
        teaser,
        np.logical_and(*map(lines_of, _bullets(marks, spaced))),
        lines_of(_is(marks.own, "(:") & (marks.offset >= INNER)),
        _two_spaces(symbols, begin, end, of),
        (symbols.take(end - 1) == alphabet().of(")")) & lines_of(_credits(symbols, marks)),
        dots,
    )


def _marks(symbols: Symbols, begin: Ints, end: Ints, of: Ints) -> _Marks:
    """The marks that signs are made of: one character in seventy."""
    kept = np.flatnonzero(symbols >= alphabet().kept)
    at = kept[_table(_MARKS).take(symbols.take(kept))]
    line = of.take(at)
    offset, left = at - begin[line], end[line] - at
    padded = np.append(symbols, np.zeros(2, dtype=np.uint8))
    own, after, later = padded.take(at), padded.take(at + 1), padded.take(at + 2)
    before = padded.take(at - 1)
    before[offset == 0] = 0
    after[left < 2] = 0
    later[left < 3] = 0
    return _Marks(at, line, offset, own, before, after, later)


def _line_of(begin: Ints, size: int) -> Ints:
    """The last line that begins at or before each position, shape (size,)."""
    counts = np.diff(begin, append=size)
    counts[0] += begin[0]
    return np.repeat(np.arange(len(begin), dtype=np.int32), counts)


def _is(symbols: Symbols, characters: str) -> Flags:
    return _table(characters).take(symbols)


def _markup(marks: _Marks) -> tuple[Flags, Flags]:
    """Signs of markup, and those that a pattern can match."""
    own, after = marks.own, marks.after
    equals, opens, escapes = _is(own, "="), _is(own, "["), _is(own, "&")
    always = _is(own, "<") | ((_is(own, "/-")) & _is(after, ">"))
    quoted = equals & _is(after, "\"'")
    named = alphabet().among("latin", "underscore", "slash").take(after)
    spaced = equals & _spaces().take(after)
    sign = always | opens | escapes | quoted | (equals & _is(after, " "))
    return sign, always | quoted | spaced | ((opens | escapes) & named)


def _bullets(marks: _Marks, spaced: Flags) -> tuple[Flags, Flags]:
    """Signs of bullets and hashtags, and those behind which a line may be cut: not at its beginning."""
    own = marks.own
    given, star = _is(own, _BULLETS + "#"), _is(own, "*")
    sign = given | (star & _is(marks.before, " ") & _is(marks.after, " "))
    return sign, (given | (star & spaced)) & (marks.offset > 0)


def _credits(symbols: Symbols, marks: _Marks) -> Flags:
    """Brackets that open behind a sentence."""
    stops = alphabet().among("stop", "asks", "exclaims")
    behind = np.where(_spaces().take(marks.before), symbols.take(np.maximum(marks.at - 2, 0)), marks.before)
    return _is(marks.own, "(") & (marks.offset > 1) & stops.take(behind)


def _wide_spaces(symbols: Symbols, begin: Ints, end: Ints, of: Ints) -> tuple[Ints, Ints]:
    """Lines with three spaces in a row, of any kind and of the plain one."""
    known = alphabet()
    space = (symbols >= known.space) & (symbols < known.gone)
    at = np.flatnonzero(space[:-2] & space[1:-1] & space[2:])
    line = of.take(at)
    inside = (at > begin[line]) & (at + 2 < end[line])
    at, line = at[inside], line[inside]
    plain = np.logical_and.reduce([_is(symbols.take(at + place), " ") for place in range(3)])
    return line, line[plain]


def _two_spaces(symbols: Symbols, begin: Ints, end: Ints, of: Ints) -> Flags:
    """Lines with two spaces in a row near their beginning or their end."""
    known = alphabet()
    space = (symbols >= known.space) & (symbols < known.gone)
    at = np.flatnonzero(space[:-1] & space[1:])
    line = of.take(at)
    inside = (at > begin[line]) & (at + 1 < end[line])
    at, line = at[inside], line[inside]
    near = (at - begin[line] < _FIRST) | (end[line] - at < _LAST)
    found = np.zeros(len(begin), dtype=bool)
    found[line[near]] = True
    return found


def _teasers(marks: _Marks, wide: tuple[Ints, Ints], spaced: Flags, count: int) -> tuple[Flags, Ints]:
    """Lines whose teaser patterns must be tried; on the others, the positions behind an ellipsis."""
    own, line = marks.own, marks.line
    bars, points, full = _is(own, "—–|"), _is(own, "…"), _is(own, ".")
    dotted = _is(marks.after, ".") & _is(marks.later, ".")
    sign, possible = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    sign[line[bars | points | (full & dotted)]] = True
    possible[line[(bars & spaced) | (_is(own, "[") & dotted)]] = True
    possible[wide[0]] = True
    sign[wide[1]] = True
    tried = sign & possible
    row = np.flatnonzero(full)
    number = np.arange(len(row))
    fresh = (np.diff(marks.at[row], prepend=-2) != 1) | (np.diff(line[row], prepend=-1) != 0)
    third = row[(number - np.maximum.accumulate(np.where(fresh, number, 0))) % 3 == 2]
    ends = np.concatenate([np.flatnonzero(points), third])
    return tried, np.sort(marks.at[ends[~tried[line[ends]]]] + 1)


def _datelines(symbols: Symbols, marks: _Marks, spaced: Flags) -> Flags:
    """Marks that the alternatives of a dateline's pattern cannot do without."""
    own, after, offset = marks.own, marks.after, marks.offset
    twice = (_is(own, "/") & _is(after, "/")) | (_is(own, "۔") & _is(after, "۔"))
    found: Flags = (_is(own, "([") & (offset < _BRACKET)) | (_is(own, ":؛") & (offset < _COLON))
    found |= (twice | (_is(own, "-—–") & spaced)) & (offset < _COLON)
    found |= _is(own, "۔.") & _spaces().take(after) & (offset < _WORDS)
    return found | _dates(marks) | _sentences(marks) | _first_words(symbols, marks)


def _dates(marks: _Marks) -> Flags:
    """The marks of `2023-06-14` and of `June 13, 2023` at the beginning of a line."""
    digit = alphabet().among("digit")
    numbers = digit.take(marks.before) & (marks.offset < _DATE)
    return numbers & (_is(marks.own, "،,") | (_is(marks.own, "-/") & digit.take(marks.after)))


def _sentences(marks: _Marks) -> Flags:
    """A line's first comma or stop, with a stop, a colon or a semicolon as the next mark behind it."""
    row = np.flatnonzero(_is(marks.own, "،,۔:؛"))
    own, line = marks.own[row], marks.line[row]
    pauses = np.flatnonzero(_is(own, "،,۔"))
    first = pauses[np.diff(line[pauses], prepend=-1) != 0]
    first = first[(first + 1 < len(row)) & (marks.offset[row[first]] < _COMMA)]
    second = first + 1
    near = (line[second] == line[first]) & (marks.at[row[second]] - marks.at[row[first]] < _SENTENCE)
    found = np.zeros(len(marks.own), dtype=bool)
    found[row[first[near & _is(own[second], "۔:؛")]]] = True
    return found


def _first_words(symbols: Symbols, marks: _Marks) -> Flags:
    """A comma behind a line's first word."""
    found = _is(marks.own, "،") & (marks.offset < _WORD) & _spaces().take(marks.after)
    row = np.flatnonzero(found)
    begin = marks.at[row] - marks.offset[row]
    for place in range(_LEAD, _WORD):
        inside = marks.offset[row] > place
        found[row[inside & _spaces().take(symbols.take(begin + place, mode="clip"))]] = False
    return found


def _pagers(symbols: Symbols, begin: Ints, end: Ints) -> Flags:
    """Lines that may open with a pager."""
    one, two = symbols.take(begin), symbols.take(np.minimum(begin + 1, end - 1))
    found = _is(one, "→←»«")
    for pager in _PAGERS:
        found |= _is(one, pager[0]) & _is(two, pager[1])
    return found
