"""Letter forms under which cues, names and dates are looked up; spans keep their place in the page text."""

from functools import lru_cache
from typing import Final

# One code point for one: a span found in the folded text is the same span of the raw text.
_ARABIC_LETTERS = {"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ", "ۃ": "ہ", "ە": "ہ", "أ": "ا", "إ": "ا", "ٱ": "ا"}
_PUNCTUATION = {
    **dict.fromkeys("،‚٫‘’", ","),
    **dict.fromkeys("؍⁄∕", "/"),
    **dict.fromkeys("–—‐‑―−ـ", "-"),
    **dict.fromkeys("۔․", "."),
    **dict.fromkeys("؛", ";"),
    **dict.fromkeys("…", "."),
    **dict.fromkeys("｜¦", "|"),
    **dict.fromkeys("«»“”", '"'),
    **dict.fromkeys("：", ":"),
}
# Joiners, bidi controls and odd spaces: pages wrap every number of a date in them.
_BLANKS = [0x00A0, 0x00AD, 0x061C, 0xFEFF, *range(0x2000, 0x2010), *range(0x2028, 0x2030), *range(0x2060, 0x206A)]
_DIGITS = [chr(zero + digit) for zero in (0x30, 0x660, 0x6F0) for digit in range(10)]

FOLDED: Final = str.maketrans(
    {**_ARABIC_LETTERS, **_PUNCTUATION, **{chr(code): " " for code in _BLANKS}, "\t": "|", "\r": " "}
)
SHAPE: Final = {**FOLDED, **{ord(digit): "0" for digit in _DIGITS}}
_KEY: Final = str.maketrans(
    {**_ARABIC_LETTERS, "آ": "ا", "ۂ": "ہ", "ئ": "ی", "ؤ": "و", "ء": None, "\N{ZERO WIDTH NON-JOINER}": None}
    | dict.fromkeys(map(chr, (*range(0x64B, 0x656), 0x670)), None)  # vowel signs, hamza above, madda above
)


def shape(text: str) -> str:
    """Fold letters and punctuation one for one and write every digit as 0: a year of bylines has few shapes.

    >>> shape("منگل ، ۴ فروری ۲۰۲۵")
    'منگل , 0 فروری 0000'
    """
    return text.translate(SHAPE)


@lru_cache(maxsize=1 << 15)
def key(text: str) -> str:
    """The form under which a name is looked up: folded, lower case, without spaces, hamza and madda.

    >>> key("لاہو ر") == key("لاهور"), key("اسلام آباد") == key("اسلام اباد")
    (True, True)
    """
    return "".join(text.translate(_KEY).split()).lower()
