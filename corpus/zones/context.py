"""Where a piece stands in its page: among paragraphs, after which cues, beside which neighbours."""

from typing import NamedTuple

import numpy as np

from corpus.zones.alphabet import Flags, Ints
from corpus.zones.cohesion import cohesion
from corpus.zones.lines import Rows
from corpus.zones.repeats import repeats

# Farther away than any piece of a page.
_FAR = 1 << 30
# A page's own title stands among so many first pieces, and a call to read on, where it ends the page, among so many
# last ones; neither is longer than a line. Titles of stories are no shorter than the least: characters.
_TOP, _BOTTOM, _TITLE, _LEAST = 8, 3, 80, 15


class _Pages(NamedTuple):
    """Where pages begin and end; each array has shape (pieces,).

    Attributes:
        here: number of the piece.
        first: number of the first piece of its page.
        last: number of the last piece of its page.
    """

    here: Ints
    first: Ints
    last: Ints


def _pages(page: Ints) -> _Pages:
    here = np.arange(len(page))
    fresh = np.diff(page, prepend=-1) != 0
    first = np.flatnonzero(fresh)
    sizes = np.diff(first, append=len(page))
    return _Pages(here, np.repeat(first, sizes), np.repeat(first + sizes - 1, sizes))


def context(rows: Rows, column: dict[str, Flags]) -> dict[str, Flags]:
    """Features of the page around each piece, from the pieces' own features."""
    size = rows.end - rows.start
    pages = _pages(rows.page)
    out: dict[str, Flags] = {"glued": rows.glued, "glues": np.append(rows.glued, False)[1:], "gap": rows.gap}
    line = np.cumsum(~rows.glued) - 1
    whole = np.add.reduceat(size, np.flatnonzero(~rows.glued))[line] if len(size) else size
    for bound in (40, 90, 180, 400):
        out[f"line>={bound}"] = whole >= bound
    out["half-line"] = 2 * size < whole
    _bands(out, "index", pages.here - pages.first, (0, 1, 2, 4, 7, 12))
    _bands(out, "left", pages.last - pages.here, (0, 1, 2, 4, 7, 12))
    _bands(out, "pieces", pages.last - pages.first + 1, (1, 2, 4, 8, 15, 30))
    text, heading, date = _marks(size, column)
    _around(out, "text", text, pages, (0, 1, 3, 7), (1, 2, 4, 8))
    # Of other cues the network's means before and after a piece tell as much (`bench/README.md`, Zones).
    _around(out, "heading", heading, pages, (0,), (1, 4))
    _around(out, "date", date, pages, (0,), (1, 4))
    out["text"] = text
    _whole(out, size, text, column, pages)
    out |= repeats(rows, pages.here, pages.first)
    _compare(out, size, pages)
    out |= cohesion(rows, text, pages.first, pages.last)
    return out


def _bands(out: dict[str, Flags], name: str, value: Ints, bounds: tuple[int, ...]) -> None:
    for bound in bounds:
        out[f"{name}<={bound}"] = value <= bound


def _marks(size: Ints, column: dict[str, Flags]) -> tuple[Flags, Flags, Flags]:
    """What a page is measured by: its paragraphs, the headings of lists of other articles, its dates."""
    text = ((size >= 90) & (column["closes:stop"] | column["closes:dot"] | column["has:stop>=2"])) | (size >= 200)
    text &= ~column["any:markup"] & ~column["latin:most"]
    heading = column["start:related_heading"] & (size < 60)
    return text, heading, (column["has:date"] | column["any:month"]) & (size < 60)


def _around(
    out: dict[str, Flags], name: str, flags: Flags, pages: _Pages, counts: tuple[int, ...], steps: tuple[int, ...]
) -> None:
    """How many of the flags are set before and after each piece in its page, and how far away the nearest are."""
    here, first, last = pages
    through = np.cumsum(flags)
    before: Ints = through - flags
    before -= before[first]
    after: Ints = through[last] - through
    past = np.maximum.accumulate(np.where(flags, here, -1))
    past = np.concatenate([[-1], past])[:-1]
    coming = np.minimum.accumulate(np.where(flags, here, _FAR)[::-1])[::-1]
    coming = np.append(coming, _FAR)[1:]
    _bands(out, f"{name}-before", before, counts)
    _bands(out, f"{name}-after", after, counts)
    _bands(out, f"{name}-since", np.where(past >= first, here - past, _FAR), steps)
    _bands(out, f"{name}-until", np.where(coming <= last, coming - here, _FAR), steps)


def _whole(out: dict[str, Flags], size: Ints, text: Flags, column: dict[str, Flags], pages: _Pages) -> None:
    """What gives a listing away, told to every piece of the page: its title, its teasers, how many stories begin."""
    here, first, last = pages
    title = (column["start:listing"] | column["end:listing"]) & (size < _TITLE) & (here - first < _TOP)
    more = column["start:more"] & (size < _TITLE)
    closes = more & (last - here < _BOTTOM)
    story = column["start:place"] & out["glues"]
    headed = np.zeros_like(text)
    headed[:-1] = text[1:] & ~text[:-1] & (here[:-1] != last[:-1]) & (size[:-1] >= _LEAST)
    begins = np.flatnonzero(here == first)
    for name, flags, counts in (
        ("listing", title, (1,)),
        ("closes-more", closes, (1,)),
        ("more", more, (2, 4)),
        ("stories", story, (2, 4)),
        ("headed", headed, (2, 4)),
        ("texts", text, (1, 2, 5)),
    ):
        through = np.cumsum(flags)
        count = (through[last] - through[first] + flags[first])[begins]
        for least in counts:
            out[f"page:{name}>={least}"] = np.repeat(count >= least, last[begins] - begins + 1)


def _compare(out: dict[str, Flags], size: Ints, pages: _Pages) -> None:
    """Longer or shorter than the neighbours."""
    before, after = np.zeros_like(size), np.zeros_like(size)
    before[1:], after[:-1] = size[:-1], size[1:]
    before[pages.here == pages.first] = 0
    after[pages.here == pages.last] = 0
    out["longer-than-before"] = size > 2 * before
    out["shorter-than-before"] = 2 * size < before
    out["longer-than-after"] = size > 2 * after
    out["shorter-than-after"] = 2 * size < after
