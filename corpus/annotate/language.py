"""The language of each page, and of each sentence in another language than its page.

Points for words and letters (`languages.tsv`) are added up; the most points win. All sums are of integers, so that a
page gets the same answer in every batch. Only sentences that may be in another language are read in full: the
points by which Urdu leads, word by word, are a lower bound of its lead, and the sign of that bound settles nearly all.

Dari is reported as `fa`: its written news differs from that of Iran in a handful of words, and a sentence may hold
none of them. Romanised Urdu is `ur-Latn`. Devanagari and Gurmukhi are taken for Hindi and Punjabi.
"""

import unicodedata
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.annotate.sentences import Spans
from corpus.codepoints import Codepoints, codepoints
from corpus.once import once
from corpus.zones.pieces import Pieces

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

UNKNOWN = "und"
URDU = 0  # its column of points: it stands first in `languages.tsv`, and wins a draw

# A page is read in the first 40 code points of its first six sentences: a long quotation does not decide alone.
_SENTENCES_READ = 6
_CODES_READ = 40
# A page with fewer sentences is judged by all its zones: one headline says little.
_FEW = 3
# A page is Urdu when a third of the sentences read is Urdu: the others are quotations.
_QUOTING = 3
# A sentence is in another language than its page when that leads by these points: two or three function words.
_LEAD = 24
# Fewer points are no evidence: one common word or two letters.
_LEAST = 4
# The lead of the winner at which the score is one half.
_HALF = 10

# Letters are one byte. Urdu and Latin letters are below 128, so that a byte of 128 or more speaks against Urdu. The
# Arabic spelling of an Urdu letter is that letter plus 128: words are compared without the highest bit.
_URDU = "اآبپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوؤہھءئیےۂۓۃ"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_ARABIC = {"ي": "ی", "ك": "ک", "ه": "ہ"}
_OTHER = "ةأإٱىٿٽڏڊڙڪڃ۾۽ڻڦڀٺڇڍڱٻڄڳݙݨࣇښږځڅۍړټډګڼېۀٲٳۄؠۆێڕڵۊڤەۇۈۋڭ"
_SIGNS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0654\u0655\u0656\u0657\u065b\u065f\u06ed"
_SCRIPTS = {"DEVANAGARI": range(0x900, 0x980), "GURMUKHI": range(0xA00, 0xA80)}
_LONGEST = 8
_BITS = 18


class Languages(NamedTuple):
    """The languages of a batch.

    Attributes:
        page: code of each page, shape (pages,).
        score: confidence in it between 0 and 1, three decimals, shape (pages,).
        sentence: code of each sentence that is in another language than its page, else null; shape (sentences,).
    """

    page: pa.StringArray
    score: NDArray[np.float64]
    sentence: pa.StringArray


class _Table(NamedTuple):
    """`languages.tsv`, made for look-up.

    Attributes:
        codes: the languages, in the order of their columns.
        letters: points of each letter byte, shape (256, languages).
        words: points of each known word, shape (words + 1, languages); row 0 is for unknown words.
        keys: the known words as eight bytes, shape (words + 1,).
        slots: row of the word that a hash may stand for, shape (2 ** _BITS,).
        factor: multiplier of the hash, chosen so that no two words share a slot.
    """

    codes: tuple[str, ...]
    letters: NDArray[np.int16]
    words: NDArray[np.int16]
    keys: Keys
    slots: NDArray[np.int16]
    factor: np.uint64


def identify(text: str) -> tuple[str, float]:
    """Name the language of one string and the confidence in it.

    >>> identify("وزیر اعظم نے کہا کہ فیصلہ کل ہو گا۔")[0], identify("نخست وزیر گفت که فردا تصمیم گرفته می‌شود")[0]
    ('ur', 'fa')
    >>> identify("1947")
    ('und', 0.0)
    """
    one = codepoints(pa.array([text], pa.string()))
    points = _points(_BYTE.take(one.codes, mode="clip"), one.rows[:-1], one.rows[1:])
    winner = int(_winners(points)[0])
    return _names()[winner], float(_scores(points, np.array([winner]))[0])


def language(text: Codepoints, found: Pieces, spans: Spans) -> Languages:
    """Name the language of each page, and of each sentence that differs from its page.

    A page with one or two sentences is judged by all its zones, one without letters is `und` with a score of 0.

    Args:
        text: the pages of a batch.
        found: their zones.
        spans: their sentences.
    """
    pages = len(text.rows) - 1
    letters = _BYTE.take(text.codes, mode="clip")
    winner, score = _pages(letters, pages, found, spans)
    differing = _differing(letters, text.rows, spans, winner)
    points = _points(letters, spans.start[differing], spans.end[differing])
    other = _winners(points)
    own = winner[spans.page[differing]]
    row = np.arange(len(own))
    known = (other >= 0) & (points[row, other] - np.where(own < 0, 0, points[row, own]) >= _LEAD)
    sentence = np.full(len(spans.start), -1)
    sentence[differing[known]] = other[known]
    names = pa.array(_names())
    return Languages(
        names.take(pa.array(winner % len(names))),
        score,
        names.take(pa.array(sentence, mask=sentence < 0)),
    )


def _pages(letters: Bytes, pages: int, found: Pieces, spans: Spans) -> tuple[Ints, NDArray[np.float64]]:
    """The language of each page as a column of points, -1 for none, and its score."""
    few = np.bincount(spans.page, minlength=pages) < _FEW
    full, bare = ~few[spans.page], few[found.page]
    page = np.concatenate([spans.page[full], found.page[bare]])
    start = np.concatenate([spans.start[full], found.start[bare]])
    end = np.concatenate([spans.end[full], found.end[bare]])
    order = np.argsort(page, kind="stable")
    ordered = page[order]
    read = order[np.arange(len(page)) - np.searchsorted(ordered, ordered) < _SENTENCES_READ]
    page, start, end = page[read], start[read], end[read]
    points = _points(letters, start, np.minimum(end, start + _CODES_READ))
    winners = _winners(points)
    decided = np.bincount(page[winners >= 0], minlength=pages)
    urdu = np.bincount(page[winners == URDU], minlength=pages)
    total = _grouped(points, page, pages)
    winner = np.where((urdu > 0) & (urdu * _QUOTING >= decided), URDU, _winners(total))
    return winner, _scores(total, winner)


def _differing(letters: Bytes, rows: Ints, spans: Spans, winner: Ints) -> Ints:
    """Which sentences may be in another language than their page.

    On a page in Urdu these are the ones with enough words and letters that speak against it. The last letter of a
    page is not read here, for it touches the next page: a sentence that ends with it is always read in full.
    """
    last = rows[1:][np.diff(rows) > 0] - 1
    open_end = (spans.end == rows[spans.page + 1]) & (letters[spans.end - 1] > 0)
    apart = letters.copy()
    apart[last] = 0
    against = _against(apart, spans) <= -_LEAD
    return np.flatnonzero(against | open_end | (winner[spans.page] != URDU))


def _against(letters: Bytes, spans: Spans) -> Ints:
    """The least by which Urdu can lead in each sentence: the sum of the words and letters with which it does not."""
    table = _table()
    starts, keys = _words(letters)
    lead = _lead(table.words)
    at, rows = _known(keys, lead < 0)
    foreign = np.flatnonzero(letters >= 128)
    return _within(starts[at], lead[rows], spans) + _within(
        foreign, np.minimum(_lead(table.letters), 0)[letters[foreign]], spans
    )


def _within(at: Ints, points: NDArray[np.int16], spans: Spans) -> Ints:
    """Sum of the points at positions inside each span."""
    total = np.append(0, np.cumsum(points, dtype=np.int64))
    return total[np.searchsorted(at, spans.end)] - total[np.searchsorted(at, spans.start)]


def _lead(points: NDArray[np.int16]) -> NDArray[np.int16]:
    return points[:, URDU] - np.delete(points, URDU, axis=1).max(axis=1)


def _points(letters: Bytes, start: Ints, end: Ints) -> Ints:
    """Points of each stretch [start, end) for each language, shape (stretches, languages)."""
    table = _table()
    size = end - start
    stretch = np.repeat(np.arange(len(start)), size)
    first = np.cumsum(size) - size + np.arange(len(start))
    # The stretches are laid end to end with a zero byte between them, so that no word runs on into the next.
    read = np.zeros(int(size.sum()) + len(start), dtype=np.uint8)
    place = np.arange(len(stretch)) + stretch
    read[place] = letters[place + np.repeat(start - first, size)]
    telling = np.flatnonzero((table.letters.max(axis=1) > 0)[read])
    begins, keys = _words(read)
    at, rows = _known(keys, np.arange(len(table.keys)) > 0)
    by_letter = _grouped(table.letters[read[telling]], _stretch(first, telling), len(start))
    return by_letter + _grouped(table.words[rows], _stretch(first, begins[at]), len(start))


def _stretch(first: Ints, at: Ints) -> Ints:
    return np.searchsorted(first, at, side="right") - 1


def _grouped(points: NDArray[np.integer], group: Ints, groups: int) -> Ints:
    """Sum rows of points by group; groups are in order."""
    total = np.zeros((groups, points.shape[1]), dtype=np.int64)
    if len(group):
        first = np.flatnonzero(np.diff(group, prepend=-1))
        total[group[first]] = np.add.reduceat(points, first, axis=0, dtype=np.int64)
    return total


def _winners(points: Ints) -> Ints:
    """The column with the most points, -1 where they are no evidence."""
    return np.where(points.max(axis=1) >= _LEAST, points.argmax(axis=1), -1)


def _scores(points: Ints, winner: Ints) -> NDArray[np.float64]:
    """The lead of the winner over the runner-up, between 0 and 1."""
    row = np.arange(len(winner))
    others = points.copy()
    others[row, winner] = 0
    lead = np.where(winner < 0, 0, np.maximum(points[row, winner] - others.max(axis=1), 0))
    return np.round(lead / (lead + _HALF), 3)


def _words(letters: Bytes) -> tuple[Ints, Keys]:
    """Where words begin, and each as eight bytes: its letters without the highest bit, then zeros."""
    padded = np.zeros(len(letters) + _LONGEST + 1, dtype=np.uint8)
    padded[1 : len(letters) + 1] = letters
    inside = padded > 0
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    starts, sizes = edges[::2], edges[1::2] - edges[::2]
    eight: Keys = np.ndarray((len(letters) + 1,), dtype="<u8", buffer=padded, offset=1, strides=(1,))
    return starts, eight[starts] & _KEEP[np.minimum(sizes, _LONGEST)]


def _known(keys: Keys, wanted: NDArray[np.bool_]) -> tuple[Ints, NDArray[np.int16]]:
    """Which of the words are in the rows of the table that are wanted, and in which row each is."""
    table = _table()
    rows = table.slots[(keys * table.factor) >> np.uint64(64 - _BITS)]
    at = np.flatnonzero(wanted[rows])
    rows = rows[at]
    same = table.keys[rows] == keys[at]
    return at[same], rows[same]


_KEEP = np.array([(1 << 8 * size) - 1 & 0x7F7F7F7F7F7F7F7F for size in range(_LONGEST + 1)], dtype=np.uint64)


def _bytes() -> Bytes:
    """The byte of each code point: 0 for what is no letter, 255 for a letter of no language here."""
    table = np.zeros(0x110000, dtype=np.uint8)
    known = {letter: 1 + rank for rank, letter in enumerate(_URDU + _LATIN)}
    known |= {letter: 128 + known[urdu] for letter, urdu in _ARABIC.items()}
    other = (*_OTHER, *_SIGNS, *_SCRIPTS)
    known |= {letter: 129 + len(_URDU) + rank for rank, letter in enumerate(other)}
    for code in (*range(0x1000), *range(0xFB50, 0xFF00)):
        letter = chr(code)
        plain = unicodedata.normalize("NFKC", letter).lower()
        table[code] = known.get(letter, known.get(plain, 255 if letter.isalpha() else 0))
    for script, codes in _SCRIPTS.items():
        table[[code for code in codes if unicodedata.category(chr(code))[0] in "LM"]] = known[script]
    return table


_BYTE = _bytes()


def _key(word: str) -> int:
    return int.from_bytes(bytes(_BYTE[ord(letter)] & 127 for letter in word[:_LONGEST]), "little")


def _names() -> list[str]:
    return [*_table().codes, UNKNOWN]


@once
def _table() -> _Table:
    lines = Path(__file__).with_name("languages.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    codes = tuple(dict.fromkeys(code for code, *_ in rows))
    letters = np.zeros((256, len(codes)), dtype=np.int16)
    points: dict[int, NDArray[np.int16]] = {}
    for code, kind, amount, items in rows:
        column = codes.index(code)
        for item in items.split():
            if kind == "letter":
                letters[_BYTE[_SCRIPTS[item].start + 5 if item in _SCRIPTS else ord(item)], column] = int(amount)
            else:
                points.setdefault(_key(item), np.zeros(len(codes), dtype=np.int16))[column] = int(amount)
    keys = np.array([0, *points], dtype=np.uint64)
    words = np.stack([np.zeros(len(codes), dtype=np.int16), *points.values()])
    factor, slots = _slots(keys[1:])
    return _Table(codes, letters, words, keys, slots, factor)


def _slots(keys: Keys) -> tuple[np.uint64, NDArray[np.int16]]:
    """Find a multiplier that gives each word a slot of its own."""
    factor = 0x9E3779B97F4A7C15
    while True:
        at = (keys * np.uint64(factor)) >> np.uint64(64 - _BITS)
        if len(np.unique(at)) == len(keys):
            slots = np.zeros(1 << _BITS, dtype=np.int16)
            slots[at] = np.arange(1, len(keys) + 1)
            return np.uint64(factor), slots
        factor = (factor * 0xD1342543DE82EF95 + 2) & 0xFFFFFFFFFFFFFFFF | 1
