"""The version that the next one follows."""

from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from corpus.version import ledger, manifest
from corpus.version.number import Version, version, versions


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
    there = versions(out)
    folder = named or (out / str(there[-1]) if there else None)
    if folder is None:
        return Previous(None, None, ledger.empty(), {})
    said = manifest.read(folder)
    return Previous(folder, version(said["version"]), ledger.read(folder), said)
