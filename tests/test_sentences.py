"""Sentences: laws, then cases by kind, then the figures on the outside texts."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.annotate import stops
from corpus.annotate.sentences import READ, sentences, split
from corpus.codepoints import codepoints
from corpus.schema import labels
from corpus.zones.pieces import Pieces

HERE = Path(__file__).parent
CASES = HERE / "cases/sentences"
# Everything that a rule looks at, and a few words.
TEXTS = st.lists(
    st.sampled_from(
        [
            *"۔؟!…. \n\t\"'“”‘’()،35A",
            "\u200f",
            "اے",
            "بی",
            "ڈاکٹر",
            "پاک",
            "بھارت",
            "کو",
            "کے",
            "گیا",
            "نے کہا",
            "خبر",
            "Mr",
        ]
    ),
    max_size=40,
).map("".join)
PAGES = st.lists(
    st.tuples(
        st.sampled_from(["article", "other"]),
        st.lists(
            st.tuples(st.sampled_from(["headline", "body", "dateline", "caption"]), TEXTS.map(str.strip).filter(len)),
            max_size=4,
        ),
    ),
    max_size=4,
)


def batch(pages):
    """Pages given as (page type, [(label, text)]), the zones on lines of their own save after a dateline."""
    texts, rows = [], []
    base = 0
    for page, (_, zones) in enumerate(pages):
        text = ""
        for label, zone in zones:
            rows.append((page, labels().index(label), base + len(text), base + len(text) + len(zone)))
            text += zone + (" " if label == "dateline" else "\n")
        texts.append(text)
        base += len(text)
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return (
        codepoints(pa.array(texts, pa.string())),
        Pieces(*columns),
        pa.array([kind for kind, _ in pages], pa.string()),
    )


def strings(pages):
    """The sentences of each page, as strings."""
    text, found, kinds = batch(pages)
    spans = sentences(text, found, kinds)
    whole = "".join(map(chr, text.codes))
    result = [[] for _ in pages]
    for page, start, end in zip(*spans, strict=True):
        result[page].append(whole[start:end])
    return result


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_sentences_cover_a_text(text):
    """Sentences are in order and disjoint, begin and end at non-spaces, and miss no non-space character."""
    at = 0
    for start, end in split(text):
        assert at <= start < end <= len(text)
        assert text[at:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        at = end
    assert text[at:].strip() == ""


@settings(max_examples=60, deadline=None)
@given(PAGES, PAGES)
def test_batches_do_not_matter(some, more):
    """The sentences of two batches together are those of each alone."""
    assert strings(some + more) == strings(some) + strings(more)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS.map(str.strip).filter(len), min_size=1, max_size=4))
def test_a_zone_is_cut_as_its_text_is(texts):
    """Zones on lines of their own are cut as `split` cuts each of them alone."""
    pages = [("article", [("body", text) for text in texts])]
    assert strings(pages)[0] == [text[start:end] for text in texts for start, end in split(text)]


def test_zones_that_are_read():
    """Headline, standfirst, subhead and body are read on an article page, the body alone on another one."""
    zones = [(label, f"یہ خبر {number} ہے۔") for number, label in enumerate(labels()) if label != "dateline"]
    article, other = strings([("article", zones), ("other", zones)])
    assert article == [text for label, text in zones if label in READ]
    assert other == [text for label, text in zones if label == "body"]


def test_a_dateline_belongs_to_the_sentence_that_it_opens():
    """A stop inside the dateline ends nothing, and a dateline on another line is no part of the sentence."""
    zones = [("dateline", "لاہور (ا۔ ب۔ پ)۔"), ("body", "بارش ہوئی۔ سڑکیں بند ہیں۔")]
    assert strings([("article", zones)]) == [["لاہور (ا۔ ب۔ پ)۔ بارش ہوئی۔", "سڑکیں بند ہیں۔"]]
    text, found, kinds = batch([("article", zones)])
    apart = codepoints(pa.array(["".join(map(chr, text.codes)).replace("۔ بارش", "۔\nبارش")]))
    spans = sentences(apart, found, kinds)
    assert spans.start[0] == found.start[1]


def test_a_long_run_costs_no_more_than_its_length():
    """A hundred thousand stops, quotes or spaces are read at once, not one after the other."""
    for mark in ("۔", '"', " ", "(", "۔ ", "a.", "۔         "):
        text = "آغاز " + mark * 100_000 + " انجام"
        spans = split(text)
        assert spans[0][0] == 0
        assert spans[-1][1] == len(text)


def test_words_of_the_rules_fit():
    """A word of more than eight letters would never be found."""
    for line in Path(stops.__file__).with_name("sentences.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            assert [word for word in line.split("\t")[1].split() if len(word) > 8] == []


def cases(path):
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return [pytest.param(row["text"], row["sentences"], id=f"{path.stem}-{n}") for n, row in enumerate(rows, 1)]


KNOWN = CASES / "known-failures.jsonl"


@pytest.mark.parametrize(
    ("text", "expected"), [case for path in sorted(CASES.glob("*.jsonl")) if path != KNOWN for case in cases(path)]
)
def test_cases(text, expected):
    """Each kind of stop is read as an editor would."""
    assert [text[start:end] for start, end in split(text)] == expected


@pytest.mark.xfail(reason="known failures", strict=True)
@pytest.mark.parametrize(("text", "expected"), cases(KNOWN))
def test_known_failures(text, expected):
    """What the rules cannot tell yet; a case that passes moves to its kind."""
    assert [text[start:end] for start, end in split(text)] == expected


def test_figures(shared):
    """Boundary F1 on the outside texts does not fall, final stops removed or not."""
    spec = importlib.util.spec_from_file_location("annotations", HERE.parent / "bench/annotations.py")
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    news, treebank = bench.ntrex(shared / "eval"), bench.udtb(shared / "eval")
    assert bench.boundary_f1(split, news)[0] >= 0.984
    assert bench.boundary_f1(split, treebank)[0] >= 0.999
    assert bench.boundary_f1(split, bench.without_stops(news, 0.3))[0] >= 0.984
    assert bench.boundary_f1(split, bench.without_stops(treebank, 0.3))[0] >= 0.999
