"""Urdu text in one spelling: an ordered list of named rules, each of which can be switched off.

A rule is data: expressions and replacements in the part of the syntax that Python's `re` and the engine of polars
share (no look-around, linear time). `normalize` applies them to a string, `normalize_column` to a whole column, each
rule only to the rows that hold what it looks for. `docs/normalization.md` says what each rule does and why.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from functools import cache, reduce
from operator import or_
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from corpus.codepoints import SPACES

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
    "اے|بی|سی|ڈی|ای|ایف|جی|ایچ|آئی|جے|کے|ایل|ایم|این|او|پی|کیو|آر|ایس|ٹی|یو|وی|ڈبلیو|ایکس|وائی|زیڈ|زی|[\u0621-\u06d2]"
)
# Noncharacters stand in for what no rule may touch; a text that holds them itself has them put back like a quotation.
_KEPT, _INITIAL_STOP = "\ufdd0", "\ufdd1"
_QURAN = re.compile(f"﴿[^﴾﴿]*﴾|﴾[^﴾﴿]*﴿|[{_KEPT}{_INITIAL_STOP}]")
# Honorific ligatures stay: ﷺ and ﷻ are written as signs in Urdu, ﷽ opens a text.
_HONORIFICS = "ﷺﷻ﷽"


class Swap(NamedTuple):
    """Replace every match; `again` until nothing matches, for matches that share a letter."""

    pattern: str
    replacement: str
    again: bool = False


Trigger = str | bytes | tuple[bytes, str]


class Rule(NamedTuple):
    """One named change of spelling.

    Attributes:
        name: what `off`, `on` and the manifest call it.
        triggers: what to look for in a column: every string that the rule changes holds one of these expressions or
            bytes, or bytes and then an expression. The engine of polars looks for up to ten literals at memory speed
            and for more at a twentieth of it: hence several small ones.
        steps: what is done one after the other, an expression or a function of the string.
        default: whether it runs unless it is named in `on`.
    """

    name: str
    triggers: tuple[Trigger, ...]
    steps: tuple[Swap | Callable[[str], str], ...]
    default: bool = True


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

# All that str.isspace calls space but the line feed and the space.
_ODD_SPACES = (
    r"[\t\r\x0B\x0C]",
    r"[\x1C-\x1F]",
    r"[\u0085\u00A0\u1680]",
    r"[\u2000-\u2005]",
    r"[\u2006-\u200A]",
    r"[\u2028\u2029\u202F]",
    r"[\u205F\u3000]",
)
_EDGE_SPACES = ("  ", " \n", "\n ", r"\A ", r" \z")
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
    Swap(rf"([{STOP}])([{LETTER}])", "$1 $2"),
    Swap(rf"([{STOP}])([{QUOTE}]+[{LETTER}]|[(\[{_KEPT}])", "$1 $2"),
    Swap(rf"([^A-Za-z{DIGIT}][{STOP}])([{QUOTE}]*[A-Za-z{DIGIT}])", "$1 $2"),
    Swap(rf"!([{LETTER}])", "! $1"),
    Swap(_INITIAL_STOP, "۔"),
)

_BRACKETS = (
    Swap(r"\( +", "("),
    Swap(r"\[ +", "["),
    Swap(r" +\)", ")"),
    Swap(r" +\]", "]"),
    Swap(rf"([{LETTER}])\(", "$1 ("),
    Swap(rf"([{LETTER}])\[", "$1 ["),
    Swap(rf"([)\]])([{LETTER}])", "$1 $2"),
)

_MARKS = (r"[\u064B-\u0652]", r"[\u0656-\u065F]", r"\u0670", r"[\u06D6-\u06DC\u06DF-\u06E8\u06EA-\u06ED]")
_BIDI_MARKS = (r"[\u200E\u200F\u061C]", r"[\u202A-\u202E]", r"[\u2066-\u2069]")
_QUOTES = (Swap("['‘’‚‛`´]{2}", '"'), Swap("[“”„‟«»]", '"'), Swap("[‘’‚‛`´]", "'"))
# ﷺ and the emoji selector share their first byte with the presentation forms, so those rows are looked at again.
_FORMS: tuple[Trigger, ...] = ((b"\xef", r"[\uFB50-\uFDF9\uFDFC\uFE70-\uFEFC]"),)
# Arabic marks that compose or stand in an order that NFC changes (shadda, class 33, before fatha, 30), and the first
# bytes of all other characters that NFC changes or that have a combining class.
_NOT_COMPOSED: tuple[Trigger, ...] = (
    *(
        (bytes([0xD9, last]), r"[اويہےە][\u064B-\u0652\u0670]*[\u0653-\u0655]|[\u0653-\u0655][\u064B-\u0655\u0670]")
        for last in (0x93, 0x94, 0x95)
    ),
    r"[\u0651\u0652\u0670][\u064B-\u0650]",
    r"[\u0652\u0670]\u0651|\u0670\u0652|\u0650[\u064B-\u064F]",
    r"\u064F[\u064B-\u064E]|\u064E[\u064B-\u064D]|[\u064C\u064D]\u064B|\u064D\u064C",
    r"[\u0656-\u065F]",
    r"[\u0610-\u0617]",
    r"[\u0618-\u061A\u06EA-\u06ED]",
    r"[\u06D6-\u06DC]",
    r"[\u06DF-\u06E4\u06E7\u06E8]",
    *(bytes([lead]) for lead in (0xCC, 0xCD, 0xD2, 0xD6, 0xD7, 0xDC, 0xDD, 0xDF, 0xE0, 0xE1, 0xE3, 0xEA)),
    *(bytes(lead) for lead in ((0xCE, 0x87), (0xE2, 0x80, 0x80), (0xE2, 0x80, 0x81), (0xE2, 0x83), (0xE2, 0x84))),
    *(bytes([0xE2, after]) for after in (0x8C, 0xAB, 0xB3, 0xB5, 0xB7)),
    *(bytes([0xEF, after]) for after in range(0xA4, 0xAE)),
    (b"\xef\xb8", r"[\uFE20-\uFE2F]"),
    *(bytes([0xF0, after]) for after in (0x90, 0x91, 0x96, 0x9B, 0x9D, 0x9E, 0xAF)),
)


def _digits(script: str) -> tuple[Swap, ...]:
    others = [digits for digits in ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") if digits != script]
    return tuple(Swap(f"[{''.join(same)}]", digit) for *same, digit in zip(*others, script, strict=True))


RULES: tuple[Rule, ...] = (
    Rule("nfc", _NOT_COMPOSED, (_compose,)),
    Rule("presentation_forms", _FORMS, (_spell_out,)),
    Rule("tatweel", ("\u0640",), (Swap("\u0640", ""),)),
    Rule("bidi_marks", _BIDI_MARKS, tuple(Swap(marks, "") for marks in _BIDI_MARKS)),
    Rule("joiners", (r"[\u200B-\u200D]", r"[\u2060\uFEFF\u00AD]"), _JOINERS),
    Rule("diacritics", _MARKS, tuple(Swap(marks, "") for marks in _MARKS), default=False),
    Rule("yeh", ("[يى]", "یٔ"), (Swap("[يى]", "ی"), Swap("یٔ", "ئ"))),
    Rule("kaf", ("[كڪ]",), (Swap("[كڪ]", "ک"),)),
    Rule("heh", ("[هەۀ]",), (Swap("[هە]", "ہ"), Swap("ۀ", "ۂ"))),
    Rule("teh_marbuta", ("ة",), (Swap("ة", "ۃ"),)),
    Rule("spaces", (*_ODD_SPACES, *_EDGE_SPACES), _SPACES),
    Rule("urdu_stops", (rf"[{LETTER}][{QUOTE})\]]* *[,;?]",), _URDU_STOPS),
    Rule("space_before_stops", (f" [{STOP}!]",), tuple(Swap(f" +{stop}", stop) for stop in (*STOP, "!"))),
    Rule("space_after_stops", (rf"[{STOP}!][{QUOTE}]*[{LETTER}A-Za-z{DIGIT}(\[{_KEPT}]",), _SPACE_AFTER_STOPS),
    Rule("brackets", (r"[(\[] ", r" [)\]]", rf"[{LETTER}]\(", rf"[{LETTER}]\[", rf"[)\]][{LETTER}]"), _BRACKETS),
    Rule("quotes", ("['‘’‚‛`´]", "[“”„‟«»]"), _QUOTES, default=False),
    Rule("latin_digits", ("[٠-٩]", "[۰-۹]"), _digits("0123456789"), default=False),
    Rule("urdu_digits", ("[0-9]", "[٠-٩]"), _digits("۰۱۲۳۴۵۶۷۸۹"), default=False),
    # Again: a character that is gone may have stood between a letter and its mark.
    Rule("recompose", _NOT_COMPOSED, (_compose,)),
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
    strings, kept = _set_aside(pl.Series(values=pl.from_arrow(column), dtype=pl.String))
    changed = np.zeros(len(column), dtype=np.int32)
    for rule in chosen(off, on):
        strings, rows = _apply(rule, strings)
        changed[rows.to_numpy()] |= 1 << RULES.index(rule)
    return _put_back(strings, kept).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string()), changed


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


def _column_step(strings: pl.Series, step: Swap | Callable[[str], str]) -> pl.Series:
    if not isinstance(step, Swap):
        return pl.Series([step(string) for string in strings], dtype=pl.String)
    rows = strings.str.contains(step.pattern).arg_true()
    while len(rows):
        part = strings.gather(rows).str.replace_all(step.pattern, step.replacement)
        strings = _put(strings, rows, part)
        rows = rows.filter(part.str.contains(step.pattern)) if step.again else rows.clear()
    return strings


def _apply(rule: Rule, strings: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Apply a rule; also the rows that it changed."""
    rows = reduce(or_, [_holds(strings, trigger) for trigger in rule.triggers]).arg_true()
    if len(rows) == 0:
        return strings, rows
    before = strings.gather(rows)
    after = reduce(_column_step, rule.steps, before)
    changed = (before != after).arg_true()
    return _put(strings, rows.gather(changed), after.gather(changed)), rows.gather(changed)


def _holds(strings: pl.Series, trigger: Trigger) -> pl.Series:
    """Tell which strings hold a trigger."""
    if isinstance(trigger, str):
        return strings.str.contains(trigger)
    if isinstance(trigger, bytes):
        return strings.cast(pl.Binary).bin.contains(trigger)
    lead, pattern = trigger
    holding = _holds(strings, lead)
    rows = holding.arg_true()
    return _put(holding, rows, strings.gather(rows).str.contains(pattern))


def _set_aside(strings: pl.Series) -> tuple[pl.Series, dict[int, list[str]]]:
    """Swap each quotation for one noncharacter; also the quotations, by row."""
    rows = strings.str.contains(f"[﴿﴾]|[{_KEPT}{_INITIAL_STOP}]").arg_true()
    quoting = strings.gather(rows).to_list()
    kept = {row: _QURAN.findall(text) for row, text in zip(rows.to_list(), quoting, strict=True)}
    return _put(strings, rows, pl.Series([_QURAN.sub(_KEPT, text) for text in quoting], dtype=pl.String)), kept


def _put_back(strings: pl.Series, kept: dict[int, list[str]]) -> pl.Series:
    rows = np.fromiter(kept, dtype=np.int64, count=len(kept))
    spelled = strings.gather(rows).to_list()
    whole = [_interleave(*pair) for pair in zip(spelled, kept.values(), strict=True)]
    return _put(strings, pl.Series(rows), pl.Series(whole, dtype=pl.String))


def _put(strings: pl.Series, rows: pl.Series, values: pl.Series) -> pl.Series:
    # scatter writes into the series it is called on.
    return strings.clone().scatter(rows, values) if len(rows) else strings


def _interleave(text: str, kept: list[str]) -> str:
    return "".join(part + quotation for part, quotation in zip(text.split(_KEPT), [*kept, ""], strict=True))
