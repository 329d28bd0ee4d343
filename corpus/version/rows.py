"""The wide rows of the chain to the rows of each config."""

import pyarrow as pa
import pyarrow.compute as pc

from corpus.annotate.annotate import URDU
from corpus.schema import arrow_schema


def is_article(table: pa.Table) -> pa.ChunkedArray:
    """Which pages hold one Urdu article with at least a word of text."""
    kept = pc.and_(pc.equal(table["page_type"], "article"), pc.greater(table["n_words"], 0))
    return pc.and_(kept, pc.equal(pc.struct_field(table["annotations"], "language"), URDU))


def articles(table: pa.Table) -> pa.Table:
    """Pages that hold one Urdu article, ready to train on."""
    return _select(
        table,
        "articles",
        text=table["article_text"],
        headline=pc.struct_field(table["article"], "headline"),
        language=pc.struct_field(table["annotations"], "language"),
        **{
            name: pc.struct_field(table["metadata"], name)
            for name in ("url", "source", "published_at", "place", "tags")
        },
    ).filter(is_article(table))


def documents(table: pa.Table) -> pa.Table:
    """Every page, taken apart."""
    names = ["input", "line", "reader"]
    kind = arrow_schema("documents").field("provenance").type
    chunks = [
        pa.StructArray.from_arrays([batch[name] for name in names], fields=list(kind))
        for batch in table.select(names).to_batches()
    ]
    return _select(table, "documents", provenance=pa.chunked_array(chunks, kind))


def related(table: pa.Table) -> pa.Table:
    """Every pair of an article and a title of another one that its page shows."""
    table = table.select(["id", "article", "related_headlines"]).combine_chunks()
    titles = _one(table["related_headlines"], arrow_schema("documents").field("related_headlines").type)
    parent = pc.list_parent_indices(titles)
    flat = titles.flatten()
    first = titles.offsets.to_numpy()[: len(titles)] - (titles.offsets.to_numpy()[0] if len(titles) else 0)
    rank = pc.add(pc.subtract(pa.array(range(len(flat)), pa.int64()), pa.array(first).take(parent)), 1)
    return _select(
        table.select(["id"]).take(parent),
        "related",
        headline=pc.struct_field(table["article"], "headline").take(parent),
        related_headline=flat.field("text"),
        kind=flat.field("kind"),
        rank=rank.cast(pa.int32()),
    )


def pages(table: pa.Table) -> pa.Table:
    """The evidence: every page text and its zones."""
    return _select(table, "pages")


ROWS = {"articles": articles, "documents": documents, "related": related, "pages": pages}


def _one(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    return column.combine_chunks() if column.num_chunks else pa.array([], kind)


def _select(table: pa.Table, config: str, **made: pa.ChunkedArray | pa.Array) -> pa.Table:
    schema = arrow_schema(config)
    return pa.table([made[field.name] if field.name in made else table[field.name] for field in schema], schema=schema)
