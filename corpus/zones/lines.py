"""From pages to pieces: the lines of all pages as one long column, mixed lines cut where a zone may begin."""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from corpus.codepoints import SPACES
from corpus.zones.cuts import (
    HEAD_PATTERNS,
    HEAD_SIGNS,
    INNER,
    SIGNS,
    TEASER_LINE,
    Hints,
    asking,
    cut,
    inner_desks,
    inner_places,
)

_SPACES = "".join(map(chr, SPACES))


class Rows(NamedTuple):
    """The candidate pieces of all pages of a batch, in page order; each array has shape (pieces,).

    Attributes:
        pages: how many pages the batch has; a page of spaces alone has no piece.
        page: row of the page in the batch.
        line: number of the line in the batch, blank lines counted.
        start: first code point, counted in the page.
        end: code point after the last.
        text: the piece itself, without the spaces around it.
        glued: the piece before stands on the same line.
        apart: a bullet opens the piece: it stays apart from the piece before, even with the same label.
        gap: a blank line stands before it.
    """

    pages: int
    page: NDArray[np.int64]
    line: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    text: pl.Series
    glued: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    gap: NDArray[np.bool_]

    def part(self, begin: int, end: int) -> "Rows":
        """Some of the pieces; pages keep their numbers."""
        columns: list[Any] = [column[begin:end] for column in self[1:]]
        return Rows(self.pages, *columns)


def rows(text: pa.Array | pa.ChunkedArray) -> Rows:
    """Cut the pages of a text column into candidate pieces."""
    table = _cut(_lines(pl.Series("text", text)))
    page, line = table["page"].to_numpy(), table["line"].to_numpy()
    same = np.zeros(len(page), dtype=bool)
    same[1:] = line[1:] == line[:-1]
    gap = np.zeros(len(page), dtype=bool)
    gap[1:] = (page[1:] == page[:-1]) & (line[1:] - line[:-1] > 1)
    return Rows(
        len(text),
        page,
        line,
        table["start"].to_numpy(),
        table["end"].to_numpy(),
        table["text"],
        same,
        table["apart"].to_numpy(),
        gap,
    )


def _lines(text: pl.Series) -> pl.DataFrame:
    """Lines that are not blank: page, line, start, end (code points in the page), text without outer spaces."""
    pages = pl.DataFrame({"page": np.arange(len(text), dtype=np.int64), "text": text.str.split("\n")})
    lines = pages.explode("text").with_columns(size=pl.col("text").str.len_chars().cast(pl.Int64) + 1)
    page, size = lines["page"].to_numpy(), lines["size"].to_numpy()
    starts = np.cumsum(size) - size
    first = np.flatnonzero(np.diff(page, prepend=-1))
    starts -= starts[first][page] if len(first) else 0
    left = pl.col("text").str.strip_chars_start(_SPACES)
    return (
        lines.with_columns(line=np.arange(len(lines), dtype=np.int64), start=starts)
        .lazy()
        .with_columns(left=left)
        .with_columns(lead=pl.col("size") - 1 - pl.col("left").str.len_chars().cast(pl.Int64))
        .with_columns(text=pl.col("left").str.strip_chars_end(_SPACES))
        .filter(pl.col("text").str.len_bytes() > 0)
        .with_columns(start=pl.col("start") + pl.col("lead"))
        .with_columns(end=pl.col("start") + pl.col("text").str.len_chars().cast(pl.Int64))
        .select("page", "line", "start", "end", "text", apart=pl.lit(value=False))
        .collect()
    )


def _cut(lines: pl.DataFrame) -> pl.DataFrame:
    """Replace the lines that are candidates for cutting by their pieces."""
    text = pl.col("text")
    seen = lines.lazy().select(
        pl.any_horizontal(
            *(text.str.head(size).str.contains_any(signs) for size, signs in HEAD_SIGNS),
            *(text.str.head(size).str.contains(pattern) for size, pattern in HEAD_PATTERNS),
        ).alias("head"),
        *(text.str.contains_any(signs).alias(name) for name, signs in SIGNS.items()),
        text.str.contains(asking()).alias("asks"),
        pl.when(text.str.len_bytes() <= 2 * TEASER_LINE)
        .then(text.str.slice(INNER).str.contains_any(inner_places()))
        .otherwise(text.str.contains_any(inner_desks()))
        .alias("inner"),
        (text.str.head(60).str.contains(r"\s\s") | text.str.tail(120).str.contains(r"\s\s")).alias("wide"),
        text.str.ends_with(")").alias("credit"),
    )
    table = seen.select(Hints._fields).collect()
    looked = np.flatnonzero(table.select(pl.any_horizontal(pl.all())).to_series().to_numpy())
    hints = map(Hints._make, table[looked].rows())
    where: list[int] = []
    begins: list[int] = []
    ends: list[int] = []
    texts: list[str] = []
    apart: list[bool] = []
    for row, line, hint in zip(looked.tolist(), lines["text"].gather(looked).to_list(), hints, strict=True):
        at = cut(line, hint)
        if not at:
            continue
        at = [(0, False), *at, (len(line), False)]
        for (begin, bullet), (stop, _) in pairwise(at):
            piece = line[begin:stop].rstrip()
            where.append(row)
            begins.append(begin)
            ends.append(begin + len(piece))
            texts.append(piece)
            apart.append(bullet)
    if not where:
        return lines
    mixed = np.array(where, dtype=np.int64)
    base = lines["start"].to_numpy()[mixed]
    cuts = (
        lines[mixed]
        .select("page", "line")
        .with_columns(
            start=base + np.array(begins, dtype=np.int64),
            end=base + np.array(ends, dtype=np.int64),
            text=pl.Series(texts, dtype=pl.String),
            apart=pl.Series(apart),
        )
    )
    whole = np.ones(len(lines), dtype=bool)
    whole[mixed] = False
    return pl.concat([lines.filter(whole), cuts]).sort("line", "start")
