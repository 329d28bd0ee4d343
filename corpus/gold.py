"""Gold pages: pages whose zones a person decided."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pyarrow as pa

from corpus.errors import CorpusError
from corpus.schema import row
from corpus.zones.segment import segment


def read(path: Path) -> list[dict[str, Any]]:
    """Read gold pages: objects with id, text, page_type and zones, one a line.

    Records without zones have them beside them, in `NAME.zones.jsonl`.

    Raises:
        CorpusError: a line is not a gold page, or there is none.
    """
    beside = path.with_name(f"{path.stem}.zones.jsonl")
    zones = {page.get("id"): page for _, page in _objects(beside)} if beside.is_file() else {}
    pages = [(number, page | zones.get(page.get("id"), {})) for number, page in _objects(path)]
    for number, page in pages:
        wrong = _wrong(page)
        if wrong:
            raise CorpusError(f"{path}:{number}: {wrong}; a gold page has id, text, page_type and zones in code points")
    if not pages:
        raise CorpusError(f"{path}: no gold pages; write one a line, with id, text, page_type and zones")
    return [page for _, page in pages]


def predict(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Segment the texts of gold pages; their addresses are seen where they have them."""
    names = ["id", "text", "url"]
    batch = pa.RecordBatch.from_arrays(
        [pa.array([page.get(name) for page in pages], pa.string()) for name in names], names=names
    )
    return segment(batch).to_pylist()


def _objects(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The objects of a file and their lines."""
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            page = orjson.loads(line) if line.strip() else None
        except orjson.JSONDecodeError as error:
            raise CorpusError(f"{path}:{number}: not JSON ({error}); write one gold page a line") from error
        if isinstance(page, dict):
            found.append((number, page))
    return found


def _wrong(page: dict[str, Any]) -> str | None:
    # A gold page is a row of the pages config, whatever else it may have.
    schema = row("pages") | {"additionalProperties": True}
    for error in jsonschema_rs.validator_for(schema).iter_errors(page):
        return f"{'.'.join(['$', *map(str, error.instance_path)])}: {error.message[:120]}"
    end = 0
    for zone in page["zones"]:
        if not end <= zone["start"] < zone["end"] <= len(page["text"]):
            return f"zone {zone} is not in order or not inside the page"
        end = zone["end"]
    return None
