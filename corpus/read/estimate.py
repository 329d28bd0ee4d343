"""How many records inputs hold, roughly: for the time left of a long run, and for nothing else."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus.read.inputs import Input

SAMPLE = 1 << 18  # bytes looked at in one place
PLACES = 8  # places in a file


def estimate(sources: Iterable[Input]) -> int | None:
    """Estimate the number of records: exact for text and Parquet, from a sample of the lines for JSON.

    Returns:
        The estimate, or None when an input cannot tell (standard input) or cannot be read.
    """
    try:
        counts = [_count(source) for source in sources]
    except Exception:  # noqa: BLE001  a broken file is told by its reader; here it only means that nobody knows
        return None
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _count(source: Input) -> int | None:
    if source.path is None or not source.path.is_file():
        return None
    if source.reader == "text":
        return 1
    if source.reader == "parquet":
        import pyarrow.parquet as pq

        return int(pq.read_metadata(source.path).num_rows)
    size = source.path.stat().st_size
    looked, breaks = _compressed(source) if source.codec else _plain(source.path, size)
    return round(size * breaks / looked) if breaks else min(size, 1)


def _plain(path: Path, size: int) -> tuple[int, int]:
    """Bytes looked at and line feeds among them, at places spread over the file."""
    parts = list(_parts(path, size))
    return sum(map(len, parts)), sum(part.count(b"\n") for part in parts)


def _parts(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        if size <= SAMPLE * PLACES:
            yield stream.read()
            return
        for place in range(PLACES):
            stream.seek(place * (size - SAMPLE) // (PLACES - 1))
            yield stream.read(SAMPLE)


def _compressed(source: Input) -> tuple[int, int]:
    """Compressed bytes behind the first lines, and how many lines these are; of a small file, all of it."""
    import pyarrow as pa

    with pa.OSFile(str(source.path)) as raw, pa.CompressedInputStream(raw, source.codec) as stream:
        breaks = 0
        while raw.tell() < SAMPLE * PLACES and (part := stream.read(SAMPLE)):
            breaks += part.count(b"\n")
        return max(raw.tell(), 1), breaks
