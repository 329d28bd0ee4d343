"""Near-duplicates over the whole corpus: pairs of documents with almost the same article.

Banding: signatures that agree in a whole band of four bins (eight bytes, compared as one number) are candidates; 32
bands find 99% of the pairs of similarity 0.6. Each candidate is then checked by the share of all 128 bins that agree.
`docs/duplicates.md` says how the threshold was chosen.
"""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.groups.graph import earlier, unique_pairs
from corpus.groups.minhash import BINS, LEAST_WORDS, similarity

THRESHOLD: Final = 0.5  # Jaccard similarity of word triples
_BANDS = 32
_WITHIN = 32  # signatures of one band that are all compared; more are gold rates or prayer times
_HELD = 1 << 22  # candidates that may wait to be told apart: 64 MB
_CHUNK = 1 << 13  # pairs that are checked at once: 4 MB of signatures


def near_duplicates(keys: pa.Table, threshold: float = THRESHOLD) -> NDArray[np.int64]:
    """Pairs of rows with the same page text, or with articles at least as similar as the threshold.

    Args:
        keys: `text_sha256`, `article_key`, `article_words`, `minhash`.
        threshold: of the estimated Jaccard similarity.

    Returns:
        Rows, the smaller one first, in order; shape (pairs, 2).
    """
    return unique_pairs(np.concatenate([copies(keys), similar(keys, threshold)]))


def copies(keys: pa.Table) -> NDArray[np.int64]:
    """Pairs of rows with the same page text or the same article, each row with the next one."""
    long = pc.greater_equal(keys["article_words"], LEAST_WORDS)
    found = []
    for column in (
        keys["text_sha256"],
        pc.if_else(long, keys["article_key"], pa.scalar(None, keys["article_key"].type)),
    ):
        rows = np.flatnonzero(column.is_valid().to_numpy())
        codes = column.drop_null().combine_chunks().dictionary_encode().indices.to_numpy()
        found.append(_paired(codes.astype(np.int64), rows, 2))
    return unique_pairs(np.concatenate(found))


def similar(keys: pa.Table, threshold: float = THRESHOLD) -> NDArray[np.int64]:
    """Pairs of rows whose signatures agree in at least this share of their bins."""
    rows, signatures = _signatures(keys["minhash"])
    bands = signatures.view(np.uint64)
    found, held = [np.zeros((0, 2), dtype=np.int64)], 0
    for band in range(_BANDS):
        found.append(_paired(bands[:, band], np.arange(len(rows)), _WITHIN))
        held += len(found[-1])
        if held > _HELD:
            found, held = [unique_pairs(np.concatenate(found))], 0
    candidates = unique_pairs(np.concatenate(found))
    kept = [
        chunk[similarity(signatures[chunk[:, 0]], signatures[chunk[:, 1]]) >= threshold]
        for chunk in np.split(candidates, range(_CHUNK, len(candidates), _CHUNK))
    ]
    return rows[np.concatenate(kept)]


def _signatures(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
    """Rows that have a signature, and their signatures, shape (rows, 128)."""
    rows = np.flatnonzero(column.is_valid().to_numpy())
    held = column.drop_null().combine_chunks()
    if isinstance(held, pa.ChunkedArray):
        held = pa.array([], column.type)
    data = np.frombuffer(held.buffers()[1] or b"", dtype=np.uint16)
    return rows, data[held.offset * BINS : (held.offset + len(held)) * BINS].reshape(-1, BINS)


def _paired(keys: NDArray[np.int64] | NDArray[np.uint64], rows: NDArray[np.int64], within: int) -> NDArray[np.int64]:
    """Pairs of `rows` with equal keys."""
    order = np.argsort(keys, kind="stable")
    found = [rows[order[np.stack(pair, axis=1)]] for pair in earlier(keys[order], np.arange(len(keys)), within)]
    return np.concatenate([np.zeros((0, 2), dtype=np.int64), *found])
