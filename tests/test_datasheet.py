"""The datasheet: every question is there, every count is that of the files, nobody is made to say what they did not."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.card.collection import HEAD, UNKNOWN, collection, parse
from corpus.card.datasheet import OPEN, TEMPLATE, answers, datasheet, words
from corpus.card.figures import figures
from corpus.errors import CorpusError
from corpus.version import manifest
from tests.releases import built  # noqa: F401

ROOT = Path(__file__).parent.parent
# How many questions Datasheets for Datasets (arXiv 1803.09010v7) asks in each of its seven sections.
QUESTIONS = (4, 16, 12, 4, 6, 7, 8)


@pytest.fixture(scope="module", name="said")
def counted(releases):
    """Manifest and figures of a version."""
    return manifest.read(releases["second"]), figures(releases["second"])


def asked(text):
    return re.findall(r"^### ([0-9.]+) .*\?$", text, re.MULTILINE)


def test_every_question_is_asked_and_answered(said):
    """All questions of the seven sections, in order, each with an answer or a sentence that nobody answered it yet."""
    expected = [f"{section}.{n}" for section, most in enumerate(QUESTIONS, 1) for n in range(1, most + 1)]
    sheet = datasheet(*said, UNKNOWN)
    assert asked(TEMPLATE) == asked(sheet) == expected
    assert not re.search(r"\?\n+(?=#|\Z)", sheet)


def test_the_composed_corpus_leaves_no_question_open(said):
    """raw/COLLECTION.md answers all that the software cannot."""
    assert OPEN not in (ROOT / "DATASHEET.md").read_text("utf-8")
    assert set(answers(*said, collection([ROOT / "raw"]))) == set(asked(TEMPLATE))


def test_nothing_about_our_pages_is_said_of_another_corpus(releases, said):
    """Without a COLLECTION.md the questions about purpose, collection and rights stay open."""
    sheet = (releases["second"] / "DATASHEET.md").read_text("utf-8")
    assert "composed" not in sheet
    assert "invented" not in sheet
    open_ones = set(asked(TEMPLATE)) - set(answers(*said, UNKNOWN))
    assert {"1.1", "1.2", "1.3", "2.3", "3.1", "3.6", "3.9", "6.5", "7.2"} <= open_ones
    assert sheet.count(OPEN) == len(open_ones)


def test_every_count_is_filled_in():
    """In the prose itself stands no number that could grow stale: what is left are names and question numbers."""
    for text in (TEMPLATE, (ROOT / "raw" / "COLLECTION.md").read_text("utf-8")):
        prose = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
        named = r"^#.*$|arXiv 1803\.09010|Apache-2\.0|SHA-256|In November 2026"
        assert re.findall(r"\d+", re.sub(named, "", prose, flags=re.MULTILINE)) == []


def test_the_datasheet_of_the_repository_is_up_to_date():
    """DATASHEET.md, docs/fields.md and docs/cli.md are what their sources give today."""
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_stale_number_is_noticed(said):
    """Another count in the manifest gives another sheet."""
    other = json.loads(json.dumps(said[0]))
    other["counts"]["documents"] += 1
    assert datasheet(other, said[1], UNKNOWN) != datasheet(*said, UNKNOWN)


def test_an_answer_of_the_collection_replaces_ours_or_adds_to_it(said):
    """`{{default}}` keeps what the software says; figures in an answer are filled in."""
    alone = answers(*said, parse("### 2.9 Errors\nMany, in {{documents}} pages.\n"))["2.9"]
    assert alone == f"Many, in {said[0]['counts']['documents']} pages."
    both = answers(*said, parse("### 2.9 Errors\n{{default}} More.\n"))["2.9"]
    assert both == answers(*said, UNKNOWN)["2.9"] + " More."


def test_braces_in_the_data_are_no_figures(said):
    """A licence that looks like a figure's name is shown as it is."""
    figured = {**said[1], "documents": {**said[1]["documents"], "license": {"{{nothing}}": {"train": 1}}}}
    assert "{{nothing}}" in datasheet(said[0], figured, UNKNOWN)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("### 9.9 What?\nYes.\n", None),
        ("### 1.99 What?\nYes.\n", "there is no question 1.99"),
        ("### 1.1 Why?\n{{nonsense}}\n", "{{nonsense}} is no figure"),
        ("### 1.1 Why?\nA\n### 1.1 Why?\nB\n", "question 1.1 is answered twice"),
        ("---\nname: x\n---\n", "'name: x' in the head"),
        ("---\ncreator:\n---\n", "'creator:' in the head"),
        ("---\npublished: soon\n---\n", "soon"),
    ],
)
def test_a_wrong_description_is_a_sentence(said, tmp_path, text, reason):
    """What cannot be understood stops the export and says what would be right; other headings are not ours."""
    (tmp_path / "COLLECTION.md").write_text(text, encoding="utf-8")
    if reason is None:
        assert answers(*said, collection([tmp_path])) == answers(*said, UNKNOWN)
    else:
        with pytest.raises(CorpusError, match=re.escape(reason)):
            answers(*said, collection([tmp_path]))


def test_one_description_speaks_of_the_whole_corpus(tmp_path):
    """Two of them are refused; a file among PATHs, standard input and a folder without one are no obstacle."""
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "COLLECTION.md").write_text(f"---\n{HEAD[0]}: {name}\n---\n", encoding="utf-8")
    (tmp_path / "c" / "COLLECTION.md").unlink()
    paths = [str(tmp_path / name) for name in ("a", "b", "c")]
    assert collection(["-", paths[0], paths[2], str(tmp_path / "x.jsonl")]).head == {"pretty_name": "a"}
    assert collection(paths[2:]) == UNKNOWN
    with pytest.raises(CorpusError, match="both describe"):
        collection(paths)


def test_leaks_are_those_of_the_manifest(said):
    """What was counted between the splits is shown; what was not counted is not called zero."""
    found = {"train/test": {"exact": 0, "near_duplicate": 2}, "train/validation": {"exact": 1, "near_duplicate": 0}}
    assert "3 pairs between two splits (exact, near-duplicate)" in datasheet(
        {**said[0], "leaks": found}, said[1], UNKNOWN
    )
    assert "were not counted" in datasheet({**said[0], "leaks": {}}, said[1], UNKNOWN)


def test_masking_is_said(said):
    """A version with masked personal data does not claim that its page text is untouched."""
    masked = {**said[0], "options": {**said[0]["options"], "mask_personal_data": True}}
    assert "replaced by blocks" in answers(masked, said[1], UNKNOWN)["4.1"]
    assert words(masked, said[1], UNKNOWN)["raw_masked"]
    assert "replaced by blocks" not in answers(*said, UNKNOWN)["4.1"]
