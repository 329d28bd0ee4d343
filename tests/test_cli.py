"""The command line: its contract, its help, its exit codes, what it imports."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from corpus.cli import corpus as group

ROOT = Path(__file__).parent.parent
VERBS = ("validate", "export", "segment", "verify", "diff", "stats", "evaluate", "takedown", "push", "schema")


def run(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "corpus", *words], input=stdin, capture_output=True, check=False)


def test_the_verbs_are_those_of_the_contract():
    """Nothing more, nothing less."""
    assert sorted(group.commands) == sorted(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb):
    """Help says what it does and shows a command to copy."""
    result = CliRunner().invoke(group, [verb, "--help"])
    assert result.exit_code == 0
    assert "Example:" in result.output
    for parameter in group.commands[verb].params:
        assert not isinstance(parameter, click.Option) or parameter.help, parameter.name


def test_help_imports_nothing_heavy():
    """`corpus --help` must answer at once."""
    code = (
        "import sys; sys.argv = ['corpus', '--help']\n"
        "from corpus.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(*sorted(m for m in sys.modules if '.' not in m), file=sys.stderr)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stderr
    assert not {"pyarrow", "polars", "datasets", "numpy", "huggingface_hub", "orjson", "jsonschema_rs"} & set(
        told.split()
    )


def test_validate_reports_one_line_for_each_bad_record(write_jsonl):
    """PATH:LINE: $.path: reason; what would be right. Exit 1 when some are bad."""
    path = write_jsonl(
        [{"text": "خبر"}, {"text": 5}, {"id": "a", "text": "ا"}, {"id": "a", "text": "ا"}, {"id": "a", "text": "ب"}]
    )
    result = run("validate", str(path))
    lines = result.stdout.decode().splitlines()
    assert [line.rsplit(": $", 1)[0] for line in lines] == [f"{path}:{n}" for n in (2, 4, 5)]
    assert lines[0] == f"{path}:2: $.text: 5 is not a string; write it in quotes"
    assert result.stderr.decode().splitlines()[-1] == "5 records, 3 bad: 1 conflict, 1 duplicate, 1 type"
    assert result.returncode == 1


def test_validate_is_silent_when_all_is_good(write_jsonl):
    """Exit 0, nothing on standard output."""
    result = run("validate", str(write_jsonl([{"text": "خبر"}])))
    assert (result.returncode, result.stdout) == (0, b"")


def test_validate_and_export_agree_on_what_is_repeated(write_jsonl, tmp_path):
    """Records without an id have a computed one, so a second copy is a duplicate in both."""
    path = write_jsonl([{"text": "خبر"}, {"text": "خبر", "url": "https://x.pk/1"}, {"text": "خبر"}])
    result = run("validate", str(path))
    assert result.stdout.decode().startswith(f"{path}:3: $.id: ")
    assert result.returncode == 1
    told = run("export", str(path), "--out", str(tmp_path / "dist")).stdout.decode()
    assert "3 records = 2 documents + 1 duplicates + 0 rejected" in told


def test_a_folder_with_nothing_to_read_is_told(tmp_path):
    """A wrong folder must not look like an empty corpus."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "page.html").touch()
    for words in (("validate",), ("export", "--out", str(tmp_path / "dist"))):
        result = run(words[0], str(tmp_path / "raw"), *words[1:])
        assert result.returncode == 0
        assert f"{tmp_path / 'raw'}: nothing to read" in result.stderr.decode()


def test_validate_speaks_json(write_jsonl):
    """One object a line for a program."""
    result = run("validate", "--format", "json", str(write_jsonl([{"text": 5}])))
    assert json.loads(result.stdout)["path"] == "$.text"


def test_standard_input_is_a_path():
    """- reads JSON Lines."""
    result = run("validate", "-", stdin=b'{"text": "\xd8\xa7"}\n{"text": 1}\n')
    assert result.stdout.decode().startswith("-:2: $.text")


@pytest.mark.parametrize(
    "words",
    [
        ("validate",),
        ("validate", "/no/such/file.jsonl"),
        ("validate", "-", "--map", "body=text"),
        ("validate", "-", "--map", "text=a", "--map", "text=b"),
        ("validate", "-", "-"),
        ("export", "x.jsonl"),
        ("export", "/no/such/file.jsonl", "--out", "{tmp}/o"),
        ("export", "-", "--out", "{tmp}/o", "--version", "1.0"),
        ("export", "-", "--out", "{tmp}/o", "--date", "soon"),
        ("nonsense",),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(words, tmp_path):
    """And says what would be right, on standard error, without a traceback."""
    result = run(*(word.format(tmp=tmp_path) for word in words), stdin=b'{"text": "x"}')
    assert result.returncode == 2
    assert b"Traceback" not in result.stderr
    assert result.stderr


def test_export_reports_and_exits_with_0(write_jsonl, few, tmp_path):
    """Rejects included; the summary names what is empty; JSON gives the manifest."""
    path = write_jsonl([*few, {"text": 5}])
    result = run("export", str(path), "--out", str(tmp_path / "dist"))
    assert result.returncode == 0, result.stderr.decode()
    assert "5 records = 4 documents + 0 duplicates + 1 rejected" in result.stdout.decode()
    again = run("export", str(path), "--out", str(tmp_path / "dist"), "--format", "json")
    told = json.loads(again.stdout)
    assert told["unchanged"] is True
    assert told["manifest"]["version"] == "1.0.0"


def test_export_that_writes_nothing_exits_with_1(write_jsonl, few, tmp_path):
    """One sentence with the next step."""
    run("export", str(write_jsonl(few)), "--out", str(tmp_path / "dist"))
    result = run("export", str(write_jsonl(few[:1])), "--out", str(tmp_path / "dist"))
    assert result.returncode == 1
    assert "--allow-removals" in result.stderr.decode()


def test_rejects_are_written_where_asked_as_well(write_jsonl, few, tmp_path):
    """`--rejects` is a copy for whoever mends them."""
    path = write_jsonl([*few, {"text": 5}])
    run("export", str(path), "--out", str(tmp_path / "dist"), "--rejects", str(tmp_path / "r.jsonl"))
    assert (tmp_path / "r.jsonl").read_bytes() == (tmp_path / "dist/1.0.0/rejects.jsonl").read_bytes() != b""


def test_segment_prints_zones_of_a_page(tmp_path):
    """JSON with code-point offsets; text with every label."""
    text = "لاہور: بارش سے سڑکیں بند ہو گئیں۔\nیہ بھی پڑھیں: دریا میں طغیانی"
    (tmp_path / "page.txt").write_text(text, "utf-8")
    page = json.loads(run("segment", "--format", "json", str(tmp_path / "page.txt")).stdout)
    assert page == json.loads(run("segment", "--format", "json", stdin=text.encode()).stdout)
    assert page["page_type"] == "article"
    assert text[page["zones"][0]["start"] : page["zones"][0]["end"]] == "لاہور:"
    shown = run("segment", str(tmp_path / "page.txt")).stdout.decode()
    assert "see_also" in shown


def test_segment_of_json_lines_keeps_id_and_text(write_jsonl, few):
    """One object a line, as the segmenter is scored from outside."""
    result = run("segment", "--format", "json", str(write_jsonl(few)))
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(page["id"], page["text"]) for page in told] == [(r["id"], r["text"]) for r in few]
    assert all(set(zone) == {"label", "start", "end"} for page in told for zone in page["zones"])


def test_control_characters_do_not_reach_the_terminal(tmp_path):
    """A page cannot repaint the screen of whoever looks at it."""
    (tmp_path / "page.txt").write_text("خبر \x1b[2J\x07 ہے", "utf-8")
    assert b"\x1b[2J" not in run("segment", str(tmp_path / "page.txt")).stdout


@pytest.mark.parametrize("name", ["raw", "document", "manifest"])
def test_schema_prints_a_schema(name):
    """As it stands in schema/."""
    printed = json.loads(CliRunner().invoke(group, ["schema", name]).output)
    assert printed == json.loads((ROOT / "schema" / f"{name}.schema.json").read_text("utf-8"))


def test_diff_and_verify_speak_to_people_and_programs(write_jsonl, few, tmp_path):
    """Counts for a person, ids for a program; exit 0 when whole, 1 when not."""
    out = tmp_path / "dist"
    for records in (few[:3], few):
        run("export", str(write_jsonl(records)), "--out", str(out))
    assert "added             1" in run("diff", str(out / "1.0.0"), str(out / "1.1.0")).stdout.decode()
    told = json.loads(run("diff", str(out / "1.0.0"), str(out / "1.1.0"), "--format", "json").stdout)
    assert (told["added"], told["demands"]) == ([few[3]["id"]], "1.1.0")
    assert run("verify", str(out / "1.1.0")).returncode == 0
    (out / "1.1.0" / "README.md").write_text("x")
    assert run("verify", str(out / "1.1.0")).returncode == 1


def test_a_takedown_takes_copies_along(write_jsonl, few, tmp_path):
    """By id: the document and the re-crawl under another id are gone, for good, and the ledger says so."""
    raw = tmp_path / "raw"
    copy = {**few[0], "id": "copy", "text": few[0]["text"] + "\n65 مرتبہ پڑھا گیا"}
    write_jsonl([*few, copy], "raw/pages.jsonl")
    out = tmp_path / "dist"
    assert run("export", str(raw), "--out", str(out)).returncode == 0
    assert run("takedown", str(raw), "--id", few[0]["id"], "--reason", "privacy").returncode == 0
    result = run("export", str(raw), "--out", str(out), "--format", "json")
    told = json.loads(result.stdout)
    assert told["folder"].endswith("2.0.0")
    assert told["manifest"]["counts"]["withdrawn"] == 2
    (raw / "takedowns.jsonl").unlink()
    again = json.loads(run("export", str(raw), "--out", str(out), "--format", "json").stdout)
    assert again["unchanged"] is True
    write_jsonl([*few[1:], {"id": "new", "text": few[0]["text"]}], "raw/pages.jsonl")
    again = json.loads(run("export", str(raw), "--out", str(out), "--format", "json").stdout)
    assert again["counts"]["withdrawn"] == 1, "the ledger alone knows the text, whatever its id"


@pytest.mark.parametrize("words", [("--id", ""), ("--url", ""), ("--id", "a", "--url", "b"), ()], ids=" ".join)
def test_a_takedown_names_one_document(tmp_path, words):
    """An entry that names none would stop every export that reads it."""
    result = run("takedown", str(tmp_path), *words, "--reason", "legal")
    assert result.returncode == 2
    assert not (tmp_path / "takedowns.jsonl").exists()
