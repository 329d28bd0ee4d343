"""The logical hash: what a version says, whatever wrote the bytes.

A document's content hash is BLAKE2b (128 bits) over the canonical JSON of its rows: keys in schema order, no
spaces, UTF-8. A version's logical hash is SHA-256 over `id` and content hash of its documents, sorted by id.
Provenance is left out, so the same pages from another folder are the same corpus.
"""

from collections.abc import Iterable
from hashlib import blake2b, sha256

import polars as pl
import pyarrow as pa

from corpus.schema import arrow_schema

# Everything else in the four configs follows from these columns.
CONTENT = (
    *(name for name in arrow_schema("documents").names if name != "provenance"),
    "text", "zones", "article_text", "duplicate_of", "group", "split",
)  # fmt: skip


def content_hashes(table: pa.Table) -> pa.Array:
    """The content hash (hex) of every row.

    Args:
        table: has the columns of `CONTENT`; `article_text` and `duplicate_of` are null for pages that are no
            article, because no config shows them.
    """
    said = pl.DataFrame(table.select(CONTENT)).select(pl.struct(CONTENT).struct.json_encode()).to_series()
    values = said.to_arrow().cast(pa.large_string())
    return pa.array([blake2b(value.as_buffer(), digest_size=16).hexdigest() for value in values], pa.string())


def logical_hash(documents: Iterable[tuple[str, str]]) -> str:
    """Combine (id, content hash) pairs that come sorted by id."""
    combined = sha256()
    for name, content in documents:
        combined.update(name.encode("utf-8") + b"\0" + content.encode("ascii") + b"\n")
    return combined.hexdigest()
