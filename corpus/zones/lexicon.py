"""The cue lexicon `cues.tsv`: phrases that give a zone away, kept as data that a native speaker can edit.

A row names a zone (or a helper kind such as `place` or `desk`), where the phrase stands in a piece, the phrase, and a
comment:

    start    the piece begins with it, after bullets and brackets
    end      the piece ends with it, before stops and brackets
    any      it stands anywhere in the first or last words of the piece
    inline   it may open a piece in the middle of a line: the line is cut there
    word     a whole word, counted (the first four letters matter)

Spelling, spaces and joiners do not matter: `corpus.zones.fold`. Phrases for `any` need three letters.
"""

from collections import defaultdict
from importlib.resources import files

from corpus.once import once


@once
def lexicon() -> dict[tuple[str, str], tuple[str, ...]]:
    """Phrases as written, by (zone, where), in file order."""
    phrases: dict[tuple[str, str], list[str]] = defaultdict(list)
    text = files("corpus.zones").joinpath("cues.tsv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        zone, where, phrase, *_ = line.split("\t")
        phrases[zone, where].append(phrase)
    return {key: tuple(values) for key, values in phrases.items()}
