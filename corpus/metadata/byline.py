"""Author, desk and place of bylines and datelines."""

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from corpus.metadata import dates
from corpus.metadata.letters import shape
from corpus.metadata.lexicon import LETTER_NAMES, is_listed, kind, table
from corpus.once import once

_SPLIT: Final = re.compile(
    r"""[|,;:/()\[\]{}"\n*•·●¤]+ | \.{2,} | (?<![A-Z])(?<!Dr)(?<!Mr)(?<!Prof)\.(?![A-Za-z0]) | (?<=\s)-+ | -+(?=[\s|]|$)
    | -{2,} | ^-+ | \s{3,} | &""",
    re.VERBOSE,
)
_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|@\w+|https?://\S+|www\.\S+|\+?0[0-]{8,}")
# A sentence about the author is a biography, not a byline.
_SENTENCE: Final = re.compile(r"(?<!\w)(?:ہیں|ہے|تھے|تھا|تھی|رہے|ہوں|is|are|was|has)(?!\w)")
_NO_NAME: Final = re.compile(
    r"(?<!\w)(?:میں|نے|کو|پر|کہ|یہ|اس|سے|کی|کا|کے|لئے|لیے|تک|یا|اسٹیڈیم|سٹیڈیم|یونیورسٹی|کالج|ہسپتال|اسپتال|کلب|بازار|"
    r"قسط|حصہ|صفحہ|the|of|for|with|to)(?!\w)|0"
)
# "(اویس الحق سے)", "احمد رضا کی رپورٹ": sent in by, report of.
_SENT: Final = re.compile(r"(?:\s+کے قلم)?\s+سے$|\s+کی\s+(?:خصوصی\s+)?(?:رپورٹ|تحریر)$")
# "ایم۔ ودود", "اے۔پی۔پی": the stop after an initial ends no name; it becomes a space that does not part.
_INITIALS: Final = re.compile(rf"(?<![^\s|,:(/])(?:(?:{'|'.join(sorted(LETTER_NAMES))})\.\s?)+(?=\w\w)")
_TIED: Final = "\x1f"
_JOINERS: Final = frozenset(",/&")

Span = tuple[int, int]


class Parties(NamedTuple):
    """Who wrote where, as exact substrings; None for what the line does not say."""

    author: str | None
    desk: str | None
    place: str | None


class Segment(NamedTuple):
    """A stretch of a line between separators: its span, the separator before it, and whether brackets hold it."""

    start: int
    end: int
    before: str
    bracketed: bool


def byline(text: str) -> Parties:
    """Author, desk and place of a byline (several lines parted by line feeds).

    >>> byline("تحریر : ڈاکٹر محمد مصطفیٰ")
    Parties(author='ڈاکٹر محمد مصطفیٰ', desk=None, place=None)
    >>> byline("احمد نورانی، بی بی سی اردو، اسلام آباد")
    Parties(author='احمد نورانی', desk='بی بی سی اردو', place='اسلام آباد')
    """
    return _cut(text, spans(shape(text), opens_body=False))


def dateline(text: str) -> Parties:
    """Author, desk and place of a dateline: its first name is a place, known or not, a person stands in brackets.

    >>> dateline("چک نورنگ (نامہ نگار):"), dateline("چترال(محکم الدین)").author
    (Parties(author=None, desk='نامہ نگار', place='چک نورنگ'), 'محکم الدین')
    """
    return _cut(text, spans(shape(text), opens_body=True))


def _cut(text: str, found: tuple[Span | None, Span | None, Span | None]) -> Parties:
    return Parties(*(None if span is None else text[span[0] : span[1]] for span in found))


@lru_cache(maxsize=1 << 15)
def spans(folded: str, *, opens_body: bool) -> tuple[Span | None, Span | None, Span | None]:
    """Where the shape of a line names author, desk and place; see `corpus.metadata.letters.shape`."""
    text = _without_dates(folded)
    state = _Reader(text, opens_body)
    for segment in _segments(text):
        state.read(segment)
    desks = (state.desk, None if state.author else state.post)
    return (
        state.author,
        min((desk for desk in desks if desk), key=lambda desk: (desk[0], -desk[1]), default=None),
        state.place,
    )


def _without_dates(folded: str) -> str:
    """Overwrite dates, addresses and sentences with bars: separators, so that all spans keep their place."""
    dated = dates.plan(folded).spans
    gone = [span for span in dated if not _names(folded, span, dated)]
    gone += [match.span() for match in _ADDRESS.finditer(folded)]
    begin = 0
    for line in folded.split("\n"):
        if _SENTENCE.search(line):
            gone.append((begin, begin + len(line)))
        begin += len(line) + 1
    folded = _INITIALS.sub(lambda match: match.group().replace(".", _TIED), folded)
    for start, end in gone:
        folded = f"{folded[:start]}{'|' * (end - start)}{folded[end:]}"
    return folded


def _names(folded: str, span: Span, dated: tuple[Span, ...]) -> bool:
    # "آج نیوز", "پیر علی شاہ": a lone word of the calendar that opens a name
    start, end = span
    opens = folded[start:end].isalpha() and re.match(r" [^\W\d]", folded[end : end + 2]) is not None
    return opens and all(end + 1 != other for other, _ in dated)


def _segments(text: str) -> list[Segment]:
    found, begin, before, depth = [], 0, "", 0
    for match in [*_SPLIT.finditer(text), None]:
        end = match.start() if match else len(text)
        piece = text[begin:end]
        stripped = piece.strip(" .-_'#>«»")
        if stripped:
            start = begin + piece.index(stripped)
            found.append(Segment(start, start + len(stripped), before, depth > 0))
            before = ""
        if match:
            mark = match.group()
            before += mark
            depth = max(0, depth + sum(mark.count(c) for c in "([{") - sum(mark.count(c) for c in ")]}"))
            begin = match.end()
    return found


class _Reader:
    """Reads segments from left to right; the first of each kind counts, a second beside it is joined."""

    def __init__(self, text: str, opens_body: bool) -> None:
        self.text = text
        self.opens_body = opens_body
        self.author: Span | None = None
        self.desk: Span | None = None
        self.post: Span | None = None
        self.place: Span | None = None
        self.cue: str | None = None
        self.last: str | None = None

    def read(self, segment: Segment) -> None:
        """Take one segment in: a cue, a name after a cue, or a name by itself."""
        start, end = segment.start, segment.end
        if match := _SENT.search(self.text[start:end]):
            end = start + match.start()
        whole = self.text[start:end]
        if "\n\n" in segment.before or ("\n" in segment.before and "|" in segment.before):
            self.cue = None  # what the cue announced was an address or a date, or stands elsewhere
        if whole in _cues("label"):
            return
        if whole in _cues("author") or whole in _cues("nobody"):
            self._cue(whole, (start, end), segment)
            return
        if not is_listed(whole):
            start, end = self._trim(start, end)
        if start < end:
            self._name((start, end), segment)

    def _cue(self, whole: str, span: Span, segment: Segment) -> None:
        self.cue = "author" if whole in _cues("author") else "nobody"
        if kind(whole) == "reporter":
            self._keep("post", span, segment)
        else:
            self.last = None

    def _trim(self, start: int, end: int) -> Span:
        """Cut cues and labels off both ends: "تحریر نجم الثاقب", "نازیہ حسن ترجمہ"."""
        for _ in range(4):
            piece = self.text[start:end]
            if match := _edge("opener", "closer", "label").match(piece):
                word = match.group(1)
                if word in _cues("closer"):
                    self.cue = "nobody"
                elif word in _cues("opener"):
                    self.cue = "author"
                start += match.end()
            elif kind(piece) is None and (match := _tail("label").search(piece)):
                end = start + match.start()
            elif match := _tail("nobody", "author").search(piece):
                if self.text[end : end + 2].strip()[:1] != ":":
                    return start, end
                self._name((start, start + match.start()), Segment(start, start + match.start(), "", False))
                self.cue = "nobody" if match.group(1) in _cues("nobody") else "author"
                return end, end
            else:
                return start, end
        return start, end

    def _name(self, span: Span, segment: Segment) -> None:
        if self.cue == "nobody":
            self.cue = self.last = None
            return
        if outlet := self._outlet(*span):
            self._name((span[0], outlet[0] - 1), segment)
            span, segment = outlet, Segment(*outlet, "", segment.bracketed)
        name = self.text[slice(*span)]
        found = kind(name)
        if found in ("section", "role") and not (found == "section" and self._is_place(segment, name)):
            self.last = None
        elif found in ("desk", "agency", "outlet"):
            self._keep("desk", span, segment)
        elif found == "reporter":
            self._keep("post", span, segment)
        elif found == "place" and not (self.cue == "author" and self.author is None and " " not in name):
            self._keep("place", span, segment)
        elif self.opens_body and not segment.bracketed and self.cue is None and self.place is None:
            if len(name.split()) <= 5 and not _SENTENCE.search(name):
                self._keep("place", span, segment)
        else:
            self._person(span, segment)
        self.cue = None

    def _outlet(self, start: int, end: int) -> Span | None:
        """The outlet at the end of a name without a separator: "سارہ حسن بی بی سی اردو"."""
        words = self.text[start:end].split(" ")
        if len(words) < 4 or is_listed(" ".join(words)):
            return None
        for place in range(2, len(words) - 1):
            rest = " ".join(words[place:])
            if kind(rest) in ("agency", "outlet") and (is_listed(rest) or kind(rest) == "agency"):
                return (end - len(rest), end) if kind(" ".join(words[:place])) is None else None
        return None

    def _is_place(self, segment: Segment, name: str) -> bool:
        # A country is a rubric in a byline ("admin  پاکستان") and a place in a dateline.
        return self.opens_body and not segment.bracketed and name == "پاکستان"

    def _person(self, span: Span, segment: Segment) -> None:
        start, end = self._without_roles(*span, segment)
        if start >= end:
            return
        name = self.text[start:end]
        words = name.split()
        if kind(name) == "place":
            self._keep("place", (start, end), segment)
        elif (
            len(words) <= 6 + words.count("اور") * 4
            and not _NO_NAME.search(name)
            and (self.cue == "author" or not _is_handle(name))
            and not (self.opens_body and not segment.bracketed and self.cue is None)
        ):
            if segment.before.count(".") > 1 and self.last == "author" and not self.opens_body:
                self.author = None  # "قلم کمان ۔۔۔۔ حامد علی": the column's name stands first
            self._keep("author", (start, end), segment)

    def _without_roles(self, start: int, end: int, segment: Segment) -> Span:
        for _ in range(3):
            piece = self.text[start:end]
            if match := _role_head().match(piece):
                self._keep("post", (start, start + match.end(1)), segment)
                start += match.end()
            elif match := _role_tail().search(piece):
                self._keep("post", (start + match.start(1), end), segment)
                end = start + match.start()
        return start, end

    def _keep(self, slot: str, span: Span, segment: Segment) -> None:
        known = getattr(self, slot)
        mark = segment.before.strip()
        if slot == "desk" and known is None and self.last == "post" and self.post and mark in _JOINERS:
            self.post = (self.post[0], span[1])  # "سٹی رپورٹر، اے این این", where nobody is named
        if known is None:
            setattr(self, slot, span)
        elif self.last == slot and mark in _JOINERS and known[1] < span[0]:
            # Two authors have two words each: one word after a comma is rather a village that no list knows.
            if slot != "author" or mark != "," or " " in self.text[slice(*span)]:
                setattr(self, slot, (known[0], span[1]))
            elif self.place is None:
                self.place = span
        self.last = slot


def _is_handle(name: str) -> bool:
    # "john_k", "khabar24": a user name of the site
    return name.isascii() and (" " not in name) and (name.islower() or "_" in name)


@cache
def _cues(name: str) -> frozenset[str]:
    return frozenset(word for kind_, words in table("cues.tsv") if kind_ == name for word in words.split("|"))


def _either(words: frozenset[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


@cache
def _edge(*names: str) -> re.Pattern[str]:
    return re.compile(rf"({_either(frozenset().union(*map(_cues, names)))})(?:\s+|$)")


@cache
def _tail(*names: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|\s+)({_either(frozenset().union(*map(_cues, names)))})$")


@once
def _roles() -> str:
    rows = (names.split("|") for kind_, names in table("desks.tsv") if kind_ in ("reporter", "role"))
    return _either(frozenset(name.strip("* ") for names in rows for name in names))


@once
def _role_head() -> re.Pattern[str]:
    return re.compile(rf"({_roles()})\s+")


@once
def _role_tail() -> re.Pattern[str]:
    return re.compile(rf"\s+({_roles()})$")
