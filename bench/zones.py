"""Our segmenter beside what others do, on the same gold: `python -m bench.zones GOLD.jsonl... [--check FLOORS]`.

The baselines keep or drop whole lines, so they can only say body or not: what they keep counts as body, the rest as
boilerplate.

    keep       everything is the article
    c4         lines that end with a stop and hold at least five words (C4's rule, Urdu stops added)
    length     lines of at least 80 characters
    justext    jusText, each line a paragraph, with its Urdu stop list
    trafilatura  trafilatura, the lines as paragraphs of a page

`--check` compares our row with `bench/floors.json` and fails if a score is below its floor or the gold has changed;
`--pin` raises the floors to the present scores and refuses to lower one.
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


def compare(name: str, found: dict[str, Any], floors: dict[str, Any]) -> list[str]:
    """What is wrong with a row of scores: the gold changed, or a score fell below its floor."""
    if name not in floors:
        return [f"{name}: no floor; run with --pin"]
    floor = floors[name]
    if floor["sha256"] != found["sha256"]:
        return [f"{name}: the gold has changed; measure again and run with --pin"]
    return [
        f"{name}: {score} is {found[score]:.4f}, floor {floor[score]:.4f}"
        for score in SHOWN
        if found[score] < floor[score] - SLACK
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--check", action="store_true", help="fail if a score of ours is below its floor")
    parser.add_argument("--pin", action="store_true", help="raise the floors to the present scores")
    parser.add_argument("--ours", action="store_true", help="leave out the baselines")
    wanted = parser.parse_args()
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.is_file() else {}
    wrong: list[str] = []
    for path in wanted.gold:
        pages = gold.read(path)
        print(f"\n{path.name}: {len(pages)} pages\n{'':<12}" + "".join(f"{name:>15}" for name in SHOWN))
        rows = {} if wanted.ours or wanted.check else {name: baseline(pages, rule) for name, rule in BASELINES.items()}
        for name, found in {**rows, "ours": gold.predict(pages)}.items():
            scores = evaluate(pages, found)
            print(f"{name:<12}" + "".join(f"{scores[score]:>15.4f}" for score in SHOWN))
        row = {"sha256": fingerprint(pages), **{score: round(scores[score], 4) for score in SHOWN}}
        wrong += compare(path.name, row, floors) if wanted.check else []
        if wanted.pin:
            lower = [line for line in compare(path.name, row, floors) if "floor " in line and "no floor" not in line]
            wrong += lower
            floors[path.name] = floors[path.name] if lower else row
    if wanted.pin:
        FLOORS.write_text(json.dumps(floors, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(*wrong, sep="\n", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
