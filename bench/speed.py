"""How long an export takes, stage by stage, against the cost of copying the file and against what others do with it.

    python bench/pages.py 20000 > /tmp/pages.jsonl
    python bench/speed.py /tmp/pages.jsonl [--peers] [--only NAME]...

Every row is a process of its own. `floor` reads the JSON Lines with orjson and writes the same columns as zstd Parquet;
`export` is `corpus export`. Stages are timed one after the other, so their sum is work, not waiting; the export
overlaps them. `processor` is the time of all threads and children: on a machine that others use, the ratio of processor
times says more than that of seconds. Peers are asked for with --peers and skipped when they are not installed:

    pip install 'datatrove' tokenizers indic-nlp-library jusText trafilatura
"""

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from tree import run

WORKERS = os.cpu_count() or 1


class Row(NamedTuple):
    """A timed thing: seconds, processor seconds, peak memory in bytes of all its processes (0: not known)."""

    name: str
    seconds: float
    processor: float
    memory: int = 0


def floor(path: Path, out: Path) -> Iterator[Row]:
    """Read and write, nothing else; the imports it needs are not counted, ours and those of the peers are."""
    writer = None
    with path.open("rb") as stream:
        while rows := [orjson.loads(line) for _, line in zip(range(2000), stream, strict=False)]:
            table = pa.table({name: [row[name] for row in rows] for name in rows[0]})
            writer = writer or pq.ParquetWriter(out / "copy.parquet", table.schema, compression="zstd")
            writer.write_table(table)
    if writer:
        writer.close()
    yield from ()


def stages(path: Path, out: Path) -> Iterator[Row]:
    """Every stage over the whole file, one after the other."""
    from corpus import chain
    from corpus.groups.survivors import survivors
    from corpus.read.batches import batches
    from corpus.read.inputs import inputs
    from corpus.read.records import all_records
    from corpus.version import ledger
    from corpus.version.decide import decide
    from corpus.version.export import Request, _write
    from corpus.version.gather import gather

    options = Request((), out).options
    read = yield from timed("read, validate", lambda: list(batches(all_records(inputs([str(path)])))))
    done = [each.batch for each in read]
    for stage in chain.stages(options):
        name = getattr(stage, "__name__", None) or stage.func.__name__  # type: ignore[attr-defined]
        done = yield from timed(name, lambda stage=stage, done=done: [stage(batch) for batch in done])
    with (out / "rejects").open("wb") as rejects:
        asked = read, options, out, rejects, lambda *_: (batch for batch in done), 1, lambda _: None
        gathered = yield from timed("spill", lambda: gather(*asked))
    every = gathered.table()
    found = yield from timed("one record an id", lambda: survivors(every))
    keys = every.take(pa.array(found.kept))
    decided = yield from timed("cluster, split", lambda: decide(keys, ledger.empty(), [], options.shares))
    (out / "version").mkdir()
    yield from timed("merge, hash, write", lambda: _write(gathered, keys, decided, out / "version", lambda _: None))


def timed(name: str, work: Callable[[], Any]) -> Any:
    """Do the work; yields its row, returns its result."""
    began, used = perf_counter(), processor()
    result = work()
    yield Row(name, perf_counter() - began, processor() - used)
    return result


def export(path: Path, out: Path) -> Iterator[Row]:
    """The whole thing, as a user starts it."""
    command = [sys.executable, "-m", "corpus", "export", str(path), "--out", str(out / "dist")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    yield from ()


def datatrove_copy(path: Path, out: Path) -> Iterator[Row]:
    """Its reader and its Parquet writer."""
    _datatrove(path, out, [])
    yield from ()


def datatrove_minhash(path: Path, out: Path) -> Iterator[Row]:
    """Read, filter by length, MinHash in its four steps, write: a worker for each processor, Urdu words."""
    from datatrove.pipeline.dedup import minhash
    from datatrove.pipeline.filters import LambdaFilter
    from datatrove.utils.hashing import HashConfig

    # SHA-1, because xxhash 4 refuses the strings that datatrove 0.10 gives it.
    config = minhash.MinhashConfig(hash_config=HashConfig(hash_fc="sha1"))
    sig, bucket, remove = (str(out / name) for name in ("sig", "bucket", "remove"))
    keep = LambdaFilter(long_enough)
    signed = minhash.MinhashDedupSignature(sig, config, language="urd_Arab")
    _datatrove(path, out, [keep, signed], write=False)
    _run(out, [minhash.MinhashDedupBuckets(sig, bucket, config=config)], config.num_buckets)
    _run(out, [minhash.MinhashDedupCluster(bucket, remove, config=config)], 1)
    _datatrove(path, out, [keep, minhash.MinhashDedupFilter(remove)])
    yield from ()


def long_enough(document: Any) -> bool:
    return len(document.text) >= 200


def _datatrove(path: Path, out: Path, steps: list[Any], *, write: bool = True) -> None:
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import ParquetWriter

    parts = _split(path, out / "parts")
    last = [ParquetWriter(str(out / "copy"), compression="zstd")] if write else []
    _run(out, [JsonlReader(str(parts)), *steps, *last], WORKERS)


def _run(out: Path, pipeline: list[Any], tasks: int) -> None:
    from datatrove.executor import LocalPipelineExecutor

    logs = tempfile.mkdtemp(dir=out)
    # Forked workers are children of this process, so their processor time and memory are seen.
    LocalPipelineExecutor(
        pipeline, tasks=tasks, workers=min(tasks, WORKERS), logging_dir=logs, start_method="fork"
    ).run()


def _split(path: Path, folder: Path) -> Path:
    """One file for each worker: datatrove gives whole files to its tasks."""
    if not folder.is_dir():
        folder.mkdir()
        files = [(folder / f"{n}.jsonl").open("wb") for n in range(WORKERS)]
        with path.open("rb") as stream:
            for number, line in enumerate(stream):
                files[number % WORKERS].write(line)
        for file in files:
            file.close()
    return folder


def datasets_map(path: Path, out: Path) -> Iterator[Row]:
    """`datasets.map` with a Python function a page that looks at its lines, two processes."""
    import datasets

    datasets.disable_progress_bars()
    read = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(out / "cache"))
    read.map(line_features, num_proc=WORKERS).to_parquet(out / "copy.parquet")
    yield from ()


CUES = ("یہ بھی پڑھیں", "مزید پڑھیں", "تازہ ترین", "متعلقہ خبریں", "شیئر کریں", "ہمیں فالو کریں")


def line_features(row: dict[str, Any]) -> dict[str, Any]:
    """The least that a line-by-line segmenter asks of every line."""
    said = [line.strip() for line in row["text"].split("\n")]
    return {
        "lengths": [len(line) for line in said],
        "words": [len(line.split()) for line in said],
        "stops": [line.endswith(("۔", "؟", "!", ".")) for line in said],
        "latin": [sum(c.isascii() and c.isalpha() for c in line) for line in said],
        "digits": [sum(c.isdigit() for c in line) for line in said],
        "cues": [any(cue in line for cue in CUES) for line in said],
    }


def justext(path: Path, _: Path) -> Iterator[Row]:
    """Call jusText with its Urdu stop list; a line is a paragraph."""
    import justext as package

    words = package.get_stoplist("Urdu")
    with path.open("rb") as stream:
        for line in stream:
            package.justext(_html(orjson.loads(line)["text"]), words)
    yield from ()


def trafilatura(path: Path, _: Path) -> Iterator[Row]:
    """Call trafilatura's `extract`; a line is a paragraph."""
    import trafilatura as package

    with path.open("rb") as stream:
        for line in stream:
            package.extract(_html(orjson.loads(line)["text"]))
    yield from ()


def _html(text: str) -> str:
    from html import escape

    lines = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
    return f"<html><body><article>{lines}</article></body></html>"


OURS = {"floor": floor, "stages": stages, "export": export}
PEERS = {  # what to time, the package it needs, and one page in how many it is given
    "datatrove read, write": (datatrove_copy, "datatrove", 1),
    "datatrove read, filter, MinHash, write": (datatrove_minhash, "datatrove", 1),
    "datasets.map": (datasets_map, "datasets", 1),
    "jusText": (justext, "jusText", 10),
    "trafilatura": (trafilatura, "trafilatura", 10),
}


def processor() -> float:
    """Processor seconds of this process, its threads and the children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def work(name: str, path: Path) -> None:
    """Do one thing in this process; prints its rows as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        did = OURS[name] if name in OURS else PEERS[name][0]
        if name.startswith("datatrove"):
            _split(path, out / "parts")
        pa.array([""])  # at its first list pyarrow imports pandas, half a second that no floor should have
        began, used = perf_counter(), processor()
        rows = list(did(path, out))
        rows.append(Row(name, perf_counter() - began, processor() - used))
    sys.stdout.write(orjson.dumps([row._asdict() for row in rows]).decode() + "\n")


def start(name: str, path: Path) -> list[Row]:
    """Do one thing in a process of its own.

    Raises:
        RuntimeError: it failed; the last line of what it said.
    """
    command = [sys.executable, __file__, str(path), "--work", name]
    # The stages run in one thread here; `corpus export` asks BLAS for one thread by itself.
    told = run(command, {**os.environ, "OPENBLAS_NUM_THREADS": "1"} if name == "stages" else None)
    if told.code:
        raise RuntimeError(told.stderr.strip().splitlines()[-1])
    *rows, whole = [Row(**row) for row in orjson.loads(told.stdout.splitlines()[-1])]
    return [*rows, whole._replace(memory=told.peak())]


def thinned(path: Path, every: int, folder: Path) -> Path:
    """Every so many pages of the file: slow peers get a part, and their rate is of that part."""
    if every == 1:
        return path
    part = folder / f"{every}.jsonl"
    with path.open("rb") as stream:
        part.write_bytes(b"".join(line for number, line in enumerate(stream) if number % every == 0))
    return part


def show(row: Row, pages: int, size: int, base: Row | None, indent: str = "") -> None:
    ratio = f"{row.seconds / base.seconds:7.1f}x {row.processor / base.processor:7.1f}x" if base else " " * 17
    print(
        f"{indent + row.name:<40} {row.seconds:8.2f} s {row.processor:8.2f} s {pages / row.seconds:9,.0f} "
        f"{size / row.seconds / 1e6:8.1f} {row.memory / 1e6 or float('nan'):8.0f} {ratio}",
        flush=True,
    )


def scaled(row: Row, times: float) -> Row:
    return row._replace(seconds=row.seconds * times, processor=row.processor * times)


def header(path: Path, pages: int, size: int) -> None:
    libraries = "pyarrow", "polars", "numpy", "orjson", "datasets", "datatrove", "jusText", "trafilatura"
    said = ", ".join(f"{name} {installed(name) or '-'}" for name in libraries)
    print(f"{path}: {pages:,} pages, {size / 1e6:.1f} MB; {platform.platform()}, {WORKERS} processors")
    print(f"Python {platform.python_version()}, {said}\n")
    print(f"{'':<40} {'seconds':>10} {'processor':>10} {'pages/s':>9} {'MB/s':>8} {'peak MB':>8} {'to the floor':>17}")


def installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("file", type=Path)
    asked.add_argument("--peers", action="store_true")
    asked.add_argument("--only", action="append", choices=[*OURS, *PEERS])
    asked.add_argument("--work", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.work:
        work(options.work, options.file)
        return
    with options.file.open("rb") as stream:
        pages = sum(1 for _ in stream)
    size = options.file.stat().st_size
    header(options.file, pages, size)
    # The best of three: a floor made too high by a busy machine would flatter us.
    base = min((start("floor", options.file)[-1] for _ in range(3)), key=lambda row: row.processor)
    show(base, pages, size, base)
    wanted = options.only or [*OURS, *(PEERS if options.peers else ())]
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            _, package, every = PEERS.get(name, (None, "pyarrow", 1))
            if name == "floor":
                continue
            if installed(package) is None:
                print(f"{name:<40} skipped: {package} is not installed")
                continue
            try:
                rows = start(name, thinned(options.file, every, Path(folder)))
            except RuntimeError as error:
                if name in OURS:
                    raise
                print(f"{name:<40} skipped: {error}")
                continue
            for row in rows:
                show(scaled(row, every), pages, size, base, "" if row.name == name else "  ")


if __name__ == "__main__":
    main()
