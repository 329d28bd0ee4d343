"""A process that maps batches for another one: record batches come in on standard input and go out on standard output.

Threads hold each other up: a third of what the stages do needs the interpreter's lock, and two threads were 1.4 times
as fast as one where two processes are 1.9 times as fast. The process is started as a program of its own and ends when
its input ends, so it outlives nobody, however its parent ended; and a script that calls `export` needs no guard, as
`multiprocessing` asks for.
"""

import fcntl
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import IO

import pyarrow as pa

from corpus.errors import CorpusError

_PIPE = 1 << 20  # bytes; what the system allows without asking
_HEAD = struct.Struct("<?Q")  # of a message: whether it is an answer (else an error), and its size in bytes
_START = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from corpus.version.worker import main; main()"
)
# One thread each: the other processors have workers of their own.
_ALONE = {"OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}


class Worker:
    """A process that applies one function to the batches it is asked for, one at a time."""

    def __init__(self, step: Callable[[pa.RecordBatch], pa.RecordBatch]) -> None:
        # A group of its own: Ctrl-C is for the parent, which then ends it.
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**_ALONE, **os.environ},
            process_group=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._questions, self._answers = self._process.stdin, self._process.stdout
        for pipe in (self._questions, self._answers):
            with suppress(OSError, AttributeError):  # Linux alone has it
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
        with suppress(BrokenPipeError):  # the first question will tell
            self._questions.write(pickle.dumps(sys.path) + pickle.dumps(step))
            self._questions.flush()

    def ask(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Send a batch and wait for what becomes of it.

        Raises:
            CorpusError: the process ended.
            Exception: whatever the function raised.
        """
        try:
            _send(self._questions, _packed(batch), answers=True)
            answers, data = _received(self._answers)
        except (BrokenPipeError, EOFError) as error:
            raise CorpusError(
                f"a worker process ended (code {self._process.wait()}), which the system does where memory is short; "
                "run it again with fewer --workers"
            ) from error
        if not answers:
            raised: Exception = pickle.loads(data)  # noqa: S301  # from our own process
            raise raised
        return _unpacked(data)

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._questions, self._answers):
            with suppress(BrokenPipeError):
                pipe.close()


def main() -> None:
    """Answer until the input ends."""
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints must not stand between two answers
    with suppress(EOFError, BrokenPipeError):
        step = pickle.load(questions)  # noqa: S301  # of our parent
        while True:
            _, data = _received(questions)
            try:
                done, answered = _packed(step(_unpacked(data))), True
            except Exception as error:  # noqa: BLE001  # the parent raises it
                done, answered = pickle.dumps(error), False
            _send(answers, done, answers=answered)


def _packed(batch: pa.RecordBatch) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return sink.getvalue()


def _unpacked(data: pa.Buffer) -> pa.RecordBatch:
    return pa.ipc.open_stream(data).read_next_batch()


def _send(pipe: IO[bytes], data: pa.Buffer | bytes, *, answers: bool) -> None:
    whole = memoryview(data)
    pipe.write(_HEAD.pack(answers, len(whole)))
    while whole:
        whole = whole[pipe.write(whole) :]
    pipe.flush()


def _received(pipe: IO[bytes]) -> tuple[bool, pa.Buffer]:
    """Read a message.

    Raises:
        EOFError: the other side is gone.
    """
    head = pipe.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise EOFError
    answers, size = _HEAD.unpack(head)
    data = pa.allocate_buffer(size)
    left = memoryview(data)
    while left:
        count = pipe.readinto(left)  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        left = left[count:]
    return answers, data
