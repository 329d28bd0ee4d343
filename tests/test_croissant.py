"""The Croissant description: conforms by our own check, and mlcroissant reads every row through it."""

import json
import logging
from hashlib import sha256

import pyarrow.parquet as pq
import pytest

from corpus.card.collection import UNKNOWN, parse
from corpus.card.croissant import CONTEXT, NO_CREATOR, NO_DATE, REQUIRED, croissant, problems
from corpus.card.datasheet import answers
from corpus.card.figures import figures
from corpus.schema import CONFIGS
from corpus.version import manifest
from tests.releases import built  # noqa: F401

KNOWN = parse(
    "---\ncreator: An Institute\nurl: https://example.org/news\npublished: 2026-01-31\n---\n### 3.1 How?\nAsked.\n"
)


@pytest.fixture(scope="module", name="folder")
def version(releases):
    """A version of nine pages in three splits."""
    return releases["second"]


def described(folder, known):
    said, counted = manifest.read(folder), figures(folder)
    return croissant(said, counted, known, answers(said, counted, known))


@pytest.fixture(scope="module", name="document")
def complete(folder):
    """The description of the version with all that can be known."""
    return described(folder, KNOWN)


def test_a_description_with_all_that_is_known_is_whole(document):
    """Nothing that the specification requires is missing."""
    assert list(problems(document)) == []
    assert document["datePublished"] == "2026-01-31"
    assert document["rai:dataCollection"] == "Asked."


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_required_is_missed(document, name):
    """Each required property is named by one sentence when it is gone; mlcroissant would let most of them go."""
    without = {key: value for key, value in document.items() if key != name}
    assert f"{name} is required and missing." in list(problems(without))


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("@context",), {}, "@context"),
        (("@type",), "Dataset", "@type"),
        (("dct:conformsTo",), "http://mlcommons.org/croissant/1.0", "dct:conformsTo"),
        (("datePublished",), "yesterday", "no ISO 8601 date"),
        (("distribution", 0, "sha256"), "", "sha256 is missing"),
        (("distribution", 0, "@type"), "sc:DataDownload", "neither a FileObject nor a FileSet"),
        (("distribution", -1, "includes"), "", "includes is missing"),
        (("recordSet", 1, "field", 1, "dataType"), "", "dataType is missing"),
        (
            ("recordSet", 1, "field", 1, "source", "fileSet", "@id"),
            "elsewhere",
            "'elsewhere' is not in the distribution",
        ),
    ],
)
def test_what_is_wrong_is_named(document, path, value, sentence):
    """One wrong value, one sentence."""
    wrong = json.loads(json.dumps(document))
    at = wrong
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    assert any(sentence in said for said in problems(wrong))


def test_stand_ins_are_named(folder):
    """Without date, creator and page the document is complete for programs, and our check says what is not meant."""
    document = described(folder, UNKNOWN)
    assert document == json.loads((folder / "croissant.json").read_text("utf-8"))
    assert (document["datePublished"], document["creator"]["name"]) == (NO_DATE, NO_CREATOR)
    assert [said.split()[0] for said in problems(document)] == ["datePublished", "creator", "url"]


def test_every_file_has_its_hash(folder, document):
    """Path, bytes and SHA-256 are those of the manifest, which are those of the disk."""
    objects = {each["@id"]: each for each in document["distribution"] if each["@type"] == "cr:FileObject"}
    listed = {each["path"]: each for each in manifest.read(folder)["files"] if each["rows"] is not None}
    assert objects.keys() == listed.keys()
    for name, each in objects.items():
        assert each["sha256"] == listed[name]["sha256"] == sha256((folder / name).read_bytes()).hexdigest()
        assert each["contentSize"] == f"{listed[name]['bytes']} B"


def test_nested_columns_are_described(document):
    """Every field says what it is, down to the members of lists of structs."""

    def walk(fields):
        for each in fields:
            yield each
            yield from walk(each.get("subField", []))

    found = {each["@id"]: each for each in walk(document["recordSet"][2]["field"])}
    assert all(each["description"] for each in found.values())
    assert found["documents/annotations/sentences"]["isArray"]
    assert found["documents/annotations/sentences/start"]["dataType"] == "sc:Integer"
    assert found["documents/related_headlines/text"]["dataType"] == "sc:Text"


def test_the_context_is_that_of_the_specification():
    """The terms that version 1.1 added are there; mlcroissant's own context lacks nine of them."""
    new = {
        "annotation",
        "arrayShape",
        "containedIn",
        "excludes",
        "isArray",
        "readLines",
        "sdVersion",
        "unArchive",
        "value",
    }
    assert new <= CONTEXT.keys()


@pytest.fixture(scope="module", name="dataset")
def loaded(folder):
    """The version as mlcroissant opens it."""
    logging.disable(logging.WARNING)  # it calls every context but its own not standard
    import mlcroissant

    yield mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    logging.disable(logging.NOTSET)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib, pandas: how mlcroissant 1.1.1 calls them
@pytest.mark.parametrize("config", CONFIGS)
def test_mlcroissant_reads_every_row(folder, dataset, config):
    """Every record of every config, nested members too, equals the row of the Parquet file."""
    splits = [split for split in ("test", "train", "validation") if list(folder.glob(f"{config}/{split}-*.parquet"))]
    rows = [
        {"split": split, **row}
        for split in splits
        for path in sorted(folder.glob(f"{config}/{split}-*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]
    found = [nested(plain(record), config) for record in dataset.records(config)]
    assert sorted(map(canonical, found)) == sorted(map(canonical, rows))


def plain(value):
    """Strings for bytes."""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


def nested(record, config):
    """A record as a row: mlcroissant keys by full id and puts a list of structs inside a struct beside it."""
    row = {}
    for key, value in record.items():
        at = row
        *above, last = key.removeprefix(f"{config}/").split("/")
        for step in above:
            at = at.setdefault(step, {})
        if isinstance(value, dict):
            at.setdefault(last, {}).update(short(value))
        else:
            at[last] = [short(each) for each in value] if isinstance(value, list) else value
    return row


def short(value):
    return {key.rsplit("/", 1)[-1]: each for key, each in value.items()} if isinstance(value, dict) else value


def canonical(row):
    return json.dumps(row, sort_keys=True, ensure_ascii=False)
