"""A link that opens an article at one sentence: a text fragment, which browsers scroll to and highlight.

Source: WICG Scroll to Text Fragment, https://wicg.github.io/scroll-to-text-fragment/
"""

import re
from urllib.parse import quote

from corpus import Document
from corpus.hostile_text.web_addresses import is_web_address

WORD = re.compile(r"\S+")
FEWEST_WORDS = 4  # at either end; fewer are rarely unique


def link_to(document: Document, start: int, end: int, /, *, public_url: str = "") -> str:
    """The address of `text[start:end]`: at the article's public address if it has one, else on our article page."""
    page = page_of(document, public_url=public_url)
    made_of = document.made_of(start) if public_page(document) else ""  # our own page has the words as they are quoted
    fragment = source_fragment(document.text[start:end]) if made_of and "\n" not in document.text[start:end] else ""
    return f"{page}#:~:text={fragment or text_fragment(document.text, start, end)}"


def source_fragment(quote_: str, /) -> str:
    """`first words,last words` of a list or of a row as the source has them; what joins them is ours. Empty if not plain.

    >>> source_fragment("Group — Women: Low — below 15; Normal — 15 to 150.")
    'Women,15%20to%20150'
    >>> source_fragment("Do not take it if you are: pregnant; under 12.")
    'Do%20not%20take%20it%20if%20you%20are%3A,under%2012'
    """
    lead, colon, rest = quote_.partition(": ")
    first = lead.rpartition(" — ")[2] if " — " in lead else f"{lead}:" if "; " in rest and " — " not in rest else lead
    last = re.split(r" — |; ", rest)[-1].removesuffix(".").removesuffix(")")
    return f"{_encode(first)},{_encode(last)}" if colon and last and first != last else ""


def page_of(document: Document, /, *, public_url: str = "") -> str:
    """Where an article is read: its public address if it has one, else our article page."""
    return public_page(document) or f"{public_url.rstrip('/')}/articles/{document.id}"


def public_page(document: Document, /) -> str:
    """The article's public address; empty if it has none or it is not a web address."""
    return document.source.url if is_web_address(document.source.url) else ""


def text_fragment(text: str, start: int, end: int, /) -> str:
    """The shortest `first words,last words` that finds exactly this span, or the whole span when it is short.

    Of several lines, `first line,last line`: browsers look for each of the two within one paragraph or item of a page.

    >>> text_fragment("One two. A b c d e f g h i j k.", 9, 31)
    'A%20b%20c%20d,h%20i%20j%20k.'
    """
    first_line, *others = text[start:end].split("\n")
    if others:
        return f"{_encode(first_line)},{_encode(others[-1])}"
    words = [match.span() for match in WORD.finditer(text, start, end)]
    starts, ends = [first for first, _ in words], [last for _, last in words]
    folded = _fold(text)
    for first in range(FEWEST_WORDS, len(ends) - FEWEST_WORDS):
        head = ends[first - 1]
        if folded.find(folded[start:head]) != start:
            continue
        for last in range(FEWEST_WORDS, len(starts) - first + 1):
            tail = starts[-last]
            if folded.find(folded[tail:end], head) == tail:
                return f"{_encode(text[start:head])},{_encode(text[tail:end])}"
        break
    return _encode(text[start:end])


def _fold(text: str) -> str:
    """Case-folded text with every offset unchanged: a character that would become two is kept."""
    whole = text.casefold()
    if len(whole) == len(text):  # folding never shortens, so no character became two
        return whole
    return "".join(folded if len(folded := character.casefold()) == 1 else character for character in text)


def _encode(text: str) -> str:
    """Percent-encode; a hyphen, comma or ampersand would be read as syntax."""
    return quote(text, safe="").replace("-", "%2D")
