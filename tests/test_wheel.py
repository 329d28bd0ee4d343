"""What is shipped is whole: the wheel alone, without the checkout, exports a corpus."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_wheel_exports_without_the_checkout(tmp_path, write_jsonl, few):
    """Schemas, lexicon and weights are inside; it runs beside the environment's packages from another folder."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    code = (
        f"import sys; sys.path[:] = [{str(site)!r}] + [p for p in sys.path if p != {str(ROOT)!r} and p]\n"
        f"import corpus; assert corpus.__file__.startswith({str(site)!r}), corpus.__file__\n"
        f"sys.argv = ['corpus', 'export', {str(write_jsonl(few))!r}, '--out', {str(tmp_path / 'dist')!r}]\n"
        "from corpus.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "dist" / "1.0.0" / "manifest.json").is_file()
