"""What is looked at of pieces: short ones whole, long ones by both ends."""

from typing import NamedTuple

import numpy as np

from corpus.zones.alphabet import SEAM, Ints, Symbols, alphabet
from corpus.zones.lines import Rows

# A long piece is looked at in its first and last characters only.
SHORT, HEAD, TAIL = 160, 60, 60


class View(NamedTuple):
    """The symbols of the pieces of a stretch, as they lie in the text; between pieces stand only spaces.

    The middle of a long piece is overwritten: one seam before the tail, the symbol `hidden` before that.

    Attributes:
        symbols: shape (n,).
        begin: where each piece begins, shape (pieces,).
        end: where it ends, shape (pieces,).
        hidden: how many symbols of it are hidden, shape (pieces,).
        page: its page, shape (pieces,).
    """

    symbols: Symbols
    begin: Ints
    end: Ints
    hidden: Ints
    page: Ints


def view(rows: Rows) -> View:
    """Look at pieces."""
    size = rows.end - rows.start
    first, last = (rows.at[0], rows.at[-1] + size[-1]) if len(size) else (0, 0)
    symbols = rows.symbols[first:last].copy()
    begin = rows.at - first
    end = begin + size
    hidden = np.where(size > SHORT, size - HEAD - TAIL - 1, 0)
    long = np.flatnonzero(hidden)
    seam = end[long] - TAIL - 1
    count = hidden[long]
    middle = np.repeat(seam - np.cumsum(count), count) + np.arange(count.sum())
    symbols[middle] = alphabet().hidden
    symbols[seam] = alphabet().of(SEAM)[0]
    return View(symbols, begin, end, hidden, rows.page)


def pieces(seen: View) -> Ints:
    """The piece that each symbol belongs to; those between pieces belong to the one before, shape (n,)."""
    return np.repeat(np.arange(len(seen.begin), dtype=np.int32), np.diff(seen.begin, append=len(seen.symbols)))


def folded(seen: View) -> tuple[Symbols, Ints]:
    """The symbols that folding keeps, and where each piece begins among them, shape (pieces + 1,)."""
    known = alphabet()
    kept = (seen.symbols - known.hidden) >= np.uint8(known.kept - known.hidden)  # the first symbols wrap round
    counts = np.add.reduceat(kept.view(np.uint8), seen.begin) if len(seen.begin) else np.zeros(0, dtype=np.int64)
    left = seen.symbols.tobytes().translate(None, bytes(range(known.hidden, known.kept)))
    return np.frombuffer(left, dtype=np.uint8), np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
