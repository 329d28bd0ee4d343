"""Tables that a process makes once, when it first needs them; or all of them, before it divides itself."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
_MAKERS: list[Callable[[], Any]] = []


def once(make: Callable[[], T]) -> Callable[[], T]:
    """Keep what a function without arguments gives."""
    made = cache(make)
    _MAKERS.append(made)
    return made


def make_all() -> None:
    """Make the tables of all modules imported so far: processes that are divided from this one find them made."""
    for make in _MAKERS:
        make()
