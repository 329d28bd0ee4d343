"""Signatures: what is alike looks alike, whatever the spelling and the batch."""

import random

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.chain import Options, process
from corpus.groups.minhash import BINS, LEAST_WORDS, signatures, similarity
from corpus.groups.passages import passages
from corpus.groups.signature import COLUMNS, SIGNATURE, key, sign
from corpus.groups.words import words
from corpus.normalize import RULES
from corpus.read.batches import RECORDS
from tests import planted
from tests.strategies import pages


def triples(text: str) -> set[str]:
    said = text.replace("۔", " ").split()
    return {" ".join(said[at : at + 3]) for at in range(len(said) - 2)}


def jaccard(one: str, other: str) -> float:
    return len(triples(one) & triples(other)) / len(triples(one) | triples(other))


def estimated(one: str, other: str) -> float:
    signed = signatures(words([one, other]))
    return float(similarity(signed[:1], signed[1:])[0])


def covered(one: str, other: str) -> float:
    """Share of the passages of one text that the other has as well."""
    found, rows = passages(words([one, other]))
    return float(np.isin(found[: rows[1]], found[rows[1] :]).mean())


def docs_of(texts: list[str]) -> list[planted.Doc]:
    return [planted.Doc(f"d{at}", text, (text[::-1],), published="2024-01-31T10:00") for at, text in enumerate(texts)]


@settings(max_examples=20, deadline=None)
@given(st.lists(pages, max_size=8), st.integers(0, 8))
def test_signing_commutes_with_batching(texts, at):
    """The signature of a page does not depend on its batch."""
    whole = planted.batch(docs_of(texts))
    parts = [sign(part) for part in (whole[:at], whole[at:])]
    assert pa.Table.from_batches(parts).combine_chunks() == pa.Table.from_batches([sign(whole)]).combine_chunks()


def test_columns_are_named_and_typed():
    """`sign` appends what `SIGNATURE` lists, in order."""
    empty = sign(planted.batch([]))
    assert tuple(empty.schema.names[-len(SIGNATURE) :]) == SIGNATURE
    assert [empty.schema.field(name).type for name in SIGNATURE] == list(COLUMNS.values())


@pytest.mark.parametrize("share", [0.0, 0.02, 0.05, 0.1, 0.2, 0.5])
def test_similarity_is_as_good_as_that_of_datasketch(share):
    """Over 40 pairs the error of the estimate is no larger than that of 128 permutations."""
    rng = random.Random(7)
    ours, theirs = [], []
    for _ in range(40):
        one = planted.article(rng, 14)
        other = planted.edited(rng, one, share)
        truth = jaccard(one, other)
        ours.append(estimated(one, other) - truth)
        pair = [MinHash(128), MinHash(128)]
        for each, text in zip(pair, (one, other), strict=True):
            each.update_batch([triple.encode() for triple in triples(text)])
        theirs.append(pair[0].jaccard(pair[1]) - truth)
    assert np.abs(np.mean(ours)) < 0.03  # no bias beyond three standard errors
    assert np.std(ours) <= max(0.005, 1.5 * np.std(theirs))


@pytest.mark.parametrize("count", [LEAST_WORDS, 30, 60, 2000])
def test_similarity_holds_for_short_and_long_texts(count):
    """Empty bins of short texts and full bins of long ones bias nothing."""
    rng = random.Random(count)
    errors = []
    for _ in range(60 if count < 100 else 10):
        one = " ".join(planted.words(rng, count))
        other = planted.edited(rng, one, 0.1)
        errors.append(estimated(one, other) - jaccard(one, other))
    assert abs(np.mean(errors)) < 0.04
    unlike = [" ".join(planted.words(rng, count * 5)) for _ in range(2)]
    assert estimated(*unlike) <= jaccard(*unlike) + 6 / BINS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("یہ کتاب اردو میں ہے", "يه كتاب اردو ميں ہے"),
        ("اعلیٰ عدالت", "اعلی عدالت"),
        ("۱۲ مارچ ۲۰۲۴ء", "12 مارچ، 2024ء"),
        ("مؤثر قرأت", "موثر قرات"),
        ("کتا\N{ZERO WIDTH NON-JOINER}ب", "کتاب"),
        ("COVID-19 وبا", "covid 19 وبا"),
        ("خبر \N{GRINNING FACE} نامہ", "خبر نامہ"),
    ],
)
def test_spellings_of_one_text_are_one_text(one, other):
    """Keyboards, marks, joiners, digits and stops do not make another word."""
    assert words([one]).hashes.tolist() == words([other]).hashes.tolist()


@given(st.lists(st.text(max_size=12), max_size=6))
@settings(max_examples=40, deadline=None)
def test_words_stay_in_their_text(texts):
    """Texts are hashed as if each stood alone."""
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    found = words(texts)
    alone = [words([text]) for text in texts]
    assert found.hashes.tolist() == [each for one in alone for each in one.hashes.tolist()]
    assert np.diff(found.rows).tolist() == [len(one.hashes) for one in alone]


def test_words_of_different_texts_differ():
    """No two of 100,000 words share a hash."""
    rng = random.Random(3)
    said = sorted(set(planted.words(rng, 100_000)) | {f"w{number}" for number in range(100_000)})
    assert len(set(words([" ".join(said)]).hashes.tolist())) == len(said)


def test_a_text_inside_another_is_covered():
    """All passages of an article are found in a page around it, also without its line ends."""
    rng = random.Random(5)
    inner = planted.article(rng, 6)
    page = "\n".join([planted.article(rng, 6), inner.replace("\n", " "), planted.article(rng, 6)])
    assert covered(inner, page) > 0.85
    assert covered(inner, planted.article(rng, 20)) == 0


def test_one_changed_word_hides_a_part_of_a_sentence():
    """A sentence is cut again, so that an edit does not cost all of it."""
    rng = random.Random(6)
    kept = []
    for _ in range(30):
        text = " ".join(planted.words(rng, 60)) + "۔"
        said = text.split()
        said[30] = "بدلا"
        kept.append(covered(text, " ".join(said)))
    assert np.mean(kept) > 0.75


def test_short_articles_are_not_signed():
    """Below 20 words there is nothing to compare; the text of another article on the page still counts."""
    rng = random.Random(8)
    doc = planted.Doc("a", " ".join(planted.words(rng, LEAST_WORDS - 1)), (planted.article(rng),))
    row = sign(planted.batch([doc])).to_pylist()[0]
    assert row["minhash"] is None
    assert row["article_passages"] == []
    assert row["related_passages"]


def test_signatures_are_small():
    """A page of news costs less than 700 bytes."""
    rng = random.Random(9)
    table = planted.keys([planted.Doc(f"d{at}", planted.article(rng, 20)) for at in range(50)])
    assert table.select(list(SIGNATURE)).nbytes / 50 < 700


@pytest.mark.parametrize(
    "options",
    [Options(mask_personal_data=True), Options(normalize_off=tuple(rule.name for rule in RULES))],
    ids=["masked", "not normalised"],
)
def test_an_article_is_known_again(options):
    """A takedown names it by its key, which masking and the rules of spelling leave as it is."""
    text = "لاہور: ڪتاب ميلہ شروع ھو گیا , رابطے کے لیے 0300-1234567 یا info@example.com پر لکھیں ۔"
    record = dict.fromkeys(RECORDS.names) | {"text": text, "input": "x", "line": 1, "reader": "text"}
    batch = pa.RecordBatch.from_pylist([record], schema=RECORDS)
    plain, other = (process(batch, each).to_pylist()[0] for each in (Options(), options))
    assert plain["article_text"] != other["article_text"]
    assert plain["article_key"] == other["article_key"]


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("http://example.pk/خبر", True),
        ("https://www.EXAMPLE.pk:443/%D8%AE%D8%A8%D8%B1/?utm_source=a&fbclid=b#top", True),
        ("//user@example.pk/خبر/", True),
        ("https://example.pk/خبر?id=2", False),
        ("https://example.pk:8080/خبر", False),
        ("https://urdu.example.pk/خبر", False),
        ("example", False),
    ],
)
def test_an_address_is_known_in_other_spellings(url, same):
    """What does not choose the page is not compared."""
    assert (key(url) == key("https://example.pk/خبر")) is same
