"""Fold what Urdu keyboards, extractors and themes write differently, so that one cue phrase matches all its spellings.

Folding is for matching only: spaces, joiners, direction marks and vowel signs go, Arabic letter forms become Urdu ones,
the two forms of he and of hamza carriers fall together, digits and Latin letters take one form.
"""

import re

import numpy as np
from numpy.typing import NDArray

from corpus.codepoints import SPACES

_GONE = (
    *SPACES.tolist(),
    *range(0x064B, 0x0660),  # vowel signs
    *range(0x06D6, 0x06DD),  # Quranic marks
    0x0610, 0x0670, 0x0640,  # sallallahou sign, dagger alef, tatweel
    *range(0x200B, 0x2010),  # zero-width space, joiners, direction marks
    *range(0x202A, 0x202F),  # direction embeddings
    *range(0x2066, 0x206A),  # direction isolates
    0xFEFF,
)  # fmt: skip
# Each group falls together under its first letter.
_GROUPS = ("یيىئېۍ", "کكڪ", "ہهھةۀۂۃە", "اأإآٱ", "وؤ", "ےۓ", "تۃ")
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _table() -> dict[str, str]:
    table = {chr(code): "" for code in _GONE}
    for group in reversed(_GROUPS):
        table.update(dict.fromkeys(group[1:], group[0]))
    table.update({letter: letter.lower() for letter in _LATIN})
    for zero in ("\N{ARABIC-INDIC DIGIT ZERO}", "\N{EXTENDED ARABIC-INDIC DIGIT ZERO}"):
        table.update({chr(ord(zero) + digit): str(digit) for digit in range(10)})
    return table


TABLE = _table()
_TRANSLATE = str.maketrans(TABLE)
_VARIANTS: dict[str, str] = {}
for _source, _target in TABLE.items():
    if _target:
        _VARIANTS[_target] = _VARIANTS.get(_target, _target) + _source
# Between two words of a cue any space may stand, a joiner, or nothing; bounded, so that a flood of them costs no time.
_GAP = r"[\s\u200B-\u200F\u0640]{0,3}"


def fold(text: str) -> str:
    """Fold a string.

    >>> fold("مزيد پڑھیں") == fold("مزید\N{ZERO WIDTH NON-JOINER}پڑھیں")
    True
    """
    return text.translate(_TRANSLATE)


def folding() -> NDArray[np.uint32]:
    """The same table for code points: what each folds to, 0 for nothing; all above the basic plane are one."""
    table = np.arange(0x10000, dtype=np.uint32)
    for source, target in TABLE.items():
        table[ord(source)] = ord(target) if target else 0
    return table


def loose(phrase: str) -> str:
    """Make a regular expression that finds a phrase in unfolded text, whatever its spelling.

    >>> bool(re.search(loose("یہ بھی پڑھیں"), "خبر يہ بھی پڑہیں:"))
    True
    """
    words = [
        "".join(f"[{re.escape(_VARIANTS[c])}]" if c in _VARIANTS else re.escape(c) for c in fold(word))
        for word in phrase.split()
    ]
    return _GAP.join(words)
