"""Run a command and watch the memory of the processes that it is made of."""

import subprocess
from collections.abc import Iterator, Mapping
from math import inf
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import NamedTuple

EVERY = 0.1  # seconds between two looks


class Ran(NamedTuple):
    """What a command said, how it ended, and the memory of it and its children.

    Attributes:
        held: looks at the memory: seconds since the start, and bytes. They are proportional (PSS): what several
            processes share counts once.
    """

    stdout: str
    stderr: str
    code: int
    held: list[tuple[float, int]]

    def peak(self, begin: float = 0, end: float = inf) -> int:
        """The most memory between two times, in bytes."""
        return max((size for at, size in self.held if begin <= at <= end), default=0)


def run(command: list[str], env: Mapping[str, str] | None = None) -> Ran:
    """Run a command to its end."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    began, ended = perf_counter(), Event()
    held: list[tuple[float, int]] = []

    def look() -> None:
        while not ended.wait(EVERY):
            held.append((perf_counter() - began, sum(map(_held, _tree(process.pid)))))

    watching = Thread(target=look)
    watching.start()
    try:
        stdout, stderr = process.communicate()
    finally:
        ended.set()
        watching.join()
    return Ran(stdout, stderr, process.returncode, held)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(task).split():
            yield from _tree(int(child))


def _held(pid: int) -> int:
    found = [line.split() for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines() if line.startswith("Pss:")]
    return int(found[0][1]) * 1024 if found else 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:  # it ended meanwhile
        return ""
