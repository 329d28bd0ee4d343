"""What can go wrong for a user: each error is one sentence that ends with the next step."""


class CorpusError(Exception):
    """The work could not be done; the command line prints the sentence and exits with 1."""


class UsageError(CorpusError):
    """The command was wrong; the command line prints the sentence and exits with 2."""
