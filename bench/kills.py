"""Kill exports at random moments and look whether a half version is ever visible.

python bench/kills.py [--kills 50] [--pages 2000]
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from corpus.version.verify import verify

ROOT = Path(__file__).parent.parent


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=50)
    asked.add_argument("--pages", type=int, default=2000)
    options = asked.parse_args()
    chance = random.Random(7)
    pages = [json.loads(line) for path in sorted((ROOT / "raw/composed").glob("?.jsonl")) for line in path.open()]
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw.jsonl", Path(folder) / "dist"
        with raw.open("w") as stream:
            for i in range(options.pages):
                stream.write(json.dumps({**chance.choice(pages), "id": f"{i}"}) + "\n")
        command = [sys.executable, "-m", "corpus", "export", str(raw), "--out", str(out)]
        begin = time.perf_counter()
        subprocess.run([*command[:-1], f"{out}-whole"], check=True, stdout=subprocess.DEVNULL)
        whole = time.perf_counter() - begin
        versions = half = 0
        for _ in range(options.kills):
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, whole * 1.1))
            running.send_signal(signal.SIGKILL)
            running.wait()
            for found in out.iterdir() if out.is_dir() else ():
                if found.is_dir() and not found.name.startswith("."):
                    versions += 1
                    half += bool(list(verify(found)))
                    subprocess.run(["rm", "-rf", str(found)], check=True)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seen = [found for found in out.iterdir() if found.is_dir() and not found.name.startswith(".")]
        problems = [said for found in seen for said in verify(found)]
    print(f"one run {whole:.1f} s; {options.kills} kills: {versions} whole versions seen, {half} half ones")
    print(f"the run after them: {problems or 'whole'}")
    sys.exit(bool(half or problems))


if __name__ == "__main__":
    main()
