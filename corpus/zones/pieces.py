"""The zones of a batch as one flat table."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.codepoints import Codepoints
from corpus.schema import arrow_schema, labels


class Pieces(NamedTuple):
    """The zones of all pages of a batch, in page order; each array has shape (zones,).

    Attributes:
        page: row of the page in the batch.
        label: index into `corpus.schema.labels()`.
        start: first code point, counted in `Codepoints.codes` (not in the page).
        end: code point after the last, counted likewise.
    """

    page: NDArray[np.int64]
    label: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def pieces(zones: pa.ListArray, text: Codepoints) -> Pieces:
    """Flatten a `zones` column into positions of `text`, the code points of the same batch's `text` column."""
    page = np.repeat(np.arange(len(zones)), np.diff(zones.offsets.to_numpy()))
    flat = zones.flatten()
    label = flat.field("label").dictionary_encode()
    codes = np.array([labels().index(name) for name in label.dictionary.to_pylist()], dtype=np.int64)
    base = text.rows[page]
    return Pieces(
        page,
        codes[label.indices.to_numpy(zero_copy_only=False)] if len(flat) else np.zeros(0, dtype=np.int64),
        base + flat.field("start").to_numpy(zero_copy_only=False),
        base + flat.field("end").to_numpy(zero_copy_only=False),
    )


def zones(found: Pieces, text: Codepoints) -> pa.ListArray:
    """The `zones` column of a table of pieces: offsets count from the start of each page again."""
    base = text.rows[found.page]
    offsets = np.searchsorted(found.page, np.arange(len(text.rows)))
    element = arrow_schema("pages").field("zones").type.value_field
    values = pa.StructArray.from_arrays(
        [
            pa.array(np.array(labels(), dtype=object), pa.string()).take(pa.array(found.label)),
            pa.array((found.start - base).astype(np.int32)),
            pa.array((found.end - base).astype(np.int32)),
        ],
        fields=[element.type.field(i) for i in range(3)],
    )
    return pa.ListArray.from_arrays(
        pa.array(offsets.astype(np.int32)), values, type=arrow_schema("pages").field("zones").type
    )
