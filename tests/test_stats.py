"""`corpus stats`: the figures are those that a reader of the Parquet files would count."""

import json
from collections import Counter

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.card import figures as module
from corpus.card.figures import NONE, QUANTILES, figures
from corpus.cli import corpus
from corpus.schema import CONFIGS, SPLITS, labels
from corpus.version.stats import SAMPLE, stats, text
from tests.releases import built  # noqa: F401


@pytest.fixture(scope="module", name="folder")
def version(releases):
    """A version of nine pages in three splits."""
    return releases["second"]


def rows(folder, config, split="*"):
    return [
        row for path in sorted(folder.glob(f"{config}/{split}-*.parquet")) for row in pq.read_table(path).to_pylist()
    ]


def test_counts_are_those_of_the_files(folder):
    """Counted again row by row, in plain Python."""
    said = stats(folder)
    for split in SPLITS:
        documents = rows(folder, "documents", split)
        assert {config: said["rows"][config].get(split, 0) for config in CONFIGS} == {
            config: len(rows(folder, config, split)) for config in CONFIGS
        }
        dates = [row["metadata"]["published_at"] for row in documents]
        expected = {
            "page_type": Counter(row["page_type"] for row in documents),
            "language": Counter(row["annotations"]["language"] for row in documents),
            "year": Counter(day[:4] if day else NONE for day in dates),
            "source": Counter(row["metadata"]["source"] or NONE for row in documents),
        }
        for name, counts in expected.items():
            assert {value: by[split] for value, by in said["documents"][name].items() if split in by} == counts
        assert said["sentences"].get(split, 0) == sum(len(row["annotations"]["sentences"]) for row in documents)
        zones = [zone for row in rows(folder, "pages", split) for zone in row["zones"]]
        assert {label: said["zones"][label]["zones"].get(split, 0) for label in labels()} == {
            label: sum(zone["label"] == label for zone in zones) for label in labels()
        }


def test_fields_with_a_value_are_counted(folder):
    """Null and the empty list say nothing."""
    documents = rows(folder, "documents")
    for name, count in figures(folder)["filled"].items():
        assert count == sum(row["metadata"][name] not in (None, []) for row in documents), name


@settings(max_examples=25, deadline=None)
@given(values=st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_quantiles_are_nearest_rank(tmp_path_factory, values):
    """Every quantile is a value that is there, the same that polars and numpy give for the nearest rank."""
    folder = tmp_path_factory.mktemp("q")
    (folder / "articles").mkdir()
    half = len(values) // 2
    for shard, part in enumerate((values[:half], values[half:])):
        pq.write_table(
            pa.table({"n": pa.array(part, pa.int32())}), folder / "articles" / f"train-0000{shard}-of-00002.parquet"
        )
    found = module._quantiles(folder, "articles", "train", "n")
    expected = np.quantile(values, [q / 100 for q in QUANTILES], method="inverted_cdf")
    assert list(found.values()) == expected.tolist()


def test_every_quality_signal_has_quantiles(folder):
    """All numbers of `annotations.quality`, over all documents."""
    documents = pl.DataFrame([row["annotations"]["quality"] for row in rows(folder, "documents")])
    said = stats(folder)["quality"]
    assert set(said) == set(documents.columns)
    for name in documents.columns:
        assert (said[name]["p0"], said[name]["p100"]) == (documents[name].min(), documents[name].max())


def test_the_sample_is_real_and_always_the_same(folder):
    """A few articles at even distances, from the files as they are."""
    said = stats(folder)
    assert said == stats(folder)
    articles = {row["id"]: row for row in rows(folder, "articles")}
    assert len(said["sample"]) == min(SAMPLE, len(articles))
    for row in said["sample"]:
        assert {**articles[row["id"]], **{k: v for k, v in row.items() if k != "split"}} == articles[row["id"]]
        assert row["id"] in {each["id"] for each in rows(folder, "articles", row["split"])}


def test_only_columns_that_are_counted_are_read(folder, monkeypatch):
    """No page text and no paragraph is read to count."""
    read = []
    iter_batches, whole = pq.ParquetFile.iter_batches, pq.ParquetFile.read
    monkeypatch.setattr(
        pq.ParquetFile, "iter_batches", lambda s, **how: read.append(how["columns"]) or iter_batches(s, **how)
    )
    monkeypatch.setattr(pq.ParquetFile, "read", lambda s, **how: read.append(how["columns"]) or whole(s, **how))
    figures(folder)
    assert read
    named = {name for columns in read for name in columns}
    assert not named & {"text", "article", "article.paragraphs", "related_articles", "annotations"}


def test_an_empty_version_has_figures(tmp_path):
    """Nothing in, zeros out, and nothing breaks."""
    said = figures(tmp_path)
    assert all(not by for by in said["rows"].values())
    assert said["groups"]["groups"] == 0


def test_text_and_json_say_the_same(folder):
    """The command prints both; every split and every zone stands in the text."""
    as_json = CliRunner().invoke(corpus, ["stats", str(folder), "--format", "json"])
    as_text = CliRunner().invoke(corpus, ["stats", str(folder)])
    assert (as_json.exit_code, as_text.exit_code) == (0, 0)
    said = json.loads(as_json.stdout)
    assert said == json.loads(json.dumps(stats(folder)))
    assert text(said) == as_text.stdout.rstrip("\n")
    for word in (*SPLITS, *labels(), *said["quality"], *(row["id"] for row in said["sample"])):
        assert word in as_text.stdout


def test_a_page_cannot_steer_the_terminal(folder):
    """Control characters of titles, sources and texts are not printed."""
    said = stats(folder)
    said["sample"][0] |= {"headline": "a\x1b[2Jb", "text": "c\x07\nd", "source": "e\x9bf"}
    said["documents"]["source"] = {"g\x1b[31m": {"train": 1}}
    assert not {"\x1b", "\x07", "\x9b"} & set(text(said))


def test_card_and_datasheet_show_the_same_figures(folder):
    """One count, three places."""
    said = stats(folder)
    words = f"{sum(said['words'].values()):,} words of article text"
    for name in ("README.md", "DATASHEET.md"):
        assert words in (folder / name).read_text("utf-8")
