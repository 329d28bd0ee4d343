"""What a push would do: the difference between a version on disk and the repository on the Hub."""

from dataclasses import dataclass

from corpus.errors import CorpusError
from corpus.hub.local import File, Local
from corpus.hub.remote import Remote, Stored
from corpus.schema import CONFIGS
from corpus.version.number import version

# Commits of more files than this time out on the Hub (huggingface.co/docs/hub/storage-limits advises under 100).
OPERATIONS = 100


@dataclass(frozen=True)
class Plan:
    """What is to be done, each part by name; nothing is left to do when `done`.

    Attributes:
        create: whether the repository must be created first.
        head: the commit that the plan was made for.
        new: files that are not there yet.
        changed: files that are there with other content.
        unchanged: names of files that are there as they are here.
        deleted: names of files of the version before that this one has no more.
        left: names of files that are nobody's business here.
        tag: the tag.
        tagged: the commit of the tag, if it is there; its files are then those of the version.
        warnings: sentences that a person should read first.
    """

    create: bool
    head: str | None
    new: tuple[File, ...]
    changed: tuple[File, ...]
    unchanged: tuple[str, ...]
    deleted: tuple[str, ...]
    left: tuple[str, ...]
    tag: str
    tagged: str | None
    warnings: tuple[str, ...]

    @property
    def sent(self) -> tuple[File, ...]:
        """The files that must be sent."""
        return self.new + self.changed

    @property
    def operations(self) -> int:
        """Operations in the commit."""
        return len(self.sent) + len(self.deleted)

    @property
    def done(self) -> bool:
        """Whether the version is on the Hub under its tag."""
        return self.tagged is not None


def done(here: Local, there: Remote, tree: dict[str, Stored]) -> Plan:
    """The plan for a version whose tag exists.

    Args:
        here: the version on disk.
        there: the repository.
        tree: the files at the tag.

    Raises:
        CorpusError: the tag names other content.
    """
    names = tuple(here.files)
    if wrong := differing(here, tree):
        raise CorpusError(
            f"{here.tag} is on the Hub with other content ({_few(wrong)}); a tag never moves: "
            f"export what you have here as a higher version and push that"
        )
    return Plan(False, there.head, (), (), names, (), (), here.tag, there.tags[here.tag], ())


def plan(here: Local, there: Remote) -> Plan:
    """The plan for a version whose tag does not exist yet. Only files that a manifest lists are ever deleted.

    Raises:
        CorpusError: `main` holds a later version, or files that would be loaded as if they were of this one.
    """
    listed = {entry["path"] for entry in there.before["files"]} if there.before else set()
    _in_order(here, there)
    deleted = tuple(sorted((listed & there.files.keys()) - here.files.keys()))
    left = tuple(sorted(there.files.keys() - here.files.keys() - set(deleted)))
    if strangers := [name for name in left if name.split("/")[0] in CONFIGS]:
        raise CorpusError(
            f"{_few(strangers)}: on the Hub, in a folder of the corpus, and in no manifest; `load_dataset` would load "
            "it with this version: delete or move it there first"
        )
    at = {name: there.files.get(name) for name in here.files}
    new = tuple(file for name, file in here.files.items() if not at[name])
    changed = tuple(file for name, file in here.files.items() if (stored := at[name]) and not stored.holds(file))
    sent = {file.name for file in new + changed}
    return Plan(
        create=there.head is None,
        head=there.head,
        new=new,
        changed=changed,
        unchanged=tuple(name for name in here.files if name not in sent),
        deleted=deleted,
        left=left,
        tag=here.tag,
        tagged=None,
        warnings=tuple(_warnings(len(sent) + len(deleted), [f.name for f in changed if there.before is None])),
    )


def differing(here: Local, tree: dict[str, Stored]) -> list[str]:
    """Names of the files of a version that a tree has not, or has with other content."""
    return [name for name, file in here.files.items() if name not in tree or not tree[name].holds(file)]


def _in_order(here: Local, there: Remote) -> None:
    if there.before and version(there.before["version"]) > here.number:
        raise CorpusError(
            f"main holds version {there.before['version']}, which is later than {here.number}; "
            "versions are pushed in their order: push a higher one"
        )


def _warnings(operations: int, foreign: list[str]) -> list[str]:
    said = []
    if operations > OPERATIONS:
        said.append(
            f"{operations} operations in one commit: the Hub advises fewer than {OPERATIONS} and may time out; "
            "if it does, the next attempt finds the files already uploaded"
        )
    if foreign:
        said.append(f"{_few(foreign)}: there already, not from a version of the corpus, will be overwritten")
    return said


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
