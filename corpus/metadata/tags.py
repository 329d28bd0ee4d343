"""Tags and keywords: cues, separators, number signs, and runs without separators."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from corpus.metadata import runs

_TAG_CUES: Final = (
    r"(?:متعلقہ\s+)?(?:ٹیگز|ٹیگس|ٹیگ|ہیش\s?ٹیگز?)(?:\s+شدہ)?|(?:متعلقہ\s+)?(?:موضوعات|موضوع|عنوانات|عنوان|کلمات)|"
    r"(?:مقبول|زیادہ)\s+تلاش|(?:related\s+)?(?:tags?|topics?|hashtags?)|tagged(?:\s+(?:with|as|in|under))?|"
    r"filed\s+under|labels?|زمرہ(?:\s+جات)?|زمرے"
)
# A cue that names key words gives keywords; every other cue gives tags.
_KEYWORD_CUES: Final = (
    r"(?:متعلقہ\s+)?کلیدی\s+(?:الفاظ|لفظ|کلمات)|الفاظِ?\s+کلیدی|کلماتِ?\s+کلیدی|کی\s?ورڈز?|کلید\s+واژے|کلیدی\s+واژے|"
    r"مطلوبہ\s+الفاظ|اہم\s+الفاظ|key\s?words?"
)
# Without a colon a cue must be one that no list of names begins with.
_CUE: Final = re.compile(
    rf"[\s#•*\[(-]*(?:(?P<keywords>{_KEYWORD_CUES})|(?P<tags>{_TAG_CUES}))"
    r"(?:\s*[:：؛=»>|–—-]+\s*|\s*$|(?<=ٹیگز)\s+|(?<=ٹیگس)\s+|(?<=الفاظ)\s+|(?<=شدہ)\s+"
    r"|(?<=[Tt]ags)\s+|(?<=[Tt]agged)\s+|(?<=[Uu]nder)\s+|(?<=TAGS)\s+)",
    re.IGNORECASE,
)
_STRONG: Final = re.compile(r"[،,|؛;•·●▪■◆♦◦×✕✖#\t]|\]\s*\[|\)\s*\(")
_WIDE: Final = re.compile(r"\s{2,}")
_WEAK: Final = re.compile(r"\s*/\s*|\s+[-–—]+\s+|۔\s*(?=\S)")
_EDGE: Final = " \t\r.۔…*'\"‘’“”«»:!-–—_\N{ZERO WIDTH NON-JOINER}\N{RIGHT-TO-LEFT MARK}\N{LEFT-TO-RIGHT MARK}"
# A line of more words than this is a run even among other lines.
_NAME_WORDS: Final = 4


class Tags(NamedTuple):
    """Names in page order, each once."""

    tags: list[str]
    keywords: list[str]


def tags(text: str, page: str = "") -> Tags:
    """Read tag lines: lines parted by a line feed, lines that do not stand together by two.

    Args:
        text: the tag lines.
        page: the page without them, raw: evidence for runs without separators.

    >>> tags("کلیدی الفاظ : سیالکوٹ ، فٹ بال")
    Tags(tags=[], keywords=['سیالکوٹ', 'فٹ بال'])
    >>> tags("#موسیٰ_ندی #حیدرآباد").tags
    ['موسیٰ ندی', 'حیدرآباد']
    >>> tags("اربن فلڈنگ واسا", "واسا کے مطابق اربن فلڈنگ کا خدشہ ہے").tags
    ['اربن فلڈنگ', 'واسا']
    """
    found, folded = Tags([], []), runs.fold(page)
    for keywords, line, is_run in _lines(text):
        into = found.keywords if keywords else found.tags
        for name in _run(line, folded) if is_run else _split(line):
            cleaned = _clean(name)
            if cleaned and cleaned not in into:
                into.append(cleaned)
    return found


def needs_page(text: str) -> bool:
    """Whether tag lines hold a line that only the page's text can cut.

    >>> needs_page("ٹیگز: پاکستان، بجٹ"), needs_page("پاکستان بجٹ"), needs_page("کینجھر جھیل\\nماہی گیر")
    (False, True, False)
    """
    return any(is_run for _, _, is_run in _lines(text))


def _lines(text: str) -> Iterator[tuple[bool, str, bool]]:
    """Each line without its cue: whether it holds keywords, its text, whether it is a run without separators."""
    for block in text.split("\n\n"):
        keywords, lines = False, []
        for line in block.split("\n"):
            cue = _CUE.match(line)
            keywords = bool(cue["keywords"]) if cue else keywords
            rest = line[cue.end() :].strip(_EDGE) if cue else line.strip(_EDGE)
            if rest:
                lines.append((keywords, rest))
        for of_keywords, line in lines:
            # Short lines among others are a name each.
            words = line.count(" ") + 1
            is_run = words > (1 if len(lines) == 1 else _NAME_WORDS) and _separator(line) is None
            yield of_keywords, line, is_run


def _split(line: str) -> list[str]:
    separator = _separator(line)
    return separator.split(line) if separator else [line]


def _separator(line: str) -> re.Pattern[str] | None:
    """What parts the names of a line: the strongest kind of separator that it holds."""
    return next((kind for kind in (_STRONG, _WIDE, _WEAK) if kind.search(line)), None)


def _run(line: str, page: str) -> list[str]:
    """Cut a line without separators; each name is the line's own text from its first word to its last."""
    words = [(match.group().strip(_EDGE), match.span()) for match in re.finditer(r"\S+", line)]
    ranges = runs.cut([word for word, _ in words], page)
    return [line[words[start][1][0] : words[end - 1][1][1]] for start, end in ranges]


def _clean(name: str) -> str:
    name = name.replace("_", " ").strip(_EDGE)
    for opening, closing in ("()", "[]"):
        # A bracket that a cut has left alone, or that holds the whole name; "پی ٹی آئی (نظریاتی)" keeps its own.
        if name.startswith(opening) and (name.endswith(closing) or closing not in name):
            name = name[1:].strip(_EDGE)
        if name.endswith(closing) and opening not in name:
            name = name[:-1].strip(_EDGE)
    return name
