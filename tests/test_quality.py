"""Quality signals: laws against plain Python, then pages whose signals can be counted by hand."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.annotate.quality import quality
from corpus.codepoints import codepoints
from corpus.schema import arrow_schema, labels, load
from corpus.zones.pieces import pieces

FIELDS = load("document")["$defs"]["quality"]["properties"]
LINES = [
    "وہ شہر میں ہے اور یہ بھی کہ سب کا گھر ہے۔",
    "Read more",
    "كيا",
    "12 ۱۴",
    "\u0001\ufeffﻻ",
    "َ ا",
    "(WHO)",
    " ",
    "ہے.",
    "",
]
lines = st.one_of(st.sampled_from(LINES), st.text("اب پ۔. \tA(1", max_size=20))
pages = st.lists(st.tuples(lines, st.sampled_from(labels())), max_size=8)


def page(zoned):
    """A page of labelled lines: its text and its zones, from first to last character that is not space."""
    text, zones = "", []
    for line, label in zoned:
        if line.strip():
            start = len(text) + len(line) - len(line.lstrip())
            zones.append({"label": label, "start": start, "end": start + len(line.strip())})
        text += line + "\n"
    return text, zones


def measure(*zoned):
    """The signals of pages as dictionaries."""
    made = [page(each) for each in zoned]
    text = codepoints(pa.array([text for text, _ in made], pa.string()))
    column = pa.array([zones for _, zones in made], arrow_schema("pages").field("zones").type)
    signals = quality(text, pieces(column, text))
    signals.validate(full=True)
    assert signals.type == arrow_schema("documents").field("annotations").type.field("quality").type
    return signals.to_pylist()


@settings(max_examples=60, deadline=None)
@given(st.lists(pages, max_size=5))
def test_batch(zoned):
    """The signals of a page do not depend on the pages beside it."""
    assert measure(*zoned) == [measure(each)[0] for each in zoned]


@settings(max_examples=60, deadline=None)
@given(pages)
def test_counts(zoned):
    """Counts agree with plain Python, and every share is between 0 and 1."""
    text, zones = page(zoned)
    (signals,) = measure(zoned)
    article = [text[z["start"] : z["end"]] for z in zones if z["label"] in {"body", "subhead"}]
    assert signals["n_characters"] == sum(not sign.isspace() for sign in text)
    assert signals["n_words"] == sum(len(piece.split()) for piece in article)
    written = [line.strip() for line in text.split("\n") if line.strip()]
    assert signals["n_lines"] == len(written)
    assert signals["duplicate_line_share"] == round((len(written) - len(set(written))) / max(len(written), 1), 4)
    assert all(0 <= value <= FIELDS[name].get("maximum", 10**9) for name, value in signals.items())


def test_fields():
    """The struct holds what the schema describes, all of it required."""
    assert list(measure([])[0]) == list(FIELDS) == load("document")["$defs"]["quality"]["required"]
    assert measure() == []


def test_empty_page():
    """A page without text is zero in everything."""
    assert not any(measure([])[0].values())


BODY = "وہ شہر میں ہے اور یہ بھی کہ سب کا گھر ہے۔"


@pytest.mark.parametrize(
    ("zoned", "signal", "value"),
    [
        ([(BODY, "body")], "stop_word_share", 0.75),
        ([(BODY.replace("ی", "ي").replace("ک", "ك"), "body")], "stop_word_share", 0.75),
        ([("كيا ہوا", "body")], "arabic_spelling_share", round(2 / 6, 4)),
        ([("ادارہ WHO", "body")], "latin_share", round(3 / 8, 4)),
        ([("ادارہ WHO", "body")], "urdu_script_share", round(5 / 8, 4)),
        ([("سال 2024", "body")], "digit_share", round(4 / 7, 4)),
        ([("ہے. ہے۔ ہے۔ 2.5", "body")], "latin_stop_share", round(1 / 3, 4)),
        ([("ادارہ (WHO) اور (ادارہ)", "body")], "n_glosses", 1),
        ([("ﻻﮨﻮر ﷺ", "headline")], "n_presentation_forms", 3),
        ([("ا \u064eب بَ", "body")], "n_stray_marks", 1),
        ([("\ufffd\ue000\x02", "boilerplate")], "n_broken_characters", 3),
        ([("ا", "body"), ("ب۔", "body"), ("ج", "caption")], "unfinished_paragraph_share", 0.5),
        ([("ابپت", "body"), ("اب", "related_headline"), ("ا", "boilerplate")], "article_share", round(4 / 7, 4)),
        ([("ابپت", "body"), ("اب", "related_headline"), ("ا", "boilerplate")], "related_share", round(2 / 7, 4)),
        ([("ابپت", "body"), ("اب", "related_headline"), ("ا", "boilerplate")], "furniture_share", round(1 / 7, 4)),
        ([("ابپ تٹ", "body"), ("ث", "subhead")], "mean_word_length", 2.0),
        ([("ا ب پ", "body"), ("ت", "body")], "mean_paragraph_words", 2.0),
    ],
)
def test_signals(zoned, signal, value):
    """A signal counted by hand."""
    assert measure(zoned)[0][signal] == value


def test_repetition():
    """A text that says everything twice repeats half of its passages; one that does not, none."""
    rng = np.random.default_rng(1)
    words = ["".join(rng.choice(list("ابپتجچدرسکگلمنوہیے"), 5)) for _ in range(3000)]
    once, twice = measure([(" ".join(words), "body")], [(" ".join(words * 2), "body")])
    assert once["repeated_window_share"] == 0
    assert twice["repeated_window_share"] == pytest.approx(0.5, abs=0.01)
