"""`corpus verify`: whatever is changed is named, also where the hashes in the manifest were changed with it."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.chain import Options
from corpus.groups import place
from corpus.groups.leaks import Crossing
from corpus.version import export as exports
from corpus.version import manifest
from corpus.version.verify import verify
from tests import planted
from tests.releases import built  # noqa: F401

Harm = Callable[[Path], object]


@pytest.fixture
def folder(releases, tmp_path):
    """A copy of a version of nine pages."""
    return Path(shutil.copytree(releases["second"], tmp_path / "version"))


def said(change: Callable[[dict], object]) -> Harm:
    """Change the manifest."""

    def harm(folder: Path) -> None:
        whole = manifest.read(folder)
        change(whole)
        manifest.write(whole, folder)

    return harm


def rewritten(name: str, change: Callable[[pa.Table], pa.Table]) -> Harm:
    """Write a table anew, and its hash into the manifest."""

    def harm(folder: Path) -> None:
        path = min(folder.glob(name))
        pq.write_table(change(pq.read_table(path)), path, store_schema=False)
        whole = manifest.read(folder)
        entry = next(e for e in whole["files"] if e["path"] == path.relative_to(folder).as_posix())
        entry |= manifest.described_file(path)
        manifest.write(whole, folder)

    return harm


def column(name: str, *values) -> Callable[[pa.Table], pa.Table]:
    """Give the first rows other values."""

    def change(table: pa.Table) -> pa.Table:
        at = table.schema.get_field_index(name)
        new = [*values, *table[name].to_pylist()[len(values) :]]
        return table.set_column(at, table.schema.field(at), pa.array(new, table.schema.field(at).type))

    return change


HARMS: dict[str, tuple[Harm, str]] = {
    "headline": (rewritten("articles/*", column("headline", "x")), "articles/"),
    "article": (rewritten("articles/*", column("text", "x")), "logical_hash"),
    "words": (rewritten("articles/*", column("n_words", 7000)), "articles/"),
    "tags": (rewritten("articles/*", column("tags", ["x"])), "articles/"),
    "group": (rewritten("articles/*", column("group", "x")), "articles/"),
    "order": (rewritten("articles/train*", lambda table: table.take([1, 0, *range(2, len(table))])), "articles/train"),
    "title": (rewritten("related/*", column("related_headline", "x")), "related/"),
    "rank": (rewritten("related/*", column("rank", 9)), "related/"),
    "page type": (rewritten("pages/*", column("page_type", "other")), "pages/"),
    "document": (rewritten("documents/*", column("page_type", "other")), "logical_hash"),
    "ledger split": (rewritten("ledger.parquet", column("split", "test", "train")), "active rows"),
    "ledger text": (rewritten("ledger.parquet", column("text_sha256", "0" * 64)), "active rows"),
    "ledger status": (rewritten("ledger.parquet", column("status", "gone")), "ledger.parquet: id"),
    "ledger reason": (rewritten("ledger.parquet", column("reason", "x")), "for the reason 'x'"),
    "ledger release": (rewritten("ledger.parquet", column("first_release", "9.0.0")), "later than this version"),
    "ledger order": (rewritten("ledger.parquet", lambda t: t.sort_by([("id", "descending")])), "not in order"),
    "zones": (said(lambda whole: whole["counts"]["zones"].update(body=1)), "zones"),
    "page types": (said(lambda whole: whole["counts"]["page_types"].update(article=1)), "page_types"),
    "languages": (said(lambda whole: whole["counts"]["languages"].update(ur=1)), "languages"),
    "configs": (said(lambda whole: whole["counts"]["configs"].pop("related")), "rows of related"),
    "rejected": (said(lambda whole: whole["counts"]["rejected"].update(type=1)), "rejected"),
    "withheld": (said(lambda whole: whole["counts"].update(withheld=3)), "3 withheld"),
    "leaks": (said(lambda whole: whole["leaks"]["train/test"].update(exact=1)), "1 exact pairs"),
    "spelling": (said(lambda whole: whole["counts"]["normalization"].update(spaces=999)), "normalization"),
    "folder": (lambda folder: (folder / "more").mkdir(), "more: an empty folder"),
    "version": (said(lambda whole: whole.update(version="7.0.0")), "croissant.json says"),
    "twice": (said(lambda whole: whole["files"].append(whole["files"][0])), "listed 2 times"),
    "schema": (said(lambda whole: whole.update(more=1)), "missing or damaged"),
    "file": (lambda folder: (folder / "more.txt").touch(), "more.txt: not in the manifest"),
    "link": (lambda folder: (folder / "link").symlink_to("/nowhere"), "link: not in the manifest"),
    "bytes": (lambda folder: (folder / "README.md").write_text(""), "README.md: bytes"),
    "gone": (lambda folder: min(folder.glob("pages/*")).unlink(), "missing"),
}


def test_a_version_is_whole(folder):
    """Nothing is named where nothing was changed, with the rejects or without."""
    assert list(verify(folder)) == []
    (folder / "rejects.jsonl").unlink()
    assert list(verify(folder)) == []


@pytest.mark.parametrize("kind", HARMS)
def test_what_was_changed_is_named(folder, kind):
    """By file or figure, in a sentence, without breaking down."""
    harm, named = HARMS[kind]
    harm(folder)
    told = list(verify(folder))
    assert named in "\n".join(told), told


def test_a_broken_description_is_named(folder):
    """Croissant that is no JSON, listed as it is."""
    (folder / "croissant.json").write_text("{")
    entry = {"path": "croissant.json", "rows": None, **manifest.described_file(folder / "croissant.json")}
    said(lambda whole: whole.update(files=[e if e["path"] != entry["path"] else entry for e in whole["files"]]))(folder)
    assert any("cannot be read back" in problem for problem in verify(folder))


def test_a_leak_is_named(tmp_path, write_jsonl, monkeypatch):
    """A version whose splits leak, written by a code that looked for nothing and reported nothing."""
    one = [planted.Doc(f"d{n}", planted.article(random.Random(1))) for n in range(20)]
    nothing = np.zeros((0, 2), dtype=np.int64)
    monkeypatch.setattr(place, "near_duplicates", lambda _: nothing)
    monkeypatch.setattr(place, "reused", lambda *_: nothing)
    monkeypatch.setattr(place, "crossing", lambda *_: Crossing(nothing, nothing, nothing))
    monkeypatch.setattr(exports, "leaks", lambda *_: {})
    path = write_jsonl(planted.records(one))
    result = exports.export(exports.Request((str(path),), tmp_path / "dist", Options(shares=planted.HALVES)))
    assert any("the splits leak" in said and "exact pairs" in said for said in verify(result.folder))
