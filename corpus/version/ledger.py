"""The ledger: every document that was ever released, and what became of it."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import CorpusError, reason
from corpus.schema import arrow_schema

FILE = "ledger.parquet"


def empty() -> pa.Table:
    """The ledger before the first version."""
    return arrow_schema("ledger").empty_table()


def read(version: Path) -> pa.Table:
    """Read the ledger of a version.

    Raises:
        CorpusError: it is missing or damaged.
    """
    try:
        return pq.read_table(version / FILE).select(arrow_schema("ledger").names).cast(arrow_schema("ledger"))
    except (OSError, pa.ArrowException, KeyError) as error:
        raise CorpusError(
            f"{version / FILE}: the ledger cannot be read ({reason(error)[:120]}); restore the version from where it "
            "was published, or name another one with --previous"
        ) from error


def write(ledger: pa.Table, version: Path) -> None:
    """Write a ledger, sorted by id."""
    pq.write_table(ledger.sort_by("id"), version / FILE, compression="zstd", store_schema=False)
