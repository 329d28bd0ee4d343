"""The learned scores: small networks over pieces in whole numbers, the same on every machine and for every batch.

A piece's features become a hidden vector; the vectors of a piece and its neighbours, and their means over the page,
over what stands before and over what comes after, become a second one; the second vectors of a piece and of pieces
farther off, and their means before and after, become a third. Together they score the labels, and the means over the
page score the page types. Several networks that learned apart are added up.
Weights are integers and activations are cut to one byte, so every sum stays below 2**24, where float32 is exact: the
products run at the speed of floats and their result does not depend on the order of summation, that is, on the batch
or the machine.
"""

from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.once import once

# So many values of a vector enter the means before and after a piece; those of all would cost as much as the products.
POOLED = 16
# Neighbours whose first vectors enter the second, and those whose second vectors enter the third.
NEAR = (-2, -1, 0, 1, 2)
FAR = (-4, -2, -1, 0, 1, 2, 4)
PAGE_TYPES = ("article", "listing", "other")
# Fixed point: how many steps make 1.0 in activations, in the weights of each layer, and in the final scores.
ACTIVATION, PIECE, AROUND, SCORE = 64, 1024, 512, 256
TOP = 255

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Network(NamedTuple):
    """One network; a last row that is added always is written `+ 1`.

    Attributes:
        near: (offsets of NEAR, hidden, second).
        near_edge: (offsets of NEAR, second), added where a page has no piece at an offset.
        page: (hidden + 1, second), for the mean over the page.
        past: (POOLED, second), for the mean over what stands before; `rest`, over what comes after.
        far: (offsets of FAR, second, third).
        far_edge: (offsets of FAR + 1, third), added where a page has no piece at an offset.
        far_past: (POOLED, third), as `past`; `far_rest` as `rest`.
        label: (hidden + second + third + 1, labels).
        type: (second + third + 1, page types).
    """

    near: Floats
    near_edge: Floats
    page: Floats
    past: Floats
    rest: Floats
    far: Floats
    far_edge: Floats
    far_past: Floats
    far_rest: Floats
    label: Floats
    type: Floats


class Weights(NamedTuple):
    """What `make model` learns; whole numbers, in float32 where they enter products.

    Attributes:
        names: the features, in the order of the rows of `piece`.
        piece: (features + 1, hidden of all networks side by side), the last row added always.
        networks: what makes scores of the hidden vectors; their scores are added.
        after: (labels, labels), from the label before.
    """

    names: tuple[str, ...]
    piece: Floats
    networks: tuple[Network, ...]
    after: NDArray[np.int32]


def parse(text: str) -> Weights:
    """Read a weights file: rows of a table name, a row name and integers, apart by tabs.

    Tables of a network carry its number: `near 0`.
    """
    tables: dict[str, list[list[str]]] = {}
    names = []
    for line in text.splitlines():
        table, name, *values = line.split("\t")
        tables.setdefault(table, []).append(values)
        if table == "piece":
            names.append(name)
    read = {table: np.array(values, dtype=np.int32) for table, values in tables.items()}
    exact = {table: values.astype(np.float32) for table, values in read.items()}
    count = sum(table.startswith("near ") for table in tables)
    networks = [Network(*(exact[f"{table} {number}"] for table in Network._fields)) for number in range(count)]
    shaped = (
        net._replace(
            near=net.near.reshape(len(NEAR), -1, net.near.shape[1]), far=net.far.reshape(len(FAR), -1, net.far.shape[1])
        )
        for net in networks
    )
    return Weights(tuple(names[:-1]), exact["piece"], tuple(shaped), read["after"])


@once
def weights() -> Weights:
    """The weights that ship."""
    return parse(files("corpus.zones").joinpath("weights.tsv").read_text(encoding="utf-8"))


def scores(table: Flags, page: Ints, learned: Weights) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Score the labels of pieces and the types of their pages; fastest for some thousand pieces at a time.

    Args:
        table: the features named in `learned.names`, shape (features, pieces).
        page: the page of each piece, ascending, shape (pieces,).
        learned: the weights.

    Returns:
        Scores of labels, shape (pieces, labels), and of page types, shape (pages that have a piece, types).
    """
    begins = np.flatnonzero(np.diff(page, prepend=-1))
    hidden = table.astype(np.float32).T @ learned.piece[:-1]
    hidden += learned.piece[-1]
    _cut(hidden, PIECE // ACTIVATION)
    label = np.zeros((len(page), len(learned.after)), dtype=np.float32)
    kind = np.zeros((len(begins), len(PAGE_TYPES)), dtype=np.float32)
    for first, net in zip(np.array_split(hidden, len(learned.networks), axis=1), learned.networks, strict=True):
        _add(label, kind, np.ascontiguousarray(first), page, begins, net)
    return _divide(label, ACTIVATION).astype(np.int32), kind.astype(np.int32)


def _add(label: Floats, kind: Floats, first: Floats, page: Ints, begins: Ints, net: Network) -> None:
    """Add the scores of one network."""
    size = np.diff(begins, append=len(page))
    second = np.repeat(_mean(first, begins, size) @ net.page[:-1] + net.page[-1], size, axis=0)
    _beside(second, first, begins, size, net.past, net.rest)
    _across(second, first, page, NEAR, net.near, net.near_edge)
    _cut(second, AROUND)
    third = np.repeat(net.far_edge[-1:], len(page), axis=0)
    _beside(third, second, begins, size, net.far_past, net.far_rest)
    _across(third, second, page, FAR, net.far, net.far_edge)
    _cut(third, AROUND)
    at = [0, first.shape[1], first.shape[1] + second.shape[1], -1]
    for values, (begin, end) in zip((first, second, third), pairwise(at), strict=True):
        label += values @ net.label[begin:end]
    label += net.label[-1]
    means = np.hstack([_mean(second, begins, size), _mean(third, begins, size)])
    kind += means @ net.type[:-1] + net.type[-1]


def _divide(sums: Floats, step: int) -> Floats:
    """Divide by a power of two, which is exact, and round down, in place."""
    sums *= np.float32(1 / step)
    return np.floor(sums, out=sums)


def _cut(sums: Floats, step: int) -> None:
    """Divide by a power of two and cut to one byte, in place; the activation function."""
    np.clip(_divide(sums, step), 0, TOP, out=sums)


def _mean(values: Floats, begins: Ints, size: Ints) -> Floats:
    """The mean over each page, rounded down."""
    if not len(begins):
        return values
    # Sums of so many bytes are exact in float32, and twice as fast as in float64; a longer page is summed in parts.
    most = 1 << 16
    part = begins if size.max() <= most else np.unique(np.concatenate([begins, np.arange(0, len(values), most)]))
    total = np.add.reduceat(values, part, axis=0).astype(np.float64)
    if len(part) > len(begins):
        total = np.add.reduceat(total, np.searchsorted(part, begins), axis=0)
    return np.floor(total / size[:, None]).astype(np.float32)


def _beside(total: Floats, values: Floats, begins: Ints, size: Ints, past: Floats, rest: Floats) -> None:
    """Add to each piece what the means over the pieces before and after it in its page give, rounded down."""
    if not len(begins):
        return
    # Sums of more bytes than that are not exact in float32, which is five times as fast.
    kind = np.float32 if len(values) <= 1 << 16 else np.float64
    through: NDArray[np.floating] = np.cumsum(values[:, :POOLED], axis=0, dtype=kind)
    ends = through[begins + size - 1]
    sums = np.diff(ends, axis=0, prepend=0)
    through -= np.repeat(ends - sums, size, axis=0)
    count = np.arange(len(values)) - np.repeat(begins, size)
    total += _among(through - values[:, :POOLED], count) @ past
    total += _among(np.repeat(sums, size, axis=0) - through, np.repeat(size, size) - count - 1) @ rest


def _among(sums: NDArray[np.floating], count: Ints) -> Floats:
    """Divide by how many there are and round down, in place; the mean of none is 0."""
    sums /= np.maximum(count, 1).astype(sums.dtype)[:, None]
    return np.floor(sums, out=sums).astype(np.float32, copy=False)


def _across(total: Floats, values: Floats, page: Ints, offsets: tuple[int, ...], across: Floats, edge: Floats) -> None:
    """Add to each piece what the vectors at the offsets from it give, and the edge where its page has none there."""
    count = len(page)
    for offset, matrix, missing in zip(offsets, across, edge, strict=False):
        near = min(abs(offset), count)
        here = slice(max(0, -offset), count - max(0, offset)) if near < count else slice(0, 0)
        there = slice(max(0, offset), count - max(0, -offset)) if near < count else slice(0, 0)
        product = values[there] @ matrix
        product[np.flatnonzero(page[here] != page[there])] = missing
        total[here] += product
        total[: here.start] += missing
        total[here.stop :] += missing


def sums_are_exact(learned: Weights) -> bool:
    """Whether no sum of the networks can reach 2**24, whatever the page."""
    largest = [float(np.abs(learned.piece).sum(0).max())]
    label = kind = 0.0
    for net in learned.networks:
        pooled = np.abs(net.page[:-1]).sum(0) + np.abs(net.past).sum(0) + np.abs(net.rest).sum(0)
        second = TOP * (np.abs(net.near).sum((0, 1)) + pooled)
        pooled = np.abs(net.far_past).sum(0) + np.abs(net.far_rest).sum(0)
        third = TOP * (np.abs(net.far).sum((0, 1)) + pooled) + np.abs(net.far_edge).sum(0)
        largest += [float((second + np.abs(net.near_edge).sum(0) + np.abs(net.page[-1])).max()), float(third.max())]
        label += TOP * np.abs(net.label[:-1]).sum(0) + np.abs(net.label[-1])
        kind += TOP * np.abs(net.type[:-1]).sum(0) + np.abs(net.type[-1])
    return max(*largest, float(np.max(label)), float(np.max(kind))) < 2**24
