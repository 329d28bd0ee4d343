"""What phone numbers, identity card numbers, IBANs and e-mail addresses look like, as expressions and checks.

The numbering plans are those of Pakistan (PTA), India (DoT) and the Gulf states (ITU E.164 national listings); a
number of another country needs its plus sign. Shapes that nothing but a phone number has stand alone; shapes that an
account, an amount or an ISBN may have need a cue before them, or at least no sign of those.
"""

import re
import sys

# How far before a number its cue may stand.
_REACH = 80

# One to one, so that offsets hold: Urdu and Arabic digits, dashes, spaces, and bidi marks as U+200E.
_PLAIN = str.maketrans(
    {
        **{0x660 + n: str(n) for n in range(10)},
        **{0x6F0 + n: str(n) for n in range(10)},
        **dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0x640, 0xAD], "-"),
        **dict.fromkeys([0xA0, 0x09, *range(0x2000, 0x200B), 0x202F], " "),
        **dict.fromkeys([0x200C, 0x200D, 0x200F, 0x61C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\u200e"),
        0x06D4: ".",
        0xFF0B: "+",
    }
)
_M = "\u200e"
_S = rf"[ .\-{_M}]{{0,4}}"  # a separator, if there is one
_R = rf"[ .\-{_M}]{{1,4}}"  # a separator
_FREE = rf"(?<!\d)(?<!\d[.\-])(?<!\d-{_M})(?<![A-Za-z_#$@])"
# A year after a stroke ends the number of a case or a notification.
_END = rf"(?!\d)(?![.\-{_M}]{{1,2}}\d)(?!/(?:19|20)\d\d(?![\d\-]))(?![A-Za-z_@])"
_SEVEN = (
    rf"(?:\d{{7}}|\d{{3}}{_R}\d{{4}}|\d{{4}}{_R}\d{{3}}|\d{{2}}{_R}\d{{5}}|\d{{5}}{_R}\d{{2}}|\d{{1}}{_R}\d{{6}}"
    rf"|\d{{3}}{_R}\d{{2}}{_R}\d{{2}}|\d{{2}}{_R}\d{{2}}{_R}\d{{3}}|\d{{2}}{_R}\d{{3}}{_R}\d{{2}}"
    rf"|\d{{1}}{_R}\d{{3}}{_R}\d{{3}})"
)
_SUBSCRIBER = (
    rf"(?:111{_R}\d{{3}}{_R}\d{{3}}|111{_R}\d{{2}}{_R}\d{{2}}{_R}\d{{2}}|111\d{{6}}|\d{{6,8}}"
    rf"|\d{{3}}{_R}\d{{3,4}}|\d{{4}}{_R}\d{{3,4}}"
    rf"|\d{{1}}{_R}\d{{3}}{_R}\d{{3}}|\d{{2}}{_R}\d{{2}}{_R}\d{{2,3}}|\d{{2}}{_R}\d{{3}}{_R}\d{{2,3}}"
    rf"|\d{{3}}{_R}\d{{2}}{_R}\d{{2,3}})"
)
# Area codes of Pakistan without the zero: two digits (seven or eight follow), else three (six or seven follow).
_PK_AREAS = "21|22|4[0-9]|5[1-35-7]|6[1-8]|71|74|81|86|91"
_PK_LONG_AREAS = "2[2-9]\\d|45\\d|54\\d|58\\d|60\\d|72\\d|8[2-5]\\d|9[2-9]\\d|58\\d{2}"
_IN_METROS = "11|20|22|33|40|44|79|80"

# Stands alone: by name, so that a reader of a finding can tell which rule it was.
_STRONG = re.compile(
    rf"""
    (?P<pk_mobile> {_FREE} (?: \(?0\)?[ \-]?3[0-7]\d\)?{_S}{_SEVEN} | 92{_S}0?3[0-7]\d{_S}{_SEVEN} ) {_END} \+? )
  | (?P<international> (?<![\d+]) (?: \({_M}?\+ | {_M}?\+{_M}?[ ]? | (?<![\d.\-A-Za-z])00 )
        [1-9]\d{{0,14}} (?: [ .\-()/{_M}]{{1,4}} \d{{1,10}} ){{0,6}} (?![A-Za-z_@]) )
  | (?P<bare_code> {_FREE} (?: 91{_S}[6-9]\d{{4}}{_S}\d{{5}} | 9(?:71|66){_S}5\d{_S}\d{{3}}{_S}\d{{4}}
        | 92[ \-](?:{_PK_AREAS})[ \-]{_SUBSCRIBER} ) {_END} \+? )
  | (?P<landline> {_FREE} \(?{_M}?0(?:{_PK_AREAS}|{_PK_LONG_AREAS}|{_IN_METROS}|[1-8]\d{{1,3}})
        (?:{_M}?\){_S}|{_R}) {_SUBSCRIBER} (?: [\-/]\d{{1,3}} (?![\d.\-]) )? {_END} )
  | (?P<uan> {_FREE} (?: 111{_R}\d{{3}}{_R}\d{{3}}
        | 111{_R}\d{{2}}{_R}\d{{2}}{_R}\d{{2}}
        | 0[89]00{_R}\d{{5}} | 0[89]00{_R}\d{{3}}{_R}\d{{2}}
        | 1[ \-]?8(?:00|88|77|66)[ \-]\d{{3}}[ \-]\d{{3,4}} ) {_END} )
  | (?P<us> {_FREE} \(\d{{3}}\)[ ]?\d{{3}}-\d{{4}} {_END} )
  | (?P<gulf> {_FREE} 05[0-9]{_R}(?:\d{{3}}{_R}\d{{4}}|\d{{7}}) {_END} )
  | (?P<reversed> {_FREE} (?: \d{{7}}{_M}?-{_M}?03[0-7]\d | \d{{7,8}}{_M}?-{_M}?0(?:{_PK_AREAS}) ) {_END} )
    """,
    re.VERBOSE,
)
# Stands unless something says that it is an amount, an account or another kind of number.
_WEAK = re.compile(
    rf"""
    (?P<in_mobile> {_FREE} 0?[6-9]\d{{9}} {_END} )
  | (?P<in_parts> {_FREE} 0?(?: [6-9]\d{{4}}[ \-]\d{{5}} | [6-9]\d{{2}}-\d{{3}}-\d{{4}}
        | [6-9]\d{{3}}-\d{{3}}-\d{{3}} ) {_END} )
  | (?P<joined> {_FREE} 0(?:{_PK_AREAS})\d{{8}} {_END} )
    """,
    re.VERBOSE,
)
# Needs a cue.
_CUED = re.compile(
    rf"{_FREE} \(?\d{{2,11}}\)? (?: [ .\-/{_M}]{{1,3}} \d{{2,8}} ){{0,3}} {_END}",
    re.VERBOSE,
)

_CUE = re.compile(
    r"(?:فون|فونز|ٹیلی\s?فون|ٹیلیفون|موبائ?ی?ل|موبایل|سیل|واٹس\s?[ایآ]?\s?پ|واٹس\s?ا[یپ]پ?|وٹس\s?ا[یپ]پ?"
    r"|وھاٹس\s?ایپ|فیکس|ہیلپ\s?لائن|یو\s?اے\s?این|لینڈ\s?لائن"
    r"|رابطہ|رابطے|رابطہ\s?نمبر|کال|ہاٹ\s?لائن|\b(?:phones?|tel|telephone|mob|mobile|cell|call|whats\s?app"
    r"|contact|fax|ph|uan|helpline|hotline|sms))"
    r"(?:[\s.:()\-–—=٭*/]|نمبرز|نمبروں|نمبر|کریں|کیجئے|کیجیے|کے\sلیے|کے\sلئے|کیلئے|کرنے|پر|یا|اور|\bno\b"
    r"|\bnumbers?\b|\bus\b|\bat\b|\bon\b|#|\u200e)*"
    r"(?:\+?[\d(][\d\s().\-\u200e]{5,18}(?:[,،/;؛&|]|اور|یا|و|or|and|\s)\s*)*[\s:.\u200e(]*$",
    re.IGNORECASE,
)
_OTHER_NUMBER = re.compile(
    r"(?<![A-Za-zء-ے])(?:isbn|issn|آئی\s?ایس\s?بی\s?این|اکا[ؤو]نٹ|account|a/c|acc\.?|iban|آرڈر|order"
    r"|ٹریکنگ|tracking|invoice|انوائس|رسید|کیس|case|مقدمہ|مقدمے|ایف\s?آئی\s?آر"
    r"|fir|نوٹیفکیشن|notification|رول|roll|رجسٹریشن|registration|regd?|ریفرنس|reference|ref|بانڈ|bond"
    r"|ٹینڈر|tender|پلیٹ|گاڑی|لائسنس|پاسپورٹ|passport"
    r"|imei|سیریل|serial|sku|ntn|strn|لاٹری|لاٹری\s?ٹکٹ|ٹکٹ|ticket|doi|id|آئی\s?ڈی|کوڈ|code|barcode|بارکوڈ"
    r"|صارف|کنزیومر|consumer|چیک|چالان|challan|ڈائری|شناختی|cnic"
    r"|rs\.?|pkr|inr|usd|روپے|ڈالر|\$|₹|آبادی|تعداد|کل|نسخہ|کتاب|میٹر|meter|فائل|بل|درخواست|application"
    r"|ووچر|ٹوکن|پن|رقم|ووٹ|پالیسی|policy|folio|tweet|ٹویٹ|status|pin)"
    r"(?:[\s.:#()\-–—=]|نمبرز|نمبر|کا|کی|کے|میں|\bno\b|\bnumber\b)*$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"[\s\u200e]*(?:روپ|روپئ|ڈالر|ریال|درہم|پا[ؤو]نڈ|یورو|ہزار|لاکھ|کروڑ|ارب|کھرب|ملین|بلین|افراد|لوگ|ووٹ"
    r"|کلو|ٹن|لیٹر|میٹر|مربع|ایکڑ|فیصد|بار|مرتبہ|صارفین|ڈوز|ناظرین|خوراک|یونٹ|بیرل|سال|دن|[%٪$°]|rs\b|usd"
    r"|votes)",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"(?:https?://|ftp://|www\.|[A-Za-z0-9\-]+\.[A-Za-z]{2,}/|[?&]\w+=)[^\s]*$", re.IGNORECASE)
_PHONE_ADDRESS = re.compile(r"(?:wa\.me/|whatsapp\.com/send/?\?phone=|tel:)\+?$", re.IGNORECASE)
_MONEY = re.compile(r"(?:rs\.?|pkr|inr|usd|[$₹€£])\s?$", re.IGNORECASE)

_CNIC = re.compile(rf"{_FREE}[1-8]\d{{4}}{_R}\d{{7}}{_R}\d{_END}")
_CNIC_JOINED = re.compile(rf"{_FREE}[1-8]\d{{12}}{_END}|{_FREE}\d{_R}\d{{7}}{_R}[1-8]\d{{4}}{_END}")
_CNIC_CUE = re.compile(
    r"(?:شناختی|سی\s?این\s?آئی\s?سی|این\s?آئی\s?سی|نائیکوپ|نادرا|\bC?NIC\b|NICOP|ID\s?card|identity)\D{0,30}$",
    re.IGNORECASE,
)

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[ \u200e]?\d{2}(?:[ \-\u200e]{0,2}[A-Z0-9]){11,30}")
# ISO 13616 registry; a country that is not here goes by the checksum alone.
_IBAN_REGISTRY = (
    "PK24 AE23 SA24 QA29 KW30 BH22 OM23 JO30 EG29 IQ23 LB28 TR26 GB22 IE22 DE22 FR27 IT27 ES24 "
    "NL18 BE16 CH21 AT20 NO15 SE24 DK18 FI18 PL28 GR27 PT25 CY28 AZ28 KZ20 PS29 IL23 TN24 MT31"
)
_IBAN_LENGTHS = {entry[:2]: int(entry[2:]) for entry in _IBAN_REGISTRY.split()}
# Country code, fewest and most digits after it.
_E164_LENGTHS = {
    code: (int(fewest), int(most))
    for code, fewest, most in re.findall(
        r"(\d+):(\d+)-(\d+)",
        "92:9-11 91:10-10 971:8-9 966:8-9 965:8-8 974:8-8 973:8-8 968:8-8 1:10-10 44:9-10 880:9-10 93:9-9 "
        "98:10-10 90:10-10 977:8-10 94:9-9 33:9-9 49:7-12 39:8-11 34:9-9 31:9-9 46:7-10 47:8-8 45:8-8 61:9-9 "
        "64:8-10 86:8-11 60:7-10 65:8-8 27:9-9 7:10-10 20:8-10 353:7-9 32:8-9 41:9-9 43:6-12 81:9-10 82:8-10 "
        "852:8-8 967:7-9 962:8-9 964:8-10 961:7-8 963:8-9 30:10-10 351:9-9 48:9-9 254:9-9 ",
    )
}

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-@])[A-Za-z0-9_][A-Za-z0-9._%+\-]{0,63}(?:@| @ "
    r"|\u200e@\u200e)(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}(?![A-Za-z0-9_\-@])"
)
_FILE_NAME = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|css|js|mp[34]|pdf|php|html?)$", re.IGNORECASE)

Finding = tuple[str, int, int]


def find_emails(window: str, line: int, start: int, end: int) -> list[Finding]:
    """The address around the at sign at `start`."""
    for match in _EMAIL.finditer(window, line):
        if match.start() < start < match.end() or match.start() < end <= match.end():
            return [] if _FILE_NAME.search(match[0]) or ".." in match[0] else [("email", *match.span())]
    return []


def find_numbers(window: str, line: int, start: int, end: int) -> list[Finding]:
    """The numbers in the group of digits from `start` to `end` of a window; the line begins at `line`."""
    plain = window.translate(_PLAIN)
    found = _ibans(plain, line, end) + _cnics(plain, line, start, end)
    free = [
        span for span in _phones(plain, line, start, end) if not any(s < span[1] and span[0] < e for _, s, e in found)
    ]
    return found + [("phone", *span) for span in free]


def _ibans(plain: str, line: int, end: int) -> list[Finding]:
    found = []
    for match in _IBAN.finditer(plain, line, min(len(plain), end + 30)):
        places = [place for place in range(*match.span()) if plain[place].isalnum()]
        text = "".join(plain[place] for place in places)
        length = _IBAN_LENGTHS.get(text[:2], len(text))
        after = plain[places[length - 1] + 1 :][:1] if length <= len(text) else "x"
        if not after.isalnum() and _checks(text[:length]):
            found.append(("iban", match.start(), places[length - 1] + 1))
    return found


def _checks(iban: str) -> bool:
    """ISO 7064 mod 97-10, letters as 10 to 35."""
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def _cnics(plain: str, line: int, start: int, end: int) -> list[Finding]:
    found = [("cnic", *match.span()) for match in _CNIC.finditer(plain, max(line, start - 1), end)]
    if not found:
        joined = [match.span() for match in _CNIC_JOINED.finditer(plain, max(line, start - 1), end)]
        found = [("cnic", *span) for span in joined if _CNIC_CUE.search(_left(plain, line, span[0]))]
    return found


def _phones(plain: str, line: int, start: int, end: int) -> list[tuple[int, int]]:
    """Phone numbers of the group; a stronger shape goes before a weaker one, and that before a cue alone."""
    found: list[tuple[int, int]] = []
    for expression, accepts in ((_STRONG, _is_strong), (_WEAK, _is_weak), (_CUED, _is_cued)):
        matches = expression.finditer(plain, max(line, start - 4), min(len(plain), end + 1))
        spans = (accepts(match, plain, _left(plain, line, match.start())) for match in matches)
        found = _with(found, [span for span in spans if span])
    return found


def _left(plain: str, line: int, start: int) -> str:
    """What stands on the line before a match, as far as a cue may be from its number."""
    return plain[max(line, start - _REACH) : start]


def _with(found: list[tuple[int, int]], more: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """All of `found`, and what of `more` overlaps none of it; both are in order."""
    merged = []
    kept = iter([*found, (sys.maxsize, sys.maxsize)])
    fixed = next(kept)
    for span in more:
        while fixed[1] <= span[0]:
            merged.append(fixed)
            fixed = next(kept)
        if span[1] <= fixed[0]:
            merged.append(span)
    return sorted({*merged, *found})


def _is_strong(match: re.Match[str], plain: str, left: str) -> tuple[int, int] | None:
    if _in_address(left) or re.search(r"(?:isbn|آئی\s?ایس\s?بی\s?این)\D{0,12}$", left, re.IGNORECASE):
        return None
    if match.lastgroup == "international":
        return _international(match)
    parts = re.findall(r"\d+", match[0])
    if match.lastgroup == "pk_mobile" and len(parts) == 1 and _is_other(match, plain, left):
        return None
    if match.lastgroup == "landline" and (not _is_landline(parts) or _OTHER_NUMBER.search(left)):
        return None
    return _trim(match)


def _is_landline(parts: list[str]) -> bool:
    area, subscriber = parts[0][1:], "".join(parts[1:])
    years = [part for part in parts[1:] if re.fullmatch(r"(?:19|20)\d\d", part)]
    if len(years) > 1 or not 2 <= len(area) <= 4:
        return False
    if subscriber.startswith("111") and len(subscriber) == 9:
        return True
    if len(parts) > 2 and len(parts[-1]) <= 3 and sum(map(len, parts[1:-1])) >= 7:
        subscriber = "".join(parts[1:-1])
    pakistani = (re.fullmatch(_PK_AREAS, area) and 7 <= len(subscriber) <= 8) or (
        re.fullmatch(_PK_LONG_AREAS, area) and 6 <= len(subscriber) <= 7
    )
    indian = len(area) + len(subscriber) == 10 and subscriber[0] in "234567"
    gulf = area.startswith("5") and len(area) == 2 and len(subscriber) == 7
    return bool(pakistani or indian or gulf)


def _international(match: re.Match[str]) -> tuple[int, int] | None:
    """The longest run of groups that the plan of the country allows."""
    groups = list(re.finditer(r"\d+", match[0]))
    prefix = 2 if match[0].lstrip("(\u200e").startswith("00") else 0
    written = "".join(group[0] for group in groups)[prefix:]
    code = next((written[:n] for n in (3, 2, 1) if written[:n] in _E164_LENGTHS), "")
    if not code:
        return None
    fewest, most = _E164_LENGTHS[code]
    best = None
    for last in range(1, len(groups) + 1):
        national = "".join(group[0] for group in groups[:last])[prefix + len(code) :].removeprefix("0")
        if fewest <= len(national) <= most:
            best = groups[last - 1].end()
    return (match.start() + _lead(match[0]), match.start() + best) if best else None


def _lead(number: str) -> int:
    """Marks before the number proper; a bracket counts where it closes inside the number."""
    return len(number) - len(number.lstrip("\u200e"))


def _is_weak(match: re.Match[str], plain: str, left: str) -> tuple[int, int] | None:
    if _in_address(left):
        return None
    if _CUE.search(left):
        return match.span()
    halves = re.findall(r"\d+", match[0])
    if all(half.endswith("00") for half in halves) or _is_other(match, plain, left) or _is_isbn(match[0]):
        return None
    return match.span()


def _is_isbn(number: str) -> bool:
    """Ten digits of Pakistani books (969…) with the right check digit."""
    weighted = sum((10 - n) * int(digit) for n, digit in enumerate(number) if digit.isdigit())
    return number.startswith("969") and len(number) == 10 and weighted % 11 == 0


def _is_cued(match: re.Match[str], plain: str, left: str) -> tuple[int, int] | None:
    digits = re.sub(r"\D", "", match[0])
    if not 7 <= len(digits) <= 12 or _in_address(left) or _UNIT.match(plain, match.end()) or not _CUE.search(left):
        return None
    parts = re.findall(r"\d+", match[0])
    dated = any(re.fullmatch(r"(?:19|20)\d\d", part) for part in parts) and len(parts) > 1 and len(digits) <= 8
    return None if dated else _trim(match)


def _is_other(match: re.Match[str], plain: str, left: str) -> bool:
    return bool(_OTHER_NUMBER.search(left) or _MONEY.search(left) or _UNIT.match(plain, match.end()))


def _in_address(left: str) -> bool:
    return bool(_IN_ADDRESS.search(left)) and not _PHONE_ADDRESS.search(left)


def _trim(match: re.Match[str]) -> tuple[int, int]:
    """The span without an opening bracket that does not close inside it."""
    start = match.start() + _lead(match[0])
    if match[0].lstrip("\u200e").startswith("(") and ")" not in match[0]:
        start += 1
    return start, match.end()
