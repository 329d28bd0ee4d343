"""Urdu text in one spelling: an ordered list of named rules, each of which can be switched off.

A rule is data: expressions and replacements in the part of the syntax that Python's `re` and the engine of polars
share (no look-around, linear time). `normalize` applies them to a string, `normalize_column` to a whole column, each
rule only to the rows that hold what it looks for. `docs/normalization.md` says what each rule does and why.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from functools import cache, reduce
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from corpus.codepoints import SPACES
from corpus.triggers import Sign, signs

# Letters and vowel marks of the Arabic script: no digit, no stop, no ornate bracket.
LETTER = (
    r"\u0610-\u061A\u0620-\u063F\u0641-\u065F\u066E-\u06D3\u06D5-\u06DC\u06DF-\u06E8\u06EA-\u06EF\u06FA-\u06FF"
    r"\u0750-\u077F\u08A0-\u08FF\uFB50-\uFD3D\uFDF0-\uFDFD\uFE70-\uFEFC"
)
# Letters that a zero-width non-joiner may stand between: also Latin, and Indic with their marks.
ANY_LETTER = LETTER + r"A-Za-z\u00C0-\u024F\u0370-\u052F\u0900-\u0DFF"
DIGIT = r"0-9\u0660-\u0669\u06F0-\u06F9"
STOP = "۔،؛؟"
QUOTE = "\"'‘’“”«»"
# Names of Latin letters as Urdu spells them out: initials are runs of these, or of single letters, with stops between.
LETTER_NAMES = (
    "اے|بی|سی|ڈی|ای|ایف|جی|ایچ|آئی|جے|کے|ایل|ایم|این|او|پی|کیو|آر|ایس|ٹی|یو|وی|ڈبلیو|ایکس|وائی|زیڈ|زی|"
    r"[\u0621-\u063A\u0641-\u064A\u0671-\u06D2]"
)
# Noncharacters stand in for what no rule may touch; a text that holds them itself has them put back like a quotation.
_KEPT, _INITIAL_STOP = "\ufdd0", "\ufdd1"
_QURAN = re.compile(f"﴿[^﴾﴿]*﴾|﴾[^﴾﴿]*﴿|[{_KEPT}{_INITIAL_STOP}]")
# Honorific ligatures stay: ﷺ and ﷻ are written as signs in Urdu, ﷽ opens a text.
_HONORIFICS = "ﷺﷻ﷽"
_ANY = Sign(0)


class Swap(NamedTuple):
    """Replace every match; `again` until nothing matches, for matches that share a letter."""

    pattern: str
    replacement: str
    again: bool = False


class Rule(NamedTuple):
    """One named change of spelling.

    Attributes:
        name: what `off`, `on` and the manifest call it.
        signs: what to look for in a column: every string that the rule changes holds one of these, or any string
            may be changed where there are none.
        steps: what is done one after the other, an expression or a function of the string.
        default: whether it runs unless it is named in `on`.
        makes_work: whether a string may hold a sign afterwards that it did not hold before and a later rule looks for;
            to look again costs as much as many a rule.
    """

    name: str
    signs: Sign
    steps: tuple[Swap | Callable[[str], str], ...]
    default: bool = True
    makes_work: bool = False


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _presentation_letters() -> dict[str, str]:
    # An isolated mark (U+FE70) decomposes to a space and the mark: the space is not text.
    forms = map(chr, (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD)))
    letters = {form: unicodedata.normalize("NFKC", form).replace(" ", "") for form in forms if form not in _HONORIFICS}
    return {form: letter for form, letter in letters.items() if form != letter}


_PRESENTATION_FORMS = str.maketrans(_presentation_letters())


def _spell_out(text: str) -> str:
    return text.translate(_PRESENTATION_FORMS)


_SPACE = "".join(f"\\u{code:04X}" for code in SPACES.tolist())
# A joiner holds emoji and Indic letters together; in the Arabic script it shapes a letter, which is not spelling.
_JOINERS = (
    Swap(r"[\u200B\u2060\uFEFF\u00AD]+", ""),
    Swap(rf"(\A|[{LETTER}{_SPACE}\u200C])\u200D+", "$1"),
    Swap(rf"\u200D+(\z|[{LETTER}{_SPACE}\u200C])", "$1"),
    Swap(rf"(\A|[^{ANY_LETTER}\u200C])\u200C+", "$1"),
    Swap(rf"\u200C+(\z|[^{ANY_LETTER}\u200C])", "$1"),
    Swap(r"\u200C{2,}", "\u200c"),
)

# All that str.isspace calls space but the line feed and the space; ten at a time, which the engine of polars finds at
# memory speed (more at a twentieth of it).
_ODD_SPACES = (
    r"[\t\r\x0B\x0C\x1C-\x1F\u0085\u00A0]",
    r"[\u1680\u2000-\u2008]",
    r"[\u2009\u200A\u2028\u2029\u202F\u205F\u3000]",
)
_SPACES = (
    *(Swap(spaces, " ") for spaces in _ODD_SPACES),
    Swap("  +", " "),
    Swap(" \n", "\n"),
    Swap("\n ", "\n"),
    Swap(r"\A ", ""),
    Swap(r" \z", ""),
)


def _urdu_stop(latin: str, urdu: str) -> Swap:
    """A Latin stop between two Urdu words; a word of one letter ends one match and begins the next."""
    return Swap(rf"([{LETTER}][{QUOTE})\]]*) *{latin} *([{QUOTE}(\[]*[{LETTER}])", f"$1{urdu} $2", again=True)


_URDU_STOPS = (
    _urdu_stop(",", "،"),
    _urdu_stop(";", "؛"),
    _urdu_stop(r"\?", "؟"),
    Swap(rf"([{LETTER}][{QUOTE})\]]*) *\?([{QUOTE})\]]* *(?:\n|\z))", "$1؟$2"),
)

# پی۔آئی۔اے: one stop of each run a turn, counted from the left.
_INITIALS = Swap(
    rf"(\A|[^{LETTER}])((?:{LETTER_NAMES})(?:{_INITIAL_STOP}(?:{LETTER_NAMES}))*)۔({LETTER_NAMES})(\z|[^{LETTER}])",
    f"${{1}}${{2}}{_INITIAL_STOP}${{3}}${{4}}",
    again=True,
)
_SPACE_AFTER_STOPS = (
    _INITIALS,
    Swap(rf"([{STOP}])([{QUOTE}]*[{LETTER}]|[(\[{_KEPT}])", "$1 $2"),
    Swap(rf"([^A-Za-z{DIGIT}][{STOP}])([{QUOTE}]*[A-Za-z{DIGIT}])", "$1 $2"),
    Swap(rf"!([{LETTER}])", "! $1"),
    Swap(_INITIAL_STOP, "۔"),
)

# One space a turn: to look for the space and the bracket as literals is faster than to look for a run of spaces.
_SPACE_BEFORE_STOPS = (Swap(f" ([{STOP}!])", "$1", again=True),)
_BRACKETS = (
    Swap(r"([(\[]) +", "$1"),
    Swap(r" ([)\]])", "$1", again=True),
    Swap(rf"([{LETTER}])([(\[])", "$1 $2"),
    Swap(rf"([)\]])([{LETTER}])", "$1 $2"),
)

_MARKS = (r"[\u064B-\u0652]", r"[\u0656-\u065F]", r"\u0670", r"[\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED]")
_BIDI_MARKS = (r"[\u200E\u200F\u061C]", r"[\u202A-\u202E]", r"[\u2066-\u2069]")
_QUOTES = (Swap("['‘’‚‛`´]{2}", '"'), Swap("[“”„‟«»]", '"'), Swap("[‘’‚‛`´]", "'"))


def _digits(script: str) -> tuple[Swap, ...]:
    others = [digits for digits in ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") if digits != script]
    return tuple(Swap(f"[{''.join(same)}]", digit) for *same, digit in zip(*others, script, strict=True))


RULES: tuple[Rule, ...] = (
    Rule("nfc", Sign.NOT_COMPOSED, (_compose,), makes_work=True),
    Rule("presentation_forms", Sign.FORM, (_spell_out,), makes_work=True),
    Rule("tatweel", Sign.TATWEEL, (Swap("\u0640", ""),), makes_work=True),
    Rule("bidi_marks", Sign.BIDI, tuple(Swap(marks, "") for marks in _BIDI_MARKS), makes_work=True),
    Rule("diacritics", Sign.MARK, tuple(Swap(marks, "") for marks in _MARKS), default=False, makes_work=True),
    Rule("joiners", Sign.JOINER, _JOINERS, makes_work=True),
    Rule("yeh", Sign.YEH, (Swap("[يى]", "ی"), Swap("یٔ", "ئ"))),
    Rule("kaf", Sign.KAF, (Swap("[كڪ]", "ک"),)),
    Rule("heh", Sign.HEH, (Swap("[هە]", "ہ"), Swap("ۀ", "ۂ"))),
    Rule("teh_marbuta", Sign.TEH_MARBUTA, (Swap("ة", "ۃ"),)),
    Rule("spaces", Sign.SPACE, _SPACES, makes_work=True),
    # Before the stops, which look past a bracket that stands close to its word.
    Rule("brackets", Sign.BRACKET, _BRACKETS),
    Rule("urdu_stops", Sign.LATIN_STOP, _URDU_STOPS),
    Rule("space_before_stops", Sign.SPACE_BEFORE_STOP, _SPACE_BEFORE_STOPS),
    Rule("space_after_stops", Sign.WORD_AFTER_STOP, _SPACE_AFTER_STOPS),
    Rule("quotes", _ANY, _QUOTES, default=False),
    Rule("latin_digits", _ANY, _digits("0123456789"), default=False),
    Rule("urdu_digits", _ANY, _digits("۰۱۲۳۴۵۶۷۸۹"), default=False),
    # Again: a character that is gone may have stood between a letter and its mark.
    Rule("recompose", Sign.NOT_COMPOSED, (_compose,)),
)


def normalize(text: str, off: Collection[str] = (), on: Collection[str] = ()) -> str:
    """Spell a text the Urdu way.

    Args:
        text: any text; what stands between ﴿ and ﴾ is left alone.
        off: names of rules not to apply.
        on: names of rules to apply that are off by default: `diacritics`, `quotes`, `latin_digits`, `urdu_digits`.

    Raises:
        ValueError: a name is no rule's.

    >>> normalize("كيا ہو رہا ہے ؟وہ ,یہ")
    'کیا ہو رہا ہے؟ وہ، یہ'
    >>> normalize("پی۔آئی۔اے کے 4۔5 ارب", on=["urdu_digits"])
    'پی۔آئی۔اے کے ۴۔۵ ارب'
    """
    kept = _QURAN.findall(text)
    text = _QURAN.sub(_KEPT, text)
    for rule in chosen(off, on):
        text = reduce(_string_step, rule.steps, text)
    return _interleave(text, kept)


def normalize_column(
    column: pa.StringArray, off: Collection[str] = (), on: Collection[str] = ()
) -> tuple[pa.StringArray, NDArray[np.int32]]:
    """Apply `normalize` to every string of a column without nulls.

    Returns:
        the column, and for each string the rules that changed it: bit i is rule i of `RULES`.
    """
    whole = pl.Series(values=pl.from_arrow(column), dtype=pl.String)
    spelled, kept = _set_aside(_Column(whole, signs(column)))
    changed = np.zeros(len(column), dtype=np.int32)
    for rule in chosen(off, on):
        spelled, rows = _apply(rule, spelled)
        changed[rows] |= 1 << RULES.index(rule)
    return (_arrow(_put_back(spelled, kept).strings) if kept or changed.any() else column), changed


def chosen(off: Collection[str] = (), on: Collection[str] = ()) -> list[Rule]:
    """The rules that run, in order.

    Raises:
        ValueError: a name is no rule's.
    """
    unknown = {*off, *on} - {rule.name for rule in RULES}
    if unknown:
        raise ValueError(f"no such rule: {', '.join(sorted(unknown))}; rules: {', '.join(r.name for r in RULES)}")
    return [rule for rule in RULES if rule.name not in off and (rule.default or rule.name in on)]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(r"\z", r"\Z"))


def _string_step(text: str, step: Swap | Callable[[str], str]) -> str:
    if not isinstance(step, Swap):
        return step(text)
    template = re.sub(r"\$\{?(\d)\}?", r"\\g<\1>", step.replacement)
    text, found = _compiled(step.pattern).subn(template, text)
    while found and step.again:
        text, found = _compiled(step.pattern).subn(template, text)
    return text


class _Column(NamedTuple):
    """A column and, for each string, what it may hold now: bits of `Sign`."""

    strings: pl.Series
    held: NDArray[np.uint16]


def _apply(rule: Rule, column: _Column) -> tuple[_Column, NDArray[np.int64]]:
    """Apply a rule; also the rows that it changed."""
    rows = np.flatnonzero(column.held & np.uint16(rule.signs)) if rule.signs else np.arange(len(column.held))
    if len(rows) == 0:
        return column, rows
    before = column.strings.gather(rows)
    after = reduce(_column_step, rule.steps, before)
    changed = (before != after).to_numpy()
    return _put(column, rows[changed], after.filter(changed), rule.makes_work), rows[changed]


def _column_step(strings: pl.Series, step: Swap | Callable[[str], str]) -> pl.Series:
    if not isinstance(step, Swap):
        return pl.Series([step(string) for string in strings], dtype=pl.String)
    rows = strings.str.contains(step.pattern).arg_true()
    while len(rows):
        part = strings.gather(rows).str.replace_all(step.pattern, step.replacement)
        # scatter writes into the series it is called on.
        strings = strings.clone().scatter(rows, part) if len(rows) < len(strings) else part
        rows = rows.filter(part.str.contains(step.pattern)) if step.again else rows.clear()
    return strings


def _put(column: _Column, rows: NDArray[np.int64], values: pl.Series, look_again: bool) -> _Column:
    if len(rows) == 0:
        return column
    # scatter writes into the series it is called on.
    strings, held = column.strings.clone().scatter(rows, values), column.held
    if look_again:
        held = held.copy()
        held[rows] = signs(_arrow(values))
    return _Column(strings, held)


def _arrow(strings: pl.Series) -> pa.StringArray:
    return strings.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())


def _set_aside(column: _Column) -> tuple[_Column, dict[int, list[str]]]:
    """Swap each quotation for one noncharacter; also the quotations, by row."""
    rows = np.flatnonzero(column.held & np.uint16(Sign.FORM))
    texts = column.strings.gather(rows).to_list()
    kept = {row: found for row, text in zip(rows.tolist(), texts, strict=True) if (found := _QURAN.findall(text))}
    swapped = [_QURAN.sub(_KEPT, text) for row, text in zip(rows.tolist(), texts, strict=True) if row in kept]
    return _put(
        column, np.fromiter(kept, np.int64, len(kept)), pl.Series(swapped, dtype=pl.String), look_again=True
    ), kept


def _put_back(column: _Column, kept: dict[int, list[str]]) -> _Column:
    rows = np.fromiter(kept, dtype=np.int64, count=len(kept))
    spelled = column.strings.gather(rows).to_list()
    whole = [_interleave(*pair) for pair in zip(spelled, kept.values(), strict=True)]
    return _put(column, rows, pl.Series(whole, dtype=pl.String), look_again=False)


def _interleave(text: str, kept: list[str]) -> str:
    return "".join(part + quotation for part, quotation in zip(text.split(_KEPT), [*kept, ""], strict=True))
