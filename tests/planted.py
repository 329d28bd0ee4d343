"""Corpora with planted copies: near-duplicates, reuse, bridges, clashes, takedowns; they drive whole exports as well.

docs = planted(seed=1, articles=6, copies=10)
records(docs)                 # raw records, for an export
keys(docs)                    # what the stages behind the bar see
release(docs, ledger)         # decide over them and write the next ledger
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.groups.signature import COLUMNS, sign
from corpus.schema import arrow_schema
from corpus.version import ledger as ledgers
from corpus.version.decide import Decided, decide
from corpus.version.takedown import Takedown

_SYLLABLES = ("با", "در", "کا", "نی", "سو", "لا", "میر", "تن", "شہ", "گر", "پو", "رے", "چا", "جم", "حا", "ظر")
HALVES = (50, 25, 25)  # shares that put something into every split of a small corpus


@dataclass(frozen=True)
class Doc:
    """A page: its article, the texts of other articles on it, and what was done to make it."""

    id: str
    article: str
    related: tuple[str, ...] = ()
    headline: str = ""
    published: str | None = None
    made: str = "original"
    of: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole page."""
        return "\n\n".join((self.headline, self.article, *self.related))


def words(rng: random.Random, count: int) -> list[str]:
    return ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 3))) for _ in range(count)]


def article(rng: random.Random, sentences: int = 8) -> str:
    """Sentences of 10 to 24 words, two a paragraph."""
    said = [" ".join(words(rng, rng.randint(10, 24))) + "۔" for _ in range(sentences)]
    return "\n".join(" ".join(said[at : at + 2]) for at in range(0, sentences, 2))


def edited(rng: random.Random, text: str, share: float) -> str:
    """Replace this share of the words."""
    return " ".join(words(rng, 1)[0] if rng.random() < share else word for word in text.split(" "))


def cut(text: str, share: float) -> str:
    """Keep the first sentences, this share of them."""
    said = text.split("۔")[:-1]
    return "۔".join(said[: max(1, round(len(said) * share))]) + "۔"


def planted(seed: int, articles: int, copies: int, prefix: str = "d", sources: Sequence[Doc] = ()) -> list[Doc]:
    """Originals, and copies of them (or of `sources`) made in every way; ids are in no order."""
    rng = random.Random(seed)
    names = [f"{prefix}{number:03d}" for number in range(articles + copies)]
    rng.shuffle(names)
    docs = [
        Doc(name, article(rng), headline=" ".join(words(rng, 7)), published=f"2024-{rng.randint(1, 12):02d}-15")
        for name in names[:articles]
    ]
    origins = [*sources, *docs] or [Doc("x", article(rng))]
    return docs + [copied(rng, name, rng.choice(origins), rng.choice(origins)) for name in names[articles:]]


def copied(rng: random.Random, name: str, one: Doc, other: Doc) -> Doc:
    """A page made out of one or two others."""
    made = rng.choice(["same page", "same article", "edited", "cut", "embedded", "merged", "shown", "excerpt", "short"])
    own = article(rng)
    doc = {
        "same page": replace(one, id=name),
        "same article": Doc(name, one.article, (article(rng, 2),)),
        "edited": Doc(name, edited(rng, one.article, 0.04), one.related),
        "cut": Doc(name, cut(one.article, 0.8)),
        "embedded": Doc(name, "\n".join([own, one.article, article(rng)])),
        "merged": Doc(name, f"{one.article}\n{other.article}"),
        "shown": Doc(name, own, (one.article,)),
        "excerpt": Doc(name, own, (cut(one.article, 0.7),)),
        "short": Doc(name, " ".join(words(rng, 8)), (one.article,)),
    }[made]
    return replace(doc, made=made, of=(one.id, other.id) if made == "merged" else (one.id,))


def records(docs: Iterable[Doc]) -> list[dict[str, str | None]]:
    """Raw records."""
    return [{"id": doc.id, "text": doc.text, "published_at": doc.published} for doc in docs]


def batch(docs: Sequence[Doc]) -> pa.RecordBatch:
    """What the last stage before the bar is given."""
    related = [[{"headline": None, "text": text} for text in doc.related] for doc in docs]
    return pa.record_batch(
        {
            "id": pa.array([doc.id for doc in docs], pa.string()),
            "text_sha256": pa.array([sha256(doc.text.encode()).hexdigest() for doc in docs], pa.string()),
            "url": pa.nulls(len(docs), pa.string()),
            "article_text": pa.array([doc.article for doc in docs], pa.string()),
            "related_articles": pa.array(related, arrow_schema("documents").field("related_articles").type),
            "metadata": pa.array(
                [{"published_at": doc.published} for doc in docs], pa.struct([("published_at", pa.string())])
            ),
            "annotations": pa.array(
                [{"personal_data": []} for _ in docs], pa.struct([("personal_data", pa.list_(pa.string()))])
            ),
        }
    )


def keys(docs: Sequence[Doc]) -> pa.Table:
    """The keys table, in order of id."""
    return pa.table(sign(batch(docs))).select(["id", "text_sha256", *COLUMNS]).sort_by("id")


def release(
    docs: Sequence[Doc], before: pa.Table | None = None, takedowns: Iterable[Takedown] = (), number: str = "1.0.0"
) -> tuple[pa.Table, Decided, pa.Table]:
    """Decide over a corpus.

    Returns:
        The keys, what was decided, and the new ledger.
    """
    before = ledgers.empty() if before is None else before
    table = keys(docs)
    decided = decide(table, before, takedowns, HALVES)
    fate = decided.fate
    columns = {
        "id": table["id"],
        "text_sha256": table["text_sha256"],
        "content_hash": pa.nulls(table.num_rows, pa.string()),
        "first_release": pc.coalesce(fate["first_release"], pa.scalar(number)),
    }
    names = arrow_schema("ledger").names
    new = pa.table({name: columns.get(name, fate[name] if name in fate.schema.names else None) for name in names})
    silent = before.filter(pc.invert(pc.is_in(before["id"], table["id"].combine_chunks())))
    now = pa.concat_tables([new.cast(arrow_schema("ledger")), silent]).sort_by("id")
    return table, decided, now


def fates(table: pa.Table, decided: Decided) -> dict[str, dict[str, str | None]]:
    """What was decided, by id."""
    return dict(zip(table["id"].to_pylist(), decided.fate.to_pylist(), strict=True))


def shuffled(docs: Sequence[Doc], seed: int) -> list[Doc]:
    return [docs[at] for at in np.random.default_rng(seed).permutation(len(docs))]
