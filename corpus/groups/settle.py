"""What holds together, once what was released may not move: who is withheld, and who belongs with whom."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.groups.graph import components
from corpus.schema import SPLITS

BRIDGE: Final = "bridge"  # new, and bound to released documents of different splits
CLASH: Final = "clash"  # released, and bound to a released document of another split
WITHHELD: Final = (BRIDGE, CLASH)


class Settled(NamedTuple):
    """The outcome, a row for each document.

    Attributes:
        withheld: 1 + index into `WITHHELD`, or 0.
        component: the smallest row that a row hangs together with; released rows do not hang together by themselves.
        split: of the released rows of the component, index into `SPLITS`; -1 where there are none.
    """

    withheld: NDArray[np.int8]
    component: NDArray[np.int64]
    split: NDArray[np.int64]


def settle(released: NDArray[np.int64], pairs: NDArray[np.int64]) -> Settled:
    """Withhold what would join splits, and let the rest hang together.

    Args:
        released: split in which each row was released, -1 for new rows.
        pairs: rows that belong in one split, shape (pairs, 2).

    >>> settle(np.array([0, -1, 2]), np.array([[0, 1], [1, 2]])).withheld.tolist()
    [0, 1, 0]
    """
    rows = len(released)
    withheld = np.zeros(rows, dtype=np.int8)
    withheld[_clashing(released, pairs)] = 1 + WITHHELD.index(CLASH)
    pairs = among(pairs, withheld == 0)
    pairs = pairs[(released[pairs] < 0).any(axis=1)]
    torn = _torn(components(rows, pairs), released)
    withheld[_bridges(released, pairs[torn[pairs[:, 0]]])] = 1 + WITHHELD.index(BRIDGE)
    component = components(rows, among(pairs, withheld == 0))
    split = np.full(rows, -1)
    np.maximum.at(split, component, released)
    return Settled(withheld, component, split[component])


def among(pairs: NDArray[np.int64], rows: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The pairs of which both rows are marked."""
    return pairs[rows[pairs].all(axis=1)]


def _clashing(released: NDArray[np.int64], pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Released rows that give way to those of a later split: what is tested on stays."""
    gives_way = np.zeros(len(released), dtype=bool)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[(released[both] >= 0).all(axis=1)]
    for split in reversed(range(len(SPLITS))):
        other = both[(released[both[:, 0]] == split) & ~gives_way[both[:, 0]], 1]
        gives_way[other[released[other] < split]] = True
    return np.flatnonzero(gives_way)


def _torn(component: NDArray[np.int64], released: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which rows are in components that hold released rows of different splits."""
    most, least = np.full(len(released), -1), np.full(len(released), len(SPLITS))
    np.maximum.at(most, component, released)
    np.minimum.at(least, component, np.where(released < 0, len(SPLITS), released))
    return np.asarray((most > least)[component])


def _bridges(released: NDArray[np.int64], pairs: NDArray[np.int64]) -> list[int]:
    """New rows that, taken in one by one in their order, would join what is in different splits."""
    beside: dict[int, list[int]] = {}
    for one, other in np.concatenate([pairs, pairs[:, ::-1]]).tolist():
        beside.setdefault(one, []).append(other)
    above = {row: row for row in beside if released[row] >= 0}
    side = {row: int(released[row]) for row in above}
    bridges = []
    for row in sorted(row for row in beside if released[row] < 0):
        tops = {_top(above, other) for other in beside[row] if other in above}
        sides = {side[top] for top in tops} - {-1}
        if len(sides) > 1:
            bridges.append(row)
            continue
        above.update(dict.fromkeys((*tops, row), row))
        side[row] = sides.pop() if sides else -1
    return bridges


def _top(above: dict[int, int], row: int) -> int:
    while above[row] != row:
        above[row] = row = above[above[row]]
    return row
