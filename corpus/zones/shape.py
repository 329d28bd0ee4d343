"""The look of a piece: length, first and last marks, what it holds, as counts of character classes over the batch."""

from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from corpus.codepoints import SPACES

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

# A long piece is looked at in its first and last characters only.
SHORT, HEAD, TAIL = 160, 60, 60
# Stands between head and tail; a private character, so that no word runs across.
SEAM = "\ue000"
LENGTHS = (4, 10, 18, 28, 40, 55, 70, 90, 110, 140, 180, 250, 400, 700)

# Classes of characters; every other character is in none.
CLASSES = {
    "space": "".join(map(chr, SPACES)),
    "digit": "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹",
    "latin": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "stop": "۔",
    "dot": ".",
    "asks": "؟?",
    "exclaims": "!",
    "comma": "،,",
    "semicolon": "؛;",
    "colon": ":：",
    "hyphen": "-",
    "dash": "—–ـ",
    "quote": "\"'“”‘’",
    "guillemet": "«»‹›",
    "open": "([{",
    "close": ")]}",
    "angle": "<>",
    "equals": "=",
    "slash": "/\\",
    "pipe": "|",
    "bullet": "•●▪■◆◄►✅○*·◦▶★☆✔➤⬅👇🔴",
    "arrow": "→←➡⟶↩",
    "hash": "#",
    "at": "@",
    "ellipsis": "…",
    "copyright": "©®™",
    "underscore": "_",
    "ampersand": "&",
}
_ORDER = ("none", "urdu", "letter", "emoji", "seam", *CLASSES)
AT = {name: number for number, name in enumerate(_ORDER)}


def _class_table() -> NDArray[np.uint8]:
    table = np.zeros(0x20000, dtype=np.uint8)
    letters = [code for code in range(0x370, 0xD7FF) if chr(code).isalpha()]
    table[letters] = AT["letter"]
    table[0xC0:0x250] = AT["latin"]
    table[[code for code in range(0x600, 0x780) if chr(code).isalpha()]] = AT["urdu"]
    table[0x64B:0x660] = AT["urdu"]
    table[0x1F000:0x20000] = AT["emoji"]
    table[0x2600:0x27C0] = AT["emoji"]
    table[ord(SEAM)] = AT["seam"]
    for name, characters in CLASSES.items():
        table[[ord(character) for character in characters]] = AT[name]
    return table


_TABLE = _class_table()


def among(*names: str) -> Flags:
    """A table of classes: which are among those named."""
    table = np.zeros(len(_ORDER), dtype=bool)
    table[[AT[name] for name in names]] = True
    return table


_WRAPS = among("quote", "guillemet", "close", "space")
_LISTS = among("dot", "close", "stop", "hyphen")
_BETWEEN = among("hyphen", "slash", "dot")


class View(NamedTuple):
    """The characters by which pieces are judged, end to end.

    Attributes:
        codes: code points, shape (n,).
        classes: their classes, shape (n,).
        piece: the piece of each, shape (n,).
        start: where each piece begins, and n at the end, shape (pieces + 1,).
    """

    codes: NDArray[np.uint32]
    classes: NDArray[np.uint8]
    piece: Ints
    start: Ints


def view(text: pl.Series, size: Ints) -> View:
    """Take short pieces whole and long ones by both ends."""
    column = pl.col("text")
    ends = pl.concat_str(column.str.head(HEAD), pl.lit(SEAM), column.str.tail(TAIL))
    table = pl.DataFrame({"text": text, "size": size})
    seen = table.select(pl.when(pl.col("size") <= SHORT).then(column).otherwise(ends))["text"]
    data = seen.to_arrow().cast(pa.large_string())
    codes = np.zeros(0, dtype=np.uint32)
    if len(data) and data.buffers()[2] is not None:
        bounds = np.frombuffer(data.buffers()[1], dtype=np.int64)
        raw = memoryview(data.buffers()[2])[bounds[data.offset] : bounds[data.offset + len(data)]]
        codes = np.frombuffer(str(raw, "utf-8").encode("utf-32-le"), dtype=np.uint32)
    sizes = np.where(size <= SHORT, size, HEAD + TAIL + 1)
    start = np.concatenate([[0], np.cumsum(sizes)])
    return View(codes, _TABLE[np.minimum(codes, 0x1FFFF)], np.repeat(np.arange(len(sizes)), sizes), start)


def shape(seen: View, size: Ints) -> dict[str, Flags]:
    """Features of each piece's look."""
    count = len(size)
    counts = np.bincount(seen.piece * len(_ORDER) + seen.classes, minlength=count * len(_ORDER))
    held = dict(zip(_ORDER, counts.reshape(count, len(_ORDER)).T, strict=True))
    out: dict[str, Flags] = {f"size>={bound}": size >= bound for bound in LENGTHS}
    _edges(out, seen)
    letters = held["urdu"] + held["letter"]
    for name, bounds in _HOLDS.items():
        out |= {f"has:{name}>={bound}": held[name] >= bound for bound in bounds}
    out["latin:most"] = held["latin"] > letters
    out["latin:all"] = (held["latin"] > 0) & (letters == 0)
    out["letters:none"] = held["latin"] + letters == 0
    out["foreign"] = held["letter"] > held["urdu"] + held["latin"]
    out["digits:many"] = held["digit"] * 3 > held["latin"] + letters
    out["marks:many"] = (count_marks(held)) * 4 > held["latin"] + letters
    words = held["space"]
    out |= {f"words>={bound}": words >= bound - 1 for bound in (2, 3, 4, 6, 9, 14)}
    _runs(out, seen, count)
    return out


_HOLDS = {
    "digit": (1, 4, 9), "latin": (1, 8), "stop": (1, 2, 3), "dot": (1, 2, 3), "asks": (1,), "exclaims": (1,),
    "comma": (1, 2, 4), "semicolon": (1,), "colon": (1, 2), "hyphen": (1, 2), "dash": (1, 2), "quote": (1, 2),
    "guillemet": (1, 2), "open": (1, 2), "angle": (1,), "equals": (1,), "slash": (1, 2), "pipe": (1, 2),
    "bullet": (1, 2), "arrow": (1,), "hash": (1, 2), "at": (1,), "ellipsis": (1,), "copyright": (1,), "emoji": (1, 2),
    "underscore": (1,), "ampersand": (1,),
}  # fmt: skip


def count_marks(held: dict[str, Ints]) -> Ints:
    """Signs of code rather than prose."""
    return held["angle"] + held["equals"] + held["slash"] + held["underscore"] + held["pipe"]


def _edges(out: dict[str, Flags], seen: View) -> None:
    """Classes of the first character, of the last, and of the last but quotes and brackets."""
    first = seen.classes[seen.start[:-1]]
    last = seen.classes[seen.start[1:] - 1]
    wraps = _WRAPS[seen.classes]
    inner = np.maximum.accumulate(np.where(wraps, 0, np.arange(len(wraps))))[seen.start[1:] - 1]
    behind = seen.classes[np.maximum(inner, seen.start[:-1])]
    second = seen.classes[np.minimum(seen.start[:-1] + 1, seen.start[1:] - 1)]
    for name, number in AT.items():
        out[f"first:{name}"] = first == number
        out[f"last:{name}"] = last == number
    for name in ("stop", "dot", "asks", "exclaims", "ellipsis", "digit"):
        out[f"closes:{name}"] = behind == AT[name]
    out["numbered"] = (first == AT["digit"]) & _LISTS[second]


def _runs(out: dict[str, Flags], seen: View, count: int) -> None:
    """Characters in a row: clock, date, year, telephone number, wide space, dots."""
    kind = seen.classes
    if len(kind) < 8:
        kind = np.concatenate([kind, np.zeros(8, dtype=np.uint8)])
    digit, space, dot = kind == AT["digit"], kind == AT["space"], (kind == AT["dot"]) | (kind == AT["stop"])
    between = _BETWEEN[kind]
    four = digit[:-3] & digit[1:-2] & digit[2:-1] & digit[3:]
    found = {
        "clock": digit[:-2] & (kind[1:-1] == AT["colon"]) & digit[2:],
        "date": digit[:-2] & between[1:-1] & digit[2:],
        "year": four,
        "phone": four[:-3] & four[3:],
        "wide": space[:-1] & space[1:],
        "dots": dot[:-1] & dot[1:],
    }
    for name, hits in found.items():
        where = np.flatnonzero(hits)
        times = np.bincount(seen.piece[where[where < len(seen.piece)]], minlength=count)
        out[f"has:{name}"] = times >= 1
        if name in {"wide", "date", "clock"}:
            out[f"has:{name}>=2"] = times >= 2
