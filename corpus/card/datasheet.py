"""The datasheet of a version: the questions, what the software can answer, the collection's own answers, the counts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.card.collection import FILE as COLLECTION
from corpus.card.collection import QUESTION, Collection, sections
from corpus.card.figures import total
from corpus.card.words import licence, pretty_name
from corpus.errors import CorpusError
from corpus.schema import SPLITS

FILE = "DATASHEET.md"
TEMPLATE = (Path(__file__).parent / "datasheet.md").read_text("utf-8")
OPEN = f"*Not answered yet; whoever collected the pages can, under this heading in {COLLECTION} beside them.*"
_NAMED = re.compile(r"\{\{([a-z_]+)\}\}")


def datasheet(manifest: Mapping[str, Any], figures: Mapping[str, Any], known: Collection) -> str:
    """The whole sheet; questions that nobody answered say so.

    Raises:
        CorpusError: the collection answers a question that there is not, or names a figure that there is not.
    """
    said, there = answers(manifest, figures, known), words(manifest, figures, known)
    parts, end = [], 0
    for mark in QUESTION.finditer(TEMPLATE):
        parts += [fill(TEMPLATE[end : mark.end()], there), "\n\n", said.get(mark[1], OPEN), "\n"]
        end = mark.end() + len(_under(mark.end()))
    return "".join(parts)


def answers(manifest: Mapping[str, Any], figures: Mapping[str, Any], known: Collection) -> dict[str, str]:
    """The answers by number of the question, filled; open questions are not among them."""
    ours = sections(TEMPLATE)
    if unknown := sorted(known.answers.keys() - ours):
        raise CorpusError(f"{COLLECTION}: there is no question {unknown[0]}; the headings of {FILE} have the numbers")
    there = words(manifest, figures, known)
    both = {number: known.answers.get(number, "{{default}}").replace("{{default}}", ours[number]) for number in ours}
    return {number: fill(text, there) for number, text in both.items() if text}


def fill(text: str, there: Mapping[str, str]) -> str:
    """Put figures where their names stand in double braces.

    >>> fill("{{documents}} pages", {"documents": "1,204"})
    '1,204 pages'

    Raises:
        CorpusError: a name is no figure's.
    """

    def figure(named: re.Match[str]) -> str:
        if named[1] not in there:
            raise CorpusError(f"{named[0]} is no figure; there are {', '.join(sorted(there))}")
        return there[named[1]]

    return _NAMED.sub(figure, text)


def _under(begin: int) -> str:
    """The template's answer under a heading that ends at `begin`."""
    found = re.compile(r"\n##").search(TEMPLATE, begin)
    return TEMPLATE[begin : found.start() if found else len(TEMPLATE)]


def words(manifest: Mapping[str, Any], figures: Mapping[str, Any], known: Collection) -> dict[str, str]:
    """Every figure by name, as it is written."""
    counts, groups, options = manifest["counts"], figures["groups"], manifest["options"]
    masked = options.get("mask_personal_data", False)
    published = manifest["date"] or known.head.get("published")
    numbers = {
        **{name: counts[name] for name in ("records", "documents", "duplicates", "withheld", "withdrawn")},
        "rejected": sum(counts["rejected"].values()),
        "articles": total(figures["rows"]["articles"]),
        "related": total(figures["rows"]["related"]),
        "words": total(figures["words"]),
        "sentences": total(figures["sentences"]),
        "n_labels": len(figures["zones"]),
        "articles_in_groups": groups["articles_in_groups_of_several"],
        "groups_of_several": groups["of_several"],
        "largest_group": groups["largest"],
        "near_duplicates": groups["near_duplicates"],
    }
    return {
        **{name: f"{number:,}" for name, number in numbers.items()},
        "pretty_name": pretty_name(known),
        "version": manifest["version"],
        "after": f"; it follows {manifest['previous']}" if manifest["previous"] else ", the first",
        "tool": f"{manifest['tool']['name']} {manifest['tool']['version']}",
        "since": f"This version: {published}." if published else "No date was given for this version.",
        "licence": licence(figures).sentence,
        "split_rule": _split_rule(options["shares"], options["cutoff"]),
        "page_types": _listed(_totals(figures["documents"]["page_type"])),
        "languages": _listed(_totals(figures["documents"]["language"])),
        "personal_data": _listed(_totals(figures["personal_data"])) or "nothing",
        "normalization": _listed({rule: n for rule, n in counts["normalization"].items() if n}) or "none",
        "masking": "In this version they are replaced by blocks."
        if masked
        else "`corpus export --mask-personal-data` replaces them by blocks.",
        "but_masked": ", except that personal data is replaced by blocks" if masked else "",
        "raw_masked": " Personal data in it is masked; the unmasked text is not part of the version." if masked else "",
        "leaks": _leaks(manifest.get("leaks", {})),
        "splits_table": splits_table(figures),
        "zones_table": zones_table(figures),
        "filled_table": table(
            ("field", "documents"), [(f"`{name}`", f"{n:,}") for name, n in figures["filled"].items()]
        ),
    }


def _split_rule(shares: Sequence[int], cutoff: Sequence[str]) -> str:
    """How a group comes to its split, as half a sentence."""
    if not cutoff:
        percent = ", ".join(map(str, shares))
        return f"by fixed cuts over a hash of the group's name, {percent} percent in train, validation and test"
    middle = f"validation from {cutoff[0]} on, " if cutoff[0] < cutoff[1] else ""
    return f"by the day of its earliest text, {middle}test from {cutoff[1]} on, all else and what has no date in train"


def _leaks(found: Mapping[str, Mapping[str, int]]) -> str:
    """What two splits have in common, as the export counted it anew from the finished version."""
    kinds = dict.fromkeys(kind.replace("_", "-") for by in found.values() for kind in by)
    if not kinds:
        return "Pairs that two splits have in common were not counted in this version."
    pairs = sum(sum(by.values()) for by in found.values())
    return f"Counted again over the finished version: {pairs:,} pairs between two splits ({', '.join(kinds)})."


def splits_table(figures: Mapping[str, Any]) -> str:
    """Rows by config and split."""
    rows = [
        (f"`{config}`", *(f"{by.get(split, 0):,}" for split in SPLITS), f"{total(by):,}")
        for config, by in figures["rows"].items()
    ]
    return table(("config", *SPLITS, "all"), rows)


def zones_table(figures: Mapping[str, Any]) -> str:
    """Zones by label and split, and their size."""
    rows = [
        (f"`{label}`", *(f"{said['zones'].get(split, 0):,}" for split in SPLITS), f"{said['characters']:,}")
        for label, said in figures["zones"].items()
    ]
    return table(("zone", *SPLITS, "code points"), rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are numbers and stand to the right."""
    marks = ["---", *(["---:"] * (len(head) - 1))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, marks, *rows))


def _totals(counts: Mapping[str, dict[str, int]]) -> dict[str, int]:
    return {value: total(by) for value, by in counts.items()}


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.items())
