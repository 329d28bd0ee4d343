"""What a user gets from the Hub, read back: hashes of all files, an end of each, one row of each config and split."""

from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from corpus.errors import CorpusError
from corpus.hub.failure import failure
from corpus.hub.local import File, Local
from corpus.hub.plan import differing
from corpus.hub.remote import KIND, listing

if TYPE_CHECKING:
    from huggingface_hub import HfApi, HfFileSystem


def hashes(api: "HfApi", repository: str, revision: str, here: Local) -> int:
    """Compare the hash of every file at a revision with the manifest; gives the number of files.

    Raises:
        CorpusError: one is missing or differs.
    """
    if wrong := differing(here, listing(api, repository, revision)):
        raise CorpusError(
            f"{repository} at {revision}: {wrong[0]} is missing or has another hash than the manifest says, and "
            f"{len(wrong) - 1} more; there is no tag on it: look at its .gitignore and .gitattributes, then push again"
        )
    return len(here.files)


def ends(api: "HfApi", repository: str, revision: str, here: Local) -> None:
    """Fetch the last byte of every file: the Hub may list an object that its storage has not.

    Raises:
        CorpusError: one cannot be fetched.
    """
    from huggingface_hub import HfFileSystem

    files = HfFileSystem(endpoint=api.endpoint, token=api.token, skip_instance_cache=True)
    for name, file in here.files.items():
        if file.size and _end(files, f"{KIND}s/{repository}@{revision}/{name}", file.size) != _last(file):
            raise CorpusError(
                f"{repository} at {revision}: {name} is listed but its content cannot be fetched; "
                "there is no tag on it: delete the file there, then push again"
            )


def rows(where: str, here: Local, **how: Any) -> int:
    """Stream the first row of each config and split, as a user would; gives the number of rows.

    Args:
        where: the repository, or the folder of the version.
        here: the version.
        how: `revision` and `token`, for a repository.

    Raises:
        CorpusError: one cannot be loaded, or is not the one on disk.
    """
    from datasets import disable_progress_bars, load_dataset

    disable_progress_bars()
    found: dict[tuple[str, str], Any] = {}
    for config in dict.fromkeys(config for config, _, _ in here.shards()):
        try:
            streams = load_dataset(where, config, streaming=True, **how)
            found |= {(config, split): next(iter(stream), None) for split, stream in streams.items()}
        except Exception as error:
            if failure(error):
                raise
            said = " ".join(str(error).split())[:300]
            raise CorpusError(f"{where}: {config} cannot be loaded ({said}); check the card") from error
    sent = {(config, split): _first(shard) for config, split, shard in here.shards()}
    if wrong := sorted(at for at in found.keys() | sent.keys() if found.get(at) != sent.get(at)):
        raise CorpusError(f"{where}: the first row of {'/'.join(wrong[0])} is not the one on disk; check the card")
    return len(sent)


def _end(files: "HfFileSystem", where: str, size: int) -> bytes | None:
    try:
        found: bytes = files.cat_file(where, start=size - 1, end=size)
    except FileNotFoundError:
        return None
    except Exception as error:
        read = failure(error)
        if read and read.status in {403, 404, 410}:  # what storages say of an object that they have not
            return None
        raise
    return found


def _last(file: File) -> bytes:
    with file.path.open("rb") as stream:
        stream.seek(-1, 2)
        return stream.read()


def _first(file: File) -> dict[str, Any]:
    with pq.ParquetFile(file.path) as table:
        row: dict[str, Any] = next(table.iter_batches(batch_size=1)).to_pylist()[0]
        return row
