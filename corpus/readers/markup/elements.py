"""The elements of a tree of HTML: which kinds there are, their words, and how one is taken out or replaced.

Flows in: lxml's elements, changed in place. Nothing here knows what a page means by them.
"""

from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from corpus.readers.lists_and_tables import SENTENCE_END

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
LISTS = {"ul", "ol", "menu"}
UNSEEN = {
    *("head script style noscript template svg iframe object embed audio video canvas map".split()),
    *("input select option textarea datalist dialog img picture rt rp".split()),
}
CONTAINERS = {
    *("html body div section article main header footer aside nav p blockquote center address details".split()),
    *("summary figure figcaption fieldset form li dd dt dl td th caption tr tbody thead tfoot table hr pre".split()),
}
COMPOSED_OF = "data-composed-of"  # on a paragraph that was made of a list or a table
LONGEST_HEADING = 120  # characters, of a bold paragraph
PLACE = "data-place"  # numbers the elements of a tree, so that what became of one can be found in its settled copy


def text_of(element: HtmlElement, /) -> str:
    """All words of an element on one line."""
    spaced = "".join(_spaced(element))
    return " ".join(spaced.split())


def _spaced(element: HtmlElement) -> Iterator[str]:
    is_apart = element.tag in CONTAINERS or element.tag in {"br", "li", "p"}
    yield (" " if is_apart else "") + (element.text or "")
    for child in element:
        if child.tag not in UNSEEN:
            yield from _spaced(child)
        yield child.tail or ""
    if is_apart:
        yield " "


def all_words(element: HtmlElement, /) -> str:
    """All words of an element as they stand, with no space that its kind would make."""
    return " ".join("".join(element.itertext()).split())


def is_bold_heading(element: HtmlElement, /) -> bool:
    """Whether a paragraph is a heading as people write them in Word: short, bold, no sentence."""
    text = text_of(element)
    return is_bold(element) and len(text) <= LONGEST_HEADING and not text.endswith(SENTENCE_END)


def is_bold(element: HtmlElement) -> bool:
    """Whether an element has words, and all of them are bold."""
    outermost = element.xpath(".//*[self::b or self::strong][not(ancestor::b or ancestor::strong)]")
    bold = "".join(map(text_of, outermost))
    text = text_of(element).replace(" ", "")
    return bool(text) and bold.replace(" ", "") == text


def drop(element: HtmlElement, /) -> None:
    """Take an element out and leave what follows it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    tail = element.tail or ""
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    parent.remove(element)


def replace_by(element: HtmlElement, paragraphs: list[str], /, *, composed_of: str) -> None:
    """Put paragraphs into the place of the list or the table that they were made of."""
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    for offset, text in enumerate(paragraphs):
        paragraph = etree.SubElement(parent, "p")
        paragraph.text = text
        paragraph.set(COMPOSED_OF, composed_of)
        paragraph.set(PLACE, element.get(PLACE) or "")
        parent.insert(place + offset, paragraph)
    drop(element)


def wrap_loose_words(root: HtmlElement, /) -> None:
    """Put words that stand beside paragraphs into a paragraph of their own, so that every run of words has its element."""
    for element in list(root.iter()):
        if element.tag in {"html", "table", "tbody", "thead", "tfoot", "tr", "dl", *LISTS} or not _holds_blocks(element):
            continue
        if element.tag not in CONTAINERS:
            continue  # an inline element around blocks, as `<a><div>`: its words are read where they stand
        run = _new_run(element, 0, element.text or "")
        element.text = None
        for child in list(element):
            if child is run:
                continue
            if _is_block(child):
                tail, child.tail = child.tail or "", None
                _end_run(run)
                run = _new_run(element, element.index(child) + 1, tail)
            else:
                run.append(child)
        _end_run(run)


def _new_run(element: HtmlElement, place: int, words: str) -> HtmlElement:
    run = etree.SubElement(element, "p")
    element.insert(place, run)
    run.text = words
    return run


def _end_run(run: HtmlElement) -> None:
    if not all_words(run).strip():
        drop(run)


def _is_block(element: HtmlElement) -> bool:
    return element.tag in CONTAINERS | HEADINGS | LISTS or _holds_blocks(element)


def _holds_blocks(element: HtmlElement) -> bool:
    return next(element.iterdescendants(*CONTAINERS, *HEADINGS, *LISTS), None) is not None


def has_heading(element: HtmlElement, /) -> bool:
    """Whether a heading stands in an element."""
    return next(element.iterdescendants(*HEADINGS), None) is not None
