"""A version is there whole or not at all: one writer, a staging folder, one rename."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from corpus.errors import CorpusError, reason

_STAGING = ".tmp-"
_LOCK = ".lock"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """Give a fresh folder on the file system of `out`; it is removed at the end, whatever happened.

    What a killed run left behind is removed first; the lock makes sure that no other run is writing.

    Raises:
        CorpusError: the target cannot be written (at first, or later because the disk is full), or another export is
            writing there.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = os.open(out / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise CorpusError(f"{out}: cannot be written ({error.strerror}); choose another --out") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CorpusError(f"{out}: another export is writing there; wait for it to end") from error
        for left in out.glob(f"{_STAGING}*"):
            shutil.rmtree(left, ignore_errors=True)
        with _told(out):
            folder = Path(mkdtemp(prefix=_STAGING, dir=out))
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


@contextmanager
def _told(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = "make room" if error.errno in _FULL else "check the disk and its permissions"
        raise CorpusError(
            f"{out}: {reason(error)}; nothing was written and what was there is as it was: {what}, or choose another "
            "--out, then run it again"
        ) from error


def publish(folder: Path, target: Path) -> None:
    """Make a finished folder visible under its name: everything is on disk before the one rename.

    Raises:
        CorpusError: the target exists.
    """
    if target.exists():
        raise CorpusError(f"{target}: exists already; a version is never overwritten, choose a higher --version")
    folder.chmod(0o755)
    for path in sorted(folder.rglob("*"), reverse=True):
        _sync(path)
    _sync(folder)
    folder.rename(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
