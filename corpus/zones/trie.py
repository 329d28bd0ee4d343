"""Find many phrases in many short texts at once: a walk down a trie, for all texts in step.

A regular expression per zone would read every piece some forty times; here each piece is read once, and a piece leaves
the walk at the first letter that no phrase goes on with.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.zones.alphabet import Ints, Symbols, alphabet

# Phrases longer than this are cut; 24 folded letters, spaces not counted, tell any two cues apart.
DEPTH = 24
# A place where a phrase may begin is told by its first four letters, as three pairs that overlap. Phrases are in
# so many groups, one a bit; three times ten fit in one look-up, and 4% of the places in news are left (2% if exact).
_GROUPS = 10
_PAIRS = 3


class Trie(NamedTuple):
    """Prefixes of phrases.

    Attributes:
        columns: the column of a symbol in `steps`, 0 if no phrase has its letter, shape (256,).
        steps: the state after a state and a letter, 0 if there is none, shape (states, columns); states begin at 1.
        phrases: the phrase that ends at a state, else -1, shape (states,).
    """

    columns: NDArray[np.uint8]
    steps: NDArray[np.int32]
    phrases: Ints


def trie(phrases: list[str], *, backwards: bool = False) -> Trie:
    """Build a trie of folded phrases, to be read forwards or backwards."""
    known = alphabet().letters
    letters = sorted({letter for phrase in phrases for letter in phrase})
    number = {letter: at + 1 for at, letter in enumerate(letters)}
    columns = np.array([number.get(chr(code), 0) for code in known.tolist()], dtype=np.uint8)
    steps: list[dict[int, int]] = [{}, {}]
    ends = [-1, -1]
    for at, phrase in enumerate(phrases):
        state = 1
        for letter in (phrase[::-1] if backwards else phrase)[:DEPTH]:
            column = number[letter]
            if column not in steps[state]:
                steps[state][column] = len(steps)
                steps.append({})
                ends.append(-1)
            state = steps[state][column]
        ends[state] = at
    table = np.zeros((len(steps), len(letters) + 1), dtype=np.int32)
    for state, after in enumerate(steps):
        for column, following in after.items():
            table[state, column] = following
    return Trie(columns, table, np.array(ends))


def pairs(phrases: Iterable[str]) -> NDArray[np.uint32]:
    """What tells where a phrase of three letters or more may begin: its first letters, two by two.

    Returns:
        Groups of phrases that have two symbols as first and second letter (the low ten bits), as the second and third
        (ten more), as the third and fourth; by first symbol + 256 * second, shape (65536,). Neighbours in the alphabet
        share a group, so that few pairs of letters are in a group.
    """
    known = alphabet().letters
    symbols = {chr(code): np.flatnonzero(known == code) for code in np.unique(known).tolist()}
    every, none = np.arange(256), np.arange(0)
    table = np.zeros((256, 256), dtype=np.uint32)  # second symbol, first symbol
    long = sorted(phrase for phrase in set(phrases) if len(phrase) >= _PAIRS)
    for number, phrase in enumerate(long):
        bit = 1 << number * _GROUPS // len(long)
        letters = [symbols.get(letter, none) for letter in phrase[: _PAIRS + 1]]
        letters += [every] * (_PAIRS + 1 - len(letters))
        for place in range(_PAIRS):
            table[letters[place + 1][:, None], letters[place]] |= np.uint32(bit << place * _GROUPS)
    return table.ravel()


def anywhere(symbols: Symbols, begins: NDArray[np.uint32]) -> Ints:
    """The positions where a phrase may begin, as `pairs` tells; a few more than those where one does."""
    padded = np.concatenate([symbols, np.zeros(_PAIRS, dtype=np.uint8)])
    both = padded[:-1].astype(np.uint16)
    both |= padded[1:].astype(np.uint16) << np.uint16(8)
    groups = begins.take(both)
    may = groups[: len(symbols)] & ((1 << _GROUPS) - 1)
    for place in range(1, _PAIRS):
        may &= groups[place : place + len(symbols)] >> np.uint32(place * _GROUPS)
    return np.flatnonzero(may)


def walk(symbols: Symbols, at: Ints, stop: Ints, found: Trie, step: int = 1) -> tuple[Ints, Ints]:
    """Find all phrases that begin at given positions (or end there, with step -1).

    Args:
        symbols: folded symbols of all texts.
        at: positions, shape (positions,).
        stop: the first position that is out of bounds for each of them.
        found: the trie.
        step: 1 or -1.

    Returns:
        Index into `at` and number of the phrase, for every hit, shorter phrases first.
    """
    steps, width = found.steps.ravel(), found.steps.shape[1]
    alive = np.flatnonzero(at < stop if step > 0 else at > stop)
    position, bound = at[alive], stop[alive]
    state = np.ones(len(alive), dtype=np.int32)
    none = np.zeros(0, dtype=np.int64)
    hits, phrases = [none], [none]
    for _ in range(DEPTH):
        if not len(alive):
            break
        state = steps.take(state * width + found.columns.take(symbols.take(position)))
        phrase = found.phrases.take(state)
        ends = np.flatnonzero(phrase >= 0)
        hits.append(alive[ends])
        phrases.append(phrase[ends])
        position += step
        on = np.flatnonzero((state > 0) & (position < bound if step > 0 else position > bound))
        alive, state, position, bound = alive[on], state[on], position[on], bound[on]
    return np.concatenate(hits), np.concatenate(phrases)
