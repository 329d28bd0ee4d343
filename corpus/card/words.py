"""What card, datasheet and Croissant say in the same words: name, tags, licence, citation."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from corpus.card.collection import Collection
from corpus.card.figures import NONE, total

DESCRIPTION = (
    "Urdu news pages, each taken apart into article, related headlines and metadata, as stand-off spans over the "
    "untouched page text."
)
TAGS = ("urdu", "news", "page-segmentation", "boilerplate", "headlines", "near-duplicates")
# Licences that the Hub knows by their SPDX name in small letters.
_CC = (
    "0-1.0",
    "-BY-3.0",
    "-BY-4.0",
    "-BY-SA-3.0",
    "-BY-SA-4.0",
    "-BY-ND-4.0",
    "-BY-NC-4.0",
    "-BY-NC-SA-4.0",
    "-BY-NC-ND-4.0",
)
_SHOWN = 8  # licences that are named one by one
_LONGEST = 80  # code points of one of them
_ON_THE_HUB = frozenset({*(f"CC{name}" for name in _CC), "MIT", "Apache-2.0"})


class Licence(NamedTuple):
    """What the records say about their licence.

    Attributes:
        spdx: the one licence of all rows, where the Hub knows it.
        hub: its name on the Hub, else `other`.
        sentence: for people.
    """

    spdx: str | None
    hub: str
    sentence: str


def licence(figures: Mapping[str, Any]) -> Licence:
    """Read the licence off the rows: it is named only if all of them name the same one."""
    said = {name: total(counts) for name, counts in figures["documents"]["license"].items()}
    only = next(iter(said), NONE)
    if len(said) == 1 and only in _ON_THE_HUB:
        return Licence(only, only.lower(), f"{only}, on every record")
    first = list(said.items())[:_SHOWN]
    shown = [f"{'no licence' if name == NONE else name[:_LONGEST]} ({count:,})" for name, count in first]
    more = f" and {len(said) - _SHOWN} others" if len(said) > _SHOWN else ""
    return Licence(None, "other", f"as each record says in `metadata.license`: {', '.join(shown) or 'no rows'}{more}")


def pretty_name(known: Collection) -> str:
    """The name for people."""
    return known.head.get("pretty_name", "Urdu news corpus")


def bibtex(manifest: Mapping[str, Any], known: Collection) -> str:
    """A citation of exactly this version."""
    published = manifest["date"] or known.head.get("published")
    fields = {
        "title": f"{{{pretty_name(known)}}}",
        "author": f"{{{known.head['creator']}}}" if "creator" in known.head else None,
        "year": published[:4] if published else None,
        "version": manifest["version"],
        "url": known.head.get("url"),
        "note": f"logical hash {manifest['logical_hash']}",
    }
    key = f"{manifest['name']}-{manifest['version']}"
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}"])
