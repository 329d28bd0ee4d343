"""The laws of the design, over pages that hypothesis makes."""

import json
import tempfile
from pathlib import Path

import jsonschema_rs
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.chain import Options, process
from corpus.read.batches import RECORDS
from corpus.schema import CONFIGS, arrow_schema, labels, row
from corpus.version.export import Request, export
from corpus.version.verify import verify
from tests.strategies import pages

quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
slow = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


def batch(texts: list[str]) -> pa.RecordBatch:
    blank = dict.fromkeys(RECORDS.names)
    rows = [blank | {"id": f"p/{i}", "text": t, "input": "x", "line": i, "reader": "json"} for i, t in enumerate(texts)]
    return pa.RecordBatch.from_pylist(rows, schema=RECORDS)


@quick
@given(st.lists(pages, min_size=1, max_size=4))
def test_zones_tile_the_page(texts):
    """Law 1: zones are inside the page, ordered, disjoint, and cover every character that is not space."""
    for text, zones in zip(texts, process(batch(texts), Options())["zones"].to_pylist(), strict=True):
        end = 0
        left = []
        for zone in zones:
            assert zone["label"] in labels()
            assert end <= zone["start"] < zone["end"] <= len(text)
            assert not text[zone["start"]].isspace()
            assert not text[zone["end"] - 1].isspace()
            left.append(text[end : zone["start"]])
            end = zone["end"]
        assert "".join([*left, text[end:]]).strip() == ""


@quick
@given(st.lists(pages, min_size=2, max_size=6), st.data())
def test_stages_commute_with_batching(texts, data):
    """Law 3: f(a + b) == f(a) + f(b), for every stage at once."""
    cut = data.draw(st.integers(1, len(texts) - 1))
    whole = batch(texts)
    together = process(whole, Options())
    apart = pa.Table.from_batches([process(whole.slice(0, cut), Options()), process(whole.slice(cut), Options())])
    assert pa.Table.from_batches([together]).to_pylist() == apart.to_pylist()


@quick
@given(st.lists(pages, min_size=1, max_size=3))
def test_strings_of_documents_are_slices_of_the_page(texts):
    """What the documents config shows stands in the page, letter for letter."""
    for row_ in process(batch(texts), Options()).to_pylist():
        article = row_["article"]
        said = [article[name] for name in ("headline", "standfirst", "byline", "dateline")]
        said += article["paragraphs"]
        said += [part for each in row_["related_articles"] for part in each.values()]
        assert all(part is None or part in row_["text"] for part in said)
        for title in row_["related_headlines"]:
            assert row_["text"][title["start"] : title["end"]] == title["text"]


def build(records: list[dict], out: Path, **asked):
    raw = out / "raw.jsonl"
    raw.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return export(Request(paths=(str(raw),), out=out / "dist", **asked))


@slow
@given(st.lists(pages, max_size=8), st.randoms(use_true_random=False))
def test_rows_in_are_rows_out(texts, chance):
    """Law 2: records = documents + duplicates + rejected + withheld + withdrawn; `verify` finds nothing."""
    records = [{"id": f"p/{chance.randrange(6)}", "text": t} for t in texts]
    records += [{"id": "", "text": "x"}] * chance.randrange(3)
    with tempfile.TemporaryDirectory() as folder:
        result = build(records, Path(folder))
        counts = result.manifest["counts"]
        out = counts["documents"] + counts["duplicates"] + sum(counts["rejected"].values())
        assert counts["records"] == len(records) == out + counts["withheld"] + counts["withdrawn"]
        assert list(verify(result.folder)) == []


@slow
@given(st.lists(pages, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_input_does_not_matter(texts, chance):
    """Law 4: shuffled input has the same logical hash, with conflicts and duplicates among the records."""
    records = [{"id": f"p/{chance.randrange(6)}", "text": t, "author": chance.choice(["ا", "ب"])} for t in texts]
    shuffled = records.copy()
    chance.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first, second = build(records, Path(one)), build(shuffled, Path(other))
    assert first.manifest["logical_hash"] == second.manifest["logical_hash"]


def test_workers_change_no_byte(few, tmp_path):
    """Laws 3 and 4: the same input gives the same bytes, whatever the number of threads."""
    hashes = []
    for workers in (1, 3):
        folder = tmp_path / str(workers)
        folder.mkdir()
        result = build(few * 2, folder, workers=workers)
        hashes.append({f["path"]: f["sha256"] for f in result.manifest["files"]})
    assert hashes[0] == hashes[1]


def test_rows_read_back_are_valid(few, tmp_path):
    """Laws 6 and 7: every row of every config validates, and every file has the schema's columns."""
    result = build(few, tmp_path)
    seen = 0
    for config in CONFIGS:
        validator = jsonschema_rs.validator_for(row(config))
        for path in (result.folder / config).glob("*.parquet"):
            table = pq.read_table(path)
            assert table.schema.equals(arrow_schema(config))
            for record in table.to_pylist():
                assert [e.message for e in validator.iter_errors(json.loads(json.dumps(record)))] == []
                seen += 1
    assert seen >= 3 * len(few)
