"""Which group and which split every document is in.

What was released stays where it is: group and split of a released document are read from the ledger, never decided
again. New documents join what they are bound to; where that is in two splits, they are withheld.
"""

from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.groups.graph import components
from corpus.groups.leaks import crossing
from corpus.groups.near import near_duplicates
from corpus.groups.reuse import reused, shared_passages
from corpus.groups.settle import BRIDGE, WITHHELD, Settled, among, settle
from corpus.groups.split import Rule
from corpus.schema import SPLITS


class Placement(NamedTuple):
    """Where documents belong; each column has a row for every document, in the order of the keys.

    Attributes:
        group: name of its group, the id of the group's anchor.
        duplicate_of: the id that it is a near-duplicate of, or null.
        split: train, validation or test.
        withheld: why it is kept out of this version (`bridge` or `clash`), or null.
        withdrawn: why it goes together with a near-duplicate that is taken down, or null.
    """

    group: pa.Array
    duplicate_of: pa.Array
    split: pa.Array
    withheld: pa.Array
    withdrawn: pa.Array


class Released(NamedTuple):
    """What the ledger says of each row of the keys: group, or null, and split, or -1."""

    group: pl.Series
    split: NDArray[np.int64]


def place(
    keys: pa.Table,
    ledger: pa.Table,
    rule: Rule,
    gone: pa.Array,
    with_group: NDArray[np.bool_],
    age: NDArray[np.int64],
) -> Placement:
    """Bind documents into groups and give each group one split.

    Args:
        keys: the documents in order of id: `id`, `text_sha256` and the signatures.
        ledger: the previous version's ledger, empty for a first version; what it says holds.
        rule: the split of a new group.
        gone: why a document is taken down, or null; what is gone binds nothing.
        with_group: whether its near-duplicates are to go with it.
        age: place of each document's first release in the sequence of releases; new ones come last.
    """
    ids = pl.Series(keys["id"])
    released = _released(ids, ledger)
    passages = shared_passages(keys)
    near = near_duplicates(keys)
    withdrawn = _with_group(near, gone, with_group)
    present = pc.and_(gone.is_null(), withdrawn.is_null()).to_numpy(zero_copy_only=False)
    near, bound = among(near, present), reused(passages, present)
    while True:
        settled = settle(released.split, np.concatenate([near, bound]))
        group, split = _named(ids, settled, released, rule, keys["published"])
        active = present & (settled.withheld == 0)
        if active.all():
            break
        # Pairs were chosen among more documents than these, and in a family of hundreds not all are compared with
        # all: what is still alike across splits is bound now.
        found = crossing(keys, passages, split, active)
        if not found:
            break
        near = np.concatenate([near, found.exact, found.near_duplicate])
        bound = np.concatenate([bound, found.contained])
    canonical = _canonical(among(near, active), age)
    return Placement(
        group.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string()),
        keys["id"].combine_chunks().take(pa.array(canonical, mask=canonical == np.arange(len(canonical)))),
        pa.array(SPLITS).take(pa.array(split)),
        pa.array(WITHHELD).take(pa.array(settled.withheld - 1, mask=settled.withheld == 0)),
        withdrawn,
    )


def _released(ids: pl.Series, ledger: pa.Table) -> Released:
    """What was released, also when it was withdrawn or withheld since; a bridge never was."""
    said = pl.DataFrame(
        {name: pl.Series(ledger[name], dtype=pl.String) for name in ("id", "group", "split", "reason")}
    ).filter(pl.col("reason").ne_missing(BRIDGE))
    found = ids.to_frame("id").join(said, on="id", how="left", maintain_order="left")
    numbers = found["split"].replace_strict(SPLITS, range(len(SPLITS)), default=-1, return_dtype=pl.Int64)
    return Released(found["group"], numbers.to_numpy())


def _with_group(near: NDArray[np.int64], gone: pa.Array, with_group: NDArray[np.bool_]) -> pa.Array:
    """Reasons for near-duplicates of what is taken down with its group."""
    taken = np.flatnonzero(with_group)
    if not len(taken):
        return pa.nulls(len(gone), pa.string())
    component = components(len(gone), near)
    reasons = {component[row]: gone[row].as_py() for row in taken[::-1].tolist()}
    rows = np.flatnonzero(np.isin(component, list(reasons)))
    found: list[str | None] = [None] * len(gone)
    for row in rows.tolist():
        found[row] = None if gone[row].is_valid else reasons[component[row]]
    return pa.array(found, pa.string())


def _named(
    ids: pl.Series, settled: Settled, released: Released, rule: Rule, published: pa.ChunkedArray
) -> tuple[pl.Series, NDArray[np.int64]]:
    """Name and split of each row's group: what was released keeps them, what is new takes them from there."""
    frame = pl.DataFrame(
        {"id": ids, "component": settled.component, "own": released.group, "published": pl.Series(published)}
    )
    frame = frame.with_columns(
        group=pl.coalesce("own", pl.col("own").min().over("component"), pl.col("id").gather("component")),
        first=pl.col("published").min().over("component"),
    )
    split = np.where(released.split >= 0, released.split, settled.split)
    new = frame.with_row_index("row").filter(pl.Series(split < 0)).filter(pl.col("row") == pl.col("component"))
    chosen = np.zeros(len(ids), dtype=np.int64)
    for row, anchor, first in new.select("row", "group", "first").iter_rows():
        chosen[row] = SPLITS.index(rule(anchor, first))
    return frame["group"], np.where(split < 0, chosen[settled.component], split)


def _canonical(near: NDArray[np.int64], age: NDArray[np.int64]) -> NDArray[np.int64]:
    """The row of which each row is a near-duplicate, itself if of none: released first, then smallest.

    Taken release by release: what comes later never changes of what an earlier document is a duplicate.
    """
    rows = len(age)
    canonical = np.arange(rows)
    when = age[near].max(axis=1) if len(near) else age[:0]
    for release in np.unique(when):
        component = components(rows, near[when <= release])
        order = np.lexsort((np.arange(rows), age))
        first = np.full(rows, -1)
        first[component[order[::-1]]] = order[::-1]
        mine = age == release
        canonical[mine] = first[component[mine]]
    return canonical
