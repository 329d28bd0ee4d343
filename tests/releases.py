"""Three small versions to push: a first one, one with more pages, and one after a takedown that empties a split."""

import json
from pathlib import Path

import pytest

TOPICS = [
    ("لاہور", "بارش سے نشیبی علاقے زیر آب آ گئے", "ریسکیو حکام نے دو سو افراد کو محفوظ مقامات پر منتقل کیا"),
    ("کراچی", "بندرگاہ پر نئے جہاز کی آمد سے کپاس کی برآمد بڑھی", "تاجروں نے کرایوں میں کمی کا خیر مقدم کیا"),
    ("پشاور", "دیہی مراکز صحت میں شام کی شفٹ شروع ہو گئی", "محکمہ صحت کے مطابق اٹھارہ ڈاکٹر تعینات ہوں گے"),
    ("کوئٹہ", "سیب کی فصل پر ژالہ باری سے نقصان ہوا", "باغبانوں نے قرضے مؤخر کرنے کا مطالبہ کیا"),
    ("ملتان", "آم کے باغات میں نئی پیوندکاری کامیاب رہی", "زرعی یونیورسٹی کے ماہرین نے کسانوں کو تربیت دی"),
    ("سکھر", "بیراج کے دروازوں کی مرمت مکمل کر لی گئی", "انجینئروں کے مطابق پانی کا بہاؤ معمول پر ہے"),
    ("گلگت", "برفانی تودے نے شاہراہ کو چھ گھنٹے بند رکھا", "مسافروں کے لیے عارضی کیمپ قائم کیا گیا"),
    ("حیدرآباد", "چوڑیوں کی صنعت کو گیس کی فراہمی بحال ہو گئی", "مزدوروں نے چار روز بعد کام شروع کر دیا"),
    ("سیالکوٹ", "فٹ بال بنانے والے کارخانوں کو نئے آرڈر ملے", "برآمد کنندگان نے ہنرمندوں کی کمی کی شکایت کی"),
]


def page(number: int) -> dict[str, str]:
    """One invented page."""
    place, first, second = TOPICS[number]
    text = (
        f"{first}\n{place}: {first}، جس کی تصدیق ضلعی انتظامیہ نے بھی کی ہے۔\n{second}، تاہم مزید تفصیل کا انتظار ہے۔\n"
    )
    return {
        "id": f"a/{number}",
        "text": f"{text}یہ بھی پڑھیں: {TOPICS[number - 1][1]}",
        "url": f"https://x.pk/{number}",
    }


def build(folder: Path) -> dict[str, Path]:
    """Export the three versions; the takedown is the one document of the test split."""
    from corpus.chain import Options
    from corpus.version import takedown
    from corpus.version.export import Request, export

    raw, out = folder / "raw", folder / "dist"
    raw.mkdir()

    def release(count: int) -> Path:
        lines = [json.dumps(page(n), ensure_ascii=False) + "\n" for n in range(count)]
        (raw / "pages.jsonl").write_text("".join([*lines, '{"txt": 1}\n']), encoding="utf-8")
        return export(Request((str(raw),), out, Options(shares=(60, 20, 20)), workers=1)).folder

    first, second = release(7), release(9)
    takedown.append(raw, name=GONE, url=None, reason="author_request", with_group=False)
    return {"first": first, "second": second, "third": release(9)}


GONE = "a/0"  # the only one in the test split; 7 and 8 are in train


@pytest.fixture(scope="module", name="releases")
def built(tmp_path_factory) -> dict[str, Path]:
    """Folders by name; they are read only."""
    return build(tmp_path_factory.mktemp("releases"))
