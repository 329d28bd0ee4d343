"""What a page's address tells of its type: tag pages, archives of a day, forums, dictionaries say so there.

The words are kept as data in `addresses.tsv`: a page type, where a word stands, the word, a comment.

    host    it stands in the name of the host
    part    it is a part of the path; for a listing, one or two short parts come behind it and end the path
    whole   it is the whole path
    ask     it is asked behind `?`

Not learned: composed pages have no addresses. Of 38 real pages six have one that tells, and each tells the truth, where
the text alone misleads on three.
"""

import re
from importlib.resources import files
from urllib.parse import urlsplit

from corpus.once import once

_DAY = re.compile(r"(?:19|20)\d\d(?:/\d\d?){0,2}")
_PAGE = re.compile(r"(?:^|/)page/\d+$")
# The name of a tag or a section has few words, and no number as the articles of a site have.
_ARTICLE = re.compile(r"(?:[^-_/]+[-_]){4}|\d{4}")
# So many parts may come behind a word that opens a listing.
_BEHIND = 2


@once
def _words() -> dict[tuple[str, str], frozenset[str]]:
    rows = [
        line.split("\t") for line in files("corpus.zones").joinpath("addresses.tsv").read_text("utf-8").splitlines()
    ]
    keys = {(kind, where) for kind, where, *_ in rows[1:]}
    return {key: frozenset(word for kind, where, word, *_ in rows[1:] if (kind, where) == key) for key in keys}


def page_type(url: str | None) -> str | None:
    """The page type that an address gives away, if it does.

    >>> page_type("https://news.example.pk/tag/dengue/"), page_type("https://example.pk/2018/04/18/")
    ('listing', 'listing')
    >>> page_type("https://example.pk/forums/reply/245736/")
    'other'
    >>> page_type("https://example.pk/sports/37597-final-of-the-cup")
    """
    try:
        address = urlsplit((url or "").strip().lower())
    except ValueError:
        return None
    host, path = address.netloc, address.path.strip("/")
    if not host:
        return None
    known = _words()
    parts = path.split("/")
    if any(word in host for word in known["other", "host"]) or not known["other", "part"].isdisjoint(parts):
        return "other"
    asked = {pair.partition("=")[0] for pair in address.query.split("&")}
    path = _PAGE.sub("", path)
    if not known["listing", "ask"].isdisjoint(asked) or path in known["listing", "whole"] or _DAY.fullmatch(path):
        return "listing"
    if not path:
        return None if address.query else "listing"
    parts = path.split("/")
    behind = next((parts[at + 1 :] for at, part in enumerate(parts) if part in known["listing", "part"]), [])
    return "listing" if 0 < len(behind) <= _BEHIND and not any(map(_ARTICLE.search, behind)) else None
