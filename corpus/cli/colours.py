"""A segmented page for a person at a terminal."""

from collections.abc import Iterator
from typing import Any

import click

COLOURS: dict[str, dict[str, Any]] = {
    "headline": {"fg": "bright_white", "bold": True},
    "standfirst": {"fg": "white", "bold": True},
    "byline": {"fg": "cyan"},
    "dateline": {"fg": "bright_cyan"},
    "body": {"fg": None},
    "subhead": {"bold": True},
    "caption": {"fg": "bright_black"},
    "embed": {"fg": "blue"},
    "see_also": {"fg": "yellow"},
    "promo": {"fg": "magenta"},
    "source": {"fg": "bright_green"},
    "tags": {"fg": "green"},
    "related_heading": {"fg": "bright_yellow", "bold": True},
    "related_headline": {"fg": "bright_yellow"},
    "related_body": {"fg": "bright_black"},
    "markup": {"fg": "red"},
    "boilerplate": {"fg": "bright_black"},
}

# An isolate with the direction of its first strong letter, so that the label stays at the left margin and
# Urdu reads from right to left in terminals that follow Unicode's bidirectional algorithm.
_ISOLATE, _POP = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


def show(text: str, page: dict[str, Any]) -> Iterator[str]:
    """One line for each zone: its label, then its text; a first line names the page type."""
    yield click.style(f"page_type: {page['page_type']}", bold=True)
    for zone in page["zones"]:
        piece = _safe(text[zone["start"] : zone["end"]])
        yield f"{zone['label']:<17}" + click.style(f"{_ISOLATE}{piece}{_POP}", **COLOURS[zone["label"]])


def _safe(piece: str) -> str:
    """Control characters would move the cursor or repaint the terminal: show them as pictures."""
    return "".join(
        chr(0x2400 + ord(c)) if ord(c) < 0x20 else "\N{REPLACEMENT CHARACTER}" if c == "\x7f" else c for c in piece
    )
