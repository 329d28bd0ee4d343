"""Engines swap the map and nothing else: order, bounds and result are the same whichever runs."""

import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from importlib.util import find_spec
from itertools import count, islice
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.cli import build, corpus
from corpus.errors import CorpusError, UsageError
from corpus.version import engines, manifest
from corpus.version.engines import local
from corpus.version.export import Request, export
from corpus.version.launch import ahead

WORKERS = 2
ROOT = Path(__file__).parent.parent


def batch_of(numbers: list[int]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"n": pa.array(numbers, pa.int64())})


def doubled(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch_of([2 * n for n in batch["n"].to_pylist()])


def slow_first(batch: pa.RecordBatch) -> pa.RecordBatch:
    if batch["n"][0].as_py() == 0:
        time.sleep(0.5)
    return batch


def no_two(batch: pa.RecordBatch) -> pa.RecordBatch:
    if batch["n"][0].as_py() == 2:
        raise ZeroDivisionError
    return batch


def deadly(_: pa.RecordBatch) -> pa.RecordBatch:
    os.kill(os.getpid(), signal.SIGKILL)


def noisy(batch: pa.RecordBatch) -> pa.RecordBatch:
    print("a library says hello", flush=True)
    os.write(1, b"so does its C code\n")
    return batch


def numbers_of(batches) -> list[list[int]]:
    return [batch["n"].to_pylist() for batch in batches]


@settings(max_examples=4, deadline=None)
@given(batches=st.lists(st.lists(st.integers(0, 99), max_size=3), max_size=9), workers=st.integers(1, 3))
def test_batches_come_back_in_order(batches, workers):
    """Whatever the number of workers: a batch for each batch, in the order in which they went in."""
    done = numbers_of(local(doubled, map(batch_of, batches), workers))
    assert done == [[2 * n for n in numbers] for numbers in batches]


def test_a_slow_batch_overtakes_nothing():
    """The first batch ends last and still comes first."""
    assert numbers_of(local(slow_first, map(batch_of, ([0], [1], [2])), WORKERS)) == [[0], [1], [2]]


def test_few_batches_are_under_way():
    """An endless input is read only as far as the results are used, so memory is bounded."""
    read = []

    def endless():
        for number in count():
            read.append(number)
            yield batch_of([number])

    mapped = local(doubled, endless(), WORKERS)
    assert len(list(islice(mapped, 5))) == 5
    mapped.close()
    assert len(read) <= 5 + WORKERS + 1


def test_an_error_ends_the_stream():
    """What the function raises comes out at the place of its batch; what was in order before it is given."""
    mapped = local(no_two, map(batch_of, ([n] for n in range(9))), WORKERS)
    assert numbers_of(islice(mapped, 2)) == [[0], [1]]
    with pytest.raises(ZeroDivisionError):
        next(mapped)


def test_a_worker_that_dies_is_one_sentence():
    """The system kills the largest process when memory is short."""
    with pytest.raises(CorpusError, match="fewer --workers"):
        list(local(deadly, map(batch_of, ([1], [2], [3])), WORKERS))


def test_what_is_printed_disturbs_nothing(capfd):
    """It goes to standard error, not between two answers."""
    assert numbers_of(local(noisy, map(batch_of, ([1], [2])), 1)) == [[1], [2]]
    assert capfd.readouterr().err.count("hello") == 2


def test_no_worker_outlives_its_parent():
    """Killed with -9, an export leaves no process behind."""
    code = """
import os, signal
from corpus.version.engines import local
from tests.test_engines import batch_of, doubled

mapped = local(doubled, map(batch_of, ([n] for n in range(9))), 2)
next(mapped)

def below(pid):
    for child in open(f"/proc/{pid}/task/{pid}/children").read().split():
        yield child
        yield from below(child)

print(*below(os.getpid()), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    workers = [int(line) for line in told.stdout.split()]
    assert len(workers) >= WORKERS, told.stderr
    for _ in range(100):
        left = [pid for pid in workers if Path(f"/proc/{pid}/cmdline").exists() and _is_ours(pid)]
        if not left:
            break
        time.sleep(0.1)
    assert not left


def _is_ours(pid: int) -> bool:
    try:
        return b"corpus.version.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def pid(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch_of([os.getpid()] * batch.num_rows)


def test_processes_started_ahead_are_those_that_work():
    """The next map takes them; the one after it starts its own."""
    with ahead(1):
        (waiting,) = _children()
        first, second = (numbers_of(local(pid, map(batch_of, ([1], [2])), 1)) for _ in range(2))
    assert first == [[waiting], [waiting]]
    assert second[0] == second[1] != first[0]


def test_processes_nobody_asked_for_end():
    """Where all was one batch."""
    with ahead(2):
        (waiting,) = _children()
    assert waiting not in _children()


def _children() -> set[int]:
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


@pytest.mark.parametrize("limit", [(), ("--limit", "5")])
def test_a_large_export_starts_them_ahead(few, write_jsonl, tmp_path, monkeypatch, limit):
    """As the estimate of the records has it, and never for a few."""
    path = write_jsonl([{**record, "id": f"{record['id']}/{n}"} for n in range(60) for record in few])
    asked = []
    monkeypatch.setattr(build, "_MANY", 50)
    monkeypatch.setattr("corpus.version.launch.ahead", lambda count: nullcontext(asked.append(count)))
    words = ["export", str(path), "--out", str(tmp_path), "--workers", "3", *limit]
    assert CliRunner().invoke(corpus, words).exit_code == 0
    assert asked == ([] if limit else [3])


def test_without_ray_the_sentence_names_the_extra(monkeypatch):
    """A user who asks for what is not installed is told what to type."""

    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(engines, "import_module", missing)
    with pytest.raises(UsageError, match=r"pip install 'urdu-news-corpus\[ray\]'"):
        next(engines.ray(doubled, iter([])))


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed; pip install 'urdu-news-corpus[ray]'")
def test_ray_gives_the_same_version(few, write_jsonl, tmp_path):
    """Two workers of a local cluster, three batches, a reject and a duplicate: the same manifest to the last byte."""
    records = [{**r, "id": f"{r['id']}/{n:03}"} for n in range(600) for r in few]
    path = write_jsonl([*records[:5], {"text": 5}, *records[5:], records[0]])
    asked = ["export", str(path), "--out", str(tmp_path / "ray"), "--engine", "ray", "--workers", str(WORKERS)]
    told = subprocess.run([sys.executable, "-m", "corpus", *asked], capture_output=True, text=True, check=False)
    if "Ray did not start" in told.stderr:
        pytest.skip(told.stderr)  # it gives itself 30 s, which a busy machine may not have
    assert told.returncode == 0, told.stderr
    made = export(Request(paths=(str(path),), out=tmp_path / "local", workers=WORKERS))
    mine, theirs = manifest.read(made.folder), manifest.read(tmp_path / "ray" / "1.0.0")
    assert theirs["logical_hash"] == mine["logical_hash"]
    assert theirs == mine
    assert made.manifest["counts"]["rejected"] == {"type": 1}


def test_ray_is_imported_only_when_asked_for(few, write_jsonl, tmp_path):
    """An export without it does not pay for it."""
    code = (
        "import sys; from pathlib import Path; from corpus.version.export import Request, export\n"
        "export(Request((sys.argv[1],), Path(sys.argv[2])))\n"
        "print('ray' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(write_jsonl(few)), str(tmp_path / "dist")]
    assert subprocess.run(command, capture_output=True, check=True, text=True).stdout == "False\n"
