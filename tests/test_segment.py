"""The segmenter: laws first, then hard cases by kind."""

import json
import os
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.schema import arrow_schema, labels
from corpus.zones.network import sums_are_exact, weights
from corpus.zones.segment import segment, segment_page

HERE = Path(__file__).parent
CASES = HERE / "cases" / "zones"
SHARED = Path(os.environ.get("CORPUS_SHARED", HERE.parent.parent / "shared"))

# Characters that page texts are made of, and those that break careless code.
PARTS = st.sampled_from(
    [
        "خبر",
        "کراچی: ",
        "لاہور (نامہ نگار) ",
        "یہ بھی پڑھیں: ",
        "متعلقہ خبریں",
        "ہمارا واٹس ایپ چینل جوائن کریں",
        "۔",
        "؟",
        "•",
        "- ",
        '<p class="x">',
        "[/caption]",
        "&nbsp;",
        "…",
        "...",
        " | ",
        " — ",
        "»",
        "Read more",
        "©",
        "2024",
        "12:30",
        "@x",
        "#ٹیگ",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        "\t",
        "\x1c",
        "\x85",
        "\u2028",
        "\xa0",
        "\u200c",
        "\u202e",
        "\x00",
        "\ufeff",
        "\ue000",
        "😀",
        "ि",
        "a",
    ]
)
TEXTS = st.lists(PARTS, max_size=40).map("".join) | st.text(max_size=60)


def pages(texts: list[str]) -> list[dict]:
    """Zones of each text, segmented in one batch."""
    batch = pa.RecordBatch.from_pydict({"text": pa.array(texts, pa.string())})
    return segment(batch).select(["page_type", "zones"]).to_pylist()


def assert_lawful(text: str, zones: list[dict]) -> None:
    """Zones are inside the page, ordered, disjoint, trimmed, within a line, and cover all but spaces."""
    at = 0
    for zone in zones:
        assert at <= zone["start"] < zone["end"] <= len(text)
        assert not text[at : zone["start"]].strip()
        piece = text[zone["start"] : zone["end"]]
        assert piece == piece.strip()
        assert "\n" not in piece
        assert zone["label"] in labels()
        at = zone["end"]
    assert not text[at:].strip()


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXTS, max_size=6))
def test_zones_cover_the_page(texts):
    """Any text: zones are ordered, disjoint, and nothing but spaces is left out."""
    for text, page in zip(texts, pages(texts), strict=True):
        assert_lawful(text, page["zones"])


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXTS, max_size=6), st.sampled_from(["Tag: نہر", "تلاش کے نتائج", "Month: جون 2019"]))
def test_a_listing_has_no_article(texts, title):
    """Whatever stands under the title of a listing, none of it is a piece of an article of the page's own."""
    article = {"headline", "standfirst", "dateline", "body", "subhead"}
    for page in pages([f"{title}\n{text}" for text in texts]):
        assert page["page_type"] != "listing" or not article & {zone["label"] for zone in page["zones"]}


@settings(max_examples=8, deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=5))
def test_batches_do_not_matter(texts):
    """A page gets the same zones alone, in a batch, and in the batch turned round."""
    together = pages(texts)
    assert together == [pages([text])[0] for text in texts]
    assert together == pages(texts[::-1])[::-1]


def test_many_pages_are_segmented_in_stretches():
    """Batches beyond the size of a stretch give what small ones give."""
    texts = [f"کراچی: خبر نمبر {n} یہ ہے۔\nمتعلقہ خبریں\n- ایک\n- دو" for n in range(40)]
    many = pages(texts * 60)
    assert many[:40] == many[-40:] == pages(texts)


HOSTILE = [
    "",
    " \n\t\r\n",
    "\n" * 50_000,
    "ا" * 500_000,
    "<" * 50_000,
    'a="' * 20_000,
    "یہ بھی پڑھیں: " * 5_000,
    " " * 100_000 + "x",
    "- " * 50_000,
    "[a " * 20_000,
    "(" * 50_000,
    "۔" * 50_000,
    "x\n" * 8_000,
    "<!--" * 20_000,
    "…" * 50_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_survives(text):
    """Floods of spaces, lines, cues and markup are cut lawfully and in time that grows with their length."""
    assert_lawful(text, segment_page(text)["zones"])


def test_columns_pass_through():
    """Other columns stay, the new ones are appended with the contract's types."""
    batch = pa.RecordBatch.from_pydict({"id": ["a", "b"], "text": ["خبر", ""]})
    found = segment(batch)
    assert found.schema.names == ["id", "text", "page_type", "zones"]
    assert found.schema.field("zones") == arrow_schema("pages").field("zones")
    assert segment(batch.slice(1))["zones"].to_pylist() == [[]]
    assert segment(batch.slice(0, 0)).num_rows == 0


def test_sums_are_exact():
    """No page can bring a sum of the network beyond what float32 holds exactly."""
    assert sums_are_exact(weights())


def cases():
    """Every case of every file, known failures as strict xfails."""
    known = set(json.loads((CASES / "known-failures.json").read_text(encoding="utf-8")))
    for path in sorted(CASES.glob("*.json")):
        if path.name == "known-failures.json":
            continue
        for case in json.loads(path.read_text(encoding="utf-8")):
            name = f"{path.stem}: {case['comment']}"
            marks = [pytest.mark.xfail(strict=True)] if name in known else []
            yield pytest.param(case, id=name, marks=marks)


@pytest.mark.parametrize("case", list(cases()))
def test_case(case):
    """A page whose zones are known comes out so."""
    found = segment_page(case["text"])
    cut = [[zone["label"], case["text"][zone["start"] : zone["end"]]] for zone in found["zones"]]
    assert cut == case["zones"]
    assert found["page_type"] == case["page_type"]


def test_known_failures_name_cases():
    """Every known failure is a case."""
    known = json.loads((CASES / "known-failures.json").read_text(encoding="utf-8"))
    names = {
        f"{path.stem}: {case['comment']}"
        for path in CASES.glob("*.json")
        if path.name != "known-failures.json"
        for case in json.loads(path.read_text(encoding="utf-8"))
    }
    assert set(known) <= names


SEED = SHARED / "seed" / "page.txt"


@pytest.mark.skipif(not SEED.is_file(), reason="the shared folder with the example page is not there")
def test_example_page():
    """The example page of the task comes out as an editor would cut it."""
    text = SEED.read_text(encoding="utf-8")
    zones = segment_page(text)["zones"]
    article = ["body", "see_also", *["body"] * 5, "see_also", *["body"] * 5, "promo", "tags", "source", "tags"]
    other = ["related_heading", "related_headline", "markup", "related_body"]
    expected = [*article, *other, "related_heading", *["related_headline"] * 10]
    assert [zone["label"] for zone in zones] == expected
