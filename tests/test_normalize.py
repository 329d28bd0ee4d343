"""Normalisation: laws first, then cases by kind, then the rule list."""

import json
import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.normalize import RULES, normalize, normalize_column

CASES = Path(__file__).parent / "cases" / "normalize"
NAMES = [rule.name for rule in RULES]
OPTIONAL = [rule.name for rule in RULES if not rule.default]
# What the rules look at, so that a short random text meets them: letters, marks, stops, brackets, invisibles.
SIGNS = (
    "ابهيىكةۃہیکےەۀڪئأ \n\t\r\u00a0\u2003۔،؛؟!,;?.()[]\"'‘’“”«»0۵٥aZﷲﷺﻻﺳﹰﹱ﴾﴿█"
    "\u0640\u064b\u0651\u0653\u0654\u0670\u200b\u200c\u200d\u200e\u202b\u2067\ufeff\u00ad\ufdd0\ufdd1👩é"
)
PIECES = ["پی۔آئی", "اے", "ہے۔", " ، ", "4۔5", "ا,ب", "ب ?", "ا; ", "ب(", "ہے۔’’", "ب\u200c", " ا\u0654", "م۔ن۔"]
texts = st.lists(st.one_of(st.sampled_from(SIGNS), st.sampled_from(PIECES))).map("".join)


def cases(kind: str) -> list[object]:
    read = json.loads((CASES / f"{kind}.json").read_text(encoding="utf-8"))
    return [pytest.param(case["text"], case["spelled"], id=f"{kind}: {case['claim']}") for case in read]


@settings(max_examples=150, deadline=None)
@given(texts, st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(OPTIONAL)))
def test_idempotent(text, off, on):
    """Any choice of rules changes nothing the second time."""
    once = normalize(text, off, on)
    assert normalize(once, off, on) == once


@settings(max_examples=150, deadline=None)
@given(texts, st.sampled_from(NAMES))
def test_each_rule_is_idempotent(text, name):
    """A rule alone changes nothing the second time."""
    off = [other for other in NAMES if other != name]
    once = normalize(text, off, on=[name])
    assert normalize(once, off, on=[name]) == once


@settings(max_examples=10, deadline=None)
@given(st.lists(texts, max_size=8))
def test_batch(strings):
    """A column is its strings one by one, whatever stands beside them."""
    spelled, changed = normalize_column(pa.array(strings, pa.string()))
    assert spelled.to_pylist() == [normalize(string) for string in strings]
    assert changed.tolist() == [normalize_column(pa.array([string]))[1][0] for string in strings]
    assert [bool(bits) for bits in changed] == [a != b for a, b in zip(spelled.to_pylist(), strings, strict=True)]


@settings(max_examples=100, deadline=None)
@given(texts)
def test_letters(text):
    """Only the named rules change letters: with them off, the letters come out as they went in."""
    rules = ("presentation_forms", "tatweel", "yeh", "kaf", "heh", "teh_marbuta")

    def letters(string):
        return [
            sign for sign in unicodedata.normalize("NFC", string) if unicodedata.category(sign) in {"Lo", "Ll", "Lu"}
        ]

    spelled = normalize(text, off=rules)
    # A mark that stood apart from its letter may have joined it.
    assert [*unicodedata.normalize("NFD", "".join(letters(spelled)))][:1] == [
        *unicodedata.normalize("NFD", "".join(letters(text)))
    ][:1]
    assert len(letters(spelled)) == len(letters(text))


@settings(max_examples=100, deadline=None)
@given(texts)
def test_blocks_and_line_feeds(text):
    """Line feeds and full blocks are as many as before."""
    assert [normalize(text).count(sign) for sign in "\n█"] == [text.count(sign) for sign in "\n█"]


@pytest.mark.parametrize(
    ("text", "spelled"), [case for kind in ("letters", "invisible", "spacing", "stops", "kept") for case in cases(kind)]
)
def test_cases(text, spelled):
    """The case comes out as spelled, and stays so."""
    assert normalize(text) == spelled
    assert normalize(spelled) == spelled
    assert normalize_column(pa.array([text]))[0].to_pylist() == [spelled]


@pytest.mark.xfail(strict=True, reason="needs the sense of the sentence")
@pytest.mark.parametrize(("text", "spelled"), cases("known_failures"))
def test_known_failures(text, spelled):
    """What rules without a reader cannot tell."""
    assert normalize(text) == spelled


@pytest.mark.parametrize(
    ("name", "text", "spelled"),
    [
        ("urdu_digits", "2024 ٢٠٢٤", "۲۰۲۴ ۲۰۲۴"),
        ("latin_digits", "۲۰۲۴ ٢٠٢٤", "2024 2024"),
        ("diacritics", "اِس فوراً نغمۂ", "اس فورا نغمۂ"),
        ("quotes", "’’الف‘‘ “ب” ‘ج’", '"الف" "ب" \'ج\''),
    ],
)
def test_optional_rules(name, text, spelled):
    """A rule that is off by default runs when it is asked for."""
    assert normalize(text) == text
    assert normalize(text, on=[name]) == spelled


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.name != "recompose"], ids=lambda rule: rule.name)
def test_every_rule_can_be_switched_off(rule):
    """Some case needs the rule: without it, it comes out otherwise."""
    known = [case for path in CASES.glob("*.json") for case in json.loads(path.read_text(encoding="utf-8"))]
    texts = [case["text"] for case in known] + ["\u0627\u0640\u0653"]
    if rule.default:
        assert any(
            normalize(text, off=[rule.name, "recompose"]) != normalize(text, off=["recompose"]) for text in texts
        )
    else:
        assert any(normalize(text, on=[rule.name]) != normalize(text) for text in texts)


def test_recompose():
    """A letter and its mark that a tatweel parted become one."""
    assert normalize("\u0627\u0640\u0653") == "\u0622"
    assert normalize("\u0627\u0640\u0653", off=["recompose"]) == "\u0627\u0653"


def test_unknown_rule():
    """A rule that is not there is an error that names those that are."""
    with pytest.raises(ValueError, match="no such rule: harakat; rules: nfc"):
        normalize("خبر", off=["harakat"])
