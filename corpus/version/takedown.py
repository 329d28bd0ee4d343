"""Takedowns: which documents are gone from the next version on, and their copies with them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.chain import Options, process
from corpus.errors import UsageError
from corpus.groups.address import address
from corpus.groups.signature import key
from corpus.identify import identify
from corpus.read.batches import batches
from corpus.read.inputs import TAKEDOWNS, inputs
from corpus.read.records import all_records

Reason = Literal["author_request", "publisher_request", "legal", "privacy", "error", "other"]
REASONS: tuple[str, ...] = get_args(Reason)


class Takedown(NamedTuple):
    """One entry of `takedowns.jsonl`; `article` is the hash of the words of the article (hex)."""

    id: str | None
    url: str | None
    article: str | None
    reason: str
    with_group: bool = False


def read(files: Iterable[Path]) -> list[Takedown]:
    """Read takedown files.

    Raises:
        UsageError: an entry is not what `corpus takedown` writes; nothing may slip through silently.
    """
    return [_entry(path, at, line) for path in files for at, line in enumerate(path.read_bytes().splitlines(), 1)]


def _entry(path: Path, at: int, line: bytes) -> Takedown:
    try:
        said = orjson.loads(line)
        entry = Takedown(**said)
    except (orjson.JSONDecodeError, TypeError) as error:
        raise UsageError(f"{path}:{at}: not a takedown ({error}); let `corpus takedown` write this file") from error
    if entry.reason not in REASONS or not (entry.id or entry.url or entry.article):
        raise UsageError(f"{path}:{at}: needs id, url or article and a reason of {', '.join(REASONS)}")
    return entry


def withdrawn(keys: pa.Table, takedowns: Iterable[Takedown], ledger: pa.Table) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Say which documents are withdrawn, and why.

    A takedown reaches the document that it names by id or url, every document with the same words in its article, and
    every id and page text that an earlier ledger says was withdrawn by a takedown.

    Args:
        keys: the documents: `id`, `text_sha256`, `url_key`, `article_key`.
        takedowns: what was asked.
        ledger: the previous version's ledger.

    Returns:
        For each document the reason or null, and whether its group is asked to go with it.
    """
    old = ledger.filter(pc.and_(pc.equal(ledger["status"], "withdrawn"), pc.is_in(ledger["reason"], pa.array(REASONS))))
    asked = list(takedowns)
    by_id = {each.id: each for each in asked if each.id}
    by_url = {key(each.url): each for each in asked if each.url}
    by_text = {bytes.fromhex(each.article): each for each in asked if each.article}
    by_page: dict[str, Takedown] = {}
    for row in old.select(["id", "reason", "text_sha256"]).to_pylist():
        entry = Takedown(row["id"], None, None, row["reason"])
        by_id.setdefault(row["id"], entry)
        by_page[row["text_sha256"]] = entry
    named = _hit(keys["text_sha256"], by_page) | _hit(keys["id"], by_id) | _hit(keys["url_key"], by_url)
    texts = keys["article_key"]
    for at, entry in named.items():
        if texts[at].is_valid:
            by_text.setdefault(texts[at].as_py(), entry)
    hits = _hit(texts, by_text) | named
    reasons: list[str | None] = [None] * keys.num_rows
    group = np.zeros(keys.num_rows, dtype=bool)
    for at, entry in hits.items():
        reasons[at] = entry.reason
        group[at] = entry.with_group
    return pa.array(reasons, pa.string()), group


def _hit(column: pa.ChunkedArray, wanted: Mapping[Any, Takedown]) -> dict[int, Takedown]:
    if not wanted:
        return {}
    rows = np.flatnonzero(pc.is_in(column, pa.array(list(wanted), column.type)).to_numpy(zero_copy_only=False))
    return {int(at): wanted[column[at].as_py()] for at in rows}


def append(raw: Path, *, name: str | None, url: str | None, reason: str, with_group: bool) -> bool:
    """Append an entry to `RAW/takedowns.jsonl`, with the hash of the article text where the page is found in `raw`.

    Returns:
        Whether the page was found; if not, only its id or url is reached.
    """
    article = _article(raw, name, url)
    entry = Takedown(name, url, article.hex() if article else None, reason, with_group)
    with (raw / TAKEDOWNS).open("ab") as stream:
        stream.write(orjson.dumps(entry._asdict(), option=orjson.OPT_APPEND_NEWLINE))
    return article is not None


def _article(raw: Path, name: str | None, url: str | None) -> bytes | None:
    for read in batches(all_records(inputs([str(raw)]))):
        if url:
            hit = pa.array([one is not None and address(one) == address(url) for one in read.batch["url"].to_pylist()])
        else:
            hit = pc.equal(identify(read.batch)["id"], name)
        picked = read.batch.filter(hit)
        for value in process(picked, Options())["article_key"].to_pylist() if picked.num_rows else ():
            if value:
                return bytes(value)
    return None
