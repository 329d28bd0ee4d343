"""Which words a piece shares with the text around it: a title of another article talks of other things.

Words are taken by their first eight bytes (four Urdu letters: about a stem) and hashed into a small table a page or a
paragraph; words below that length are mostly grammar and left out. Sharing is counted in whole words.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.once import once
from corpus.zones.alphabet import Flags, Ints
from corpus.zones.lexicon import lexicon
from corpus.zones.lines import Rows

# Buckets of a page's table and of a paragraph's.
PAGE, PARAGRAPH = 1024, 256
_BYTES = 8
# The first so many bytes of a key.
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(_BYTES + 1)], dtype=np.uint64)
# Only the beginning of a piece is read, in characters: enough to know its subject, and a bound on the work.
_WINDOW = 240
_MULTIPLIER = 0x9E3779B97F4A7C15

Keys = NDArray[np.uint64]


class Words(NamedTuple):
    """The content words of all pieces.

    Attributes:
        piece: the piece of each word, ascending, shape (words,).
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


class _Kinds(NamedTuple):
    """The words of the lexicon that count as whole words, in a table without collisions.

    Attributes:
        names: the kinds.
        keys: the key at each slot, shape (65536,).
        flags: which kinds it is of, a bit each, shape (65536,); 0 where a slot is empty.
        multiplier: by which keys are spread.
    """

    names: tuple[str, ...]
    keys: Keys
    flags: NDArray[np.uint8]
    multiplier: np.uint64


@once
def _kinds() -> _Kinds:
    """Both alphabets' letter forms count; keys are spread until no two fall on one slot."""
    table = str.maketrans("یکہ", "يكه")
    kinds = {zone: listed for (zone, where), listed in lexicon().items() if where == "word"}
    flags: dict[int, int] = {}
    for number, listed in enumerate(kinds.values()):
        for key in (_key(form) for word in listed for form in (word, word.translate(table))):
            flags[key] = flags.get(key, 0) | 1 << number
    keys = np.array(list(flags), dtype=np.uint64)
    multiplier = np.uint64(_MULTIPLIER)
    while len(np.unique(_slots(keys, multiplier))) < len(keys):
        multiplier += np.uint64(2)
    slots = _slots(keys, multiplier)
    made = _Kinds(tuple(kinds), np.zeros(1 << 16, dtype=np.uint64), np.zeros(1 << 16, dtype=np.uint8), multiplier)
    made.keys[slots], made.flags[slots] = keys, list(flags.values())
    return made


def _key(word: str) -> int:
    return int.from_bytes(word.encode()[:_BYTES], "little")


def _slots(keys: Keys, multiplier: np.uint64) -> Keys:
    return (keys * multiplier) >> np.uint64(48)


def words(rows: Rows) -> Words:
    """Take the words of pieces: what stands between bytes up to 0x20, in the first characters of each."""
    count = len(rows.at)
    if not count:
        none = np.zeros(0, dtype=np.int64)
        return Words(none.astype(np.int32), none, none, none, dict.fromkeys(_kinds().names, none))
    size = rows.end - rows.start
    begin, end = rows.text.at[rows.at], rows.text.at[rows.at + size]
    bound = rows.text.at[rows.at + np.minimum(size, _WINDOW)]
    utf8 = rows.text.utf8[begin[0] : end[-1]]
    starts, sizes, piece = _split(utf8, begin - begin[0], end - begin[0], bound - begin[0])
    padded = utf8.tobytes() + bytes(_BYTES)
    keys = np.ndarray((len(utf8),), dtype="<u8", buffer=padded, strides=(1,))[starts]
    keys &= _MASKS[np.minimum(sizes, _BYTES)]
    long = np.flatnonzero(sizes >= _BYTES)
    code = (keys[long] * np.uint64(_MULTIPLIER)) >> np.uint64(64 - 10)
    total, every = (np.bincount(each, minlength=count) for each in (piece[long], piece))
    return Words(piece[long], code.astype(np.int64), total, every, _counted(keys, piece, count))


def _split(utf8: NDArray[np.uint8], begin: Ints, end: Ints, bound: Ints) -> tuple[Ints, Ints, Ints]:
    """First byte, size and piece of every word of the pieces [begin, end) that begins before their bound."""
    word = utf8 > 0x20
    # A word begins where none was or where a piece begins or ends: spaces of other kinds stand between pieces.
    fresh = np.ones(len(utf8) + 1, dtype=bool)
    np.logical_not(word[:-1], out=fresh[1:-1])
    fresh[begin] = fresh[end] = True
    starts = np.flatnonzero(word & fresh[:-1])
    fresh[1:-1] |= ~word[1:]
    stops = np.flatnonzero(word & fresh[1:]) + 1
    counts = np.diff(np.searchsorted(starts, begin), append=len(starts))
    piece = np.repeat(np.arange(len(begin), dtype=np.int32), counts)
    bound = bound[piece]
    inside = np.flatnonzero(starts < bound)
    starts = starts[inside]
    return starts, np.minimum(stops[inside], bound[inside]) - starts, piece[inside]


def _counted(keys: Keys, piece: Ints, count: int) -> dict[str, Ints]:
    """How many words of each piece are of each kind."""
    known = _kinds()
    slots = _slots(keys, known.multiplier).astype(np.int64)
    flags = known.flags.take(slots)
    maybe = np.flatnonzero(flags)
    sure = maybe[known.keys.take(slots[maybe]) == keys[maybe]]
    flags, piece = flags[sure], piece[sure]
    of = {name: (flags & (1 << number)) != 0 for number, name in enumerate(known.names)}
    return {name: np.bincount(piece[having], minlength=count) for name, having in of.items()}


def cohesion(rows: Rows, text: Flags, first: Ints, last: Ints) -> dict[str, Flags]:
    """Words shared with the page's paragraphs, with the first of them, with the paragraph before and the one after.

    Args:
        rows: the pieces.
        text: which of them are paragraphs, shape (pieces,).
        first: number of the first piece of each one's page, shape (pieces,).
        last: number of the last.
    """
    out: dict[str, Flags] = {}
    found = words(rows)
    for name, hit in _shared(found, text, first, last).items():
        for percent in (1, 20, 34, 50, 67, 90):
            out[f"{name}-shares>={percent}"] = (hit * 100 >= percent * found.total) & (found.total > 0)
    for kind, hit in found.kinds.items():
        out |= {f"{kind}>={bound}": hit >= bound for bound in (1, 2, 4)}
        out |= {f"{kind}>={percent}%": (hit * 100 >= percent * found.every) & (hit > 0) for percent in (10, 20, 30, 45)}
    out["content>=1"] = found.total >= 1
    out["content>=3"] = found.total >= 3
    return out


def _shared(found: Words, text: Flags, first: Ints, last: Ints) -> dict[str, Ints]:
    """How many words of each piece stand in the paragraphs it is compared with, itself not counted."""
    through = np.cumsum(text)
    paragraph: Ints = through - text  # the number, from 0, of this paragraph or of the next
    before: Ints = paragraph - paragraph[first]  # paragraphs of the page before the piece
    page = np.cumsum(np.arange(len(text)) == first) - 1
    lead = text & (before == 0)

    def hits(shared: Flags, asked: Flags | None = None) -> Ints:
        total = np.bincount(found.piece[shared], minlength=len(text))
        return total if asked is None else np.where(asked, total, 0)

    in_page = page[found.piece] * PAGE + found.code
    in_paragraph = (paragraph[found.piece] + 1) * PARAGRAPH + (found.code & (PARAGRAPH - 1))
    own, leads = text[found.piece], lead[found.piece]
    size = (int(page[-1]) + 1) * PAGE if len(page) else 0
    stand = np.zeros((int(through[-1]) + 2) * PARAGRAPH if len(page) else 0, dtype=bool)
    stand[in_paragraph[own]] = True
    following = in_paragraph + own * PARAGRAPH
    return {
        "main": hits(np.bincount(in_page[own], minlength=size)[in_page] > own),
        "lead": hits(np.bincount(in_page[leads], minlength=size)[in_page] > leads),
        "next": hits(stand[following], through < through[last]),
        "previous": hits(stand[in_paragraph - PARAGRAPH], before > 0),
    }
