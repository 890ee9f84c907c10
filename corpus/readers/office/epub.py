"""A book (EPUB): its chapters, in the order of its spine, as one page. Covers, contents and notes stay out.

Source of the parts: EPUB 3.3 (W3C).
"""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.entities import html5
from typing import Any
from urllib.parse import unquote

from lxml import etree, html
from lxml.html import HtmlElement

from corpus.doubts import Doubt
from corpus.errors import CorpusError
from corpus.linear_patterns import LinearPattern, Match
from corpus.readers.draft import Draft
from corpus.readers.losses import Piece, losses, without_left_out
from corpus.readers.markup import without_declaration
from corpus.readers.markup.style_sheets import settle_style_sheets
from corpus.readers.office.epub_again import pieces_of_page
from corpus.readers.office.from_markup import draft_of
from corpus.readers.office.packages import has_part, package, part_of
from corpus.readers.properties import stated_author, stated_title
from corpus.readers.text import decode, settle

KIND = "a book (.epub)"
CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
PAGES = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml"}
OBFUSCATED_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
ASIDE = {
    "footnote",
    "footnotes",
    "endnote",
    "endnotes",
    "rearnote",
    "rearnotes",
    "toc",
    "cover",
    "pagebreak",
    "landmarks",
    "page-list",
}
# Names of letters that XML does not know; its own five stay.
ENTITY = LinearPattern(r"&([A-Za-z][A-Za-z0-9]{1,30});")
OF_XML = {"amp", "lt", "gt", "quot", "apos"}
XML = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
MOST_STYLES = 1_000_000  # bytes of style sheets that are looked into for what hides


def read_epub(data: bytes, /) -> Draft:
    """Read a book as one article, whose title is the one that it states.

    Raises:
        CorpusError: the file is not EPUB, or is protected against copying.
    """
    with package(data, kind=KIND) as archive:
        if _is_protected(archive):
            raise CorpusError("the book is protected against copying.", remedy="Ask its publisher for a file that is not.")
        places = part_of(archive, CONTAINER).xpath("//*[local-name()='rootfile']/@full-path")
        place = str(next(iter(places), ""))
        root = part_of(archive, place)
        doubts: list[Doubt] = []
        seen: list[Piece] = []
        chapters = "".join(_chapters(archive, root, place, doubts, seen))
        styles = _styles(archive, root, place)
    draft = draft_of(
        f"<html><head><style>{styles}</style></head><body>{chapters}</body></html>",
        title=stated_title(_said(root, "title")),
        author=stated_author(_said(root, "creator")),
        doubts=doubts,
        is_title_stated=True,
    )
    # What the markup shows tells what is lost on the way from it; the second reading, what is lost on the way to it. It
    # leaves out some blocks, so that of a number that it does not know nothing is said.
    again = losses(without_left_out(seen, [alteration.original for alteration in draft.alterations]), draft.text)
    missing = tuple(doubt for doubt in again if doubt.sentence)
    return _with_origin(replace(draft, doubts=(*draft.doubts, *missing)), root)


def _with_origin(draft: Draft, root: Any) -> Draft:
    try:
        published = date.fromisoformat(_said(root, "date")[:10])
    except ValueError:
        published = None
    return replace(draft, published=published, publisher=_said(root, "publisher"), licence=_said(root, "rights"))


def _is_protected(archive: zipfile.ZipFile) -> bool:
    if not has_part(archive, ENCRYPTION):
        return False
    methods = part_of(archive, ENCRYPTION).xpath("//*[local-name()='EncryptionMethod']/@Algorithm")
    return any(method not in OBFUSCATED_FONTS for method in methods)


def _said(root: Any, name: str) -> str:
    found = root.xpath(f"//*[local-name()='metadata']/*[local-name()='{name}']")
    return " ".join(", ".join(dict.fromkeys("".join(one.itertext()).strip() for one in found[:5])).split())


def _chapters(archive: zipfile.ZipFile, root: Any, place: str, doubts: list[Doubt], seen: list[Piece]) -> Iterator[str]:
    """The bodies of the spine's pages."""
    items = {item.get("id"): item for item in root.xpath("//*[local-name()='manifest']/*[local-name()='item']")}
    for reference in root.xpath("//*[local-name()='spine']/*[local-name()='itemref']"):
        item = items.get(reference.get("idref"))
        if item is None or reference.get("linear") == "no" or "nav" in str(item.get("properties") or "").split():
            continue
        name = _joined(place, str(item.get("href")))
        if item.get("media-type") not in PAGES or not has_part(archive, name):
            doubts.append(Doubt("This chapter could not be read:", name))
            continue
        markup, found = decode(archive.read(name))
        doubts += found
        seen += pieces_of_page(settle(markup), aside=ASIDE)
        page = _page(markup)
        body = page.find("body")
        if body is None:
            continue
        settle_style_sheets(page)  # its own; the book's are settled for all pages together
        for aside in list(body.iter()):
            stated = str(aside.get("epub:type") or aside.get("data-type") or "")
            kinds = {*stated.split(), *str(aside.get("role") or "").removeprefix("doc-").split()}
            if (aside.tag == "nav" or kinds & ASIDE) and aside.getparent() is not None:
                aside.drop_tree()
        body.tag = "div"
        yield str(etree.tostring(body, method="html", encoding="unicode", with_tail=False))


def _page(markup: str) -> HtmlElement:
    """A page of a book: XML as the format demands it, in which `<title/>` has ended, else whatever HTML it is."""
    plain = ENTITY.sub(_letter, without_declaration(markup))
    try:
        tree = etree.fromstring(plain.encode(), XML)
    except etree.XMLSyntaxError:
        return html.document_fromstring(without_declaration(markup))
    for element in tree.iter():
        if isinstance(element.tag, str):
            element.tag = etree.QName(element).localname
            for name in [name for name in element.attrib if name.startswith("{")]:
                element.set(f"data-{etree.QName(name).localname}", element.attrib.pop(name))
    return html.document_fromstring(etree.tostring(tree, method="html", encoding="unicode"))


def _letter(entity: Match) -> str:
    name = str(entity[1])
    return str(entity[0]) if name in OF_XML else html5.get(f"{name};", str(entity[0]))


def _styles(archive: zipfile.ZipFile, root: Any, place: str) -> str:
    """The book's style sheets: they may hide or strike what stands in the pages."""
    items = root.xpath("//*[local-name()='manifest']/*[local-name()='item'][@media-type='text/css']")
    names = [_joined(place, str(item.get("href"))) for item in items]
    texts = (archive.read(name).decode("utf-8", "replace") for name in names if has_part(archive, name))
    return "".join(texts)[:MOST_STYLES].replace("<", " ")


def _joined(place: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(name.split("#", maxsplit=1)[0])))
