"""Layers beside the text: language, sentences, personal data, quality signals."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.annotate.language import language
from corpus.annotate.personal_data import KINDS, personal_data
from corpus.annotate.quality import quality
from corpus.annotate.sentences import sentences
from corpus.codepoints import Codepoints, codepoints
from corpus.schema import arrow_schema
from corpus.zones.pieces import pieces

URDU = "ur"
UNKNOWN = "und"


def annotate(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Append `annotations`; pages that are not in Urdu become `page_type` other."""
    text = codepoints(batch["text"])
    found = pieces(batch["zones"], text)
    spans = sentences(text, found, batch["page_type"])
    spoken = language(text, found, spans)
    exposed = personal_data(text)
    kind = arrow_schema("documents").field("annotations").type
    code = pa.array(spoken.page, pa.string())
    columns = {
        "language": code,
        "language_score": pa.array(spoken.score, pa.float64()),
        "sentences": _spans(kind, "sentences", text, spans.page, spans.start, spans.end, spoken.sentence),
        "personal_data": _spans(
            kind, "personal_data", text, exposed.page, exposed.start, exposed.end, _names(exposed.kind)
        ),
        "quality": quality(text, found),
    }
    column = pa.StructArray.from_arrays([columns[field.name] for field in kind], fields=list(kind))
    batch = batch.append_column(arrow_schema("documents").field("annotations"), column)
    foreign = pc.invert(pc.is_in(code, pa.array([URDU, UNKNOWN])))
    at = batch.schema.get_field_index("page_type")
    return batch.set_column(at, batch.schema.field(at), pc.if_else(foreign, "other", batch["page_type"]))


def _names(kinds: NDArray[np.integer]) -> pa.StringArray:
    return pa.array(KINDS, pa.string()).take(pa.array(kinds))


def _spans(
    kind: pa.StructType,
    name: str,
    text: Codepoints,
    page: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    word: pa.StringArray,
) -> pa.ListArray:
    """A list column of spans, offsets counted from the start of each page."""
    listed = kind.field(name).type
    fields = list(listed.value_type)
    base = text.rows[page]
    made = {"start": pa.array((start - base).astype(np.int32)), "end": pa.array((end - base).astype(np.int32))}
    values = pa.StructArray.from_arrays([made.get(field.name, word) for field in fields], fields=fields)
    offsets = np.searchsorted(page, np.arange(len(text.rows)))
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), values, type=listed)
