"""A run of tags without separators, cut into names with the page's own text as evidence.

Words that stand side by side in the article as often as they stand there at all are one name; words that the article
knows, but never together, are two. Where the article is silent, place names and a few binding words decide. Every
gap between two words gets an integer, and the best sum over all ways to cut the run is found by dynamic programming.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from corpus.metadata.letters import key
from corpus.metadata.lexicon import LETTER_NAMES, places, table
from corpus.once import once

LONGEST: Final = 6  # words in one name
_NEVER, _APART, _OF, _UNKNOWN, _ABSENT = (
    -40,
    -6,
    0,
    -2,
    0,
)  # one word twice; apart; one of the other; one not known; none
_ALWAYS, _ONCE, _MOSTLY, _OFTEN, _SELDOM = 6, 4, 3, 1, -4  # how often the rarer word stands in the pair
_LINKED, _OPENED, _BOUND, _PARTED, _SPELLED, _NUMBERED = 9, 8, 4, 3, 9, 8
_KNOWN_NAME, _PLACE_ALONE, _SCRIPTS, _REPEATED, _LONG = 6, -2, -5, 4, 4

# Replacing letter by letter is ten times faster on a page than one translation table.
_LETTERS: Final = (("ي", "ی"), ("ى", "ی"), ("ك", "ک"), ("ه", "ہ"), ("ة", "ہ"), ("ۃ", "ہ"), ("أ", "ا"), ("\u200c", " "))
# Endings that a noun takes in a sentence where the tag has its plain form: بستی and بستیوں, نقشہ and نقشے.
_ENDINGS: Final = frozenset(("وں", "یں", "ات", "اں", "ں", "ؤں", "یاں", "ے"))
_STEM_ENDINGS: Final = frozenset(("ہ", "ا", "ے", "وں"))
_FIRST_LETTERS: Final = frozenset(ending[0] for ending in _ENDINGS | _STEM_ENDINGS)
_WORD: Final = re.compile(r"\w*")


def fold(page: str) -> str:
    """The form of a page in which a run's words are looked for."""
    for letter, folded in _LETTERS:
        page = page.replace(letter, folded)
    return page.lower()


def cut(words: Sequence[str], page: str) -> list[tuple[int, int]]:
    """Cut a run into names: half-open ranges of words; `page` is folded by `fold` and without the run itself.

    >>> page = fold("روسی وزیر سرگئی لاوروف شمالی کوریا پہنچے، لاوروف نے کہا۔")
    >>> words = "سرگئی لاوروف شمالی کوریا".split()
    >>> [" ".join(words[start:end]) for start, end in cut(words, page)]
    ['سرگئی لاوروف', 'شمالی کوریا']
    """
    folded = fold("\n".join(words)).split("\n")
    keys = [key(word) for word in words]
    weights = [word not in LETTER_NAMES and word not in _words("links") for word in folded]
    gaps = _gaps(folded, keys, page)
    best: list[tuple[int, int]] = [(0, 0)]
    for end in range(1, len(words) + 1):
        joined = heavy = 0
        options = []
        for start in range(end - 1, max(0, end - LONGEST) - 1, -1):
            heavy += weights[start]
            joined += gaps[start] if start < end - 1 else 0
            options.append((best[start][0] + joined + _LONG * min(0, 3 - heavy), start))
        best.append(max(options))  # on a tie the later start, the shorter name
    ranges, end = [], len(words)
    while end:
        ranges.append((best[end][1], end))
        end = best[end][1]
    return ranges[::-1]


def _gaps(words: list[str], keys: list[str], page: str) -> list[int]:
    """How strongly each word and the next belong together."""
    counts = {word: _count(word, page) for word in words}
    pairs = [f"{left} {right}" for left, right in pairwise(words)]
    gaps = []
    for place, pair in enumerate(pairs):
        left, right = words[place], words[place + 1]
        score = _evidence(left, right, counts, page)
        if score == _APART and right in _words("links") and _count(" ".join(words[place + 1 : place + 3]), page):
            score -= _LINKED  # "کراچی کے الیکٹرک": here the page knows the link as the beginning of a name
        if pairs.count(pair) > 1:
            score += _REPEATED
        elif words.count(right) > 1:
            score -= 1  # a name that comes back begins anew
        if keys[place] in places() or keys[place + 1] in places():
            score += _PLACE_ALONE
        gaps.append(score + _binding(left, right))
    for start in (place for place in range(len(words) - 1) if keys[place] in _first_words()):
        for end in range(start + 2, min(start + LONGEST, len(words)) + 1):
            together = "".join(keys[start:end])
            if together in _wholes():
                gaps[start : end - 1] = [max(gap, _KNOWN_NAME) for gap in gaps[start : end - 1]]
    return gaps


def _evidence(left: str, right: str, counts: dict[str, int], page: str) -> int:
    """The page's word on a pair: how often it stands together, against its parts."""
    if left == right and left not in LETTER_NAMES:
        return _NEVER
    if counts[left] == 0 or counts[right] == 0:
        return _ABSENT if counts[left] == counts[right] else _UNKNOWN
    both, rarer = _count(f"{left} {right}", page), min(counts[left], counts[right])
    if both == 0:
        return _OF if any(f"{left} {link} {right}" in page for link in ("کی", "کے", "کا")) else _APART
    share = 100 * both // rarer
    if share >= 100:
        # Once side by side may be chance: less so when neither word stands anywhere else.
        return _ALWAYS if both > 1 else _ONCE if counts[left] == counts[right] else _MOSTLY
    if share >= 66:
        return _MOSTLY
    return _SELDOM if share < 50 else _OFTEN if both > 1 else 0


def _binding(left: str, right: str) -> int:
    """What the words alone say."""
    score = 0
    if left in _words("links") or right in _words("links") or left.endswith("\N{ARABIC KASRA}"):
        score += _LINKED
    elif right.isdecimal():
        score += _NUMBERED
    elif left in LETTER_NAMES and right in LETTER_NAMES:
        score += _SPELLED
    elif left in LETTER_NAMES or right in LETTER_NAMES:
        score += _UNKNOWN
    elif left in _words("opens"):
        score += _OPENED
    elif left in _words("leads") or right in _words("closes"):
        score += _BOUND
    else:
        score -= _PARTED * ((left in _words("closes")) + (right in _words("opens")))
    if left.isascii() != right.isascii() and not left.isdecimal() and not right.isdecimal():
        score += _SCRIPTS
    return score


def _count(phrase: str, page: str) -> int:
    """How often a phrase stands in the page as whole words, its last word in any of its forms."""
    if not phrase:
        return 0  # a word of nothing but marks folds to nothing
    stemmed = phrase[-1] in "ہاے" and len(phrase.rsplit(" ", 1)[-1]) > 3
    stem, endings = (phrase[:-1], _STEM_ENDINGS) if stemmed else (phrase, _ENDINGS)
    found, at, width = 0, page.find(stem), len(stem)
    while at >= 0:
        after = page[at + width : at + width + 1]
        if at and page[at - 1].isalnum():
            pass
        elif not after.isalnum():
            found += not stemmed
        elif after in _FIRST_LETTERS:
            found += _WORD.match(page, at + width).group() in endings  # type: ignore[union-attr]
        at = page.find(stem, at + width)
    return found


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(fold(word) for name, words in table("names.tsv") if name == kind for word in words.split("|"))


@once
def _names() -> tuple[str, ...]:
    """Known names of several words: persons, institutions, things, places."""
    known = [name for kind, names in table("names.tsv") if kind == "whole" for name in names.split("|")]
    known += [name for row in table("places.tsv") for name in (row[0], *row[1].split("|"))]
    return tuple(name for name in known if " " in name)


@once
def _wholes() -> frozenset[str]:
    return frozenset(map(key, _names()))


@once
def _first_words() -> frozenset[str]:
    return frozenset(key(name.split()[0]) for name in _names())
