"""Personal data: laws, then marked texts by kind, then masking."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.annotate.personal_data import KINDS, mask, mask_text, personal_data
from corpus.chain import Options
from corpus.codepoints import codepoints
from corpus.version.export import Request, export

CASES = Path(__file__).parent / "cases" / "personal_data"
MARKED = re.compile(r"⟦(\w+) ([^⟧]*)⟧")
parts = st.one_of(
    st.sampled_from(["0300-1234567", "info@example.com", "35202-1234567-1", "PK36SCBL0000001123456702", "12-03-2025"]),
    st.sampled_from(
        [" ", "\n", "، ", "فون ", "شناختی کارڈ ", "+92 ", "(042) ", "۳۵۷۶", "111", "-", "\u200e", "https://a.pk/"]
    ),
    st.text("0123456789۰۱ -.()+@\naب", max_size=12),
)
pages = st.lists(parts, max_size=8).map("".join)


def parse(line):
    """A marked text as its plain text and the spans of its marks."""
    text, spans, at = "", [], 0
    for match in MARKED.finditer(line):
        text += line[at : match.start()]
        spans.append((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        at = match.end()
    return text + line[at:], spans


def find(strings):
    """The findings of each string, offsets from its start."""
    text = codepoints(pa.array(strings, pa.string()))
    found = personal_data(text)
    spans = [[] for _ in strings]
    for page, kind, start, end in zip(*(column.tolist() for column in found), strict=True):
        spans[page].append((KINDS[kind], start - int(text.rows[page]), end - int(text.rows[page])))
    return spans


def cases(name):
    lines = (CASES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [
        pytest.param(*parse(line), id=f"{name} {n}") for n, line in enumerate(lines, 1) if not line.startswith("# ")
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(pages, max_size=6))
def test_batch(strings):
    """A page's findings do not depend on the pages beside it."""
    assert find(strings) == [find([string])[0] for string in strings]


@settings(max_examples=60, deadline=None)
@given(pages)
def test_spans(string):
    """Findings are in order, disjoint, on one line, and neither begin nor end at space."""
    spans = find([string])[0]
    ends = [0, *(end for _, _, end in spans)]
    assert all(end <= start for end, (_, start, _) in zip(ends, spans, strict=False))
    assert all(string[s:e] and string[s:e] == string[s:e].strip() and "\n" not in string[s:e] for _, s, e in spans)


@settings(max_examples=60, deadline=None)
@given(st.lists(pages, max_size=5))
def test_mask(strings):
    """Masking keeps every length and every character outside the findings."""
    masked = mask(pa.array(strings, pa.string())).to_pylist()
    expected = [list(string) for string in strings]
    for letters, spans in zip(expected, find(strings), strict=True):
        for _, start, end in spans:
            letters[start:end] = "█" * (end - start)
    assert masked == ["".join(letters) for letters in expected]


@pytest.mark.parametrize(
    ("text", "spans"), [c for name in ("phone", "email", "cnic_iban", "sentences", "traps") for c in cases(name)]
)
def test_cases(text, spans):
    """What is marked is found, with its kind and its exact span, and nothing else."""
    assert find([text])[0] == spans


def test_mask_text():
    """One string is masked like a column of one."""
    assert (
        mask_text("شناختی کارڈ 35202-1234567-1 اور a@example.com۔") == "شناختی کارڈ ███████████████ اور █████████████۔"
    )


def test_nothing():
    """A batch without pages, and pages without text, have no findings."""
    assert find([]) == []
    assert find(["", "", "خبر"]) == [[], [], []]
    assert mask(pa.array([""])).to_pylist() == [""]


def test_linear_time():
    """Long runs of digits and of at signs are read once, not once for each digit."""
    hostile = ["0300-" * 20_000, "1 " * 40_000, "@" * 20_000, "a." * 20_000 + "@", "+92 " * 20_000]
    assert len(find(hostile)) == len(hostile)


def test_what_a_record_says_is_masked(write_jsonl, tmp_path):
    """An author with an address must not stay in a corpus whose card says that personal data is masked."""
    record = {
        "id": "a",
        "text": "خبر یہ ہے۔",
        "author": "ali@example.com",
        "publisher": "x 0300-1234567",
        "more": "b@c.pk",
    }
    request = Request((str(write_jsonl([record])),), tmp_path / "dist", Options(mask_personal_data=True))
    (path,) = (export(request).folder / "documents").glob("*.parquet")
    said = pq.read_table(path)["metadata"].to_pylist()[0]
    assert (said["author"], said["publisher"], said["extra"]) == ("█" * 15, "x ████████████", '{"more":"██████"}')
