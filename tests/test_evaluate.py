"""Scoring against gold zones."""

import json

import pytest

from corpus.errors import CorpusError
from corpus.evaluate import evaluate, report, titles
from corpus.gold import read

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


ZONE = {"label": "body", "start": 0, "end": 3}


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ({"zones": "foo"}, r"\$\.zones"),
        ({"text": 5}, r"\$\.text"),
        ({"page_type": "page"}, r"\$\.page_type"),
        ({"zones": [ZONE | {"start": "0"}]}, r"\$\.zones\.0\.start"),
        ({"zones": [ZONE | {"label": "title"}]}, r"\$\.zones\.0\.label"),
        ({"zones": [ZONE, ZONE]}, "not in order"),
        ({"zones": [ZONE | {"end": 99}]}, "not inside the page"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_is_no_gold_page_is_named(tmp_path, harm, said):
    """With its line and what is wrong with it."""
    (tmp_path / "gold.jsonl").write_text("\n" + json.dumps(GOLD | harm) + "\n")
    with pytest.raises(CorpusError, match=rf"gold\.jsonl:2: .*{said}"):
        read(tmp_path / "gold.jsonl")


def test_no_gold_is_no_score(tmp_path):
    """An empty file must not look like a bad segmenter."""
    (tmp_path / "gold.jsonl").touch()
    with pytest.raises(CorpusError, match="no gold pages"):
        read(tmp_path / "gold.jsonl")
