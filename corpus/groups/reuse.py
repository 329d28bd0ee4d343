"""Reuse over the whole corpus: articles of which most stands on another page as well.

Jaccard similarity is blind to it: a brief of 60 words inside a report of 600 has a similarity below 0.1. So
passages are compared, exactly, and both the article of the other page and the texts of other articles around it count.
Nothing here is quadratic: a passage in more than fifty different articles is furniture (a disclaimer, an appeal to
subscribe) and binds nothing, and of the rest only those pages are paired that can be covered far enough at all.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.groups.graph import earlier
from corpus.groups.signature import numbers

COVERED: Final = 0.5  # share of an article's passages that stand on the other page
LEAST_COVERED: Final = 3  # passages, some 20 words: one formula of the agencies is no reuse
EXCERPT: Final = 6  # passages of an article, some 50 words, that stand on another page as the text of another article
COMMON: Final = 50  # different articles; a passage in more of them is furniture
_ARTICLE, _RELATED = 1, 2
_PART_BITS = 3
_PARTS = 1 << _PART_BITS
_BLOCK = 1 << 17  # entries whose pairs are counted at once, some millions at most; lists that are looked at at once


class _Block(NamedTuple):
    """Lists of one column: their values, where each ends among them, the row of the first, the place they stand for."""

    values: NDArray[np.uint32]
    ends: NDArray[np.int64]
    first: int
    place: int


class Passages(NamedTuple):
    """Where the passages stand that more than one page has, without furniture; sorted by hash, then row.

    Attributes:
        hashes: of passages, each once for each row.
        rows: of the keys.
        places: 1 in the article, 2 in the text of another article, 3 in both.
        enough: how many passages of each article must be found elsewhere, shape (all rows of the keys,).
    """

    hashes: NDArray[np.uint64]
    rows: NDArray[np.int64]
    places: NDArray[np.int8]
    enough: NDArray[np.float64]


def shared_passages(keys: pa.Table) -> Passages:
    """Find the passages that more than one page has.

    Args:
        keys: `article_key`, `article_passages`, `related_passages`.
    """
    blocks = [*_blocks_of(keys["article_passages"], _ARTICLE), *_blocks_of(keys["related_passages"], _RELATED)]
    entries = np.concatenate([_repeated(blocks, part) for part in range(_PARTS)])
    hashes, rows, places = _once(entries)
    said = keys["article_key"].is_valid().to_numpy()
    rare = _rare(hashes, rows, numbers(keys["article_key"]), said)
    size = pc.list_value_length(keys["article_passages"]).to_numpy().astype(np.int64)
    furniture = np.bincount(rows[~rare & (places & _ARTICLE != 0)], minlength=keys.num_rows)
    counted = np.maximum(size - furniture, size / 2)
    return Passages(hashes[rare], rows[rare], places[rare], np.maximum(counted * COVERED, LEAST_COVERED))


def reused(found: Passages, present: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Pairs of rows of which one's article is covered by the other page, or shown there in part.

    Args:
        found: the shared passages.
        present: which rows of the keys take part.

    Returns:
        Rows, the smaller one first; shape (pairs, 2).
    """
    here = present[found.rows]
    found = Passages(found.hashes[here], found.rows[here], found.places[here], found.enough)
    article, related = found.places & _ARTICLE != 0, found.places & _RELATED != 0
    can = article & (np.bincount(found.rows[article], minlength=len(present)) >= found.enough)[found.rows]
    shows = related & (np.bincount(found.rows[related], minlength=len(present)) >= EXCERPT)[found.rows]
    pairs = [np.zeros((0, 2), dtype=np.int64)]
    for block in _blocks(found.rows):
        ones, others = [block[:0]], [block[:0]]
        for one, other in earlier(found.hashes, block, COMMON):
            decides = can[one] | can[other] | (article[one] & shows[other]) | (shows[one] & article[other])
            ones.append(one[decides])
            others.append(other[decides])
        pairs.append(_bound(found, np.concatenate(ones), np.concatenate(others)))
    return np.concatenate(pairs)


def _blocks(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Positions in blocks, all of one row in the same one."""
    order = np.argsort(rows, kind="stable")
    ends = np.unique(np.searchsorted(rows[order], rows[order][_BLOCK::_BLOCK]))
    yield from (np.sort(block) for block in np.split(order, ends))


def _bound(found: Passages, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count what pairs of rows share, given all pairs of positions with the same passage; keep what is reuse."""
    low_place, high_place = found.places[one], found.places[other]
    pair, which = np.unique(found.rows[one] * len(found.enough) + found.rows[other], return_inverse=True)
    low, high = np.divmod(pair, max(1, len(found.enough)))
    shown = (low_place & _ARTICLE != 0) & (high_place & _RELATED != 0)
    shown |= (low_place & _RELATED != 0) & (high_place & _ARTICLE != 0)
    of_low, of_high, excerpt = (
        np.bincount(which[kind], minlength=len(pair))
        for kind in (low_place & _ARTICLE != 0, high_place & _ARTICLE != 0, shown)
    )
    bound = (of_low >= found.enough[low]) | (of_high >= found.enough[high]) | (excerpt >= EXCERPT)
    return np.stack([low, high], axis=1)[bound]


def _blocks_of(column: pa.ChunkedArray, place: int) -> Iterator[_Block]:
    """A list column in blocks, none of it copied."""
    before = 0
    for chunk in column.chunks:
        for begin in range(0, len(chunk), _BLOCK):
            lists = chunk.slice(begin, _BLOCK)
            ends = np.cumsum(lists.value_lengths().to_numpy(zero_copy_only=False), dtype=np.int64)
            yield _Block(lists.flatten().to_numpy(), ends, before + begin, place)
        before += len(chunk)


def _repeated(blocks: Sequence[_Block], part: int) -> NDArray[np.uint64]:
    """Entries (32 bits of hash, 30 of row, two of place) of the passages that occur more than once, sorted.

    Args:
        blocks: all passages.
        part: which part of all hashes, by their highest bits; all at once would take several times the memory.
    """
    found = [np.zeros(0, dtype=np.uint64)]
    for values, ends, first, place in blocks:
        at = np.flatnonzero(values >> np.uint32(32 - _PART_BITS) == part)
        rows = first + np.searchsorted(ends, at, side="right")
        found.append((values[at].astype(np.uint64) << np.uint64(32)) | (rows << 2 | place).astype(np.uint64))
    entries = np.concatenate(found)
    found.clear()
    entries.sort()
    same = entries[1:] >> np.uint64(32) == entries[:-1] >> np.uint64(32)
    return entries[np.append(same, False) | np.append(False, same)] if len(entries) else entries


def _once(entries: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int8]]:
    """Hash, row and places: each passage once for each row."""
    pair = entries >> np.uint64(2)
    starts = np.flatnonzero(_changes(pair))
    places = (entries & np.uint64(3)).astype(np.int8)
    rows = (pair & np.uint64((1 << 30) - 1)).astype(np.int64)
    merged = np.bitwise_or.reduceat(places, starts) if len(starts) else places
    return entries[starts] >> np.uint64(32), rows[starts], merged


def _rare(
    hashes: NDArray[np.uint64], rows: NDArray[np.int64], article: NDArray[np.uint64], said: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which entries are of passages in at most fifty different articles; copies of one article count once.

    Args:
        hashes: of the entries, sorted.
        rows: of the entries.
        article: a number for the article of each row of the keys.
        said: which rows of the keys have an article.
    """
    alone = np.arange(len(article), dtype=np.uint64)
    mine = np.where(said, article, alone)[rows]
    passage = np.cumsum(_changes(hashes)) - 1
    order = np.lexsort((mine, passage))
    new = _changes(passage[order], mine[order])
    return np.asarray(np.bincount(passage[order][new], minlength=1)[passage] <= COMMON)


def _changes(*columns: NDArray[np.uint64] | NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where any column has another value than before, the first place included."""
    found = np.ones(len(columns[0]), dtype=bool)
    if len(found):
        found[1:] = reduce(or_, (column[1:] != column[:-1] for column in columns))
    return found
