"""Which column of a collection is which of ours: the web corpora that we know, and near-misses of our own names."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from corpus.schema import load

OURS = tuple(load("raw")["properties"])


class WebCorpus(NamedTuple):
    """A web corpus, known by columns that only it has together; `columns` are theirs to ours."""

    name: str
    known_by: frozenset[str]
    columns: Mapping[str, str]


# The dates of web corpora say when the page was crawled, never when it was published. A `source` of
# CulturaX names the crawl ("mC4", "OSCAR-2301"), not an outlet: it stays in `extra`. Sources: the data
# set cards of FineWeb-2, CulturaX, mC4 (allenai/c4) and HPLT 2.0.
WEB_CORPORA = (
    WebCorpus("FineWeb-2", frozenset({"dump", "file_path", "date"}), {"date": "collected_at"}),
    WebCorpus("HPLT", frozenset({"u", "ts"}), {"u": "url", "ts": "collected_at"}),
    WebCorpus("CulturaX", frozenset({"timestamp", "source"}), {"timestamp": "collected_at", "source": ""}),
    WebCorpus("mC4", frozenset({"timestamp", "url"}), {"timestamp": "collected_at"}),
)


def renames(keys: Iterable[str], mapped: Mapping[str, str]) -> dict[str, str]:
    """Say how a record's keys become ours: theirs to ours, an empty string for a key that stays in `extra`.

    Args:
        keys: the keys of one record.
        mapped: what the user said with `--map ours=theirs`, as ours to theirs; it goes first.

    >>> renames(["text", "url", "timestamp"], {})
    {'timestamp': 'collected_at'}
    >>> renames(["content", "text"], {"text": "content"})
    {'content': 'text', 'text': ''}
    """
    present = set(keys)
    result: dict[str, str] = {}
    for corpus in WEB_CORPORA:
        if corpus.known_by <= present:
            result.update({theirs: ours for theirs, ours in corpus.columns.items() if theirs in present})
            break
    for ours, theirs in mapped.items():
        if theirs in present:
            result = {key: target for key, target in result.items() if target != ours}
            result[theirs] = ours
    taken = set(result.values())
    result.update({key: "" for key in present if key in taken and key not in result})
    return result


def near_miss(key: str) -> str | None:
    """Name the column of ours that an unknown key was probably meant to be.

    >>> near_miss("URL"), near_miss("published-at"), near_miss("dump")
    ('url', 'published_at', None)
    """
    folded = "".join(c for c in key.lower() if c.isalnum())
    plain = {name.replace("_", ""): name for name in OURS}
    if len(folded) < 3 and folded not in plain:
        return None
    close = get_close_matches(folded, plain, n=1, cutoff=0.84)
    return plain[close[0]] if close else None
