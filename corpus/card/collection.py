"""What only those who collected the pages can say: `COLLECTION.md` beside the raw records.

    ---
    pretty_name: Urdu news of 2024
    creator: Some University
    url: https://example.org/urdu-news
    contact: corpus@example.org
    published: 2026-01-31
    ---
    ### 1.1 Why it was made
    To study how ...

The head has the keys of `HEAD`, each once or not at all; `note` is the sentence that a user must read first. Below it
stand answers for the datasheet: the number of a question of `DATASHEET.md` as a heading, what follows is its answer.
`{{default}}` in an answer is what the datasheet would say without it; other names in double braces are figures.
"""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from corpus.errors import CorpusError

FILE = "COLLECTION.md"
HEAD = ("pretty_name", "note", "creator", "url", "contact", "published")
QUESTION = re.compile(r"^### +([1-7]\.[0-9]+)\b.*$", re.MULTILINE)
_HEADING = re.compile(r"^###? ", re.MULTILINE)  # of the next question or section
_FENCE = "---\n"


class Collection(NamedTuple):
    """What is known about where the pages come from.

    Attributes:
        head: values by key of `HEAD`.
        answers: Markdown by number of the question.
    """

    head: dict[str, str]
    answers: dict[str, str]


UNKNOWN = Collection({}, {})


def collection(paths: Iterable[str | Path]) -> Collection:
    """Read the description that stands directly in one of the folders among PATHs; `UNKNOWN` where none does.

    Raises:
        CorpusError: there are two of them, or one cannot be understood.
    """
    found = [place for path in paths if (place := Path(path) / FILE).is_file()]
    if len(found) > 1:
        raise CorpusError(f"{found[0]} and {found[1]} both describe the corpus; keep one that speaks of all PATHs")
    if not found:
        return UNKNOWN
    try:
        return parse(found[0].read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusError(f"{found[0]}: {error}") from error


def parse(text: str) -> Collection:
    """Take a description apart.

    >>> parse("---\\ncreator: Some University\\n---\\n### 1.1 Why\\nTo learn.\\n").answers
    {'1.1': 'To learn.'}

    Raises:
        ValueError: the head has another key, or a question is answered twice.
    """
    head: dict[str, str] = {}
    if text.startswith(_FENCE) and (end := text.find("\n" + _FENCE)) >= 0:
        head, text = _head(text[len(_FENCE) : end]), text[end + 1 + len(_FENCE) :]
    return Collection(head, sections(text))


def sections(text: str) -> dict[str, str]:
    """The text under each numbered question, stripped.

    Raises:
        ValueError: a question stands twice.
    """
    found: dict[str, str] = {}
    for mark in QUESTION.finditer(text):
        if mark[1] in found:
            raise ValueError(f"question {mark[1]} is answered twice; keep one answer")
        found[mark[1]] = _HEADING.split(text[mark.end() :], maxsplit=1)[0].strip()
    return found


def _head(lines: str) -> dict[str, str]:
    head: dict[str, str] = {}
    for line in filter(None, lines.splitlines()):
        key, _, value = line.partition(":")
        if key not in HEAD or not value.strip() or key in head:
            raise ValueError(f"{line!r} in the head; write each of {', '.join(HEAD)} at most once, as `key: value`")
        head[key] = value.strip()
    if "published" in head:
        date.fromisoformat(head["published"])
    return head
