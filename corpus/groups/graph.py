"""Pairs and what hangs together by them: the few graph operations of the whole-corpus stages, over arrays."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_HUBS = 4  # members of a long run to which all others are compared, besides as many before each


def earlier(
    keys: NDArray[np.uint64] | NDArray[np.int64], positions: NDArray[np.int64], within: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Pair positions with earlier ones of the same key.

    Args:
        keys: sorted.
        positions: those to be paired; all of them for all pairs.
        within: runs of up to so many equal keys are paired completely. In longer ones each position is paired with the
            first four and with the four before it, so that the number of pairs stays linear.

    Yields:
        Earlier and later positions.
    """
    new = np.append(True, keys[1:] != keys[:-1])[: len(keys)]
    starts = np.flatnonzero(new)
    run = np.cumsum(new)[positions] - 1
    start = starts[run]
    long = np.diff(np.append(starts, len(keys)))[run] > within
    for distance in range(1, within):
        there = (positions - distance >= start) & (~long | (distance <= _HUBS))
        positions, start, long = positions[there], start[there], long[there]
        if distance == _HUBS:
            for hub in range(_HUBS):
                apart = long & (start + hub < positions - _HUBS)
                yield start[apart] + hub, positions[apart]
        if not len(positions):
            return
        yield positions - distance, positions


def unique_pairs(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of nodes, each once, the smaller node first, in order; shape (pairs, 2)."""
    if not len(pairs):
        return np.zeros((0, 2), dtype=np.int64)
    nodes = int(pairs.max()) + 1
    packed = np.sort(pairs.min(axis=1) * nodes + pairs.max(axis=1))
    packed = packed[np.append(True, packed[1:] != packed[:-1])]  # np.unique hashes, which is slower here
    both = np.stack([packed // nodes, packed % nodes], axis=1)
    return both[both[:, 0] != both[:, 1]]


def components(nodes: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Name each node's component by its smallest node, shape (nodes,).

    >>> components(5, np.array([[3, 1], [4, 3]])).tolist()
    [0, 1, 2, 1, 1]
    """
    name = np.arange(nodes)
    one, other = pairs[:, 0], pairs[:, 1]
    while True:
        a, b = name[one], name[other]
        apart = a != b
        if not apart.any():
            return name
        one, other, a, b = one[apart], other[apart], a[apart], b[apart]
        np.minimum.at(name, np.maximum(a, b), np.minimum(a, b))
        while True:
            shorter = name[name]
            if np.array_equal(shorter, name):
                break
            name = shorter
