"""What can go wrong for a user: each error is one sentence that ends with the next step."""

import os


class CorpusError(Exception):
    """The work could not be done; the command line prints the sentence and exits with 1."""


def reason(error: Exception) -> str:
    """Why, in the system's own words where it has them, on one line."""
    code = error.errno if isinstance(error, OSError) else None
    return os.strerror(code) if code else " ".join(str(error).split())[:200]


class UsageError(CorpusError):
    """The command was wrong; the command line prints the sentence and exits with 2."""
