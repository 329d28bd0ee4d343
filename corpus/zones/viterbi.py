"""The best label sequence of every page of a batch at once."""

import numpy as np
from numpy.typing import NDArray

# Pages of similar length are decoded side by side, a bounded number of cells at a time.
_CELLS = 1 << 15
# Longer pages are decoded in stretches of this many pieces: time stays linear and even.
_STRETCH = 1024


def decode(scores: NDArray[np.int32], page: NDArray[np.int64], transitions: NDArray[np.int32]) -> NDArray[np.int64]:
    """Find the label sequence of the highest score; ties go to the earlier label.

    Args:
        scores: of each label for each piece, shape (pieces, labels), pieces in page order.
        page: the page of each piece, shape (pieces,).
        transitions: from label to label, shape (labels, labels).

    Returns:
        Labels, shape (pieces,).
    """
    best = np.zeros(len(page), dtype=np.int64)
    starts = _starts(page)
    sizes = np.diff(np.append(starts, len(page)))
    order = np.argsort(-sizes, kind="stable")
    done = 0
    while done < len(order):
        group = order[done : done + max(1, _CELLS // int(sizes[order[done]]))]
        _decode_group(scores, starts[group], sizes[group], transitions, best)
        done += len(group)
    return best


def _starts(page: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the stretches begin: at every page, and within long pages."""
    first = np.searchsorted(page, page)
    return np.flatnonzero((np.arange(len(page)) - first) % _STRETCH == 0)


def _decode_group(
    scores: NDArray[np.int32],
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    transitions: NDArray[np.int32],
    best: NDArray[np.int64],
) -> None:
    """Viterbi over stretches of falling length side by side; a stretch leaves the front when it ends."""
    into = np.ascontiguousarray(transitions.T)[None]
    came: list[NDArray[np.int64]] = []
    score = scores[starts]
    for step in range(1, int(sizes[0])):
        alive = int(np.searchsorted(-sizes, -step, side="left"))
        paths = score[:alive, None, :] + into
        back = paths.argmax(axis=2)
        came.append(back)
        score[:alive] = np.take_along_axis(paths, back[:, :, None], axis=2)[:, :, 0] + scores[starts[:alive] + step]
    label = score.argmax(axis=1)
    best[starts + sizes - 1] = label
    for step in range(int(sizes[0]) - 1, 0, -1):
        back = came[step - 1]
        alive = len(back)
        label[:alive] = np.take_along_axis(back, label[:alive, None], axis=1)[:, 0]
        best[starts[:alive] + step - 1] = label[:alive]
