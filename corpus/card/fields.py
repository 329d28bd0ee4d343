"""Field tables from the JSON Schema, for the card and for docs/fields.md."""

from collections.abc import Iterable, Iterator
from typing import Any

from corpus.schema import load, resolve, row


def columns(config: str) -> str:
    """A Markdown table of every field of a config, or of the ledger; members of nested columns by their path."""
    return members(fields(row(config)))


def members(found: Iterable[tuple[str, str, str]]) -> str:
    """A Markdown table of fields."""
    lines = ["| field | type | meaning |", "| --- | --- | --- |"]
    lines += [f"| `{path}` | {kind} | {meaning} |" for path, kind, meaning in found]
    return "\n".join(lines)


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Path, type and meaning of every field of an object schema, outermost first.

    >>> next(fields(row("pages")))
    ('id', 'string', 'Identifier of the page, unique in a version.')
    """
    for name, node in schema["properties"].items():
        yield from _field(name, node, schema.get("$defs", {}))


def zones() -> str:
    """A Markdown table of the zone labels, in the order of the annotation guide."""
    lines = ["| zone | what it is |", "| --- | --- |"]
    lines += [
        f"| `{label['const']}` | {label['description']} |" for label in load("document")["$defs"]["label"]["oneOf"]
    ]
    return "\n".join(lines)


def _field(path: str, node: dict[str, Any], defs: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    said, node = node.get("description"), resolve(node, defs)
    meaning = said or node.get("description", "")
    kind, empty = _kind(node)
    below = node
    if kind == "array":
        path, below = f"{path}[]", resolve(node["items"], defs)
        kind = f"list of {_kind(below)[0]}"
    if values := below.get("enum"):
        meaning = f"{meaning} One of {', '.join(f'`{value}`' for value in values)}."
    yield path, kind + (" or null" if empty else ""), meaning
    for name, child in below.get("properties", {}).items():
        yield from _field(f"{path}.{name}", child, defs)


def _kind(node: dict[str, Any]) -> tuple[str, bool]:
    kind = node["type"]
    kinds = kind if isinstance(kind, list) else [kind]
    return next(k for k in kinds if k != "null"), "null" in kinds
