"""A file of JSON Lines to its lines: streaming, with a bound on the length of a line."""

import io
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from corpus.read.inputs import Codec, Input

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
    return cast("BinaryIO", io.BufferedReader(_Decompressed(source.path, source.codec), 1 << 20))


class _Decompressed(io.RawIOBase):
    """A compressed file; where it is damaged or ends early, what stands before that is read, then the error raised.

    pyarrow tells a truncated gzip or zstd stream from a whole one, and reads both. But a read that fails throws away
    what it had decompressed, up to a megabyte: then the file is opened once more and read byte by byte.
    """

    def __init__(self, path: Path, codec: Codec) -> None:
        self._path, self._codec = path, codec
        self._stream = self._open()
        self._done = 0
        self._error: OSError | None = None

    def readable(self) -> bool:
        """Say that it is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read up to the size of the buffer; 0 at the end."""
        if self._error:
            raise self._error
        try:
            part = self._stream.read(len(buffer))
        except OSError as error:
            self._error = error
            part = self._before_damage(len(buffer))
            if not part:
                raise
        self._done += len(part)
        buffer[: len(part)] = part
        return len(part)

    def _open(self) -> Any:
        import pyarrow as pa

        return pa.input_stream(str(self._path), compression=self._codec)

    def _before_damage(self, size: int) -> bytes:
        again = self._open()
        left = self._done
        while left:
            left -= len(again.read(min(left, size)))
        found = bytearray()
        with suppress(OSError):
            while len(found) < size and (byte := again.read(1)):
                found += byte
        return bytes(found)


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
