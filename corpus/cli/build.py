"""`validate`, `export` and `segment`: from raw pages to a version."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import accumulate
from pathlib import Path
from typing import Any

import click

from corpus.cli.watch import stoppable, watched

FORMAT = click.option(
    "--format", "as_", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to report."
)
MAP = click.option(
    "--map", "mapped", multiple=True, metavar="OURS=THEIRS", help="Our column is their column, e.g. text=content."
)
MAX_RECORD = click.option(
    "--max-record",
    type=click.IntRange(min=1),
    default=16 * 1024 * 1024,
    show_default=True,
    metavar="BYTES",
    help="Reject larger records.",
)
# Records from which on an export is more than one batch, and some.
_MANY = 2000
PATHS = click.argument("paths", nargs=-1, required=True, metavar="PATH...")


def columns(mapped: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Parse `--map`: pairs of our column and theirs."""
    from corpus.read.columns import OURS

    pairs = [tuple(pair.split("=", 1)) for pair in mapped]
    for said, pair in zip(mapped, pairs, strict=True):
        if len(pair) != 2 or pair[0] not in OURS or not pair[1]:
            raise click.BadParameter(f"{said!r}: write OURS=THEIRS, OURS one of {', '.join(OURS)}", param_hint="--map")
    ours = [pair[0] for pair in pairs]
    if len(set(ours)) < len(ours):
        raise click.BadParameter("each of our columns has one of theirs; name it once", param_hint="--map")
    return tuple((pair[0], pair[1]) for pair in pairs)


@click.command()
@PATHS
@MAP
@MAX_RECORD
@FORMAT
def validate(paths: tuple[str, ...], mapped: tuple[str, ...], max_record: int, as_: str) -> None:
    """Check raw records; one line for each bad one: PATH:LINE: $.json.path: reason; what would be right.

    PATH is a file, a folder (searched recursively), or - for JSON Lines on standard input. Told apart by name:
    .txt (one page a file), .jsonl, .json, .ndjson (also .gz, .zst), .parquet.

    Exit code: 0 all good, 1 some bad, 2 wrong usage.

    \b
    Example:
      corpus validate raw more.jsonl.gz
      corpus validate crawl.parquet --map text=content
    """
    from corpus.check import check
    from corpus.read.inputs import barren, inputs

    records, bad = 0, Counter[str]()
    with watched() as run:
        for said in barren(paths):
            run.warn(said)
        for found in check(inputs(paths), dict(columns(mapped)), max_record):
            records += 1
            run.advance("read", 1)
            for said in found.warnings:
                run.warn(said)
            if found.problem:
                bad[found.problem.kind] += 1
                click.echo(_bad(found, as_))
    if as_ == "json":
        _echo_json({"records": records, "bad": bad.total(), "kinds": dict(sorted(bad.items()))}, err=True)
    else:
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(bad.items()))
        click.echo(f"{records} records, {bad.total()} bad" + (f": {told}" if told else ""), err=True)
    click.get_current_context().exit(1 if bad else 0)


def _bad(found: Any, as_: str) -> str:
    if as_ == "json":
        import orjson

        said = {"file": found.origin.shown, "line": found.line, **found.problem._asdict()}
        return orjson.dumps(said).decode()
    return f"{found.origin.shown}:{found.line}: {found.problem.path}: {found.problem.reason}"


@click.command()
@PATHS
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of versions.")
@click.option("--version", "number", metavar="X.Y.Z", help="Version number.  [default: what the changes demand]")
@click.option(
    "--previous",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Version to follow.  [default: the highest in --out]",
)
@click.option("--allow-removals", is_flag=True, help="Let released documents go that are missing from PATHs.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Read the first N records only: a first try.")
@click.option(
    "--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True, help="What runs the stages."
)
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", help="Batches worked on at once.  [default: processors]"
)
@click.option("--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Write rejects here as well.")
@click.option("--date", metavar="YYYY-MM-DD", help="Date of the version.  [default: SOURCE_DATE_EPOCH, else none]")
@click.option("--mask-personal-data", is_flag=True, help="Replace personal data by blocks before anything else.")
@click.option("--split-by", type=click.Choice(["hash", "time"]), default="hash", show_default=True, help="What splits.")
@click.option(
    "--cutoff", metavar="DATE[,DATE]", help="With --split-by time: first day of validation, first day of test."
)
@click.option("--without-rule", "normalize_off", multiple=True, metavar="RULE", help="Switch a normalisation rule off.")
@MAP
@MAX_RECORD
@FORMAT
def export(
    paths: tuple[str, ...],
    out: Path,
    number: str | None,
    date: str | None,
    mapped: tuple[str, ...],
    normalize_off: tuple[str, ...],
    split_by: str,
    cutoff: str | None,
    as_: str,
    *,
    mask_personal_data: bool,
    **asked: Any,
) -> None:
    """Build a version of the corpus from all PATHs together; see `corpus validate --help` for what PATH may be.

    The version appears in --out whole or not at all; bad records are written aside and do not stop the run.
    Beside it, X.Y.Z.log tells when it was made, by which command, how long each stage took, and what was warned of.
    With --engine ray the stages run on the Ray cluster that RAY_ADDRESS names, else in processes of this machine.

    Exit code: 0 written (also when some records were rejected) or unchanged, 1 not written, 2 wrong usage.

    \b
    Example:
      corpus export raw --out dist
      corpus export raw new.parquet --out dist --version 1.1.0 --date 2026-01-31
    """
    with _ahead(paths, asked["engine"], asked["workers"], asked["limit"]):
        from corpus.version.lean import without_pandas

        without_pandas()
        from corpus.chain import Options
        from corpus.version.export import Request, export
        from corpus.version.number import version
        from corpus.version.report import summary

        options = Options(
            mask_personal_data=mask_personal_data, normalize_off=_rules(normalize_off), cutoff=_cutoff(split_by, cutoff)
        )
        request = Request(
            paths=paths,
            out=out,
            options=options,
            version=version(number) if number else None,
            date=_date(date),
            columns=columns(mapped),
            **asked,
        )
        with stoppable(out), watched() as run:
            result = export(request, run.advance, run.warn)
            run.log(result.folder, engine=request.engine, unchanged=result.unchanged)
    if as_ == "json":
        said = {"folder": str(result.folder), "unchanged": result.unchanged, "counts": result.counts}
        _echo_json({**said, "manifest": result.manifest})
    else:
        click.echo(summary(result))


@contextmanager
def _ahead(paths: tuple[str, ...], engine: str, workers: int | None, limit: int | None) -> Iterator[None]:
    """Start worker processes before what they work with is imported here, if there is work for more than one."""
    from corpus.errors import CorpusError

    with ExitStack() as started:
        with suppress(CorpusError):  # the export will tell
            if engine == "local" and (limit or _MANY) >= _MANY and _holds(paths, _MANY):
                from corpus.version.launch import ahead

                started.enter_context(ahead(workers or os.cpu_count() or 1))
        yield


def _holds(paths: tuple[str, ...], records: int) -> bool:
    """Whether there are so many records, as far as is known; looks no farther than it must."""
    from corpus.read.estimate import estimate
    from corpus.read.inputs import inputs

    return any(found >= records for found in accumulate(estimate([source]) or 0 for source in inputs(paths)))


def _rules(names: tuple[str, ...]) -> tuple[str, ...]:
    from corpus.normalize import RULES

    known = [rule.name for rule in RULES]
    for name in names:
        if name not in known:
            raise click.BadParameter(
                f"{name!r}: no such rule; there are {', '.join(known)}", param_hint="--without-rule"
            )
    return tuple(sorted(set(names)))


def _cutoff(split_by: str, said: str | None) -> tuple[str, ...]:
    """First day of validation and of test; one day alone begins the test split, and there is no validation."""
    from datetime import date

    if (split_by == "time") != (said is not None):
        raise click.UsageError(
            "--split-by time and --cutoff go together: --split-by time --cutoff 2024-01-01,2024-07-01"
        )
    try:
        days = [date.fromisoformat(day).isoformat() for day in (said or "").split(",") if said]
    except ValueError as error:
        raise click.BadParameter(f"{error}; write YYYY-MM-DD,YYYY-MM-DD", param_hint="--cutoff") from error
    if len(days) > 2 or days != sorted(days):
        raise click.BadParameter(f"{said!r}: write one day, or two in order", param_hint="--cutoff")
    return tuple(days * 2 if len(days) == 1 else days)


def _date(said: str | None) -> str | None:
    """The date of the version: as said, else of SOURCE_DATE_EPOCH, else none; never today's."""
    from datetime import UTC, date, datetime

    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        if said is None:
            return datetime.fromtimestamp(int(epoch), UTC).date().isoformat() if epoch else None
        return date.fromisoformat(said).isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise click.BadParameter(f"{said or epoch!r} is not a date; write YYYY-MM-DD", param_hint="--date") from error


@click.command()
@click.argument("file", default="-", metavar="[FILE|-]")
@FORMAT
def segment(file: str, as_: str) -> None:
    """Cut a page into zones: in colour for a person, as JSON for a program.

    A .jsonl FILE (also .json, .ndjson, .gz, .zst) holds one record a line and gives one JSON object a line, with the
    record's id and text. Any other FILE, and standard input, is one page of text.

    \b
    Example:
      corpus segment page.txt
      corpus segment --format json - < page.txt
      corpus segment --format json pages.jsonl > zones.jsonl
    """
    from corpus.read.inputs import Input, inputs
    from corpus.version.lean import without_pandas

    without_pandas()
    source = next(inputs([file]), None) if file != "-" and not _is_text(file) else None
    if source is not None and source.reader != "text":
        _segment_records(source, as_)
        return
    from corpus.read.records import Reject, records
    from corpus.zones.segment import segment_page

    origin = Input(None if file == "-" else Path(file), file, "text", None)
    record = next(records(origin))
    if isinstance(record, Reject):
        raise click.ClickException(f"{file}:{record.line}: {record.problem.reason}")
    page = segment_page(record.text)
    if as_ == "json":
        _echo_json(page)
    else:
        from corpus.cli.colours import show

        for line in show(record.text, page):
            click.echo(line)


def _is_text(file: str) -> bool:
    from corpus.read.inputs import CODECS, READERS

    name = file.lower()
    stem = name.removesuffix(next((codec for codec in CODECS if name.endswith(codec)), ""))
    return READERS.get(Path(stem).suffix, "text") == "text"


def _segment_records(source: Any, as_: str) -> None:
    from corpus.identify import identify
    from corpus.read.batches import batches
    from corpus.read.records import records
    from corpus.zones.segment import segment

    bad = 0
    for read in batches(records(source)):
        for reject in read.rejects:
            bad += 1
            click.echo(f"{source.shown}:{reject.line}: {reject.problem.path}: {reject.problem.reason}", err=True)
        for page in segment(identify(read.batch)).select(["id", "page_type", "zones", "text"]).to_pylist():
            if as_ == "json":
                _echo_json(page)
            else:
                from corpus.cli.colours import show

                click.secho(f"# {page['id']}", bold=True)
                for line in show(page["text"], page):
                    click.echo(line)
    click.get_current_context().exit(1 if bad else 0)


def _echo_json(said: Any, *, err: bool = False) -> None:
    import orjson

    click.echo(orjson.dumps(said), err=err)
