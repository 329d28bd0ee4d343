"""Language: laws, then cases, then the figures on invented and outside texts."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.annotate import language as module
from corpus.annotate.language import identify, language
from corpus.annotate.sentences import sentences
from corpus.codepoints import codepoints
from corpus.schema import labels
from corpus.zones.pieces import Pieces

HERE = Path(__file__).parent
SHEETS = sorted((HERE / "cases/language").glob("*.tsv"))
TEXTS = [line.split("\t") for line in (HERE / "cases/language/texts.tsv").read_text("utf-8").splitlines()]
OWN = {
    path.stem: [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    for path in SHEETS
    if path.stem != "texts"
}
LINES = [text for _, text in TEXTS] + [rows[0][1] for rows in OWN.values()]
PAGES = st.lists(
    st.lists(st.tuples(st.sampled_from(["headline", "body", "promo"]), st.sampled_from(LINES)), max_size=6), max_size=4
)
URDU = [
    "وزیر اعظم نے کہا کہ حکومت عوام کو ریلیف دینے کے لیے اقدامات کر رہی ہے۔",
    "ان کا کہنا تھا کہ بجٹ میں نئے ٹیکس نہیں لگائے جائیں گے۔",
    "اجلاس میں وزرا اور سیکرٹری بھی شریک ہوئے۔",
]


def languages(pages):
    """Annotate pages given as lists of (label, line); give page codes, scores, and sentence codes by page."""
    texts, rows = [], []
    base = 0
    for page, zones in enumerate(pages):
        text = "\n".join(line for _, line in zones)
        at = base
        for label, line in zones:
            rows.append((page, labels().index(label), at, at + len(line)))
            at += len(line) + 1
        texts.append(text)
        base += len(text)
    text = codepoints(pa.array(texts, pa.string()))
    found = Pieces(*np.array(rows, dtype=np.int64).reshape(-1, 4).T)
    spans = sentences(text, found, pa.array(["article"] * len(pages), pa.string()))
    result = language(text, found, spans)
    differing = [[] for _ in pages]
    for page, start, end, code in zip(*spans, result.sentence.to_pylist(), strict=True):
        differing[page].append(("".join(map(chr, text.codes[start:end])), code))
    return result.page.to_pylist(), result.score.tolist(), differing


@settings(max_examples=60, deadline=None)
@given(PAGES, PAGES)
def test_batches_do_not_matter(some, more):
    """A page gets the same codes and score whatever stands beside it."""
    together, left, right = languages(some + more), languages(some), languages(more)
    assert together == tuple(a + b for a, b in zip(left, right, strict=True))


@settings(max_examples=60, deadline=None)
@given(PAGES)
def test_nothing_is_skipped_wrongly(pages):
    """Reading only the sentences with words against Urdu finds what reading every sentence in full finds."""
    codes, _, differing = languages(pages)
    names = list(module._table().codes)
    for code, found in zip(codes, differing, strict=True):
        for text, other in found:
            one = codepoints(pa.array([text]))
            points = module._points(module._BYTE[one.codes], one.rows[:-1], one.rows[1:])[0]
            best = names[int(points.argmax())]
            own = points[names.index(code)] if code in names else 0
            assert other == (best if points.max() - own >= module._LEAD else None)


def test_letters_of_urdu_never_speak_against_it():
    """Bytes below 128 are skipped when sentences are chosen, so that none of them may lead away from Urdu."""
    assert (module._lead(module._table().letters)[:128] >= 0).all()


def test_the_table_is_sound():
    """Urdu comes first, every letter has a byte of its own, and every listed word is found again."""
    table = module._table()
    assert table.codes[0] == "ur"
    letters = [*module._URDU, *module._LATIN, *module._OTHER, *module._SIGNS]
    assert len({int(module._BYTE[ord(letter)]) for letter in letters}) == len(letters)
    assert not table.letters[0].any()
    at, rows = module._known(table.keys[1:], np.ones(len(table.keys), dtype=bool))
    assert at.tolist() == list(range(len(table.keys) - 1))
    assert rows.tolist() == list(range(1, len(table.keys)))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_an_answer(text):
    """Whatever the text, the code is one of the table's or `und`, and the score is between 0 and 1."""
    code, score = identify(text)
    assert code in {*module._table().codes, "und"}
    assert 0 <= score < 1
    assert (code == "und") <= (score == 0)


@pytest.mark.parametrize(("code", "text"), TEXTS)
def test_texts(code, text):
    """Short headlines, quotations in other languages, Arabic spelling, and one text or two of each neighbour."""
    assert identify(text)[0] == code


@pytest.mark.parametrize("code", sorted(OWN))
def test_invented_sentences(code):
    """Languages without an outside text are told from Urdu and from each other, on the held-out half as well."""
    for half in ("dev", "held-out"):
        texts = [text for kind, text in OWN[code] if kind == half]
        assert len(texts) >= 30
        assert sum(identify(text)[0] == code for text in texts) / len(texts) >= 0.8


def test_quotations_do_not_change_the_page():
    """An Urdu page with English and Persian sentences is Urdu, and these are named."""
    english = "The decision was taken by the court after a long hearing on Monday."
    persian = "این تصمیم برای همه مردم کشور گرفته شده است و باید اجرا شود."
    codes, scores, differing = languages(
        [[("headline", URDU[2]), *(("body", x) for x in (URDU[0], english, persian, URDU[1]))]]
    )
    assert codes == ["ur"]
    assert scores[0] > 0.5
    assert [code for _, code in differing[0]] == [None, None, "en", "fa", None]


def test_an_urdu_sentence_on_another_page():
    """On a page in another language the Urdu sentence is the one that differs."""
    sindhi = [text for code, text in TEXTS if code == "sd"]
    codes, _, differing = languages([[("body", text) for text in (*sindhi, *sindhi, URDU[0])]])
    assert codes == ["sd"]
    assert [code for _, code in differing[0]] == [None, None, None, None, "ur"]


def test_pages_without_sentences():
    """A page of furniture alone is judged by it; one without letters is und with a score of 0."""
    codes, scores, _ = languages([[("promo", URDU[0])], [("promo", "2024")], []])
    assert codes == ["ur", "und", "und"]
    assert scores[1:] == [0, 0]


def test_one_english_headline_does_not_make_a_page_english():
    """A page with few sentences is judged by all its zones."""
    zones = [("headline", "Chief Minister Visits the Flood Area"), ("promo", URDU[0]), ("promo", URDU[1])]
    assert languages([zones])[0] == ["ur"]


def test_figures(shared):
    """Single NTREX sentences are told Urdu or not with an F1 of 0.999, and Persian is the language of Dari."""
    folder = shared / "eval/ntrex"
    answers = {}
    for name in ("urd", "fas", "prs", "arb", "pus", "snd-Arab", "ckb-Arab", "uig"):
        lines = codepoints(pa.array((folder / f"{name}.txt").read_text("utf-8").split("\n")[:1997]))
        letters = module._BYTE[lines.codes]
        answers[name] = module._winners(module._points(letters, lines.rows[:-1], lines.rows[1:]))
    right = (answers["urd"] == module.URDU).sum()
    wrong = sum((answer == module.URDU).sum() for name, answer in answers.items() if name != "urd")
    assert 2 * right / (right + wrong + 1997) >= 0.999
    for name, code in (("fas", "fa"), ("prs", "fa"), ("arb", "ar"), ("pus", "ps"), ("snd-Arab", "sd"), ("uig", "ug")):
        assert (answers[name] == module._table().codes.index(code)).mean() >= 0.99
