"""Publication dates in bylines and datelines.

A line is read as a row of word classes ("14 نومبر 2022ء" is number, month, year, era: `1M4e`), and the forms of a
date are regular expressions over that row. What a line's shape says (digits written as 0) is worked out once; only
the numbers differ from page to page.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from corpus.metadata.clock import clock
from corpus.metadata.hijri import sighted
from corpus.metadata.letters import shape
from corpus.once import once

# One letter per class of calendar.tsv.
_CLASSES: Final = {
    "month": "M", "weekday": "W", "number": "d", "ordinal": "o", "era": "e", "hijra": "a", "hijri": "H",
    "epithet": "x", "article": "y", "meridiem": "p", "period": "P", "bajay": "b", "baj": "c", "kar": "k",
    "fraction": "f", "minute": "m", "hour": "g", "day": "D", "ago": "q", "relative": "r", "last": "l", "joint": "v",
    "updated": "U", "published": "I", "on": "K",
}  # fmt: skip
_TOKEN: Final = re.compile(r"0+|(?:پی|اے) ایم(?!\w)|(?<![A-Za-z])[AaPp]\.\s?[Mm]\b\.?|[A-Za-z؀-؅ؐ-ؚؠ-ٟٮ-ۓە-ۿݐ-ݿ]+|\S|\n+")
_FORMS: Final = {
    "dmy": r"(?P<dmy_d>[1d])o?v?[-/,.]*(?P<dmy_m>M)[-/,.]*v?(?P<dmy_y>4)[ea]?",
    "mdy": r"(?P<mdy_m>M)[-/,.]*(?P<mdy_d>[1d])o?[-/,.]*(?P<mdy_y>4)e?",
    "ymd": r"(?P<ymd_y>4)[-/,.]*(?P<ymd_m>M)[-/,.]*(?P<ymd_d>1)(?![:bc])",
    "iso": r"(?P<iso_y>4)(?P<iso_s>[-/.])(?P<iso_m>1)(?P=iso_s)(?P<iso_d>1)",
    "num": r"(?P<num_d>1)(?P<num_s>[-/.])(?P<num_m>1)(?P=num_s)(?P<num_y>[14])(?![-/:])e?",
    # Two digits are a year only where nothing else can be meant: 01-Oct-21, 14 نومبر 23ء.
    "abb": r"(?P<abb_d>1)(?:(?P<abb_s>[-/])(?P<abb_m>M)(?P=abb_s)(?P<abb_y>1)|(?P<abb_n>M)[-,.]*(?P<abb_z>1)e)",
    "hij": r"(?P<hij_d>[1d])[-/,.]*y?(?P<hij_m>H)(?P<hij_x>x?)[-/,.]*(?P<hij_y>4)a?",
    "ago": r"(?P<ago_n>[1d])(?P<ago_u>[mgD])(?:v?(?P<ago_k>[1d])(?P<ago_v>[mg]))?q",
    # Beside a word it is a name: "آج نیوز".
    "rel": r"(?<!z)(?P<rel_r>r|l(?=D))D?(?!z)",
    "at": (
        r"(?:(?P<at_p>[PD])[-,.:]?)?(?P<at_f>f)?"
        r"(?:(?P<at_h>1):(?P<at_i>1)(?::1)?b?|(?P<at_j>[1d])ck?(?P<at_k>[1d])m"
        r"|(?P<at_q>1)\.(?P<at_l>1)(?=[pb])b?|(?P<at_b>[1d])(?P<at_o>b)|(?P<at_n>1)(?=p))"
        r"(?:(?P<at_a>p)|(?P<at_t>P))?"
    ),
    "cue": r"[UI]",
    # No date, but no name either: 21 اگست, ستمبر 2024.
    "part": r"[1d]o?[-/,.]*M|M[-/,.]*[14](?![:bc])",
}
# "5 مئی 2020 کو اپ ڈیٹ": a cue after its date.
_DATED: Final = ("dmy", "mdy", "ymd", "iso", "num", "abb")
_FORM: Final = re.compile(
    "|".join(f"(?P<{name}>{form}{'(?:KU|KI)?' if name in _DATED else ''})" for name, form in _FORMS.items())
)
_COLLECTED: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?")
# A time further than this from its date says when something happened, not when the page was published.
_NEAR: Final = 24
_PUBLISHED, _BARE, _UPDATED, _RELATIVE, _HIJRI = range(5)

Slot = int | slice  # a value known from the words, or where in the text its digits stand


class Clock(NamedTuple):
    """A time of day as written; `shift` minutes are added (ساڑھے 5 is 5:30)."""

    hour: Slot
    minute: Slot
    shift: int
    period: int | None
    meridiem: int | None


class Reading(NamedTuple):
    """One date of a line: the form it has, its numbers in the order year, month, day (or amount, unit)."""

    rank: int
    form: str
    slots: tuple[Slot, ...]
    weekday: int | None
    clock: Clock | None


class Plan(NamedTuple):
    """What a shape says: its dates, best first, and the spans that dates, times and weekdays take."""

    readings: tuple[Reading, ...]
    spans: tuple[tuple[int, int], ...]


def published(text: str, collected_at: str | None = None) -> str | None:
    """The publication time of a byline or dateline, `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`, else None.

    Lines are parted by a line feed, lines that do not stand together by two.

    >>> published("منگل ، ۴ فروری ۲۰۲۵"), published("شائع 03 مئی 2019 06:12pm")
    ('2025-02-04', '2019-05-03T18:12')
    >>> published("3 دن پہلے"), published("3 دن پہلے", "2024-05-10T14:30:00Z")
    (None, '2024-05-07')
    """
    for reading in plan(shape(text)).readings:
        found = _resolve(reading, text, collected_at)
        if found is not None:
            return found
    return None


@lru_cache(maxsize=1 << 15)
def plan(folded: str) -> Plan:
    """Read the shape of a line: which dates it holds, and where; see `corpus.metadata.letters.shape`."""
    tokens = [match.span() for match in _TOKEN.finditer(folded)]
    classes, values = "", []
    for start, end in tokens:
        word = folded[start:end]
        name, value = _word(word if len(word) == 1 else word.replace(".", "").replace(" ", ""))
        classes += name
        values.append(slice(start, end) if word[0] == "0" else value)
    matches = list(_FORM.finditer(classes))
    readings = sorted(_readings(matches, classes, values, tokens, folded), key=lambda reading: reading.rank)
    spans = [(tokens[match.start()][0], tokens[match.end() - 1][1]) for match in matches if match.lastgroup != "cue"]
    if spans or classes.strip("W,.-|") == "":
        spans += [span for span, name in zip(tokens, classes, strict=True) if name == "W"]
    return Plan(tuple(readings), tuple(sorted(spans)))


def _readings(
    matches: list[re.Match[str]], classes: str, values: list[Slot], tokens: list[tuple[int, int]], folded: str
) -> Iterator[Reading]:
    """Each date among the matches, with the cue before it, its weekday and the time beside it."""
    rank, taken = _BARE, -1
    for place, match in enumerate(matches):
        form = match.lastgroup or ""
        if form == "cue":
            rank = _PUBLISHED if match.group() == "I" else _UPDATED
        elif form not in ("at", "part"):
            after = classes[match.end() - 1]
            own = {"U": _UPDATED, "I": _PUBLISHED}.get(after, rank) if form in _DATED else rank
            own = {"hij": _HIJRI, "ago": _RELATIVE, "rel": _RELATIVE}.get(form, own)
            beside = _beside(matches, place, tokens, folded, taken)
            taken = beside if beside is not None else taken
            weekday = next((values[i] for i in range(match.start() - 1, match.start() - 4, -1) if i >= 0
                            and classes[i] == "W"), None)  # fmt: skip
            yield Reading(
                own,
                form,
                _slots(match, values),
                weekday if isinstance(weekday, int) else None,
                None if beside is None else _clock(matches[beside], values),
            )
            rank = _BARE


def _beside(
    matches: list[re.Match[str]], place: int, tokens: list[tuple[int, int]], folded: str, taken: int
) -> int | None:
    """Which match is the time of the date at `place`: the next one, else the one before that no date has taken."""
    for other in (place + 1, place - 1):
        if 0 <= other < len(matches) and other != taken and matches[other].lastgroup == "at":
            first, second = sorted((place, other))
            between = folded[tokens[matches[first].end() - 1][1] : tokens[matches[second].start()][0]]
            if len(between) <= _NEAR and "\n\n" not in between:
                return other
    return None


def _slots(match: re.Match[str], values: list[Slot]) -> tuple[Slot, ...]:
    def slot(name: str) -> Slot:
        return values[match.start(name)]

    form = match.lastgroup or ""
    if form == "abb":
        return (slot("abb_y"), slot("abb_m"), slot("abb_d")) if match["abb_y"] else (
            slot("abb_z"), slot("abb_n"), slot("abb_d"))  # fmt: skip
    if form == "hij":
        month, epithet = slot("hij_m"), slot("hij_x") if match["hij_x"] else 0
        return (slot("hij_y"), _sum(month, epithet), slot("hij_d"))
    if form == "ago":
        smaller = (slot("ago_k"), slot("ago_v")) if match["ago_k"] else (0, 0)
        return (slot("ago_n"), slot("ago_u"), *smaller)
    if form == "rel":
        return (slot("rel_r"),)
    return (slot(f"{form}_y"), slot(f"{form}_m"), slot(f"{form}_d"))


def _sum(month: Slot, epithet: Slot) -> Slot:
    # Only ربیع and جمادی come in pairs: "شعبان الثانی" is no month.
    return month + epithet if isinstance(month, int) and isinstance(epithet, int) and month in (3, 5) else month


def _clock(match: re.Match[str], values: list[Slot]) -> Clock | None:
    def value(name: str) -> Slot | None:
        return values[match.start(name)] if match[name] else None

    hour = next((at for at in map(value, ("at_h", "at_j", "at_q", "at_b", "at_n")) if at is not None), 0)
    minute = next((at for at in map(value, ("at_i", "at_k", "at_l")) if at is not None), 0)
    period, meridiem, shift = value("at_p"), value("at_a"), value("at_f")
    period = value("at_t") if period is None else period
    if match["at_p"] == "D":
        period = 1
    if match["at_o"] and period is None and meridiem is None:
        return None  # "8 بجے" may be morning or evening
    known = [number if isinstance(number, int) else None for number in (period, meridiem)]
    return Clock(hour, minute, shift if isinstance(shift, int) else 0, known[0], known[1])


def _resolve(reading: Reading, text: str, collected_at: str | None) -> str | None:
    """Put the numbers of `text` into a reading."""
    if reading.form in ("ago", "rel"):
        day: date | None = _relative(reading, text, collected_at)
    elif reading.form == "hij":
        year, month, number = (_number(slot, text) for slot in reading.slots)
        day = sighted(year, month, number, reading.weekday) if 1300 <= year <= 1500 else None
    else:
        day = _day(reading, text)
    if day is None:
        return None
    at = _time(reading.clock, text) if reading.clock else None
    if isinstance(day, datetime):
        return day.isoformat(timespec="minutes")
    return day.isoformat() if at is None else f"{day.isoformat()}T{at:%H:%M}"


def _number(slot: Slot, text: str) -> int:
    return slot if isinstance(slot, int) else int(text[slot])


def _day(reading: Reading, text: str) -> date | None:
    """A Gregorian day; day before month unless that is impossible."""
    year, month, day = (_number(slot, text) for slot in reading.slots)
    if year < 100:
        year += 2000 if year < 70 else 1900
    if reading.form == "num" and month > 12 >= day:
        month, day = day, month
    # Urdu newspapers begin in 1822; a later bound than any page can have keeps typing slips out.
    if not 1822 <= year < 2100:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(read: Clock, text: str) -> time | None:
    at = clock(_number(read.hour, text), _number(read.minute, text), read.period, read.meridiem)
    if at is None or read.shift == 0:
        return at
    return (datetime.combine(date(2000, 1, 1), at) + timedelta(minutes=read.shift)).time()


def _relative(reading: Reading, text: str, collected_at: str | None) -> date | None:
    """A day so many days, or a moment so many hours or minutes, before the page was collected."""
    seen = _COLLECTED.match(collected_at or "")
    if seen is None:
        return None
    numbers = [_number(slot, text) for slot in reading.slots]
    try:
        today = date.fromisoformat(seen[1])
        if reading.form == "rel":
            return today - timedelta(days=numbers[0])
        amount, unit, more, smaller = numbers
        if unit == 1440:
            return today - timedelta(days=amount)
        if seen[2] is None:
            return None  # hours before a day that has no hour
        return datetime.fromisoformat(f"{seen[1]}T{seen[2]}") - timedelta(minutes=amount * unit + more * smaller)
    except (ValueError, OverflowError):
        return None  # collected on 30 February, or in the year 1


def _word(word: str) -> tuple[str, int]:
    """Class and value of a token: digits by their number, words by the calendar, marks as themselves."""
    if word[0] == "0":
        return ("1" if len(word) < 3 else "4" if len(word) == 4 else "9"), 0
    return _words().get(word.lower(), (word if word in "-/,.:" else "n" if word[0] == "\n" else "z", 0))


@once
def _words() -> dict[str, tuple[str, int]]:
    lines = (Path(__file__).parent / "calendar.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {word: (_CLASSES[name], int(value)) for name, value, words in rows for word in words.split()}
