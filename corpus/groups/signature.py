"""What the whole-corpus stages need to know of a page: keys and signatures instead of text.

A page of news costs about 600 bytes of memory here: 256 for MinHash, four for each passage, 32 for the two keys.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from hashlib import blake2b
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.annotate.personal_data import mask
from corpus.groups.address import address
from corpus.groups.minhash import BINS, LEAST_WORDS, signatures
from corpus.groups.passages import passages
from corpus.groups.words import Words, mixed, words

_KEY = pa.binary(16)
_MINHASH = pa.binary(2 * BINS)
_PASSAGES = pa.list_(pa.uint32())
# Name and type of each column; they are kept in memory for the stages behind the bar, never spilled.
COLUMNS: dict[str, pa.DataType] = {
    "article_key": _KEY,
    "url_key": _KEY,
    "minhash": _MINHASH,
    "article_passages": _PASSAGES,
    "related_passages": _PASSAGES,
    "published": pa.string(),
}
SIGNATURE = tuple(COLUMNS)
_BLOCK = 1 << 18  # characters whose words are hashed at once, so that the arrays stay in the processor's cache
_DATE = len("2024-01-31")


def sign(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Append the columns of `SIGNATURE`.

    Args:
        batch: has `article_text`, `url`, `related_articles`, `metadata` and `annotations`.

    Returns:
        The batch with `article_key`, a hash of the words of the article, and `url_key`, one of the address
        (16 bytes, null where there is none); `minhash`, 128 uint16 as bytes (null below 20
        words); `article_passages` and `related_passages`, hashes of the passages of the article (none below 20
        words) and of the other articles on the page; `published`, its date or null.
    """
    article = batch["article_text"]
    keys, minhash, own = _articles(article.to_pylist())
    columns = {
        "article_key": _unmasked(keys, article, batch["annotations"].field("personal_data")),
        "url_key": pa.array([key(url) if url else None for url in batch["url"].to_pylist()], _KEY),
        "minhash": minhash,
        "article_passages": own,
        "related_passages": _passages(_related(batch["related_articles"])),
        "published": pc.utf8_slice_codeunits(batch["metadata"].field("published_at"), 0, _DATE),
    }
    for name, kind in COLUMNS.items():
        batch = batch.append_column(pa.field(name, kind), columns[name])
    return batch


def key(url: str) -> bytes:
    """The key of an address, however it is written: BLAKE2b, 16 bytes."""
    return _hash(address(url).encode("utf-8"))


def numbers(column: pa.ChunkedArray) -> NDArray[np.uint64]:
    """64 bits of each hash of a column (16 bytes, or 64 hexadecimal digits), where it is not null."""
    held = column.combine_chunks()
    width = 16 if pa.types.is_fixed_size_binary(held.type) else 64
    data = held.buffers()[-1] or b""
    parts = np.frombuffer(data, dtype=np.uint64, count=(held.offset + len(held)) * width // 8)
    parts = parts.reshape(-1, width // 8)[held.offset :]
    return reduce(lambda done, part: mixed(done + part), parts.T, np.zeros(len(parts), dtype=np.uint64))


def _hash(data: bytes | memoryview) -> bytes:
    return blake2b(data, digest_size=_KEY.byte_width).digest()


def _keys(found: Words) -> list[bytes | None]:
    """A hash of the words of each text.

    Words as they are folded: a takedown names an article by this key, and must know it again whatever rules of spelling
    were off when it was made.
    """
    ends = found.rows.tolist()
    return [_hash(found.hashes[a:b].data) if b > a else None for a, b in pairwise(ends)]


def _unmasked(keys: list[bytes | None], article: pa.StringArray, personal: pa.ListArray) -> pa.Array:
    """The keys with personal data left out of the words, so that they are the same whether it was masked before."""
    rows = np.flatnonzero(pc.greater(pc.list_value_length(personal), 0).to_numpy(zero_copy_only=False))
    if len(rows):
        masked = mask(article.take(pa.array(rows))).to_pylist()
        for row, name in zip(rows.tolist(), _keys(words(masked)), strict=True):
            keys[row] = name
    return pa.array(keys, _KEY)


def _related(articles: pa.ListArray) -> list[str]:
    """The texts of other articles on each page, as one string."""
    texts = articles.flatten().field("text").to_pylist()
    offsets = articles.offsets.to_pylist()
    first = offsets[0] if offsets else 0
    return ["\n".join(texts[a - first : b - first]) for a, b in pairwise(offsets)]


def _articles(texts: Sequence[str]) -> tuple[list[bytes | None], pa.Array, pa.ListArray]:
    """The key of each article, MinHash and passages of those of at least 20 words."""
    keys: list[bytes | None] = []
    shorts, minhash, found, counts = [], [], [], []
    for block in _blocks(texts):
        hashed = words(block)
        size = np.diff(hashed.rows)
        hashes, at = passages(hashed)
        said = size >= LEAST_WORDS
        keys += _keys(hashed)
        shorts.append(~said)
        minhash.append(signatures(hashed))
        found.append(hashes[np.repeat(said, np.diff(at))])
        counts.append(np.diff(at) * said)
    every = pa.FixedSizeBinaryArray.from_buffers(_MINHASH, len(texts), [None, pa.py_buffer(np.concatenate(minhash))])
    short = pa.array(np.concatenate(shorts))
    return keys, pc.if_else(short, pa.scalar(None, _MINHASH), every), _listed(found, counts)


def _passages(texts: Sequence[str]) -> pa.ListArray:
    found = [passages(words(block)) for block in _blocks(texts)]
    return _listed([hashes for hashes, _ in found], [np.diff(at) for _, at in found])


def _listed(found: Sequence[NDArray[np.uint32]], counts: Sequence[NDArray[np.int64]]) -> pa.ListArray:
    offsets = np.concatenate([[0], *counts]).cumsum()
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(np.concatenate(found)), type=_PASSAGES)


def _blocks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Stretches of texts; one, though empty, where there are none."""
    begin = size = 0
    for at, text in enumerate(texts):
        size += len(text)
        if size >= _BLOCK:
            yield texts[begin : at + 1]
            begin, size = at + 1, 0
    if begin < len(texts) or not texts:
        yield texts[begin:]
