"""An address tells a page's type only where it is sure."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.zones.address import page_type
from corpus.zones.segment import segment, segment_page

TOLD = {
    "listing": (
        "http://example.pk/tag/digital-currency",
        "https://example.pk/tag/%d8%a8%d8%a7%d8%b1%d8%b4/page/3/",
        "https://www.example.pk/category/pakistan/punjab",
        "https://example.in/author/sana-mirza/",
        "https://example.pk/2018/04/18/",
        "https://example.pk/2018/",
        "https://example.pk/",
        "https://example.pk",
        "https://example.pk/page/12",
        "https://example.pk/?s=%DA%88%DB%8C%D9%86%DA%AF%DB%8C",
        "https://example.pk/urdu/",
        "https://EXAMPLE.pk/Sports/",
    ),
    "other": (
        "https://example.pk/forums/reply/245736/",
        "https://quran.example.com/56:11/tafsirs/some-tafsir",
        "https://exampledictionary.com/meaning-of-a-word?lang=ur",
        "https://example.pk/viewtopic.php?t=12",
        "https://example.pk/recipes/gajar-ka-halwa/",
    ),
    None: (
        "https://example.pk/archives/37597",
        "https://example.pk/story/2251406/1/",
        "https://example.pk/29/04/2022/22379/",
        "https://example.pk/2022/09/23/%D8%A8%D8%A7%D8%B1%D8%B4",
        "https://example.pk/latest/267310-",
        "https://example.pk/urdu/entertainment/2020/08/2007676/",
        "https://example.pk/category/sports/final-of-the-cup-was-won-by-lahore",
        "https://example.pk/?p=1234",
        "https://example.pk/some-slug",
        "https://example.pk/tag/",
        "https://example.pk/01-Oct-2021/36441",
        "not an address",
        "https://[broken",
        "",
        None,
    ),
}


@pytest.mark.parametrize(("url", "kind"), [(url, kind) for kind, urls in TOLD.items() for url in urls])
def test_addresses_by_what_they_tell(url, kind):
    """As they stand on real sites, with other hosts."""
    assert page_type(url) == kind


@given(st.text() | st.from_regex(r"https?://[a-z.]{1,12}/[ -~]{0,40}"))
def test_any_text_may_stand_there(url):
    """Whatever the field holds, it is one of the types or nothing."""
    assert page_type(url) in ("listing", "other", None)


def test_it_weighs_with_the_text():
    """A story cut off on the page of a day is a teaser; the same words on a page of their own are an article."""
    text = (
        "سکھر میں دریا کے بند کی مرمت کا کام مکمل ہو گیا ہے، انجینئروں نے کہا کہ اگلے ماہ تک پشتے اونچے کیے جائیں گے۔"
    )
    there = segment_page(text, "https://example.pk/2018/04/18/")
    assert (there["page_type"], {zone["label"] for zone in there["zones"]}) == ("listing", {"related_body"})
    assert segment_page(text)["page_type"] == "article"


def test_without_a_column_of_addresses_nothing_is_told():
    """A batch of texts alone, and one whose addresses are all null, give the same."""
    texts = pa.array(["لاہور: بارش سے سڑکیں زیر آب آ گئیں۔", ""], pa.string())
    bare = segment(pa.RecordBatch.from_pydict({"text": texts}))
    null = segment(pa.RecordBatch.from_pydict({"text": texts, "url": pa.nulls(2, pa.string())}))
    assert bare.equals(null.select(["text", "page_type", "zones"]))
