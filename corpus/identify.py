"""Who a page is: its id and the hash of its text."""

from hashlib import blake2b, sha256

import pyarrow as pa
import pyarrow.compute as pc


def identify(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Fill missing ids; append `text_sha256` and `record_key`.

    A missing id becomes the BLAKE2b hash (128 bits, hex) of url and text. `text_sha256` is the SHA-256 of the page
    text in UTF-8 (hex). `record_key` is a hash of all that the record says beside its text, so that of two records
    with one id and one text the same is kept whatever the order of reading.
    """
    ids = batch["id"].to_pylist()
    texts = [value.as_buffer() for value in batch["text"]]
    if None in ids:
        urls = batch["url"].to_pylist()
        ids = [
            given if given is not None else computed(url or "", text)
            for given, url, text in zip(ids, urls, texts, strict=True)
        ]
    hashes = pa.array([sha256(text).hexdigest() for text in texts], pa.string())
    at = batch.schema.get_field_index("id")
    batch = batch.set_column(at, pa.field("id", pa.string(), nullable=False), pa.array(ids, pa.string()))
    batch = batch.append_column(pa.field("text_sha256", pa.string(), nullable=False), hashes)
    return batch.append_column(pa.field("record_key", pa.uint64(), nullable=False), _record_key(batch))


_SAID = ("url", "source", "publisher", "author", "published_at", "collected_at", "license", "extra")


def _record_key(batch: pa.RecordBatch) -> pa.Array:
    said = [pc.fill_null(batch[name], "\0") for name in _SAID]
    joined = pc.binary_join_element_wise(*said, "\x1f").to_pylist()
    keys = [int.from_bytes(blake2b(value.encode("utf-8"), digest_size=8).digest(), "big") for value in joined]
    return pa.array(keys, pa.uint64())


def computed(url: str, text: pa.Buffer | bytes) -> str:
    """The id of a record that brings none: the BLAKE2b hash (128 bits, hex) of its url and text in UTF-8."""
    hashed = blake2b(url.encode("utf-8") + b"\0", digest_size=16)
    hashed.update(text)
    return hashed.hexdigest()
