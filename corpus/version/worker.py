"""Processes that map batches for another one: record batches come in on one pipe and go out on another.

Threads hold each other up: a third of what the stages do needs the interpreter's lock, and two threads were 1.4 times
as fast as one where two processes are 1.9 times as fast. The first process is started as a program of its own, so that
a script that calls `export` needs no guard, as `multiprocessing` asks for. Once it has imported what the function
needs and made its tables, and before a thread of it works, it divides itself into as many as are wanted: that is paid
for once. Each ends when its pipe does, so none outlives the parent, however that ended.
"""

import os
import pickle
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import IO

import pyarrow as pa

from corpus.errors import CorpusError
from corpus.once import make_all
from corpus.version.launch import launched
from corpus.version.lean import without_pandas

_HEAD = struct.Struct("<?Q")  # of a message: whether it is an answer (else an error), and its size in bytes

Step = Callable[[pa.RecordBatch], pa.RecordBatch]


class Worker:
    """A process that applies the function to the batches it is asked for, one at a time."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        self._questions, self._answers = questions, answers

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
                "a worker process ended, which the system does where memory is short; run it again with fewer --workers"
            ) from error
        if not answers:
            raised: Exception = pickle.loads(data)  # noqa: S301  # from our own process
            raise raised
        return _unpacked(data)


@contextmanager
def processes(step: Step, count: int) -> Iterator[list[Worker]]:
    """Have `count` processes apply one function; they are ended, whatever they are doing, when they are let go."""
    with launched(count) as started:
        started.tell(step)
        yield [Worker(*pipe) for pipe in started.pipes]


def main() -> None:
    """Become as many processes as there are pipes, two numbers each, and answer until they end."""
    without_pandas()
    import_module("corpus.chain")  # what an export wants of it, before it says so
    make_all()
    with suppress(EOFError, BrokenPipeError):
        step = pickle.load(sys.stdin.buffer)  # noqa: S301  # of our parent
        numbers = [int(said) for said in sys.argv[1:]]
        hears, answers = _divided(list(zip(numbers[::2], numbers[1::2], strict=True)))
        with os.fdopen(hears, "rb") as questions, os.fdopen(answers, "wb") as told:
            _answer(step, questions, told)
    with suppress(ChildProcessError):  # what they took is counted only if they are waited for
        while True:
            os.wait()


def _divided(pipes: list[tuple[int, int]]) -> tuple[int, int]:
    """Go on in a process for each pipe; the first is this one, the others are its children."""
    mine, *others = pipes
    closed = others
    for other in others:
        if not os.fork():
            mine, closed = other, [pipe for pipe in pipes if pipe != other]
            break
    for pipe in closed:  # else nobody would see that the process at its end is gone
        for number in pipe:
            os.close(number)
    return mine


def _answer(step: Step, questions: IO[bytes], answers: IO[bytes]) -> None:
    """Apply the function until the questions end."""
    with suppress(EOFError):
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
