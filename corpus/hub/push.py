"""Publish a version on the Hub: look, plan, one commit, compare, one tag, read back.

Every attempt starts with a look at the Hub, so that what an earlier one did is not done again: a commit that was taken
although the answer was an error is found as a head whose files are those of the version. `parent_commit` makes sure
that no two attempts both commit.
"""

import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import CorpusError, UsageError
from corpus.hub import readback
from corpus.hub.failure import persistently
from corpus.hub.local import Local, local
from corpus.hub.plan import Plan, differing, done, plan
from corpus.hub.remote import KIND, MAIN, Remote, listing, look

if TYPE_CHECKING:
    from huggingface_hub import CommitInfo, HfApi

_NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)


@dataclass(frozen=True)
class Pushed:
    """What was planned and what came of it.

    Attributes:
        here: the version.
        repository: `OWNER/NAME`.
        endpoint: address of the Hub.
        private: whether the repository is, or would be created, private.
        plan: what the first look at the Hub showed to be done.
        sent: false for a dry run.
        commit: the commit that holds the version; null in a dry run that has something to do.
        pull_request: address of the pull request, if one was asked for.
        files: files whose hash was compared after the push.
        rows: rows that were streamed back.
    """

    here: Local
    repository: str
    endpoint: str
    private: bool
    plan: Plan
    sent: bool = False
    commit: str | None = None
    pull_request: str | None = None
    files: int = 0
    rows: int = 0


@dataclass
class _Push:
    """One push while it runs; `first` and `pulls` are what its first look at the Hub showed."""

    api: "HfApi"
    here: Local
    repository: str
    private: bool
    create_pr: bool
    say: Callable[[str], None]
    first: Plan | None = None
    pulls: dict[str, str] = field(default_factory=dict)


def push(  # noqa: D417  sleep is for tests
    folder: Path,
    repository: str,
    *,
    yes: bool = False,
    private: bool = False,
    create_pr: bool = False,
    say: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Pushed:
    """Push a version, or say what a push would do.

    Args:
        folder: the version.
        repository: `OWNER/NAME` on the Hub.
        yes: do it; otherwise only requests that read are sent.
        private: create the repository as private.
        create_pr: open a pull request instead of committing to `main`; the tag is then made by a push after the merge.
        say: told what happens.

    Raises:
        UsageError: the repository has no proper name.
        CorpusError: nothing was pushed, or not all; the sentence says what to do, and another push goes on from there.
    """
    api = _api(repository)
    here = local(folder)
    readback.rows(str(folder), here)
    run = _Push(api, here, repository, private, create_pr, say)

    def insist(work: Callable[[], Pushed]) -> Pushed:
        return persistently(work, repository, sleep, say, api.token if isinstance(api.token, str) else None)

    if not yes:
        if not api.token:
            say("not logged in: private repositories are not seen, and --yes would be refused")
        return insist(lambda: _planned(run)[0])
    if not api.token:
        raise CorpusError("not logged in; run `hf auth login`, or set HF_TOKEN to a token with write access")
    pushed = insist(lambda: _publish(run))
    return insist(lambda: _read_back(run, pushed)) if pushed.sent else pushed


def _api(repository: str) -> "HfApi":
    """The client; it and `datasets` read HF_ENDPOINT when they are imported, so neither is imported before."""
    from huggingface_hub import HfApi, constants, get_token
    from huggingface_hub.utils.tqdm import disable_progress_bars

    if not _NAME.fullmatch(repository):
        raise UsageError(f"{repository!r} is no name of a repository; write OWNER/NAME, such as someone/urdu-news")
    if not sys.stderr.isatty():
        disable_progress_bars()
    return HfApi(endpoint=constants.ENDPOINT, token=get_token() or False)


def _planned(run: _Push) -> tuple[Pushed, Remote]:
    there = look(run.api, run.repository)
    if run.private and there.head and not there.private:
        raise CorpusError(f"{run.repository} is public; make it private in its settings, or push without --private")
    at = there.tags.get(run.here.tag)
    now = done(run.here, there, listing(run.api, run.repository, at)) if at else plan(run.here, there)
    if run.first is None:
        run.first, run.pulls = now, there.pulls
    private = there.private if there.head else run.private
    return Pushed(run.here, run.repository, run.api.endpoint, private, now, commit=now.tagged), there


def _publish(run: _Push) -> Pushed:
    """One attempt: look, and do what is still to be done."""
    pushed, there = _planned(run)
    assert run.first is not None
    if run.first.done:
        return pushed
    todo = pushed.plan
    if todo.create:
        run.api.create_repo(run.repository, repo_type=KIND, private=run.private, exist_ok=True)
        run.say(f"created {run.repository}")
        there = look(run.api, run.repository)
        todo = plan(run.here, there)
    commit, pull_request = _settled(run, todo, there)
    files = readback.hashes(run.api, run.repository, commit, run.here)
    readback.ends(run.api, run.repository, commit, run.here)
    if not todo.done and not pull_request:
        run.api.create_tag(run.repository, repo_type=KIND, tag=todo.tag, revision=commit)
        run.say(f"tagged {commit} as {todo.tag}")
    return replace(pushed, plan=run.first, sent=True, commit=commit, pull_request=pull_request, files=files)


def _settled(run: _Push, todo: Plan, there: Remote) -> tuple[str, str | None]:
    """The commit that holds the version, and the address of its pull request: found, or made now."""
    if not todo.operations:
        commit = todo.tagged or todo.head
        assert commit is not None
        return commit, None
    return (_proposed(run, there) if run.create_pr else None) or _committed(run, todo)


def _committed(run: _Push, todo: Plan) -> tuple[str, str | None]:
    """Send the files by path, large ones first, then commit once; the commit and the address of its pull request."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    adds = [CommitOperationAdd(path_in_repo=file.name, path_or_fileobj=file.path) for file in todo.sent]
    if adds:
        run.say(f"sending {len(adds)} files")
        run.api.preupload_lfs_files(
            run.repository, adds, repo_type=KIND, revision=MAIN, create_pr=run.create_pr, free_memory=False
        )
    made: CommitInfo = run.api.create_commit(
        run.repository,
        [*adds, *(CommitOperationDelete(path_in_repo=name, is_folder=False) for name in todo.deleted)],
        commit_message=f"Version {run.here.number}",
        commit_description=f"logical_hash {run.here.manifest['logical_hash']}",
        repo_type=KIND,
        revision=MAIN,
        parent_commit=todo.head,
        create_pr=run.create_pr,
    )
    run.say(f"committed {made.oid}")
    return made.oid, made.pr_url


def _proposed(run: _Push, there: Remote) -> tuple[str, str] | None:
    """The pull request that an earlier attempt opened although the answer to it was an error."""
    for ref, commit in there.pulls.items():
        if ref not in run.pulls and not differing(run.here, listing(run.api, run.repository, commit)):
            number = ref.rsplit("/", 1)[-1]
            return commit, f"{run.api.endpoint}/{KIND}s/{run.repository}/discussions/{number}"
    return None


def _read_back(run: _Push, pushed: Pushed) -> Pushed:
    revision = pushed.commit if pushed.pull_request else run.here.tag
    return replace(pushed, rows=readback.rows(run.repository, run.here, revision=revision, token=run.api.token))
