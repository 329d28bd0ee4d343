"""Cuts inside lines, and the folding and cue matching they rest on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.zones.alphabet import alphabet
from corpus.zones.cuts import cut
from corpus.zones.fold import TABLE, fold, folding
from corpus.zones.lexicon import lexicon
from corpus.zones.trie import DEPTH, anywhere, pairs, trie, walk

PLACES = [
    ("لاہور(سٹاف رپورٹر): ", "والڈ سٹی اتھارٹی نے کام شروع کردیا۔"),
    ("کراچی: ", "بندرگاہ پر کنٹینروں کی قطار لگ گئی ہے۔"),
    ("نئی دہلی، 30 اکتوبر (یو این آئی) ", "پارلیمان کا اجلاس کل سے شروع ہوگا۔"),
    ("سرینگر//", "برف باری کے بعد شاہراہ بند کر دی گئی ہے۔"),
    ("گلگت — نیوز ڈیسک — ", "جھیل کے کنارے وارننگ سسٹم نصب کر دیا گیا ہے۔"),
    ("کام شروع ہو گیا ہے۔ ", "(بشکریہ روزنامہ افق)"),
    ("بازار کھل گئے ہیں۔ ", "یہ بھی پڑھیں: چینی سستی ہوگئی"),
    ("• پہلی سرخی ", "• دوسری سرخی"),
    ("فوٹو گیلری ", '<div class="gallery">'),
    ("چھت گرنے سے ماں بیٹی زخمی", "ملتان (نمائندہ خصوصی) بستی نو میں کچے مکان کی چھت گر گئی۔"),
    ("چھت گرنے سے ماں بیٹی زخمی ملتان (نمائندہ خصوصی) ", "بستی نو میں کچے مکان کی چھت گر گئی۔"),
    ("بنارس کے بنکروں نے سولر لوم اپنایا ", "وارانسی: مدن پورہ کے بنکروں نے پرانی مشینیں بیچ دیں […]"),
    ("date 2023-06-14 ", "گدھا ریڑھی بانوں کا ٹریفک پولیس کے خلاف مارچ"),
    ("جون 13, 2023 ", "1 minute read"),
    ("تازہ خبریں  ", "ساحل سے چار ٹن پلاسٹک اٹھا لیا گیا"),
    ("Previous article", "چاند کی مٹی سے اینٹ بنانے کا تجربہ کامیاب"),
    ("اوسلو۔ ", "دنیا کی طویل ترین سرنگ کی مرمت شروع ہو گئی ہے۔"),
    ("رام بن//عازم جان// ", "وادی کو خطے سے جوڑنے والی ریل لائن کا معائنہ ہوا۔"),
    ("گاڑیاں رک گئیں۔ یہ بھی پڑھیں: خلا میں اگنے والا ٹماٹر گم ہونے کا معمہ حل  ", "ڈرائیور نے بتایا کہ سڑک بند تھی"),
    ("پل بہہ گیا جس سے راستہ بند ہوا […] ", "Read more"),
]


@pytest.mark.parametrize(("first", "second"), PLACES)
def test_cut_is_proposed(first, second):
    """A line that mixes zones may be cut where the second begins."""
    assert len(first) in [at for at, _ in cut(first + second)]


@pytest.mark.parametrize(
    "line", ["پولیس نے کہا کہ تفتیش جاری ہے اور ملزم جلد پکڑے جائیں گے۔", "متعلقہ خبریں", "یہ بھی پڑھیں: پانی کی قلت"]
)
def test_plain_line_stays_whole(line):
    """A line of one zone gets no cut."""
    assert cut(line) == []


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("اب (:)[]<>=\"'۔؟—…•*#|/&;-مزیدپڑھیں \t\u200c")), min_size=1, max_size=80))
def test_cuts_lie_between_characters(line):
    """Cuts ascend, lie inside the line, and a visible character follows each."""
    line = line.strip()
    places = [at for at, _ in cut(line)] if line else []
    assert places == sorted(set(places))
    assert all(0 < at < len(line) and not line[at].isspace() for at in places)


@given(st.text(max_size=40))
def test_folding_is_idempotent_and_one(text):
    """Folding twice is folding once, and the table of code points agrees with the table of characters."""
    assert fold(fold(text)) == fold(text)
    table = folding()
    assert all(
        (chr(table[ord(c)]) if table[ord(c)] else "") == TABLE.get(c, c) for c in text if ord(c) < 0x10000 and c != "\0"
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(alphabet="ابپ", min_size=3, max_size=8), min_size=1, max_size=6, unique=True),
    st.text(alphabet="ابپ", max_size=40),
)
def test_walk_finds_what_find_finds(phrases, text):
    """The walk finds every phrase at every place, as a plain search does."""
    symbols = alphabet().of(text)
    found = trie(phrases)
    at = anywhere(symbols, pairs(phrases))
    hits, numbers = walk(symbols, at, np.full(len(at), len(symbols)), found)
    got = sorted(zip(at[hits].tolist(), numbers.tolist(), strict=True))
    assert got == sorted(
        (n, k) for k, phrase in enumerate(phrases) for n in range(len(text)) if text.startswith(phrase, n)
    )


def test_lexicon_is_well_formed():
    """Phrases stand at known places, none folds to nothing, phrases for anywhere have three letters."""
    for (zone, where), phrases in lexicon().items():
        assert where in {"start", "end", "any", "inline", "word"}, (zone, where)
        for phrase in phrases:
            assert fold(phrase), (zone, where, phrase)
            assert where != "any" or len(fold(phrase)) >= 3, (zone, phrase)
    assert DEPTH >= 24
