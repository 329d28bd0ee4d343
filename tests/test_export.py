"""A version on disk: whole or not there, numbered by what changed, loadable by everyone."""

import json
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from corpus.chain import Options
from corpus.errors import CorpusError
from corpus.schema import CONFIGS
from corpus.version import ledger, manifest
from corpus.version.export import Request, export
from corpus.version.number import version
from corpus.version.staging import staging
from corpus.version.verify import verify
from tests.planted import HALVES, planted, records


@pytest.fixture
def build(tmp_path, write_jsonl):
    """Write records and export them all; gives the result."""

    def run(records, out="dist", **asked):
        path = write_jsonl(records)
        return export(Request(paths=(str(path),), out=tmp_path / out, **asked))

    return run


def ids(folder: Path, config: str = "documents") -> list[str]:
    return sorted(i for p in (folder / config).glob("*.parquet") for i in pq.read_table(p)["id"].to_pylist())


def test_a_version_has_what_the_layout_says(build, few):
    """Card, manifest, ledger, rejects and a folder for each config that has rows."""
    result = build(few)
    names = {path.relative_to(result.folder).parts[0] for path in result.folder.rglob("*")}
    assert result.folder.name == "1.0.0"
    assert {"README.md", "manifest.json", "ledger.parquet", "rejects.jsonl", *CONFIGS} <= names
    assert ids(result.folder) == [r["id"] for r in few]
    assert list(verify(result.folder)) == []


@pytest.mark.parametrize(
    ("records", "documents"),
    [
        ([{"text": "لاہور: بارش سے سڑکیں بند ہو گئیں۔"}], 1),
        ([{"text": "تازہ ترین\nپہلی سرخی کا عنوان\nدوسری سرخی کا عنوان"}], 1),
        ([{"text": 5}, {"txt": "x"}], 0),
        ([], 0),
    ],
    ids=["one page", "no article", "only rejects", "nothing"],
)
def test_small_corpora_work(build, records, documents):
    """A split or config without rows has no file and no entry in the card."""
    result = build(records)
    assert result.manifest["counts"]["documents"] == documents
    files = {str(p.parent.name) for p in result.folder.rglob("*.parquet")} - {result.folder.name}
    assert files == {config for config, rows in result.manifest["counts"]["configs"].items() if rows}
    assert not [
        p for p in result.folder.rglob("*.parquet") if p.parent != result.folder and not pq.read_metadata(p).num_rows
    ]
    assert list(verify(result.folder)) == []


def test_rejects_are_written_aside(build, few):
    """Bad records, duplicates and conflicts are named with place, path, reason and raw bytes."""
    result = build([*few, {"text": 5}, few[0], {**few[1], "text": "اور متن ہے یہ"}])
    told = [json.loads(line) for line in (result.folder / "rejects.jsonl").read_text("utf-8").splitlines()]
    assert [(r["kind"], r["line"]) for r in told[:2]] == [("type", 5), ("duplicate", 6)]
    assert told[2]["kind"] == "conflict"
    assert all(r["raw"] and r["reason"] and r["path"].startswith("$") for r in told)
    assert result.manifest["counts"]["rejected"] == {"conflict": 1, "type": 1}
    assert result.manifest["counts"]["duplicates"] == 1


def test_the_record_collected_last_is_kept(build):
    """Same id, other text: the later `collected_at` wins, wherever it stands."""
    records = [
        {"id": "a", "text": "پرانا متن یہاں ہے۔", "collected_at": "2024-01-01"},
        {"id": "a", "text": "نیا متن یہاں ہے۔", "collected_at": "2024-02-01"},
        {"id": "a", "text": "بے تاریخ متن یہاں ہے۔"},
    ]
    result = build(records)
    (path,) = (result.folder / "pages").glob("*.parquet")
    assert pq.read_table(path)["text"].to_pylist() == ["نیا متن یہاں ہے۔"]


def test_the_same_content_again_is_a_no_op(build, few):
    """Nothing is written, and it says so; order and place of the input do not matter."""
    first = build(few)
    again = build(few[::-1])
    assert (again.unchanged, again.folder) == (True, first.folder)
    assert sorted(p.name for p in first.folder.parent.iterdir() if not p.name.startswith(".")) == ["1.0.0"]


def test_the_number_follows_from_the_change(build, few):
    """Additions are MINOR; edits and removals are MAJOR; removals must be allowed."""
    build(few[:3])
    assert build(few).folder.name == "1.1.0"
    edited = [*few[:3], {**few[3], "text": few[3]["text"].replace("سیب", "انگور")}]
    assert build(edited).folder.name == "2.0.0"
    with pytest.raises(CorpusError, match="--allow-removals"):
        build(few[:3])
    assert build(few[:3], allow_removals=True).folder.name == "3.0.0"


def test_a_removed_document_may_come_back_to_its_split(build, few):
    """The ledger remembers what was removed; it keeps split, group and first release."""
    first = build(few)
    build(few[:3], allow_removals=True)
    back = build(few)
    rows = [{r["id"]: r for r in ledger.read(v.folder).to_pylist()} for v in (first, back)]
    assert rows[0] == rows[1]


def test_a_number_too_small_is_refused(build, few):
    """So is a number that holds other content; the version that is there stays."""
    build(few[:2], version=version("1.0.0"))
    with pytest.raises(CorpusError, match=r"needs 1\.1\.0"):
        build(few, version=version("1.0.1"))
    with pytest.raises(CorpusError, match=r"holds other content"):
        build(few, version=version("1.0.0"))
    assert build(few, version=version("1.5.0")).folder.name == "1.5.0"


def test_rows_are_ordered_by_first_release_and_id(build, few):
    """What was released before keeps its place, so that its bytes can be reused."""
    build(few[2:])
    result = build(few)
    order = [
        i for p in sorted((result.folder / "documents").glob("train*")) for i in pq.read_table(p)["id"].to_pylist()
    ]
    released = {r["id"]: r["first_release"] for r in ledger.read(result.folder).to_pylist()}
    assert order == sorted(order, key=lambda i: (released[i], i))


def test_a_release_begins_a_row_group(build, monkeypatch):
    """What was written with one release is not written again with the next; a group has `LEAST` rows or more."""
    raw = records(planted(seed=4, articles=20, copies=0))
    monkeypatch.setattr("corpus.version.parquet.LEAST", 2)
    for end in (10, 11, 20):
        result = build(raw[:end], options=Options(shares=HALVES))
    released = {row["id"]: row["first_release"] for row in ledger.read(result.folder).to_pylist()}
    cuts = 0
    for path in (result.folder / "documents").glob("*.parquet"):
        with pq.ParquetFile(path) as file:
            groups = [file.read_row_group(i)["id"].to_pylist() for i in range(file.num_row_groups)]
        assert all(len(group) >= 2 for group in groups[:-1])
        for before, after in pairwise(groups):
            assert released[before[-1]] != released[after[0]]
            cuts += 1
    assert cuts >= 2


def test_splits_by_time_follow_the_date(build, few):
    """Before the first day train, from it on validation, from the second on test; no date: train."""
    dates = ["2024-01-01", "2024-03-01", "2024-06-01", None]
    result = build(
        [{**r, "published_at": d} for r, d in zip(few, dates, strict=True)],
        options=Options(cutoff=("2024-02-01", "2024-06-01")),
    )
    splits = {r["id"]: r["split"] for r in ledger.read(result.folder).to_pylist()}
    assert [splits[r["id"]] for r in few] == ["train", "validation", "test", "train"]
    for name in ("README.md", "DATASHEET.md"):
        told = (result.folder / name).read_text("utf-8")
        assert "validation from 2024-02-01 on, test from 2024-06-01 on" in told
        assert "hash of the group" not in told


def test_near_duplicates_share_a_group(build, few):
    """A copy with a few words changed points at the one that is kept first, in the same split; nothing leaks."""
    copy = {**few[0], "id": "z", "text": few[0]["text"].replace("رات بھر", "ساری رات")}
    result = build([*few, copy])
    rows = {r["id"]: r for r in ledger.read(result.folder).to_pylist()}
    assert (rows["z"]["group"], rows["z"]["split"]) == (rows["n/0"]["group"], rows["n/0"]["split"])
    assert not any(sum(kinds.values()) for kinds in result.manifest["leaks"].values())


def test_limit_reads_the_first_records_only(build, few):
    """A first try is quick."""
    assert build(few, limit=2).manifest["counts"]["records"] == 2


def test_dates_come_from_outside(build, few):
    """No clock: the same request gives the same bytes at any time."""
    one, other = build(few, "one", date="2026-01-31"), build(few, "other", date="2026-01-31")
    files = [{f["path"]: f["sha256"] for f in r.manifest["files"]} for r in (one, other)]
    assert files[0] == files[1]
    assert manifest.read(one.folder) == manifest.read(other.folder)
    assert one.manifest["date"] == "2026-01-31"


def test_everyone_can_read_the_files(build, few):
    """pandas, polars and duckdb read a config directly."""
    folder = build(few).folder
    files = f"{folder}/documents/*.parquet"
    assert len(pd.read_parquet(folder / "documents")) == len(few)
    assert pl.read_parquet(files).height == len(few)
    assert duckdb.sql(f"select count(*) from '{files}'").fetchall() == [(len(few),)]


def test_load_dataset_works_from_disk(build, few, tmp_path):
    """The default config, a named one, and streaming."""
    from datasets import load_dataset

    folder = str(build(few).folder)
    cache = str(tmp_path / "cache")
    rows = sum(len(split) for split in load_dataset(folder, cache_dir=cache).values())
    assert rows == len(few)
    split = next(iter(load_dataset(folder, "related", cache_dir=cache)))
    assert load_dataset(folder, "related", split=split, cache_dir=cache)[0]["kind"] == "see_also"
    streamed = load_dataset(folder, "documents", streaming=True)
    assert sum(1 for rows in streamed.values() for _ in rows) == len(few)


def test_verify_names_what_differs(build, few):
    """A changed byte, a missing file, a file too many: each is named."""
    folder = build(few).folder
    (folder / "extra.txt").write_text("x")
    with (folder / "README.md").open("a") as card:
        card.write("\n")
    (folder / "DATASHEET.md").unlink()
    (folder / "rejects.jsonl").unlink()
    told = "\n".join(verify(folder))
    assert "extra.txt: not in the manifest" in told
    assert "README.md: sha256" in told
    assert "DATASHEET.md: missing" in told
    assert "rejects.jsonl" not in told, "rejects are never published, so a downloaded version has none"


def test_a_damaged_previous_version_is_one_sentence(build, few):
    """Nothing is written on top of a version that cannot be read."""
    folder = build(few[:2]).folder
    (folder / "ledger.parquet").write_bytes(b"PAR1")
    with pytest.raises(CorpusError, match="ledger cannot be read"):
        build(few)
    (folder / "manifest.json").unlink()
    with pytest.raises(CorpusError, match="missing or damaged"):
        build(few)
    assert [p.name for p in folder.parent.iterdir() if not p.name.startswith(".lock")] == ["1.0.0"]


def test_two_exports_into_one_target_do_not_meet(build, few, tmp_path):
    """The second fails at once with a clear sentence."""
    with staging(tmp_path / "dist"), pytest.raises(CorpusError, match="another export"):
        build(few)


def test_a_target_that_cannot_be_written_is_one_sentence(build, few, tmp_path):
    """A file where the folder should be."""
    (tmp_path / "dist").touch()
    with pytest.raises(CorpusError, match="cannot be written"):
        build(few)


@pytest.mark.parametrize("after", [0.5, 0.9, 1.2, 1.5, 1.9])
def test_killed_at_any_moment_nothing_is_half_there(write_jsonl, few, tmp_path, after):
    """Law 9: after SIGKILL there is a whole version or none, and the next run succeeds."""
    path = write_jsonl([{**r, "id": f"{r['id']}/{i}"} for i in range(60) for r in few])
    command = [sys.executable, "-m", "corpus", "export", str(path), "--out", str(tmp_path / "dist")]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after)
    running.send_signal(signal.SIGKILL)
    running.wait()
    out = tmp_path / "dist"
    for folder in out.iterdir() if out.is_dir() else ():
        if folder.is_dir() and not folder.name.startswith("."):
            assert list(verify(folder)) == []
    result = export(Request(paths=(str(path),), out=out))
    assert list(verify(result.folder)) == []
    assert [p.name for p in out.iterdir() if p.name.startswith(".tmp")] == []


def test_a_file_named_like_a_version_is_noticed_before_the_work(build, few, tmp_path):
    """It would stand in the way at the very end."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "1.0.0").touch()
    with pytest.raises(CorpusError, match="not a folder"):
        build(few)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_target_is_one_sentence(build, few, tmp_path):
    """Permissions are told as such."""
    (tmp_path / "dist").mkdir(mode=0o500)
    with pytest.raises(CorpusError, match="cannot be written"):
        build(few)
