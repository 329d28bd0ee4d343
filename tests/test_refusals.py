"""What stops an export: one sentence with the next step, nothing lost, no half version; what does not, is told."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus.errors import CorpusError, UsageError
from corpus.version import ledger, previous
from corpus.version.export import Request, export
from corpus.version.number import version
from corpus.version.report import summary
from corpus.version.verify import verify


def corpus(*words: str | Path, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line, if asked for with files of at most `limit` bytes: what a full disk is to a program."""

    def bounded():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "corpus", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=bounded if limit else None)


@pytest.fixture
def build(tmp_path, write_jsonl):
    """Write records and export them all; gives the result."""

    def run(records, **asked):
        return export(Request(paths=(str(write_jsonl(records)),), out=tmp_path / "dist", **asked))

    return run


@pytest.mark.parametrize("limit", [100, 4_000, 20_000], ids=["spill", "rows", "card"])
def test_a_full_disk_is_one_sentence(build, few, write_jsonl, tmp_path, limit):
    """The version before is as it was, and the next run succeeds."""
    folder = build(few[:2]).folder
    path = write_jsonl(few)
    told = corpus("export", path, "--out", tmp_path / "dist", limit=limit)
    assert told.returncode == 1
    assert told.stderr.splitlines()[-1].startswith(f"corpus: {tmp_path / 'dist'}: File too large; nothing was written")
    assert "Traceback" not in told.stderr
    assert sorted(p.name for p in folder.parent.iterdir() if p.name != ".lock") == ["1.0.0"]
    assert list(verify(folder)) == []
    assert str(build(few).folder).endswith("1.1.0")


def test_a_place_for_rejects_is_looked_for_first(write_jsonl, few, tmp_path):
    """Not after an hour of work."""
    asked = Request(paths=(str(write_jsonl(few)),), out=tmp_path / "dist", rejects=tmp_path / "none" / "r.jsonl")
    with pytest.raises(UsageError, match="make the folder"):
        export(asked)
    assert not (tmp_path / "dist").exists()


def test_takedowns_that_cannot_be_written_are_one_sentence(tmp_path):
    """A folder stands where the file should be."""
    (tmp_path / "takedowns.jsonl").mkdir()
    told = corpus("takedown", tmp_path, "--id", "a", "--reason", "legal")
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert told.stderr.startswith(f"corpus: {tmp_path / 'takedowns.jsonl'}: Is a directory; ")


@pytest.mark.parametrize(
    "harm",
    [
        lambda said: said.update(version=5),
        lambda said: said.pop("options"),
        lambda said: said.update(files="x"),
        lambda said: said.update(counts=None),
    ],
    ids=["version", "options", "files", "counts"],
)
def test_a_manifest_that_is_none_is_damaged(build, few, harm):
    """Every command that reads it says so; none of them breaks down."""
    folder = build(few[:2]).folder
    said = json.loads((folder / "manifest.json").read_bytes())
    harm(said)
    (folder / "manifest.json").write_text(json.dumps(said))
    with pytest.raises(CorpusError, match="missing or damaged"):
        build(few)
    (problem,) = verify(folder)
    assert "missing or damaged" in problem


def test_a_ledger_that_lost_rows_is_damaged(build, few):
    """It would let released documents move."""
    folder = build(few[:2]).folder
    pq.write_table(pq.read_table(folder / ledger.FILE).slice(1), folder / ledger.FILE)
    with pytest.raises(CorpusError, match=r"not the ledger .* manifest .* --previous"):
        build(few)
    with pytest.raises(CorpusError, match="not the ledger"):
        previous.previous(folder.parent, None)


def test_statistics_of_a_damaged_version_are_refused(build, few):
    """With the command that names the damage."""
    folder = build(few).folder
    next((folder / "documents").glob("*.parquet")).write_bytes(b"PAR1")
    told = corpus("stats", folder)
    assert (told.returncode, told.stderr.count("\n")) == (1, 1)
    assert "corpus verify" in told.stderr


def test_what_was_read_is_told_though_nothing_changed(build, few, tmp_path):
    """The figures of an unchanged version are not those of the run; its rejects would be gone without a word."""
    build(few)
    again = build([*few, {"text": 5}])
    assert again.unchanged
    told = summary(again)
    assert "5 records = 4 documents + 0 duplicates + 1 rejected" in told
    assert "--rejects FILE" in told
    assert again.manifest["counts"]["records"] == 4


def test_an_earlier_version_with_the_same_content_is_there_already(build, few):
    """Asked for by its number, it is no other content."""
    first = build(few).folder
    build(few[:2], allow_removals=True)
    again = build(few, version=version("1.0.0"))
    assert (again.folder, again.unchanged) == (first, True)


def test_the_manifest_has_every_option_that_changes_the_content(build, few):
    """What was mapped and left out belongs to what is reproduced."""
    said = build([{"body": few[0]["text"]}, *few], columns=(("text", "body"),), limit=3, max_record=10**6).manifest
    assert {name: said["options"][name] for name in ("map", "limit", "max_record")} == {
        "map": {"text": "body"},
        "limit": 3,
        "max_record": 10**6,
    }
