"""What several test files share: a place for the outside files, small corpora, built versions."""

import json
import os
from pathlib import Path

import pytest

import tests.hub  # noqa: F401  points the Hub's clients at the loopback address before anything imports them

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("CORPUS_SHARED", HERE.parent.parent / "shared"))

ARTICLES = [
    "لاہور: شہر میں رات بھر کی بارش سے نشیبی علاقے زیر آب آ گئے اور کئی سڑکیں بند کر دی گئیں۔\n"
    "ریسکیو حکام نے بتایا کہ دو سو سے زائد افراد کو محفوظ مقامات پر منتقل کیا گیا ہے۔\n"
    "یہ بھی پڑھیں: دریائے راوی میں پانی کی سطح بلند",
    "کراچی (اسٹاف رپورٹر) بندرگاہ پر نئے جہاز کی آمد سے کپاس کی برآمد میں تیزی آنے کی امید ہے۔\n"
    "تاجروں کا کہنا ہے کہ کرایوں میں کمی سے چھوٹے کاشتکاروں کو بھی فائدہ پہنچے گا۔",
    "پشاور: صوبائی حکومت نے دیہی مراکز صحت میں شام کی شفٹ شروع کرنے کا فیصلہ کیا ہے۔\n"
    "محکمہ صحت کے مطابق پہلے مرحلے میں اٹھارہ مراکز میں ڈاکٹر اور نرسیں تعینات ہوں گی۔",
    "کوئٹہ: سیب کی فصل پر ژالہ باری سے باغبانوں کو بھاری نقصان اٹھانا پڑا، ضلعی انتظامیہ نے سروے کا حکم دے دیا۔\n"
    "باغبانوں نے مطالبہ کیا کہ قرضوں کی ادائیگی ایک سال کے لیے مؤخر کی جائے۔",
]


@pytest.fixture
def shared() -> Path:
    """The folder of evaluation files, which is not part of the project."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there; set CORPUS_SHARED to the folder of evaluation files")
    return SHARED


@pytest.fixture
def write_jsonl(tmp_path: Path):
    """Write records as JSON Lines and give the path."""

    def write(records, name="raw.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
        return path

    return write


@pytest.fixture
def few() -> list[dict]:
    """Four records with an id each."""
    return [{"id": f"n/{i}", "text": text, "url": f"https://x.pk/{i}"} for i, text in enumerate(ARTICLES)]
