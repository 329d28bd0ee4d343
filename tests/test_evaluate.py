"""Scoring against gold zones."""

import pytest

from corpus.evaluate import evaluate, report, titles

TEXT = "لاہور: خبر یہ ہے\n• دوسری خبر"


def page(zones, **more):
    return {
        "id": "a",
        "text": TEXT,
        "page_type": "article",
        "zones": [dict(zip(("label", "start", "end"), z, strict=True)) for z in zones],
        **more,
    }


GOLD = page([("dateline", 0, 6), ("body", 7, 16), ("related_headline", 17, 28)])


def test_a_page_scores_full_against_itself():
    """Every score is 1 and no difference is left."""
    scores = evaluate([GOLD], [GOLD])
    assert {
        scores[name] for name in ("macro_f1", "accuracy", "article_f1", "related_f1", "pages_right", "type_accuracy")
    } == {1.0}
    assert scores["worst"][0]["differences"] == []


def test_a_wrong_zone_is_counted_by_characters():
    """Dateline taken for body: accuracy, confusion and differences say so; spaces do not count."""
    scores = evaluate([GOLD], [page([("body", 0, 16), ("related_headline", 17, 28)])])
    assert scores["confusion"]["dateline"] == {"body": 6}
    assert scores["accuracy"] == pytest.approx(16 / 22)
    assert scores["zones"]["dateline"]["f1"] == 0.0
    assert scores["zones"]["body"]["recall"] == 1.0
    assert scores["pages_right"] == 0.0
    assert scores["worst"][0]["differences"] == [{"gold": "dateline", "predicted": "body", "text": "لاہور:"}]


def test_titles_are_compared_without_bullets():
    """A bullet or a space more makes no other title."""
    other = page([("dateline", 0, 6), ("body", 7, 16), ("boilerplate", 17, 18), ("related_headline", 19, 28)])
    assert titles(other) == titles(GOLD)
    assert evaluate([GOLD], [other])["related_f1"] == 1.0


def test_lost_text_is_an_error():
    """A prediction for another text, or none, is refused."""
    with pytest.raises(ValueError, match="text differs"):
        evaluate([GOLD], [{**GOLD, "text": TEXT[:-1]}])
    with pytest.raises(ValueError, match="no prediction"):
        evaluate([GOLD], [])


def test_report_shows_the_worst_page():
    """The text names the page, the zones and the stretch that differs."""
    text = report(evaluate([GOLD], [page([("body", 0, 16), ("related_headline", 17, 28)], page_type="other")]))
    assert "dateline -> body: لاہور:" in text
    assert "type_accuracy 0.000" in text
