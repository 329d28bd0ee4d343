"""Zones become the three things that users ask for: the article, the related headlines, the metadata."""

import pyarrow as pa
import pyarrow.compute as pc

from corpus.assemble.article import article
from corpus.assemble.metadata import metadata
from corpus.assemble.related import related_articles, related_headlines
from corpus.codepoints import codepoints
from corpus.schema import arrow_schema
from corpus.zones.pieces import pieces


def assemble(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Append `article`, `related_headlines`, `related_articles` and `metadata`; strings are slices of the page."""
    text = codepoints(batch["text"])
    found = pieces(batch["zones"], text)
    listing = pc.equal(batch["page_type"], "listing").to_numpy(zero_copy_only=False)
    columns = {
        "article": article(text, found, listing),
        "related_headlines": related_headlines(text, found, listing),
        "related_articles": related_articles(text, found),
        "metadata": metadata(batch),
    }
    for name, column in columns.items():
        batch = batch.append_column(arrow_schema("documents").field(name), column)
    return batch
