"""Quality signals of a page: numbers without a verdict, each a count or a ratio of two counts.

One table look-up gives every code point of the batch its class; everything else is counting over that array of bytes.
What the fields mean stands in `$defs.quality` of the document schema, which also fixes their order.
"""

import string
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.codepoints import SPACES, Codepoints
from corpus.schema import arrow_schema, labels
from corpus.zones.pieces import Pieces

FIELDS: pa.StructType = arrow_schema("documents").field("annotations").type.field("quality").type

Counts = NDArray[np.int64]
# Counts and ratios by name, one a page.
Signals = dict[str, NDArray[np.int64] | NDArray[np.float64]]

# Classes of code points; letters of Urdu have a number of their own, from _ALEPH on, which serves to spell short words.
(
    _OTHER,
    _SPACE,
    _LINE_FEED,
    _DIGIT,
    _LATIN,
    _FOREIGN_LETTER,
    _MARK,
    _URDU_STOP,
    _LATIN_FULL_STOP,
    _OPEN_BRACKET,
    _PRESENTATION_FORM,
    _BROKEN,
    _ALEPH,
) = range(13)
_LETTERS = "اآأؤئءبپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھۂۃیےۓ"
_ARABIC, _URDU = "يىكهة", "ییکہۃ"
_ARABIC_SPELLING = _ALEPH + len(_LETTERS)
_OTHER_ARABIC_LETTER = _ARABIC_SPELLING + len(_ARABIC)

# The commonest function words of two and three letters; a quarter to two fifths of the words of Urdu news are these.
_SHORT_WORDS = "کے کی کا کو سے نے پر یہ وہ اس جو کہ تو ہی گا گی نہ جس جب اب ہو ہے یا ان"
_LONGER_WORDS = "میں اور ہیں تھا تھی تھے بھی گیا گئی گئے کیا لیے لئے ایک رہا رہی رہے کسی کچھ"

_TABLE = np.zeros(0x110000, dtype=np.uint8)


def _fill_table() -> None:
    _TABLE[0x600:0x700] = _TABLE[0x750:0x780] = _TABLE[0x8A0:0x8C8] = _OTHER_ARABIC_LETTER
    _TABLE[[ord("\N{ARABIC TATWEEL}"), 0x60C, 0x60D, 0x61B, *range(0x66A, 0x66E), 0x6DD, 0x6DE, 0x6E9]] = _OTHER
    _TABLE[0xC0:0x250] = _LATIN
    _TABLE[[0xD7, 0xF7]] = _OTHER
    _TABLE[0x370:0x530] = _TABLE[0x5D0:0x5EB] = _TABLE[0x900:0x1200] = _TABLE[0x4E00:0xA000] = _FOREIGN_LETTER
    _TABLE[[ord(letter) for letter in string.ascii_letters]] = _LATIN
    for zero in "0٠۰":
        _TABLE[ord(zero) : ord(zero) + 10] = _DIGIT
    for first, last in ((0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6DC), (0x6DF, 0x6E8), (0x6EA, 0x6ED)):
        _TABLE[first : last + 1] = _MARK
    _TABLE[[ord(sign) for sign in "۔؟"]] = _URDU_STOP
    _TABLE[ord(".")] = _LATIN_FULL_STOP
    _TABLE[ord("(")] = _OPEN_BRACKET
    _TABLE[0xFB50:0xFE00] = _TABLE[0xFE70:0xFEFD] = _PRESENTATION_FORM
    _TABLE[[ord(sign) for sign in "ﷺﷻ﷽﴾﴿"]] = _OTHER
    # Control characters, private use (InPage glyphs without a Unicode letter), and what a failed decoder leaves.
    _TABLE[0:0x20] = _TABLE[0x7F:0xA0] = _TABLE[0xE000:0xF900] = _TABLE[0xFFF9:0x10000] = _BROKEN
    _TABLE[[ord(letter) for letter in _ARABIC]] = _ARABIC_SPELLING + np.arange(len(_ARABIC))
    _TABLE[[ord(letter) for letter in _LETTERS]] = _ALEPH + np.arange(len(_LETTERS))
    _TABLE[SPACES] = _SPACE
    _TABLE[0x0A] = _LINE_FEED


_fill_table()
_ARROW_TABLE = pa.array(_TABLE)
_ARTICLE = [labels().index(name) for name in ("body", "subhead")]
_RELATED = [labels().index(name) for name in ("related_heading", "related_headline", "related_body", "see_also")]
_FURNITURE = [labels().index(name) for name in ("boilerplate", "markup", "promo", "tags", "source")]
_PARAGRAPH_ENDS = np.array([ord(sign) for sign in "۔؟!.:…)]\"'‘’“”«»﴾"], dtype=np.uint32)
# One word start in this many is the start of a window of sixteen characters that is looked for again on the page.
_SAMPLED = 16


def quality(text: Codepoints, found: Pieces) -> pa.StructArray:
    """Count and measure each page of a batch.

    Args:
        text: the pages.
        found: their zones.

    Returns:
        one struct a page with the fields of `$defs.quality`; a ratio without a denominator is 0.
    """
    classes = _classes(text.codes)
    article = np.isin(found.label, _ARTICLE)
    inside = _inside(found.start[article], found.end[article], len(classes))
    signs = _signs(classes, inside, text.rows)
    signals: Signals = {
        **_lengths(text, classes, inside, found),
        **_zones(text, found),
        **_script(text.rows, classes, inside, signs),
        **_repetition(text, classes, inside),
        **_debris(text.rows, classes, signs),
    }
    arrays = [pa.array(signals[field.name]).cast(field.type) for field in FIELDS]
    return pa.StructArray.from_arrays(arrays, fields=list(FIELDS))


def _ratio(part: Counts, whole: Counts) -> NDArray[np.float64]:
    """A ratio rounded to four decimals; counts are integers, so it does not depend on the batch."""
    return np.round(part / np.maximum(whole, 1), 4)


def _classes(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    # Arrow's kernel is three times as fast as numpy's, which widens every index to 64 bits first.
    return pc.take(_ARROW_TABLE, pa.array(codes), boundscheck=False).to_numpy()


def _inside(starts: Counts, ends: Counts, length: int) -> NDArray[np.bool_]:
    """Mark the code points of spans that are in order and disjoint."""
    bounds = np.column_stack([starts, ends]).ravel()
    runs = np.diff(bounds, prepend=0, append=length)
    return np.repeat(np.arange(len(runs)) % 2 == 1, runs)


class _Signs(NamedTuple):
    """What is neither space nor letter of Urdu, one code point in twenty: what is counted of these is counted here.

    Attributes:
        at: where in the batch.
        kind: its class.
        inside: whether it stands in the article.
        page: row of the page in the batch.
    """

    at: Counts
    kind: NDArray[np.uint8]
    inside: NDArray[np.bool_]
    page: Counts


def _signs(classes: NDArray[np.uint8], inside: NDArray[np.bool_], rows: Counts) -> _Signs:
    at = np.flatnonzero((classes - np.uint8(_DIGIT)) < _ALEPH - _DIGIT)
    page = np.repeat(np.arange(len(rows) - 1), np.diff(np.searchsorted(at, rows)))
    return _Signs(at, classes[at], inside[at], page)


def _per_page(mask: NDArray[np.bool_], rows: Counts) -> Counts:
    counts = (np.count_nonzero(mask[start:end]) for start, end in pairwise(rows.tolist()))
    return np.fromiter(counts, dtype=np.int64, count=len(rows) - 1)


def _is_blank(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    blank: NDArray[np.bool_] = (classes - np.uint8(_SPACE)) < 2  # space or line feed
    return blank


def _lengths(text: Codepoints, classes: NDArray[np.uint8], inside: NDArray[np.bool_], found: Pieces) -> Signals:
    blank = _is_blank(classes)
    written = inside > blank
    n_pages = len(text.rows) - 1
    # A zone begins at a character that is not space, and so a word does: before it there is space or another zone.
    opens = np.zeros(len(classes), dtype=bool)
    np.logical_and(written[1:], blank[:-1], out=opens[1:])
    opens[found.start[np.isin(found.label, _ARTICLE)]] = True
    body = found.label == labels().index("body")
    last = text.codes[found.end[body] - 1] if len(text.codes) else text.codes
    paragraphs = np.bincount(found.page[body], minlength=n_pages)
    unfinished = np.bincount(found.page[body][~np.isin(last, _PARAGRAPH_ENDS)], minlength=n_pages)
    words = _per_page(opens, text.rows)
    return {
        "n_characters": np.diff(text.rows) - _per_page(blank, text.rows),
        "mean_word_length": _ratio(_per_page(written, text.rows), words),
        "stop_word_share": _ratio(_short_words(text, classes, inside), words),
        "n_words": words,
        "n_paragraphs": paragraphs,
        "mean_paragraph_words": _ratio(words, paragraphs),
        "unfinished_paragraph_share": _ratio(unfinished, paragraphs),
    }


def _zones(text: Codepoints, found: Pieces) -> Signals:
    n_pages = len(text.rows) - 1
    lengths = found.end - found.start

    def within(names: list[int]) -> Counts:
        chosen = np.isin(found.label, names)
        return np.bincount(found.page[chosen], lengths[chosen], minlength=n_pages).astype(np.int64)

    whole = np.bincount(found.page, lengths, minlength=n_pages).astype(np.int64)
    return {
        "article_share": _ratio(within(_ARTICLE), whole),
        "related_share": _ratio(within(_RELATED), whole),
        "furniture_share": _ratio(within(_FURNITURE), whole),
    }


def _script(rows: Counts, classes: NDArray[np.uint8], inside: NDArray[np.bool_], signs: _Signs) -> Signals:
    n_pages = len(rows) - 1
    cells = signs.page[signs.inside] * _ALEPH + signs.kind[signs.inside]
    counts = np.bincount(cells, minlength=n_pages * _ALEPH).reshape(n_pages, _ALEPH)
    arabic = _per_page((classes >= _ALEPH) & inside, rows)
    letters = arabic + counts[:, _LATIN] + counts[:, _FOREIGN_LETTER] + counts[:, _PRESENTATION_FORM]
    spellings = _per_page(((classes - np.uint8(_ARABIC_SPELLING)) < len(_ARABIC)) & inside, rows)

    def beside(kind: int, step: int, least: int, most: int) -> Counts:
        """Count signs of a kind in the article by what stands before or after them there."""
        mine = (signs.kind == kind) & signs.inside
        place = signs.at[mine] + step
        valid = (place >= 0) & (place < len(classes))
        place = np.where(valid, place, 0)
        fits = valid & inside[place] & (classes[place] >= least) & (classes[place] <= most)
        return np.bincount(signs.page[mine][fits], minlength=n_pages)

    latin_stops = beside(_LATIN_FULL_STOP, -1, _ALEPH, 255)
    return {
        "urdu_script_share": _ratio(arabic, letters),
        "latin_share": _ratio(counts[:, _LATIN], letters),
        "digit_share": _ratio(counts[:, _DIGIT], letters + counts[:, _DIGIT]),
        "arabic_spelling_share": _ratio(spellings, arabic),
        "latin_stop_share": _ratio(latin_stops, latin_stops + counts[:, _URDU_STOP]),
        "n_glosses": beside(_OPEN_BRACKET, 1, _LATIN, _LATIN),
    }


def _short_words(text: Codepoints, classes: NDArray[np.uint8], inside: NDArray[np.bool_]) -> Counts:
    """Function words of two and three letters in the article, by page."""
    # Nothing stands between two pages of a batch; without a space there, their words would run together.
    classes = np.insert(classes, text.rows[1:-1], np.uint8(_SPACE))
    inside = np.insert(inside, text.rows[1:-1], np.False_)
    n = len(classes)
    letter = np.zeros(n + 4, dtype=bool)
    np.greater_equal(classes, _ALEPH, out=letter[1 : n + 1])
    opens = letter[1 : n + 1] > letter[:n]
    opens &= inside
    longer = letter[2 : n + 2] & letter[3 : n + 3]
    longer &= letter[4:]
    starts = np.flatnonzero(opens > longer)
    padded = np.append(classes, np.zeros(2, dtype=np.uint8))
    # A word of one letter has no second, so its key is no function word's, whatever follows.
    key = padded[starts].astype(np.int32) << 12
    key |= padded[starts + 1].astype(np.int32) << 6
    key |= padded[starts + 2]
    return np.diff(np.searchsorted(starts[_STOP_WORDS[key]], text.rows + np.arange(len(text.rows))))


def _word_keys() -> NDArray[np.bool_]:
    """Which three classes, six bits each, spell a function word; an Arabic spelling counts like the Urdu letter."""
    words = np.zeros((64, 64, 64), dtype=bool)
    no_letter = list(range(_ALEPH))
    for word in f"{_SHORT_WORDS} {_LONGER_WORDS}".split():
        spelled = [[_TABLE[ord(sign)] for sign in (letter, *_arabic(letter))] for letter in word]
        words[np.ix_(*spelled, *[no_letter] * (3 - len(word)))] = True
    return words.ravel()


def _arabic(letter: str) -> list[str]:
    return [arabic for arabic, urdu in zip(_ARABIC, _URDU, strict=True) if urdu == letter]


_STOP_WORDS = _word_keys()


def _repetition(text: Codepoints, classes: NDArray[np.uint8], inside: NDArray[np.bool_]) -> Signals:
    n_pages = len(text.rows) - 1
    feeds = np.flatnonzero(classes == _LINE_FEED) + 1
    starts = np.sort(np.concatenate([text.rows[:-1], feeds]))
    starts = starts[(starts < len(classes)) & (np.diff(starts, append=len(classes)) > 0)]
    offsets = text.at[np.append(starts, len(classes))].astype(np.int64)
    lines = pa.LargeStringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(text.utf8))
    stripped = pl.Series(values=pl.from_arrow(lines), dtype=pl.String).str.strip_chars()
    written = (stripped.str.len_bytes() > 0).to_numpy()
    page = np.searchsorted(text.rows, starts[written], side="right") - 1
    repeated = _repeats(page, stripped.hash().to_numpy()[written])
    n_lines = np.bincount(page, minlength=n_pages)
    windows, hashes = _windows(classes, inside)
    window_page = np.searchsorted(text.rows, windows, side="right") - 1
    again = _repeats(window_page, hashes)
    return {
        "n_lines": n_lines,
        "duplicate_line_share": _ratio(np.bincount(page[repeated], minlength=n_pages), n_lines),
        "repeated_window_share": _ratio(
            np.bincount(window_page[again], minlength=n_pages), np.bincount(window_page, minlength=n_pages)
        ),
    }


def _repeats(page: Counts, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Mark all but one of the items of a page that are equal."""
    # The page in the key brings equal items of one page together, in whatever order: no stable sort is needed.
    keys = hashes + page.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    order = np.argsort(keys)
    same = (np.diff(keys[order]) == 0) & (np.diff(page[order]) == 0)
    seen = np.zeros(len(page), dtype=bool)
    seen[order[1:][same]] = True
    return seen


def _windows(classes: NDArray[np.uint8], inside: NDArray[np.bool_]) -> tuple[Counts, NDArray[np.uint64]]:
    """A sample of the word starts of the article, chosen by the letters there, with what sixteen characters hash to."""
    if len(classes) < 16:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)
    here, after, later = classes[:-15], classes[1:-14], classes[2:-13]
    chosen = (here * np.uint8(37) + after * np.uint8(91) + later * np.uint8(13)) < 256 // _SAMPLED
    chosen[1:] &= _is_blank(classes[:-16])
    chosen &= inside[:-15] & inside[15:]
    starts = np.flatnonzero(chosen)
    eights = np.lib.stride_tricks.as_strided(classes[:8].view(np.uint64), (len(classes) - 7,), (1,), writeable=False)
    hashes = eights[starts] * np.uint64(0x9E3779B97F4A7C15)
    hashes ^= hashes >> np.uint64(29)
    return starts, (hashes + eights[starts + 8]) * np.uint64(0xBF58476D1CE4E5B9)


def _debris(rows: Counts, classes: NDArray[np.uint8], signs: _Signs) -> Signals:
    n_pages = len(rows) - 1
    before = classes[np.maximum(signs.at - 1, 0)]
    carried = (signs.at > 0) & ((before >= _ALEPH) | (before == _MARK))
    counted = {
        "n_presentation_forms": signs.kind == _PRESENTATION_FORM,
        "n_stray_marks": (signs.kind == _MARK) & ~carried,
        "n_broken_characters": signs.kind == _BROKEN,
    }
    return {name: np.bincount(signs.page[mine], minlength=n_pages) for name, mine in counted.items()}
