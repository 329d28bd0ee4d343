"""Which strings of a column a rule of spelling may change: one table look-up for every two bytes of its UTF-8.

Arabic letters are two bytes in UTF-8, so a table over pairs of neighbouring bytes knows them without decoding: 96 MB of
paragraphs take 0.24 s, where decoding them takes 0.5 s and searching for each rule's characters took 4.8 s.
A longer character is known by its last two bytes, or by its first two where a whole block is meant. A string may be
marked in vain, never missed.
"""

import unicodedata
from enum import IntFlag
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


class Sign(IntFlag):
    """What a string may hold that a rule looks for."""

    NOT_COMPOSED = 1 << 0  # what composes with the letter before it, or a mark after one of a higher class
    FORM = 1 << 1  # presentation forms, ornate brackets, noncharacters
    TATWEEL = 1 << 2
    BIDI = 1 << 3
    JOINER = 1 << 4
    MARK = 1 << 5  # Arabic marks that have a combining class
    YEH = 1 << 6
    KAF = 1 << 7
    HEH = 1 << 8
    TEH_MARBUTA = 1 << 9
    SPACE = 1 << 10  # a space that is not U+0020, or not single, or at the end of a line
    LATIN_STOP = 1 << 11  # after what ends an Urdu word
    STOP = 1 << 12
    SPACE_BEFORE_STOP = 1 << 13
    WORD_AFTER_STOP = 1 << 14
    BRACKET = 1 << 15  # with a space inside or none outside


_STOPS = "۔،؛؟!"
_SPACE, _LINE_FEED = 0x20, 0x0A
_TAIL, _LEAD = range(0x80, 0xC0), range(0xC0, 0x100)
# First byte of what may follow a stop without the space that should stand there: letters, digits, quotes, brackets,
# a noncharacter.
_OPENS_WORD = np.zeros(256, dtype=bool)
_OPENS_WORD[[byte for byte in range(128) if chr(byte).isalnum() or chr(byte) in "\"'(["]] = True
_OPENS_WORD[[0xC2, *range(0xD8, 0xDC), 0xDD, 0xE0, 0xE2, 0xEF]] = True

_CHARACTERS: tuple[tuple[Sign, str], ...] = (
    # Arabic marks that compose with the letter before them.
    (Sign.NOT_COMPOSED, "\u0653\u0654\u0655\u2000\u2001"),
    (Sign.FORM, "".join(map(chr, chain(range(0xFB50, 0xFDFA), range(0xFDFC, 0xFDFD), range(0xFE70, 0xFEFD))))),
    (Sign.TATWEEL, "\u0640"),
    (Sign.BIDI, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
    (Sign.JOINER, "\u200b\u200c\u200d\u2060\ufeff\u00ad"),
    (Sign.YEH, "يى\u0654"),
    (Sign.KAF, "كڪ"),
    (Sign.HEH, "هەۀ"),
    (Sign.TEH_MARBUTA, "ة"),
    (Sign.SPACE, "\t\r\x0b\x0c\x1c\x1d\x1e\x1f\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000"),
    (Sign.SPACE, "".join(map(chr, range(0x2000, 0x200B)))),
    (Sign.STOP, _STOPS),
)
# Pairs of bytes of which neither alone means anything.
_PAIRS: tuple[tuple[Sign, tuple[tuple[int, ...], tuple[int, ...]]], ...] = (
    (Sign.SPACE, ((_SPACE,), (_SPACE, _LINE_FEED))),
    (Sign.SPACE, ((_LINE_FEED,), (_SPACE,))),
    (Sign.LATIN_STOP, ((*_TAIL, *b"\"') ]"), tuple(b",;?"))),
    (Sign.BRACKET, (tuple(b"(["), (_SPACE,))),
    (Sign.BRACKET, ((_SPACE,), tuple(b")]"))),
    (Sign.BRACKET, (tuple(_TAIL), tuple(b"(["))),
    (Sign.BRACKET, (tuple(b")]"), tuple(_LEAD))),
    # First bytes of all other characters that NFC changes or that have a combining class.
    (
        Sign.NOT_COMPOSED,
        ((0xCC, 0xCD, 0xD2, 0xD6, 0xD7, 0xDC, 0xDD, 0xDF, 0xE0, 0xE1, 0xE3, 0xEA), tuple(_TAIL)),
    ),
    (Sign.NOT_COMPOSED, ((0xCE,), (0x87,))),
    (Sign.NOT_COMPOSED, ((0xE2,), (0x83, 0x84, 0x8C, 0xAB, 0xB3, 0xB5, 0xB7))),
    (Sign.NOT_COMPOSED, ((0xEF,), (*range(0xA4, 0xAE), 0xB8))),
    (Sign.NOT_COMPOSED, ((0xF0,), (0x90, 0x91, 0x96, 0x9B, 0x9D, 0x9E, 0xAF))),
)


def _tables() -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Signs, and combining class of the Arabic marks, by pair of bytes; the first byte counts 1, the second 256."""
    signs = np.zeros((256, 256), dtype=np.uint16)  # second byte, first byte
    order = np.zeros((256, 256), dtype=np.uint8)
    for sign, characters in _CHARACTERS:
        for *_, first, last in (b"\0" + character.encode() for character in characters):
            if last < 0x80:
                signs[:, last] |= np.uint16(sign)
            else:
                signs[last, first] |= np.uint16(sign)
    for sign, (firsts, lasts) in _PAIRS:
        signs[np.ix_(lasts, firsts)] |= np.uint16(sign)
    for mark in (chr(code) for code in range(0x600, 0x700) if unicodedata.combining(chr(code))):
        first, last = mark.encode()
        signs[last, first] |= np.uint16(Sign.MARK)
        order[last, first] = unicodedata.combining(mark)
    return signs.ravel(), order.ravel()


_SIGNS, _ORDER = _tables()
_ARROW_SIGNS = pa.array(_SIGNS)
# What these mean to a rule depends on what stands beside them.
_IN_CONTEXT = np.uint16(Sign.MARK | Sign.STOP)


def signs(column: pa.StringArray) -> NDArray[np.uint16]:
    """What each string of a column without nulls may hold, as bits of `Sign`.

    >>> [Sign(held) for held in signs(pa.array(["خبر", "كيا"])).tolist()]
    [<Sign: 0>, <Sign.YEH|KAF: 192>]
    """
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)[column.offset :][: len(column) + 1] if column else None
    held = np.zeros(len(column), dtype=np.uint16)
    if offsets is None or offsets[0] == offsets[-1]:
        return held
    utf8 = np.frombuffer(column.buffers()[2], dtype=np.uint8)[offsets[0] : offsets[-1]]
    starts, ends = offsets[:-1] - offsets[0], offsets[1:] - offsets[0]
    found = _looked_up(utf8)
    at = np.flatnonzero((found & _IN_CONTEXT) != 0)
    is_mark = (found[at] & np.uint16(Sign.MARK)) != 0
    _mark_order(utf8, found, at[is_mark])
    _mark_stops(utf8, found, at[~is_mark], ends)
    filled = ends > starts
    starts, ends = starts[filled], ends[filled]
    edges = (utf8[starts] == _SPACE) | (utf8[ends - 1] == _SPACE)
    held[filled] = np.bitwise_or.reduceat(found, starts) | np.where(edges, np.uint16(Sign.SPACE), np.uint16(0))
    return held


def _looked_up(utf8: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """The signs of the pair that begins at each byte; the last byte stands before a zero."""
    padded = np.zeros(len(utf8) // 2 * 2 + 3, dtype=np.uint8)
    padded[: len(utf8)] = utf8
    found = np.empty(len(padded) - 1, dtype=np.uint16)
    for parity in (0, 1):
        pairs = padded[parity : len(padded) - 1 + parity].view("<u2")
        # Arrow's kernel is three times as fast as numpy's, which widens every index to 64 bits first.
        aligned = pa.array(pairs.copy() if parity else pairs)
        found[parity::2] = pc.take(_ARROW_SIGNS, aligned, boundscheck=False).to_numpy()
    return found[: len(utf8)]


def _pair(utf8: NDArray[np.uint8], at: NDArray[np.int64]) -> NDArray[np.uint16]:
    return utf8[at] + utf8[at + 1].astype(np.uint16) * np.uint16(256)


def _mark_order(utf8: NDArray[np.uint8], found: NDArray[np.uint16], at: NDArray[np.int64]) -> None:
    """Mark where NFC changes the order of two marks: shadda, class 33, before fatha, 30."""
    at = at[at < len(utf8) - 3]
    first, second = _ORDER[_pair(utf8, at)], _ORDER[_pair(utf8, at + 2)]
    found[at[(second > 0) & (first > second)]] |= np.uint16(Sign.NOT_COMPOSED)


def _mark_stops(
    utf8: NDArray[np.uint8], found: NDArray[np.uint16], at: NDArray[np.int64], ends: NDArray[np.int32]
) -> None:
    """Mark the stops that a space stands before, and those that a word follows at once in the same string."""
    after = at + 1 + (utf8[at] >= 0x80)
    begins_string = np.zeros(len(utf8) + 1, dtype=bool)
    begins_string[ends] = True
    follows = _OPENS_WORD[utf8[np.minimum(after, len(utf8) - 1)]] & ~begins_string[after]
    found[at[utf8[np.maximum(at - 1, 0)] == _SPACE]] |= np.uint16(Sign.SPACE_BEFORE_STOP)
    found[at[follows]] |= np.uint16(Sign.WORD_AFTER_STOP)
