"""Phone numbers, e-mail addresses, identity card numbers and IBANs, as spans of the page.

Digits and at signs are found by a table over the whole batch; only the few places where enough digits stand
together are read, as strings of one line, by the expressions of `corpus.annotate.numbering`.
"""

import string
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.annotate.numbering import Finding, find_emails, find_numbers
from corpus.codepoints import Codepoints, codepoints
from corpus.schema import load

KINDS: tuple[str, ...] = tuple(
    load("document")["properties"]["annotations"]["properties"]["personal_data"]["items"]["properties"]["kind"]["enum"]
)
MASK = "\N{FULL BLOCK}"

# What may stand between two digits of one number: at most this many code points, and none of them a letter.
_GAP = 5
# The shortest number that counts is a local one of seven digits after a cue.
_FEWEST_DIGITS = 7
# Room on the line for a cue before a number and for a unit or a trailing sign after it.
_BEFORE, _AFTER = 80, 80
# Line feed, commas, colon.
_PARTING = np.array([0x0A, 0x2C, 0x3A, 0x60C], dtype=np.uint32)
# What may stand beside the at sign of an address: ASCII letters, digits, some signs, a space, a left-to-right mark.
_IN_ADDRESS = np.zeros(256, dtype=bool)
_IN_ADDRESS[[ord(sign) for sign in string.ascii_letters + string.digits + "._%+- "]] = True
# One byte a code point: 1 for an at sign and for a Latin, Arabic-Indic or Urdu digit.
_DIGIT_OR_AT = np.zeros(0x110000, dtype=np.uint8)
_DIGIT_OR_AT[[ord(sign) for sign in "@" + string.digits + "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"]] = 1
_DIGIT_OR_AT = pa.array(_DIGIT_OR_AT)
_LRM = ord("\N{LEFT-TO-RIGHT MARK}")


class Findings(NamedTuple):
    """What was found in a batch, in page order, disjoint; each array has shape (findings,).

    Attributes:
        page: row of the page in the batch.
        kind: index into `KINDS`.
        start: first code point, counted in `Codepoints.codes` (not in the page).
        end: code point after the last, counted likewise.
    """

    page: NDArray[np.int64]
    kind: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def personal_data(text: Codepoints) -> Findings:
    """Find the personal data of all pages.

    >>> found = personal_data(codepoints(pa.array(["رابطہ: 0300-1234567 یا info@example.com"])))
    >>> [(KINDS[k], s, e) for k, s, e in zip(found.kind.tolist(), found.start.tolist(), found.end.tolist())]
    [('phone', 7, 19), ('email', 23, 39)]
    """
    digits, ats = _digits_and_ats(text.codes)
    spans = {
        (start, end, KINDS.index(kind))
        for first, last in _digit_groups(text, digits)
        for kind, start, end in _in_window(text, first, last + 1, find_numbers)
    }
    spans |= {
        (start, end, KINDS.index(kind))
        for at in ats.tolist()
        for kind, start, end in _in_window(text, at, at + 1, find_emails)
    }
    flat = np.array(_disjoint(sorted(spans)), dtype=np.int64).reshape(-1, 3)
    page = np.searchsorted(text.rows, flat[:, 0], side="right") - 1
    return Findings(page, flat[:, 2], flat[:, 0], flat[:, 1])


def mask(column: pa.StringArray) -> pa.StringArray:
    """Replace every finding by as many full blocks (U+2588) as it has code points."""
    text = codepoints(column)
    found = personal_data(text)
    if len(found.page) == 0:
        return column
    rows, first = np.unique(found.page, return_index=True)
    strings = []
    for row, spans in zip(rows.tolist(), np.split(np.arange(len(found.page)), first[1:]), strict=True):
        codes = text.codes[text.rows[row] : text.rows[row + 1]].copy()
        for start, end in zip(found.start[spans], found.end[spans], strict=True):
            codes[start - text.rows[row] : end - text.rows[row]] = ord(MASK)
        strings.append(_string(codes))
    hit = np.zeros(len(column), dtype=bool)
    hit[rows] = True
    return pc.replace_with_mask(column, pa.array(hit), pa.array(strings, pa.string()))


def mask_text(text: str) -> str:
    """`mask` for one string, as those inside `extra` and rejects.

    >>> mask_text("فون 0300-1234567")
    'فون ████████████'
    """
    masked: str = mask(pa.array([text], pa.string()))[0].as_py()
    return masked


def _digits_and_ats(codes: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of Latin, Arabic-Indic and Urdu digits, and of at signs."""
    # Arrow's kernel is three times as fast as numpy's, which widens every index to 64 bits first.
    wanted = pc.take(_DIGIT_OR_AT, pa.array(codes), boundscheck=False).to_numpy()
    places = np.flatnonzero(wanted.view(np.bool_))
    signs = codes[places]
    ats = places[signs == ord("@")]
    return places[signs != ord("@")], ats[_between_names(codes, ats)]


def _between_names(codes: NDArray[np.uint32], ats: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which at signs have what an address has on both sides: no handle has a name before it."""
    before = codes[np.maximum(ats - 1, 0)]
    after = codes[np.minimum(ats + 1, len(codes) - 1)]
    return (_IN_ADDRESS[np.minimum(before, 255)] | (before == _LRM)) & (
        _IN_ADDRESS[np.minimum(after, 255)] | (after == _LRM)
    )


def _digit_groups(text: Codepoints, digits: NDArray[np.int64]) -> list[tuple[int, int]]:
    """First and last digit of every group of digits that stand close together, in one page, and are enough."""
    if len(digits) == 0:
        return []
    breaks = np.diff(digits) > _GAP
    gaps = np.flatnonzero((np.diff(digits) > 1) & ~breaks)
    breaks[gaps] = _parts_numbers(text.codes, digits[gaps] + 1, digits[gaps + 1])
    pages = np.searchsorted(text.rows, digits, side="right")
    breaks |= np.diff(pages) > 0
    starts = np.append(0, np.flatnonzero(breaks) + 1)
    ends = np.append(starts[1:], len(digits))
    enough = ends - starts >= _FEWEST_DIGITS
    return list(zip(digits[starts[enough]].tolist(), digits[ends[enough] - 1].tolist(), strict=True))


def _parts_numbers(codes: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which stretches between two digits hold what no number holds: a letter, a comma, a colon, a line feed."""
    parts = np.zeros(len(starts), dtype=bool)
    for step in range(_GAP):
        at = starts + step
        code = codes[np.minimum(at, len(codes) - 1)]
        latin = ((code | 0x20) - np.uint32(ord("a"))) < 26
        other = (code >= 0x620) & (code < 0x2000) & (code != 0x6D4) & (code != 0x640)
        parts |= (at < ends) & (latin | other | np.isin(code, _PARTING))
    return parts


def _in_window(
    text: Codepoints, start: int, end: int, find: Callable[[str, int, int, int], list[Finding]]
) -> list[Finding]:
    page = int(np.searchsorted(text.rows, start, side="right")) - 1
    begin = max(int(text.rows[page]), start - _BEFORE)
    window = _string(text.codes[begin : min(int(text.rows[page + 1]), end + _AFTER)])
    line = window.rfind("\n", 0, start - begin) + 1
    after = window.find("\n", end - begin)
    line_end = len(window) if after < 0 else after
    return [(kind, begin + s, begin + e) for kind, s, e in find(window[:line_end], line, start - begin, end - begin)]


def _string(codes: NDArray[np.uint32]) -> str:
    return codes.tobytes().decode("utf-32-le")


def _disjoint(spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    kept: list[tuple[int, int, int]] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
