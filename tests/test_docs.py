"""What the documents say is true: every example of the README runs, every verb is documented."""

import re
from pathlib import Path

import pytest

import corpus
from corpus.cli import corpus as group
from corpus.schema import CONFIGS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_readme_takes_a_page_apart_as_the_code_does():
    """Before and after are what `corpus.segment` gives."""
    before = re.search(r"Before.*?\n\n    (.*?)\n\n", README, re.DOTALL).group(1)
    after = re.search(r"<!-- example: before and after -->\n\n(.*?)\n\n", README, re.DOTALL).group(1)
    text = before.replace(" | ", "\n")
    shown = [f"{z['label']:<17} {text[z['start'] : z['end']]}" for z in corpus.segment(text)["zones"]]
    assert shown == [line.strip() for line in after.splitlines()]


@pytest.mark.parametrize("verb", sorted(group.commands))
def test_every_verb_is_in_the_command_line_reference(verb):
    """docs/cli.md is made from the help texts; none is missing."""
    assert f"corpus {verb}" in (ROOT / "docs" / "cli.md").read_text("utf-8")


def test_the_readme_names_every_config_and_folder():
    """What is named exists, what exists is named."""
    assert all(f"`{config}`" in README for config in CONFIGS)
    for name in re.findall(r"^    (\w+)/  ", README, re.MULTILINE):
        assert (ROOT / name).is_dir(), name


@pytest.mark.parametrize("path", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]), ids=lambda p: p.name)
def test_files_that_documents_name_exist(path):
    """A path in backquotes that begins with a folder of ours is there."""
    named = re.findall(r"`((?:corpus|schema|tests|bench|docs|raw)/[\w./-]+)`", path.read_text("utf-8"))
    missing = [name for name in named if not (ROOT / name).exists()]
    assert missing == []
