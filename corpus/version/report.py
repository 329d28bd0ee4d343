"""The summary that a person reads at the end of an export."""

from corpus.schema import SPLITS
from corpus.version.export import Result


def summary(result: Result) -> str:
    """What the version holds, what did not get in, and what is empty."""
    counts = result.counts
    head = (
        f"{result.folder}: unchanged, this content is there already"
        if result.unchanged
        else f"{result.folder}: written"
    )
    lines = [head, "", f"{'':<12}" + "".join(f"{split:>12}" for split in SPLITS)]
    empty = []
    for config, rows in counts["configs"].items():
        lines.append(f"{config:<12}" + "".join(f"{rows.get(split, 0):>12,}" for split in SPLITS))
        empty += [f"{config}/{split}" for split in SPLITS if split not in rows]
    rejected = sum(counts["rejected"].values())
    lines += [
        "",
        f"{counts['records']:,} records = {counts['documents']:,} documents + {counts['duplicates']:,} duplicates + "
        f"{rejected:,} rejected + {counts['withheld']:,} withheld + {counts['withdrawn']:,} withdrawn",
    ]
    if rejected:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in counts["rejected"].items())
        where = "say --rejects FILE to keep them" if result.unchanged else f"see {result.folder / 'rejects.jsonl'}"
        lines.append(f"rejected: {kinds}; {where}")
    if empty:
        lines.append(f"empty, so there is no file and no entry in the card: {', '.join(empty)}")
    return "\n".join(lines)
