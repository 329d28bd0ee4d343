"""Whether time and memory per document stay what they are as the corpus grows.

    python bench/growth.py 10000 30000 [100000 1000000]

Makes the pages (`bench/pages.py`), exports them in a process of its own and prints, for each size, seconds, processor
seconds and peak memory of all its processes, each also a document and against the smallest size. Bars: at most 1.5
times the time a document from the smallest to the largest; at most 1.5 GB and 1 KB a document of memory. A million
pages are 5.8 GB, and the version and its runs take four times as much again: give --folder a disk with 30 GB.
"""

import argparse
import os
import platform
import resource
import sys
import tempfile
from itertools import accumulate, pairwise
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import orjson
from pages import lines
from tree import run

BASE, EACH, GROWTH = 1.5e9, 1e3, 1.5  # bytes; bytes a document; times


class Size(NamedTuple):
    """One size: documents, seconds, processor seconds, peak bytes; seconds and peak bytes of each stage."""

    pages: int
    seconds: float
    processor: float
    memory: int
    stages: dict[str, tuple[float, int]]

    @property
    def allowed(self) -> float:
        return BASE + EACH * self.pages


def measure(pages: int, seed: int, folder: Path) -> Size:
    """Make the pages, export them, read the log."""
    raw = folder / "pages.jsonl"
    with raw.open("wb") as stream:
        stream.writelines(lines(pages, seed))
    out = folder / "dist"
    began, used = perf_counter(), processor()
    ran = run([sys.executable, "-m", "corpus", "export", str(raw), "--out", str(out)])
    seconds = perf_counter() - began
    if ran.code:
        raise SystemExit(f"the export of {pages:,} pages ended with {ran.code}: {ran.stderr.strip()[-300:]}")
    said = orjson.loads((out / "1.0.0.log").read_bytes())
    took = {stage["stage"]: stage["seconds"] for stage in said["stages"]}
    ends = list(accumulate(took.values(), initial=seconds - sum(took.values())))
    stages = {name: (end - at, ran.peak(at, end)) for name, (at, end) in zip(took, pairwise(ends), strict=True)}
    return Size(pages, seconds, processor() - used, ran.peak(), stages)


def processor() -> float:
    """Processor seconds of all children that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def show(size: Size, base: Size) -> None:
    growth = size.processor / size.pages / (base.processor / base.pages)
    stages = ", ".join(
        f"{name} {seconds * 1e6 / size.pages:,.0f} ({held / 1e6:,.0f})" for name, (seconds, held) in size.stages.items()
    )
    print(
        f"{size.pages:>9,} {size.seconds:9.1f} {size.processor:9.1f} {size.pages / size.seconds:8,.0f} "
        f"{size.processor / size.pages * 1e6:9,.0f} {growth:7.2f}x {size.memory / 1e6:8,.0f} "
        f"{size.memory / size.allowed:7.0%}   {stages}",
        flush=True,
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("pages", type=int, nargs="+")
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--folder", type=Path, help="where the pages and versions go for the time of the run")
    options = asked.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}\n")
    print(
        f"{'pages':>9} {'seconds':>9} {'processor':>9} {'pages/s':>8} {'us a page':>9} {'growth':>8} {'peak MB':>8} "
        f"{'allowed':>7}   us a page by stage (peak MB)"
    )
    sizes: list[Size] = []
    for pages in options.pages:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            sizes.append(measure(pages, options.seed, Path(folder)))
        show(sizes[-1], sizes[0])
    grown = (sizes[-1].processor / sizes[-1].pages) / (sizes[0].processor / sizes[0].pages)
    memory = max(size.memory / size.allowed for size in sizes)
    held = grown <= GROWTH and memory <= 1
    print(
        f"\nbars {'held' if held else 'broken'}: processor time a page grew {grown:.2f} times (at most {GROWTH}), "
        f"memory {memory:.0%} of what is allowed"
    )
    sys.exit(not held)


if __name__ == "__main__":
    main()
