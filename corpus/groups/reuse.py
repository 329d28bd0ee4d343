"""Reuse over the whole corpus: articles of which most stands on another page as well.

Jaccard similarity is blind to it: a brief of 60 words inside a report of 600 has a similarity below 0.1. So
passages are compared, exactly, and both the article of the other page and the texts of other articles around it count.
Nothing here is quadratic: a passage in more than fifty different articles is furniture (a disclaimer, an appeal to
subscribe) and binds nothing, and of the rest only those pages are paired that can be covered far enough at all.
"""

from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.groups.graph import earlier
from corpus.groups.passages import lengths

COVERED: Final = 0.5  # share of an article's words in passages that stand on the other page
LEAST_COVERED: Final = 20  # words: two formulas of agencies are no reuse
EXCERPT: Final = 50  # words of an article that stand on another page as the text of another article
COMMON: Final = 50  # different pages; a passage on more of them is furniture
_ARTICLE, _RELATED = 1, 2
_BLOCK = 1 << 17  # entries whose pairs are counted at once, some millions at most


class Passages(NamedTuple):
    """Where the passages stand that more than one page has; sorted by hash, then row.

    Attributes:
        hashes: of passages, each once for each row.
        rows: of the keys.
        places: 1 in the article, 2 in the text of another article, 3 in both.
        words: of each article, shape (all rows of the keys,).
    """

    hashes: NDArray[np.uint64]
    rows: NDArray[np.int64]
    places: NDArray[np.int64]
    words: NDArray[np.int64]


def shared_passages(keys: pa.Table) -> Passages:
    """Find the passages that more than one page has, without furniture.

    Args:
        keys: `article_key`, `article_words`, `article_passages`, `related_passages`.
    """
    columns = keys["article_passages"], keys["related_passages"]
    repeated = _repeated(np.concatenate([_flat(column)[0] for column in columns]))
    hashes, rows, places = [], [], []
    for column, place in zip(columns, (_ARTICLE, _RELATED), strict=True):
        flat, row = _flat(column)
        kept = _member(flat, repeated)
        hashes.append(flat[kept])
        rows.append(row[kept])
        places.append(np.full(len(hashes[-1]), place))
    found = _once(np.concatenate(hashes), np.concatenate(rows), np.concatenate(places))
    rare = _rare(found[0], found[1], keys["article_key"])
    words = keys["article_words"].to_numpy().astype(np.int64)
    return Passages(*(column[rare] for column in found), words)


def reused(found: Passages, present: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Pairs of rows of which one's article is covered by the other page, or shown there in part.

    Args:
        found: the shared passages.
        present: which rows of the keys take part.

    Returns:
        Rows, the smaller one first, in order; shape (pairs, 2).
    """
    here = present[found.rows]
    found = Passages(found.hashes[here], found.rows[here], found.places[here], found.words)
    article, related = found.places & _ARTICLE != 0, found.places & _RELATED != 0
    weight, rows = lengths(found.hashes), len(found.words)
    coverable = _sums(found.rows, weight * article, rows) >= _enough(found.words)
    shows = _sums(found.rows, weight * related, rows) >= EXCERPT
    can, showing = article & coverable[found.rows], related & shows[found.rows]
    pairs = [np.zeros((0, 2), dtype=np.int64)]
    for block in _blocks(found.rows):
        ones, others = [block[:0]], [block[:0]]
        for one, other in earlier(found.hashes, block, COMMON):
            decides = can[one] | can[other] | (article[one] & showing[other]) | (showing[one] & article[other])
            ones.append(one[decides])
            others.append(other[decides])
        pairs.append(_bound(found, np.concatenate(ones), np.concatenate(others)))
    return np.concatenate(pairs)


def _blocks(rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Positions in blocks, all of one row in the same one."""
    order = np.argsort(rows, kind="stable")
    cuts = np.unique(np.searchsorted(rows[order], rows[order][_BLOCK::_BLOCK]))
    return np.split(order, cuts)


def _bound(found: Passages, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Add up what pairs of rows share, given all pairs of positions with the same passage; keep what is reuse."""
    pair, which = np.unique(found.rows[one] * len(found.words) + found.rows[other], return_inverse=True)
    low, high = np.divmod(pair, max(1, len(found.words)))
    weight = lengths(found.hashes[one])
    of_low = _sums(which, weight * (found.places[one] & _ARTICLE != 0), len(pair))
    of_high = _sums(which, weight * (found.places[other] & _ARTICLE != 0), len(pair))
    excerpt = _sums(which, weight * _shown(found.places[one], found.places[other]), len(pair))
    covered = (of_low >= _enough(found.words[low])) | (of_high >= _enough(found.words[high]))
    return np.stack([low, high], axis=1)[covered | (excerpt >= EXCERPT)]


def _shown(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a passage is in the article of one page and in another article on the other page."""
    there = (one & _ARTICLE != 0) & (other & _RELATED != 0)
    back = (one & _RELATED != 0) & (other & _ARTICLE != 0)
    return there | back


def _enough(words: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.maximum(words * COVERED, LEAST_COVERED)


def _sums(index: NDArray[np.int64], weights: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.bincount(index, weights=weights, minlength=size).astype(np.int64)


def _flat(column: pa.ChunkedArray) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """All values of a list column, and the row of each."""
    values = [chunk.flatten().to_numpy() for chunk in column.chunks]
    counts = [np.diff(chunk.offsets.to_numpy()) for chunk in column.chunks]
    if not values:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    return np.concatenate(values), np.repeat(np.arange(len(column)), np.concatenate(counts))


def _repeated(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Those that occur more than once, sorted."""
    hashes.sort()
    again = hashes[1:][hashes[1:] == hashes[:-1]]
    return np.unique(again)


def _member(hashes: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.bool_]:
    if not len(wanted):
        return np.zeros(len(hashes), dtype=bool)
    at = np.minimum(np.searchsorted(wanted, hashes), len(wanted) - 1)
    return np.asarray(wanted[at] == hashes)


def _once(
    hashes: NDArray[np.uint64], rows: NDArray[np.int64], places: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    """Each passage once for each row, sorted, with all its places there."""
    order = np.lexsort((rows, hashes))
    hashes, rows, places = hashes[order], rows[order], places[order]
    first = np.append(True, (np.diff(rows) != 0) | (hashes[1:] != hashes[:-1]))[: len(rows)]
    starts = np.flatnonzero(first)
    merged = np.bitwise_or.reduceat(places, starts) if len(starts) else places
    return hashes[starts], rows[starts], merged


def _rare(hashes: NDArray[np.uint64], rows: NDArray[np.int64], article_key: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Which entries are of passages in at most fifty different articles; copies of one article count once."""
    codes = article_key.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy().astype(np.int64)
    page = np.where(codes >= 0, codes, len(codes) + np.arange(len(codes)))[rows]
    passage = np.cumsum(np.append(False, hashes[1:] != hashes[:-1])[: len(hashes)])
    order = np.lexsort((page, passage))
    one, other = passage[order], page[order]
    new = np.append(True, (np.diff(one) != 0) | (np.diff(other) != 0))[: len(order)]
    return np.bincount(one[new], minlength=1)[passage] <= COMMON
