"""Sentences as spans over the text of an article, for a whole batch of pages at once.

A sentence ends where its zone or its line ends, and at a stop unless the sentence goes on after it
(`corpus.annotate.stops` has these rules). Every non-space character of the zones read is in exactly one sentence.

What is not attempted: sentences that follow each other on one line without any stop.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.annotate.stops import after_space, boundaries
from corpus.codepoints import Codepoints, codepoints, is_space
from corpus.schema import labels
from corpus.zones.pieces import Pieces

Ints = NDArray[np.int64]

# Zones that hold running text; a subhead is read too, since it stands between the paragraphs of the article.
READ = ("headline", "standfirst", "subhead", "body")
# On a page without an article only the main text is read: the rest is furniture of a dictionary, shop or forum.
READ_OTHER = ("body",)

_GAP = 4


class Spans(NamedTuple):
    """Sentences of a batch in page order; each array has shape (sentences,).

    Attributes:
        page: row of the page in the batch.
        start: first code point, counted in `Codepoints.codes` (not in the page).
        end: code point after the last, counted likewise.
    """

    page: Ints
    start: Ints
    end: Ints


def sentences(text: Codepoints, found: Pieces, page_type: pa.Array) -> Spans:
    """Find the sentences of the headline, standfirst, subheads and body, and of the main text of `other` pages.

    Sentences are in order, do not overlap, begin and end at non-space characters, and cover those zones. A
    dateline directly before a body on the same line belongs to the sentence that it opens.

    Args:
        text: the pages of a batch.
        found: their zones.
        page_type: `article`, `listing` or `other` for each page, shape (pages,).
    """
    other = np.asarray(pc.equal(page_type, "other"), dtype=bool)[found.page]
    rows = np.flatnonzero(np.where(other, _labelled(READ_OTHER)[found.label], _labelled(READ)[found.label]))
    start, end, piece = _cut(text, found.start[rows], found.end[rows])
    opened, dateline = _opened(text, found, rows)
    start[np.searchsorted(piece, opened)] = dateline
    return Spans(found.page[rows][piece], start, end)


def split(text: str) -> list[tuple[int, int]]:
    """Find the sentences of one string; a line end always ends a sentence.

    >>> text = "شرح 3۔5 فیصد رہی۔انہوں نے ایم۔ کیو۔ ایم۔ کا ذکر کیا۔"
    >>> [text[start:end] for start, end in split(text)]
    ['شرح 3۔5 فیصد رہی۔', 'انہوں نے ایم۔ کیو۔ ایم۔ کا ذکر کیا۔']
    """
    one = codepoints(pa.array([text], pa.string()))
    start, end, _ = _cut(one, one.rows[:-1], one.rows[1:])
    return list(zip(start.tolist(), end.tolist(), strict=True))


@cache
def _labelled(names: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([label in names for label in labels()])


def _opened(text: Codepoints, found: Pieces, rows: Ints) -> tuple[Ints, Ints]:
    """Which of the zones in `rows` are bodies that a dateline on the same line opens, and where that starts."""
    before = np.maximum(rows - 1, 0)
    opens = (
        (found.page[before] == found.page[rows])
        & (found.label[before] == labels().index("dateline"))
        & (found.label[rows] == labels().index("body"))
    )
    rows, before = rows[opens], before[opens]
    at, limit = found.end[before], found.start[rows]
    # Between two zones there is nothing but space, and on one line a space or two.
    same = limit - at <= _GAP
    for step in range(_GAP):
        same &= text.codes[np.minimum(at + step, limit)] != ord("\n")
    return opens.nonzero()[0][same], found.start[before[same]]


def _cut(text: Codepoints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Cut the stretches [start, end) into sentences: their starts, their ends, and the stretch of each."""
    cuts, piece = boundaries(text, start, end)
    # The end of a stretch comes before a cut at the same position, which is the start of the next one.
    cuts = np.concatenate([end, cuts])
    piece = np.concatenate([np.arange(len(end)), piece])
    order = np.argsort(cuts, kind="stable")
    cuts, piece = cuts[order], piece[order]
    begins = np.concatenate([start[:1], cuts[:-1]])
    fresh = np.diff(piece, prepend=-1) != 0
    begins[fresh] = start[piece[fresh]]
    begins = after_space(text.codes, begins, cuts)
    ends = _before_space(text.codes, begins, cuts)
    kept = begins < ends
    return begins[kept], ends[kept], piece[kept]


def _before_space(codes: NDArray[np.uint32], start: Ints, end: Ints) -> Ints:
    """Move each end back behind the last non-space after its start, or to its start."""
    at = end.copy()
    left = np.flatnonzero(at > start)
    for _ in range(4):
        left = left[is_space(codes[at[left] - 1])]
        at[left] -= 1
        left = left[at[left] > start[left]]
    for row in left:
        solid = np.flatnonzero(~is_space(codes[start[row] : at[row]]))
        at[row] = start[row] + solid[-1] + 1 if len(solid) else start[row]
    return at
