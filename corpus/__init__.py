"""Raw Urdu news pages in, an annotated and versioned corpus out.

>>> import corpus
>>> page = corpus.segment("لاہور: بارش سے سڑکیں زیر آب آ گئیں۔")
>>> [zone["label"] for zone in page["zones"]]
['dateline', 'body']
"""

from typing import Any

__version__ = "0.1.0"


def segment(text: str, url: str | None = None) -> dict[str, Any]:
    """Cut one page into zones.

    Args:
        text: the page text; lines end at a line feed.
        url: its address, where it is known: tag pages, forums and dictionaries give themselves away there.

    Returns:
        `page_type` and `zones`, each with `label`, `start` and `end` in code points of `text`, half-open; what
        `corpus segment --format json` prints.
    """
    from corpus.zones.segment import segment_page

    return segment_page(text, url)
