"""`takedown` and `push`: what leaves the house, and what must not."""

from pathlib import Path

import click

from corpus.cli.build import FORMAT


@click.command()
@click.argument("raw_dir", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--id", "name", metavar="ID", help="Id of the document.")
@click.option("--url", metavar="URL", help="Address of the page.")
@click.option(
    "--reason",
    required=True,
    type=click.Choice(["author_request", "publisher_request", "legal", "privacy", "error", "other"]),
    help="Why; this word is published in the ledger.",
)
@click.option("--with-group", is_flag=True, help="Its near-duplicates go with it.")
def takedown(raw_dir: Path, name: str | None, url: str | None, reason: str, *, with_group: bool) -> None:
    """Take a document down: from the next export on it, its copies and its re-crawls are gone.

    Appends to RAW_DIR/takedowns.jsonl; nothing else changes.

    \b
    Example:
      corpus takedown raw --id urd/17 --reason author_request
      corpus takedown raw --url https://example.pk/news/17 --reason privacy
    """
    from corpus.version.takedown import append

    if bool(name) == bool(url):
        raise click.UsageError("name the document with --id or with --url, one of them")
    found = append(raw_dir, name=name, url=url, reason=reason, with_group=with_group)
    click.echo(f"{raw_dir / 'takedowns.jsonl'}: written")
    if not found:
        click.echo(
            f"warning: nothing in {raw_dir} has this {'id' if name else 'url'}; "
            "copies under another one are not reached",
            err=True,
        )


@click.command()
@click.argument("version_dir", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("repository", metavar="OWNER/NAME")
@click.option("--yes", is_flag=True, help="Do it; without this the plan is printed and nothing is sent.")
@click.option("--private", is_flag=True, help="Create the repository as private; refused when it is public already.")
@click.option("--create-pr", is_flag=True, help="Open a pull request instead; push again once it is merged.")
@FORMAT
def push(version_dir: Path, repository: str, *, yes: bool, private: bool, create_pr: bool, as_: str) -> None:
    """Publish a version on the Hugging Face Hub: one commit, one tag, read back after. A dry run unless --yes.

    Pushed is what the manifest lists, and the manifest; never rejects.jsonl. Deleted is only what the manifest on the
    Hub lists and this version has no more. A tag never moves; pushing a version again changes nothing, and goes on
    where a push was broken off. The token is that of `hf auth login`, or HF_TOKEN.

    Exit code: 0 planned, pushed or there already, 1 not pushed, 2 wrong usage.

    \b
    Example:
      corpus push dist/1.0.0 someone/urdu-news
      corpus push dist/1.0.0 someone/urdu-news --yes
    """
    import orjson

    from corpus.hub.push import push
    from corpus.hub.report import lines, report

    pushed = push(
        version_dir,
        repository,
        yes=yes,
        private=private,
        create_pr=create_pr,
        say=lambda said: click.echo(said, err=True),
    )
    if as_ == "json":
        click.echo(orjson.dumps(report(pushed), option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo("\n".join(lines(pushed)))
