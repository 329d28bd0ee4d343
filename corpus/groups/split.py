"""Which split a new group goes to: by a hash of its name, or by the day on which its text first appeared."""

from bisect import bisect_right
from collections.abc import Callable
from hashlib import blake2b
from itertools import accumulate
from typing import TypeAlias

from corpus.schema import SPLITS

# The name of a group and the earliest date of publication in it (or null) to a split.
Rule: TypeAlias = Callable[[str, str | None], str]


def by_hash(shares: tuple[int, int, int]) -> Rule:
    """Fixed cut points over a hash of the anchor's id: what else is in the corpus does not matter.

    Args:
        shares: percent of groups in train, validation and test.

    >>> by_hash((90, 5, 5))("urd/0", None)
    'train'
    """
    ends = list(accumulate(shares))

    def rule(anchor: str, _: str | None) -> str:
        point = int.from_bytes(blake2b(anchor.encode("utf-8"), digest_size=8).digest(), "big") * ends[-1] >> 64
        return SPLITS[bisect_right(ends, point)]

    return rule


def by_time(cutoff: tuple[str, ...]) -> Rule:
    """Train before the first date, validation from it on, test from the second one on.

    The earliest date of a group decides, since a reprint is no new text, and does so whether the reprint is in
    the first version or comes later. A group without a date goes to train: nothing says that it is new enough to
    test on.

    Args:
        cutoff: first day of validation and first day of test, YYYY-MM-DD.

    >>> by_time(("2024-01-01", "2024-07-01"))("urd/0", "2024-03-09")
    'validation'
    """

    def rule(_: str, published: str | None) -> str:
        return SPLITS[bisect_right(cutoff, published)] if published else SPLITS[0]

    return rule
