"""The dataset card of a version; `write_card` writes it, the datasheet and the Croissant description."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.card import croissant, datasheet
from corpus.card.collection import UNKNOWN, Collection
from corpus.card.example import examples
from corpus.card.fields import columns
from corpus.card.figures import figures, total
from corpus.card.head import DEFAULT, head
from corpus.card.words import bibtex
from corpus.schema import CONFIGS, load, row

FILE = "README.md"
TEMPLATE = (Path(__file__).parent / "card.md").read_text("utf-8")
# Scores of the segmenter and the annotators on gold, as the timed runs in bench/ wrote them; the card invents none.
MEASURED = Path(__file__).parent / "measured.json"


def write_card(folder: Path, manifest: Mapping[str, Any], known: Collection = UNKNOWN) -> tuple[str, ...]:
    """Write README.md, DATASHEET.md and croissant.json into a version's folder.

    Args:
        folder: the version; its Parquet files are there.
        manifest: all of it but those of its `files` that are written here.
        known: what is known about the collection.

    Returns:
        Sentences that name what the Croissant description lacks because nobody said it.
    """
    counted = figures(folder)
    answers = datasheet.answers(manifest, counted, known)
    described = croissant.croissant(manifest, counted, known, answers)
    (folder / FILE).write_text(card(manifest, counted, known, examples(folder)), encoding="utf-8")
    (folder / datasheet.FILE).write_text(datasheet.datasheet(manifest, counted, known), encoding="utf-8")
    (folder / croissant.FILE).write_text(croissant.dumps(described), encoding="utf-8")
    return tuple(croissant.problems(described))


def card(
    manifest: Mapping[str, Any], counted: Mapping[str, Any], known: Collection, shown: Mapping[str, dict[str, Any]]
) -> str:
    """The card as Markdown with its YAML head.

    Args:
        manifest: of the version.
        counted: figures of the version.
        known: what is known about the collection.
        shown: an example row of each config.
    """
    there = {**datasheet.words(manifest, counted, known), **_words(manifest, counted, known, shown)}
    return f"---\n{head(counted, known)}---\n\n{datasheet.fill(TEMPLATE, there)}"


def _words(
    manifest: Mapping[str, Any], counted: Mapping[str, Any], known: Collection, shown: Mapping[str, dict[str, Any]]
) -> dict[str, str]:
    published = manifest["date"] or known.head.get("published")
    follows = f"It follows {manifest['previous']}." if manifest["previous"] else "It is the first version."
    dated = f"Dated {published}." if published else ""
    described = [
        (f"`{name}`" + (" (default)" if name == DEFAULT else ""), row(name)["description"]) for name in CONFIGS
    ]
    return {
        "version_line": f"{follows} {dated}".strip(),
        "default": DEFAULT,
        "configs_table": _text_table(("config", "a row is"), described),
        "examples": "\n\n".join(f"`{name}`\n\n```json\n{_json(each)}\n```" for name, each in shown.items()),
        "columns": "\n\n".join(f"### {name}\n\n{columns(name)}" for name in CONFIGS),
        "lengths_table": _lengths(counted),
        "zones_described": _zones(counted),
        "measured": measured(),
        "masking_line": "Personal data is masked."
        if manifest["options"].get("mask_personal_data")
        else "Personal data is marked, not removed.",
        "note": f"\n**{known.head['note']}**\n" if "note" in known.head else "",
        "bibtex": bibtex(manifest, known),
        "contact": known.head.get("contact", "whoever published this version"),
    }


def measured() -> str:
    """The scores with their gold and the command that prints each; a sentence where none were shipped."""
    if not MEASURED.is_file():
        return (
            "No scores are shipped with this version of the software; `corpus evaluate GOLD.jsonl` prints those of the "
            "zones on gold of yours."
        )
    said = json.loads(MEASURED.read_text("utf-8"))
    rows = [
        (each["what"], each["gold"], each["measure"], f"{each['value']:.3f}", f"`{each['command']}`") for each in said
    ]
    return _text_table(("what", "gold", "measure", "score", "printed by"), rows)


def _lengths(counted: Mapping[str, Any]) -> str:
    names = {"article_words": "words of an article", "page_characters": "code points of a page, without space"}
    rows = [
        (f"{names[name]}, {split}", *(f"{value:,}" for value in of.values()))
        for name, by in counted["lengths"].items()
        for split, of in by.items()
        if of
    ]
    quantiles: Mapping[str, float] = next((of for by in counted["lengths"].values() for of in by.values() if of), {})
    return datasheet.table(("quantiles", *quantiles), rows) if rows else ""


def _zones(counted: Mapping[str, Any]) -> str:
    meaning = {each["const"]: each["description"] for each in load("document")["$defs"]["label"]["oneOf"]}
    rows = [
        (f"`{label}`", meaning[label], f"{total(said['zones']):,}", f"{said['characters']:,}")
        for label, said in counted["zones"].items()
    ]
    return _text_table(("zone", "what it is", "zones", "code points"), rows)


def _text_table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in each) + " |" for each in cells)


def _json(value: dict[str, Any]) -> str:
    """One line a top-level column; a page that holds a Markdown fence must not end the block."""
    lines = [f"  {json.dumps(key)}: {json.dumps(each, ensure_ascii=False)}" for key, each in value.items()]
    return ("{\n" + ",\n".join(lines) + "\n}").replace("```", "\\u0060" * 3)
