"""Zones to the titles and texts of other articles that a page shows."""

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from corpus.codepoints import Codepoints, slices
from corpus.once import once
from corpus.schema import arrow_schema, labels
from corpus.zones.fold import loose
from corpus.zones.lexicon import lexicon
from corpus.zones.pieces import Pieces

_BULLET = r"^(?:[\s•●▪■◆►▶*–—>»·\-]+|[0-9۰-۹]{1,2}[.)۔]\s+)+"
_TRAIL = r"[\s:：|]+$"


def related_headlines(text: Codepoints, found: Pieces, listing: NDArray[np.bool_]) -> pa.ListArray:
    """The `related_headlines` column: titles without bullet and cue, each text once a page, in page order."""
    see_also, title = labels().index("see_also"), labels().index("related_headline")
    at = np.flatnonzero((found.label == see_also) | (found.label == title))
    start, end = _bare(text, found.start[at], found.end[at], found.label[at] == see_also)
    kept = end > start
    at, start, end = at[kept], start[kept], end[kept]
    page = found.page[at]
    titles = slices(text, start, end)
    first = _first_of_each(page, titles)
    at, start, end, page = at[first], start[first], end[first], page[first]
    kinds = np.where(found.label[at] == see_also, 0, np.where(listing[page], 2, 1))
    element = arrow_schema("documents").field("related_headlines").type.value_field.type
    base = text.rows[page]
    values = pa.StructArray.from_arrays(
        [
            titles.take(pa.array(first)),
            pa.array(["see_also", "related", "listing"]).take(pa.array(kinds)),
            pa.array((start - base).astype(np.int32)),
            pa.array((end - base).astype(np.int32)),
        ],
        fields=list(element),
    )
    return _listed("related_headlines", page, values, len(text.rows) - 1)


def related_articles(text: Codepoints, found: Pieces) -> pa.ListArray:
    """The `related_articles` column: each adjacent run of `related_body`, with the title that stands above it.

    A teaser that ends in an ellipsis closes its run, so that a column of bare teasers is not taken for one article.
    """
    body, title = labels().index("related_body"), labels().index("related_headline")
    at = np.flatnonzero(found.label == body)
    page = found.page[at]
    cut = _cut_short(text, found.end[at])
    breaks = np.ones(len(at), dtype=bool)
    breaks[1:] = (np.diff(at) != 1) | (np.diff(page) != 0) | cut[:-1]
    first = at[breaks]
    last = at[np.append(np.flatnonzero(breaks)[1:] - 1, len(at) - 1)] if len(at) else at
    above = _title_above(found, first, title)
    titles = np.flatnonzero(above >= 0)
    start, end = _bare(text, found.start[above[titles]], found.end[above[titles]], np.zeros(len(titles), dtype=bool))
    row = np.full(len(first), -1, dtype=np.int64)
    row[titles] = np.arange(len(titles))
    element = arrow_schema("documents").field("related_articles").type.value_field.type
    values = pa.StructArray.from_arrays(
        [
            slices(text, start, end).take(pa.array(row, mask=row < 0)),
            slices(text, found.start[first], found.end[last]),
        ],
        fields=list(element),
    )
    return _listed("related_articles", found.page[first], values, len(text.rows) - 1)


# What may stand between a related title and its text: dates, images, leaked remains, counters.
_BETWEEN = ("byline", "caption", "markup", "boilerplate")


def _title_above(found: Pieces, first: NDArray[np.int64], title: int) -> NDArray[np.int64]:
    """For each first piece of a related text: the piece that is its title, or -1; each title serves once."""
    passed = np.isin(found.label, [labels().index(name) for name in _BETWEEN])
    solid = np.where(passed, -1, np.arange(len(found.label)))
    before = np.maximum.accumulate(np.append(-1, solid[:-1])) if len(solid) else solid
    above = before[first]
    same = (above >= 0) & (found.page[above] == found.page[first]) & (found.label[above] == title)
    return np.where(same, above, -1)


def _bare(
    text: Codepoints, start: NDArray[np.int64], end: NDArray[np.int64], cued: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Narrow spans to the title: without bullet, without trailing colon or bar, without its cue where `cued`."""
    if not len(start):
        return start, end
    strings = pl.Series(slices(text, start, end))
    lead = strings.str.extract(f"({_BULLET})", 1).str.len_chars().fill_null(0)
    rest = strings.str.slice(lead)
    cue = rest.str.extract(_cue(), 1).str.len_chars().fill_null(0)
    lead = lead + cue * pl.Series(cued.astype(np.uint32))
    trail = strings.str.extract(f"({_TRAIL})", 1).str.len_chars().fill_null(0)
    return start + lead.to_numpy(), np.maximum(end - trail.to_numpy(), start + lead.to_numpy())


@once
def _cue() -> str:
    """A see-also cue at the start of a piece, with the punctuation that sets it off."""
    phrases = {p for where in ("start", "inline") for p in lexicon().get(("see_also", where), ())}
    longest = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return rf"^((?:{'|'.join(map(loose, longest))})\s*[:：؛|\-–—]*\s*)"


def _first_of_each(page: NDArray[np.int64], titles: pa.StringArray) -> NDArray[np.int64]:
    """Where each distinct title of each page stands first."""
    frame = pl.DataFrame({"page": page, "title": pl.Series(titles), "at": np.arange(len(page))})
    return frame.unique(["page", "title"], keep="first", maintain_order=True)["at"].to_numpy()


_ELLIPSES = np.array([ord(c) for c in "…]"], dtype=np.uint32)


def _cut_short(text: Codepoints, end: NDArray[np.int64]) -> NDArray[np.bool_]:
    if not len(end):
        return np.zeros(0, dtype=bool)
    last = text.codes[end - 1]
    dots = (last == ord(".")) & (text.codes[np.maximum(end - 2, 0)] == ord("."))
    return np.isin(last, _ELLIPSES) | dots


def _listed(column: str, page: NDArray[np.int64], values: pa.StructArray, pages: int) -> pa.ListArray:
    offsets = np.searchsorted(page, np.arange(pages + 1))
    return pa.ListArray.from_arrays(
        pa.array(offsets.astype(np.int32)), values, type=arrow_schema("documents").field(column).type
    )
