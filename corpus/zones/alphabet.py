"""One byte for every character: all that the segmenter tells apart, it tells apart by this byte.

A page is looked at many times (for lines, marks, classes, cues), and each look costs by the byte. So each code point
is turned, once, into a symbol: characters fall together that have the same class, fold to the same letter of the
lexicon, and are letters or digits alike. Some 140 symbols are left. Their order is such that the questions asked of
every character are comparisons with a bound (0.1 ns a character), where a look-up takes 1 ns:

    0 ... hidden   letters of Urdu that no fold takes away: three quarters of all text
    hidden         stands for the middle of a long piece, which is not looked at
    space ...      what Python calls a space
    gone ...       else what folding takes away: joiners, vowel signs, tatweel
    kept ...       everything else
"""

from typing import Any, NamedTuple
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from corpus.codepoints import SPACES
from corpus.once import once
from corpus.zones.fold import fold, folding
from corpus.zones.lexicon import lexicon

Symbols = NDArray[np.uint8]
Flags = NDArray[np.bool_]
# Of 32 bits, where an array has an entry a character, or of 64.
Ints = NDArray[np.signedinteger[Any]]

# Stands between the head and the tail of a long piece; a private character, so that no word runs across.
SEAM = "\ue000"
# Classes of characters; every other character is in none.
CLASSES = {
    "space": "".join(map(chr, SPACES)),
    "digit": "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹",
    "latin": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "stop": "۔",
    "dot": ".",
    "asks": "؟?",
    "exclaims": "!",
    "comma": "،,",
    "semicolon": "؛;",
    "colon": ":：",
    "hyphen": "-",
    "dash": "—–ـ",
    "quote": "\"'“”‘’",
    "guillemet": "«»‹›",
    "open": "([{",
    "close": ")]}",
    "angle": "<>",
    "equals": "=",
    "slash": "/\\",
    "pipe": "|",
    "bullet": "•●▪■◆◄►✅○*·◦▶★☆✔➤⬅👇🔴",
    "arrow": "→←➡⟶↩",
    "hash": "#",
    "at": "@",
    "ellipsis": "…",
    "copyright": "©®™",
    "underscore": "_",
    "ampersand": "&",
}
ORDER = ("none", "urdu", "letter", "emoji", "seam", *CLASSES)
AT = {name: number for number, name in enumerate(ORDER)}
# Characters that `corpus.zones.signs` looks for one by one.
_OWN = "\n ()[]<>/=&-—–|….*#:؛،,۔\"'•●▪■◆◄►✅○"
# No letter or digit stands at or above this code point: one symbol is enough there.
_LETTERS = 0x33480


class Alphabet(NamedTuple):
    """The symbols.

    Attributes:
        symbols: of each code point, shape (0x110000,).
        classes: of each symbol, numbers of `ORDER`, shape (256,).
        letters: the code point of the lexicon that a symbol folds to, else 0, shape (256,).
        words: whether a symbol is a letter or a digit (Unicode's L and N), shape (256,).
        hidden: the symbol of what is not looked at; those of Urdu letters are smaller.
        space: the first symbol of a space; one that folding takes away is at or above `hidden` and below `kept`.
        gone: the first symbol of what folding takes away and is no space.
        kept: the first symbol of the rest.
    """

    symbols: Symbols
    classes: NDArray[np.uint8]
    letters: NDArray[np.uint32]
    words: Flags
    hidden: int
    space: int
    gone: int
    kept: int

    def of(self, characters: str) -> Symbols:
        """The symbols of some characters."""
        return self.symbols[[ord(character) for character in characters]]

    def among(self, *names: str) -> Flags:
        """A table of symbols: which are in the classes named, shape (256,)."""
        return np.isin(self.classes, [AT[name] for name in names])


def _class_table() -> NDArray[np.uint8]:
    """The class of each code point."""
    table = np.zeros(_LETTERS, dtype=np.uint8)
    letters = [code for code in range(0x370, 0xD7FF) if chr(code).isalpha()]
    table[letters] = AT["letter"]
    table[0xC0:0x250] = AT["latin"]
    table[[code for code in range(0x600, 0x780) if chr(code).isalpha()]] = AT["urdu"]
    table[0x64B:0x660] = AT["urdu"]
    table[0x1F000:] = AT["emoji"]
    table[0x2600:0x27C0] = AT["emoji"]
    table[ord(SEAM)] = AT["seam"]
    for name, characters in CLASSES.items():
        table[[ord(character) for character in characters]] = AT[name]
    return table


def _letter_table() -> tuple[NDArray[np.uint32], Flags]:
    """The letter of the lexicon that each code point folds to, else 0; and whether folding takes it away."""
    table = np.zeros(_LETTERS, dtype=np.uint32)
    table[:0x10000] = folding()
    gone = table == 0
    gone[0x10000:] = False
    known = sorted({ord(letter) for phrases in lexicon().values() for phrase in phrases for letter in fold(phrase)})
    table[~np.isin(table, known)] = 0
    return table, gone


@once
def alphabet() -> Alphabet:
    """The alphabet, made once.

    Raises:
        ValueError: the lexicon has letters of too many scripts.
    """
    classes = _class_table()
    letters, gone = _letter_table()
    words = np.array([category(chr(code))[0] in "LN" for code in range(_LETTERS)])
    own = np.zeros(_LETTERS, dtype=np.int64)
    own[[ord(character) for character in _OWN]] = [ord(character) for character in _OWN]
    zone = np.select([(classes == AT["urdu"]) & ~gone, classes == AT["space"], gone], [0, 1, 2], 3)
    key = (((zone * 64 + classes) * 2 + words) * 0x20000 + letters) * 0x20000 + own
    kinds, first, found = np.unique(key, return_index=True, return_inverse=True)
    if len(kinds) > 255:
        raise ValueError(f"{len(kinds)} symbols, a byte has room for 255: cues.tsv has letters of too many scripts")
    hidden, gone_from, kept = np.searchsorted(zone[first], [1, 2, 3]).tolist()
    # The symbol of what is hidden is put behind those of the Urdu letters.
    found += found >= hidden
    symbols = np.full(0x110000, found[-1], dtype=np.uint8)
    symbols[:_LETTERS] = found
    at = found[first]
    made = Alphabet(symbols, *_tables(), hidden, hidden + 1, gone_from + 1, kept + 1)
    made.classes[at], made.letters[at], made.words[at] = classes[first], letters[first], words[first]
    return made


def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint32], Flags]:
    return np.zeros(256, dtype=np.uint8), np.zeros(256, dtype=np.uint32), np.zeros(256, dtype=bool)
