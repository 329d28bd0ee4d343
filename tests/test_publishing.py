"""docs/publishing.md: each of its ten lines does what it says, against the Hub of the tests."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.cli import corpus
from tests.hub import HUGGINGFACE, OWNER, empty_hub  # noqa: F401

DOC = Path(__file__).parent.parent / "docs" / "publishing.md"
pytestmark = pytest.mark.filterwarnings(HUGGINGFACE)


def run(command: str, **more: str) -> str:
    """Run one command: ours in this process, because starting costs a second each time; what it printed."""
    name, *arguments = shlex.split(command)
    if name == "corpus":
        done = CliRunner().invoke(corpus, arguments)
        assert (done.exit_code, done.exception) == (0, None), done.output
        return done.stdout
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command], env={**os.environ, "PATH": path, **more}, capture_output=True, text=True, check=True
    ).stdout


def test_the_ten_lines_work_one_after_the_other(hub, tmp_path, monkeypatch):
    """All but the installation; the token is given instead of typed."""
    lines = DOC.read_text("utf-8").split("```sh\n")[1].split("```")[0].splitlines()
    assert len(lines) == 10
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw").mkdir()
    shutil.copy(DOC.parent.parent / "raw" / "composed" / "A.jsonl", tmp_path / "raw")  # a part of it
    said = ""
    for line in lines[1:]:
        for command in line.split(" && "):
            if command == "hf auth login":  # in a home of its own: the token must not be found by other tests
                run(f"{command} --token {OWNER}", HF_HOME=str(tmp_path / "home"))
            else:
                said += run(command)
    assert "dry run: nothing was sent" in said
    assert "DatasetDict" in said
    assert hub.repositories["someone/urdu-news"].history == ["Version 2.0.0", "Version 1.0.0", "initial commit"]
    assert {*hub.repositories["someone/urdu-news"].tags} == {"v1.0.0", "v2.0.0"}
    assert OWNER not in said
