"""A file of JSON Lines to its lines: streaming, with a bound on the length of a line."""

import io
import sys
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

from corpus.read.inputs import Input

KEPT = 4096  # bytes of a rejected record that a report keeps


class Line(NamedTuple):
    """One line without its line feed; `size` is its full length in bytes, even where `raw` was cut."""

    number: int
    raw: bytes
    size: int


def open_bytes(source: Input) -> BinaryIO:
    """Open an input for reading, decompressed."""
    if source.path is None:
        return sys.stdin.buffer
    if source.codec is None:
        return source.path.open("rb", buffering=1 << 20)
    import pyarrow as pa

    # pyarrow tells a truncated gzip or zstd stream from a whole one, and reads both.
    stream = pa.input_stream(str(source.path), compression=source.codec)
    return cast("BinaryIO", io.BufferedReader(stream, 1 << 20))


def lines(stream: BinaryIO, limit: int) -> Iterator[Line]:
    """Split a stream at line feeds; a line above `limit` bytes is passed over without being held in memory.

    A byte-order mark at the start goes; blank lines are no records and are skipped, but counted in the numbers.
    """
    number = 0
    while raw := stream.readline(limit + 2):
        number += 1
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        size = len(raw) - raw.endswith(b"\n")
        if size > limit and not raw.endswith(b"\n"):
            raw = raw[:KEPT]
            while rest := stream.readline(1 << 20):
                size += len(rest) - rest.endswith(b"\n")
                if rest.endswith(b"\n"):
                    break
        raw = raw.removesuffix(b"\n")
        if raw.strip():
            yield Line(number, raw, size)
