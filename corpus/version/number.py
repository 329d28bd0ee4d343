"""Version numbers as Croissant 1.1 reads them: PATCH re-serialised, MINOR additions only, MAJOR anything else."""

import re
from pathlib import Path
from typing import NamedTuple

from corpus.errors import UsageError

NUMBER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)\Z")


class Version(NamedTuple):
    """A version number; compares as it should."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        """Write it with dots."""
        return f"{self.major}.{self.minor}.{self.patch}"


FIRST = Version(1, 0, 0)


def version(text: str) -> Version:
    """Parse `X.Y.Z`.

    Raises:
        UsageError: it is not a version number.
    """
    found = NUMBER.match(text)
    if not found:
        raise UsageError(f"{text!r} is not a version number; write three numbers with dots, such as 1.2.0")
    return Version(*(int(part) for part in found.groups()))


def versions(folder: Path) -> list[Version]:
    """The versions in a folder, lowest first."""
    names = [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    return sorted(version(name) for name in names if NUMBER.match(name))


def least(previous: Version | None, *, edited: bool, added: bool) -> Version:
    """The smallest number that a change demands."""
    if previous is None:
        return FIRST
    if edited:
        return Version(previous.major + 1, 0, 0)
    if added:
        return Version(previous.major, previous.minor + 1, 0)
    return Version(previous.major, previous.minor, previous.patch + 1)
