"""Cut pages into zones: a pure function from record batch to record batch."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.schema import arrow_schema, labels
from corpus.zones.address import page_type
from corpus.zones.features import features
from corpus.zones.lines import Rows, rows
from corpus.zones.network import ACTIVATION, PAGE_TYPES, SCORE, Weights, scores, weights
from corpus.zones.viterbi import decode

# Pieces whose features are found at once, and that are scored at once.
_LOOKED_AT, _SCORED = 16_000, 2_000
# What an address that tells the page type adds to its score: ten steps of the natural logarithm, as much as the text of
# an article usually speaks for one.
_ADDRESS = 10 * ACTIVATION * SCORE
_ARTICLE = ("headline", "standfirst", "dateline", "body", "subhead")
# Below any score of a label (`sums_are_exact`), and far from the bounds of 32 bits.
_NEVER = -(1 << 26)


def segment(batch: pa.RecordBatch, learned: Weights | None = None) -> pa.RecordBatch:
    """Append the page type and the zones of each page.

    Args:
        batch: has a `text` column of strings without nulls, and may have the pages' addresses in `url` (null: not
            known); other columns pass through.
        learned: other weights than those that ship.

    Returns:
        The batch with `page_type` (string) and `zones` (list of label, start, end: code points of the page,
        half-open, ordered, disjoint; they cover every character that is no space).
    """
    found = rows(batch.column("text"))
    urls = batch.column("url").to_pylist() if "url" in batch.schema.names else []
    label, kinds = _label(found, _told(urls, found.pages), learned or weights())
    return batch.append_column("page_type", pa.array(kinds, pa.string())).append_column(
        arrow_schema("pages").field("zones"), _zones(found, label)
    )


def segment_page(text: str, url: str | None = None) -> dict[str, Any]:
    """Segment one page; its address, where it is known, helps to tell its type.

    >>> page = segment_page("لاہور(سٹاف رپورٹر): والڈ سٹی اتھارٹی نے چار پرانی حویلیوں کی بحالی کا کام شروع کردیا ہے۔")
    >>> [zone["label"] for zone in page["zones"]]
    ['dateline', 'body']
    """
    row = segment(
        pa.RecordBatch.from_pydict({"text": pa.array([text], pa.string()), "url": pa.array([url], pa.string())})
    )
    page: dict[str, Any] = row.select(["page_type", "zones"]).to_pylist()[0]
    return page


def _told(urls: list[str | None], pages: int) -> NDArray[np.int32]:
    """What addresses add to the scores of page types, shape (pages, page types)."""
    added = np.zeros((pages, len(PAGE_TYPES)), dtype=np.int32)
    for page, url in enumerate(urls):
        told = page_type(url) if url else None
        if told:
            added[page, PAGE_TYPES.index(told)] = _ADDRESS
    return added


def _label(found: Rows, told: NDArray[np.int32], learned: Weights) -> tuple[NDArray[np.int64], list[str]]:
    """Label candidate pieces (indices into `corpus.schema.labels()`) and name the page types.

    A stretch of pieces at a time is looked at, and a shorter one scored: what is worked on stays in the processor's
    cache. Pages are never divided.
    """
    score = np.empty((len(found.page), len(learned.after)), dtype=np.int32)
    kinds = np.full(found.pages, PAGE_TYPES.index("other"))
    for begin, end in _stretches(found.page, _LOOKED_AT):
        part = found.part(begin, end)
        table, names = features(part)
        at = {name: number for number, name in enumerate(names)}
        chosen = table if tuple(names) == learned.names else table[[at[name] for name in learned.names]]
        for first, last in _stretches(part.page, _SCORED):
            page = part.page[first:last]
            score[begin + first : begin + last], kind = scores(chosen[:, first:last], page, learned)
            pages = np.unique(page)
            kinds[pages] = (kind + told[pages]).argmax(axis=1)
    # A listing has no article of its own, by its definition in the annotation guide.
    listed = np.flatnonzero((kinds == PAGE_TYPES.index("listing"))[found.page])
    score[listed[:, None], [labels().index(name) for name in _ARTICLE]] = _NEVER
    return decode(score, found.page, learned.after), [PAGE_TYPES[kind] for kind in kinds.tolist()]


def _stretches(page: NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Bounds of runs of whole pages."""
    begin = 0
    while begin < len(page):
        end = min(begin + most, len(page))
        if end < len(page):
            whole = int(np.searchsorted(page, page[end], side="left"))
            end = whole if whole > begin else int(np.searchsorted(page, page[begin], side="right"))
        yield begin, end
        begin = end


def _zones(found: Rows, label: NDArray[np.int64]) -> pa.ListArray:
    """Join neighbours of one label on a line, except where a bullet sets them apart, and build the column."""
    same = np.zeros(len(label), dtype=bool)
    same[1:] = label[1:] == label[:-1]
    titles = label == labels().index("related_headline")
    opens = ~(found.glued & same & ~(found.apart & titles))
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(label))[: len(first)] - 1
    element = arrow_schema("pages").field("zones").type
    values = pa.StructArray.from_arrays(
        [
            pa.array(np.array(labels(), dtype=object), pa.string()).take(pa.array(label[first])),
            pa.array(found.start[first].astype(np.int32)),
            pa.array(found.end[last].astype(np.int32)),
        ],
        fields=[element.value_type.field(i) for i in range(3)],
    )
    offsets = np.searchsorted(found.page[first], np.arange(found.pages + 1))
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), values, type=element)
