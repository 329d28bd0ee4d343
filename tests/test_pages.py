"""Whole pages as a reader would take them apart."""

from pathlib import Path

import pyarrow as pa
import pytest

from corpus.chain import Options, process
from corpus.read.batches import RECORDS

PAGES = Path(__file__).parent / "pages"


def apart(text: str) -> dict:
    """One page as a row of everything the chain makes."""
    record = dict.fromkeys(RECORDS.names) | {"text": text, "input": "x", "line": 1, "reader": "text"}
    return process(pa.RecordBatch.from_pylist([record], schema=RECORDS), Options()).to_pylist()[0]


def pieces(page: dict, label: str) -> list[str]:
    return [page["text"][z["start"] : z["end"]] for z in page["zones"] if z["label"] == label]


def check_aggregator(page: dict, paragraphs: int, titles: int, source: str) -> None:
    """An aggregator's page: article, cross references, promo, tags, source, another article, a list."""
    kinds = [title["kind"] for title in page["related_headlines"]]
    (other,) = page["related_articles"]
    assert page["page_type"] == "article"
    assert len(page["article"]["paragraphs"]) == paragraphs
    assert kinds.count("see_also") == 2
    assert kinds.count("related") == titles
    assert not any(title["text"].startswith(("یہ بھی", "•")) for title in page["related_headlines"])
    assert len(pieces(page, "promo")) == 1
    assert len(pieces(page, "tags")) == 2
    assert page["metadata"]["source"] == source
    assert page["metadata"]["keywords"]
    assert page["metadata"]["tags"]
    assert other["headline"] in [title["text"] for title in page["related_headlines"]]
    assert "data-" not in other["text"]
    assert len(pieces(page, "markup")) == 1


def test_an_aggregators_page_comes_apart():
    """The shapes of the page that this project began with, in a page of our own."""
    page = apart((PAGES / "aggregator.txt").read_text("utf-8"))
    check_aggregator(page, paragraphs=5, titles=6, source="Ufaq News")
    assert page["related_articles"][0]["text"].startswith("مسقط (انٹرنیشنل ڈیسک)")


def test_the_first_page_comes_apart(shared):
    """The page that this project began with; it is not part of the project."""
    path = shared / "seed" / "page.txt"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    check_aggregator(apart(path.read_text("utf-8")), paragraphs=11, titles=10, source="WE News")
