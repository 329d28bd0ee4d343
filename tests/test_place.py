"""Groups and splits: what was released stays, what belongs together stays together."""

import random
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.groups.graph import components, earlier, unique_pairs
from corpus.groups.leaks import leaks
from corpus.groups.minhash import LEAST_WORDS
from corpus.groups.settle import BRIDGE, CLASH, settle
from corpus.groups.split import by_hash, by_time
from corpus.version.decide import decide
from corpus.version.takedown import Takedown
from tests import planted
from tests.planted import HALVES, Doc, article, edited, fates, keys, release

SEEDS = st.integers(0, 10_000)
CLEAN = {"exact": 0, "near_duplicate": 0, "contained": 0}


def grown(seed: int) -> tuple[list[Doc], list[Doc]]:
    """A corpus and the same with more in it."""
    first = planted.planted(seed, articles=4, copies=8)
    return first, first + planted.planted(seed + 1, articles=2, copies=10, prefix="c", sources=first)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_no_group_spans_two_splits(seed):
    """Law 5: one name, one split; what was planted together is together, or withheld."""
    first, second = grown(seed)
    _, _, ledger = release(first)
    table, decided, _ = release(second, ledger)
    known = fates(table, decided)
    splits: dict[str, set[str]] = {}
    for fate in known.values():
        if fate["status"] == "active":
            splits.setdefault(fate["group"], set()).add(fate["split"])
    assert all(len(each) == 1 for each in splits.values())
    assert set(map(str, leaks(table, decided.fate).values())) == {str(CLEAN)}
    long = {doc.id for doc in second if len(doc.article.split()) >= LEAST_WORDS}
    for doc in second:
        for other in long & set(doc.of):
            both = known[doc.id], known[other]
            assert {fate["status"] for fate in both} != {"active"} or both[0]["split"] == both[1]["split"], doc


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_released_documents_never_move(seed):
    """Law 5: group, split and canonical of a released document outlive every addition."""
    first, second = grown(seed)
    table, before, ledger = release(first)
    old = fates(table, before)
    table, after, _ = release(second, ledger, number="1.1.0")
    new = fates(table, after)
    for name, fate in old.items():
        if fate["status"] == "active" and new[name]["status"] == "active":
            assert {key: fate[key] for key in ("group", "split", "duplicate_of")} == {
                key: new[name][key] for key in ("group", "split", "duplicate_of")
            }


@settings(max_examples=10, deadline=None)
@given(SEEDS, SEEDS)
def test_order_of_input_does_not_matter(seed, order):
    """The same documents in any order, or in other batches, have the same fate."""
    docs = planted.planted(seed, articles=5, copies=10)
    _, decided, ledger = release(docs)
    _, other, same = release(planted.shuffled(docs, order))
    assert decided.fate == other.fate
    assert ledger == same
    parts = pa.concat_tables([keys(docs[:7]), keys(docs[7:])]).sort_by("id")
    assert decide(parts, ledger.slice(0, 0), (), HALVES).fate == decided.fate


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.booleans())
def test_canonicals_are_there(seed, with_group):
    """`duplicate_of` names an active document of the same split that is no duplicate itself."""
    first, second = grown(seed)
    _, _, ledger = release(first)
    taken = [Takedown(first[0].id, None, None, "privacy", with_group)]
    table, decided, _ = release(second, ledger, taken, "2.0.0")
    known = fates(table, decided)
    assert known[first[0].id]["status"] == "withdrawn"
    for fate in known.values():
        canonical = fate["duplicate_of"] and known[fate["duplicate_of"]]
        if canonical:
            assert fate["status"] == canonical["status"] == "active"
            assert fate["split"] == canonical["split"]
            assert canonical["duplicate_of"] is None
    assert set(map(str, leaks(table, decided.fate).values())) == {str(CLEAN)}


def two_sides(seed: int = 0) -> tuple[Doc, Doc, pa.Table]:
    """A document released in train, one released in test, and their ledger."""
    rng = random.Random(seed)
    names = {by_hash(HALVES)(f"d{number}", None): f"d{number}" for number in range(40)}
    train, test = Doc(names["train"], article(rng)), Doc(names["test"], article(rng))
    return train, test, release([train, test])[2]


@pytest.mark.parametrize("related", [False, True])
def test_a_bridge_is_withheld_and_binds_nothing(related):
    """A new page that holds a train and a test article stays out; its other copies do not follow it."""
    train, test, ledger = two_sides()
    bridge = Doc("a", train.article, (test.article,)) if related else Doc("a", f"{train.article}\n{test.article}")
    follower = Doc("b", article(random.Random(4)), (bridge.article[-400:],))
    table, decided, after = release([train, test, bridge, follower], ledger, number="1.1.0")
    known = fates(table, decided)
    assert (known["a"]["status"], known["a"]["reason"]) == ("withheld", BRIDGE)
    assert known["a"]["duplicate_of"] is None
    assert {known[doc.id]["status"] for doc in (train, test, follower)} == {"active"}
    again = fates(*release([train, test, bridge, follower], after, number="1.2.0")[:2])
    assert again == {name: {**fate, "first_release": again[name]["first_release"]} for name, fate in known.items()}


def test_a_bridge_may_come_back():
    """When one of its sides is taken down, what was withheld is released with the other."""
    train, test, ledger = two_sides()
    bridge = Doc("a", f"{train.article}\n{test.article}")
    _, _, ledger = release([train, test, bridge], ledger, number="1.1.0")
    gone = [Takedown(train.id, None, None, "legal")]
    table, decided, _ = release([train, test, bridge], ledger, gone, "2.0.0")
    known = fates(table, decided)
    assert known["a"]["status"] == "active"
    assert known["a"]["split"] == "test"
    assert known["a"]["group"] == known[test.id]["group"]


def test_a_chain_of_new_documents_is_cut_once():
    """Of new documents that lead from train to test only the one that closes the chain is withheld."""
    train, test, ledger = two_sides()
    middle = article(random.Random(3))
    chain = [Doc("a", f"{train.article}\n{middle}"), Doc("b", middle), Doc("c", f"{middle}\n{test.article}")]
    table, decided, _ = release([train, test, *chain], ledger, number="1.1.0")
    known = fates(table, decided)
    assert [known[doc.id]["status"] for doc in chain] == ["active", "active", "withheld"]
    assert {known[name]["split"] for name in "ab"} == {"train"}


def test_of_a_clash_the_document_in_train_gives_way():
    """Two released documents that became one cannot both stay; and the loser never changes sides."""
    train, test, ledger = two_sides()
    recrawled = replace(train, article=test.article)
    table, decided, after = release([recrawled, test], ledger, number="2.0.0")
    known = fates(table, decided)
    assert (known[train.id]["status"], known[train.id]["reason"]) == ("withheld", CLASH)
    assert known[train.id]["split"] == "train"
    assert known[test.id]["status"] == "active"
    later = fates(*release([recrawled, test], after, number="2.0.1")[:2])
    assert (later[train.id]["status"], later[train.id]["split"]) == ("withheld", "train")


def test_with_group_takes_near_duplicates_along_but_no_reuse():
    """Near-duplicates of what is taken down go with it; a page that quotes it stays."""
    rng = random.Random(1)
    one = Doc("a", article(rng))
    docs = [one, Doc("b", edited(rng, one.article, 0.02)), Doc("c", f"{one.article}\n{article(rng, 30)}")]
    known = fates(*release(docs, takedowns=[Takedown("a", None, None, "privacy", with_group=True)])[:2])
    assert [known[name]["reason"] for name in "abc"] == ["privacy", "privacy", None]
    known = fates(*release(docs, takedowns=[Takedown("a", None, None, "privacy")])[:2])
    assert [known[name]["status"] for name in "abc"] == ["withdrawn", "active", "active"]
    assert known["b"]["duplicate_of"] is None


def test_canonical_is_released_first_then_smallest():
    """A new copy with a smaller id points at the released one."""
    rng = random.Random(2)
    one = Doc("m", article(rng))
    _, _, ledger = release([one, replace(one, id="n")])
    known = fates(*release([one, replace(one, id="n"), replace(one, id="a")], ledger, number="1.1.0")[:2])
    assert {name: fate["duplicate_of"] for name, fate in known.items()} == {"m": None, "n": "m", "a": "m"}
    assert {fate["group"] for fate in known.values()} == {"m"}


def test_short_pages_stand_alone_unless_they_are_the_same():
    """Under 20 words only the same page text makes a copy."""
    short = "شہر میں آج بارش ہوئی"
    docs = [Doc("a", short), Doc("b", short, headline="اور"), Doc("c", short)]
    known = fates(*release(docs)[:2])
    assert [known[name]["group"] for name in "abc"] == ["a", "b", "a"]
    assert [known[name]["duplicate_of"] for name in "abc"] == [None, None, "a"]


def test_furniture_binds_nothing():
    """A paragraph on a hundred pages is no reuse, though it is most of a short one."""
    rng = random.Random(3)
    notice = article(rng, 2)
    docs = [Doc(f"d{number:03d}", f"{article(rng, 3)}\n{notice}") for number in range(100)]
    docs.append(Doc("short", f"{notice}\n{article(rng, 1)}"))
    table, decided, _ = release(docs)
    assert pc.count_distinct(decided.fate["group"]).as_py() == len(docs)
    assert set(map(str, leaks(table, decided.fate).values())) == {str(CLEAN)}


def test_large_families_hold_together():
    """Of hundreds of variants of one report, where not all are compared with all, none leaks."""
    rng = random.Random(4)
    one = article(rng, 12)
    docs = [Doc(f"d{number:03d}", edited(rng, one, 0.06)) for number in range(300)]
    _, decided, _ = release(docs)
    assert pc.count_distinct(decided.fate["split"]).as_py() == 1
    assert pc.sum(pc.is_null(decided.fate["duplicate_of"])).as_py() == 1


def test_split_by_time_follows_the_first_appearance():
    """The earliest date of a group decides; without a date a document is trained on."""
    rng = random.Random(5)
    one = article(rng)
    docs = [
        Doc("old", one, published="2023-05-01"),
        Doc("reprint", one, published="2024-09-01T12:00:00+05:00"),
        Doc("new", article(rng), published="2024-09-01"),
        Doc("first day", article(rng), published="2024-06-01T00:10"),
        Doc("between", article(rng), published="2024-03"),
        Doc("undated", article(rng)),
    ]
    table = keys(docs)
    decided = decide(table, release([])[2], (), HALVES, ("2024-01-01", "2024-06-01"))
    assert {name: fate["split"] for name, fate in fates(table, decided).items()} == {
        "old": "train",
        "reprint": "train",
        "new": "test",
        "first day": "test",
        "between": "validation",
        "undated": "train",
    }


def test_shares_are_kept():
    """Fixed cut points give each split its share of many groups."""
    rule = by_hash((90, 5, 5))
    found = [rule(f"id-{number}", None) for number in range(20_000)]
    assert [round(found.count(split) / 200) for split in ("train", "validation", "test")] == [90, 5, 5]
    assert by_hash((0, 0, 100))("x", None) == "test"
    assert by_time(("2024-01-01", "2024-02-01"))("x", "2024-01-01") == "validation"


PAIRS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20)


@given(PAIRS)
def test_components_are_those_of_a_walk(pairs):
    """The smallest node that can be reached."""
    found = components(12, np.array(pairs, dtype=np.int64).reshape(-1, 2))
    reach = {node: {node} for node in range(12)}
    for _ in range(12):
        for one, other in pairs:
            reach[one] = reach[other] = reach[one] | reach[other]
            for node in reach[one]:
                reach[node] = reach[one]
    assert found.tolist() == [min(reach[node]) for node in range(12)]


@given(st.lists(st.integers(0, 4), max_size=30), st.integers(2, 40))
def test_equal_keys_are_paired(values, within):
    """Runs up to the limit completely; longer ones hang together all the same."""
    values = np.sort(np.array(values, dtype=np.int64))
    found = [np.stack(pair, axis=1) for pair in earlier(values, np.arange(len(values)), within)]
    pairs = np.concatenate([np.zeros((0, 2), dtype=np.int64), *found])
    assert len(unique_pairs(pairs)) == len(pairs)
    every = {(a, b) for b in range(len(values)) for a in range(b) if values[a] == values[b]}
    assert set(map(tuple, pairs.tolist())) <= every
    if np.bincount(values, minlength=1).max() <= within:
        assert set(map(tuple, pairs.tolist())) == every
    assert components(len(values), pairs).tolist() == [values.tolist().index(value) for value in values]


@given(st.lists(st.integers(-1, 2), min_size=1, max_size=12), PAIRS)
def test_settling_parts_the_splits(released, pairs):
    """Nothing that stays is bound across splits, and nothing is withheld without cause."""
    released = np.array(released)
    pairs = np.array([pair for pair in pairs if max(pair) < len(released)], dtype=np.int64).reshape(-1, 2)
    found = settle(released, pairs)
    split = np.where(released >= 0, released, found.split)
    stays = found.withheld == 0
    for one, other in pairs.tolist():
        if stays[one] and stays[other]:
            assert split[one] == split[other]
    assert not (~stays & (released == 2)).any()
    if len(set(released.tolist()) - {-1}) < 2:
        assert stays.all()
