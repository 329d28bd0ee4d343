"""What maps batches: an engine runs one pure function over a stream of record batches, and does nothing else.

Every engine keeps the same promises, so that which one ran cannot be read off the result: batches come back in the
order in which they went in, few of them are under way at any time (memory does not grow with the corpus), and an
error of the function ends the stream. Reading stays with the caller, so rejects do not travel.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from importlib import import_module
from itertools import chain, islice
from queue import SimpleQueue
from typing import Any, Literal, TypeAlias, TypeVar, get_args

import pyarrow as pa

from corpus.errors import CorpusError, UsageError
from corpus.version.worker import Step, Worker, processes

Batches: TypeAlias = Iterator[pa.RecordBatch]
Mapped: TypeAlias = Generator[pa.RecordBatch, None, None]
Engine: TypeAlias = Callable[[Step, Batches, int | None], Mapped]
Name = Literal["local", "ray"]
NAMES: tuple[Name, ...] = get_args(Name)
T = TypeVar("T")


def engine(name: Name) -> Engine:
    """The engine of that name: takes the function, the batches, and how many to work on at once (None: what fits)."""
    return {"local": local, "ray": ray}[name]


def local(step: Step, batches: Batches, workers: int | None = None) -> Mapped:
    """Map in processes of this machine; a single batch here and now, since it takes no longer than to start them."""
    first = list(islice(batches, 2))
    if len(first) < 2:
        yield from map(step, first)
        return
    count = workers or os.cpu_count() or 1
    idle: SimpleQueue[Worker] = SimpleQueue()

    def answer(batch: pa.RecordBatch) -> pa.RecordBatch:
        worker = idle.get()
        try:
            return worker.ask(batch)
        finally:
            idle.put(worker)

    with ExitStack() as running:
        pool = ThreadPoolExecutor(count, thread_name_prefix="workers")
        running.callback(pool.shutdown, cancel_futures=True)
        for worker in running.enter_context(processes(step, count)):
            idle.put(worker)
        yield from in_order(lambda batch: pool.submit(answer, batch), Future.result, chain(first, batches), count + 1)


def ray(step: Step, batches: Batches, workers: int | None = None) -> Mapped:
    """Map in tasks of a Ray cluster: the one that RAY_ADDRESS names, else one of `workers` processes on this machine.

    Tasks, where `ray.data.Dataset.map_batches` would run the same function: a dataset is made of files or of a list
    that is there whole, and ours is a stream, checked as it is read, whose order and bounds we keep. A task that is
    lost with its machine is run again, which a pure function allows.

    Raises:
        UsageError: Ray is not installed.
        CorpusError: it did not start.
    """
    try:
        cluster: Any = import_module("ray")
    except ImportError as error:
        raise UsageError("--engine ray needs Ray; install it: pip install 'urdu-news-corpus[ray]'") from error
    started = not cluster.is_initialized()
    if started:
        _join(cluster, workers)
    try:
        task = cluster.remote(_alone)
        ahead = 2 * (workers or int(cluster.cluster_resources().get("CPU", 1)))
        yield from in_order(lambda batch: task.remote(step, batch), cluster.get, batches, ahead)
    finally:
        if started:
            cluster.shutdown()


def in_order(submit: Callable[[pa.RecordBatch], T], result: Callable[[T], Any], batches: Batches, ahead: int) -> Mapped:
    """Keep `ahead` batches under way; give results in the order of the batches.

    The next batch is read and handed in before a result is given out, so that workers are busy while it is used.
    """
    under_way = deque(submit(batch) for batch in islice(batches, ahead))
    while under_way:
        done = result(under_way.popleft())
        under_way.extend(submit(batch) for batch in islice(batches, 1))
        yield done


def _alone(step: Step, batch: pa.RecordBatch) -> pa.RecordBatch:
    # A worker has one processor; polars, which looks here at its first use, would start a thread for each there is.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    return step(batch)


def _join(cluster: Any, workers: int | None) -> None:
    asked: dict[str, Any] = {"logging_level": "error", "log_to_driver": False}
    if not os.environ.get("RAY_ADDRESS"):
        asked |= {"num_cpus": workers, "include_dashboard": False}
    try:
        cluster.init(**asked)
    except Exception as error:
        said = " ".join(str(error).split())[:200]
        raise CorpusError(f"Ray did not start ({said}); try again, or use --engine local") from error
