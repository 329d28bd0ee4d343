"""Author, desk, place and source: laws, cases, and whole pages through `describe`."""

import json
import os
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.metadata.byline import byline, dateline
from corpus.metadata.describe import FIELDS, describe
from corpus.metadata.lexicon import gazetteer, kind, places, table
from corpus.metadata.source import source
from corpus.schema import arrow_schema

HERE = Path(__file__).parent
CASES = HERE / "cases" / "byline"
SHARED = Path(os.environ.get("CORPUS_SHARED", HERE.parent.parent / "shared"))
DESKS = ("ویب ڈیسک", "اسٹاف رپورٹر", "اے پی پی", "این این آئی", "نامہ نگار", "افق نیوز", "مانیٹرنگ ڈیسک")
NAMES = ("نسیم احمد", "ڈاکٹر فرحانہ مگسی", "مولانا عبدالرشید قاسمی", "ثاقب بلوچ")
urdu = st.text(alphabet="ابتجدرسعفقکلمنوہیے ۔،:()[]/-|\n0۵", max_size=50)


def rows(kind_of_case):
    for path in sorted(CASES.rglob(f"{kind_of_case}*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text, *expected = (None if cell == "-" else cell for cell in line.split("\t"))
            yield pytest.param(text.replace("\\n", "\n"), expected, id=f"{path.parent.name}: {text}")


def page(*pieces, page_type="article", collected_at=None):
    """A page of (label, text) pieces, one a line, as a batch of one row."""
    text, zones = "", []
    for label, piece in pieces:
        start = len(text)
        text += piece + "\n"
        zones.append({"label": label, "start": start, "end": start + len(piece)})
    return batch([{"text": text, "zones": zones, "page_type": page_type, "collected_at": collected_at}])


def batch(pages):
    columns = {
        "text": pa.array([each["text"] for each in pages], pa.string()),
        "zones": pa.array([each["zones"] for each in pages], arrow_schema("pages").field("zones").type),
        "page_type": pa.array([each["page_type"] for each in pages], pa.string()),
        "collected_at": pa.array([each.get("collected_at") for each in pages], pa.string()),
    }
    return pa.record_batch(columns)


def described(*pieces, **options):
    return {name: value for name, value in describe(page(*pieces, **options)).to_pylist()[0].items() if value}


@settings(max_examples=100, deadline=None)
@given(urdu, st.sampled_from((byline, dateline)))
def test_names_are_exact_substrings(text, read):
    """Every name is a piece of the line, without spaces around it."""
    for name in read(text):
        assert name is None or (name in text and name == name.strip() != "")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(row[0] for row in table("places.tsv"))), st.sampled_from(DESKS))
def test_every_place_opens_a_dateline(place, desk):
    """A place of the gazetteer with a desk in brackets gives both."""
    assert dateline(f"{place} ({desk}):") == (None, desk, place)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(NAMES),
    st.sampled_from(("تحریر: {}", "از {}", "رپورٹ : {}", "By {}", "{}، نامہ نگار", "{} | ۳ مئی ۲۰۲۱")),
)
def test_cues_and_roles_leave_the_name(name, form):
    """A name stays itself whatever cue, role or date stands around it."""
    assert byline(form.format(name)) == (name, None, None)


@pytest.mark.parametrize(("text", "expected"), [*rows("bylines")])
def test_byline_case(text, expected):
    """Author, desk and place of bylines."""
    assert list(byline(text)) == expected


@pytest.mark.parametrize(("text", "expected"), [*rows("datelines")])
def test_dateline_case(text, expected):
    """Author, desk and place of datelines."""
    assert list(dateline(text)) == expected


@pytest.mark.parametrize(("text", "expected"), [*rows("sources")])
def test_source_case(text, expected):
    """Credits without their cue."""
    assert [source(text)] == expected


def test_the_gazetteer_is_large_and_sound():
    """At least 600 places, each name once, two-letter countries."""
    entries = table("places.tsv")
    assert len(entries) >= 600
    assert len({row[0] for row in entries}) == len(entries)
    assert all(country is None or len(country) == 2 for _, country in places().values())
    assert gazetteer("كراچي") == ("Karachi", "PK")


def test_word_lists_hold_no_name_twice_in_two_classes():
    """A name of desks.tsv has one class, whatever its order in the file."""
    seen = {}
    for name, words in table("desks.tsv"):
        for word in set(words.split("|")) if name != "beat" else ():
            assert seen.setdefault(word, name) == name


def test_an_outlet_is_no_person():
    """Agencies by their letters, outlets by their endings, persons by neither."""
    assert [kind(name) for name in ("جے کے این ایس", "چناب ٹائمز", "حسن نثار")] == ["agency", "outlet", None]


def test_the_fields_are_those_of_the_schema():
    """The result has exactly the metadata columns of the documents schema, with their types."""
    metadata = arrow_schema("documents").field("metadata").type
    found = describe(page(("body", "متن")))
    assert list(FIELDS) == [field.name for field in found.type]
    assert all(found.type.field(name) == metadata.field(name) for name in FIELDS)


def test_a_page_is_described():
    """Byline before dateline; the dateline fills what the byline leaves open."""
    assert described(
        ("headline", "نہر میں پانی آگیا"),
        ("byline", "رپورٹ : فرحانہ مگسی"),
        ("byline", "شائع 06 جون 2024 03:15pm"),
        ("dateline", "کوئٹہ(ایجوکیشن رپورٹر)"),
        ("body", "متن"),
        ("source", "ذریعہ: چناب ٹائمز"),
        ("tags", "کلیدی الفاظ: نہر، پانی"),
    ) == {
        "source": "چناب ٹائمز", "author": "فرحانہ مگسی", "published_at": "2024-06-06T15:15", "place": "کوئٹہ",
        "desk": "ایجوکیشن رپورٹر", "keywords": ["نہر", "پانی"],
    }  # fmt: skip


def test_the_byline_of_another_article_is_nobodys():
    """After a related title a byline belongs to that title."""
    related = (("related_heading", "تازہ ترین"), ("related_headline", "میلہ شروع"), ("byline", "سلیم اختر، 5 مئی 2021"))
    assert described(("headline", "عنوان"), ("body", "متن"), *related) == {}
    assert described(*related[:2], ("headline", "عنوان"), ("byline", "سلیم اختر"), ("body", "متن"))["author"]
    assert described(*related, ("body", "متن"))["published_at"] == "2021-05-05"


def test_a_listing_has_no_author():
    """A listing page is nobody's article, yet keeps its tags."""
    pieces = (("byline", "سلیم اختر، 5 مئی 2021"), ("dateline", "لاہور:"), ("tags", "نہر، پانی"))
    assert described(*pieces, page_type="listing") == {"tags": ["نہر", "پانی"]}


def test_a_relative_time_gives_way_to_a_date():
    """A date in the dateline goes before "3 hours ago" in the byline."""
    pieces = (("byline", "3 گھنٹے قبل"), ("dateline", "لاہور، 4 مئی 2021:"))
    assert described(*pieces, collected_at="2021-05-05T10:00:00Z")["published_at"] == "2021-05-04"
    assert described(pieces[0], collected_at="2021-05-05T10:00:00Z")["published_at"] == "2021-05-05T07:00"
    assert described(pieces[0]) == {}


def test_the_pages_text_cuts_a_run():
    """The run itself is no evidence; the article is."""
    run = ("tags", "سرگئی لاوروف شمالی کوریا")
    body = "سرگئی لاوروف شمالی کوریا پہنچے۔ لاوروف نے کوریا میں کہا کہ سرگئی لاوروف کا دورہ مفید ہے۔"
    assert described(("body", body), run)["tags"] == ["سرگئی لاوروف", "شمالی کوریا"]


def test_empty_batches():
    """No pages, and pages without zones."""
    assert describe(batch([])).to_pylist() == []
    assert described() == {}


@pytest.mark.skipif(not (SHARED / "gold/composed.jsonl").is_file(), reason="no ../shared/gold beside the checkout")
@settings(max_examples=8, deadline=None)
@given(st.integers(0, 120))
def test_batching_changes_nothing(cut):
    """A batch gives what its parts give, sliced batches included."""
    pages = [json.loads(line) for line in (SHARED / "gold/composed.jsonl").read_text(encoding="utf-8").splitlines()]
    whole = batch(pages)
    parts = [describe(whole.slice(0, cut)), describe(whole.slice(cut))]
    assert describe(whole).to_pylist() == [row for part in parts for row in part.to_pylist()]
