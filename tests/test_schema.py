"""One source: Arrow schemas, HF features and field tables follow the JSON Schemas."""

import jsonschema
import pyarrow as pa
import pytest

from corpus.schema import CONFIGS, arrow_schema, labels, load, resolve, row

ROWS = (*CONFIGS, "ledger")


@pytest.mark.parametrize("name", ["raw", "document", "manifest"])
def test_schemas_are_schemas(name):
    """Each is valid 2020-12 and has a versioned `$id`."""
    schema = load(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["$id"].endswith(f"{name}/1.0.0")


def fields(node, defs, path=""):
    node = resolve(node, defs)
    yield path, node
    for name, child in node.get("properties", {}).items():
        yield from fields(child, defs, f"{path}.{name}")
    if isinstance(node.get("items"), dict):
        yield from fields(node["items"], defs, f"{path}[]")


@pytest.mark.parametrize("name", ["raw", "document", "manifest"])
def test_every_field_has_a_sentence(name):
    """A stranger reads what a field is: one sentence that ends with a full stop."""
    schema = load(name)
    nodes = dict(fields(schema, schema.get("$defs", {})))
    for config in ROWS if name == "document" else ():
        nodes |= {f"{config}{path}": node for path, node in fields(row(config), schema["$defs"])}
    missing = [p for p, node in nodes.items() if not p.endswith("[]") and not node.get("description", "").endswith(".")]
    assert missing == []


@pytest.mark.parametrize("config", ROWS)
def test_rows_stay_in_the_subset_that_maps_to_arrow(config):
    """Objects are closed and name all their fields as required: a struct has all of them."""
    schema = row(config)
    for path, node in fields(schema, schema["$defs"]):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False, path
            assert node["required"] == list(node["properties"]), path


@pytest.mark.parametrize("config", CONFIGS)
def test_features_of_datasets_are_those_of_the_schema(config):
    """HF features drop `not null`, nothing else."""
    from datasets import Features

    def nullable(kind: pa.DataType) -> pa.DataType:
        if pa.types.is_struct(kind):
            return pa.struct([pa.field(f.name, nullable(f.type)) for f in kind])
        if pa.types.is_list(kind):
            return pa.list_(nullable(kind.value_type))
        return kind

    schema = arrow_schema(config)
    features = Features.from_arrow_schema(schema).arrow_schema
    assert [(f.name, f.type) for f in features] == [(f.name, nullable(f.type)) for f in schema]


def test_the_labels_are_the_seventeen_zones():
    """The annotation guide has seventeen zones."""
    assert len(labels()) == len(set(labels())) == 17
