"""Long runs: how far they are, what stays when they are stopped, what is logged of them."""

import gzip
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from corpus.cli import corpus as group
from corpus.cli import watch
from corpus.read.estimate import estimate
from corpus.read.inputs import inputs
from corpus.version.export import STAGES, Request, export
from corpus.version.parquet import ShardWriter


def many(few: list[dict], times: int) -> list[dict]:
    return [{**r, "id": f"{r['id']}/{n:05}"} for n in range(times) for r in few]


def test_progress_names_every_stage_in_order(few, write_jsonl, tmp_path):
    """Each stage is named as it begins; what is counted adds up to what was expected."""
    told = []
    path = write_jsonl([*few, {"text": 5}])
    export(Request(paths=(str(path),), out=tmp_path / "dist"), lambda *said: told.append(said))
    assert list(dict.fromkeys(stage for stage, *_ in told)) == list(STAGES)
    assert sum(done for stage, done, _ in told if stage == "read") == len(few) + 1
    assert {total for stage, _, total in told if stage == "read"} == {len(few) + 1}
    assert sum(done for stage, done, _ in told if stage == "write") == len(few)


def test_the_number_of_records_is_estimated(few, write_jsonl, tmp_path):
    """Exact for text, Parquet and small JSON; near for large and compressed JSON; unknown for standard input."""
    path = write_jsonl(many(few, 3000))
    packed = tmp_path / "raw.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    pq.write_table(pa.table({"text": ["a"] * 7}), tmp_path / "raw.parquet")
    (tmp_path / "raw.txt").write_text("a\nb\n", "utf-8")
    small = write_jsonl(few, "small.jsonl")
    assert [estimate(inputs([str(p)])) for p in (tmp_path / "raw.parquet", tmp_path / "raw.txt", small)] == [7, 1, 4]
    assert estimate(inputs([str(path)])) == pytest.approx(12_000, rel=0.02)
    assert estimate(inputs([str(packed)])) == pytest.approx(12_000, rel=0.02)
    assert estimate(inputs(["-"])) is None


def test_rows_that_wait_for_a_group_hold_no_more_than_themselves(tmp_path):
    """A writer keeps the few rows of its split, not the table that they are a slice of."""
    before = pa.total_allocated_bytes()
    table = pa.table({"id": [str(n) for n in range(2000)], "text": ["x" * 2000] * 2000, "zones": [None] * 2000})
    kept = ShardWriter(tmp_path, "pages", "test")
    kept.write(table.slice(100, 20))
    del table
    assert pa.total_allocated_bytes() - before < 200_000


def test_a_broken_input_is_no_matter_for_the_estimate(tmp_path):
    """Its reader will tell; the run only does not know how long it takes."""
    (tmp_path / "raw.parquet").write_bytes(b"PAR1")
    assert estimate(inputs([str(tmp_path)])) is None


def test_where_nobody_watches_a_line_a_minute_is_told(few, write_jsonl, tmp_path, monkeypatch):
    """Stage, records, rate and time left go to standard error; standard output is the report alone."""
    monkeypatch.setattr(watch, "EVERY", 0.0)
    path = write_jsonl(many(few, 300))
    result = CliRunner().invoke(group, ["export", str(path), "--out", str(tmp_path / "dist")])
    assert result.exit_code == 0, result.output
    lines = result.stderr.splitlines()
    assert any(line.startswith("read: 1,024 of about 1,200 records, ") and line.endswith(" left") for line in lines)
    assert any(line.startswith("write: 1,200 records, ") for line in lines)
    assert "records, " not in result.stdout.splitlines()[0]


def test_the_log_stands_beside_the_version(few, write_jsonl, tmp_path):
    """One line a run: when, command, stages with their times, warnings; the version itself has none of it."""
    path = write_jsonl([*few, {"id": "u", "text": "ایک خبر ہے۔", "url": "not an address"}])
    out = tmp_path / "dist"
    for _ in range(2):
        assert CliRunner().invoke(group, ["export", str(path), "--out", str(out)]).exit_code == 0
    first, second = map(json.loads, (out / "1.0.0.log").read_text("utf-8").splitlines())
    assert [stage["stage"] for stage in first["stages"]] == list(STAGES)
    assert (first["version"], first["unchanged"], second["unchanged"]) == ("1.0.0", False, True)
    assert [said for said in first["warnings"] if "$.url" in said] == [first["warnings"][0]]
    assert "$.url" in first["warnings"][0]
    assert first["when"].endswith("+00:00")
    # Each figure is rounded to a thousandth of its own.
    assert first["seconds"] + 0.005 > sum(stage["seconds"] for stage in first["stages"]) > 0
    assert not [p for p in (out / "1.0.0").rglob("*") if p.suffix == ".log"]


def test_a_log_that_cannot_be_written_stops_nothing(few, write_jsonl, tmp_path):
    """The version is there; the log is a warning."""
    out = tmp_path / "dist"
    (out / "1.0.0.log").mkdir(parents=True)
    result = CliRunner().invoke(group, ["export", str(write_jsonl(few)), "--out", str(out)])
    assert result.exit_code == 0
    assert "log of this run cannot be written" in result.stderr
    assert (out / "1.0.0" / "manifest.json").is_file()


def interrupted(path: Path, out: Path, until) -> tuple[int, str]:
    """Start an export, press Ctrl-C when `until` says so; exit code and what it said."""
    command = [sys.executable, "-m", "corpus", "export", str(path), "--out", str(out)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    give_up = time.monotonic() + 20
    while not until() and time.monotonic() < give_up and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)
    return running.returncode, said


@pytest.mark.parametrize(
    ("times", "sign"), [(8000, "rejects.jsonl"), (1500, "pages/train-00000")], ids=["reading", "writing"]
)
def test_ctrl_c_leaves_what_was_there_and_says_so(few, write_jsonl, tmp_path, times, sign):
    """The version before stays, the folder of work is gone, the exit code is that of an interrupt; no traceback."""
    out = tmp_path / "dist"
    assert export(Request(paths=(str(write_jsonl(few)),), out=out)).folder.name == "1.0.0"
    path = write_jsonl(many(few, times), "many.jsonl")
    code, said = interrupted(path, out, lambda: any(out.glob(f".tmp-*/version/{sign}")))
    assert code == 130
    assert said.strip() == f"Stopped. {out} holds 1.0.0, nothing half-written."
    assert sorted(p.name for p in out.iterdir()) == [".lock", "1.0.0"]
