"""The leak report sees what placement would have to prevent."""

import random

import pyarrow as pa
import pytest

from corpus.groups.leaks import leaks
from tests.planted import Doc, article, cut, edited, keys

RNG = random.Random(11)
ONE, OTHER = article(RNG), article(RNG)


def report(docs: list[Doc], splits: list[str], status: tuple[str, ...] = ("active", "active")) -> dict[str, int]:
    """The counts between the two splits of two documents."""
    fate = pa.table({"status": status, "split": splits})
    found = leaks(keys(docs), fate)
    assert list(found) == ["train/validation", "train/test", "validation/test"]
    return {kind: sum(counts[kind] for counts in found.values()) for kind in found["train/test"]}


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        (Doc("b", ONE), "exact"),
        (Doc("b", edited(RNG, ONE, 0.03)), "near_duplicate"),
        (Doc("b", f"{article(RNG, 20)}\n{ONE}"), "contained"),
        (Doc("b", OTHER, (ONE,)), "contained"),
        (Doc("b", OTHER, (cut(ONE, 0.6),)), "contained"),
        (Doc("b", "مختصر صفحہ", (ONE,)), "contained"),
    ],
)
def test_planted_leaks_are_seen(other, kind):
    """Each kind of copy across splits is counted; on one side, or withheld, it is none."""
    docs = [Doc("a", ONE), other]
    assert report(docs, ["train", "test"])[kind] == 1
    assert sum(report(docs, ["test", "test"]).values()) == 0
    assert sum(report(docs, ["train", "test"], ("withheld", "active")).values()) == 0


@pytest.mark.parametrize("other", [Doc("b", OTHER), Doc("b", OTHER, (article(RNG),)), Doc("b", "مختصر صفحہ")])
def test_different_pages_leak_nothing(other):
    """What has nothing in common is not counted."""
    assert sum(report([Doc("a", ONE), other], ["train", "test"]).values()) == 0


def test_the_report_names_the_pair_of_splits():
    """Counts stand under the two splits that they are between."""
    fate = pa.table({"status": ["active"] * 3, "split": ["test", "validation", "test"]})
    found = leaks(keys([Doc("a", ONE), Doc("b", ONE), Doc("c", OTHER)]), fate)
    assert found["validation/test"]["exact"] == 1
    assert sum(sum(counts.values()) for counts in found.values()) == found["validation/test"]["exact"] + 2
