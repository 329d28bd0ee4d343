"""Input people have, and input that is broken: everything comes out once, with its place and reason."""

import gzip
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import UsageError
from corpus.read.columns import near_miss, renames
from corpus.read.inputs import inputs, takedown_files
from corpus.read.records import Record, Reject, all_records, records


def read(path: Path, **asked) -> list[Record | Reject]:
    return list(all_records(inputs([str(path)]), **asked))


def zstd(path: Path, data: bytes) -> Path:
    with pa.output_stream(str(path), compression="zstd") as stream:
        stream.write(data)
    return path


LINES = b'{"text": "\xd8\xa7"}\n{"text": "\xd8\xa8", "id": "b"}\n'


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.ndjson", "a.jsonl.gz", "a.ndjson.zst"])
def test_json_lines_are_read_plain_and_compressed(tmp_path, name):
    """The name tells how a file is read."""
    path = tmp_path / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(LINES))
    elif name.endswith(".zst"):
        zstd(path, LINES)
    else:
        path.write_bytes(LINES)
    assert [(r.text, r.id, r.line) for r in read(path)] == [("ا", None, 1), ("ب", "b", 2)]


def test_a_text_file_is_one_page(tmp_path):
    """A .txt file is one page as it stands; CR stays, a byte-order mark goes."""
    (tmp_path / "p.txt").write_bytes("\ufeffپہلی\r\nدوسری\n".encode())
    assert [r.text for r in read(tmp_path)] == ["پہلی\r\nدوسری\n"]


def test_parquet_is_read_row_by_row(tmp_path):
    """Other types of other columns survive in extra."""
    table = pa.table(
        {
            "text": ["ا", "ب"],
            "when": [datetime(2024, 1, 2, tzinfo=UTC)] * 2,
            "score": [0.5, None],
            "raw": [b"x", b"y"],
            "many": [[1, 2], []],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    first, second = read(tmp_path / "a.parquet")
    assert (first.text, first.line, second.line) == ("ا", 1, 2)
    assert json.loads(first.extra) == {"when": "2024-01-02T00:00:00+00:00", "score": 0.5, "raw": "x", "many": [1, 2]}


def test_a_folder_is_read_recursively_in_sorted_order(tmp_path):
    """Unknown types, hidden files, takedowns and zones beside records are no input."""
    for name in ("b/2.jsonl", "a/1.jsonl", "c.txt", ".hidden/x.jsonl", "notes.md", "takedowns.jsonl", "z.zones.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(LINES)
    assert [found.name for found in inputs([str(tmp_path)])] == ["a/1.jsonl", "b/2.jsonl", "c.txt"]
    assert [path.name for path in takedown_files([str(tmp_path)])] == ["takedowns.jsonl"]


@pytest.mark.parametrize(("name", "said"), [("none.jsonl", "no such file"), ("page.html", "not a type that is read")])
def test_a_wrong_path_is_wrong_usage(tmp_path, name, said):
    """A PATH that cannot be read at all stops before anything is done."""
    (tmp_path / "page.html").touch()
    with pytest.raises(UsageError, match=said):
        list(inputs([str(tmp_path / name)]))


BAD_LINES = {
    "encoding": b'{"text": "\xff"}',
    "nul": b'{"text": "a\\u0000"}',
    "json": b'{"text": "a"',
    "depth": b'{"text": "a", "x": ' + b"[" * 2000 + b"]" * 2000 + b"}",
    "type": b'{"text": 5}',
    "empty": b'{"text": " \\n "}',
    "required": b'{"txt": "a"}',
    "id": b'{"text": "a", "id": ""}',
    "date": b'{"text": "a", "collected_at": "soon"}',
}


@pytest.mark.parametrize("kind", BAD_LINES)
def test_a_bad_line_is_a_reject_and_the_run_goes_on(tmp_path, kind):
    """A bad record is reported with file and line, keeps its bytes, and loses no neighbour."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "1"}\n' + BAD_LINES[kind] + b'\n{"text": "3"}\n')
    first, bad, third = read(path)
    assert (first.text, third.text) == ("1", "3")
    assert (bad.problem.kind, bad.line, bad.raw) == (kind, 2, BAD_LINES[kind][:4096])
    assert bad.problem.path.startswith("$")


@pytest.mark.parametrize("place", ["x", "text", "url", "date"])
@pytest.mark.parametrize("depth", [200, 300, 1000])
def test_a_deep_value_is_at_most_one_reject(tmp_path, place, depth):
    """JSON is read 1024 levels deep and written 254: what lies between ends no file, whatever key holds it."""
    deep = b'{"text": "2", "dump": "a", "file_path": "b", "%s": ' % place.encode() + b"[" * depth + b"]" * depth + b"}"
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "1"}\n' + deep + b'\n{"text": "3"}\n')
    first, found, third = read(tmp_path)
    assert (first.text, third.text) == ("1", "3")
    assert isinstance(found, Record) or found.problem.kind in {"depth", "type"}
    assert isinstance(found, Record) == (place in {"x", "date"} and depth == 200)


@pytest.mark.parametrize("line", [b'{"text": "\\ud800"}', b'{"text": "\\udc00x"}'])
def test_lone_surrogates_are_rejected(tmp_path, line):
    """A lone surrogate is no character."""
    (tmp_path / "a.jsonl").write_bytes(line)
    assert [r.problem.kind for r in read(tmp_path)] == ["encoding"]


def test_a_line_above_the_limit_is_not_held_in_memory(tmp_path):
    """The reject says how large the record is and keeps its first bytes; lines after it are read."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "' + b"a" * 3_000_000 + b'"}\n{"text": "2"}\n')
    bad, good = read(path, limit=1_000_000)
    assert (bad.problem.kind, bad.size, len(bad.raw)) == ("too_large", 3_000_012, 4096)
    assert (good.text, good.line) == ("2", 2)


@pytest.mark.parametrize("size", [0, 1])
def test_the_limit_is_exact(tmp_path, size):
    """A record of exactly the limit passes, one byte more does not."""
    line = b'{"text": "abc"}'
    (tmp_path / "a.jsonl").write_bytes(line + b"\n")
    (found,) = read(tmp_path, limit=len(line) - size)
    assert isinstance(found, Reject) is bool(size)


@pytest.mark.parametrize("codec", ["gz", "zst"])
def test_a_truncated_stream_is_reported_after_what_it_held(tmp_path, codec):
    """What was read before the damage stays."""
    data = b"".join(b'{"text": "%d"}\n' % i for i in range(20_000))
    whole = gzip.compress(data) if codec == "gz" else zstd(tmp_path / "whole.bin", data).read_bytes()
    path = tmp_path / f"a.jsonl.{codec}"
    path.write_bytes(whole[: len(whole) // 2])
    *before, last = read(path)
    assert last.problem.kind == "truncated"
    assert last.line == len(before) + 1
    assert all(isinstance(r, Record) for r in before)
    assert len(before) >= (zlib.decompressobj(31).decompress(path.read_bytes()).count(b"\n") if codec == "gz" else 1)


@pytest.mark.parametrize("junk", [b"\0" * 512, b"not gzip"], ids=["padding", "text"])
def test_what_stands_before_damage_is_read(tmp_path, junk):
    """Junk behind a whole stream is reported; the records of the stream come out all the same."""
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(LINES) + junk)
    *before, last = read(tmp_path)
    assert [r.text for r in before] == ["ا", "ب"]
    assert (last.problem.kind, last.line) == ("truncated", 3)


def test_broken_parquet_is_one_reject(tmp_path):
    """A file that is no Parquet, or has no text column, is reported and the run goes on."""
    (tmp_path / "a.parquet").write_bytes(b"PAR1 this is not one")
    pq.write_table(pa.table({"content": ["x"]}), tmp_path / "b.parquet")
    (tmp_path / "c.jsonl").write_bytes(LINES)
    kinds = [r.problem.kind if isinstance(r, Reject) else "ok" for r in read(tmp_path)]
    assert kinds == ["parquet", "required", "ok", "ok"]


def test_odd_parquet_values_are_rejects_of_their_row(tmp_path):
    """Nulls, numbers and bytes that are not UTF-8 in a row leave the other rows alone."""
    pq.write_table(pa.table({"text": pa.array([b"ok", b"\xff", None], pa.binary())}), tmp_path / "a.parquet")
    kinds = [r.problem.kind if isinstance(r, Reject) else r.text for r in read(tmp_path)]
    assert kinds == ["ok", "encoding", "type"]


def test_a_mapped_column_may_be_absent_from_some_files(tmp_path):
    """`--map text=content` is for the files that have `content`; those with `text` are read as they are."""
    pq.write_table(pa.table({"content": ["ا"]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"text": ["ب"]}), tmp_path / "b.parquet")
    assert [r.text for r in read(tmp_path, mapped={"text": "content"})] == ["ا", "ب"]


def test_standard_input_is_read_once():
    """A second - would find it closed."""
    with pytest.raises(UsageError, match="standard input"):
        list(inputs(["-", "-"]))


def test_blank_lines_are_no_records_but_count(tmp_path):
    """Line numbers stay those of the file."""
    (tmp_path / "a.jsonl").write_bytes(b'\n\n{"text": "a"}\n   \n{"text": "b"}')
    assert [r.line for r in read(tmp_path)] == [3, 5]


WEB = [
    (
        "FineWeb-2",
        {"text": "ا", "id": "<urn:uuid:1>", "dump": "CC-MAIN-2013-20", "url": "https://x.pk",
         "date": "2013-05-18T05:30:11Z", "file_path": "s3://x", "language": "urd", "language_score": 0.99},
        {"id": "<urn:uuid:1>", "collected_at": "2013-05-18T05:30:11Z", "url": "https://x.pk"},
        {"dump", "file_path", "language", "language_score"},
    ),
    (
        "CulturaX",
        {"text": "ا", "timestamp": "2020/06/10 12:00:00", "url": "https://x.pk", "source": "OSCAR-2109"},
        {"collected_at": "2020-06-10T12:00:00", "source": None},
        {"source"},
    ),
    (
        "mC4",
        {"text": "ا", "timestamp": "2019-04-24T06:52:43Z", "url": "https://x.pk"},
        {"collected_at": "2019-04-24T06:52:43Z", "published_at": None},
        set(),
    ),
    (
        "HPLT",
        {"text": "ا", "u": "https://x.pk", "ts": "2022-01-20T10:11:12Z", "f": "x.warc", "lang": ["urd_Arab"],
         "id": "h1"},
        {"url": "https://x.pk", "collected_at": "2022-01-20T10:11:12Z", "id": "h1"},
        {"f", "lang"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "record", "ours", "extra"), WEB, ids=[w[0] for w in WEB])
def test_web_corpora_are_recognised(write_jsonl, name, record, ours, extra):
    """Their dates are crawl dates; what we do not use survives in extra."""
    (found,) = read(write_jsonl([record]))
    assert {key: getattr(found, key) for key in ours} == ours
    assert set(json.loads(found.extra or "{}")) == extra


def test_map_names_other_columns(write_jsonl):
    """--map text=content: our text is their content; a column of ours that is pushed aside stays in extra."""
    (found,) = read(write_jsonl([{"content": "ا", "text": "short"}]), mapped={"text": "content"})
    assert (found.text, json.loads(found.extra)) == ("ا", {"text": "short"})
    assert renames(["date", "dump", "file_path", "seen"], {"collected_at": "seen"}) == {"seen": "collected_at"}


def test_a_malformed_url_is_a_warning(write_jsonl):
    """The record stays; its url is empty and the raw value is in extra. Unescaped Urdu is well-formed."""
    bad, good = read(write_jsonl([{"text": "ا", "url": "x.pk/a b"}, {"text": "ا", "url": "https://x.pk/خبر/1"}]))
    assert (bad.url, json.loads(bad.extra)) == (None, {"url": "x.pk/a b"})
    assert "$.url" in bad.warnings[0]
    assert good.url == "https://x.pk/خبر/1"


@pytest.mark.parametrize(
    ("key", "ours"), [("URL", "url"), ("publishedAt", "published_at"), ("Text", "text"), ("dump", None)]
)
def test_near_misses_of_known_names_are_told(key, ours):
    """An unknown key that looks like one of ours is probably meant to be it."""
    assert near_miss(key) == ours


def test_extra_is_canonical(write_jsonl):
    """Keys sorted, no spaces, so that the same record gives the same bytes."""
    one, other = read(
        write_jsonl([{"text": "ا", "b": 1, "a": {"d": 1, "c": 2}}, {"a": {"c": 2, "d": 1}, "text": "ا", "b": 1}])
    )
    assert one.extra == other.extra == '{"a":{"c":2,"d":1},"b":1}'


def test_standard_input_is_json_lines(monkeypatch, tmp_path):
    """A single - reads standard input."""
    (tmp_path / "a").write_bytes(LINES)
    with (tmp_path / "a").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert [r.text for source in inputs(["-"]) for r in records(source)] == ["ا", "ب"]
