"""What the record says and what the page says, in one `metadata` column."""

import pyarrow as pa
import pyarrow.compute as pc

from corpus.metadata.describe import describe
from corpus.metadata.lexicon import gazetteer
from corpus.schema import arrow_schema


def metadata(batch: pa.RecordBatch) -> pa.StructArray:
    """The `metadata` column: a record's own value goes first, the page's fills what is missing."""
    page = describe(batch)
    said = {field.name: page.field(i) for i, field in enumerate(page.type)}
    said["place_latin"], said["place_country"] = _located(said["place"])
    kind = arrow_schema("documents").field("metadata").type
    return pa.StructArray.from_arrays([_column(batch, said, field.name) for field in kind], fields=list(kind))


def _located(places: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    """Latin name and country of each place, null where the gazetteer does not know it."""
    found = places.dictionary_encode()
    known = [gazetteer(place) or (None, None) for place in found.dictionary.to_pylist()]
    latin, country = zip(*known, strict=True) if known else ((), ())
    return pa.array(latin, pa.string()).take(found.indices), pa.array(country, pa.string()).take(found.indices)


def _column(batch: pa.RecordBatch, said: dict[str, pa.Array], name: str) -> pa.Array:
    if name not in batch.schema.names:
        return said[name]
    own = batch[name]
    return pc.coalesce(own, said[name]) if name in said else own
