"""`verify`, `diff`, `stats`, `evaluate` and `schema`: look at what is there."""

from pathlib import Path
from typing import Any

import click

from corpus.cli.build import FORMAT

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command()
@click.argument("version_dir", type=_FOLDER)
@FORMAT
def verify(version_dir: Path, as_: str) -> None:
    """Recompute every hash and count of a version and read every row back against the schemas.

    Exit code: 0 whole, 1 something differs and is named.

    \b
    Example:
      corpus verify dist/1.0.0
    """
    from corpus.version.verify import verify

    problems = list(verify(version_dir))
    if as_ == "json":
        _echo_json({"version": str(version_dir), "whole": not problems, "problems": problems})
    else:
        for problem in problems:
            click.echo(problem)
        if not problems:
            click.echo(f"{version_dir}: whole")
    click.get_current_context().exit(1 if problems else 0)


@click.command()
@click.argument("old_dir", type=_FOLDER)
@click.argument("new_dir", type=_FOLDER)
@FORMAT
def diff(old_dir: Path, new_dir: Path, as_: str) -> None:
    """Compare two versions: added, changed, removed, moved, withheld, withdrawn, and the number this demands.

    \b
    Example:
      corpus diff dist/1.0.0 dist/1.1.0
      corpus diff dist/1.0.0 dist/1.1.0 --format json
    """
    from corpus.version import ledger, manifest
    from corpus.version.changes import compare
    from corpus.version.number import version

    old = version(manifest.read(old_dir)["version"])
    changes = compare(ledger.read(old_dir), ledger.read(new_dir))
    demanded = changes.demand(old)
    if as_ == "json":
        _echo_json({**changes._asdict(), "demands": str(demanded)})
    else:
        for what, ids in changes._asdict().items():
            click.echo(f"{what:<10}{len(ids):>9}")
        click.echo(f"demands   {demanded!s:>9}")


@click.command()
@click.argument("version_dir", type=_FOLDER)
@FORMAT
def stats(version_dir: Path, as_: str) -> None:
    """Count a version by split, source, year, page type, zone, length, language and quality; show a sample.

    \b
    Example:
      corpus stats dist/1.0.0
      corpus stats dist/1.0.0 --format json
    """
    from corpus.version.stats import stats, text

    said = stats(version_dir)
    if as_ == "json":
        _echo_json(said)
    else:
        click.echo(text(said))


@click.command()
@click.argument("gold", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="GOLD.jsonl")
@FORMAT
def evaluate(gold: Path, as_: str) -> None:
    """Score the segmenter against labelled pages: objects with id, text, page_type and zones, one a line.

    Per zone precision, recall and F1; article F1; exact related headlines; page types; what is confused with what; the
    worst pages first. Records whose zones stand beside them in NAME.zones.jsonl are read as well.

    \b
    Example:
      corpus evaluate gold.jsonl
    """
    from corpus.evaluate import evaluate, report
    from corpus.gold import predict, read

    pages = read(gold)
    scores = evaluate(pages, predict(pages))
    if as_ == "json":
        _echo_json(scores)
    else:
        click.echo(report(scores))


@click.command()
@click.argument("name", type=click.Choice(["raw", "document", "manifest"]))
def schema(name: str) -> None:
    """Print a JSON Schema.

    \b
    Example:
      corpus schema raw
    """
    import json

    from corpus.schema import load

    click.echo(json.dumps(load(name), ensure_ascii=False, indent=2))


def _echo_json(said: Any) -> None:
    import orjson

    click.echo(orjson.dumps(said))
