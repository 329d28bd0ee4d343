"""How many bytes of a version's files are there again after 1% of documents were added.

    python bench/reuse.py [--pages 20000]

Files are cut into chunks by a gear hash (content-defined, 64 KiB on average, as the Hub's storage does it); a chunk of
the old version counts as reused when the new version has it too.
"""

import argparse
import json
import random
import tempfile
from hashlib import blake2b
from pathlib import Path

import numpy as np

from corpus.version.export import Request, export

ROOT = Path(__file__).parent.parent
AVERAGE = 64 * 1024  # bytes
WINDOW = 32  # bytes that decide where a chunk ends


def chunks(data: bytes) -> dict[bytes, int]:
    """Content-defined chunks: hash to size in bytes."""
    gear = np.random.default_rng(1).integers(0, 2**32, 256, dtype=np.uint64)
    values = gear[np.frombuffer(data, dtype=np.uint8)]
    rolled = np.zeros(len(values), dtype=np.uint64)
    for back in range(WINDOW):
        rolled[back:] += values[: len(values) - back] << np.uint64(back)
    ends = [*(np.flatnonzero(rolled >> np.uint64(16) & np.uint64(AVERAGE - 1) == 0) + 1).tolist(), len(data)]
    found, begin = {}, 0
    for end in ends:
        if end - begin >= AVERAGE // 8 or end == len(data):
            found[blake2b(data[begin:end], digest_size=16).digest()] = end - begin
            begin = end
    return found


def of(folder: Path) -> dict[bytes, int]:
    return {key: size for path in sorted(folder.rglob("*.parquet")) for key, size in chunks(path.read_bytes()).items()}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pages", type=int, default=20_000)
    options = asked.parse_args()
    chance = random.Random(3)
    sources = sorted((ROOT / "raw/composed").glob("?.jsonl"))
    pages = [json.loads(line)["text"] for path in sources for line in path.open()]
    words = sorted({word for page in pages for word in page.split()})
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw.jsonl", Path(folder) / "dist"
        results = []
        for number in (options.pages, options.pages // 100):
            with raw.open("a") as stream:
                for _ in range(number):
                    # Every other word another one, so that pages are not near-duplicates of each other.
                    page = chance.choice(pages).split(" ")
                    text = " ".join(chance.choice(words) if chance.random() < 0.5 else word for word in page)
                    stream.write(json.dumps({"id": f"{chance.getrandbits(64):016x}", "text": text}) + "\n")
            results.append(export(Request(paths=(str(raw),), out=out)).folder)
        old, new = of(results[0]), of(results[1])
        reused = sum(size for key, size in old.items() if key in new) / sum(old.values())
        fresh = sum(size for key, size in new.items() if key not in old)
    size = sum(old.values()) / 1e6
    print(f"{options.pages} documents, {size:.1f} MB; 1% added: {reused:.1%} reused, {fresh / 1e6:.1f} MB new")


if __name__ == "__main__":
    main()
