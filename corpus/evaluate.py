"""Score predicted zones against gold zones: pure functions over pages, nothing is read or printed here.

A page is a mapping with `id`, `text`, `page_type` and `zones` (label, start, end: code points, half-open). Characters
are counted without spaces, so who owns a blank line does not matter. Titles are compared as `related_headline` zones
with spaces folded and bullets, numbers and closing colons stripped.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from corpus.schema import labels

Page = Mapping[str, Any]
ARTICLE = ("body", "subhead")
# A page is right if at least this share of its characters is.
RIGHT = 0.99
_TITLE_EDGE = re.compile(r"^[\s•●▪■◆*\-–—>»«·0-9۰-۹.)]+|[\s:：|]+$")


def chart(page: Page) -> list[str | None]:
    """The label of every code point of a page's text, None between zones.

    >>> chart({"text": "خبر ہے", "zones": [{"label": "body", "start": 0, "end": 3}]})
    ['body', 'body', 'body', None, None, None]
    """
    labelled: list[str | None] = [None] * len(page["text"])
    for zone in page["zones"]:
        labelled[zone["start"] : zone["end"]] = [zone["label"]] * (zone["end"] - zone["start"])
    return labelled


def titles(page: Page) -> Counter[str]:
    """The related headlines of a page, cleaned for comparison."""
    found: Counter[str] = Counter()
    for zone in page["zones"]:
        if zone["label"] == "related_headline":
            text = _TITLE_EDGE.sub("", page["text"][zone["start"] : zone["end"]])
            found[re.sub(r"\s+", " ", text).strip()] += 1
    return found


def f1(hits: int, found: int, wanted: int) -> float:
    """The harmonic mean of precision and recall; 0 without a hit.

    >>> f1(2, 2, 4)
    0.6666666666666666
    """
    return 2 * hits / (found + wanted) if hits else 0.0


def evaluate(gold: Sequence[Page], predicted: Iterable[Page]) -> dict[str, Any]:
    """Compare predictions with gold pages of the same ids.

    Returns:
        `pages`, `macro_f1` (mean over the zones of gold), `accuracy`, `article_f1`, `related_f1`, `pages_right`,
        `type_accuracy`; `zones`: per zone precision, recall, f1 of characters and f1 of exact spans; `confusion`:
        characters by gold and predicted label; `worst`: per page id and accuracy, worst first, and what differs.

    Raises:
        ValueError: a gold page has no prediction, or its text differs.
    """
    by_id = {page["id"]: page for page in predicted}
    confusion: Counter[tuple[str, str]] = Counter()
    spans: dict[str, Counter[str]] = {name: Counter() for name in ("hit", "found", "wanted")}
    related = [0, 0, 0]
    types = 0
    reports = []
    for page in gold:
        other = _partner(page, by_id)
        here = _compare(page, other)
        confusion += here
        _count_spans(page, other, spans)
        ours, theirs = titles(page), titles(other)
        related = [related[0] + (ours & theirs).total(), related[1] + theirs.total(), related[2] + ours.total()]
        types += page["page_type"] == other.get("page_type")
        right = sum(count for (a, b), count in here.items() if a == b)
        reports.append(
            {"id": page["id"], "accuracy": right / max(here.total(), 1), "differences": _differ(page, other)}
        )
    return _scores(confusion, spans, related, types, reports)


def _partner(page: Page, by_id: Mapping[str, Page]) -> Page:
    if page["id"] not in by_id:
        raise ValueError(f"{page['id']}: no prediction")
    other = by_id[page["id"]]
    if other["text"] != page["text"]:
        raise ValueError(f"{page['id']}: the text differs from gold: something was lost or changed")
    return other


def _compare(page: Page, other: Page) -> Counter[tuple[str, str]]:
    pairs = zip(page["text"], chart(page), chart(other), strict=True)
    return Counter((a, b or "nothing") for char, a, b in pairs if a is not None and not char.isspace())


def _count_spans(page: Page, other: Page, spans: dict[str, Counter[str]]) -> None:
    ours = {(zone["label"], zone["start"], zone["end"]) for zone in page["zones"]}
    theirs = {(zone["label"], zone["start"], zone["end"]) for zone in other["zones"]}
    for name, group in (("hit", ours & theirs), ("found", theirs), ("wanted", ours)):
        spans[name].update(label for label, _, _ in group)


def _differ(page: Page, other: Page) -> list[dict[str, str]]:
    """Stretches of a page whose labels differ: gold, predicted, text; spaces take part only inside a stretch."""
    found: list[dict[str, str]] = []
    before: tuple[str | None, str | None] = (None, None)
    spaces = ""
    for char, ours, theirs in zip(page["text"], chart(page), chart(other), strict=True):
        if char.isspace():
            spaces += char
            continue
        if ours != theirs and (ours, theirs) == before:
            found[-1]["text"] += spaces + char
        elif ours != theirs:
            found.append({"gold": ours or "nothing", "predicted": theirs or "nothing", "text": char})
        before, spaces = (ours, theirs), ""
    return found


def _scores(
    confusion: Counter[tuple[str, str]],
    spans: dict[str, Counter[str]],
    related: list[int],
    types: int,
    reports: list[dict[str, Any]],
) -> dict[str, Any]:
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for (a, b), count in confusion.items():
        wanted[a] += count
        found[b] += count
    zones = {}
    for name in (label for label in labels() if wanted[label]):
        hits = confusion[name, name]
        zones[name] = {
            "precision": hits / max(found[name], 1),
            "recall": hits / wanted[name],
            "f1": f1(hits, found[name], wanted[name]),
            "span_f1": f1(spans["hit"][name], spans["found"][name], spans["wanted"][name]),
        }
    article = sum(count for (a, b), count in confusion.items() if a in ARTICLE and b in ARTICLE)
    pages = max(len(reports), 1)
    return {
        "pages": len(reports),
        "macro_f1": sum(zone["f1"] for zone in zones.values()) / max(len(zones), 1),
        "accuracy": sum(confusion[name, name] for name in zones) / max(confusion.total(), 1),
        "article_f1": f1(article, sum(found[name] for name in ARTICLE), sum(wanted[name] for name in ARTICLE)),
        "related_f1": f1(*related),
        "pages_right": sum(report["accuracy"] >= RIGHT for report in reports) / pages,
        "type_accuracy": types / pages,
        "zones": zones,
        "confusion": {a: {b: confusion[a, b] for b in (*labels(), "nothing") if confusion[a, b]} for a in zones},
        "worst": sorted(reports, key=lambda report: (report["accuracy"], report["id"])),
    }


def summary(scores: Mapping[str, Any]) -> str:
    """The scores of the whole in one line."""
    return "  ".join(f"{name} {value:.3f}" for name, value in scores.items() if isinstance(value, float))


def report(scores: Mapping[str, Any], worst: int = 5, most: int = 6) -> str:
    """The scores as text: one line, a row a zone, the commonest confusions, the worst pages with their differences."""
    lines = [
        f"{scores['pages']} pages  {summary(scores)}",
        "",
        f"{'zone':<18}{'precision':>10}{'recall':>8}{'f1':>8}{'spans':>8}",
    ]
    lines += [
        f"{name:<18}{zone['precision']:>10.3f}{zone['recall']:>8.3f}{zone['f1']:>8.3f}{zone['span_f1']:>8.3f}"
        for name, zone in scores["zones"].items()
    ]
    mixed = sorted((-n, a, b) for a, row in scores["confusion"].items() for b, n in row.items() if a != b)
    lines += ["", "characters  gold -> predicted", *(f"{-n:>10}  {a} -> {b}" for n, a, b in mixed[:12])]
    for page in scores["worst"][:worst]:
        if not page["differences"]:
            continue
        lines += ["", f"{page['id']}  {page['accuracy']:.3f}"]
        lines += [
            f"  {part['gold']} -> {part['predicted']}: {_short(part['text'])}" for part in page["differences"][:most]
        ]
        more = len(page["differences"]) - most
        lines += [f"  … and {more} more"] if more > 0 else []
    return "\n".join(lines)


def _short(text: str, size: int = 90) -> str:
    return text if len(text) <= size else f"{text[:size]}…"
