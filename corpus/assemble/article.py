"""Zones to the article: headline, standfirst, byline, dateline and paragraphs, all exact slices of the page."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.codepoints import Codepoints, slices
from corpus.schema import arrow_schema, labels
from corpus.zones.pieces import Pieces

PARAGRAPHS = ("body", "subhead")


def article(text: Codepoints, found: Pieces, listing: NDArray[np.bool_]) -> pa.StructArray:
    """The `article` column of a batch.

    Args:
        text: the page texts.
        found: their zones.
        listing: which pages are listings; a listing has no article, shape (pages,).
    """
    pages = len(text.rows) - 1
    mine = ~listing[found.page]
    kind = arrow_schema("documents").field("article").type
    firsts = [
        _slices_or_null(text, pages, *_first_run(found, mine & (found.label == labels().index(name))))
        for name in ("headline", "standfirst", "byline", "dateline")
    ]
    return pa.StructArray.from_arrays([*firsts, paragraphs(text, found, mine)], fields=list(kind))


def paragraphs(text: Codepoints, found: Pieces, mine: NDArray[np.bool_]) -> pa.ListArray:
    """Body paragraphs and subheads of each page, in page order, of the pieces marked in `mine`."""
    taken = mine & np.isin(found.label, [labels().index(name) for name in PARAGRAPHS])
    offsets = np.searchsorted(found.page[taken], np.arange(len(text.rows)))
    kind = arrow_schema("documents").field("article").type.field("paragraphs").type
    values = slices(text, found.start[taken], found.end[taken])
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), values, type=kind)


def _first_run(found: Pieces, mine: NDArray[np.bool_]) -> tuple[NDArray[np.int64], ...]:
    """The first run of adjacent pieces of a page: page, start of its first piece, end of its last."""
    at = np.flatnonzero(mine)
    page = found.page[at]
    breaks = np.ones(len(at), dtype=bool)
    breaks[1:] = (np.diff(at) != 1) | (np.diff(page) != 0)
    begins = np.flatnonzero(breaks)
    first = begins[np.unique(page[begins], return_index=True)[1]] if len(at) else begins
    last = np.append(begins, len(at))[np.searchsorted(begins, first) + 1] - 1
    return page[first], found.start[at[first]], found.end[at[last]]


def _slices_or_null(
    text: Codepoints, pages: int, page: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]
) -> pa.StringArray:
    """One string for each page, null where the page has no such slice."""
    row = np.full(pages, -1, dtype=np.int64)
    row[page] = np.arange(len(page))
    return slices(text, start, end).take(pa.array(row, mask=row < 0))
