"""Which words a piece shares with the text around it: a title of another article talks of other things.

Words are taken by their first eight bytes (four Urdu letters: about a stem) and hashed into a small table a page or a
paragraph; words below that length are mostly grammar and left out. Sharing is counted in whole words.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from corpus.zones.lexicon import lexicon

# Buckets of a page's table and of a paragraph's.
PAGE, PARAGRAPH = 1024, 256
_BYTES = 8
_SLOTS = np.uint64(48)
# The first so many bytes of a key.
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(_BYTES + 1)], dtype=np.uint64)
# Only the beginning of a piece is read, in characters: enough to know its subject, and a bound on the work.
_WINDOW = 240

Ints = NDArray[np.int64]


class Words(NamedTuple):
    """The content words of all pieces.

    Attributes:
        piece: the piece of each word, shape (words,).
        code: ten bits that stand for the word, shape (words,).
        total: content words of each piece, shape (pieces,).
        every: words of each piece, short ones too, shape (pieces,).
        kinds: how many words of each piece are of a kind of the lexicon (grammar, verb, name), each of shape (pieces,).
    """

    piece: Ints
    code: Ints
    total: Ints
    every: Ints
    kinds: dict[str, Ints]


class _Listed(NamedTuple):
    """The words of the lexicon that count as whole words, in both alphabets' letter forms, hashed without collision.

    Attributes:
        kinds: names of the kinds.
        factor: multiplied with a key, the highest bits of the product are its slot.
        keys: the key in each slot, shape (2**16,); 0 where there is none.
        flags: the kinds of the word in each slot, a bit for each, shape (2**16,).
    """

    kinds: tuple[str, ...]
    factor: np.uint64
    keys: NDArray[np.uint64]
    flags: NDArray[np.uint8]


@cache
def _listed() -> _Listed:
    table = str.maketrans("یکہ", "يكه")
    bits: dict[int, int] = {}
    kinds = tuple(zone for zone, where in lexicon() if where == "word")
    for bit, zone in enumerate(kinds):
        for word in lexicon()[zone, "word"]:
            for form in (word, word.translate(table)):
                bits[_key(form)] = bits.get(_key(form), 0) | 1 << bit
    known = np.array(list(bits), dtype=np.uint64)
    odd = (np.uint64((0x9E3779B97F4A7C15 * (2 * number + 1)) % 2**64 | 1) for number in range(1 << 20))
    factor = next(each for each in odd if len(np.unique(known * each >> _SLOTS)) == len(known))
    keys, flags = np.zeros(1 << 16, dtype=np.uint64), np.zeros(1 << 16, dtype=np.uint8)
    slots = known * factor >> _SLOTS
    keys[slots], flags[slots] = known, list(bits.values())
    return _Listed(kinds, factor, keys, flags)


def _key(word: str) -> int:
    return int.from_bytes(word.encode()[:_BYTES], "little")


def words(text: pl.Series) -> Words:
    """Take the words of pieces."""
    begun = pl.DataFrame({"text": text}).select(pl.col("text").str.head(_WINDOW) + "\n")["text"]
    column = begun.to_arrow().cast(pa.large_string())
    if not len(column):
        none = np.zeros(0, dtype=np.int64)
        return Words(none, none, none, none, dict.fromkeys(_listed().kinds, none))
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    data = np.frombuffer(column.buffers()[2], dtype=np.uint8)[offsets[0] : offsets[-1]]
    breaks = np.flatnonzero(data <= 0x20)
    begins = np.concatenate([[0], breaks[:-1] + 1])
    piece = np.repeat(np.arange(len(text)), np.diff(np.searchsorted(begins, offsets - offsets[0])))
    size = breaks - begins
    padded = data.tobytes() + bytes(_BYTES)
    keys = np.ndarray((len(data),), dtype="<u8", buffer=padded, strides=(1,))[begins] & _MASKS[np.minimum(size, _BYTES)]
    count = len(text)
    listed = _listed()
    slots = keys * listed.factor >> _SLOTS
    flags = listed.flags[slots] * (listed.keys[slots] == keys)
    kinds = {
        zone: np.bincount(piece[np.flatnonzero(flags & (1 << bit))], minlength=count)
        for bit, zone in enumerate(listed.kinds)
    }
    every = np.bincount(piece[size > 0], minlength=count)
    long = size >= _BYTES
    code = (keys[long] * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - 10)
    return Words(piece[long], code.astype(np.int64), np.bincount(piece[long], minlength=count), every, kinds)


def shared(found: Words, giver: Ints, asked: Ints, groups: int, buckets: int) -> Ints:
    """Count how many words of each piece stand in the text of a group, in other pieces than itself.

    Args:
        found: the words.
        giver: the group that a piece's words belong to, -1 for none, shape (pieces,).
        asked: the group that a piece is compared with, -1 for none, shape (pieces,).
        groups: number of groups.
        buckets: size of a group's table, a power of two.

    Returns:
        Words shared, shape (pieces,).
    """
    code = found.code & (buckets - 1)
    gives, asks = giver[found.piece], asked[found.piece]
    given = np.flatnonzero(gives >= 0)
    table = np.bincount(gives[given] * buckets + code[given], minlength=groups * buckets)
    asking = np.flatnonzero(asks >= 0)
    own = gives[asking] == asks[asking]
    hit = asking[table[asks[asking] * buckets + code[asking]] > own]
    return np.bincount(found.piece[hit], minlength=len(giver))
