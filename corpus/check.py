"""Every raw record checked, one after the other: what `corpus validate` reports."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

from corpus.identify import computed
from corpus.read.inputs import Input
from corpus.read.records import Record, Reject, all_records
from corpus.validate import CONFLICT, DUPLICATE, Problem


class Checked(NamedTuple):
    """One record: where it stands, what is wrong with it (None: nothing), what a person should know."""

    origin: Input
    line: int
    problem: Problem | None
    warnings: tuple[str, ...]


def check(sources: Iterable[Input], mapped: Mapping[str, str], limit: int) -> Iterator[Checked]:
    """Check records in the order of reading; the second record with an id is reported, not the first.

    Memory: about 200 bytes for each record.
    """
    seen: dict[bytes, bytes] = {}
    for record in all_records(sources, mapped, limit):
        if isinstance(record, Reject):
            yield Checked(record.origin, record.line, record.problem, ())
            continue
        warnings = tuple(f"{record.origin.shown}:{record.line}: {said}" for said in record.warnings)
        yield Checked(record.origin, record.line, _repeated(record, seen), warnings)


def _repeated(record: Record, seen: dict[bytes, bytes]) -> Problem | None:
    said = record.text.encode("utf-8")
    name = record.id if record.id is not None else computed(record.url or "", said)
    text = blake2b(said, digest_size=16).digest()
    before = seen.setdefault(blake2b(name.encode("utf-8"), digest_size=16).digest(), text)
    if before is text:
        return None
    return DUPLICATE if before == text else CONFLICT
