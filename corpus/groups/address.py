"""One spelling for all addresses of a page: a takedown by address must not miss a copy for its tracking mark."""

import re
from urllib.parse import parse_qsl, unquote, urlencode

_PARTS = re.compile(
    r"(?:https?:)?//(?:[^/?#@]*@)?(?:www\.)?(?P<host>[^/?#:]+)(?::(?:80|443)?(?![0-9]))?(?P<port>:[0-9]+)?"
    r"(?P<path>[^?#]*)(?:\?(?P<asked>[^#]*))?",
    re.IGNORECASE,
)
# What campaigns, social sites and feed readers append; it never chooses another page.
_MARKS = re.compile(r"utm_.*|fbclid|gclid|igshid|mc_[ce]id|ref_src|amp")


def address(url: str) -> str:
    """Write an address one way: what does not choose the page goes.

    That is: the scheme, `www.` and a default port, case of the host, a user, the fragment, tracking marks, the slash at
    the end, and whether Urdu letters of the path are written as such or in percent signs. The order of what is asked
    behind `?` stays: servers may mind it. What is no address comes back as it is.

    >>> address("https://www.Example.pk/news/%D8%AE%D8%A8%D8%B1/?utm_source=x#top")
    'example.pk/news/خبر'
    """
    found = _PARTS.match(url.strip())
    if not found:
        return url
    host, port, path, asked = found.groups(default="")
    if "%" in path:
        path = unquote(path)
    if asked:
        kept = [pair for pair in parse_qsl(asked, keep_blank_values=True) if not _MARKS.fullmatch(pair[0])]
        asked = f"?{urlencode(kept)}" if kept else ""
    return f"{host.lower()}{port}{path.rstrip('/')}{asked}"
