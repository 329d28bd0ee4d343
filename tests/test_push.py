"""`corpus push`: a plan that sends nothing, one commit, one tag, whatever goes wrong on the way."""

import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.cli import corpus, main
from corpus.errors import CorpusError
from corpus.hub import readback
from corpus.hub.failure import ATTEMPTS
from corpus.hub.local import File, Local
from corpus.hub.plan import OPERATIONS, plan
from corpus.hub.push import push
from corpus.hub.remote import Remote
from corpus.version import manifest
from tests.hub import HUGGINGFACE, OWNER, STRANGER, Hub, empty_hub  # noqa: F401
from tests.releases import built  # noqa: F401

NAME = "someone/urdu-news"
pytestmark = pytest.mark.filterwarnings(HUGGINGFACE)


@pytest.fixture
def send(hub, monkeypatch):
    """Push without waiting; `send.slept` has the seconds that would have been waited.

    Rows are streamed only when `real`: they take ten times the time of all the rest.
    """
    slept = []
    monkeypatch.setattr("time.sleep", slept.append)  # the retries inside huggingface_hub

    def run(folder, *, yes=True, real=False, **asked):
        with monkeypatch.context() as patch:
            if not real:
                patch.setattr(readback, "rows", lambda _, here, **__: len([*here.shards()]))
            return push(folder, NAME, yes=yes, sleep=slept.append, **asked)

    run.slept = slept
    return run


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def on_hub(hub: Hub, revision: str) -> dict[str, bytes]:
    return {name: hub.content(file) for name, file in hub.repositories[NAME].find(revision).files.items()}


def pushed_files(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in files(folder).items() if name != "rejects.jsonl"}


def versions_of(hub: Hub) -> list[str]:
    return [title for title in hub.repositories[NAME].history if title.startswith("Version")]


@pytest.fixture
def altered(releases, tmp_path):
    """A copy of the first version with another card, its manifest in order."""
    folder = tmp_path / "1.0.0"
    shutil.copytree(releases["first"], folder)
    (folder / "README.md").write_text((folder / "README.md").read_text("utf-8") + "\nother\n", "utf-8")
    said = manifest.read(folder)
    entry = next(entry for entry in said["files"] if entry["path"] == "README.md")
    entry |= manifest.described_file(folder / "README.md")
    manifest.write(said, folder)
    return folder


# What is planned, and what is sent


def test_a_dry_run_sends_nothing_that_writes(hub, releases):
    """The plan names every file, the bytes and the tag; the Hub sees only requests that read."""
    done = CliRunner().invoke(corpus, ["push", str(releases["first"]), NAME])
    assert done.exit_code == 0
    for name in pushed_files(releases["first"]):
        assert name in done.stdout
    assert "tag v1.0.0" in done.stdout
    assert "dry run: nothing was sent" in done.stdout
    assert "rejects.jsonl" not in done.stdout
    assert {method for method, _ in hub.requests} <= {"GET", "HEAD"}
    assert hub.repositories == {}


def test_a_push_is_one_commit_and_one_tag(hub, send, releases):
    """Everything but the rejects is there, byte for byte, and the tag is on the commit."""
    done = send(releases["first"], real=True)
    there = on_hub(hub, "v1.0.0")
    assert there.keys() - pushed_files(releases["first"]).keys() == {".gitattributes"}
    assert {name: there[name] for name in pushed_files(releases["first"])} == pushed_files(releases["first"])
    assert hub.repositories[NAME].history == ["Version 1.0.0", "initial commit"]
    assert hub.repositories[NAME].tags == {"v1.0.0": hub.repositories[NAME].head.oid} == {"v1.0.0": done.commit}
    assert len(hub.sent("POST")) == len({*hub.sent("POST")})
    splits = [split for by_split in done.here.manifest["counts"]["configs"].values() for split in by_split]
    assert (done.files, done.rows) == (len(pushed_files(releases["first"])), len(splits))
    assert send.slept == []


def test_large_files_go_before_the_commit(hub, send, releases):
    """The commit holds only the small files; the others are named by their hash."""
    send(releases["first"])
    posts = [path for method, path in hub.requests if method in {"POST", "PUT"}]
    uploads = [at for at, path in enumerate(posts) if path.startswith("/upload/")]
    assert max(uploads) < next(at for at, path in enumerate(posts) if "/commit/" in path)
    assert len(uploads) == len({c for name, c in pushed_files(releases["first"]).items() if name.endswith(".parquet")})


def test_a_second_push_of_a_version_changes_nothing(hub, send, releases):
    """It is a no-op that reads, for a version that was followed by another one too."""
    send(releases["first"])
    send(releases["second"])
    before, hub.requests[:] = dict(hub.repositories[NAME].refs), []
    assert send(releases["first"]).plan.done
    assert send(releases["second"]).plan.done
    assert {method for method, _ in hub.requests} <= {"GET", "HEAD"}
    assert hub.repositories[NAME].refs == before


def test_a_later_version_sends_only_what_differs(hub, send, releases):
    """Files that are the same are not sent again, and the plan says so."""
    send(releases["first"])
    hub.requests[:] = []
    done = send(releases["second"])
    first, second = (pushed_files(releases[name]) for name in ("first", "second"))
    same = {name for name in second if first.get(name) == second[name]}
    assert {name for name in same if name.startswith("documents/")} == {
        "documents/test-00000-of-00001.parquet",
        "documents/validation-00000-of-00001.parquet",
    }
    assert {*done.plan.unchanged} == same
    assert len(hub.sent("PUT")) == len([n for n in second if n not in same and n.endswith(".parquet")])
    assert versions_of(hub) == ["Version 1.1.0", "Version 1.0.0"]


def test_only_what_the_manifest_before_lists_is_deleted(hub, send, releases):
    """A split that is empty now goes; files of others stay, and so does the version before under its tag."""
    send(releases["second"])
    hub.add(NAME, {"notes.md": b"mine", "data/other.csv": b"1"})
    done = send(releases["third"])
    gone = pushed_files(releases["second"]).keys() - pushed_files(releases["third"]).keys()
    assert (
        {*done.plan.deleted}
        == gone
        == {f"{c}/test-00000-of-00001.parquet" for c in done.here.manifest["counts"]["configs"]}
    )
    assert {*done.plan.left} == {"notes.md", "data/other.csv", ".gitattributes"}
    assert on_hub(hub, "main").keys() == pushed_files(releases["third"]).keys() | {*done.plan.left}
    assert gone <= on_hub(hub, "v1.1.0").keys()


def test_without_a_manifest_nothing_is_deleted(hub, send, releases):
    """A repository that was somebody's is not swept; what is overwritten is said."""
    hub.create(NAME)
    hub.add(NAME, {"README.md": b"# hello", "manifest.json": b"[1]", "old.csv": b"1"})
    done = send(releases["first"])
    assert done.plan.deleted == ()
    assert "README.md" in done.plan.warnings[0]
    assert on_hub(hub, "main")["old.csv"] == b"1"


def test_a_commit_of_many_files_is_explained(tmp_path):
    """The Hub advises fewer than a hundred operations."""
    many = [File(f"pages/train-{n:05d}.parquet", tmp_path, 1, "0" * 64) for n in range(OPERATIONS + 1)]
    here = Local({"version": "1.0.0", "counts": {"configs": {}}}, many)
    assert f"{len(many)} operations in one commit" in plan(here, Remote()).warnings[0]
    assert plan(Local(here.manifest, many[1:]), Remote()).warnings == ()


def test_json_says_the_same(hub, releases):
    """`--format json` is one object on standard output."""
    run = CliRunner().invoke
    planned = json.loads(run(corpus, ["push", str(releases["first"]), NAME, "--format", "json"]).stdout)
    sent = json.loads(run(corpus, ["push", str(releases["first"]), NAME, "--yes", "--format", "json"]).stdout)
    again = json.loads(run(corpus, ["push", str(releases["first"]), NAME, "--yes", "--format", "json"]).stdout)
    assert [(each["sent"], each["done"]) for each in (planned, sent, again)] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    assert {file["path"] for file in planned["new"]} == pushed_files(releases["first"]).keys()
    assert planned["bytes"] == sum(map(len, pushed_files(releases["first"]).values()))
    assert sent["commit"] == again["commit"] == hub.repositories[NAME].tags["v1.0.0"]


# What is refused


def test_other_content_under_a_tag_is_refused(hub, send, releases, altered):
    """A tag never moves, in a dry run no more than in a push."""
    send(releases["first"])
    before = dict(hub.repositories[NAME].refs)
    for yes in (False, True):
        with pytest.raises(
            CorpusError, match=r"v1\.0\.0 is on the Hub with other content \(README\.md, manifest\.json\)"
        ):
            send(altered, yes=yes)
    assert hub.repositories[NAME].refs == before


def test_an_earlier_version_is_refused(hub, send, releases):
    """Main would go back in time."""
    send(releases["second"])
    with pytest.raises(CorpusError, match=r"main holds version 1\.1\.0, which is later than 1\.0\.0"):
        send(releases["first"])


def test_files_that_would_be_loaded_with_the_version_are_refused(hub, send, releases):
    """The patterns of the card would match them."""
    hub.create(NAME)
    hub.add(NAME, {"articles/train-mine.parquet": b"PAR1"})
    with pytest.raises(CorpusError, match=r"articles/train-mine\.parquet.*delete or move it"):
        send(releases["first"])


@pytest.mark.parametrize("harm", [lambda p: p.unlink(), lambda p: p.write_bytes(p.read_bytes() + b" ")])
def test_a_damaged_version_never_leaves_the_house(hub, send, releases, tmp_path, harm):
    """Every file is hashed first; the Hub is not even asked."""
    shutil.copytree(releases["first"], tmp_path / "v")
    harm(tmp_path / "v" / "ledger.parquet")
    with pytest.raises(CorpusError, match=r"ledger\.parquet: .*corpus verify"):
        send(tmp_path / "v")
    assert hub.requests == []


def test_a_card_that_does_not_load_never_leaves_the_house(hub, send, altered):
    """What a user would stream is streamed from disk first."""
    card = altered / "README.md"
    card.write_text(card.read_text("utf-8").replace("articles/train-", "articles/trian-"), "utf-8")
    said = manifest.read(altered)
    next(entry for entry in said["files"] if entry["path"] == "README.md").update(manifest.described_file(card))
    manifest.write(said, altered)
    with pytest.raises(CorpusError, match=r"articles cannot be loaded .*check the card"):
        send(altered, real=True)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("token", "private", "full", "expected"),
    [
        ("", False, False, r"not logged in; run `hf auth login`"),
        ("hf_wrongwrongwrongwrong", False, False, r"does not accept the token .*`hf auth login`"),
        (STRANGER, False, False, r"may not write to someone/urdu-news .*write access to someone's.*--create-pr"),
        (STRANGER, True, False, r"may not write to someone/urdu-news"),
        (OWNER, False, True, r"the storage of someone is full \(.*limit reached.*\); free or buy some"),
    ],
    ids=["no token", "bad token", "reader", "private", "quota"],
)
def test_a_refusal_is_a_sentence_with_the_next_step(hub, send, releases, monkeypatch, token, private, full, expected):
    """What the Hub says is passed on, and what to do about it."""
    hub.create(NAME, private=private)
    hub.full = full
    monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(CorpusError, match=expected) as caught:
        send(releases["first"])
    assert not token or token not in str(caught.value)
    assert hub.repositories[NAME].history == ["initial commit"]
    assert hub.repositories[NAME].tags == {}


def test_exit_codes(hub, releases, tmp_path, monkeypatch, capsys):
    """1 when nothing was pushed, 2 when the command was wrong; each with one sentence."""

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["corpus", "push", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        (said,) = capsys.readouterr().err.splitlines()
        return ended.value.code, said.split(";")[0]

    assert run(tmp_path, NAME) == (1, f"corpus: {tmp_path}: holds no version")
    assert run(releases["first"], "urdu-news") == (2, "corpus: 'urdu-news' is no name of a repository")


def test_private_is_created_private_and_never_found_public(hub, send, releases):
    """`--private` on a public repository would publish what was meant to be kept."""
    assert send(releases["first"], private=True).private
    assert hub.repositories[NAME].private
    assert send(releases["second"]).private
    hub.repositories[NAME].private = False
    with pytest.raises(CorpusError, match="is public"):
        send(releases["third"], private=True)


# What goes wrong on the way

COMMIT, TAG, UPLOAD = "/commit/main", "/tag/", "/upload/"
BUSY = {"Retry-After": "7"}
WINDOW = {"RateLimit": '"api";r=0;t=9', "RateLimit-Policy": '"fixed window";"api";q=500;w=300'}


@pytest.mark.parametrize(
    ("method", "path", "fault", "slept"),
    [
        ("POST", COMMIT, {"status": 412}, [1]),
        ("POST", COMMIT, {"status": 429, "headers": BUSY}, [7]),
        ("POST", COMMIT, {"status": 429, "headers": WINDOW}, [9]),
        ("POST", COMMIT, {"status": 500}, [1]),
        ("POST", COMMIT, {"status": 500, "after": True}, [1]),
        ("POST", COMMIT, {"status": 504, "times": 3}, [1, 2, 4]),
        ("POST", COMMIT, {"after": True}, [1]),
        ("POST", COMMIT, {"cut": 300}, [1]),
        ("POST", TAG, {"status": 503}, [1]),
        ("POST", TAG, {"status": 500, "after": True}, [1]),
        ("POST", "/repos/create", {"status": 500, "after": True}, [1]),
        ("GET", "/refs", {"status": 502}, [1]),
        ("GET", "/tree/", {"cut": 10}, None),
        ("PUT", UPLOAD, {"status": 500}, None),
        ("PUT", UPLOAD, {"cut": 1000, "times": 3}, None),
        ("GET", "/articles/train-", {"cut": 10}, None),
        ("GET", "/articles/train-", {"status": 500}, None),
    ],
    ids=str,
)
def test_what_passes_is_outlived(hub, send, releases, method, path, fault, slept):
    """One commit and one tag in the end; an answer that was lost is found as a head that is right already."""
    trouble = hub.fail(method, path, **fault)
    done = send(releases["first"], real="articles" in path)
    assert trouble.times == 0
    assert slept in (None, send.slept)
    assert versions_of(hub) == ["Version 1.0.0"]
    assert hub.repositories[NAME].tags == {"v1.0.0": done.commit}
    assert pushed_files(releases["first"]).items() <= on_hub(hub, "v1.0.0").items()
    assert done.rows


def test_when_the_head_moves_the_plan_is_made_anew(hub, send, releases):
    """What somebody else committed meanwhile stays."""
    send(releases["first"])
    hub.fail("POST", COMMIT, first=lambda: hub.add(NAME, {"notes.md": b"mine"}, "meanwhile"))
    send(releases["second"])
    assert hub.repositories[NAME].history[:3] == ["Version 1.1.0", "meanwhile", "Version 1.0.0"]
    assert on_hub(hub, "v1.1.0")["notes.md"] == b"mine"
    assert send.slept == [1]


@pytest.mark.parametrize(
    ("path", "fault", "expected", "tries"),
    [
        (COMMIT, {"status": 412}, "keeps moving; find out who else", ATTEMPTS),
        (COMMIT, {"status": 503}, "keeps answering 503; run the same command again later", ATTEMPTS),
        (COMMIT, {"cut": 0}, "cannot be reached .*check the network", ATTEMPTS),
        (COMMIT, {"status": 429, "headers": {"Retry-After": "3600"}}, "asks to wait 3600 s", 1),
        (TAG, {"status": 403}, "may not write", 1),
    ],
    ids=str,
)
def test_patience_has_bounds(hub, send, releases, path, fault, expected, tries):
    """What does not pass ends with a sentence; the same command goes on from there."""
    trouble = hub.fail("POST", path, times=99, **fault)
    with pytest.raises(CorpusError, match=expected):
        send(releases["first"])
    assert 99 - trouble.times == tries
    assert hub.repositories[NAME].tags == {}
    trouble.times = 0
    send(releases["first"])
    assert versions_of(hub) == ["Version 1.0.0"]


def test_a_missing_large_file_is_noticed(hub, send, releases):
    """The Hub lists it, its storage has it not: no tag; the next step of the sentence works."""
    shard = "pages/train-00000-of-00001.parquet"
    lost = next(file for file in manifest.read(releases["first"])["files"] if file["path"] == shard)["sha256"]
    hub.fail("POST", "/validate-yaml", first=lambda: hub.objects.pop(lost))
    with pytest.raises(CorpusError, match=rf"{shard} is listed but .*delete the file there, then push again"):
        send(releases["first"])
    assert hub.repositories[NAME].tags == {}
    left = {name: file for name, file in hub.repositories[NAME].head.files.items() if name != shard}
    hub.repositories[NAME].commit(left, "delete")
    send(releases["first"])
    assert "v1.0.0" in hub.repositories[NAME].tags


def test_a_file_that_does_not_arrive_is_noticed(hub, send, releases):
    """A .gitignore on the Hub drops files without a word; there is no tag then."""
    hub.ignored = {"ledger.parquet"}
    with pytest.raises(CorpusError, match=r"ledger\.parquet is missing .*\.gitignore"):
        send(releases["first"])
    assert hub.repositories[NAME].tags == {}


# Pull requests


def test_a_pull_request_leaves_main_alone(hub, send, releases, monkeypatch):
    """No write access is needed; once it is merged, a push sets the tag and commits nothing."""
    hub.create(NAME)
    monkeypatch.setenv("HF_TOKEN", STRANGER)
    hub.fail("POST", COMMIT, status=500, after=True)
    done = send(releases["first"], create_pr=True, real=True)
    repository = hub.repositories[NAME]
    assert done.pull_request == f"{hub.url}/datasets/{NAME}/discussions/1"
    assert (repository.history, repository.tags) == (["initial commit"], {})
    assert [ref for ref in repository.refs if ref != "main"] == ["refs/pr/1"]
    assert done.rows
    repository.refs["main"] = repository.refs["refs/pr/1"]
    monkeypatch.setenv("HF_TOKEN", OWNER)
    send(releases["first"])
    assert repository.history == ["Version 1.0.0", "initial commit"]
    assert repository.tags == {"v1.0.0": done.commit}


# The token, and memory


@pytest.mark.parametrize("status", [403, 400, 500], ids=str)
def test_the_token_is_never_shown(hub, send, releases, caplog, capfd, status):
    """Not in output, logs or errors, even when a server echoes it."""
    caplog.set_level(logging.INFO)  # below that httpcore shows what the server answers, be it what it may
    caplog.set_level(logging.DEBUG, "huggingface_hub")
    said = []
    echo = {"X-Error-Message": f"no: {OWNER}"}
    hub.fail("POST", COMMIT, status=status, headers=echo, body=json.dumps({"error": OWNER}), times=99)
    with pytest.raises(CorpusError, match="hf_…") as caught:
        send(releases["first"], say=said.append)
    assert caught.value.__cause__ is None
    captured = capfd.readouterr()
    for shown in (*said, str(caught.value), caplog.text, captured.out, captured.err):
        assert OWNER not in shown


BIG = 48 * 1024 * 1024
MEASURE = """
import resource, sys
from pathlib import Path
from corpus.hub.push import push
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
push(Path(sys.argv[1]), "someone/small", yes=True)
before = peak()
push(Path(sys.argv[2]), "someone/large", yes=True)
print(peak() - before)
"""


def test_memory_does_not_grow_with_the_files(hub, releases, tmp_path):
    """A file of 48 MB is pushed by path: the peak of the process grows by less than a third of it."""
    folder = tmp_path / "1.0.0"
    shutil.copytree(releases["first"], folder)
    (folder / "ledger.parquet").write_bytes(os.urandom(1 << 20) * (BIG >> 20))
    said = manifest.read(folder)
    next(entry for entry in said["files"] if entry["path"] == "ledger.parquet").update(
        manifest.described_file(folder / "ledger.parquet")
    )
    manifest.write(said, folder)
    command = [sys.executable, "-c", MEASURE, str(releases["first"]), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert hub.repositories["someone/large"].head.files["ledger.parquet"].size == BIG
    assert int(done.stdout) * 1024 < BIG // 3
