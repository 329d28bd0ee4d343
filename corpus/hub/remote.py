"""What lies on the Hub: looked at with requests that only read."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import orjson

from corpus.hub.local import File
from corpus.version import manifest

if TYPE_CHECKING:
    from huggingface_hub import HfApi

KIND = "dataset"
MAIN = "main"


@dataclass(frozen=True)
class Stored:
    """A file on the Hub: size in bytes, and the hash that the Hub lists for it.

    Attributes:
        size: bytes.
        sha256: of the content, for files in large file storage; null for others.
        blob: Git's name of the blob; for files in large file storage that is the pointer, so it says nothing.
    """

    size: int
    sha256: str | None
    blob: str

    def holds(self, file: File) -> bool:
        """Whether the content is that of a local file."""
        return self.sha256 == file.sha256 if self.sha256 else self.blob == file.blob


@dataclass(frozen=True)
class Remote:
    """A repository at one moment; without a head it is not there.

    Attributes:
        head: the commit that `main` is at.
        private: whether only its owners see it.
        files: files at the head, by name.
        tags: commits by tag.
        pulls: commits by the reference of a pull request.
        before: the manifest at the head, if there is one of ours.
    """

    head: str | None = None
    private: bool = False
    files: dict[str, Stored] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    pulls: dict[str, str] = field(default_factory=dict)
    before: dict[str, Any] | None = None


def look(api: "HfApi", repository: str) -> Remote:
    """Look at a repository. Everything but the references is read at the commit that they name."""
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        private = bool(api.repo_info(repository, repo_type=KIND).private)
    except RepositoryNotFoundError:
        return Remote()
    refs = api.list_repo_refs(repository, repo_type=KIND, include_pull_requests=True)
    head = next((ref.target_commit for ref in refs.branches if ref.name == MAIN), None)
    files = listing(api, repository, head) if head else {}
    return Remote(
        head,
        private,
        files,
        {ref.name: ref.target_commit for ref in refs.tags},
        {ref.ref: ref.target_commit for ref in refs.pull_requests or ()},
        _manifest(api, repository, head) if head and manifest.FILE in files else None,
    )


def listing(api: "HfApi", repository: str, revision: str) -> dict[str, Stored]:
    """All files at a revision, by name."""
    from huggingface_hub.hf_api import RepoFile

    entries = api.list_repo_tree(repository, repo_type=KIND, revision=revision, recursive=True)
    return {
        entry.path: Stored(entry.size, entry.lfs.sha256 if entry.lfs else None, entry.blob_id)
        for entry in entries
        if isinstance(entry, RepoFile)
    }


def _manifest(api: "HfApi", repository: str, revision: str) -> dict[str, Any] | None:
    """The manifest at a revision; null when it is somebody else's file of that name."""
    with TemporaryDirectory() as cache:
        path = api.hf_hub_download(repository, manifest.FILE, repo_type=KIND, revision=revision, cache_dir=cache)
        try:
            said: dict[str, Any] = orjson.loads(Path(path).read_bytes())
            _ = said["version"], [entry["path"] for entry in said["files"]]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return None
        return said
