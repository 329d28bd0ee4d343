"""What the Hub or the line said when a request failed: worth another try or not, and the sentence for a person."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from corpus.errors import CorpusError

ATTEMPTS = 6
PATIENCE = 600  # seconds: what the Hub may ask us to wait; its windows are 5 minutes
_LONGEST = 30  # seconds between attempts when the Hub names no time
# huggingface_hub speaks through requests before 1.0, through httpx from 1.0 and httpx2 from 2.0; the errors of a
# broken line have no common class. Those of hf_xet are plain RuntimeErrors.
_LINES = ("requests", "urllib3", "httpx", "httpx2", "httpcore", "httpcore2")
_Done = TypeVar("_Done")

_AGAIN = "run the same command again"
_OTHER = "the Hub refused with {status}{said}; see https://huggingface.co/docs/hub/repositories"
_DOWN = "the Hub keeps answering {status}{said}; " + _AGAIN + " later, it goes on where it stopped"
_SENTENCES: dict[int | str | None, str] = {
    None: "the Hub cannot be reached{said}; check the network, then " + _AGAIN,
    401: "the Hub does not accept the token{said}; make one with write access and run `hf auth login`",
    403: "the token may not write to {repository}{said}; give it write access to {owner}'s repositories, "
    "or propose the version with --create-pr",
    404: "{repository} is not there, or is private and the token does not see it{said}; check the name and the token",
    408: _DOWN,
    412: "main of {repository} keeps moving; find out who else commits there, then " + _AGAIN,
    429: _DOWN,
    "wait": "the Hub asks to wait {wait} s{said}; " + _AGAIN + " after that",
    "full": "{repository}: the storage of {owner} is full{said}; free or buy some, then " + _AGAIN,
    "down": _DOWN,
}


@dataclass(frozen=True)
class Failure:
    """A failed request.

    Attributes:
        status: HTTP status; null when the line broke.
        said: what the Hub said.
        wait: seconds that the Hub asked for.
    """

    status: int | None
    said: str
    wait: int | None

    @property
    def passing(self) -> bool:
        """Whether it may succeed later: a moved head, a rate limit, a server error or a broken line."""
        return self.status is None or self.status in {408, 412, 429} or self.status >= 500


def failure(error: BaseException) -> Failure | None:
    """Read an error of huggingface_hub or datasets, any major; null when it is a mistake of ours."""
    for each in _chain(error):
        response = getattr(each, "response", None)
        if response is not None:
            said = getattr(each, "server_message", None) or response.headers.get("X-Error-Message") or ""
            return Failure(response.status_code, " ".join(str(said).split()), _asked(response.headers))
    for each in _chain(error):
        if type(each).__module__.split(".")[0] in _LINES or isinstance(each, (ConnectionError, TimeoutError)):
            return Failure(None, " ".join(str(each).split()), None)
    *_, root = _chain(error)
    return Failure(None, " ".join(str(root).split()), None) if type(root) is RuntimeError else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _asked(headers: dict[str, str]) -> int | None:
    """Seconds to wait: `Retry-After`, or the `t` of the Hub's `RateLimit: "api";r=0;t=55`."""
    window = dict(part.strip().split("=", 1) for part in headers.get("RateLimit", "").split(";") if "=" in part)
    asked = headers.get("Retry-After") or (window.get("t") if window.get("r") == "0" else None)
    return int(asked) if asked and asked.strip().isdigit() else None


def persistently(
    work: Callable[[], _Done],
    repository: str,
    sleep: Callable[[float], None],
    say: Callable[[str], None],
    token: str | None,
) -> _Done:
    """Do the work; again, a bounded number of times, while what went wrong may pass.

    Raises:
        CorpusError: it did not pass, or the Hub refused.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return work()
        except CorpusError:
            raise
        except Exception as error:
            read = failure(error)
            if read is None:
                if isinstance(error, ValueError):  # huggingface_hub's own checks of the card and of large files
                    raise CorpusError(hidden(" ".join(str(error).split()), token)) from None
                raise
            wait = read.wait if read.wait is not None else min(2 ** (attempt - 1), _LONGEST)
            if not read.passing or attempt == ATTEMPTS or wait > PATIENCE:
                # The cause is not chained: it holds the request, and the request holds the token.
                raise CorpusError(hidden(sentence(read, repository), token)) from None
        say(f"{_short(read)}; attempt {attempt + 1} of {ATTEMPTS} in {wait} s")
        sleep(wait)
    raise AssertionError("unreachable")


def hidden(said: str, token: str | None) -> str:
    """The sentence without the token, should a server have echoed it."""
    return said.replace(token, "hf_…") if token else said


def _short(read: Failure) -> str:
    if read.status is None:
        return "the connection broke"
    return "main moved" if read.status == 412 else f"the Hub answered {read.status}"


def sentence(read: Failure, repository: str) -> str:
    """What went wrong and what to do about it."""
    owner, said = repository.partition("/")[0], f" ({read.said[:300]})" if read.said else ""
    status: int | str | None = read.status
    if status in {402, 403, 413, 507} and any(word in read.said.lower() for word in ("storage", "quota")):
        status = "full"
    elif status == 429 and read.wait is not None:
        status = "wait"
    elif read.status is not None and read.status >= 500:
        status = "down"
    return _SENTENCES.get(status, _OTHER).format(
        repository=repository, owner=owner, said=said, status=read.status, wait=read.wait
    )
