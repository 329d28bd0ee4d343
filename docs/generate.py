"""Text that is made, not written: DATASHEET.md, docs/fields.md, docs/cli.md.

`--check` fails when one of them is stale, `--update` renews it. The datasheet's prose is that of
corpus/card/datasheet.md and raw/COLLECTION.md; its counts are those of raw/, exported into a temporary folder.
"""

import sys
from collections.abc import Iterator
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from corpus.card.collection import collection  # noqa: E402
from corpus.card.datasheet import datasheet  # noqa: E402
from corpus.card.fields import columns, fields, members, zones  # noqa: E402
from corpus.card.figures import figures  # noqa: E402
from corpus.cli import corpus  # noqa: E402
from corpus.schema import CONFIGS, load, row  # noqa: E402
from corpus.version.export import Request, export  # noqa: E402

WIDTH = 100  # of help texts


def sheet() -> str:
    """The datasheet of the corpus that raw/ gives."""
    raw = ROOT / "raw"
    with TemporaryDirectory() as folder:
        made = export(Request((str(raw),), Path(folder)))
        text = datasheet(made.manifest, figures(made.folder), collection([raw]))
    origin = "prose of corpus/card/datasheet.md and raw/COLLECTION.md, counts of raw/"
    return f"<!-- Made by docs/generate.py: {origin}. -->\n\n{text}"


def field_tables() -> str:
    """Every field of every config, of a raw record, of the ledger and of the manifest, and the zones."""
    parts = [
        "# Fields\n\nMade by `docs/generate.py` from `schema/`. Offsets are Unicode code points into `pages.text`, "
        "half-open. `[]` marks a list; what stands behind it is a field of its elements.",
        *(f"## {config}\n\n{row(config)['description']}\n\n{columns(config)}" for config in CONFIGS),
    ]
    parts.append(f"## Zones\n\nThe labels of `pages.zones`, in the order of the annotation guide.\n\n{zones()}")
    parts.append(f"## ledger.parquet\n\n{row('ledger')['description']}\n\n{columns('ledger')}")
    for name, title in (("raw", "A raw record"), ("manifest", "manifest.json")):
        schema = load(name)
        parts.append(f"## {title}\n\n{schema['description']}\n\n{members(fields(schema))}")
    return "\n\n".join(parts) + "\n"


def command_line() -> str:
    """Every help text."""
    parts = ["# Command line\n\nMade by `docs/generate.py` from the help texts."]
    for path, command in _commands(corpus, ("corpus",)):
        with click.Context(command, info_name=" ".join(path), terminal_width=WIDTH, max_content_width=WIDTH) as context:
            parts.append(f"## {' '.join(path)}\n\n```\n{command.get_help(context).rstrip()}\n```")
    return "\n\n".join(parts) + "\n"


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from _commands(below, (*path, name))


MADE = {"DATASHEET.md": sheet, "docs/fields.md": field_tables, "docs/cli.md": command_line}


@click.command()
@click.option("--check/--update", "only_check", default=True, help="Compare, or write anew.")
def main(*, only_check: bool) -> None:
    """Check or renew the generated text."""
    stale = []
    for name, make in MADE.items():
        path, text = ROOT / name, make()
        there = path.read_text("utf-8") if path.is_file() else ""
        if there != text:
            stale.append(name)
            lines = unified_diff(there.splitlines(), text.splitlines(), name, f"{name}, made anew", lineterm="", n=0)
            click.echo("\n".join(islice(lines, 20)), err=True)
            if not only_check:
                path.write_text(text, encoding="utf-8")
    if stale and only_check:
        click.echo(f"{', '.join(stale)}: stale; run `python docs/generate.py --update`", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
