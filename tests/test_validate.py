"""The raw schema: what is accepted, what is rejected, and what a person is told."""

import json
from pathlib import Path

import jsonschema
import jsonschema_rs
import pytest

from corpus.schema import load
from corpus.validate import _TOLD, is_iri, validate

RECORDS = Path(__file__).parent / "records"


def cases(schema: str, verdict: str) -> list[Path]:
    found = sorted((RECORDS / schema / verdict).glob("*.json"))
    assert found
    return found


@pytest.mark.parametrize("path", cases("raw", "valid"), ids=lambda p: p.stem)
def test_valid_raw_records_are_accepted(path):
    """The folder is the expectation; the reference validator says the same."""
    record = json.loads(path.read_text("utf-8"))
    assert validate(record) is None
    assert jsonschema.Draft202012Validator(load("raw")).is_valid(record)


@pytest.mark.parametrize("path", cases("raw", "invalid"), ids=lambda p: p.stem)
def test_invalid_raw_records_are_rejected_at_their_path(path):
    """An invalid record names the JSON path that must be reported; the reference validator rejects it too."""
    case = json.loads(path.read_text("utf-8"))
    problem = validate(case["record"])
    assert problem
    assert problem.path == case["expect"]
    assert ";" in problem.reason, "a reason says what would be right"
    assert not jsonschema.Draft202012Validator(load("raw")).is_valid(case["record"])


@pytest.mark.parametrize("verdict", ["valid", "invalid"])
def test_documents_are_judged_alike_by_both_validators(verdict):
    """Reference validator and fast path have the same verdict on document rows."""
    schema = load("document")
    for path in cases("document", verdict):
        record = json.loads(path.read_text("utf-8"))
        reference = jsonschema.Draft202012Validator(schema).is_valid(record)
        assert reference == jsonschema_rs.validator_for(schema).is_valid(record) == (verdict == "valid"), path.name


def test_every_rule_of_the_raw_schema_has_its_sentence():
    """A rule added to the schema needs a sentence in the table of what a person is told."""
    rules = {
        (f"$.{name}", rule)
        for name, node in load("raw")["properties"].items()
        for rule in node
        if rule not in {"description", "type", "format"}
    }
    assert rules == set(_TOLD)


@pytest.mark.parametrize("url", ["https://x.pk/خبر/1", "https://x.pk/%D8%AE", "http://example.com?a=ب#ج"])
def test_urdu_addresses_are_iris(url):
    """`uri` would reject raw Urdu addresses; `iri` accepts them, as the reference validator does."""
    schema = {"type": "string", "format": "iri"}
    reference = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    assert is_iri(url)
    assert reference.is_valid(url)


@pytest.mark.parametrize("url", ["x.pk/a", "https://x.pk/a b", "", "//x"])
def test_what_is_no_address_is_told_apart(url):
    """A relative reference, a space: not an address."""
    assert not is_iri(url)
