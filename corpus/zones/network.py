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
Flags = NDArray[np.bool_]


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


def scores(table: Flags, page: NDArray[np.int64], learned: Weights) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Score the labels of pieces and the types of their pages; fastest for some thousand pieces at a time.

    Args:
        table: the features named in `learned.names`, shape (features, pieces).
        page: the page of each piece, ascending.
        learned: the weights.

    Returns:
        Scores of labels, shape (pieces, labels), and of page types, shape (pages that have a piece, types).
    """
    first = np.flatnonzero(np.diff(page, prepend=-1))
    size = np.diff(first, append=len(page))
    hidden = table.astype(np.float32).T @ learned.piece[:-1]
    hidden += learned.piece[-1]
    _cut(hidden, PIECE // ACTIVATION)
    whole = _mean(hidden, first, size) @ learned.page[:-1] + learned.page[-1]
    second = np.repeat(whole, size, axis=0)
    _add_neighbours(second, hidden, page, learned)
    _cut(second, AROUND)
    label = second @ learned.label
    label += hidden @ learned.direct[:-1]
    label += learned.direct[-1]
    kind = _mean(second, first, size) @ learned.type[:-1] + learned.type[-1]
    return _divide(label, ACTIVATION).astype(np.int32), kind.astype(np.int32)


def _divide(sums: Floats, step: int) -> Floats:
    """Divide by a power of two, which is exact, and round down, in place."""
    sums *= np.float32(1 / step)
    return np.floor(sums, out=sums)


def _cut(sums: Floats, step: int) -> None:
    """Divide by a power of two and cut to one byte, in place; the activation function."""
    np.clip(_divide(sums, step), 0, TOP, out=sums)


def _mean(values: Floats, first: NDArray[np.int64], size: NDArray[np.int64]) -> Floats:
    """The mean over each page, rounded down."""
    if not len(first):
        return values
    # Sums of so many bytes are exact in float32, and twice as fast as in float64; a longer page is summed in parts.
    most = 1 << 16
    part = first if size.max() <= most else np.unique(np.concatenate([first, np.arange(0, len(values), most)]))
    total = np.add.reduceat(values, part, axis=0).astype(np.float64)
    if len(part) > len(first):
        total = np.add.reduceat(total, np.searchsorted(part, first), axis=0)
    return np.floor(total / size[:, None]).astype(np.float32)


def _add_neighbours(second: Floats, hidden: Floats, page: NDArray[np.int64], learned: Weights) -> None:
    """Add what each piece's neighbours say of it, or what it says that there are none."""
    count = len(page)
    for offset, across, edge in zip(OFFSETS, learned.around, learned.edge, strict=True):
        near = min(abs(offset), count)
        here = slice(max(0, -offset), count - max(0, offset)) if near < count else slice(0, 0)
        there = slice(max(0, offset), count - max(0, -offset)) if near < count else slice(0, 0)
        crossed = np.flatnonzero(page[here] != page[there])
        for inputs, outputs in _blocks(across):
            product = hidden[there, inputs] @ across[inputs, outputs]
            product[crossed] = edge[outputs]
            second[here, outputs] += product
        second[: here.start] += edge
        second[here.stop :] += edge


def _blocks(across: Floats) -> list[tuple[slice, slice]]:
    """The rows and columns of equal blocks on the diagonal outside of which all is zero: networks side by side."""
    high, wide = across.shape
    for count in (4, 3, 2):
        rows, columns = high // count, wide // count
        blocks = [(slice(n * rows, (n + 1) * rows), slice(n * columns, (n + 1) * columns)) for n in range(count)]
        if count * rows == high and count * columns == wide:
            inside = sum(np.count_nonzero(across[block]) for block in blocks)
            if inside == np.count_nonzero(across):
                return blocks
    return [(slice(None), slice(None))]


def sums_are_exact(learned: Weights) -> bool:
    """Whether no sum of the network can reach 2**24, whatever the page."""
    second = TOP * (np.abs(learned.around).sum((0, 1)) + np.abs(learned.page[:-1]).sum(0))
    second += np.abs(learned.edge).sum(0) + np.abs(learned.page[-1])
    label = TOP * (np.abs(learned.label).sum(0) + np.abs(learned.direct[:-1]).sum(0)) + np.abs(learned.direct[-1])
    largest = max(float(np.abs(learned.piece).sum(0).max()), float(second.max()), float(label.max()))
    return largest < 2**24
