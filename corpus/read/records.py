"""Inputs to records: every raw record comes out once, accepted or as a reject with its place and reason."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import orjson

from corpus.read.columns import OURS, near_miss, renames
from corpus.read.inputs import Input
from corpus.read.lines import KEPT, lines, open_bytes
from corpus.validate import Problem, is_iri, parse, validate

MAX_RECORD = 16 * 1024 * 1024  # bytes


class Record(NamedTuple):
    """An accepted record; the first nine fields are those of `schema/raw.schema.json`.

    `extra` is everything else that the record held, as canonical JSON; `warnings` are sentences.
    """

    id: str | None
    text: str
    url: str | None
    source: str | None
    publisher: str | None
    author: str | None
    published_at: str | None
    collected_at: str | None
    license: str | None
    extra: str | None
    origin: Input
    line: int
    warnings: tuple[str, ...]


class Reject(NamedTuple):
    """A record that is not accepted: where it stands, why, and its first bytes."""

    origin: Input
    line: int
    problem: Problem
    raw: bytes
    size: int


def records(
    source: Input, mapped: Mapping[str, str] | None = None, limit: int = MAX_RECORD
) -> Iterator[Record | Reject]:
    """Read one input record by record; never raises for what stands in it.

    Args:
        source: the file, or standard input.
        mapped: ours to theirs, as said with `--map ours=theirs`.
        limit: records above this many bytes are rejected as `too_large`.
    """
    if source.reader == "text":
        found_in = _text(source, limit)
    else:
        found_in = (_json if source.reader == "json" else _parquet)(source, mapped or {}, limit)
    line = 0
    try:
        for found in found_in:
            line = found.line
            yield found
    except Exception as error:  # noqa: BLE001  a broken file is a reject, whatever its library raises
        yield Reject(source, line + 1, _broken(source, error), b"", 0)


def _text(source: Input, limit: int) -> Iterator[Record | Reject]:
    with open_bytes(source) as stream:
        raw = stream.read(limit + 1)
        size = len(raw) + sum(len(rest) for rest in iter(lambda: stream.read(1 << 20), b""))
    if size > limit:
        yield Reject(source, 1, _too_large(size, limit), raw[:KEPT], size)
        return
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        at = raw.count(b"\n", 0, error.start) + 1
        problem = Problem("encoding", "$.text", f"byte {error.start + 1} is not UTF-8; save the file as UTF-8")
        yield Reject(source, at, problem, raw[:KEPT], size)
        return
    yield _record(source, 1, {"text": text}, raw, {})


def _json(source: Input, mapped: Mapping[str, str], limit: int) -> Iterator[Record | Reject]:
    with open_bytes(source) as stream:
        for line in lines(stream, limit):
            if line.size > limit:
                yield Reject(source, line.number, _too_large(line.size, limit), line.raw[:KEPT], line.size)
                continue
            value = parse(line.raw)
            if isinstance(value, Problem):
                yield Reject(source, line.number, value, line.raw[:KEPT], line.size)
            else:
                yield _record(source, line.number, value, line.raw, mapped)


DEEP = Problem("depth", "$", "nested deeper than 254 levels; flatten the record")


def _parquet(source: Input, mapped: Mapping[str, str], limit: int) -> Iterator[Record | Reject]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(source.path) as file:
        names = file.schema_arrow.names
        if not {"text", mapped.get("text", "text")} & set(names):
            reason = f"no column text among {', '.join(names)}; name the text column: --map text=COLUMN"
            yield Reject(source, 1, Problem("required", "$.text", reason), b"", 0)
            return
        line = 0
        for batch in file.iter_batches(batch_size=256):
            for row in batch.to_pylist():
                line += 1
                try:
                    raw = orjson.dumps(row, default=_jsonable, option=orjson.OPT_NON_STR_KEYS)
                except orjson.JSONEncodeError as error:
                    problem = Problem("encoding", "$", f"not JSON ({error}); write its columns as strings in UTF-8")
                    yield Reject(source, line, problem, b"", 0)
                    continue
                if len(raw) > limit:
                    yield Reject(source, line, _too_large(len(raw), limit), raw[:KEPT], len(raw))
                else:
                    yield _record(source, line, orjson.loads(raw), raw, mapped)


def _record(source: Input, line: int, value: Any, raw: bytes, mapped: Mapping[str, str]) -> Record | Reject:
    """Give a parsed value our names and check it."""
    try:
        return _checked(source, line, value, raw, mapped)
    except (orjson.JSONEncodeError, ValueError, RecursionError):
        # orjson reads deeper than it writes, jsonschema-rs checks and Python shows: each has a name for it.
        return Reject(source, line, DEEP, raw[:KEPT], len(raw))


def _checked(source: Input, line: int, value: Any, raw: bytes, mapped: Mapping[str, str]) -> Record | Reject:
    """Check a value under our names; what we do not use goes to `extra`."""
    extra: dict[str, Any] = {}
    warnings: tuple[str, ...] = ()
    if isinstance(value, dict) and not value.keys() <= _KNOWN:
        value, extra, warnings = _ours(value, mapped)
    problem = validate(value)
    if problem:
        return Reject(source, line, problem, raw[:KEPT], len(raw))
    get = value.get
    url = get("url")
    if url is not None and not is_iri(url):
        warnings += (f"$.url: {url[:80]!r} is not an address (IRI); it is kept in extra and url is empty",)
        extra["url"], url = url, None
    return Record(
        get("id"), get("text"), url, get("source"), get("publisher"), get("author"), get("published_at"),
        get("collected_at"), get("license"),
        orjson.dumps(extra, option=orjson.OPT_SORT_KEYS).decode() if extra else None,
        source, line, warnings,
    )  # fmt: skip


_KNOWN = frozenset(OURS)


def _ours(value: dict[str, Any], mapped: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]:
    targets, unknown = _plan(tuple(value), tuple(sorted(mapped.items())))
    ours: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    warnings: list[str] = list(unknown)
    for key, content in value.items():
        target = targets.get(key, key if key in _KNOWN else "")
        if target == "collected_at" and key != target:
            crawled = _crawl_date(content)
            if crawled is None and content is not None:
                warnings.append(f"$.{key}: {content!r:.60} is not a date; it is kept in extra")
                extra[key] = content
            else:
                ours[target] = crawled
        elif target:
            ours[target] = content
        else:
            extra[key] = content
    return ours, extra, tuple(warnings)


@lru_cache(maxsize=4096)
def _plan(keys: tuple[str, ...], mapped: tuple[tuple[str, str], ...]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Work out names and warnings once for records of one shape."""
    targets = renames(keys, dict(mapped))
    unknown = [key for key in keys if key not in _KNOWN and key not in targets]
    meant = [(key, near_miss(key)) for key in unknown]
    return targets, tuple(
        f"$.{key}: not a known name, it is kept in extra; for {ours}, say --map {ours}={key}"
        for key, ours in meant
        if ours and ours not in keys
    )


_DATE = re.compile(
    r"(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?\s*\Z"
)


def _crawl_date(content: Any) -> str | None:
    """A crawl date as web corpora write it, in ISO 8601; `2020/06/10 12:00:00` of CulturaX included."""
    found = _DATE.match(content) if isinstance(content, str) else None
    if not found:
        return None
    year, month, day, time, zone = found.groups()
    return f"{year}-{month}-{day}" + (f"T{time}{zone or ''}" if time else "")


def _too_large(size: int, limit: int) -> Problem:
    return Problem("too_large", "$", f"{size} bytes, more than {limit}; split the record or raise --max-record")


def _broken(source: Input, error: Exception) -> Problem:
    said = " ".join(str(error).split())[:200] or type(error).__name__
    if source.codec:
        return Problem("truncated", "$", f"the {source.codec} stream is damaged or ends early ({said}); fetch it again")
    if source.reader == "parquet":
        return Problem("parquet", "$", f"not a readable Parquet file ({said}); write it again")
    return Problem("unreadable", "$", f"cannot be read ({said}); check the file and its permissions")


def _jsonable(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return str(value)


def all_records(
    sources: Iterable[Input],
    mapped: Mapping[str, str] | None = None,
    limit: int = MAX_RECORD,
    first: int | None = None,
) -> Iterator[Record | Reject]:
    """Read inputs one after the other, all of them or the `first` so many records."""
    return islice((found for source in sources for found in records(source, mapped, limit)), first)
