"""The same page as others keep it: small functions from a page with its zones to a page with its zones.

Composed pages are written as a browser shows them. Web corpora hold what extractors left of such pages: headlines and
blank lines gone, furniture dropped, paragraphs glued, bullets as dashes, the end cut off in mid-word. Training on these
renderings makes the model see the web; the pages are composed once.

A page is a list of `Piece`: what stands before it, its zone, its text. The `random.Random` given decides everything.
"""

import re
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from corpus.zones.lexicon import lexicon


class Piece(NamedTuple):
    """A zone and the characters between it and the zone before."""

    before: str
    label: str
    text: str


Page = list[Piece]
Rendering = Callable[[Page, Random], Page]

BULLET = re.compile(r"^[•●▪■◆◄►✅○»*\-–]\s*")
ARABIC = str.maketrans("یکہ", "يكه")
URDU = str.maketrans("يىكه", "ییکہ")


def pieces(text: str, zones: list[dict[str, Any]]) -> Page:
    """Take a page apart."""
    found, at = [], 0
    for zone in zones:
        found.append(Piece(text[at : zone["start"]], zone["label"], text[zone["start"] : zone["end"]]))
        at = zone["end"]
    return found


def page(parts: Page) -> tuple[str, list[dict[str, Any]]]:
    """Put a page together: its text and its zones."""
    text, zones = "", []
    for number, part in enumerate(parts):
        text += part.before.lstrip("\n") if number == 0 else part.before
        zones.append({"label": part.label, "start": len(text), "end": len(text) + len(part.text)})
        text += part.text
    return text, zones


def _keep(parts: Page, kept: Callable[[Piece], bool]) -> Page:
    """Drop pieces; whoever stood on the same line as a dropped one begins a line of its own."""
    out: Page = []
    broken = False
    for part in parts:
        if not kept(part):
            broken = broken or "\n" in part.before
            continue
        out.append(part._replace(before="\n") if broken and "\n" not in part.before else part)
        broken = False
    return out


def no_blank_lines(parts: Page, _: Random) -> Page:
    """Blank lines gone, as in most extractors' output."""
    return [part._replace(before="\n" if "\n" in part.before else part.before) for part in parts]


def blank_lines(parts: Page, _: Random) -> Page:
    """A blank line between all lines, as a browser copies paragraphs."""
    return [part._replace(before="\n\n" if "\n" in part.before else part.before) for part in parts]


def headless(parts: Page, _: Random) -> Page:
    """The headline, and what stands above it, is in another field of the record."""
    tops = [number for number, part in enumerate(parts) if part.label == "headline"]
    if not tops or tops[0] > 8:
        return parts
    return _keep(parts[tops[0] :], lambda part: part.label not in {"headline", "standfirst"})


# How often an extractor leaves zones of a kind in the main text.
_LEFT = {
    "boilerplate": 0.1,
    "markup": 0.05,
    "promo": 0.3,
    "tags": 0.15,
    "related_heading": 0.2,
    "related_body": 0.3,
    "caption": 0.3,
    "byline": 0.3,
    "source": 0.5,
    "related_headline": 0.35,
    "headline": 0.5,
    "see_also": 0.9,
}


def extracted(parts: Page, dice: Random) -> Page:
    """Main text alone, as trafilatura and FineWeb-2 keep it: furniture mostly gone, a few leftovers stay."""
    leftover = {label: dice.random() for label in sorted(_LEFT)}
    body = any(part.label == "body" for part in parts)
    dropped = {label for label, dart in leftover.items() if dart > _LEFT[label]} if body else {"boilerplate", "markup"}
    return no_blank_lines(_keep(parts, lambda part: part.label not in dropped), dice)


def related_first(parts: Page, dice: Random) -> Page:
    """The titles of other articles stand above the article as a dashed list."""
    titles = [part for part in parts if part.label == "related_headline" and "\n" in part.before]
    if len(titles) < 4 or not any(part.label == "body" for part in parts):
        return parts
    drop = {"related_heading", "related_headline", "related_body", "markup"}
    rest = extracted(_keep(parts, lambda part: part.label not in drop), dice)
    dash = dice.choice(["- ", "- ", "", "• "])
    return [part._replace(before="\n", text=dash + BULLET.sub("", part.text)) for part in titles] + [
        part._replace(before=part.before if "\n" in part.before or number else "\n") for number, part in enumerate(rest)
    ]


def dashed(parts: Page, dice: Random) -> Page:
    """Bullets become dashes, or go."""
    mark = dice.choice(["- ", "", "* ", "• "])
    listed = {"related_headline", "tags", "boilerplate"}
    return [
        part._replace(text=mark + BULLET.sub("", part.text))
        if part.label in listed and BULLET.match(part.text) and BULLET.sub("", part.text)
        else part
        for part in parts
    ]


def glued(parts: Page, dice: Random) -> Page:
    """Paragraph breaks lost: neighbouring paragraphs stand on one line."""
    between = dice.choice(["", " ", " "])
    rate = dice.choice([0.3, 1.0])
    out: Page = []
    for part in parts:
        if out and part.label == out[-1].label == "body" and dice.random() < rate:
            out[-1] = out[-1]._replace(text=out[-1].text + between + part.text)
        else:
            out.append(part)
    return out


def run_on(parts: Page, dice: Random) -> Page:
    """Line breaks around small zones lost: a cross reference, call, credit or tags run on in the paragraph's line."""
    rate, between = dice.choice([0.5, 1.0]), dice.choice(["", " ", " "])
    small = {"see_also", "promo", "source", "tags"}
    out: Page = []
    for part in parts:
        before = out[-1].label if out else ""
        joins = (part.label in small and before == "body") or (part.label == "body" and before == "see_also")
        joins = joins and "\n" in part.before and dice.random() < rate and len(out[-1].text) > 40
        out.append(part._replace(before=between) if joins else part)
    return out


def truncated(parts: Page, dice: Random) -> Page:
    """Cut in mid-word."""
    return cut_at(parts, dice.choice([1500, 1500, 1500, 900, 600, 350]))


def cut_at(parts: Page, limit: int) -> Page:
    """Keep the first `limit` characters."""
    out, size = [], 0
    for part in parts:
        room = limit - size - len(part.before)
        if room < 3:
            break
        text = part.text[:room].rstrip()
        out.append(part._replace(text=text))
        size += len(part.before) + len(part.text)
    return out


def arabic_letters(parts: Page, _: Random) -> Page:
    """Typed on an Arabic keyboard."""
    return [part._replace(text=part.text.translate(ARABIC)) for part in parts]


def urdu_letters(parts: Page, _: Random) -> Page:
    """Letter forms unified, as corpora do."""
    return [part._replace(text=part.text.translate(URDU)) for part in parts]


def stops(parts: Page, dice: Random) -> Page:
    """Full stops another way: with a space before, Latin, or missing at the end of the paragraph."""
    way = dice.choice(["spaced", "latin", "missing", "missing"])
    out = []
    for part in parts:
        text = part.text
        if part.label in {"body", "related_body", "standfirst"} and text.endswith("۔"):
            if way == "spaced":
                text = text.rstrip("۔").rstrip() + " ۔"
            elif way == "latin":
                text = text.replace("۔", ".")
            elif dice.random() < 0.5:
                text = text.rstrip("۔").rstrip()
        out.append(part._replace(text=text or part.text))
    return out


def short(parts: Page, dice: Random) -> Page:
    """A brief: the first paragraph or two alone."""
    bodies = [number for number, part in enumerate(parts) if part.label == "body"]
    if len(bodies) < 3:
        return parts
    keep = set(bodies[: dice.choice([1, 2, 2, 3])])
    return _keep_numbers(
        parts, keep | {n for n, part in enumerate(parts) if part.label not in {"body", "subhead", "embed"}}
    )


def _keep_numbers(parts: Page, numbers: set[int]) -> Page:
    marked = iter(range(len(parts)))
    return _keep(parts, lambda _: next(marked) in numbers)


def undated(parts: Page, _: Random) -> Page:
    """No dateline."""
    out: Page = []
    dropped = ""
    for part in parts:
        if part.label == "dateline":
            dropped = part.before
            continue
        out.append(part._replace(before=dropped) if dropped and "\n" not in part.before else part)
        dropped = ""
    return out


# How the excerpt of a story ends on a page that lists it: what is put behind it, and the call to read on.
_ENDS = (
    ("...", ""),
    ("…", ""),
    (" […]", ""),
    (" [...]", ""),
    ("...", "Read more"),
    ("…", "مزید پڑھیں"),
    ("", "Read More"),
)
_TITLES = tuple(sorted(set(lexicon()["listing", "start"])))
_STORY = {"dateline", "body", "subhead"}


def archived(parts: Page, dice: Random) -> Page:
    """An article as the only story on the page of a tag, a day or an author: a title or a cut tells.

    Furniture and titles of others behind the story stay, or go.
    """
    headlines = [part.text for part in parts if part.label == "headline"]
    bodies = [number for number, part in enumerate(parts) if part.label == "body"]
    if not headlines or not bodies or dice.random() < 0.4:
        return []
    story = [
        part for part in parts[: bodies[min(len(bodies), dice.choice([1, 1, 2, 3, 5])) - 1] + 1] if part.label in _STORY
    ]
    titled = dice.random() < 0.6
    out: Page = []
    if titled:
        name = " ".join(headlines[0].split()[: dice.choice([1, 1, 2, 3])])
        out.append(Piece("\n", "related_heading", f"{dice.choice(_TITLES)} {name}"))
    for mark in dice.choice([[], [""], [""], ["• "], ["• ", ""]]):
        out.append(Piece(dice.choice(["\n", "\n\n"]), "related_headline", mark + headlines[0]))
    gap = dice.choice(["\n", "\n\n"])
    for number, part in enumerate(story):
        joins = number > 0 and "\n" not in part.before
        if joins and out[-1].label == "related_body":  # a dateline is no zone of its own there
            out[-1] = out[-1]._replace(text=out[-1].text + part.before + part.text)
        else:
            out.append(Piece(gap if "\n" in part.before or not number else part.before, "related_body", part.text))
    if not titled or dice.random() < 0.5:
        mark, call = dice.choice(_ENDS if titled else _ENDS[:-1])
        text = out[-1].text
        if len(text) > 160:
            text = text[: dice.randint(120, min(len(text), 330))].rstrip(" ۔.،")
        out[-1] = out[-1]._replace(text=text.rstrip("۔.") + mark)
        out += [Piece(dice.choice([" ", "\n"]), "promo", call)] if call else []
    left = {
        *(["boilerplate"] if dice.random() < 0.5 else []),
        *(["related_heading", "related_headline"] if dice.random() < 0.3 else []),
    }
    rest = [part for part in parts[bodies[-1] + 1 :] if part.label in left]
    return out + [part._replace(before=part.before if "\n" in part.before else "\n") for part in rest]


def lone(parts: Page, _: Random) -> Page:
    """A listing with one story."""
    items = {"related_headline", "related_body", "byline", "promo"}
    titles = [number for number, part in enumerate(parts) if part.label == "related_headline"]
    if len(titles) < 3 or any(part.label == "body" for part in parts):
        return []
    first, second = titles[:2]
    if not any(part.label == "related_body" for part in parts[first:second]):
        return []
    return _keep_numbers(
        parts, {n for n, part in enumerate(parts) if n < second or (n > titles[-1] and part.label not in items)}
    )


def graft(parts: Page, above: Page, below: Page, behind: Page, dice: Random) -> Page:
    """An article with the head of a second page, the foot of a third and, now and then, the story of a fourth after it.

    Its own tags stay: they are of its words. So do its own head or foot, now and then.
    """
    head, core, foot = _divided(parts)
    if not core:
        return []
    if dice.random() < 0.8:
        head = _divided(above)[0]
    tags = [part for part in foot if part.label == "tags"]
    if dice.random() < 0.8:
        foot = [part for part in _divided(below)[2] if part.label != "tags"]
        at = dice.randint(0, len(foot)) if tags else 0
        foot[at:at] = tags
    if dice.random() < 0.25:
        at = dice.choice([0, len(foot)])
        foot[at:at] = _story(behind, dice)
    lines = [part._replace(before=part.before if "\n" in part.before else "\n") for part in foot[:1]] + foot[1:]
    first = core[0]._replace(before=core[0].before if "\n" in core[0].before or not head else "\n")
    return [*head, first, *core[1:], *lines]


def _divided(parts: Page) -> tuple[Page, Page, Page]:
    """What stands above the article, the article, what stands below it."""
    own = [n for n, part in enumerate(parts) if part.label in {"headline", "standfirst", *_STORY}]
    return (parts[: own[0]], parts[own[0] : own[-1] + 1], parts[own[-1] + 1 :]) if own else ([], [], [])


def _story(parts: Page, dice: Random) -> Page:
    """An article as the text of another one on a page: its title, then its paragraphs."""
    titles = [part.text for part in parts if part.label == "headline"][:1]
    out = [Piece(dice.choice(["\n", "\n\n"]), "related_headline", title) for title in titles]
    for part in [part for part in parts if part.label in _STORY][: dice.choice([2, 3, 5, 9])]:
        if out and out[-1].label == "related_body" and "\n" not in part.before:
            out[-1] = out[-1]._replace(text=out[-1].text + part.before + part.text)
        else:
            out.append(Piece(part.before if "\n" in part.before else "\n", "related_body", part.text))
    return out


# One row a rendering of a page: what is done to it, in order. The web's most common page is the extractor's.
RENDERINGS: tuple[tuple[Rendering, ...], ...] = (
    (),
    (extracted, urdu_letters, truncated),
    (headless, extracted, truncated),
    (extracted, glued, dashed),
    (dashed, no_blank_lines),
    (headless, extracted, undated, truncated),
    (extracted, headless, short),
    (related_first, truncated),
    (related_first, stops, truncated),
    (run_on, no_blank_lines),
    (extracted, run_on, glued),
    (blank_lines, stops),
    (extracted, stops, urdu_letters),
    (arabic_letters, extracted),
)
# Other pages made of composed ones, for training alone: what is done to an article or a listing, in order.
LISTED: tuple[tuple[Rendering, ...], ...] = ((archived,), (archived, no_blank_lines, urdu_letters), (lone,))
# What is done to an article that got the furniture of others; seven rows, and listings too, were no better than four.
GRAFTED: tuple[tuple[Rendering, ...], ...] = (
    (),
    (dashed, no_blank_lines),
    (run_on, stops),
    (extracted, urdu_letters, truncated),
)


def renderings(text: str, zones: list[dict[str, Any]], seed: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """All renderings of a page, itself first, without those that came out empty or the same."""
    return _made(RENDERINGS, lambda _: pieces(text, zones), seed)


def listings(text: str, zones: list[dict[str, Any]], seed: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Listings of one story made of an article or of a longer listing."""
    return _made(LISTED, lambda _: pieces(text, zones), f"{seed}/listed")


def grafts(
    text: str, zones: list[dict[str, Any]], others: list[tuple[str, list[dict[str, Any]]]], seed: str
) -> list[tuple[str, list[dict[str, Any]]]]:
    """An article with what stands above and below `others`, and the stories of others after it, at random."""
    parts, mixed = pieces(text, zones), [pieces(*other) for other in others]

    def begin(dice: Random) -> Page:
        above, below, behind = dice.sample(mixed, 3)
        return graft(parts, above, below, behind, dice)

    return _made(GRAFTED, begin, f"{seed}/graft")


def _made(
    rows: tuple[tuple[Rendering, ...], ...], begin: Callable[[Random], Page], seed: str
) -> list[tuple[str, list[dict[str, Any]]]]:
    found: list[tuple[str, list[dict[str, Any]]]] = []
    for number, steps in enumerate(rows):
        dice = Random(f"{seed}/{number}")
        parts = begin(dice)
        for step in steps:
            parts = step(parts, dice)
        rendered = page([part for part in parts if part.text.strip()])
        if rendered[1] and rendered not in found:
            found.append(rendered)
    return found
