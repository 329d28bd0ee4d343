"""The JSON Schemas, and what is derived from them: labels, Arrow schemas, validators.

`schema/*.json` is the one source: no field list, type or enum is typed a second time in Python.
"""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

CONFIGS = ("articles", "documents", "related", "pages")
SPLITS = ("train", "validation", "test")


@cache
def load(name: str) -> dict[str, Any]:
    """Read `schema/NAME.schema.json`, from the wheel or from the checkout."""
    here = Path(__file__).parent
    for folder in (here / "_schema", here.parent / "schema"):
        path = folder / f"{name}.schema.json"
        if path.is_file():
            schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return schema
    raise FileNotFoundError(f"schema/{name}.schema.json is missing from the installation")


def row(config: str) -> dict[str, Any]:
    """The JSON Schema of one row of a config, or of the ledger, with its `$defs`."""
    document = load("document")
    if config == "documents":
        return document
    return {"$schema": document["$schema"], "$defs": document["$defs"], **document["$defs"][config]}


@cache
def labels() -> tuple[str, ...]:
    """The zone labels in the order of the annotation guide."""
    return tuple(choice["const"] for choice in load("document")["$defs"]["label"]["oneOf"])


@cache
def arrow_schema(config: str) -> "pa.Schema":
    """The Arrow schema of a config (or of the ledger): every string `string`, every integer `int32`."""
    import pyarrow as pa

    schema = row(config)
    return pa.schema([_field(name, node, schema["$defs"]) for name, node in schema["properties"].items()])


def _field(name: str, node: dict[str, Any], defs: dict[str, Any]) -> "pa.Field":
    import pyarrow as pa

    node = resolve(node, defs)
    kind = node["type"]
    return pa.field(name, _type(node, defs), nullable="null" in kind if isinstance(kind, list) else False)


def resolve(node: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    """Follow a `$ref` into `$defs`."""
    return defs[node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node


def _type(node: dict[str, Any], defs: dict[str, Any]) -> "pa.DataType":
    import pyarrow as pa

    kind = node["type"]
    kind = next(k for k in kind if k != "null") if isinstance(kind, list) else kind
    if kind == "object":
        return pa.struct([_field(name, child, defs) for name, child in node["properties"].items()])
    if kind == "array":
        return pa.list_(_field("element", node["items"], defs))
    return {"string": pa.string(), "integer": pa.int32(), "number": pa.float64(), "boolean": pa.bool_()}[kind]
