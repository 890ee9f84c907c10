"""A web page: `region` tells the article from what stands around it, `stated` reads what the page says of itself."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import html
from lxml.html import HtmlElement

from corpus.doubts import Alteration
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Draft, assemble
from corpus.readers.markup import Page, read_page, without_declaration
from corpus.readers.markup.blocks import blocks
from corpus.readers.markup.elements import PLACE, text_of
from corpus.readers.markup.pieces import pieces_of
from corpus.readers.markup.raised import formulas_in_tex
from corpus.readers.numbering import references_to_numbers
from corpus.readers.site_syntax import unfilled_tags
from corpus.readers.text import decode, settle, undoubled
from corpus.readers.web.no_article import no_article
from corpus.readers.web.region import Region, article_of
from corpus.readers.web.stated import stated_by

# The encoding that the page itself declares, in the first kilobyte, where browsers look for it.
DECLARED = LinearPattern(r"(?i)<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})")
XML_DECLARED = LinearPattern(r"(?i)^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w-]{2,40})")
LICENCE = LinearPattern(r"creativecommons\.org/(?:licenses/([a-z-]+)/([\d.]+)|publicdomain/(zero)/([\d.]+))")
WIDE = {"html", "body", "main"}


def read_web_page(data: bytes, /, *, charset: str = "") -> Draft:
    """Read the article of a page.

    Args:
        data: the page as it was sent.
        charset: what the `Content-Type` of the response named, if it did.

    Raises:
        CorpusError: no encoding fits.
    """
    markup, doubts = decode(data, declared=charset or declared_encoding(data))
    markup, mended = undoubled(markup)
    markup = settle(markup)
    page = read_page(markup)
    region = article_of(page)
    sent = html.document_fromstring(without_declaration(markup))
    stated = stated_by(sent, shown=page.shown, above=region.before)
    content = blocks(region.root)
    while content and content[0].is_heading and content[0].text in {stated.title, stated.publisher}:
        content = content[1:]
    text, sections, composed = assemble(stated.title, content)
    inside = {element.get(PLACE) for element in region.root.iter()}
    has_numbers = next(region.root.iter("ol"), None) is not None
    doubts = (
        *(*doubts, *no_article(content, stated.title, region.root)),
        *(*formulas_in_tex(text), *references_to_numbers(text, has_numbers=has_numbers), *unfilled_tags(text)),
    )
    return Draft(
        stated.title,
        text,
        sections,
        composed,
        author=stated.author,
        published=stated.published,
        publisher=stated.publisher,
        licence=_licence(page.root),
        url=_canonical(sent),
        doubts=(*doubts, *(doubt for place, doubt in page.placed if place in inside)),
        alterations=(*mended, *_left_out(page, region)),
        seen=tuple(pieces_of(page.shown, places=region.places)),
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


def _left_out(page: Page, region: Region) -> Iterator[Alteration]:
    """What the article holds as words that nobody is meant to read."""
    around = set() if region.root.tag in WIDE else {element.get(PLACE) for element in region.root.iter()}
    for left in page.left_out:
        if _is_inside(left.inside, region.places) or left.inside.get(PLACE) in around:
            yield Alteration(left.reason, left.words)
    for words in region.beside:
        yield Alteration("stands beside the article, left out", words)


def _is_inside(element: HtmlElement, places: set[str]) -> bool:
    """Whether an element is one of the article's, or holds one."""
    return any(each.get(PLACE) in places for each in (*element.iterancestors(), *element.iter()) if each.tag not in WIDE)


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
