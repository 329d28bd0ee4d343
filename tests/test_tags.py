"""Tags and keywords: laws, then cases by kind."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.metadata.runs import cut, fold
from corpus.metadata.tags import needs_page, tags

CASES = Path(__file__).parent / "cases" / "tags"
NAMES = ("فیصل آباد", "آوارہ کتے", "سیلاب", "ڈپٹی کمشنر", "PSL 10", "آئی ایم ایف", "نہر", "موسمیاتی تبدیلی")
SEPARATORS = ("، ", " , ", "|", " • ", "\n", "؛ ", "    ", " / ", "\t", " # ")
WORDS = ("نہر", "پانی", "سندھ", "وزیر", "آئی", "ایم", "ایف", "کی", "خان", "فصل")
names = st.lists(st.sampled_from(NAMES), min_size=2, unique=True)


def rows(pattern):
    for path in sorted(CASES.rglob(pattern)):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            expected = (row.get("tags", []), row.get("keywords", []))
            yield pytest.param(row["text"], row.get("page", ""), expected, id=f"{path.parent.name}: {row['text']}")


@settings(max_examples=60, deadline=None)
@given(names, st.sampled_from(SEPARATORS), st.sampled_from(("", "ٹیگز: ", "Tags: ")))
def test_separated_names_come_back(given_names, separator, cue):
    """Names parted by any separator come back in order, after a cue or bare."""
    assert tags(cue + separator.join(given_names)).tags == given_names


@settings(max_examples=40, deadline=None)
@given(names)
def test_hashtags_come_back(given_names):
    """A hashtag is its name with underscores for spaces."""
    assert tags(" ".join("#" + name.replace(" ", "_") for name in given_names) + "۔").tags == given_names


@settings(max_examples=40, deadline=None)
@given(names, st.sampled_from(("کلیدی الفاظ : ", "کی ورڈز: ", "Keywords: ")))
def test_keyword_cues_give_keywords(given_names, cue):
    """A cue that names key words gives keywords and no tags."""
    assert tags(cue + "، ".join(given_names)) == ([], given_names)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.lists(st.sampled_from(WORDS), max_size=30))
def test_a_cut_loses_no_word(words, page):
    """The ranges of a run follow each other from its first word to its last."""
    ranges = cut(words, fold(" ".join(page)))
    assert [word for start, end in ranges for word in words[start:end]] == words
    assert all(start < end for start, end in ranges)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(("دریا", "سورج", "کتاب", "بازار", "چراغ")), min_size=2, max_size=5, unique=True))
def test_words_known_apart_are_cut_apart(words):
    """Words that the page has, never side by side, are names of their own; side by side twice, one name."""
    apart, together = fold("۔ ".join(words)), fold(f"{' '.join(words[:2])} ہے۔ " * 2)
    assert tags(" ".join(words), apart).tags == words
    assert tags(" ".join(words[:2]), together).tags == [" ".join(words[:2])]


def test_only_runs_need_the_page():
    """The page is asked for where nothing else parts the names."""
    assert [needs_page(line) for line in ("ٹیگز:", "ٹیگز: نہر", "نہر، پانی", "نہر پانی", "#نہر #پانی")] == [
        False, False, False, True, False,
    ]  # fmt: skip


def test_letters_may_differ_between_tags_and_text():
    """Arabic letter forms in the page count as the tag's Urdu ones."""
    assert tags("یکجہتی کمیٹی", "يكجهتي كميٹی کا اجلاس، یکجہتی کمیٹی نے کہا").tags == ["یکجہتی کمیٹی"]


@pytest.mark.parametrize(("text", "page", "expected"), [*rows("lists*.jsonl"), *rows("runs*.jsonl")])
def test_case(text, page, expected):
    """Each case by kind."""
    assert tags(text, page) == expected


@pytest.mark.xfail(strict=True, reason="the page's own words do not tell")
@pytest.mark.parametrize(("text", "page", "expected"), [*rows("known-failures.jsonl")])
def test_known_failure(text, page, expected):
    """What the evidence cannot decide yet."""
    assert tags(text, page) == expected
