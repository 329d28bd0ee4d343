"""Which thresholds tell copies from news of the same kind: a sweep over planted copies of the pages in raw/.

    python bench/duplicates.py                    the sweep: recall of each kind of copy, false alarms
    python bench/duplicates.py --speed            signatures a second, beside datasketch and rensa
    python bench/duplicates.py --documents 1000000    time and memory of placing so many

Articles are the body zones that a person marked, so that no segmenter has a part in the figures. `--pages` names
more files of pages with zones. docs/duplicates.md has the tables and what was chosen from them.
"""

import argparse
import json
import random
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np
import pyarrow as pa

from corpus.groups import minhash, near, passages, reuse
from corpus.groups.place import place
from corpus.groups.signature import COLUMNS, sign
from corpus.groups.split import by_hash
from corpus.groups.words import words
from corpus.normalize import normalize
from corpus.schema import arrow_schema
from corpus.version.ledger import empty

RAW = Path(__file__).parent.parent / "raw"
STEPS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
BODY = ("body", "subhead")
LEAST = 40  # words of an article that copies are made of


class Page(NamedTuple):
    article: str
    related: str = ""


def articles(files: list[Path]) -> list[str]:
    """The marked articles of pages, normalised, in order of id."""
    found = {}
    for path in files:
        zones = path.with_suffix(".zones.jsonl")
        marks = {p["id"]: p["zones"] for p in lines(zones)} if zones.exists() else {}
        for page in lines(path):
            said = page.get("zones") or marks.get(page["id"], [])
            parts = [page["text"][z["start"] : z["end"]] for z in said if z["label"] in BODY]
            found[page["id"]] = normalize("\n".join(parts))
    return [text for _, text in sorted(found.items()) if len(text.split()) >= LEAST]


def lines(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)


def sentences(text: str) -> list[str]:
    return [f"{said}۔" for said in text.replace("\n", " ").split("۔") if said.strip()]


class Maker:
    """Makes copies of articles; words and sentences that are put in come from the other articles."""

    def __init__(self, texts: list[str], seed: int) -> None:
        self.rng = random.Random(seed)
        self.texts = texts
        self.words = " ".join(texts).split()

    def other(self, one: str) -> str:
        return self.rng.choice([text for text in self.texts if text != one])

    def edited(self, one: str, share: float) -> str:
        return " ".join(self.rng.choice(self.words) if self.rng.random() < share else word for word in one.split(" "))

    def cut(self, one: str, share: float) -> str:
        said = sentences(one)
        return " ".join(said[: max(1, round(len(said) * share))])

    def around(self, one: str, times: float) -> str:
        """Sentences of other articles, so many times the words of this one."""
        said: list[str] = []
        while sum(len(each.split()) for each in said) < times * len(one.split()):
            said.append(self.rng.choice(sentences(self.other(one))))
        return " ".join(said)

    def reworded(self, one: str) -> str:
        """Another desk's report of the same event: half the sentences, in other words, and as much of its own."""
        said = [self.edited(each, 0.35) for each in sentences(one)]
        self.rng.shuffle(said)
        return f"{' '.join(said[: max(1, len(said) // 2)])} {self.around(one, 0.5)}"


NOTICE = (
    "ادارے کا مضمون نگار کی رائے سے متفق ہونا ضروری نہیں ہے۔ اس تحریر کو نقل کرتے وقت ماخذ کا حوالہ دینا لازم ہے۔ "
    "ہماری تازہ ترین خبریں فوری طور پر حاصل کرنے کے لیے ہمارا چینل جوائن کیجیے اور گھنٹی کا نشان ضرور دبائیے۔"
)
Pair = Callable[[Maker, str], tuple[Page, Page]]
NEAR: dict[str, Pair] = {
    "edits 2%": lambda m, a: (Page(a), Page(m.edited(a, 0.02))),
    "edits 5%": lambda m, a: (Page(a), Page(m.edited(a, 0.05))),
    "edits 10%": lambda m, a: (Page(a), Page(m.edited(a, 0.10))),
    "first sentence new": lambda m, a: (Page(a), Page(f"{m.around(a, 0.05)} {' '.join(sentences(a)[1:])}")),
    "cut to 80%": lambda m, a: (Page(a), Page(m.cut(a, 0.8))),
    "cut to 65%": lambda m, a: (Page(a), Page(m.cut(a, 0.65))),
    "notice appended": lambda m, a: (Page(a), Page(f"{a}\n{NOTICE}")),
}
REUSE: dict[str, Pair] = {
    "cut to 40%": lambda m, a: (Page(a), Page(m.cut(a, 0.4))),
    "inside 3x": lambda m, a: (Page(a), Page(f"{m.around(a, 1.5)}\n{a}\n{m.around(a, 1.5)}")),
    "inside 10x, one line": lambda m, a: (Page(a), Page(f"{m.around(a, 5)} {' '.join(a.split())} {m.around(a, 5)}")),
    "merged": lambda m, a: (Page(a), Page(f"{a}\n{m.other(a)}")),
    "edits 5%, inside 3x": lambda m, a: (Page(a), Page(f"{m.around(a, 3)}\n{m.edited(a, 0.05)}")),
    "edits 10%, inside 3x": lambda m, a: (Page(a), Page(f"{m.around(a, 3)}\n{m.edited(a, 0.10)}")),
    "shown beside": lambda m, a: (Page(a), Page(m.other(a), a)),
    "60% shown beside": lambda m, a: (Page(a), Page(m.other(a), m.cut(a, 0.6))),
}
OTHER: dict[str, Pair] = {
    "unrelated": lambda m, a: (Page(a), Page(m.other(a))),
    "one notice on both": lambda m, a: (Page(f"{a}\n{NOTICE}"), Page(f"{m.other(a)}\n{NOTICE}")),
    "one event, two reports": lambda m, a: (Page(a), Page(m.reworded(a))),
    "a third quoted": lambda m, a: (Page(a), Page(f"{m.cut(a, 0.34)} {m.around(a, 1.5)}")),
    "one teaser on both": lambda m, a: (Page(a, NOTICE), Page(m.other(a), NOTICE)),
}


def keys(pages: list[Page]) -> pa.Table:
    count = len(pages)
    related = [[{"headline": None, "text": page.related}] if page.related else [] for page in pages]
    batch = pa.record_batch(
        {
            "article_text": pa.array([page.article for page in pages], pa.string()),
            "url": pa.nulls(count, pa.string()),
            "related_articles": pa.array(related, arrow_schema("documents").field("related_articles").type),
            "metadata": pa.array([{"published_at": None}] * count, pa.struct([("published_at", pa.string())])),
            "annotations": pa.array(
                [{"personal_data": []}] * count, pa.struct([("personal_data", pa.list_(pa.string()))])
            ),
            "text_sha256": pa.array([f"{number:064x}" for number in range(count)]),
        }
    )
    return pa.table(sign(batch)).select(["text_sha256", *COLUMNS])


def alike(table: pa.Table) -> np.ndarray:
    """The estimated similarity of rows 0 and 1, 2 and 3 and so on; 0 for articles below 20 words."""
    signed = [np.frombuffer(each or bytes(2), dtype=np.uint16) for each in table["minhash"].to_pylist()]
    pairs = zip(signed[::2], signed[1::2], strict=True)
    return np.array([float((a == b).mean()) if len(a) == len(b) > 1 else 0.0 for a, b in pairs])


def bound(pages: list[Page], share: float) -> np.ndarray:
    """Whether reuse binds pages 0 and 1, 2 and 3 and so on, each two taken for themselves."""
    signed = keys(pages)
    with mock.patch.object(reuse, "COVERED", share):
        shared = (reuse.shared_passages(signed.slice(at, 2)) for at in range(0, len(pages), 2))
        return np.array([len(reuse.reused(each, np.ones(2, dtype=bool))) > 0 for each in shared])


def sweep(texts: list[str], seed: int) -> None:
    kinds = {"near-duplicate": NEAR, "reuse": REUSE, "neither": OTHER}
    made = {
        (group, kind): [page for text in texts for page in make(Maker(texts, seed + at), text)]
        for group, each in kinds.items()
        for at, (kind, make) in enumerate(each.items())
    }
    print(f"{len(texts)} articles, median {int(np.median([len(t.split()) for t in texts]))} words")
    scores = {kind: alike(keys(pages)) for kind, pages in made.items()}
    report("MinHash similarity", "near-duplicate", {kind: [s >= step for step in STEPS] for kind, s in scores.items()})
    covered = {kind: [bound(pages, step) for step in STEPS] for kind, pages in made.items()}
    report("share of an article's passages that are covered", "reuse", covered)
    options(texts, made["reuse", "edits 5%, inside 3x"])
    every(texts)


def report(title: str, wanted: str, found: dict[tuple[str, str], list[np.ndarray]]) -> None:
    """The share of pairs of each kind that is found at each step; recall and precision of a group."""
    print(f"\n{title}".ljust(41) + "".join(f"{step:>8}" for step in STEPS))
    for (group, kind), hits in found.items():
        print(f"{group:<16}{kind:<24}" + "".join(f"{np.mean(each):>8.3f}" for each in hits))
    right, wrong = (
        np.mean([[np.mean(each) for each in hits] for (group, _), hits in found.items() if group == asked], axis=0)
        for asked in (wanted, "neither")
    )
    print("recall".ljust(40) + "".join(f"{each:>8.3f}" for each in right))
    print("precision".ljust(40) + "".join(f"{each:>8.3f}" for each in right / (right + wrong)))


def options(texts: list[str], pages: list[Page]) -> None:
    """How passages are cut: what it costs, and what is found of articles with 5% edits."""
    print("\nleast words of a passage: passages per 100 words, found at 0.5 with 5% edits")
    for least in (1, 2, 3, 4, 5, 6):
        with mock.patch.object(passages, "LEAST_WORDS", least):
            found = words(texts)
            cost = 100 * len(passages.passages(found)[0]) / len(found.hashes)
            print(f"{least:>4}{cost:>8.2f}{np.mean(bound(pages, 0.5)):>8.3f}")


def every(texts: list[str]) -> None:
    """All pairs of pages: they tell of different events, so what is found is looked at."""
    table = keys([Page(text) for text in texts])
    found = near.near_duplicates(table, 0.3)
    shared = reuse.reused(reuse.shared_passages(table), np.ones(len(texts), dtype=bool))
    print(
        f"\nall {len(texts) * (len(texts) - 1) // 2} pairs of pages: "
        f"{len(found)} near-duplicates at 0.3, {len(shared)} reuse"
    )
    for kind, pairs in (("near-duplicate", found), ("reuse", shared)):
        for one, other in pairs[:20].tolist():
            print(f"  {kind}: {texts[one][:60]!r} | {texts[other][:60]!r}")


def speed(texts: list[str], count: int = 20_000) -> None:
    """Sign as many pages as the copy floor copies."""
    rng = random.Random(1)
    pages = [Page("\n".join(rng.choices(texts, k=4))) for _ in range(count)]
    size = sum(len(page.article.encode()) for page in pages)
    print(f"{count} articles, {size / 1e6:.0f} MB, {np.mean([len(p.article.split()) for p in pages]):.0f} words each")
    begin = time.thread_time()
    for at in range(0, count, 500):
        table = keys(pages[at : at + 500])
    print(
        f"ours (MinHash, passages, keys), one thread: {time.thread_time() - begin:.2f} s, "
        f"{table.nbytes / table.num_rows:.0f} bytes each"
    )
    part = pages[: count // 20]
    for name in ("rensa", "datasketch"):
        try:
            make = {"rensa": _rensa, "datasketch": _datasketch}[name]()
        except ImportError:
            print(f"{name}: not installed")
            continue
        begin = time.thread_time()
        for page in part:
            said = page.article.split()
            make([" ".join(said[at : at + 3]) for at in range(len(said) - 2)])
        print(
            f"{name}, 128 permutations, one thread: {20 * (time.thread_time() - begin):.2f} s "
            f"(from {len(part)} articles)"
        )


def _rensa() -> Callable[[list[str]], object]:
    from rensa import RMinHash

    def make(shingles: list[str]) -> object:
        signed = RMinHash(num_perm=128, seed=1)
        signed.update(shingles)
        return signed.digest()

    return make


def _datasketch() -> Callable[[list[str]], object]:
    from datasketch import MinHash

    def make(shingles: list[str]) -> object:
        signed = MinHash(128)
        signed.update_batch([shingle.encode() for shingle in shingles])
        return signed.digest()

    return make


def scale(count: int) -> None:
    """Place so many documents of which 4% are near-duplicates and 4% hold another one."""
    table = _signatures(count, np.random.default_rng(1))
    print(f"{count} documents, {table.nbytes / count:.0f} bytes each; held: {_peak():.0f} MB")
    begin = time.thread_time()
    placed = place(
        table,
        empty(),
        by_hash((90, 5, 5)),
        pa.nulls(count, pa.string()),
        np.zeros(count, dtype=bool),
        np.zeros(count, dtype=np.int64),
    )
    took = time.thread_time() - begin
    copies = count - placed.duplicate_of.null_count
    print(
        f"placed in {took:.1f} s of one processor; {copies} near-duplicates, {len(placed.group.unique())} groups; "
        f"peak: {_peak():.0f} MB"
    )


def _signatures(count: int, rng: np.random.Generator) -> pa.Table:
    signed = rng.integers(0, 1 << 16, (count, minhash.BINS), dtype=np.uint16)
    near_copies, holders = count // 25, count // 25
    signed[-near_copies:] = np.where(
        rng.random((near_copies, minhash.BINS)) < 0.2, signed[-near_copies:], signed[:near_copies]
    )
    each = 64
    held = rng.integers(0, 1 << 32, (count, each), dtype=np.uint32)
    held[near_copies : near_copies + holders, : each - 10] = held[count // 2 : count // 2 + holders, : each - 10]
    key = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), count, [None, pa.py_buffer(rng.bytes(16 * count))])
    offsets = pa.array(np.arange(count + 1) * each, pa.int32())
    return pa.table(
        {
            "id": pa.array([f"urd-{number:09d}" for number in range(count)]),
            "text_sha256": pa.array([f"{number:064x}" for number in range(count)]),
            "article_key": key,
            "url_key": key,
            "minhash": pa.FixedSizeBinaryArray.from_buffers(pa.binary(256), count, [None, pa.py_buffer(signed)]),
            "article_passages": pa.ListArray.from_arrays(offsets, pa.array(held.ravel())),
            "related_passages": pa.ListArray.from_arrays(
                pa.array(np.zeros(count + 1, dtype=np.int32)), pa.array([], pa.uint32())
            ),
            "published": pa.nulls(count, pa.string()),
        }
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, nargs="*", default=[], help="more files of pages with zones")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--documents", type=int, default=0)
    asked = parser.parse_args()
    if asked.documents:
        scale(asked.documents)
        return
    raw = sorted(path for path in RAW.rglob("*.jsonl") if not path.name.endswith(".zones.jsonl"))
    texts = articles([*raw, *asked.pages])
    if asked.speed:
        speed(texts)
    else:
        sweep(texts, asked.seed)


if __name__ == "__main__":
    main()
