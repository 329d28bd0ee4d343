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
from corpus.zones.network import ACTIVATION, AROUND, FAR, NEAR, PAGE_TYPES, PIECE, POOLED, SCORE, TOP

Network = dict[str, Any]
# Sizes of the three vectors of one network, and the seeds of those that are added up into what ships.
HIDDEN, SECOND, THIRD, SEEDS = 64, 48, 48, (2,)
# Learning: passes over the data, top of the learning rate, dropout of features and of hidden values, weight decay,
# weight of the page type beside the labels. Chosen by cross-validation over layouts.
EPOCHS, RATE, FEATURE_DROPOUT, DROPOUT, DECAY, TYPE_WEIGHT = 50, 2e-3, 0.15, 0.25, 1e-4, 0.5
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
    keys = jax.random.split(jax.random.PRNGKey(seed), 10)

    def normal(number: int, shape: tuple[int, ...], inputs: float) -> jax.Array:
        return jax.random.normal(keys[number], shape) / np.sqrt(inputs)

    return {
        "piece": normal(0, (width, HIDDEN), width * 0.3),
        "piece+": jnp.zeros(HIDDEN),
        "near": normal(1, (len(NEAR), HIDDEN, SECOND), HIDDEN * len(NEAR)),
        "near_edge": jnp.zeros((len(NEAR), SECOND)),
        "page": normal(2, (HIDDEN, SECOND), HIDDEN * 2),
        "page+": jnp.zeros(SECOND),
        "past": normal(6, (POOLED, SECOND), POOLED * 3),
        "rest": normal(7, (POOLED, SECOND), POOLED * 3),
        "far": normal(3, (len(FAR), SECOND, THIRD), SECOND * len(FAR)),
        "far_edge": jnp.zeros((len(FAR), THIRD)),
        "far+": jnp.zeros(THIRD),
        "far_past": normal(8, (POOLED, THIRD), POOLED * 3),
        "far_rest": normal(9, (POOLED, THIRD), POOLED * 3),
        "label": normal(4, (HIDDEN + SECOND + THIRD, len(labels())), HIDDEN + SECOND + THIRD),
        "label+": jnp.zeros(len(labels())),
        "after": jnp.zeros((len(labels()), len(labels()))),
        "type": normal(5, (SECOND + THIRD, len(PAGE_TYPES)), SECOND + THIRD),
        "type+": jnp.zeros(len(PAGE_TYPES)),
    }


def _cut(values: jax.Array) -> jax.Array:
    return jnp.clip(values, 0.0, TOP / ACTIVATION)


def _across(values: jax.Array, mask: jax.Array, offsets: tuple[int, ...], across: jax.Array, edge: jax.Array) -> Any:
    """What the vectors at the offsets from each piece give, and the edge where its page has none there."""
    pieces = values.shape[1]
    total = jnp.zeros(())
    for offset, matrix, missing in zip(offsets, across, edge, strict=True):
        there = jnp.arange(pieces) + offset
        inside = (((there >= 0) & (there < pieces))[None] * jnp.roll(mask, -offset, 1))[..., None]
        total += (jnp.roll(values, -offset, 1) * inside) @ matrix + (1 - inside) * missing
    return total


def _beside(values: jax.Array, mask: jax.Array, past: jax.Array, rest: jax.Array) -> Any:
    """What the means over the pieces before and after each piece give."""
    values = values[..., :POOLED]
    through, count = jnp.cumsum(values, 1), jnp.cumsum(mask, 1)[..., None]
    before = (through - values) / jnp.maximum(1, count - 1)
    after = (through[:, -1:] - through) / jnp.maximum(1, count[:, -1:] - count)
    return before @ past + after @ rest


def forward(
    net: Network, features: jax.Array, mask: jax.Array, drop: tuple[Any, Any] = (1.0, 1.0)
) -> tuple[jax.Array, jax.Array]:
    """Scores of labels, (pages, pieces, labels), and of page types, (pages, types)."""
    count = mask.sum(1, keepdims=True)
    first = _cut(features @ net["piece"] + net["piece+"]) * mask[..., None] * drop[0]
    second = ((first.sum(1) / count) @ net["page"] + net["page+"])[:, None]
    second += _beside(first, mask, net["past"], net["rest"])
    second += _across(first, mask, NEAR, net["near"], net["near_edge"])
    second = _cut(second) * mask[..., None] * drop[1]
    third = _across(second, mask, FAR, net["far"], net["far_edge"]) + net["far+"]
    third = _cut(third + _beside(second, mask, net["far_past"], net["far_rest"])) * mask[..., None]
    scores = jnp.concatenate([first, second, third], 2) @ net["label"] + net["label+"]
    means = jnp.concatenate([second, third], 2).sum(1) / count
    return scores, means @ net["type"] + net["type+"]


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
    decay = sum((value**2).sum() for name, value in net.items() if name[-1] != "+" and "edge" not in name)
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


def layout(nets: list[Network], names: list[str]) -> str:
    """Round networks, whose scores are averaged, to integers, as the text of a weights file."""
    across, marks, share = ACTIVATION * AROUND, list(labels()), 1 / len(nets)
    scale = {
        "piece": PIECE, "piece+": PIECE,
        "near": AROUND, "near_edge": across, "page": AROUND, "page+": across, "past": AROUND, "rest": AROUND,
        "far": AROUND, "far_edge": across, "far+": across, "far_past": AROUND, "far_rest": AROUND,
        "label": SCORE * share, "label+": ACTIVATION * SCORE * share, "after": SCORE,
        "type": SCORE * share, "type+": ACTIVATION * SCORE * share,
    }  # fmt: skip

    def whole(net: Network, name: str) -> NDArray[np.int64]:
        found = np.rint(np.asarray(net[name], np.float64) * scale[name]).astype(np.int64)
        return found.reshape(-1, found.shape[-1])

    piece = np.hstack([np.vstack([whole(net, "piece"), whole(net, "piece+")]) for net in nets])
    after = np.rint(sum(np.asarray(net["after"], np.float64) for net in nets) * share * SCORE).astype(np.int64)
    rows: list[tuple[str, list[str], NDArray[np.int64]]] = [("piece", [*names, "always"], piece)]
    for number, net in enumerate(nets):
        first, second, third = (
            [f"{layer}{n}" for n in range(size)] for layer, size in (("a", HIDDEN), ("b", SECOND), ("c", THIRD))
        )
        named = {
            "near": [f"{at:+d}/{n}" for at in NEAR for n in first],
            "near_edge": [f"{at:+d}" for at in NEAR],
            "page": [*first, "always"],
            "past": first[:POOLED],
            "rest": first[:POOLED],
            "far": [f"{at:+d}/{n}" for at in FAR for n in second],
            "far_edge": [*(f"{at:+d}" for at in FAR), "always"],
            "far_past": second[:POOLED],
            "far_rest": second[:POOLED],
            "label": [*first, *second, *third, "always"],
            "type": [*second, *third, "always"],
        }
        always = {"page": "page+", "far_edge": "far+", "label": "label+", "type": "type+"}
        for table, names_of in named.items():
            parts = [whole(net, table), *([whole(net, always[table])] if table in always else [])]
            rows.append((f"{table} {number}", names_of, np.vstack(parts)))
    rows.append(("after", marks, after))
    return "".join(
        "\t".join([table, name, *map(str, values)]) + "\n"
        for table, names_of, matrix in rows
        for name, values in zip(names_of, matrix.tolist(), strict=True)
    )
