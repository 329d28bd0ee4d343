"""Raw records against `schema/raw.schema.json`: what is wrong, where, and what would be right."""

from functools import cache
from typing import Any, NamedTuple

import jsonschema_rs
import orjson

from corpus.schema import load


class Problem(NamedTuple):
    """What is wrong with a record.

    Attributes:
        kind: one word for counting (`type`, `required`, `encoding`, `duplicate` ...).
        path: JSON path of the value, `$` for the whole record.
        reason: a sentence that says what would be right.
    """

    kind: str
    path: str
    reason: str


# What only the whole input shows.
DUPLICATE = Problem("duplicate", "$.id", "the same id and text stand elsewhere; one copy is kept")
CONFLICT = Problem(
    "conflict", "$.id", "the same id stands elsewhere with another text; give each page an id of its own"
)


def validate(value: Any) -> Problem | None:
    """Check one parsed record; a malformed `url` is not a problem here (see `is_iri`)."""
    validator = _validator()
    if validator.is_valid(value):
        return None
    for error in validator.iter_errors(value):
        return _problem(error)
    return None


def is_iri(url: str) -> bool:
    """Tell whether a url is a well-formed IRI: unescaped Urdu letters are, spaces are not."""
    return bool(_url_validator().is_valid(url))


def parse(raw: bytes) -> Any | Problem:
    """Parse one line of JSON; what cannot be parsed comes back as a problem."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return _unparsable(raw, error)


@cache
def _validator() -> Any:
    # The format of url is checked apart, because a malformed one is only a warning.
    return jsonschema_rs.validator_for(load("raw"), validate_formats=False)


@cache
def _url_validator() -> Any:
    return jsonschema_rs.validator_for({"type": "string", "format": "iri"}, validate_formats=True)


def _unparsable(raw: bytes, error: orjson.JSONDecodeError) -> Problem:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as broken:
        return Problem("encoding", "$", f"byte {broken.start + 1} is not UTF-8; save the file as UTF-8")
    if raw.lstrip()[:1] == b"[" and error.pos >= len(raw.rstrip()) - 1:
        return Problem("json", "$", "a JSON array begins here; write one object a line (jq -c '.[]')")
    said = str(error).split(": line ")[0]
    if "recursion" in said.lower() or "depth" in said.lower():
        return Problem("depth", "$", "nested deeper than 254 levels; flatten the record")
    if "surrogate" in said.lower():
        return Problem("encoding", "$", f"a lone surrogate at column {error.pos + 1}; write the character itself")
    return Problem("json", "$", f"not JSON at column {error.pos + 1} ({said}); write one JSON object a line")


def _problem(error: Any) -> Problem:
    path = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    kind = error.schema_path[-1]
    value = error.instance
    if kind == "type" and path == "$":
        return Problem("type", path, f"{_said(value)} is not an object; write one JSON object a line")
    if kind == "required":
        return Problem(
            "required", "$.text", "there is no text; give the page text, or name its column: --map text=COLUMN"
        )
    if kind == "type":
        return Problem("type", path, f"{_said(value)} is not a string; write it in quotes")
    return Problem(*_TOLD[path, kind]._replace(reason=_TOLD[path, kind].reason.format(_said(value))))


# What a person needs to hear for each rule of the raw schema; a test holds this table to the schema.
_TOLD = {
    (problem.path, rule): problem
    for rule, problem in (
        ("pattern", Problem("empty", "$.text", "the page is empty; leave the record out")),
        ("not", Problem("nul", "$.text", "the text holds a NUL character; remove it")),
        ("minLength", Problem("id", "$.id", "the id is empty; leave it out to have one computed")),
        ("maxLength", Problem("id", "$.id", "the id is longer than 512 characters; shorten it")),
        ("not", Problem("id", "$.id", "the id holds a control character; remove it")),
        (
            "pattern",
            Problem("date", "$.published_at", "{} is not an ISO 8601 date; write YYYY-MM-DD or YYYY-MM-DDTHH:MM"),
        ),
        (
            "pattern",
            Problem("date", "$.collected_at", "{} is not an ISO 8601 date; write YYYY-MM-DD or YYYY-MM-DDTHH:MM"),
        ),
    )
}


def _said(value: Any) -> str:
    text = orjson.dumps(value, default=str).decode("utf-8", "replace")
    return text if len(text) <= 60 else text[:57] + "..."
