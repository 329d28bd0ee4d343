"""From PATHs to one version on disk: the whole way, in order."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from shutil import copyfile
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.card.card import write_card
from corpus.card.collection import collection
from corpus.chain import Options
from corpus.errors import CorpusError, UsageError
from corpus.groups.leaks import leaks
from corpus.groups.survivors import Survivors, survivors
from corpus.read.batches import Read, batches
from corpus.read.estimate import estimate
from corpus.read.inputs import Input, barren, inputs, takedown_files
from corpus.read.records import MAX_RECORD, all_records
from corpus.schema import arrow_schema
from corpus.version import ledger, manifest, takedown
from corpus.version.changes import REMOVED, Changes, compare
from corpus.version.decide import Decided, decide
from corpus.version.digest import logical_hash
from corpus.version.engines import Name, engine
from corpus.version.gather import Gathered, gather
from corpus.version.losers import loser_lines
from corpus.version.number import Version, versions
from corpus.version.previous import Previous, previous
from corpus.version.staging import publish, staging
from corpus.version.write import Written, write

# What is needed of each record once its fate is decided: where it was spilled, and what the ledger says of it.
_PLACE = ("id", "text_sha256", "run", "row")
STAGES = ("read", "group", "write", "finish")
Progress = Callable[[str, int, int | None], None]
Warn = Callable[[str], None]


@dataclass(frozen=True)
class Request:
    """What the user asked for; `corpus export --help` says what each means."""

    paths: tuple[str, ...]
    out: Path
    options: Options = field(default_factory=Options)
    version: Version | None = None
    previous: Path | None = None
    allow_removals: bool = False
    limit: int | None = None
    engine: Name = "local"
    workers: int | None = None
    rejects: Path | None = None
    date: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    max_record: int = MAX_RECORD


@dataclass(frozen=True)
class Result:
    """What came of it.

    Attributes:
        folder: the version.
        manifest: of the version.
        counts: of this run, as in the manifest; where nothing changed they may differ from the version's.
        changes: against the version before.
        unchanged: whether the version was there already, with the same content.
    """

    folder: Path
    manifest: dict[str, Any]
    counts: dict[str, Any]
    changes: Changes
    unchanged: bool


def export(request: Request, progress: Progress = lambda *_: None, warn: Warn = lambda _: None) -> Result:
    """Build one version.

    Args:
        request: what to build.
        progress: told the stage (one of `STAGES`), how many more records it did, and about how many it will do in all,
            if that is known. A stage begins when it is first named; the one before is then done.
        warn: told sentences that a person should read and the run does not stop for.

    Raises:
        UsageError: the request makes no sense.
        CorpusError: nothing was written; the sentence says why and what to do.
    """
    sources = list(inputs(request.paths))
    if request.rejects and not request.rejects.parent.is_dir():
        raise UsageError(f"{request.rejects}: no such folder for --rejects; make the folder first")
    for said in barren(request.paths):
        warn(said)
    asked = takedown.read(takedown_files(request.paths))
    known = collection(request.paths)
    with staging(request.out) as temporary, ThreadPoolExecutor(1) as beside:
        before = previous(request.out, request.previous)
        folder = temporary / "version"
        folder.mkdir()
        with (folder / manifest.REJECTS).open("wb") as rejects:
            read = _read(request, sources, warn)
            steps = _begin(progress, "read", _expected(request, sources))
            done = gather(read, request.options, temporary, rejects, engine(request.engine), request.workers, steps)
            # Groups are found on one processor; another one hashes the input meanwhile.
            told = beside.submit(manifest.described_inputs, sources)
            _begin(progress, "group", None)
            keys, found = _kept(done, rejects)
        if request.rejects:
            copyfile(folder / manifest.REJECTS, request.rejects)
        decided = decide(keys, before.ledger, asked, request.options.shares, request.options.cutoff)
        clean = _refuse_leaks(leaks(keys, decided.fate))
        keys = keys.select(_PLACE)  # signatures, most of the memory of the stage before, have done their work
        written = _write(done, keys, decided, folder, _begin(progress, "write", len(decided.order)))
        _begin(progress, "finish", None)
        now = _ledger(keys, decided, written, before.ledger)
        content = _logical_hash(now)
        changes = compare(before.ledger, now)
        counts = _counts(done, found, decided, written)
        if there := _there(request, before, content):
            return Result(*there, counts, changes, unchanged=True)
        number = _number(request, before, changes)
        ledger.write(_released(now, number), folder)
        whole = _manifest(request, before, number, content) | {
            "inputs": told.result(),
            "options": _options(request),
            "counts": counts,
            "leaks": clean,
            "files": _files(folder, written),
        }
        for said in write_card(folder, whole, known):
            warn(said)
        whole["files"] = _files(folder, written, whole["files"])
        manifest.write(whole, folder)
        publish(folder, request.out / str(number))
        return Result(request.out / str(number), whole, counts, changes, unchanged=False)


def _begin(progress: Progress, stage: str, total: int | None) -> Callable[[int], None]:
    progress(stage, 0, total)
    return lambda done: progress(stage, done, total)


def _expected(request: Request, sources: list[Input]) -> int | None:
    found = estimate(sources)
    return found if found is None or request.limit is None else min(found, request.limit)


def _read(request: Request, sources: list[Input], warn: Warn) -> Iterator[Read]:
    found = all_records(sources, dict(request.columns), request.max_record, request.limit)
    for read in batches(found):
        for said in read.warnings:
            warn(said)
        yield read


def _kept(done: Gathered, rejects: BinaryIO) -> tuple[pa.Table, Survivors]:
    """The keys of one record for each id, in order of id; the others go to the rejects.

    The keys of all records are let go here: signatures are most of the memory that an export needs.
    """
    every = done.table()
    done.keys.clear()
    found = survivors(every)
    rejects.writelines(loser_lines(done.runs, every, found))
    kept, columns = pa.array(found.kept), {}
    for name in every.schema.names:  # one by one, so that never more than one column is there twice
        column = every[name].combine_chunks()
        every = every.drop_columns([name])
        columns[name] = column.take(kept)
        del column
        pa.default_memory_pool().release_unused()
    return pa.table(columns), found


def _refuse_leaks(found: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Pass a leak report on when it is clean.

    Raises:
        CorpusError: two splits have something in common.
    """
    for splits, kinds in found.items():
        for kind, pairs in kinds.items():
            if pairs:
                raise CorpusError(
                    f"{pairs} {kind} pairs between {splits}: the splits leak, nothing was written; please report this "
                    "with the input"
                )
    return found


def _write(done: Gathered, keys: pa.Table, decided: Decided, folder: Path, progress: Callable[[int], None]) -> Written:
    order = pa.array(decided.order)
    placed = decided.fate.select(["group", "duplicate_of", "split", "first_release"]).take(order)
    runs = keys["run"].take(order).to_numpy(), keys["row"].take(order).to_numpy()
    return write(done.runs, runs, placed, folder, progress)


def _ledger(keys: pa.Table, decided: Decided, written: Written, before: pa.Table) -> pa.Table:
    """The new ledger: what was decided, and the rows of the old one that no input spoke of.

    `first_release` stays null for documents that are new; the number is not known yet.
    """
    rows = keys.num_rows
    at = np.full(rows, -1, dtype=np.int64)
    at[decided.order] = np.arange(len(decided.order))
    content = written.content.take(pa.array(at, mask=at < 0))
    fate = decided.fate
    columns = {"id": keys["id"], "text_sha256": keys["text_sha256"], "content_hash": content}
    schema = pa.schema([f.with_nullable(True) for f in arrow_schema("ledger")])
    new = pa.table(
        [columns.get(name, fate[name] if name in fate.schema.names else None) for name in schema.names], schema
    )
    silent = before.filter(pc.invert(pc.is_in(before["id"], keys["id"].combine_chunks())))
    released = pc.equal(silent["status"], "active")
    gone = {
        "status": pc.if_else(released, "withdrawn", silent["status"]),
        "reason": pc.if_else(released, REMOVED, silent["reason"]),
        "content_hash": pc.if_else(released, pa.scalar(None, pa.string()), silent["content_hash"]),
    }
    kept = pa.table([gone.get(name, silent[name]) for name in schema.names], schema)
    return pa.concat_tables([new, kept]).sort_by("id")


def _logical_hash(now: pa.Table) -> str:
    active = now.filter(pc.equal(now["status"], "active"))
    return logical_hash(zip(active["id"].to_pylist(), active["content_hash"].to_pylist(), strict=True))


def _counts(done: Gathered, found: Survivors, decided: Decided, written: Written) -> dict[str, Any]:
    status = {pair["values"]: pair["counts"] for pair in pc.value_counts(decided.fate["status"]).to_pylist()}
    rejected = dict(sorted({**done.rejected, "conflict": len(found.conflicts)}.items()))
    return {
        "records": done.records,
        "documents": status.get("active", 0),
        "duplicates": len(found.duplicates),
        "rejected": {kind: count for kind, count in rejected.items() if count},
        "withheld": status.get("withheld", 0),
        "withdrawn": status.get("withdrawn", 0),
        "configs": written.rows,
        "page_types": dict(sorted(written.page_types.items())),
        "languages": dict(sorted(written.languages.items())),
        "zones": dict(sorted(written.zones.items())),
        "normalization": dict(written.normalized),
    }


def _there(request: Request, before: Previous, content: str) -> tuple[Path, dict[str, Any]] | None:
    """The version before, or the one whose number was asked for, and its manifest, if it has this content already."""
    folder = before.folder if request.version in (None, before.number) else request.out / str(request.version)
    if folder is None or not folder.is_dir():
        return None
    said = manifest.read(folder)
    return (folder, said) if said["logical_hash"] == content else None


def _options(request: Request) -> dict[str, Any]:
    """All that was asked for and changes what the same input gives."""
    asked = {"map": dict(request.columns), "limit": request.limit, "max_record": request.max_record}
    return asdict(request.options) | asked


def _number(request: Request, before: Previous, changes: Changes) -> Version:
    """The number of the version.

    Raises:
        CorpusError: the number that was asked for is too small, or what changed was not allowed.
    """
    if changes.removed and not request.allow_removals:
        raise CorpusError(
            f"{len(changes.removed)} released documents are missing from the input, {changes.removed[0]!r} first; give "
            "all PATHs of the corpus together, or say --allow-removals"
        )
    demanded = changes.demand(before.number)
    if before.number and before.manifest["options"]["mask_personal_data"] != request.options.mask_personal_data:
        demanded = Version(before.number.major + 1, 0, 0)
    there = versions(request.out)
    number = request.version or demanded
    if number in there:
        raise CorpusError(f"{request.out / str(number)} holds other content; this content needs {demanded} or higher")
    if number < demanded or (before.number and number <= before.number):
        raise CorpusError(f"version {number} is too small for what changed; this content needs {demanded} or higher")
    return number


def _released(now: pa.Table, number: Version) -> pa.Table:
    """The ledger with the number of this version for what is new."""
    first = pc.if_else(pc.is_null(now["first_release"]), str(number), now["first_release"])
    at = now.schema.get_field_index("first_release")
    return now.set_column(at, "first_release", first).cast(arrow_schema("ledger"))


def _manifest(request: Request, before: Previous, number: Version, content: str) -> dict[str, Any]:
    """What the manifest says of the version as a whole."""
    return {
        "$schema": manifest.schemas()["manifest"],
        "name": "urdu-news-corpus",
        "version": str(number),
        "previous": str(before.number) if before.number else None,
        "date": request.date,
        "logical_hash": content,
        "tool": manifest.tool(),
        "libraries": manifest.libraries(),
        "schemas": manifest.schemas(),
    }


def _files(folder: Path, written: Written, known: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """Every file of the version but the manifest: path, rows (null for what is no table), bytes, SHA-256.

    What is said of files that are known is not found out again.
    """
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    new = sorted(there.keys() - {entry["path"] for entry in known})
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(manifest.described_file, map(there.__getitem__, new)))
    rows = {name: shard.rows for name, shard in written.files.items()}
    said = [{"path": name, "rows": rows.get(name), **each} for name, each in zip(new, found, strict=True)]
    return sorted([*known, *said], key=lambda entry: entry["path"])
