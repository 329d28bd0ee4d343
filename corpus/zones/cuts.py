"""Cut lines that may mix zones into pieces.

The cuts are proposals: the model labels each piece, and neighbours on one line that get the same label are joined
again. So a cut too many costs little, a cut too few cannot be repaired.
"""

import re
from itertools import islice
from typing import NamedTuple

from corpus.once import once
from corpus.zones.fold import loose
from corpus.zones.lexicon import lexicon

_CLOSE = r"[\s:۔.\-–—،؛/|*]*"
# Before the bracket or the colon of a dateline stand a few words: place, date.
DATELINE = re.compile(
    r"[•\-*\s]{0,4}(?:"
    r"[^()\[\]؟!:|<>\"=]{0,45}[(\[][^()\[\]<>=]{2,70}[)\]]" + _CLOSE + "|"
    r"[^()\[\]؟!:|<>\"=]{2,42}:[\s]*(?:[(\[][^()\[\]]{2,50}[)\]])?" + _CLOSE + "|"
    r"[^()\[\]؟!:|<>\"=/]{2,30}//+(?:[^/]{2,30}//+)?" + _CLOSE + "|"
    r"[^()\[\]؟!:|<>\"=۔—–]{2,30}\s(?:—|–|-|ـ)\s(?:[^()\[\]؟!:|<>\"=۔—–]{2,20}\s(?:—|–)\s)?" + "|"
    r"[^()\[\]؟!:|<>\"=۔]{2,30}\s?۔۔+" + _CLOSE + "|"
    r"[^()\[\]؟!:|<>\"=۔]{2,30}؛\s*" + "|"
    r"[^()\[\]؟!:|<>\"=۔،,]{2,25}[،,۔]\s?[^()\[\]؟!:|<>\"=،,]{2,28}?[۔:؛]\s?(?=\S)" + "|"
    r"\S{3,14}(?:\s\S{2,10})?\s?[۔.]\s" + "|"
    r"\S{3,14}،\s" + ")"
)
MARKUP = re.compile(
    r"<!?-?-?/?[A-Za-z][^<>\n]{0,400}>?|<!--.{0,200}?-->|\[/?[a-z_]{2,24}(?:[ =][^\[\]]{0,300})?\]"
    r"|(?:[\w-]{2,30}\s?=\s?[\"'][^\"'<>]{0,300}[\"']\s?/?>?\s?)+|\s?/>|--+>|&[a-z]{2,6};"
)
BULLET = re.compile(r"(?<=\S)\s*[•●▪■◆◄►✅○]\s*(?=[\w“‘’'\"«(])|(?<=\S)\s\*\s(?=\w)")
TEASER = re.compile(r"\s[—–]\s|\s\|\s|\s{3,}|…\s?|\[\.{2,3}\]|\.{3}\s?")
# The arrow of a pager, or a date before a title on one line, as some extractors leave the cells of a table.
OPENING = re.compile(
    r"(?:(?:Previous|Next|Prev)(?:\s(?:[Pp]ost|[Aa]rticle))?|پچھلی خبر|اگلی خبر|پچھلا|اگلا|→|←|»|«)"
    r"[\s:»«]{0,4}(?=[\u0600-\u06FF“‘’])"
    r"|(?:(?:[Dd]ate\s)?\d{1,4}[-/]\d{1,2}[-/]\d{1,4}|\S{2,8}\s\d{1,2}[,،]\s?(?:19|20)\d\d)\s+(?=\S)"
)
STOP = re.compile(r"[۔؟!.]['’”\"»)]*\s*(?=\S)")
CREDIT = re.compile(r"[۔؟!]\s?(\([^()]{2,40}\))\s*$")
_END_OF_TITLE = re.compile(r"<<<|[)\]]")
_ASKS = re.compile(r"[؟?!]")
_INNER = re.compile(r"،?(?:\s\d{1,2}\s\S{2,10})?\s?(?:\([^()]{2,60}\)" + _CLOSE + r"|:\s)")
_ARABIC = str.maketrans("یکہ", "يكه")
_WIDE = re.compile(r"\s{2,}")
# A dateline stands in the first so many code points, and so many are left behind it at least.
_HEAD, _REST = 200, 12
# What of a line is enough where its head alone is asked for: code points, some spaces included.
HEAD_LINE = 240
# A line is cut at no more places than this: menus have some dozens, floods of marks are not worth cutting.
MOST = 200
# A title with its excerpt is no longer than this, in code points.
TEASER_LINE = 400
# A dateline in the middle of a line has a title before it, of so many code points at least.
INNER = 14


@once
def _see_also() -> re.Pattern[str]:
    return re.compile(_inline("see_also"))


@once
def _labelled() -> re.Pattern[str]:
    """A line that opens with the cue of a cross reference, a credit or tags: what looks like a dateline is none."""
    phrases = {phrase for zone in ("see_also", "source", "tags") for phrase in lexicon()[zone, "start"]}
    return re.compile(rf"[^\w]{{0,6}}(?:{'|'.join(map(loose, sorted(phrases)))})")


@once
def _asks() -> re.Pattern[str]:
    return re.compile(_inline("promo", "source", "tags", "boilerplate", "embed"))


def _inline(*zones: str) -> str:
    phrases = {phrase for zone in zones for phrase in lexicon().get((zone, "inline"), ())}
    return "|".join(map(loose, sorted(phrases, key=lambda phrase: (-len(phrase), phrase))))


@once
def _places() -> tuple[frozenset[str], tuple[int, ...]]:
    """Places that open a dateline, in both alphabets' letter forms, and their sizes, longest first."""
    known = lexicon()["place", "start"]
    forms = frozenset(form for place in known for form in (place, place.translate(_ARABIC)))
    return forms, tuple(sorted({len(form) for form in forms}, reverse=True))


@once
def inner_places() -> list[str]:
    """What a line with a dateline in its middle holds: `لاہور (`."""
    return [place + mark for place in sorted(_places()[0]) for mark in ("(", " (", ":", " :", "،")]


@once
def inner_desks() -> list[str]:
    """What a long line with a dateline in its middle holds: `ڈیسک)`."""
    return [desk + mark for desk in sorted(lexicon()["desk", "any"]) for mark in (")", " )")]


@once
def _desk() -> re.Pattern[str]:
    return re.compile("|".join(map(loose, sorted(lexicon()["desk", "any"]))))


@once
def _closing() -> re.Pattern[str]:
    """A title's last word: where the title of an inline cross reference may end."""
    words = "|".join(loose(word) for word in lexicon()["title", "end"])
    return re.compile(rf"(?<=\s)(?:{words})(?=\s)")


@once
def asking() -> str:
    """A polars pattern: a cue in the middle of a line."""
    return f"{_inline('see_also')}|{_asks().pattern}"


class Hints(NamedTuple):
    """Which patterns are worth trying on a line; most lines need none."""

    head: bool = True
    markup: bool = True
    teaser: bool = True
    bullet: bool = True
    asks: bool = True
    inner: bool = True
    wide: bool = True
    credit: bool = True


def cut(line: str, hints: Hints = Hints()) -> list[tuple[int, bool]]:  # noqa: B008
    """Where the pieces of a line begin, 0 excluded: code points, ascending, and whether a bullet stands there.

    >>> line = "لاہور(سٹاف رپورٹر): والڈ سٹی اتھارٹی نے حویلیوں کی بحالی کا کام شروع کردیا۔"
    >>> [line[at:at + 4] for at, _ in cut(line)]
    ['والڈ']
    """
    found: set[int] = set()
    bullets: set[int] = set()
    if hints.head:
        _cut_head(line, found)
    if hints.markup:
        found.update(at for match in MARKUP.finditer(line) for at in match.span())
    if hints.teaser:
        found.update(match.end() for match in TEASER.finditer(line))
    if hints.bullet:
        bullets = {match.end() - len(match.group().lstrip()) for match in BULLET.finditer(line)}
        found.add(_hashtags(line))
    if hints.asks:
        _cut_cross_references(line, found)
        _cut_calls(line, found)
    if hints.inner:
        _cut_inner_datelines(line, found)
    if hints.wide:
        _cut_wide(line, found)
    credit = CREDIT.search(line, max(0, len(line) - 64)) if hints.credit else None
    if credit:
        found.add(credit.start(1))
    found = _visible(line, found | bullets)
    return [(at, at in bullets) for at in sorted(found)]


def _cut_head(line: str, found: set[int]) -> None:
    """Cut after a dateline, and after the arrow of a pager or a date."""
    dateline = DATELINE.match(line, 0, _HEAD)
    if dateline and len(line) - dateline.end() >= _REST and not _labelled().match(line):
        found.add(dateline.end())
    opened = OPENING.match(line, 0, _HEAD)
    if opened:
        found.add(opened.end())


def _hashtags(line: str) -> int:
    """Where the hashtags at the end of a line begin."""
    at = len(line)
    for word in reversed(line[-400:].split(" ")):
        if word and word[0] != "#":
            break
        at -= len(word) + 1
    return max(at, 0)


def _cut_cross_references(line: str, found: set[int]) -> None:
    for match in islice(_see_also().finditer(line), MOST):
        start = match.start()
        while start and line[start - 1] in ">([« ":
            start -= 1
        found.add(start)
        bracket = _END_OF_TITLE.search(line, match.end(), match.end() + 140)
        if line[start] in " >([" and line[start : match.start()].strip() and bracket:
            found.add(bracket.end())
            continue
        asked = _ASKS.search(line, match.end(), match.end() + 110)
        if asked:
            found.add(asked.end())
        for ends in (_closing(), _WIDE):
            closing = ends.search(line, match.end() + 18, match.end() + 140)
            if closing:
                found.add(closing.end())


def _cut_calls(line: str, found: set[int]) -> None:
    for match in islice(_asks().finditer(line), MOST):
        found.add(match.start())
        stops = [stop.end() for stop in STOP.finditer(line, max(0, match.start() - 120), match.start())]
        found.update(stops[-1:])


def _cut_inner_datelines(line: str, found: set[int]) -> None:
    """Cut around a dateline in the middle of a line, and where the title before it may begin.

    In a line longer than a teaser only a bracket that names a desk is one: running text has places before brackets.
    """
    teaser = len(line) <= TEASER_LINE
    known, sizes = _places()
    for mark in islice(_INNER.finditer(line, INNER), MOST):
        end = mark.start()
        size = next((size for size in sizes if line[max(0, end - size) : end] in known), 0)
        if not size or not (teaser or _desk().search(mark.group())):
            continue
        start = end - size
        found.update((start, mark.end()))
        stops = [stop.end() for stop in STOP.finditer(line, max(0, start - 160), start)]
        found.update(stops[-1:])


def _cut_wide(line: str, found: set[int]) -> None:
    """Cut at two spaces near the ends of a line: there an extractor joined what stood in two boxes."""
    found.update(match.end() for match in _WIDE.finditer(line) if match.end() <= 60 or match.start() >= len(line) - 120)


def _visible(line: str, found: set[int]) -> set[int]:
    """Move every cut to the next non-space character; a cut at an end of the line is none."""
    moved = set()
    for at in found:
        while at < len(line) and line[at].isspace():
            at += 1  # noqa: PLW2901
        if 0 < at < len(line):
            moved.add(at)
    return moved
