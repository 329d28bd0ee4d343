"""Where a piece stands in its page: among paragraphs, after which cues, beside which neighbours."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from corpus.zones.cohesion import PAGE, PARAGRAPH, shared, words
from corpus.zones.lines import Rows

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]


def _before(flags: Flags, first: Counts) -> Counts:
    """How many of the flags are set before each piece in its page."""
    total: Counts = np.cumsum(flags) - flags
    return total - total[first]


def _since(flags: Flags, first: Counts) -> Counts:
    """How many pieces ago the flag was last set in the page, the piece itself not counted; a large number if never."""
    at = np.where(flags, np.arange(len(flags)), -1)
    last = np.maximum.accumulate(np.concatenate([[-1], at[:-1]])) if len(at) else at
    return np.where(last >= first, np.arange(len(flags)) - last, 1 << 20)


def context(rows: Rows, column: dict[str, Flags]) -> dict[str, Flags]:
    """Features of the page around each piece, from the pieces' own features."""
    count = len(rows.page)
    here = np.arange(count)
    begins = np.flatnonzero(np.diff(rows.page, prepend=-1))
    sizes = np.diff(np.append(begins, count))
    first = np.repeat(begins, sizes)
    last = np.repeat(begins + sizes - 1, sizes)
    mirror = (first + last) - here  # the same place counted from the end of the page
    size = rows.end - rows.start
    out: dict[str, Flags] = {
        "glued": rows.glued,
        "glues": np.append(rows.glued[1:], False)[:count],
        "gap": rows.gap,
    }

    def bands(name: str, value: Counts, bounds: tuple[int, ...]) -> None:
        for bound in bounds:
            out[f"{name}<={bound}"] = value <= bound

    line = np.cumsum(~rows.glued) - 1
    whole = np.add.reduceat(size, np.flatnonzero(~rows.glued))[line] if count else size
    for bound in (40, 90, 180, 400):
        out[f"line>={bound}"] = whole >= bound
    out["half-line"] = 2 * size < whole
    bands("index", here - first, (0, 1, 2, 4, 7, 12))
    bands("left", last - here, (0, 1, 2, 4, 7, 12))
    bands("pieces", last - first + 1, (1, 2, 4, 8, 15, 30))
    text = ((size >= 90) & (column["closes:stop"] | column["closes:dot"] | column["has:stop>=2"])) | (size >= 200)
    text &= ~column["any:markup"] & ~column["latin:most"]
    cue = {
        "heading": column["start:related_heading"] & (size < 60),
        "bullet": column["first:bullet"] | column["first:hyphen"] | column["first:guillemet"],
        "source": column["start:source"] & (size < 80),
        "promo": column["any:promo"] & (size < 200),
        "tags": column["start:tags"],
        "teaser": column["last:ellipsis"] | column["closes:ellipsis"] | (column["has:dots"] & column["last:dot"]),
        "see": column["start:see_also"],
        "desk": column["any:desk"] & (size < 60),
        "date": (column["has:date"] | column["any:month"]) & (size < 60),
    }
    for name, flags in {"text": text, **cue}.items():
        back = flags[mirror] if count else flags
        bands(f"{name}-before", _before(flags, first), (0, 1, 3, 7))
        bands(f"{name}-after", _before(back, first)[mirror] if count else here, (0, 1, 3, 7))
        bands(f"{name}-since", _since(flags, first), (1, 2, 4, 8))
        bands(f"{name}-until", _since(back, first)[mirror] if count else here, (1, 2, 4, 8))
    out["text"] = text
    _repeats(out, rows, first, here)
    _compare(out, size, first, last, here)
    _cohere(out, rows, text, first)
    return out


def _repeats(out: dict[str, Flags], rows: Rows, first: Counts, here: Counts) -> None:
    """The same words stand elsewhere in the page: a repeated headline, a related title over its article."""
    short = rows.text.str.head(48).str.replace_all(r"[^\p{L}\p{N}]+", "").str.head(24)
    place = pl.DataFrame({"page": rows.page, "key": short, "row": here})
    place = place.with_columns(
        low=pl.col("row").min().over("page", "key"), high=pl.col("row").max().over("page", "key")
    )
    words = short.str.len_chars().to_numpy() >= 12
    low, high = place["low"].to_numpy(), place["high"].to_numpy()
    out["repeat"] = words & (low < here)
    out["repeated"] = words & (high > here)
    out["repeat-of-top"] = words & (low < here) & (low - first <= 2)
    out["repeated-next"] = np.append(out["repeat"][1:] & (low[1:] == here[:-1]), False)[: len(here)]
    out["repeat-at-once"] = words & (low == here - 1)


def _compare(out: dict[str, Flags], size: Counts, first: Counts, last: Counts, here: Counts) -> None:
    """Longer or shorter than the neighbours."""
    if not len(here):
        before = after = size
    else:
        before = np.where(here > first, size[here - 1], 0)
        after = np.where(here < last, size[np.minimum(here + 1, len(here) - 1)], 0)
    out["longer-than-before"] = size > 2 * before
    out["shorter-than-before"] = 2 * size < before
    out["longer-than-after"] = size > 2 * after
    out["shorter-than-after"] = 2 * size < after


def _cohere(out: dict[str, Flags], rows: Rows, text: Flags, first: Counts) -> None:
    """Words shared with the page's paragraphs, with the first of them, with the paragraph before and the one after."""
    if not len(text):
        return
    found = words(rows.text)
    none = np.full(len(text), -1)
    page = np.cumsum(np.diff(rows.page, prepend=-1) != 0) - 1
    pages = int(page[-1]) + 1
    number = np.cumsum(text)  # paragraphs seen so far, so also the number, from 0, of the next one
    paragraphs = int(number[-1])
    mine = np.where(text, number - 1, none)
    last = np.searchsorted(page, page, side="right") - 1
    before = _before(text, first)
    views = {
        "main": (np.where(text, page, none), page, pages, PAGE),
        "lead": (np.where(text & (before == 0), page, none), page, pages, PAGE),
        "next": (mine, np.where(number < number[last], number, none), paragraphs, PARAGRAPH),
        "previous": (mine, np.where(before > 0, number - text - 1, none), paragraphs, PARAGRAPH),
    }
    for name, groups in views.items():
        hit = shared(found, *groups)
        for percent in (1, 20, 34, 50, 67, 90):
            out[f"{name}-shares>={percent}"] = (hit * 100 >= percent * found.total) & (found.total > 0)
    for kind, hit in found.kinds.items():
        out |= {f"{kind}>={bound}": hit >= bound for bound in (1, 2, 4)}
        out |= {f"{kind}>={percent}%": (hit * 100 >= percent * found.every) & (hit > 0) for percent in (10, 20, 30, 45)}
    out["content>=1"] = found.total >= 1
    out["content>=3"] = found.total >= 3
