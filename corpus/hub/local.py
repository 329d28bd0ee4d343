"""What lies on disk: the files of a version that may leave the house, checked against its manifest."""

from collections.abc import Iterator
from functools import cached_property
from hashlib import sha1
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError
from corpus.version import manifest
from corpus.version.number import Version, version

_BLOCK = 1 << 20


class File:
    """One file: its name in the repository, where it lies, its size in bytes and its hashes."""

    def __init__(self, name: str, path: Path, size: int, sha256: str) -> None:
        self.name, self.path, self.size, self.sha256 = name, path, size, sha256

    @cached_property
    def blob(self) -> str:
        """Git's name of the content: what the Hub lists for files that are not in large file storage."""
        digest = sha1(b"blob %d\0" % self.size, usedforsecurity=False)
        with self.path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
        return digest.hexdigest()


class Local:
    """A whole version: its manifest, its number and its files by name, `manifest.json` among them."""

    def __init__(self, said: dict[str, Any], files: list[File]) -> None:
        self.manifest = said
        self.files = {file.name: file for file in files}

    @property
    def number(self) -> Version:
        """The version number."""
        return version(self.manifest["version"])

    @property
    def tag(self) -> str:
        """The tag that names the version on the Hub."""
        return f"v{self.number}"

    def shards(self) -> Iterator[tuple[str, str, File]]:
        """Config, split and first shard, for each config and split that has rows."""
        for config, splits in self.manifest["counts"]["configs"].items():
            for split in splits:
                found = [name for name in self.files if name.startswith(f"{config}/{split}-")]
                yield config, split, self.files[min(found)]


def local(folder: Path) -> Local:
    """Read a version and hash every file of it again. Rejected records are never among the files.

    Raises:
        CorpusError: there is no version, or a file is not what the manifest says.
    """
    if not (folder / manifest.FILE).is_file():
        raise CorpusError(f"{folder}: holds no version; give a folder that `corpus export` wrote, such as dist/1.0.0")
    said = manifest.read(folder)
    files = [_checked(folder, entry) for entry in said["files"] if entry["path"] != manifest.REJECTS]
    own = manifest.described_file(folder / manifest.FILE)
    files.append(File(manifest.FILE, folder / manifest.FILE, own["bytes"], own["sha256"]))
    return Local(said, sorted(files, key=lambda file: file.name))


def _checked(folder: Path, entry: dict[str, Any]) -> File:
    path = folder / entry["path"]
    found = manifest.described_file(path) if path.is_file() else None
    if found is None or found["bytes"] != entry["bytes"] or found["sha256"] != entry["sha256"]:
        what = "missing" if found is None else "not what the manifest says"
        raise CorpusError(
            f"{path}: {what}, so nothing was sent; `corpus verify {folder}` lists all that differs, "
            "a new export mends it"
        )
    return File(entry["path"], path, entry["bytes"], entry["sha256"])
