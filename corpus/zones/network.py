"""The learned scores: a small network over pieces in whole numbers, the same on every machine and for every batch.

A piece's features become a hidden vector; the vectors of a piece and its neighbours, and the mean over the page, become
a second one; that scores the labels, and its mean over the page scores the page types. Weights are integers and
activations are cut to one byte, so every sum stays below 2**24, where float32 is exact: the products run at the
speed of floats and their result does not depend on the order of summation, that is, on the batch or the machine.
"""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Neighbours that a piece is scored with.
OFFSETS = (-2, -1, 0, 1, 2)
PAGE_TYPES = ("article", "listing", "other")
# Fixed point: how many steps make 1.0 in activations, in the weights of each layer, and in the final scores.
ACTIVATION, PIECE, AROUND, SCORE = 64, 1024, 512, 256
TOP = 255

Floats = NDArray[np.float32]


class Weights(NamedTuple):
    """What `make model` learns; whole numbers, in float32 where they enter products.

    Attributes:
        names: the features, in the order of the rows of `piece`.
        piece: (features + 1, hidden), the last row added always.
        around: (offsets, hidden, second).
        edge: (offsets, second), added where a page has no piece at an offset.
        page: (hidden + 1, second), for the mean over the page; the last row added always.
        label: (second, labels).
        direct: (hidden + 1, labels), from the first hidden vector; the last row added always.
        after: (labels, labels), from the label before.
        type: (second + 1, page types).
    """

    names: tuple[str, ...]
    piece: Floats
    around: Floats
    edge: Floats
    page: Floats
    label: Floats
    direct: Floats
    after: NDArray[np.int32]
    type: Floats


def parse(text: str) -> Weights:
    """Read a weights file: rows of a table name, a row name and integers, apart by tabs."""
    tables: dict[str, list[list[str]]] = {}
    names = []
    for line in text.splitlines():
        table, name, *values = line.split("\t")
        tables.setdefault(table, []).append(values)
        if table == "piece":
            names.append(name)
    read = {table: np.array(values, dtype=np.int32) for table, values in tables.items()}
    exact = {table: values.astype(np.float32) for table, values in read.items()}
    hidden = read["piece"].shape[1]
    return Weights(
        tuple(names[:-1]),
        exact["piece"],
        exact["around"].reshape(len(OFFSETS), hidden, -1),
        exact["edge"],
        exact["page"],
        exact["label"],
        exact["direct"],
        read["after"],
        exact["type"],
    )


@cache
def weights() -> Weights:
    """The weights that ship."""
    return parse(files("corpus.zones").joinpath("weights.tsv").read_text(encoding="utf-8"))


def scores(table: Floats, page: NDArray[np.int64], learned: Weights) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Score the labels of pieces and the types of their pages.

    Args:
        table: the features named in `learned.names`, shape (features, pieces), 0 or 1.
        page: the page of each piece, ascending.
        learned: the weights.

    Returns:
        Scores of labels, shape (pieces, labels), and of page types, shape (pages that have a piece, types).
    """
    first = np.flatnonzero(np.diff(page, prepend=-1))
    size = np.diff(np.append(first, len(page)))
    hidden = _cut(table.T @ learned.piece[:-1] + learned.piece[-1], PIECE // ACTIVATION)
    second = (_mean(hidden, first, size) @ learned.page[:-1] + learned.page[-1])[np.repeat(np.arange(len(size)), size)]
    _add_neighbours(second, hidden, page, learned)
    second = _cut(second, AROUND)
    label = second @ learned.label + hidden @ learned.direct[:-1] + learned.direct[-1]
    kind = _mean(second, first, size) @ learned.type[:-1] + learned.type[-1]
    return (label // ACTIVATION).astype(np.int32), kind.astype(np.int32)


def _cut(sums: Floats, step: int) -> Floats:
    """Divide by a power of two and cut to one byte, in place; the activation function."""
    sums *= np.float32(1 / step)
    np.floor(sums, out=sums)
    return np.clip(sums, 0, TOP, out=sums)


def _mean(values: Floats, first: NDArray[np.int64], size: NDArray[np.int64]) -> Floats:
    """The mean over each page, rounded down."""
    if not len(first):
        return values
    total = np.add.reduceat(values, first, dtype=np.float64)
    return np.floor(total / size[:, None]).astype(np.float32)


def _add_neighbours(second: Floats, hidden: Floats, page: NDArray[np.int64], learned: Weights) -> None:
    count = len(page)
    for offset, across, edge in zip(OFFSETS, learned.around, learned.edge, strict=True):
        product = hidden @ across
        near = min(abs(offset), count)
        here = slice(max(0, -offset), count - max(0, offset)) if near < count else slice(0, 0)
        there = slice(max(0, offset), count - max(0, -offset)) if near < count else slice(0, 0)
        second[here] += product[there]
        crossed = np.flatnonzero(page[here] != page[there])
        second[crossed + here.start] += edge - product[crossed + there.start]
        outside = np.ones(count, dtype=bool)
        outside[here] = False
        second[outside] += edge


def sums_are_exact(learned: Weights) -> bool:
    """Whether no sum of the network can reach 2**24, whatever the page."""
    second = TOP * (np.abs(learned.around).sum((0, 1)) + np.abs(learned.page[:-1]).sum(0))
    second += np.abs(learned.edge).sum(0) + np.abs(learned.page[-1])
    label = TOP * (np.abs(learned.label).sum(0) + np.abs(learned.direct[:-1]).sum(0)) + np.abs(learned.direct[-1])
    largest = max(float(np.abs(learned.piece).sum(0).max()), float(second.max()), float(label.max()))
    return largest < 2**24
