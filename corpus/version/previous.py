"""The version that the next one follows."""

from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from corpus.errors import CorpusError
from corpus.version import ledger, manifest
from corpus.version.number import NUMBER, Version, version, versions


class Previous(NamedTuple):
    """The version before, or what stands for it when there is none."""

    folder: Path | None
    number: Version | None
    ledger: pa.Table
    manifest: dict[str, Any]


def previous(out: Path, named: Path | None) -> Previous:
    """Read the version that was named, else the highest in `out`, else an empty one.

    Raises:
        CorpusError: it is missing or damaged.
    """
    for path in out.iterdir():
        if NUMBER.match(path.name) and not path.is_dir():
            raise CorpusError(f"{path}: not a folder, but named like a version; move it away, or choose another --out")
    there = versions(out)
    folder = named or (out / str(there[-1]) if there else None)
    if folder is None:
        return Previous(None, None, ledger.empty(), {})
    said = manifest.read(folder)
    book = ledger.read(folder)
    # A ledger that lost rows would let released documents move, and nothing would show it.
    listed = {entry["path"]: entry["sha256"] for entry in said["files"]}
    if manifest.described_file(folder / ledger.FILE)["sha256"] != listed.get(ledger.FILE):
        raise CorpusError(
            f"{folder / ledger.FILE}: not the ledger that the manifest lists; restore the version from where it was "
            "published, or name another one with --previous"
        )
    return Previous(folder, version(said["version"]), book, said)
