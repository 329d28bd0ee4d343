"""What changed from one version to the next, read off their ledgers, and the number that this demands."""

from typing import NamedTuple

import polars as pl
import pyarrow as pa

from corpus.version.number import Version, least

REMOVED = "removed"  # reason of a document that its collection no longer has; it may come back


class Changes(NamedTuple):
    """Ids by what happened to them, each sorted; a moved document is changed as well."""

    added: list[str]
    changed: list[str]
    removed: list[str]
    moved: list[str]
    withheld: list[str]
    withdrawn: list[str]

    @property
    def edits(self) -> bool:
        """Whether anything that was released is no longer what it was."""
        return any((self.changed, self.removed, self.moved, self.withheld, self.withdrawn))

    def demand(self, previous: Version | None) -> Version:
        """The smallest version number that these changes allow."""
        return least(previous, edited=self.edits, added=bool(self.added))


def compare(old: pa.Table, new: pa.Table) -> Changes:
    """Compare two ledgers.

    >>> from corpus.version.ledger import empty
    >>> compare(empty(), empty()).edits
    False
    """
    names = ["id", "split", "status", "reason", "content_hash"]
    both = pl.DataFrame(old.select(names)).join(
        pl.DataFrame(new.select(names)), on="id", how="full", suffix="_new", coalesce=True
    )
    was = (pl.col("status") == "active").fill_null(value=False)
    now = (pl.col("status_new") == "active").fill_null(value=False)
    gone = was & ~now
    taken = (pl.col("status_new") == "withdrawn").fill_null(value=False) & (pl.col("reason_new") != REMOVED).fill_null(
        value=False
    )
    held = (pl.col("status_new") == "withheld").fill_null(value=False)

    def ids(which: pl.Expr) -> list[str]:
        return both.filter(which)["id"].sort().to_list()

    return Changes(
        added=ids(now & ~was),
        changed=ids(was & now & (pl.col("content_hash") != pl.col("content_hash_new"))),
        removed=ids(gone & ~taken & ~held),
        moved=ids(was & now & (pl.col("split") != pl.col("split_new"))),
        withheld=ids(gone & held),
        withdrawn=ids(gone & taken),
    )
