"""Personal data out of the page before anything is derived from it."""

import pyarrow as pa

from corpus.annotate.personal_data import mask

MASKED = ("text", "source", "publisher", "author", "license", "extra")


def mask_personal_data(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Replace personal data by as many blocks as it has code points, everywhere but in id, address and dates."""
    for name in MASKED:
        at = batch.schema.get_field_index(name)
        batch = batch.set_column(at, batch.schema.field(at), mask(batch[name]))
    return batch
