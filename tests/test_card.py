"""The card: what the Hub reads is right, what people read has the figures of the files."""

import json
import re

import pyarrow.parquet as pq
import pytest

from corpus.card.card import MEASURED, card, measured
from corpus.card.collection import UNKNOWN, parse
from corpus.card.example import examples, shortened
from corpus.card.figures import NONE, figures
from corpus.card.head import features, head
from corpus.card.words import bibtex, licence
from corpus.schema import CONFIGS, SPLITS, arrow_schema, labels
from corpus.version import manifest
from tests.hub import HUGGINGFACE
from tests.releases import built  # noqa: F401

pytestmark = pytest.mark.filterwarnings(HUGGINGFACE)


def read(folder):
    return (folder / "README.md").read_text("utf-8")


def test_the_hub_reads_the_card(releases):
    """huggingface_hub parses the head, finds nothing to complain about, and writes the same data back."""
    from huggingface_hub import DatasetCard, DatasetCardData

    for folder in releases.values():
        read_back = DatasetCard(read(folder))
        data = read_back.data.to_dict()
        assert data["language"] == ["ur"]
        assert data["pretty_name"]
        assert DatasetCardData(**data, ignore_metadata_errors=False).to_dict() == data
        assert read_back.text.lstrip().startswith(f"# {data['pretty_name']} ")


def test_the_head_names_what_there_is_and_nothing_else(releases):
    """A config or split without rows has no entry; the third version has lost its test split."""
    from huggingface_hub import DatasetCard

    for folder in releases.values():
        counts = manifest.read(folder)["counts"]["configs"]
        configs = DatasetCard(read(folder)).data.to_dict()["configs"]
        named = {each["config_name"]: [file["split"] for file in each["data_files"]] for each in configs}
        assert named == {config: list(by) for config, by in counts.items() if by}
        assert [each["config_name"] for each in configs if each.get("default")] == ["articles"]
        for each in configs:
            assert all(list(folder.glob(file["path"])) for file in each["data_files"])


@pytest.mark.parametrize("config", CONFIGS)
def test_the_features_of_the_head_are_those_of_the_files(releases, config, tmp_path):
    """`load_dataset` finds what the bare Parquet files say, also for some of the columns."""
    from datasets import Dataset, load_dataset

    folder = str(releases["second"])
    loaded = load_dataset(folder, config, cache_dir=str(tmp_path))
    bare = Dataset.from_parquet(
        [str(path) for path in releases["second"].glob(f"{config}/train-*.parquet")], cache_dir=str(tmp_path / "bare")
    )
    assert loaded["train"].features == bare.features
    assert loaded["train"].to_list() == bare.to_list()
    assert sorted(loaded) == sorted(manifest.read(releases["second"])["counts"]["configs"][config])
    some = load_dataset(folder, config, split="train", columns=["id"], cache_dir=str(tmp_path / "some"))
    assert some.column_names == ["id"]


@pytest.mark.parametrize("config", CONFIGS)
def test_features_have_every_field(config):
    """No column and no member of a struct is left out of the head."""

    def names(fields):
        for each in fields:
            below = each.get("struct") or each.get("list")
            yield (each["name"], tuple(names(below)) if below else None)

    def columns(fields):
        for each in fields:
            kind = getattr(each.type, "value_type", each.type)
            yield (each.name, tuple(columns(kind)) if kind.num_fields else None)

    assert list(names(features(arrow_schema(config)))) == list(columns(arrow_schema(config)))


def test_people_read_the_figures_of_the_files(releases):
    """Rows of every config and split, and every zone, stand in the card as they are in the Parquet files."""
    folder = releases["second"]
    text = read(folder)
    for config in CONFIGS:
        rows = [
            sum(pq.read_metadata(path).num_rows for path in folder.glob(f"{config}/{split}-*.parquet"))
            for split in SPLITS
        ]
        assert f"| `{config}` | {' | '.join(map(str, [*rows, sum(rows)]))} |" in text
    found = [zone["label"] for row in pq.read_table(folder / "pages").to_pylist() for zone in row["zones"]]
    for label in labels():
        assert re.search(rf"^\| `{label}` \| .* \| {found.count(label)} \| [\d,]+ \|$", text, re.MULTILINE)


def test_every_config_has_a_real_row_of_one_page(releases):
    """The examples are rows of the files, of the same page, cut only where they say so."""
    folder = releases["second"]
    shown = examples(folder)
    assert {row["id"] for row in shown.values()} == {shown["articles"]["id"]}
    for config, row in shown.items():
        assert row in [shortened(each) for each in pq.read_table(folder / config).to_pylist()]
        block = re.search(rf"`{config}`\n\n```json\n(.*?)\n```", read(folder), re.DOTALL)
        assert json.loads(block[1]) == row


def test_the_card_has_no_hole(releases):
    """No name in braces is left, no table is empty, no line ends in the middle of a heading."""
    for folder in releases.values():
        assert not re.search(r"\{\{[a-z_]+\}\}", read(folder))
        assert not re.search(r"^#+ .*\n+(?=# |## |\Z)", read(folder), re.MULTILINE)


def test_a_page_cannot_end_its_example(releases):
    """A fence or a figure's name in the text of a page stays text."""
    folder = releases["second"]
    shown = {"pages": {"id": "x", "text": "```\n# Not a heading {{documents}}"}}
    text = card(manifest.read(folder), figures(folder), UNKNOWN, shown)
    block = re.search(r"`pages`\n\n```json\n(.*?)\n```", text, re.DOTALL)
    assert json.loads(block[1]) == shown["pages"]


def test_the_snippets_pin_the_version(releases):
    """Every way to load that the card shows names the tag of this version."""
    for folder in releases.values():
        version = manifest.read(folder)["version"]
        calls = re.findall(r"^ .*(?:load_dataset\(|hf://).*$", read(folder), re.MULTILINE)
        assert len(calls) == 5
        assert all(f"v{version}" in call for call in calls)


def test_the_citation_is_of_this_version():
    """BibTeX names version and hash; year and author only where somebody said them."""
    said = {"name": "n", "version": "1.2.0", "date": "2026-01-31", "logical_hash": "ab"}
    assert "year = {2026}" in bibtex(said, UNKNOWN)
    assert "version = {1.2.0}" in bibtex(said, UNKNOWN)
    assert "ab" in bibtex(said, UNKNOWN)
    assert "year" not in bibtex({**said, "date": None}, UNKNOWN)
    assert "author = {{An Institute}}" in bibtex(said, parse("---\ncreator: An Institute\n---\n"))


@pytest.mark.parametrize(
    ("said", "hub"),
    [
        ({"CC0-1.0": {"train": 3}}, "cc0-1.0"),
        ({"CC0-1.0": {"train": 3}, NONE: {"test": 1}}, "other"),
        ({"CC0-1.0": {"train": 3}, "CC-BY-4.0": {"train": 1}}, "other"),
        ({"our own terms": {"train": 3}}, "other"),
        ({}, "other"),
    ],
)
def test_a_licence_is_named_only_if_every_row_names_it(said, hub):
    """One silent row, or another licence, and the card says `other`."""
    assert licence({"documents": {"license": said}}).hub == hub


def test_an_empty_config_is_no_default(releases):
    """Where there are no articles, the first config that has rows is the default."""
    counted = figures(releases["first"])
    counted["rows"]["articles"] = {}
    assert re.search(r"config_name: documents\n  default: true", head(counted, UNKNOWN))


def test_the_note_of_the_collection_stands_on_top(releases):
    """What a user must know first is bold and comes before everything else."""
    folder = releases["second"]
    known = parse("---\nnote: All of it is invented.\n---\n")
    text = card(manifest.read(folder), figures(folder), known, examples(folder))
    assert text.index("**All of it is invented.**") < text.index("## What a row is")


def test_scores_are_shown_only_where_they_were_measured():
    """Without a file of scores the card says so, and invents none."""
    assert ("No scores" in measured()) is not MEASURED.is_file()


def test_same_input_same_bytes(releases, tmp_path):
    """Card, datasheet and description are functions of the files and the manifest."""
    from shutil import copytree

    from corpus.card.card import write_card

    folder = copytree(releases["second"], tmp_path / "again")
    names = ("README.md", "DATASHEET.md", "croissant.json")
    before = [(folder / name).read_bytes() for name in names]
    write_card(folder, manifest.read(folder))
    assert [(folder / name).read_bytes() for name in names] == before
