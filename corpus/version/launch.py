"""Start the processes of `corpus.version.worker`, ahead of time where a caller knows that it will want them.

Nothing heavy is imported here: while the command line imports the package, the first process does so too.
"""

import fcntl
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from typing import IO, NamedTuple

_PIPE = 1 << 20  # bytes; what the system allows without asking
_START = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from corpus.version.worker import main; main()"
)
# One thread each: the other processors have workers of their own.
_ALONE = {"OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}


class Launched(NamedTuple):
    """Processes that wait for the function to apply.

    Attributes:
        first: the process that became all of them; its standard input takes the pickled function.
        pipes: to each process and from it: questions, answers.
    """

    first: subprocess.Popen[bytes]
    pipes: list[tuple[IO[bytes], IO[bytes]]]

    def tell(self, said: object) -> None:
        """Send what the first process reads next."""
        assert self.first.stdin is not None
        with suppress(BrokenPipeError):  # the first question will tell
            pickle.dump(said, self.first.stdin)
            self.first.stdin.flush()

    def dismiss(self) -> None:
        """Have all of them end, which are idle; the system adds up what they took."""
        self._close()
        self.first.wait()

    def kill(self) -> None:
        """End all of them, whatever they are doing."""
        with suppress(ProcessLookupError):
            os.killpg(self.first.pid, signal.SIGKILL)
        self.first.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self.first.stdin, *chain.from_iterable(self.pipes)):
            with suppress(BrokenPipeError):
                pipe.close()  # type: ignore[union-attr]


_waiting: list[Launched] = []


@contextmanager
def ahead(count: int) -> Iterator[None]:
    """Start `count` processes now, for the first `launched` in this block that asks for so many."""
    _waiting.append(_launch(count))
    try:
        yield
    finally:
        while _waiting:
            _waiting.pop().kill()


@contextmanager
def launched(count: int) -> Iterator[Launched]:
    """Start `count` processes, or take those that wait; they end with the block, where it fails at once."""
    started = _waiting.pop() if _waiting and len(_waiting[-1].pipes) == count else _launch(count)
    try:
        yield started
    except BaseException:
        started.kill()
        raise
    started.dismiss()


def _launch(count: int) -> Launched:
    ours, theirs = [], []
    for _ in range(count):
        (hears, asks), (told, answers) = os.pipe(), os.pipe()
        ours.append((_pipe(asks, "wb"), _pipe(told, "rb")))
        theirs += [hears, answers]
    first = subprocess.Popen(
        [sys.executable, "-c", _START, *map(str, theirs)],
        stdin=subprocess.PIPE,
        stdout=2,  # what a library prints is no output of ours
        env={**_ALONE, **os.environ},
        pass_fds=theirs,
        process_group=0,  # Ctrl-C is for the parent, which then ends the group
    )
    for number in theirs:
        os.close(number)
    started = Launched(first, ours)
    started.tell(sys.path)
    return started


def _pipe(number: int, mode: str) -> IO[bytes]:
    with suppress(OSError, AttributeError):  # Linux alone has it
        fcntl.fcntl(number, fcntl.F_SETPIPE_SZ, _PIPE)
    return os.fdopen(number, mode)
