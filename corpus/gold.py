"""Gold pages: pages whose zones a person decided."""

from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from corpus.errors import CorpusError
from corpus.schema import labels
from corpus.zones.segment import segment


def read(path: Path) -> list[dict[str, Any]]:
    """Read gold pages: objects with id, text, page_type and zones, one a line.

    Records without zones have them beside them, in `NAME.zones.jsonl`.

    Raises:
        CorpusError: a line is not a gold page.
    """
    pages = _objects(path)
    beside = path.with_name(f"{path.stem}.zones.jsonl")
    if beside.is_file():
        zones = {page.get("id"): page for page in _objects(beside)}
        pages = [page | zones.get(page.get("id"), {}) for page in pages]
    for number, page in enumerate(pages, 1):
        wrong = _wrong(page)
        if wrong:
            raise CorpusError(f"{path}:{number}: {wrong}; a gold page has id, text, page_type and zones in code points")
    return pages


def predict(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Segment the texts of gold pages."""
    batch = pa.RecordBatch.from_arrays(
        [pa.array([page[name] for page in pages], pa.string()) for name in ("id", "text")], names=["id", "text"]
    )
    return segment(batch).to_pylist()


def _objects(path: Path) -> list[dict[str, Any]]:
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            page = orjson.loads(line) if line.strip() else None
        except orjson.JSONDecodeError as error:
            raise CorpusError(f"{path}:{number}: not JSON ({error}); write one gold page a line") from error
        if isinstance(page, dict):
            found.append(page)
    return found


def _wrong(page: dict[str, Any]) -> str | None:
    missing = [name for name in ("id", "text", "page_type", "zones") if name not in page]
    if missing:
        return f"no {', '.join(missing)}"
    end = 0
    for zone in page["zones"]:
        if zone.get("label") not in labels():
            return f"{zone.get('label')!r} is not a zone"
        if not end <= zone["start"] < zone["end"] <= len(page["text"]):
            return f"zone {zone} is not in order or not inside the page"
        end = zone["end"]
    return None
