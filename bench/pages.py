"""Any number of realistic pages as JSON Lines, made of the composed ones: for timing, not for training.

    python bench/pages.py 20000 > pages.jsonl

A page takes its furniture, headline and related titles from one composed page in one rendering, and its body from
sentences of all of them, in each of which every third or fourth word is another one: distinct articles, to whoever
looks for duplicates. Length and record follow FineWeb-2 Urdu (5.9 KB a line, 40 lines of text a page). Planted: of
fifty pages one repeats the text of another, and one its article, with a few words changed and other furniture.
Page `n` depends on the seed and `n` alone: more pages are the same pages and more.
"""

import argparse
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import NamedTuple

import orjson
from renderings import Page, Piece, page, pieces, renderings

COMPOSED = Path(__file__).parent.parent / "raw" / "composed"
PROSE = {"body", "related_body"}
STOP = "۔"
MEDIAN, SPREAD, LEAST, MOST = 2_350, 0.62, 150, 20_000  # code points of body: log-normal, as pages of the web are
EVERY, EXACT, NEAR = 50, 25, 49  # of fifty pages, which one is a copy, and which one nearly so


class Stock(NamedTuple):
    """What pages are made of: templates, sentences as words, words to put in."""

    templates: list[Page]
    sentences: list[list[str]]
    words: list[str]


@lru_cache(maxsize=1)
def stock() -> Stock:
    templates: list[Page] = []
    sentences: list[list[str]] = []
    for path in sorted(COMPOSED.glob("?.jsonl")):
        zones = map(orjson.loads, path.with_suffix(".zones.jsonl").read_bytes().splitlines())
        for record, annotated in zip(map(orjson.loads, path.read_bytes().splitlines()), zones, strict=True):
            for text, found, _ in renderings(record["text"], annotated["zones"], annotated["page_type"], record["id"]):
                templates.append(pieces(text, found))
            sentences += [
                said.split()
                for part in pieces(record["text"], annotated["zones"])
                if part.label in PROSE
                for said in part.text.split(STOP)
                if 6 <= len(said.split()) <= 60
            ]
    words = sorted({word for said in sentences for word in said if len(word) > 3 and word.isalpha()})
    return Stock(templates, sentences, words)


def varied(words: list[str], dice: Random) -> str:
    """The sentence with every third or fourth word another one: no run of five words stays."""
    said = list(words)
    at = dice.randrange(3)
    while at < len(said):
        said[at] = dice.choice(stock().words)
        at += dice.choice((3, 4))
    return " ".join(said)


def body(dice: Random) -> list[str]:
    """Paragraphs of one article."""
    size = min(MOST, max(LEAST, int(MEDIAN * dice.lognormvariate(0, SPREAD))))
    paragraphs = []
    while size > 0:
        said = f"{STOP} ".join(
            varied(dice.choice(stock().sentences), dice) for _ in range(dice.choice((1, 1, 1, 1, 2)))
        )
        paragraphs.append(said + STOP)
        size -= len(said)
    return paragraphs


def filled(template: Page, paragraphs: list[str], dice: Random) -> str:
    """The text of a page: the template with another article in it and its titles varied."""
    parts: Page = []
    rest = list(paragraphs)
    between = dice.choice(("\n", "\n\n"))
    for part in template:
        if part.label == "body":
            parts += [Piece(part.before if n == 0 else between, "body", said) for n, said in enumerate(rest)]
            rest = []
        elif part.label in {"headline", "related_headline", "related_body", "see_also", "standfirst"}:
            parts.append(part._replace(text=varied(part.text.split(" "), dice)))
        else:
            parts.append(part)
    return page(parts)[0]


def text_of(number: int, seed: int) -> str:
    """The text of page `number`."""
    kind = number % EVERY
    if kind == EXACT:
        return text_of(number - 7, seed)
    dice = Random(f"{seed}/{number}/page")
    paragraphs = body(Random(f"{seed}/{number - 7 if kind == NEAR else number}/body"))
    for _ in range(2 if kind == NEAR else 0):
        at = dice.randrange(len(paragraphs))
        paragraphs[at] = paragraphs[at].replace(" ", f" {dice.choice(stock().words)} ", 1)
    return filled(dice.choice(stock().templates), paragraphs, dice)


def record(number: int, seed: int) -> dict[str, object]:
    """The record of page `number`, with the columns of FineWeb-2."""
    dice = Random(f"{seed}/{number}/record")
    year, month, day = dice.randint(2013, 2024), dice.randint(1, 12), dice.randint(1, 28)
    host = f"www.site{dice.randrange(400)}.pk"
    return {
        "text": text_of(number, seed),
        "id": f"<urn:uuid:{dice.getrandbits(128):032x}>",
        "dump": f"CC-MAIN-{year}-{dice.randint(4, 51):02d}",
        "url": f"https://{host}/{year}/{month:02d}/{dice.getrandbits(48):012x}.html",
        "date": f"{year}-{month:02d}-{day:02d}T{dice.randrange(24):02d}:{dice.randrange(60):02d}:00Z",
        "file_path": f"s3://commoncrawl/crawl-data/CC-MAIN-{year}/segments/{dice.getrandbits(40)}.warc.gz",
        "language": "urd",
        "language_score": round(dice.uniform(0.9, 1), 6),
        "language_script": "Arab",
        "minhash_cluster_size": dice.choice((1, 1, 1, 2, 5)),
        "top_langs": "{}",
    }


def lines(count: int, seed: int) -> Iterator[bytes]:
    """Pages as lines of JSON."""
    return (orjson.dumps(record(number, seed), option=orjson.OPT_APPEND_NEWLINE) for number in range(count))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("pages", type=int)
    asked.add_argument("--seed", type=int, default=7)
    options = asked.parse_args()
    sys.stdout.buffer.writelines(lines(options.pages, options.seed))


if __name__ == "__main__":
    main()
