"""Publication dates: laws, then cases by kind."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.metadata.dates import published
from corpus.metadata.hijri import civil, sighted

CASES = Path(__file__).parent / "cases" / "dates"
MONTHS = ["جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون", "جولائی", "اگست", "ستمبر", "اکتوبر", "نومبر", "دسمبر"]
DIGITS = (str.maketrans({}), str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"), str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
FORMS = (
    "{d} {month} {y}", "{d}{month}{y}ء", "{d} {month} ، {y}", "{month} {d}, {y}", "{month} {d:02}، {y}ء",
    "{d:02}؍{month} {y}", "{d:02}-{m:02}-{y}", "{d}/{m}/{y}", "{y}-{m:02}-{d:02}", "{y}/{m}/{d}", "{d:02}.{m:02}.{y}",
    "منگل، {d} {month} {y}", "شائع: {d} {month} {y}", "ویب ڈیسک | {d} {month} {y}",
    "{d} {month} {y}\nاپ ڈیٹ 31 دسمبر 2099",
)  # fmt: skip
days = st.dates(date(1900, 1, 1), date(2099, 12, 30))


def rows():
    """Every case: file, text, time of collection, expected date."""
    for path in sorted(CASES.rglob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text, collected, expected = line.split("\t")
            name = str(path.relative_to(CASES).with_suffix(""))
            yield pytest.param(
                text.replace("\\n", "\n"),
                None if collected == "-" else collected,
                None if expected == "-" else expected,
                id=f"{name}: {text}",
            )


@settings(max_examples=60, deadline=None)
@given(days, st.sampled_from(FORMS), st.sampled_from(DIGITS))
def test_every_form_gives_its_date(day, form, digits):
    """A day written in any form and any digits is read back as that day."""
    text = form.format(d=day.day, m=day.month, y=day.year, month=MONTHS[day.month - 1]).translate(digits)
    assert published(text) == day.isoformat()


@settings(max_examples=60, deadline=None)
@given(days, st.times(), st.sampled_from(("{d} {month} {y} {h:02}:{i:02}", "{h:02}:{i:02} ، {d} {month} {y}")))
def test_a_time_beside_a_date_is_kept(day, time, form):
    """A 24-hour time before or after a date comes with it."""
    text = form.format(d=day.day, month=MONTHS[day.month - 1], y=day.year, h=time.hour, i=time.minute)
    assert published(text) == f"{day}T{time:%H:%M}"


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet="0123456789۰۵/-:.،, \nجنوریمارچکلآجقبلدشائع", max_size=40), st.sampled_from((None, "2024-05-10"))
)
def test_any_text_gives_a_real_date_or_nothing(text, collected):
    """Whatever stands in a byline, the answer is an ISO date that exists, or null."""
    found = published(text, collected)
    assert found is None or re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?", found)
    assert found is None or date.fromisoformat(found[:10])


@settings(max_examples=40, deadline=None)
@given(st.integers(1380, 1460), st.integers(1, 12), st.integers(1, 29), st.integers(0, 6))
def test_a_sighted_date_lies_near_the_civil_one(year, month, day, weekday):
    """A Hijri date with a weekday is at most two days from its civil date and falls on that weekday."""
    found = sighted(year, month, day, weekday)
    assert found is None or (found.weekday() == weekday and abs((found - civil(year, month, day)).days) <= 2)


@settings(max_examples=40, deadline=None)
@given(st.integers(1380, 1460), st.integers(1, 11))
def test_civil_months_have_29_or_30_days(year, month):
    """Civil months follow each other without gap."""
    assert (civil(year, month + 1, 1) - civil(year, month, 1)).days == (30 if month % 2 else 29)


@pytest.mark.parametrize(("text", "collected", "expected"), [*rows()])
def test_case(text, collected, expected):
    """Each case by kind."""
    assert published(text, collected) == expected


def test_relative_times_need_the_collection_time():
    """Without collected_at a relative time is null."""
    assert published("2 گھنٹے قبل") is None
