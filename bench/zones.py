"""Our segmenter beside what others do, on the same gold: `python -m bench.zones GOLD.jsonl... [--check]`.

The baselines keep or drop whole lines, so they can only say body or not: what they keep counts as body, the rest as
boilerplate.

    keep       everything is the article
    c4         lines that end with a stop and hold at least five words (C4's rule, Urdu stops added)
    length     lines of at least 80 characters
    justext    jusText, each line a paragraph, with its Urdu stop list
    trafilatura  trafilatura, the lines as paragraphs of a page

`--check` compares our scores on all the files together with `bench/floors.json` and fails if one is below its floor or
the gold has changed; `--pin` raises the floors to the present scores and refuses to lower one. Together, because the
macro F1 of a file of 40 pages moves by 0.02 from one seed of the training to the next, that of a thousand by 0.001.
"""

import argparse
import hashlib
import html
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus import gold
from corpus.evaluate import evaluate

FLOORS = Path(__file__).parent / "floors.json"
# One character more or less moves a score by less than this on a gold of some ten thousand characters.
SLACK = 0.0005
SHOWN = ("accuracy", "article_f1", "related_f1", "macro_f1", "pages_right", "type_accuracy")

Page = dict[str, Any]
Keeper = Callable[[list[str]], list[bool]]


def keep(lines: list[str]) -> list[bool]:
    return [True] * len(lines)


def c4(lines: list[str]) -> list[bool]:
    return [line.rstrip("\"'”’ ").endswith(("۔", ".", "؟", "?", "!")) and len(line.split()) >= 5 for line in lines]


def length(lines: list[str]) -> list[bool]:
    return [len(line) >= 80 for line in lines]


def justext(lines: list[str]) -> list[bool]:
    import justext as library

    page = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    found = library.justext(
        f"<html><body>{page}</body></html>".encode(), library.get_stoplist("Urdu"), encoding="utf-8"
    )
    kept = {" ".join(part.text.split()) for part in found if not part.is_boilerplate}
    return [" ".join(line.split()) in kept for line in lines]


def trafilatura(lines: list[str]) -> list[bool]:
    import trafilatura as library

    page = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    text = library.extract(f"<html><body><article>{page}</article></body></html>", include_comments=False) or ""
    kept = {" ".join(line.split()) for line in text.splitlines()}
    return [" ".join(line.split()) in kept for line in lines]


BASELINES: dict[str, Keeper] = {
    "keep": keep,
    "c4": c4,
    "length": length,
    "justext": justext,
    "trafilatura": trafilatura,
}


def baseline(pages: list[Page], keeper: Keeper) -> list[Page]:
    """Pages whose kept lines are body and whose other lines are boilerplate."""
    found = []
    for page in pages:
        spans, at = [], 0
        for line in page["text"].split("\n"):
            if line.strip():
                begin = at + len(line) - len(line.lstrip())
                spans.append((begin, begin + len(line.strip())))
            at += len(line) + 1
        kept = keeper([page["text"][begin:end] for begin, end in spans])
        zones = [
            {"label": "body" if ours else "boilerplate", "start": begin, "end": end}
            for ours, (begin, end) in zip(kept, spans, strict=True)
        ]
        found.append({"id": page["id"], "text": page["text"], "page_type": "article", "zones": zones})
    return found


def fingerprint(pages: list[Page]) -> str:
    """The hash of a gold: texts and zones, whatever the file's form."""
    kept = [{name: page[name] for name in ("id", "page_type", "text", "zones")} for page in pages]
    return hashlib.sha256(json.dumps(kept, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def compare(found: dict[str, Any], floor: dict[str, Any]) -> list[str]:
    """What is wrong with a row of scores: the gold changed, or a score fell below its floor."""
    if floor.get("sha256") != found["sha256"]:
        return ["the gold has changed; measure again and run with --pin"]
    return [
        f"{score} is {found[score]:.4f}, floor {floor[score]:.4f}"
        for score in SHOWN
        if found[score] < floor[score] - SLACK
    ]


def show(name: str, pages: list[Page], rows: dict[str, list[Page]]) -> dict[str, Any]:
    """Print a row of scores for each of several segmenters; the scores of the last."""
    print(f"\n{name}: {len(pages)} pages\n{'':<12}" + "".join(f"{score:>15}" for score in SHOWN))
    scores: dict[str, Any] = {}
    for row, found in rows.items():
        scores = evaluate(pages, found)
        print(f"{row:<12}" + "".join(f"{scores[score]:>15.4f}" for score in SHOWN))
    return scores


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--check", action="store_true", help="fail if a score of ours is below its floor")
    parser.add_argument("--pin", action="store_true", help="raise the floors to the present scores")
    parser.add_argument("--ours", action="store_true", help="leave out the baselines")
    wanted = parser.parse_args()
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.is_file() else {}
    rules = {} if wanted.ours or wanted.check else BASELINES
    pages: list[Page] = []
    ours: list[Page] = []
    for path in wanted.gold:
        given = gold.read(path)
        found = gold.predict(given)
        show(path.name, given, {**{name: baseline(given, rule) for name, rule in rules.items()}, "ours": found})
        pages += given
        ours += found
    scores = show("together", pages, {"ours": ours})
    row = {"sha256": fingerprint(pages), **{score: round(scores[score], 4) for score in SHOWN}}
    wrong = compare(row, floors) if wanted.check or wanted.pin else []
    if wanted.pin and not any("floor " in line for line in wrong):
        FLOORS.write_text(json.dumps(row, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        wrong = []
    print(*wrong, sep="\n", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
