"""The leak report: what two splits of a finished version have in common, which must be nothing.

It starts again from the signatures of the documents that are in the version, and knows nothing of groups.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.groups.near import copies, similar
from corpus.groups.reuse import Passages, reused, shared_passages
from corpus.schema import SPLITS


class Crossing(NamedTuple):
    """Pairs of rows in different splits, shape (pairs, 2) each.

    Attributes:
        exact: with the same page text or the same article.
        near_duplicate: with almost the same article.
        contained: of which one's article is covered by the other page, or shown there.
    """

    exact: NDArray[np.int64]
    near_duplicate: NDArray[np.int64]
    contained: NDArray[np.int64]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return any(map(len, self))


def leaks(keys: pa.Table, fate: pa.Table) -> dict[str, dict[str, int]]:
    """Count the pairs of documents that two splits of a version have in common.

    Args:
        keys: as `corpus.groups.place.place` takes them, with all rows: how common a passage is depends on them.
        fate: `status` and `split` of each row.

    Returns:
        For each two splits, named `train/test`, the number of pairs of each kind of `Crossing`.
    """
    split = fate["split"].combine_chunks() if isinstance(fate["split"], pa.ChunkedArray) else fate["split"]
    numbers = np.array([SPLITS.index(name) for name in split.dictionary_encode().dictionary.to_pylist()])
    codes = numbers[split.dictionary_encode().indices.to_numpy()] if len(split) else np.zeros(0, dtype=np.int64)
    active = np.array(fate["status"].to_numpy() == "active")
    found = crossing(keys, shared_passages(keys), codes, active)
    return {
        f"{SPLITS[one]}/{SPLITS[other]}": {
            kind: _between(codes, pairs, one, other) for kind, pairs in found._asdict().items()
        }
        for one, other in combinations(range(len(SPLITS)), 2)
    }


def crossing(keys: pa.Table, passages: Passages, split: NDArray[np.int64], active: NDArray[np.bool_]) -> Crossing:
    """Find what active rows of different splits have in common.

    Args:
        keys: the signatures.
        passages: those that pages share, of all rows.
        split: of each row, index into `SPLITS`.
        active: which rows are in the version.
    """
    rows = np.flatnonzero(active)

    def there(*names: str) -> pa.Table:
        some = keys.select(names)
        return some if active.all() else some.filter(pa.array(active))

    found = Crossing(
        rows[copies(there("text_sha256", "article_key", "minhash"))],
        rows[similar(there("minhash"))],
        reused(passages, active),
    )
    return Crossing(*(pairs[split[pairs[:, 0]] != split[pairs[:, 1]]] for pairs in found))


def _between(split: NDArray[np.int64], pairs: NDArray[np.int64], one: int, other: int) -> int:
    return int(np.count_nonzero((np.sort(split[pairs], axis=1) == (one, other)).all(axis=1)))
