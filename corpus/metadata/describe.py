"""What a page says about its article: source, author, time, place, desk, tags, keywords.

The same bylines come back on page after page, so each distinct string is read once; only runs of tags without
separators need the text of their page.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar, cast

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.metadata.byline import Parties, byline, dateline
from corpus.metadata.dates import published
from corpus.metadata.source import source
from corpus.metadata.tags import Tags, needs_page, tags
from corpus.schema import arrow_schema, labels

FIELDS: Final = ("source", "author", "published_at", "place", "desk", "tags", "keywords")
_MAIN: Final = ("headline", "standfirst", "dateline", "body", "subhead")
_OTHER: Final = ("related_heading", "related_headline", "related_body")

Read = TypeVar("Read")


class Zones(NamedTuple):
    """The zones of a batch, one array each, in page order.

    Attributes:
        page: row of the page; shape (zones,).
        label: index into `corpus.schema.labels()`; shape (zones,).
        start: first code point in the page; shape (zones,).
        end: code point after the last; shape (zones,).
    """

    page: NDArray[np.int64]
    label: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def describe(batch: pa.RecordBatch) -> pa.StructArray:
    """Read the metadata of each page out of its zones.

    Args:
        batch: columns `text`, `zones`, `page_type`, and `collected_at` (nullable).

    Returns:
        A struct per page with the fields FIELDS, typed as in the `metadata` of the documents schema. Null or an empty
        list where the page says nothing. A record's own values are another stage's business.
    """
    rows = batch.num_rows
    zones = _zones(batch.column("zones"))
    text = cast("pl.Series", pl.from_arrow(batch.column("text")))
    lines = _lines(text, zones, _counts(zones, batch.column("page_type")), rows)
    parties = _parties(lines["byline"], lines["dateline"])
    named = _tags(lines["tags"], text, zones)
    columns = {
        "source": _each(lambda found: next(filter(None, map(source, found.split("\n"))), None), lines["source"]),
        "author": [found.author for found in parties],
        "published_at": _published(lines["byline"], lines["dateline"], batch.column("collected_at").to_pylist()),
        "place": [found.place for found in parties],
        "desk": [found.desk for found in parties],
        "tags": [found.tags for found in named],
        "keywords": [found.keywords for found in named],
    }
    metadata = arrow_schema("documents").field("metadata").type
    fields = [metadata.field(name) for name in FIELDS]
    return pa.StructArray.from_arrays([pa.array(columns[each.name], each.type) for each in fields], fields=fields)


def _zones(column: pa.ListArray) -> Zones:
    flat = column.flatten()
    label = flat.field("label").dictionary_encode()
    codes = np.array([labels().index(name) for name in label.dictionary.to_pylist()], dtype=np.int64)
    index = label.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return Zones(
        np.repeat(np.arange(len(column)), np.diff(column.offsets.to_numpy())),
        codes[index] if len(index) else index,
        flat.field("start").to_numpy(zero_copy_only=False).astype(np.int64),
        flat.field("end").to_numpy(zero_copy_only=False).astype(np.int64),
    )


def _is(zones: Zones, *names: str) -> NDArray[np.bool_]:
    wanted = np.isin(np.arange(len(labels())), [labels().index(name) for name in names])
    return wanted[zones.label]


def _counts(zones: Zones, page_type: pa.StringArray) -> NDArray[np.bool_]:
    """Which zones speak of the page's article: tags and credits always, bylines and datelines where it is its own."""
    listing = pc.equal(page_type, "listing").to_numpy(zero_copy_only=False).astype(bool)[zones.page]
    signed = (_is(zones, "dateline") | (_is(zones, "byline") & _belongs(zones))) & ~listing
    return signed | _is(zones, "source", "tags")


def _belongs(zones: Zones) -> NDArray[np.bool_]:
    """Which zones belong to the main article: those that do not follow another article's title or text.

    A related block above the article ends where the article begins: a byline right before the first line of the
    article is the article's.
    """
    count = len(zones.page)
    index = np.arange(count)
    first = np.searchsorted(zones.page, zones.page)
    last_main = np.maximum.accumulate(np.where(_is(zones, *_MAIN), index, -1))
    last_other = np.maximum.accumulate(np.where(_is(zones, *_OTHER), index, -1))
    next_main = _next(_is(zones, *_MAIN))
    next_other = _next(_is(zones, *_OTHER))
    end = np.searchsorted(zones.page, zones.page, side="right")
    after_other = (last_other >= first) & (last_other > last_main)
    opens_article = (last_main < first) & (next_main < end) & (next_main < next_other)
    return ~after_other | opens_article


def _next(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each place the next at which `mask` holds, or the length."""
    index = np.where(mask, np.arange(len(mask)), len(mask))
    return np.minimum.accumulate(index[::-1])[::-1]


def _lines(text: pl.Series, zones: Zones, mask: NDArray[np.bool_], rows: int) -> dict[str, list[str | None]]:
    """The zones under `mask` by label, joined per page: by a line feed where they stand together, else by two."""
    lines: dict[str, list[str | None]] = {name: [None] * rows for name in ("byline", "dateline", "source", "tags")}
    picked = np.flatnonzero(mask)
    picked = picked[np.argsort(zones.label[picked], kind="stable")]
    page, label = zones.page[picked], zones.label[picked]
    same = (np.diff(page, prepend=-1) == 0) & (np.diff(label, prepend=-1) == 0)
    joined = (
        _slices(text, zones, picked)
        .with_columns(page=page, label=label, gap=np.where(same & (np.diff(picked, prepend=-2) > 1), "\n", ""))
        .group_by("label", "page", maintain_order=True)
        .agg(pl.concat_str("gap", "text").str.join("\n"))
    )
    for code, row, line in joined.iter_rows():
        lines[labels()[code]][row] = line
    return lines


def _slices(text: pl.Series, zones: Zones, picked: NDArray[np.int64]) -> pl.DataFrame:
    """The text of the picked zones, one row each."""
    start, end = zones.start[picked], zones.end[picked]
    cut = pl.DataFrame({"text": text.gather(zones.page[picked]), "start": start, "length": end - start})
    return cut.select(pl.col("text").str.slice("start", "length"))


def _each(read: Callable[[str], Read], lines: list[str | None]) -> list[Read | None]:
    """Apply `read` to each distinct line once."""
    known = {line: read(line) for line in dict.fromkeys(lines) if line is not None}
    return [None if line is None else known[line] for line in lines]


def _parties(bylines: list[str | None], datelines: list[str | None]) -> list[Parties]:
    """Author, desk and place: what the byline says, else what the dateline says."""
    nobody = Parties(None, None, None)
    above, inside = _each(byline, bylines), _each(lambda line: dateline(line.split("\n")[0]), datelines)
    known = {
        (first, second): Parties(*(one or other for one, other in zip(first or nobody, second or nobody, strict=True)))
        for first, second in set(zip(above, inside, strict=True))
    }
    return [known[both] for both in zip(above, inside, strict=True)]


def _published(bylines: list[str | None], datelines: list[str | None], collected: list[str | None]) -> list[str | None]:
    """The time that byline or dateline gives; times relative to the collection only where neither gives a date."""
    dated = zip(_each(published, bylines), _each(published, datelines), strict=True)
    return [
        above or inside or (published(line, seen) if line and seen else None)
        for (above, inside), line, seen in zip(dated, bylines, collected, strict=True)
    ]


def _tags(lines: list[str | None], text: pl.Series, zones: Zones) -> list[Tags]:
    """Tags and keywords; the page's text is looked at only where a line has no separators."""
    read = _each(lambda line: None if needs_page(line) else tags(line), lines)
    found = [each or Tags([], []) for each in read]
    open_rows = [row for row, each in enumerate(read) if each is None and lines[row] is not None]
    pages = text.gather(open_rows).to_list()
    own = np.flatnonzero(_is(zones, "tags"))
    of_page = np.searchsorted(zones.page[own], [[row, row + 1] for row in open_rows]) if open_rows else ()
    for row, page, (begin, end) in zip(open_rows, pages, of_page, strict=True):
        spans = [(int(zones.start[at]), int(zones.end[at])) for at in own[begin:end]]
        found[row] = tags(lines[row] or "", _without_runs(page, spans))
    return found


def _without_runs(page: str, spans: list[tuple[int, int]]) -> str:
    """A page without its runs of tags; tags that the page itself parts stay as evidence."""
    for start, end in reversed(spans):
        if needs_page(page[start:end]):
            page = f"{page[:start]}\n{page[end:]}"
    return page
