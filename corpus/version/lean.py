"""Keep pyarrow from importing pandas in programs of ours that have no use for it."""

import sys
from typing import Any

import pyarrow as pa


class _Absent:
    """Says of pandas alone that it is not installed."""

    def find_spec(self, name: str, *_: Any) -> None:
        """Look for a module.

        Raises:
            ModuleNotFoundError: it is pandas.
        """
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def without_pandas() -> None:
    """Let pyarrow look for pandas now and not find it.

    It looks once, when it makes its first array, to tell a Series from a list, and importing pandas takes a third of
    the time in which a worker starts. Who asks for pandas by name still gets it, `to_pandas` too.
    """
    absent = _Absent()
    sys.meta_path.insert(0, absent)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(absent)
