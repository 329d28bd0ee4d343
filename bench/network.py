"""Train the segmenter's network with JAX: likelihood of a linear chain over its scores, Adam, dropout, fixed seeds.

The same network as `corpus/zones/network.py`, in floats and over padded pages; `layout` rounds it to the integers
that ship.
One thread and fixed shapes: the same machine gives the same bits.
"""

import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from corpus.schema import labels
from corpus.zones.network import ACTIVATION, AROUND, OFFSETS, PAGE_TYPES, PIECE, SCORE, TOP

Network = dict[str, Any]
# Sizes of the two hidden vectors of one network, and the seeds of those that are averaged into the one that ships.
HIDDEN, SECOND, SEEDS = 64, 48, (0, 1)
# Learning: passes over the data, top of the learning rate, dropout of features and of hidden values, weight decay,
# weight of the page type beside the labels. Chosen by cross-validation over layouts.
EPOCHS, RATE, FEATURE_DROPOUT, DROPOUT, DECAY, TYPE_WEIGHT = 40, 2e-3, 0.1, 0.2, 1e-4, 0.5
# Pages are padded to a few lengths, so that few shapes are compiled: (pieces, pages in a batch).
SHAPES = ((16, 64), (48, 24), (128, 8), (512, 2))


class Example(NamedTuple):
    """One page: features (pieces, features), labels (pieces,), page type, weight."""

    features: NDArray[np.float32]
    labels: NDArray[np.int64]
    kind: int
    weight: float


class Batch(NamedTuple):
    """Padded pages; `mask` is 1 where there is a piece."""

    features: NDArray[np.float32]
    mask: NDArray[np.float32]
    labels: NDArray[np.int32]
    kind: NDArray[np.int32]
    weight: NDArray[np.float32]


def _start(width: int, seed: int) -> Network:
    keys = jax.random.split(jax.random.PRNGKey(seed), 6)

    def normal(number: int, shape: tuple[int, ...], inputs: float) -> jax.Array:
        return jax.random.normal(keys[number], shape) / np.sqrt(inputs)

    return {
        "piece": normal(0, (width, HIDDEN), width * 0.3),
        "piece+": jnp.zeros(HIDDEN),
        "around": normal(1, (len(OFFSETS), HIDDEN, SECOND), HIDDEN * len(OFFSETS)),
        "edge": jnp.zeros((len(OFFSETS), SECOND)),
        "page": normal(2, (HIDDEN, SECOND), HIDDEN * 2),
        "page+": jnp.zeros(SECOND),
        "label": normal(3, (SECOND, len(labels())), SECOND),
        "direct": normal(4, (HIDDEN, len(labels())), HIDDEN * 4),
        "direct+": jnp.zeros(len(labels())),
        "after": jnp.zeros((len(labels()), len(labels()))),
        "type": normal(5, (SECOND, len(PAGE_TYPES)), SECOND),
        "type+": jnp.zeros(len(PAGE_TYPES)),
    }


def _cut(values: jax.Array) -> jax.Array:
    return jnp.clip(values, 0.0, TOP / ACTIVATION)


def forward(
    net: Network, features: jax.Array, mask: jax.Array, drop: tuple[Any, Any] = (1.0, 1.0)
) -> tuple[jax.Array, jax.Array]:
    """Scores of labels, (pages, pieces, labels), and of page types, (pages, types)."""
    pieces = features.shape[1]
    count = mask.sum(1, keepdims=True)
    hidden = _cut(features @ net["piece"] + net["piece+"]) * mask[..., None] * drop[0]
    second = ((hidden.sum(1) / count) @ net["page"] + net["page+"])[:, None]
    for number, offset in enumerate(OFFSETS):
        there = jnp.arange(pieces) + offset
        inside = (((there >= 0) & (there < pieces))[None] * jnp.roll(mask, -offset, 1))[..., None]
        second += (jnp.roll(hidden, -offset, 1) * inside) @ net["around"][number] + (1 - inside) * net["edge"][number]
    second = _cut(second) * mask[..., None] * drop[1]
    scores = second @ net["label"] + hidden @ net["direct"] + net["direct+"]
    return scores, (second.sum(1) / count) @ net["type"] + net["type+"]


def chain_likelihood(scores: jax.Array, after: jax.Array, gold: jax.Array, mask: jax.Array) -> jax.Array:
    """Log-likelihood of the gold labels of each page in a linear chain."""
    path = (jnp.take_along_axis(scores, gold[..., None], 2)[..., 0] * mask).sum(1)
    path += (after[gold[:, :-1], gold[:, 1:]] * mask[:, 1:]).sum(1)

    def step(total: jax.Array, piece: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, None]:
        score, real = piece
        longer = jax.nn.logsumexp(total[:, :, None] + after[None], 1) + score
        return jnp.where(real[:, None] > 0, longer, total), None

    rest = (jnp.moveaxis(scores[:, 1:], 1, 0), jnp.moveaxis(mask[:, 1:], 1, 0))
    total, _ = jax.lax.scan(step, scores[:, 0], rest)
    return path - jax.nn.logsumexp(total, 1)


def _loss(net: Network, batch: Batch, key: jax.Array) -> jax.Array:
    keys = jax.random.split(key, 3)
    seen = batch.features * jax.random.bernoulli(keys[0], 1 - FEATURE_DROPOUT, batch.features.shape)
    kept = 1 - DROPOUT
    drop = (
        jax.random.bernoulli(keys[1], kept, (len(batch.mask), 1, HIDDEN)) / kept,
        jax.random.bernoulli(keys[2], kept, (*batch.mask.shape, SECOND)) / kept,
    )
    scores, kinds = forward(net, seen, batch.mask, drop)
    missed = -chain_likelihood(scores, net["after"], batch.labels, batch.mask)
    missed -= TYPE_WEIGHT * jnp.take_along_axis(jax.nn.log_softmax(kinds), batch.kind[:, None], 1)[:, 0]
    decay = sum((value**2).sum() for name, value in net.items() if name[-1] != "+" and name != "edge")
    return (missed * batch.weight).mean() + DECAY * decay


@partial(jax.jit)
def _step(state: tuple[Network, Network, Network], time: float, batch: Batch, key: jax.Array, rate: float) -> Any:
    """One step of Adam."""
    net, first, second = state
    slope = jax.grad(_loss)(net, batch, key)
    first = jax.tree.map(lambda old, new: 0.9 * old + 0.1 * new, first, slope)
    second = jax.tree.map(lambda old, new: 0.999 * old + 0.001 * new**2, second, slope)
    one, two = 1 - 0.9**time, 1 - 0.999**time
    net = jax.tree.map(lambda at, m, v: at - rate * (m / one) / (jnp.sqrt(v / two) + 1e-8), net, first, second)
    return net, first, second


def _shape(pieces: int) -> tuple[int, int]:
    return next(((length, pages) for length, pages in SHAPES if pieces <= length), (pieces, 1))


def batches(sizes: list[int], order: NDArray[np.int64]) -> list[list[int]]:
    """Page numbers in groups of one shape each."""
    groups: dict[int, list[int]] = {}
    for number in order.tolist():
        groups.setdefault(_shape(sizes[number])[0], []).append(number)
    return [
        numbers[begin : begin + _shape(length)[1]]
        for length, numbers in groups.items()
        for begin in range(0, len(numbers), _shape(length)[1])
    ]


def _collate(examples: list[Example]) -> Batch:
    length, pages = _shape(max(len(example.labels) for example in examples))
    width = examples[0].features.shape[1]
    batch = Batch(
        np.zeros((pages, length, width), np.float32),
        np.zeros((pages, length), np.float32),
        np.zeros((pages, length), np.int32),
        np.zeros(pages, np.int32),
        np.zeros(pages, np.float32),
    )
    batch.mask[:, 0] = 1  # an empty place must not divide by zero; its weight is zero
    for row, example in enumerate(examples):
        pieces = len(example.labels)
        batch.features[row, :pieces] = example.features
        batch.mask[row, :pieces] = 1
        batch.labels[row, :pieces] = example.labels
        batch.kind[row], batch.weight[row] = example.kind, example.weight
    return batch


def fit(examples: list[Example], seed: int = 0, epochs: int = EPOCHS) -> Network:
    """Train on pages."""
    net = _start(examples[0].features.shape[1], seed)
    state = (net, jax.tree.map(jnp.zeros_like, net), jax.tree.map(jnp.zeros_like, net))
    dice = np.random.default_rng(seed)
    key = jax.random.PRNGKey(seed + 1)
    sizes = [len(example.labels) for example in examples]
    steps = epochs * len(batches(sizes, np.arange(len(sizes))))
    time = 0
    for _ in range(epochs):
        groups = batches(sizes, dice.permutation(len(sizes)))
        for number in dice.permutation(len(groups)):
            time += 1
            rate = RATE * min(1, time / 50) * max(0.02, 0.5 * (1 + np.cos(np.pi * time / steps)))
            batch = _collate([examples[page] for page in groups[number]])
            state = _step(state, float(time), batch, jax.random.fold_in(key, time), rate)
    return jax.tree.map(np.asarray, state[0])


def averaged(nets: list[Network]) -> Network:
    """One network that scores as several do on average: their hidden vectors side by side."""
    share = 1 / len(nets)

    def beside(name: str) -> NDArray[np.float64]:
        return np.concatenate([np.asarray(net[name], np.float64) for net in nets], axis=-1)

    def stacked(name: str) -> NDArray[np.float64]:
        return np.concatenate([np.asarray(net[name], np.float64) * share for net in nets])

    def mean(name: str) -> NDArray[np.float64]:
        return np.sum([np.asarray(net[name], np.float64) * share for net in nets], axis=0)

    def blocks(name: str) -> NDArray[np.float64]:
        parts = [np.asarray(net[name], np.float64) for net in nets]
        high, wide = parts[0].shape[-2:]
        whole = np.zeros((*parts[0].shape[:-2], high * len(nets), wide * len(nets)))
        for number, part in enumerate(parts):
            whole[..., number * high : (number + 1) * high, number * wide : (number + 1) * wide] = part
        return whole

    return {
        **{name: beside(name) for name in ("piece", "piece+", "edge", "page+")},
        **{name: blocks(name) for name in ("around", "page")},
        **{name: stacked(name) for name in ("label", "direct", "type")},
        **{name: mean(name) for name in ("direct+", "after", "type+")},
    }


def layout(net: Network, names: list[str]) -> str:
    """Round a network to integers, as the text of a weights file."""
    across, marks = ACTIVATION * AROUND, list(labels())
    scale = {"piece": PIECE, "piece+": PIECE, "around": AROUND, "edge": across, "page": AROUND, "page+": across,
             "label": SCORE, "direct": SCORE, "direct+": ACTIVATION * SCORE, "after": SCORE,
             "type": SCORE, "type+": ACTIVATION * SCORE}  # fmt: skip
    whole = {name: np.rint(np.asarray(net[name], np.float64) * scale[name]).astype(np.int64) for name in scale}
    inner, outer = ([f"{n}" for n in range(size)] for size in whole["page"].shape)
    rows = [
        ("piece", [*names, "always"], np.vstack([whole["piece"], whole["piece+"]])),
        ("around", [f"{at:+d}/{n}" for at in OFFSETS for n in inner], whole["around"].reshape(-1, len(outer))),
        ("edge", [f"{at:+d}" for at in OFFSETS], whole["edge"]),
        ("page", [*inner, "always"], np.vstack([whole["page"], whole["page+"]])),
        ("label", outer, whole["label"]),
        ("direct", [*inner, "always"], np.vstack([whole["direct"], whole["direct+"]])),
        ("after", marks, whole["after"]),
        ("type", [*outer, "always"], np.vstack([whole["type"], whole["type+"]])),
    ]
    return "".join(
        "\t".join([table, name, *map(str, values)]) + "\n"
        for table, names_of, matrix in rows
        for name, values in zip(names_of, matrix.tolist(), strict=True)
    )
