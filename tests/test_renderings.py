"""What the segmenter learns from beside composed pages is annotated as they are."""

import json
from pathlib import Path

import pytest

from bench.renderings import grafts, listings, renderings

COMPOSED = Path(__file__).parent.parent / "raw" / "composed"
ARTICLE = {"headline", "standfirst", "dateline", "body", "subhead"}


def _pages(batch: str) -> list[dict]:
    texts = map(json.loads, (COMPOSED / f"{batch}.jsonl").read_text(encoding="utf-8").splitlines())
    zones = map(json.loads, (COMPOSED / f"{batch}.zones.jsonl").read_text(encoding="utf-8").splitlines())
    return [{**page, **found} for page, found in zip(texts, zones, strict=True)]


PAGES = [page for batch in "AENP" for page in _pages(batch)]
ARTICLES = [page for page in PAGES if page["page_type"] == "article"]


def _grafts(number: int) -> list:
    page, others = ARTICLES[number], [*ARTICLES[number + 1 :], *ARTICLES[:number]]
    return grafts(page["text"], page["zones"], [(other["text"], other["zones"]) for other in others], page["id"])


def _made() -> list:
    of_one = [
        each for page in PAGES for make in (renderings, listings) for each in make(page["text"], page["zones"], "a")
    ]
    return of_one + [each for number in range(len(ARTICLES)) for each in _grafts(number)]


def test_zones_cover_what_they_cover_in_composed_pages():
    """In order, disjoint, from one character that is no space to another, with nothing but space between."""
    made = _made()
    assert len(made) > 10 * len(PAGES)
    for text, zones in made:
        at = 0
        for zone in zones:
            assert at <= zone["start"] < zone["end"]
            assert not text[at : zone["start"]].strip()
            at = zone["end"]
        assert not text[at:].strip()


def test_a_listing_has_no_article():
    """Made of an article or of a longer listing, it has another's story and nothing of its own."""
    kept = [page for page in PAGES if page["page_type"] != "other"]
    made = [zones for page in kept for _, zones in listings(page["text"], page["zones"], "a")]
    assert len(made) > len(PAGES) / 2
    for zones in made:
        held = {zone["label"] for zone in zones}
        assert "related_body" in held
        assert not held & ARTICLE


def test_a_graft_keeps_the_article():
    """All of its paragraphs and none of another's."""
    for number, page in enumerate(ARTICLES):
        assert _paragraphs(*_grafts(number)[0]) == _paragraphs(page["text"], page["zones"])


def _paragraphs(text: str, zones: list[dict]) -> list[str]:
    return [text[zone["start"] : zone["end"]] for zone in zones if zone["label"] == "body"]


@pytest.mark.parametrize("make", [renderings, listings])
def test_the_same_seed_gives_the_same(make):
    """So that the weights can be learned again bit for bit."""
    for page in PAGES[:20]:
        assert make(page["text"], page["zones"], page["id"]) == make(page["text"], page["zones"], page["id"])
