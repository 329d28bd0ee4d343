"""PATHs to inputs: which files there are, in which order, and how each is read."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from corpus.errors import UsageError

Reader = Literal["text", "json", "parquet"]
Codec = Literal["gzip", "zstd"]

READERS: dict[str, Reader] = {
    ".txt": "text",
    ".jsonl": "json",
    ".json": "json",
    ".ndjson": "json",
    ".parquet": "parquet",
}
CODECS: dict[str, Codec] = {".gz": "gzip", ".zst": "zstd"}

NAMES = "name files .txt, .jsonl, .json or .ndjson (also .gz, .zst) or .parquet"

# Files that stand beside raw records and are not records themselves.
TAKEDOWNS = "takedowns.jsonl"
ANNOTATIONS = ".zones.jsonl"


class Input(NamedTuple):
    """One file of raw pages.

    Attributes:
        path: where it is; None is standard input.
        name: its path relative to the PATH that led to it, with forward slashes.
        reader: which reader reads it.
        codec: how it is compressed.
    """

    path: Path | None
    name: str
    reader: Reader
    codec: Codec | None

    @property
    def shown(self) -> str:
        """The path as a person would type it."""
        return "-" if self.path is None else str(self.path)


def inputs(paths: Iterable[str]) -> Iterator[Input]:
    """List the files under PATHs: each PATH in the order given, the files of a folder sorted by name.

    Raises:
        UsageError: a PATH does not exist, is a file of an unknown type, or is a second `-`.
    """
    asked = list(paths)
    if asked.count("-") > 1:
        raise UsageError("standard input can be read once; give - once")
    for path in asked:
        yield from _under(path)


def barren(paths: Iterable[str]) -> Iterator[str]:
    """Warn of folders under PATHs that hold nothing that is read."""
    for path in paths:
        if path != "-" and Path(path).is_dir() and not any(map(_is_ours, Path(path).rglob("*"))):
            yield f"{path}: nothing to read in this folder; {NAMES}"


def takedown_files(paths: Iterable[str]) -> Iterator[Path]:
    """List the `takedowns.jsonl` files under PATHs."""
    for path in paths:
        place = Path(path)
        if place.name == TAKEDOWNS and place.is_file():
            yield place
        elif path != "-" and place.is_dir():
            yield from sorted(found for found in place.rglob(TAKEDOWNS) if found.is_file())


def _under(path: str) -> Iterator[Input]:
    place = Path(path)
    if path == "-":
        yield Input(None, "-", "json", None)
    elif place.is_dir():
        for found in sorted(place.rglob("*"), key=lambda p: p.relative_to(place).as_posix()):
            name = found.relative_to(place).as_posix()
            known = _kind(found)
            if known and found.is_file() and not any(part.startswith(".") for part in name.split("/")):
                yield Input(found, name, *known)
    elif place.name == TAKEDOWNS and place.is_file():
        return
    elif not os.path.lexists(place):
        raise UsageError(f"{path}: no such file or folder; check the path, or use - for standard input")
    else:
        known = _kind(place)
        if not known:
            raise UsageError(f"{path}: not a type that is read; {NAMES}")
        yield Input(place, place.name, *known)


def _is_ours(path: Path) -> bool:
    return path.name == TAKEDOWNS or _kind(path) is not None


def _kind(path: Path) -> tuple[Reader, Codec | None] | None:
    name = path.name.lower()
    if name == TAKEDOWNS or name.endswith(ANNOTATIONS):
        return None
    codec = CODECS.get(Path(name).suffix)
    reader = READERS.get(Path(name.removesuffix(Path(name).suffix) if codec else name).suffix)
    if reader is None or (codec and reader != "json"):
        return None
    return reader, codec
