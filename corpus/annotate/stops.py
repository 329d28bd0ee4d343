"""Which stops of a text end a sentence.

Only the marks are looked at (about one code point in forty): they are grouped into runs such as `؟` or `۔”)`, and each
rule is a mask over all runs. The words that the rules know are in `sentences.tsv`.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.codepoints import Codepoints, is_space, slices

Codes = NDArray[np.uint32]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]

STOP, DOT, QUOTE, OPEN, CLOSE, LINE, UNSEEN = range(1, 8)
_MARKS = {
    STOP: "۔؟!?…‼⁉\N{DEVANAGARI DANDA}\N{DEVANAGARI DOUBLE DANDA}",
    DOT: ".",
    QUOTE: "\"'“”‘’«»",
    OPEN: "([{",
    CLOSE: ")]}",
    LINE: "\n",
    # Joiners and bidi controls stay with the stop that they follow.
    UNSEEN: "\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
}
_CLASS = np.zeros(0x110000, dtype=np.uint8)
for _kind, _those in _MARKS.items():
    _CLASS[[ord(mark) for mark in _those]] = _kind
_SINGLE = np.array([ord(mark) for mark in "'‘’"], dtype=np.uint32)
_ASIDE = np.array([ord(mark) for mark in "،,؛;:"], dtype=np.uint32)
_YEAR = "ء", "ھ", "ہ", "ع"  # "1947 ء۔", "1446 ھ۔": signs of a year, no initials

# Words are compared as eight bytes, first letter lowest. A letter of the Arabic block (U+0620 on) is its low byte, the
# Arabic yeh, kaf and heh folded into the Urdu ones; a Latin letter is 3 to 28, any other letter 1, a digit 2.
_LETTER, _DIGIT, _A, _Z = 1, 2, 3, 28
_FOLDED = {"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ"}
_LONGEST = 8

# Longer stretches between brackets are no aside: the brackets do not belong together.
_LONGEST_BRACKET = 200
_LONGEST_ATTRIBUTION = 80
_SAID = "کہا|بتایا|لکھا|پوچھا|کہتے|کہتی|کہتا|کہنا|بولے|بولیں|بولی|بولا|کہی|بتائی|پکارے|رپورٹ"
_ATTRIBUTION = rf"^(\S+\s){{0,9}}({_SAID})(\s(کیا|کیے|کئے|ہے|ہیں|تھا|تھے|تھی|گیا))?\s*$"


def _spelling() -> NDArray[np.uint8]:
    table = np.zeros(0x3002, dtype=np.uint8)
    for code in range(len(table)):
        mark = _FOLDED.get(chr(code), chr(code).lower())
        if mark.isdigit():
            table[code] = _DIGIT
        elif mark.isascii() and mark.isalpha():
            table[code] = ord(mark) - ord("a") + _A
        elif mark.isalpha():
            table[code] = ord(mark) & 0xFF if code >> 8 == 6 else _LETTER
    return table


_SPELLING = _spelling()


def boundaries(text: Codepoints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Find where sentences end inside the stretches [start, end), which are in order and do not overlap.

    Returns:
        The position after each sentence end, line ends included, and the stretch that it lies in, unordered.
    """
    if not len(start):
        return start, start
    marks = _marks(text.codes, start, end)
    runs = _runs(text.codes, marks, end)
    ends = ~_goes_on(text, runs, start[runs.piece], end[runs.piece])
    lines = marks.kind == LINE
    cuts = np.concatenate([runs.last[ends] + 1, marks.at[lines]])
    return cuts, np.concatenate([runs.piece[ends], marks.piece[lines]])


def after_space(codes: Codes, start: Ints, end: Ints) -> Ints:
    """Move each start to the first non-space before its end, or to its end."""
    at = start.copy()
    left = np.flatnonzero(at < end)
    for _ in range(4):
        left = left[is_space(codes[at[left]])]
        at[left] += 1
        left = left[at[left] < end[left]]
    for row in left:
        solid = np.flatnonzero(~is_space(codes[at[row] : end[row]]))
        at[row] = at[row] + solid[0] if len(solid) else end[row]
    return at


class _Marks(NamedTuple):
    """Stops, quotes, brackets and line ends inside the stretches; `line` tells the lines apart. Shape (marks,)."""

    at: Ints
    kind: NDArray[np.uint8]
    piece: Ints
    line: Ints


class _Runs(NamedTuple):
    """Marks that stand together around a stop; each array has shape (runs,).

    Attributes:
        first: position of the first mark.
        stop: position of the first stop.
        last: position of the last mark.
        after: position of the first non-space after the run, or the end of its line or stretch.
        piece: stretch that it stands in.
        stops: how many stops it holds.
        dots: whether these are Latin dots alone.
        quoted: whether it closes a quotation.
        bracketed: whether it stands between brackets, or right behind an opening one.
    """

    first: Ints
    stop: Ints
    last: Ints
    after: Ints
    piece: Ints
    stops: Ints
    dots: Flags
    quoted: Flags
    bracketed: Flags


class _Around(NamedTuple):
    """What stands around each run; each array has shape (runs,).

    Attributes:
        before: key of the word before it, which may be a space away.
        touching: spelling of the character right before it.
        chained: whether ۔ or a dot stands before that word.
        fresh: whether that word begins a line, or follows a stop.
        behind: key of the word behind it.
        glued: whether that word follows without a space.
        following: the next code point that is no space, or 0.
        alone: whether the run is one ۔ or one dot and nothing else.
        ending: whether its stretch ends with it.
    """

    before: Keys
    touching: NDArray[np.uint8]
    chained: Flags
    fresh: Flags
    behind: Keys
    glued: Flags
    following: Codes
    alone: Flags
    ending: Flags


def _marks(codes: Codes, start: Ints, end: Ints) -> _Marks:
    kinds = _CLASS.take(codes[start[0] : end[-1]], mode="clip")
    at = np.flatnonzero(kinds > 0)
    kind = kinds[at]
    at += start[0]
    piece = np.searchsorted(start, at, side="right") - 1
    inside = at < end[piece]
    at, kind, piece = at[inside], kind[inside], piece[inside]
    return _Marks(at, kind, piece, piece + np.cumsum(kind == LINE))


def _runs(codes: Codes, marks: _Marks, end: Ints) -> _Runs:
    at, kind, piece, line = marks
    gap = np.diff(at, prepend=-9) - 1
    near = (np.diff(line, prepend=-1) == 0) & ((gap == 0) | ((gap == 1) & is_space(codes[at - 1])))
    stop = (kind == STOP) | (kind == DOT)
    closes = np.where(kind == QUOTE, _closes(codes, marks, end, gap == 0), stop | (kind == CLOSE) | (kind == UNSEEN))
    head = ~(near & closes)
    bounds = np.append(np.flatnonzero(head), len(at))
    stops, dots = (np.append(0, np.cumsum(which)) for which in (stop, kind == DOT))
    held = np.flatnonzero(stops[bounds[1:]] > stops[bounds[:-1]])
    first, last = bounds[held], bounds[held + 1] - 1
    at_stop = np.flatnonzero(stop)[stops[first]]
    many = stops[last + 1] - stops[first]
    # The next mark is no space, or a line end: searching no further keeps long gaps from being read again and again.
    until = np.minimum(np.append(at, end[-1])[last + 1], end[piece[first]])
    whole = (kind[last] == CLOSE) & (codes[at[at_stop]] == ord("۔"))
    return _Runs(
        first=at[first],
        stop=at[at_stop],
        last=at[last],
        after=after_space(codes, at[last] + 1, until),
        piece=piece[first],
        stops=many,
        dots=dots[last + 1] - dots[first] == many,
        quoted=(kind[last] == QUOTE) & (last > at_stop),
        bracketed=(kind[first] == OPEN) | (_bracketed(marks)[at_stop] & ~whole),
    )


def _closes(codes: Codes, marks: _Marks, end: Ints, tight: Flags) -> Flags:
    """Tell which quotes close a quotation, if they stand behind a stop.

    Urdu pages use each quotation mark for both ends: only the spaces around it and the count of marks before it on
    the line tell. `tight` says which marks follow the one before without a space.
    """
    at, kind, piece, line = marks
    double = (kind == QUOTE) & ~np.isin(codes[at], _SINGLE)
    count = np.cumsum(double) - double
    fresh = np.flatnonzero(np.diff(line, prepend=-1))
    inside = (count - np.repeat(count[fresh], np.diff(np.append(fresh, len(at))))) % 2 == 1
    behind = np.minimum(at + 1, end[piece] - 1)
    glued = (behind > at) & (_SPELLING[np.minimum(codes[behind], 0x3001)] > 0)
    return np.where(tight, ~glued | (inside & double), ~glued & inside & double)


def _bracketed(marks: _Marks) -> Flags:
    """Tell which marks stand between an opening bracket and its closing one on the same line."""
    index = np.arange(len(marks.at))
    bracket = (marks.kind == OPEN) | (marks.kind == CLOSE)
    before = np.maximum.accumulate(np.where(bracket, index, 0))
    behind = np.minimum.accumulate(np.where(bracket, index, len(index) - 1)[::-1])[::-1]
    return np.asarray(
        (marks.kind[before] == OPEN)
        & (marks.kind[behind] == CLOSE)
        & (marks.line[before] == marks.line[behind])
        & (marks.at[behind] - marks.at[before] < _LONGEST_BRACKET)
    )


def _goes_on(text: Codepoints, runs: _Runs, floor: Ints, limit: Ints) -> Flags:
    """Tell at which stops the sentence goes on; `floor` and `limit` are the ends of the stretch of each run."""
    around = _around(text.codes, runs, floor, limit)
    aside = np.isin(around.following, _ASIDE)
    return ~around.ending & (
        aside
        | runs.bracketed
        | _in_number(around)
        | _in_initials(around)
        | _in_latin(runs, around)
        | _in_short_form(around)
        | _pause(text.codes, runs, around)
        | _leans_back(around)
        | _quotation_goes_on(text, runs, around, limit)
    )


def _around(codes: Codes, runs: _Runs, floor: Ints, limit: Ints) -> _Around:
    before, head = _word_before(codes, runs.first, floor)
    previous = codes[np.maximum(head - 1, 0)]
    follows = (head > floor) & np.isin(_CLASS[previous], (STOP, DOT))
    return _Around(
        before=before,
        touching=np.where(runs.first > floor, _spell(codes[runs.first - 1]), 0).astype(np.uint8),
        chained=follows & ((previous == ord("۔")) | (previous == ord("."))),
        fresh=follows | (head == floor) | (previous == ord("\n")),
        behind=_word_behind(codes, runs.after, limit),
        glued=runs.after == runs.last + 1,
        following=np.where(runs.after < limit, codes[np.minimum(runs.after, limit - 1)], 0).astype(np.uint32),
        alone=(runs.first == runs.last) & (runs.dots | (codes[runs.stop] == ord("۔"))),
        ending=runs.after >= limit,
    )


def _in_number(around: _Around) -> Flags:
    """`3۔5`, and the number of an item: `2۔ پانی` at the beginning of a line or sentence."""
    digits = (around.before > 0) & (around.before & np.uint64(0xFDFDFDFDFDFDFDFD) == 0)
    decimal = around.glued & (around.touching == _DIGIT) & (_first(around.behind) == _DIGIT)
    return around.alone & (decimal | (digits & around.fresh))


def _in_initials(around: _Around) -> Flags:
    """`ایم۔ کیو۔ ایم۔ کے`, `ن۔ م۔ راشد`, `مسلم لیگ۔ن`."""
    letter, next_letter = _among(around.before, "letter"), _among(around.behind, "letter")
    one = _is_one(around.before) & ~np.isin(around.before, [_key(sign) for sign in _YEAR])
    one_next = _is_one(around.behind)
    return around.alone & (
        (letter & next_letter & (around.glued | ~_among(around.before, "finite")))
        | (letter & around.chained)
        | (one & (one_next | next_letter | around.fresh))
        | (one_next & around.glued)
        | _among(around.before, "initial")
    )


def _in_latin(runs: _Runs, around: _Around) -> Flags:
    """A Latin dot in `F.B.I.`, `weather.com`, `Mr. Khan`, or before a small letter."""
    first = _first(around.behind)
    latin = (first >= _A) & (first <= _Z)
    small = (ord("a") <= around.following) & (around.following <= ord("z"))
    one = (around.before >= _A) & (around.before <= _Z)
    inside = latin & around.glued & (around.touching >= _A) & (around.touching <= _Z)
    return runs.dots & (small | (around.alone & (one | inside | _among(around.before, "english"))))


def _in_short_form(around: _Around) -> Flags:
    """`ڈاکٹر۔ خان`, and a stop for a hyphen: `پاک۔ افغان سرحد`."""
    joined = _among(around.before, "joined") & _among(around.behind, "joins")
    return around.alone & (joined | _among(around.before, "title"))


def _pause(codes: Codes, runs: _Runs, around: _Around) -> Flags:
    """An ellipsis that no finite verb stands before."""
    stop = codes[runs.stop]
    dots = (runs.dots & (runs.stops > 1)) | (stop == ord("…")) | ((stop == ord("۔")) & (runs.stops > 2))
    return dots & ~_among(around.before, "finite")


def _leans_back(around: _Around) -> Flags:
    """`یاہو! نے`, `1947 ء۔ کو`: no sentence begins with these words, save with کے as the name of the letter K."""
    return _among(around.behind, "clitic")


def _quotation_goes_on(text: Codepoints, runs: _Runs, around: _Around, limit: Ints) -> Flags:
    """`“کیوں؟” کے جواب میں`, and `“کیوں؟” اس نے پوچھا۔`: the rest up to the next stop only says who spoke."""
    until = np.append(runs.first[1:], 0)
    until = np.where(runs.piece == np.append(runs.piece[1:], -1), until, limit)
    size = until - runs.after
    rows = np.flatnonzero(runs.quoted & (size > 0) & (size < _LONGEST_ATTRIBUTION))
    result = runs.quoted & _among(around.behind, "resumes")
    rest = slices(text, runs.after[rows], until[rows])
    result[rows] |= pc.match_substring_regex(rest, _ATTRIBUTION).to_numpy(zero_copy_only=False)
    return result


def _spell(codes: Codes) -> NDArray[np.uint8]:
    return _SPELLING[np.minimum(codes, 0x3001)]


def _word_before(codes: Codes, at: Ints, floor: Ints) -> tuple[Keys, Ints]:
    """The word that ends at each position or a space before it, and where it begins, the space before it included.

    A word of more than eight letters has the key 0.
    """
    at = at - ((at > floor) & is_space(codes[at - 1]))
    key = np.zeros(len(at), dtype=np.uint64)
    live = np.flatnonzero(at > floor)
    for step in range(_LONGEST + 1):
        byte = _spell(codes[at[live] - 1])
        live, byte = live[byte > 0], byte[byte > 0]
        at[live] -= 1
        key[live] = (key[live] << np.uint64(8)) | byte if step < _LONGEST else 0
        live = live[at[live] > floor[live]]
    return key, at - ((at > floor) & (codes[at - 1] == ord(" ")))


def _word_behind(codes: Codes, at: Ints, limit: Ints) -> Keys:
    """The word that begins at each position; 0 for none and for one of more than eight letters."""
    key = np.zeros(len(at), dtype=np.uint64)
    live = np.flatnonzero(at < limit)
    for step in range(_LONGEST + 1):
        byte = _spell(codes[at[live] + step])
        live, byte = live[byte > 0], byte[byte > 0]
        key[live] = key[live] | (byte.astype(np.uint64) << np.uint64(8 * step)) if step < _LONGEST else 0
        live = live[at[live] + step + 1 < limit[live]]
    return key


def _first(keys: Keys) -> Keys:
    """The first letter of each word."""
    return keys & np.uint64(0xFF)


def _is_one(keys: Keys) -> Flags:
    """Tell which words are one letter of the Arabic block."""
    return (keys > _Z) & (keys < 256)


def _key(word: str) -> int:
    return int.from_bytes(bytes(_SPELLING[ord(mark)] for mark in word), "little")


@cache
def _table(kind: str) -> Keys:
    """Keys of the words of a kind in `sentences.tsv`, sorted."""
    lines = Path(__file__).with_name("sentences.tsv").read_text(encoding="utf-8").splitlines()
    rows = dict(line.split("\t") for line in lines if not line.startswith("#"))
    return np.array(sorted(_key(word) for word in rows[kind].split() if len(word) <= _LONGEST), dtype=np.uint64)


def _among(keys: Keys, kind: str) -> Flags:
    table = _table(kind)
    return np.asarray(table[np.minimum(np.searchsorted(table, keys), len(table) - 1)] == keys)
