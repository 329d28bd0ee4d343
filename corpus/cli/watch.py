"""A run as a person sees it: what each stage did, how fast, how long it will take; and the log that stays.

The only place with a clock. Nothing that is told here reaches a version.
"""

import os
import platform
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import click

EVERY = 60.0  # seconds between two lines where no person watches: a night's log stays short
KEPT = 1000  # warnings that the log quotes; all of them are counted


@dataclass
class Stage:
    """One stage: when it began (seconds), how many records it did, and about how many there are, if that is known."""

    name: str
    begun: float
    records: int = 0
    total: int | None = None
    seconds: float = 0.0

    def told(self, now: float) -> str:
        """Say how far the stage is.

        >>> Stage("read", begun=0.0, records=30_000, total=120_000).told(now=20.0)
        'read: 30,000 of about 120,000 records, 1,500/s, 1 min left'
        >>> Stage("group", begun=0.0).told(now=20.0)
        'group: for 20 s'
        """
        if not self.records:
            return f"{self.name}: for {_span(now - self.begun)}"
        rate = self.records / max(now - self.begun, 1e-9)
        rest = self.total - self.records if self.total else 0
        left = f", {_span(rest / rate)} left" if rest > 0 else ""
        whole = f" of about {self.total:,}" if rest > 0 else ""
        return f"{self.name}: {self.records:,}{whole} records, {rate:,.0f}/s{left}"


class Watch:
    """Told what a run does; shows it on standard error, as bars on a terminal, else as a line a minute."""

    def __init__(self) -> None:
        self.when = datetime.now(UTC)
        self.stages: list[Stage] = []
        self.warnings: list[str] = []
        self.warned = 0
        self._begun = self._spoke = monotonic()
        self._bar: Any = None

    def advance(self, stage: str, done: int, total: int | None = None) -> None:
        """Note that a stage did so many more records; the stage before it, if this one is new, is over."""
        now = monotonic()
        if not self.stages or self.stages[-1].name != stage:
            self._end(now)
            self._spoke = now
            self.stages.append(Stage(stage, now, total=total))
            self._bar = _bar(self.stages[-1]) if sys.stderr.isatty() else None
        self.stages[-1].records += done
        if self._bar is not None:
            self._bar.update(done)
        elif now - self._spoke >= EVERY:
            click.echo(self.stages[-1].told(now), err=True)
            self._spoke = now

    def warn(self, said: str) -> None:
        """Show a warning, and keep it for the log."""
        self.warned += 1
        if len(self.warnings) < KEPT:
            self.warnings.append(said)
        if self._bar is not None:
            self._bar.clear()
        click.echo(f"warning: {said}", err=True)

    def close(self) -> None:
        """End the last stage."""
        self._end(monotonic())

    def log(self, version: Path, **said: Any) -> None:
        """Add a line about this run to the log beside a version, `said` included."""
        self.close()
        entry = {
            "when": self.when.isoformat(timespec="seconds"),
            "command": ["corpus", *(os.fsencode(word).decode("utf-8", "replace") for word in sys.argv[1:])],
            "version": version.name,
            **said,
            "seconds": round(monotonic() - self._begun, 3),
            "stages": [
                {"stage": stage.name, "seconds": round(stage.seconds, 3), "records": stage.records or None}
                for stage in self.stages
            ],
            "peak_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT,
            "machine": f"{platform.platform()}, {os.cpu_count()} processors",
            "warned": self.warned,
            "warnings": self.warnings,
        }
        _append(log_of(version), entry)

    def _end(self, now: float) -> None:
        if self.stages and not self.stages[-1].seconds:
            self.stages[-1].seconds = now - self.stages[-1].begun
        if self._bar is not None:
            self._bar.total = self._bar.n or None  # the total was an estimate; the end is known
            self._bar.close()
            self._bar = None


_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes: getrusage counts in bytes there, in KiB elsewhere


def log_of(version: Path) -> Path:
    """Where the runs that led to a version are logged: beside it, never in it."""
    return version.parent / f"{version.name}.log"


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch a run; bars are closed whatever happens."""
    watch = Watch()
    try:
        yield watch
    finally:
        watch.close()


@contextmanager
def stoppable(out: Path) -> Iterator[None]:
    """Turn Ctrl-C into exit code 130 and a sentence that says what is on disk, as the disk has it by then."""
    try:
        yield
    except KeyboardInterrupt:
        from corpus.version.number import versions

        there = ", ".join(map(str, versions(out))) or "no version"
        left = next(out.glob(".tmp-*"), None)
        rest = f"; {left.name} is left over, the next run removes it" if left else ", nothing half-written"
        click.echo(f"\nStopped. {out} holds {there}{rest}.", err=True)
        click.get_current_context().exit(130)


def _bar(stage: Stage) -> Any:
    from tqdm import tqdm

    shape = None if stage.total else "{desc}: {n_fmt} records [{elapsed}, {rate_fmt}]"
    asked = {"unit": " records", "file": sys.stderr, "dynamic_ncols": True, "bar_format": shape}
    return tqdm(desc=stage.name, total=stage.total, **asked)


def _append(path: Path, entry: dict[str, Any]) -> None:
    import orjson

    try:
        with path.open("ab") as stream:
            stream.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))
    except OSError as error:
        click.echo(f"warning: {path}: the log of this run cannot be written ({error.strerror})", err=True)


def _span(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
