"""The manifest: everything about a version that is not its rows."""

import platform
from collections.abc import Iterable
from hashlib import file_digest
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from corpus import __version__
from corpus.errors import CorpusError, reason
from corpus.read.inputs import Input
from corpus.schema import load

FILE = "manifest.json"
REJECTS = "rejects.jsonl"  # beside the version's other files on disk, never published
# Libraries whose version can change a byte of the files or a figure in them.
LIBRARIES = ("pyarrow", "polars", "numpy", "orjson", "jsonschema-rs")


def read(version: Path) -> dict[str, Any]:
    """Read the manifest of a version.

    Raises:
        CorpusError: it is missing or damaged, or not what its schema says.
    """
    try:
        said: dict[str, Any] = orjson.loads((version / FILE).read_bytes())
        jsonschema_rs.validator_for(load("manifest")).validate(said)
    except (OSError, orjson.JSONDecodeError, jsonschema_rs.ValidationError) as error:
        why = error.message if isinstance(error, jsonschema_rs.ValidationError) else reason(error)
        raise CorpusError(
            f"{version / FILE}: the manifest is missing or damaged ({why[:120]}); restore the version from "
            "where it was published, or remove this folder if it is not one"
        ) from error
    return said


def write(said: dict[str, Any], version: Path) -> None:
    """Write a manifest, indented, keys in the order of its schema."""
    (version / FILE).write_bytes(orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def libraries() -> dict[str, str]:
    """Versions of Python and of the libraries that matter."""
    return {"python": platform.python_version(), **{name: installed(name) for name in LIBRARIES}}


def tool() -> dict[str, str]:
    """Who made the version."""
    return {"name": "urdu-news-corpus", "version": __version__}


def schemas() -> dict[str, str]:
    """The `$id` of each schema that the version follows."""
    return {name: load(name)["$id"] for name in ("raw", "document", "manifest")}


def described_inputs(sources: Iterable[Input]) -> list[dict[str, Any]]:
    """Name, size in bytes and SHA-256 of every input file; standard input has neither."""
    said = []
    for source in sources:
        entry: dict[str, Any] = {"file": source.name, "bytes": None, "sha256": None}
        if source.path is not None and source.path.is_file():
            entry |= described_file(source.path)
        said.append(entry)
    return said


def described_file(path: Path) -> dict[str, Any]:
    """Size in bytes and SHA-256 of a file."""
    with path.open("rb") as stream:
        return {"bytes": path.stat().st_size, "sha256": file_digest(stream, "sha256").hexdigest()}
