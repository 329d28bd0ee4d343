"""What becomes of every document: active, withheld or withdrawn, in which group and split, in which order."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.groups.place import place
from corpus.groups.split import by_hash, by_time
from corpus.version.number import version
from corpus.version.takedown import Takedown, withdrawn


class Decided(NamedTuple):
    """The fate of documents.

    Attributes:
        fate: a row for each document in the order of the keys: `status`, `reason`, `group`, `duplicate_of`, `split`
            and `first_release` (null for one that was never released).
        order: rows of the active documents in the order in which they are written: first release, then id.
    """

    fate: pa.Table
    order: NDArray[np.int64]


def decide(
    keys: pa.Table,
    ledger: pa.Table,
    takedowns: Iterable[Takedown],
    shares: tuple[int, int, int],
    cutoff: tuple[str, ...] = (),
) -> Decided:
    """Decide over the whole corpus, from keys and signatures alone.

    Args:
        keys: one row for each document, sorted by id.
        ledger: of the version before.
        takedowns: what was asked to be gone.
        shares: percent of groups in train, validation and test.
        cutoff: first day of validation and of test, where the split is by time and not by a hash.
    """
    gone, with_group = withdrawn(keys, takedowns, ledger)
    stays = pc.is_null(gone)
    # Groups are found over all documents, so that a takedown can reach its near-duplicates; but what is gone
    # binds nothing.
    first = _first_release(keys["id"], ledger)
    rule = by_time(cutoff) if cutoff else by_hash(shares)
    placed = place(keys, ledger, rule, gone, with_group, _ranks(first))
    reason = pc.coalesce(gone, placed.withdrawn, placed.withheld)
    status = pc.if_else(
        pc.and_(stays, pc.is_null(placed.withdrawn)),
        pc.if_else(pc.is_null(placed.withheld), "active", "withheld"),
        "withdrawn",
    )
    fate = pa.table(
        {
            "status": status,
            "reason": reason,
            "group": placed.group,
            "duplicate_of": placed.duplicate_of,
            "split": placed.split,
            "first_release": first,
        }
    )
    active = np.flatnonzero(pc.equal(fate["status"], "active").to_numpy())
    rank = _ranks(first.take(pa.array(active)))
    return Decided(fate, active[np.argsort(rank, kind="stable")])


def _first_release(ids: pa.ChunkedArray, ledger: pa.Table) -> pa.Array:
    """When each document was first released; a withheld one never was."""
    released = ledger.filter(pc.not_equal(ledger["status"], "withheld"))
    at = pc.index_in(ids, released["id"].combine_chunks())
    return released["first_release"].combine_chunks().take(at).combine_chunks()


def _ranks(first: pa.Array) -> NDArray[np.int64]:
    """Place in the sequence of releases; what is new comes last."""
    known = sorted(pc.unique(first.drop_null()).to_pylist(), key=version)
    return pc.fill_null(pc.index_in(first, pa.array(known, pa.string())), len(known)).to_numpy(zero_copy_only=False)
