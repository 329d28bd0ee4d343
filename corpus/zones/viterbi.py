"""The best label sequence of every page of a batch at once."""

import numpy as np
from numpy.typing import NDArray

from corpus.zones.alphabet import Ints

# Longer pages are decoded in stretches of this many pieces: time stays linear and even.
_STRETCH = 1024

Scores = NDArray[np.int32]


def decode(scores: Scores, page: Ints, transitions: Scores) -> Ints:
    """Find the label sequence of the highest score; ties go to the earlier label.

    All pages are decoded side by side, the longest first; a page leaves the front when it ends. The way forward keeps
    the scores alone; which label they came from is asked on the way back, of one label a piece instead of all.

    Args:
        scores: of each label for each piece, shape (pieces, labels), pieces in page order.
        page: the page of each piece, shape (pieces,).
        transitions: from label to label, shape (labels, labels).

    Returns:
        Labels, shape (pieces,).
    """
    best = np.zeros(len(page), dtype=np.int64)
    starts = _starts(page)
    sizes = np.diff(starts, append=len(page))
    order = np.argsort(-sizes, kind="stable")
    starts, sizes = starts[order], sizes[order]
    if not len(starts):
        return best
    fronts = _forward(scores, starts, sizes, transitions)
    label = np.zeros(len(starts), dtype=np.int64)
    into = np.ascontiguousarray(transitions.T)
    for step in range(len(fronts) - 1, -1, -1):
        front = fronts[step].T
        on = len(fronts[step + 1].T) if step + 1 < len(fronts) else 0
        label[on : len(front)] = front[on:].argmax(axis=1)
        label[:on] = (front[:on] + into[label[:on]]).argmax(axis=1)
        best[starts[: len(front)] + step] = label[: len(front)]
    return best


def _starts(page: Ints) -> Ints:
    """Where the stretches begin: at every page, and within long pages."""
    first = np.flatnonzero(np.diff(page, prepend=-1))
    sizes = np.diff(first, append=len(page))
    return np.flatnonzero((np.arange(len(page)) - np.repeat(first, sizes)) % _STRETCH == 0)


def _forward(scores: Scores, starts: Ints, sizes: Ints, transitions: Scores) -> list[Scores]:
    """The best score of a path that ends in each label, step by step, each of shape (labels, stretches that go on)."""
    fronts = [np.ascontiguousarray(scores[starts].T)]
    for step in range(1, int(sizes[0])):
        alive = int(np.searchsorted(-sizes, -step))
        paths = fronts[-1][:, None, :alive] + transitions[:, :, None]
        front = paths.max(axis=0)
        front += scores[starts[:alive] + step].T
        fronts.append(front)
    return fronts
