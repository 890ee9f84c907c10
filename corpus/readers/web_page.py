"""A web page: trafilatura tells the article from the boilerplate; our own tree settles tables and numbers first."""

from copy import deepcopy
from datetime import date
from urllib.parse import urlsplit

import trafilatura
from lxml import html
from lxml.html import HtmlElement

from corpus.doubts import Doubt
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Block, Draft, assemble
from corpus.readers.markup import blocks, parse, text_of, without_declaration
from corpus.readers.text import decode, settle

# The encoding that the page itself declares, in the first kilobyte, where browsers look for it.
DECLARED = LinearPattern(r"(?i)<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})")
XML_DECLARED = LinearPattern(r"(?i)^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w-]{2,40})")
LICENCE = LinearPattern(r"creativecommons\.org/(?:licenses/([a-z-]+)/([\d.]+)|publicdomain/(zero)/([\d.]+))")
SHORTEST_ARTICLE = 200  # characters; less is not taken for the article


def read_web_page(data: bytes, /, *, charset: str = "") -> Draft:
    """Read the article of a page.

    Args:
        data: the page as it was sent.
        charset: what the `Content-Type` of the response named, if it did.

    Raises:
        CorpusError: no encoding fits.
    """
    markup, doubts = decode(data, declared=charset or declared_encoding(data))
    root = parse(settle(markup))
    stated = trafilatura.extract_metadata(html.document_fromstring(without_declaration(markup)))
    own_title = _own_title(root, _settled(stated.title))
    content = _article(root)
    if content and content[0].is_heading and content[0].text == own_title:
        content = content[1:]
    if _size(content) < SHORTEST_ARTICLE:
        little = "Little text was found: is this the article, and does the page show it without scripts?"
        doubts = (*doubts, Doubt(little))
    return Draft(
        own_title,
        *assemble(own_title, content),
        author=_settled(stated.author),
        published=date.fromisoformat(stated.date[:10]) if stated.date else None,
        publisher=_settled(stated.sitename),
        licence=_licence(root),
        url=_canonical(root),
        doubts=doubts,
    )


def declared_encoding(data: bytes, /) -> str:
    """The encoding that a page itself declares; empty if it declares none."""
    beginning = data[:1024].decode("latin-1")  # one character a byte, whatever the encoding is
    declared = DECLARED.search(beginning) or XML_DECLARED.search(beginning)
    return str(declared[1]) if declared else ""


def licence_at(address: str, /) -> str:
    """The Creative Commons licence that an address names; empty if it names none."""
    found = LICENCE.search(address)
    if found is None:
        return ""
    return f"CC0 {found[4]}" if found[3] else f"CC {found[1].upper()} {found[2]}"


def _article(root: HtmlElement) -> list[Block]:
    """The blocks that trafilatura finds; those of the page's own article element where trafilatura lost too much."""
    markup = html.tostring(root, encoding="unicode")
    found = trafilatura.extract(markup, output_format="html", include_comments=False, include_tables=True)
    content = blocks(parse(found)) if found else []
    elements = root.xpath("//article[not(ancestor::article)]") or root.xpath("//main")
    whole = blocks(_without_chrome(elements[0] if len(elements) == 1 else root))
    if len(elements) == 1 and any(block.is_heading for block in whole) > any(block.is_heading for block in content):
        return whole
    return whole if _size(content) < SHORTEST_ARTICLE else content


def _without_chrome(element: HtmlElement) -> HtmlElement:
    copy = deepcopy(element)
    for chrome in copy.xpath(".//nav | .//aside | .//footer | .//header[not(.//h1)] | .//*[@role='navigation']"):
        chrome.drop_tree()
    return copy


def _size(content: list[Block]) -> int:
    return sum(len(block.text) for block in content if not block.is_heading)


def _own_title(root: HtmlElement, stated: str) -> str:
    """The page's only top heading, else what its metadata say."""
    top = [text_of(heading) for heading in root.iter("h1")]
    return top[0] if len([text for text in top if text]) == 1 and top[0] else stated


def _settled(stated: str | None) -> str:
    return " ".join(settle(stated or "").split())


def _licence(root: HtmlElement) -> str:
    for element in root.xpath("//head/link[@rel='license'] | //a[contains(concat(' ', @rel, ' '), ' license ')]"):
        address = str(element.get("href") or "")
        return licence_at(address) or text_of(element) or address
    return ""


def _canonical(root: HtmlElement) -> str:
    for address in root.xpath("//head/link[@rel='canonical']/@href | //head/meta[@property='og:url']/@content"):
        if urlsplit(str(address)).scheme in {"http", "https"}:
            return str(address)
    return ""
