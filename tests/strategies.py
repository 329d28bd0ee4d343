"""Pages as hypothesis makes them: lines of Urdu, cues, leaked markup, odd characters."""

from hypothesis import strategies as st

_WORDS = st.sampled_from(
    [
        "لاہور",
        "میں",
        "بارش",
        "سے",
        "سڑکیں",
        "بند",
        "ہو",
        "گئیں",
        "وزیر",
        "اعلیٰ",
        "نے",
        "کہا",
        "کہ",
        "رپورٹ",
        "12",
        "۱۴",
        "COVID",
    ]
)
_SENTENCES = st.lists(_WORDS, min_size=1, max_size=14).map(" ".join)
_STOPS = st.sampled_from(["", "۔", "۔", "؟", "!", " ۔", "…", "[…]"])
_LINES = st.one_of(
    st.builds("{}{}".format, _SENTENCES, _STOPS),
    st.sampled_from(
        [
            "یہ بھی پڑھیں: نئی سڑک کا افتتاح",
            "متعلقہ خبریں",
            "ٹیگز: لاہور، بارش",
            "ذریعہ: افق نیوز",
            "ویب ڈیسک",
            "12 مارچ 2024",
            "لاہور (ویب ڈیسک) شہر میں بارش ہوئی۔",
            '<div class="x" data-id="1">',
            "[caption id=1]تصویر[/caption]",
            "— Name (@handle) March 3, 2021",
            "• پہلی سرخی • دوسری سرخی",
            "ہمارا واٹس ایپ چینل جوائن کریں",
            "\r",
            "   ",
            "",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
)

# A page as validation lets it through: no NUL, at least one character that is not space.
pages = st.lists(_LINES, min_size=1, max_size=12).map("\n".join).filter(lambda text: bool(text.strip()))
