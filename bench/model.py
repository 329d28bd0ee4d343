"""Train the segmenter: `make model` writes the weights that ship, bit for bit, from `raw/composed` alone.

python -m bench.model              train on all composed pages, write corpus/zones/weights.tsv
python -m bench.model --check      train, compare with the file in place, write nothing
python -m bench.model --cross 4    cross-validate by layout and print the scores, write nothing
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.network import SEEDS, Example, fit, layout
from bench.renderings import grafts, listings, renderings
from corpus.evaluate import evaluate, summary
from corpus.schema import labels
from corpus.zones.features import features
from corpus.zones.lines import Rows, rows
from corpus.zones.network import PAGE_TYPES, Weights, parse
from corpus.zones.segment import segment

ROOT = Path(__file__).parent.parent
COMPOSED = ROOT / "raw" / "composed"
# Of so many other pages furniture is taken.
_PARTNERS = 12
SHIPPED = ROOT / "corpus" / "zones" / "weights.tsv"

Page = dict[str, Any]


def composed(folder: Path = COMPOSED) -> list[Page]:
    """The composed pages, sorted by id: id, text, page_type, lang, layout, zones."""
    pages = []
    for gold in sorted(folder.glob("*.zones.jsonl")):
        records = _records(folder / gold.name.replace(".zones", ""))
        texts = {record["id"]: record["text"] for record in records}
        pages += [{**zones, "text": texts[zones["id"]]} for zones in _records(gold)]
    return sorted(pages, key=lambda page: page["id"])


def _records(path: Path) -> list[Page]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def rendered(pages: list[Page]) -> list[Page]:
    """Every page in all its renderings; the other keys stay."""
    return [
        {**page, "text": text, "zones": zones}
        for page in pages
        for text, zones in renderings(page["text"], page["zones"], page["id"])
    ]


def remade(pages: list[Page]) -> list[Page]:
    """Pages made of these: listings of one story, and articles with the furniture of others."""
    listed = [
        {**page, "text": text, "zones": zones, "page_type": "listing"}
        for page in pages
        if page["page_type"] != "other"
        for text, zones in listings(page["text"], page["zones"], page["id"])
    ]
    articles = [page for page in pages if page["page_type"] == "article"]
    stock = [(page["text"], page["zones"]) for page in articles]
    grafted = [
        {**page, "text": text, "zones": zones}
        for page in articles
        for others in [Random(page["id"]).sample(stock, _PARTNERS)]
        for text, zones in grafts(page["text"], page["zones"], others, page["id"])
    ]
    return listed + grafted


def truth(pages: list[Page], found: Rows) -> NDArray[np.int64]:
    """The gold label of every candidate piece: the one most of its characters have."""
    number = {label: code for code, label in enumerate(labels())}
    charted = []
    for page in pages:
        chart = np.full(len(page["text"]), number["body"])
        for zone in page["zones"]:
            chart[zone["start"] : zone["end"]] = number[zone["label"]]
        charted.append(chart)
    spans = zip(found.page, found.start, found.end, strict=True)
    return np.array([np.bincount(charted[page][start:end]).argmax() for page, start, end in spans])


def examples(pages: list[Page]) -> tuple[list[Example], list[str]]:
    """What the trainer takes, and the names of the features."""
    found = rows(pa.array([page["text"] for page in pages], pa.string()))
    table, names = features(found)
    matrix = np.ascontiguousarray(table.T)
    gold = truth(pages, found)
    bounds = np.searchsorted(found.page, np.arange(len(pages) + 1))
    return [
        Example(matrix[begin:end], gold[begin:end], PAGE_TYPES.index(page["page_type"]), 1.0)
        for page, begin, end in zip(pages, bounds[:-1], bounds[1:], strict=True)
        if end > begin
    ], names


def train(pages: list[Page]) -> str:
    """The text of a weights file learned from pages in all their renderings, and from pages made of them."""
    given, names = examples(rendered(pages) + remade(pages))
    return layout([fit(given, seed) for seed in SEEDS], names)


def predicted(pages: list[Page], learned: Weights) -> list[Page]:
    """Pages as segmented with given weights."""
    table = pa.RecordBatch.from_pydict(
        {"id": [page["id"] for page in pages], "text": pa.array([page["text"] for page in pages], pa.string())}
    )
    found: list[Page] = segment(table, learned).to_pylist()
    return found


def folds(pages: list[Page], count: int) -> Iterator[tuple[list[Page], list[Page]]]:
    """Split into training and held-out pages; no layout is in both."""
    layouts = sorted({page["layout"] for page in pages})
    Random(1).shuffle(layouts)
    fold = {name: number % count for number, name in enumerate(layouts)}
    for held in range(count):
        yield [p for p in pages if fold[p["layout"]] != held], [p for p in pages if fold[p["layout"]] == held]


def cross_validate(pages: list[Page], count: int) -> None:
    """Print the scores of held-out layouts: as composed, and as extractors keep them."""
    gold: list[Page] = []
    found: list[Page] = []
    for given, held in folds(pages, count):
        learned = parse(train(given))
        views = [{**page, "id": f"{page['id']}/{n}"} for n, page in enumerate(rendered(held))]
        gold += [*held, *views]
        found += predicted([*held, *views], learned)
    plain = [number for number, page in enumerate(gold) if "/" not in page["id"]]
    for name, chosen in (("composed", plain), ("rendered", sorted(set(range(len(gold))) - set(plain)))):
        print(name, summary(evaluate([gold[n] for n in chosen], [found[n] for n in chosen])))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the shipped weights, write nothing")
    parser.add_argument("--cross", type=int, metavar="FOLDS", help="cross-validate by layout, write nothing")
    wanted = parser.parse_args()
    pages = composed()
    if wanted.cross:
        cross_validate(pages, wanted.cross)
        return 0
    weights = train(pages)
    if wanted.check:
        return int(SHIPPED.read_text(encoding="utf-8") != weights)
    SHIPPED.write_text(weights, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
