"""The outlet that a page credits."""

import re
from functools import lru_cache
from typing import Final

from corpus.metadata.letters import shape

_CUE: Final = re.compile(
    r"""[\s("\[*-]*
    (?:(?:ذریعہ|ذرائع|سورس|بحوالہ|حوالہ|ماخذ|ماخوذ|مآخذ|بشکریہ|بہ\sشکریہ|شکریہ|منبع|کریڈٹ
      |original\ssource|news\ssource|source|sources|courtesy(?:\sof)?|via|credits?|from)
    (?!\w)(?:\s*(?:از|خبر|with))?[\s:.,=»>-]*)+""",
    re.VERBOSE | re.IGNORECASE,
)
# Credits that are whole sentences: what stands between "this report" and "was taken from" is the outlet.
_SENTENCES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"یہ\s(?:\w+\s){1,2}?(?:پہلی\sبار\s|سب\sسے\sپہلے\s|پہلے\s)?(?P<name>\S.*?)\s(?:سے\s(?:لی|لیا|ماخوذ|نقل)|میں\s(?:شائع|چھپ)|پر\sشائع|کے\sشکری)",
        r"(?:first|originally)\s(?:appeared|published)\s(?:in|on|at|by)\s(?P<name>.+)",
        r"(?:republished|reprinted|taken|adapted)\sfrom\s(?P<name>.+)",
    )
)
_PAGE: Final = re.compile(r"[\s,(-]*\b(?:page|p\.|صفحہ)\s*(?:نمبر)?[\s:.]*0+\s*\)?$", re.IGNORECASE)
_GENERIC: Final = frozenset({"link", "links", "url", "لنک", "here", "یہاں", "یہاں کلک کریں", "ہے", "یہ"})
_EDGE: Final = " .,;:|\"'()[]*-»>\n"


def source(text: str) -> str | None:
    """The outlet's name, without its cue, brackets, stop and page number; None where the credit names nobody.

    >>> source("(بشکریہ ڈی ڈبلیو اردو)"), source("یہ خبر روزنامہ «آبشار» سے لی گئی ہے"), source("Source link")
    ('ڈی ڈبلیو اردو', 'روزنامہ «آبشار»', None)
    """
    found = _span(shape(text))
    return None if found is None else text[found[0] : found[1]]


@lru_cache(maxsize=1 << 12)
def _span(folded: str) -> tuple[int, int] | None:
    start, end = 0, len(folded)
    sentence = next((match for pattern in _SENTENCES if (match := pattern.search(folded))), None)
    if sentence:
        start, end = sentence.span("name")
    elif cue := _CUE.match(folded):
        start = cue.end()
    if page := _PAGE.search(folded, start, end):
        end = page.start()
    while start < end and folded[start] in _EDGE and not _opens(folded[start:end]):
        start += 1
    while end > start and folded[end - 1] in _EDGE and not _closes(folded[start:end]):
        end -= 1
    return None if start >= end or folded[start:end].lower() in _GENERIC else (start, end)


def _closes(piece: str) -> bool:
    # "روزنامہ «آبشار»": a mark that closes what the name itself opened
    if piece[-1] == '"':
        return piece.count('"') % 2 == 0
    return piece[-1] in ")]" and {")": "(", "]": "["}[piece[-1]] in piece


def _opens(piece: str) -> bool:
    return piece[0] == '"' and piece.count('"') % 2 == 0 and piece[-1] != '"'
