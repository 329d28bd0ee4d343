"""What a name in a byline is: a place, a desk, an agency, an outlet, a reporter's post, a role."""

import re
from pathlib import Path
from typing import Final, NamedTuple

from corpus.metadata.letters import key
from corpus.once import once

# "اے پی پی", "یو این آئی": agencies are the spelled letters of their initials, so a new one needs no entry.
LETTER_NAMES: Final = frozenset((
    "اے", "بی", "سی", "ڈی", "ای", "ایف", "جی", "ایچ", "آئی", "جے", "کے", "ایل", "ایم", "این", "او", "پی", "کیو", "آر",
    "ایس", "ٹی", "یو", "وی", "ڈبلیو", "ایکس", "وائی", "زیڈ",
))  # fmt: skip
_INITIALS: Final = re.compile(rf"(?:{'|'.join(sorted(key(letter) for letter in LETTER_NAMES))}){{2,5}}")


class Lexicon(NamedTuple):
    """The entries of desks.tsv by key: exact names, and names known by how they begin or end."""

    exact: dict[str, str]
    begins: dict[str, tuple[str, ...]]
    ends: dict[str, tuple[str, ...]]


def table(name: str) -> list[list[str]]:
    """The rows of a word list of this package, without its comments."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def gazetteer(place: str) -> tuple[str, str | None] | None:
    """Latin name and ISO 3166 country of a place; no country where the name alone leaves it open.

    >>> gazetteer("سرینگر"), gazetteer("حیدرآباد"), gazetteer("چک نورنگ")
    (('Srinagar', 'IN'), ('Hyderabad', None), None)
    """
    return places().get(key(place))


@once
def places() -> dict[str, tuple[str, str | None]]:
    """The gazetteer by key: Urdu names with their spellings, and the Latin names."""
    found: dict[str, tuple[str, str | None]] = {}
    for name, others, latin, country in table("places.tsv"):
        entry = (latin, None if country == "-" else country)
        for spelling in (name, *filter(None, others.split("|")), latin):
            found.setdefault(key(spelling), entry)
    return found


@once
def lexicon() -> Lexicon:
    """Read desks.tsv."""
    exact: dict[str, str] = {}
    begins: dict[str, tuple[str, ...]] = {}
    ends: dict[str, tuple[str, ...]] = {}
    for kind, names in table("desks.tsv"):
        for name in names.split("|"):
            if name.startswith("*"):
                ends[kind] = (*ends.get(kind, ()), key(name[1:]))
            elif name.endswith("*"):
                begins[kind] = (*begins.get(kind, ()), key(name[:-1]))
            elif kind != "beat":
                exact.setdefault(key(name), kind)
    return Lexicon(exact, begins, ends)


@once
def beats() -> frozenset[str]:
    """Words that make a reporter's post of the name before them."""
    return frozenset(key(name) for kind, names in table("desks.tsv") if kind == "beat" for name in names.split("|"))


def is_listed(name: str) -> bool:
    """Whether desks.tsv has the name itself, not by how it begins or ends."""
    return key(name) in lexicon().exact


def kind(name: str) -> str | None:
    """The class of a name: place, desk, agency, outlet, reporter, role, section; None for what may be a person.

    >>> [kind(name) for name in ("ویب ڈیسک", "یو این آئی", "لاہورنامہ", "سٹی رپورٹر", "محکم الدین")]
    ['desk', 'agency', 'outlet', 'reporter', None]
    """
    found, entries = key(name), lexicon()
    words = name.split()
    if found in entries.exact:
        return entries.exact[found]
    if found in places():
        return "place"
    if len(words) <= 6:
        for each in ("desk", "reporter", "outlet"):
            if found.startswith(entries.begins[each]):
                return each
            if found.endswith(entries.ends[each]):
                return None if each == "reporter" and _is_person(words) else each
    # "ہ س", "یو این آئی"
    spelled = len(words) > 1 and all(len(word) == 1 for word in words)
    return "agency" if spelled or _INITIALS.fullmatch(found) else None


def _is_person(words: list[str]) -> bool:
    # "احمد خان رپورٹر": a name of two words before the post, none of them a beat
    return len(words) > 2 and not any(key(word) in beats() for word in words[:-1])
