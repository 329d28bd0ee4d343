"""What a user gets from the Hub: every config by tag, by commit, streamed; other versions; a loud error for none."""

import polars as pl
import pyarrow.parquet as pq
import pytest

from corpus.hub.push import push
from corpus.schema import CONFIGS
from corpus.version import manifest
from tests.hub import HUB, HUGGINGFACE
from tests.releases import GONE, built  # noqa: F401

NAME = "someone/urdu-news"
pytestmark = pytest.mark.filterwarnings(HUGGINGFACE)


@pytest.fixture(scope="module")
def commits(releases):
    """Push the three versions; gives the commit of each by name."""
    HUB.start()
    HUB.clear()
    return {name: push(folder, NAME, yes=True).commit for name, folder in releases.items()}


def load(config=None, **how):
    from datasets import load_dataset

    return load_dataset(NAME, config, **how)


def rows(folder, config, split):
    return pq.read_table(sorted((folder / config).glob(f"{split}-*.parquet"))).to_pylist()


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.usefixtures("commits")
def test_every_config_loads_by_tag(releases, config):
    """The rows are those of the files, split by split."""
    found = load(config, revision="v1.0.0")
    assert {split: found[split].to_list() for split in found} == {
        split: rows(releases["first"], config, split)
        for split in manifest.read(releases["first"])["counts"]["configs"][config]
    }


@pytest.mark.usefixtures("commits")
def test_articles_are_the_default():
    """Nobody has to name a config; the names are the four."""
    from datasets import get_dataset_config_names

    assert (
        load(revision="v1.1.0", split="train")["text"][:]
        == load("articles", revision="v1.1.0", split="train")["text"][:]
    )
    assert {*get_dataset_config_names(NAME, revision="v1.1.0")} == {*CONFIGS}


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.usefixtures("commits")
def test_every_config_streams(releases, config):
    """Streaming gives the same rows in the same order."""
    stream = load(config, revision="v1.1.0", split="train", streaming=True)
    assert list(stream) == rows(releases["second"], config, "train")


def test_a_commit_is_as_good_as_a_tag(releases, commits):
    """`revision` takes the commit, which nobody can move."""
    found = load("documents", revision=commits["first"], split="train")
    assert found.to_list() == rows(releases["first"], "documents", "train")


@pytest.mark.usefixtures("commits")
def test_a_new_version_leaves_the_old_one_alone(releases):
    """Each tag gives its own rows, `main` the latest ones."""
    for tag, name in (("v1.0.0", "first"), ("v1.1.0", "second"), (None, "third")):
        assert load("pages", revision=tag, split="train").to_list() == rows(releases[name], "pages", "train")


@pytest.mark.usefixtures("commits")
def test_a_takedown_is_gone_from_main_and_not_from_old_tags(releases):
    """A split that it emptied is no split any more; docs/publishing.md says what an old tag still gives."""
    for config in CONFIGS:
        latest, before = load(config), load(config, revision="v1.1.0")
        assert set(latest) == {"train", "validation"}
        assert all(GONE not in latest[split]["id"][:] for split in latest)
        assert GONE in before["test"]["id"][:]


@pytest.mark.usefixtures("commits")
def test_a_version_that_is_not_there_fails_loudly():
    """Not with rows of another version that happen to be in the cache (as datasets 3 did)."""
    import datasets

    load("articles", revision="v1.0.0")
    if int(datasets.__version__.split(".")[0]) < 4:
        pytest.skip("datasets 3 serves what is in its cache instead (huggingface/datasets#7928)")
    with pytest.raises((OSError, ValueError), match=r"v9\.9\.9"):
        load("articles", revision="v9.9.9")


@pytest.mark.usefixtures("commits")
def test_polars_and_a_snapshot_read_it_too(releases):
    """Other readers need no more than the files."""
    from huggingface_hub import snapshot_download

    folder = snapshot_download(NAME, repo_type="dataset", revision="v1.1.0")
    found = pl.read_parquet(f"{folder}/related/train-*.parquet").to_dicts()
    assert found == rows(releases["second"], "related", "train")
