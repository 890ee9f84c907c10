"""Which part of a page is its article: trafilatura's finding, compared with the page's own tree.

trafilatura tells the article from what stands around it, but loses lists of links, rows of tables and short headings within.
So its finding only marks units of the tree (headings, lists, paragraphs, rows). What lies among the marked ones is put back,
unless it is what pages put among paragraphs: navigation, offers, links to other articles, single words.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import trafilatura
from lxml import html
from lxml.html import HtmlElement

from corpus.linear_patterns import LinearPattern
from corpus.readers.lists_and_tables import SENTENCE_END
from corpus.readers.markup import Page
from corpus.readers.markup.elements import COMPOSED_OF, CONTAINERS, HEADINGS, LISTS, PLACE

SHORTEST_ARTICLE = 200  # characters; less is not taken for the article
MOST_OF_IT = 0.9  # of the letters of the article: the innermost element with as many is its own
MOSTLY_LINKS = 0.6  # of the letters of a unit
FEW_WORDS = 8  # a paragraph with fewer and no full stop is a label of something
CHROME_TAGS = {"nav", "footer", "aside", "dialog"}
FRAME = {"nav", "footer", "dialog", "header"}  # in which nobody looks for prose
CHROME_ROLES = {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar"}
CHROME_NAMES = LinearPattern(
    r"(?i)(?:^|[\s_-])(?:nav|navbar|menu|breadcrumbs?|sidebar|related|recommend(?:ed|ations)?|share|sharing|social|newsletter|"
    r"subscribe|signup|promo|advert(?:isement|ising)?|ads?|sponsor(?:ed)?|cookies?|consent|gdpr|popup|modal|banner|comments?|"
    r"disqus|respond|pagination|pager|byline|author-(?:bio|box|info)|post-meta|entry-meta|tags?|widget|toc|skip-link|login|"
    r"rating|feedback|survey|paywall|teasers?|toolbar|print|copyright|site-(?:header|footer)|masthead|noprint|mw-editsection|"
    r"reflist|navbox|metadata|catlinks)(?:$|[\s_-])"
)
# What stands beside the text and belongs to it.
NOTES_NAMES = LinearPattern(
    r"(?i)(?:^|[\s_-])(?:warning|warn|caution|danger|important|alert|note|notice|callout|tip|info|hint|admonition|highlight|"
    r"key-?(?:facts|points|message)|inset|panel|box)(?:$|[\s_-])"
)
# Headings under which a page speaks of other pages.
ELSEWHERE = LinearPattern(
    r"(?i)(?:related|see also|further reading|references?|sources?|bibliography|external links|citations?|notes|footnotes|"
    r"more (?:from|on|about|articles|stories|like)|you (?:may|might) (?:also )?(?:like|be interested)|recommended|popular|"
    r"read (?:more|next|also)|trending|share (?:this|on)|follow us|about the author|newsletter|subscribe|sign up|comments?|"
    r"leave a (?:reply|comment)|contact us|advertisement|on this page|in this article|table of contents|contents)\b"
)


@dataclass(frozen=True, slots=True)
class Region:
    """The article's own elements, ready for `markup.blocks`, and the `PLACE` of each unit that it keeps."""

    root: HtmlElement
    places: set[str]
    before: tuple[HtmlElement, ...]  # the headings of the page that stand above its first paragraph, outermost first
    beside: tuple[str, ...] = ()  # prose that stands in the article's element and was not taken for its own


@dataclass(slots=True)
class _Unit:
    """A heading, a list, a row or a paragraph, and what is known of it."""

    element: HtmlElement
    text: str
    is_kept: bool  # by trafilatura
    is_chrome: bool = False
    is_taken: bool = False

    @property
    def is_heading(self) -> bool:
        return self.element.tag in HEADINGS

    @property
    def is_list(self) -> bool:
        return self.element.tag in LISTS

    @property
    def place(self) -> str:
        return self.element.get(PLACE) or ""


def article_of(page: Page, /) -> Region:
    """Find the article of a page."""
    units = _units(page.root)
    top = _article_element(page.root, units)
    inside = [unit for unit in units if _is_inside(unit.element, top)]
    for unit in inside:
        unit.is_chrome = _is_chrome(unit.element, top)
    _take(inside)
    first = next((unit for unit in inside if unit.is_taken and not unit.is_heading), None)
    before = []
    for unit in units:
        if unit is first:
            break
        before += [unit.element] if unit.is_heading else []
    places = {unit.place for unit in inside if unit.is_taken}
    root = deepcopy(top)
    for element in [*root.iter()]:
        is_unit = element.get(PLACE) in {unit.place for unit in inside}
        if is_unit and element.get(PLACE) not in places and element is not root:
            element.clear(keep_tail=True)
    beside = [unit.text for unit in inside if not unit.is_taken and unit.is_chrome and _is_text_beside(unit)]
    return Region(root, places, tuple(before), tuple(beside))


def _units(root: HtmlElement) -> list[_Unit]:
    markup = html.tostring(root, encoding="unicode")
    found = trafilatura.extract(markup, output_format="html", include_comments=False, include_tables=True)
    kept = _letters(html.document_fromstring(found).text_content()) if found else ""
    is_enough = len(kept) >= SHORTEST_ARTICLE
    return [_Unit(element, text, is_enough and _is_among(element, kept)) for element, text in _runs(root)]


def _runs(element: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """The innermost elements that hold words, a list of words as one of them."""
    is_whole = element.tag in HEADINGS or (element.tag in LISTS and next(element.iter(*HEADINGS), None) is None)
    if is_whole or next(element.iterdescendants(*CONTAINERS, *HEADINGS, *LISTS), None) is None:
        if text := " ".join(element.text_content().split()):
            yield element, text
        return
    for child in element:
        yield from _runs(child)


def _is_among(element: HtmlElement, kept: str) -> bool:
    """Whether trafilatura kept an element; of a list, of which it may lose items, at least a half of them."""
    parts = list(element.iterdescendants("li")) if element.tag in LISTS else [element]
    letters = [_letters(part.text_content()) for part in parts]
    found = sum(part in kept for part in letters if part)
    return bool(found) and 2 * found >= len(letters)


def _article_element(root: HtmlElement, units: list[_Unit]) -> HtmlElement:
    """The innermost element that holds most of what trafilatura kept; without that, the page's only article or main part."""
    kept = [unit for unit in units if unit.is_kept and not unit.is_heading]
    if not kept:
        elements = root.xpath("//article[not(ancestor::article)]") or root.xpath("//main")
        return elements[0] if len(elements) == 1 else next(root.iter("body"), root)
    letters = {unit.element: len(unit.text) for unit in kept}
    total = sum(letters.values())
    element = root
    while True:
        for child in element:
            if sum(size for inner, size in letters.items() if _is_inside(inner, child)) >= MOST_OF_IT * total:
                break
        else:
            break
        if child.tag not in CONTAINERS or child in letters:
            break
        element = child
    return _with_prose_beside(element, kept)


def _with_prose_beside(element: HtmlElement, kept: list[_Unit]) -> HtmlElement:
    """The element, or the one around it that holds the prose beside it too: the first lines of a page often stand apart."""
    for unit in kept:
        is_prose = unit.text.endswith((*SENTENCE_END, ":")) and len(unit.text.split()) >= FEW_WORDS
        if not is_prose or _linked(unit.element) >= MOSTLY_LINKS * len(_letters(unit.text)):
            continue
        around = element
        while not _is_inside(unit.element, around) and around.getparent() is not None:
            around = around.getparent()
        if not _is_chrome(unit.element, around):
            element = around
    return element


def _take(units: list[_Unit]) -> None:
    """Decide which units are the article's."""
    has_kept = any(unit.is_kept for unit in units)
    first = next((at for at, unit in enumerate(units) if unit.is_kept or not has_kept), 0)
    last = max((at for at, unit in enumerate(units) if unit.is_kept or not has_kept), default=-1)
    is_elsewhere = False
    before: _Unit | None = None
    for at, unit in enumerate(units):
        if unit.is_heading:
            is_elsewhere = ELSEWHERE.match(unit.text) is not None and not (unit.is_kept and has_kept)
            unit.is_taken = unit.is_kept and not unit.is_chrome
        elif unit.is_chrome:
            unit.is_taken = False
        elif unit.is_kept:
            unit.is_taken = True
        elif not is_elsewhere:
            leads = before is not None and before.is_taken and (before.text.endswith(":") or before.is_heading)
            unit.is_taken = _is_text(unit, leads=leads, is_between=first <= at <= last, is_alone=not has_kept)
        before = unit
    _take_headings(units)
    _take_whole_tables(units)


def _is_text(unit: _Unit, *, leads: bool, is_between: bool, is_alone: bool) -> bool:
    """Whether a unit that trafilatura dropped is the article's own: it hangs on what stands before it, or is prose.

    Where trafilatura found nothing at all, everything is that is not made of links.
    """
    is_linked = _linked(unit.element) >= MOSTLY_LINKS * len(_letters(unit.text))
    if leads and (unit.is_list or is_between):
        return True
    if is_linked or is_alone:
        return not is_linked
    if unit.is_list or unit.element.get(COMPOSED_OF):
        return is_between
    words = len(unit.text.split())
    is_prose = unit.text.endswith((*SENTENCE_END, ":")) and words >= FEW_WORDS // 2
    return is_prose or (is_between and words >= FEW_WORDS)


def _is_text_beside(unit: _Unit) -> bool:
    """Whether what was taken for a frame of the page is prose, of which a maintainer should know that it is left out."""
    is_aside = all(one.tag not in FRAME for one in (unit.element, *unit.element.iterancestors()))
    is_prose = unit.text.endswith((*SENTENCE_END, ":")) and len(unit.text.split()) >= FEW_WORDS // 2
    return is_aside and is_prose and _linked(unit.element) < MOSTLY_LINKS * len(_letters(unit.text))


def _take_headings(units: list[_Unit]) -> None:
    """A heading is the article's if something that it heads is, be it a heading below it."""
    is_heading_something = False
    below = 0  # level of the heading that follows at once, if it is the article's
    for unit in reversed(units):
        if not unit.is_heading:
            is_heading_something |= unit.is_taken
            continue
        level = int(str(unit.element.tag)[1])
        unit.is_taken = (unit.is_taken or is_heading_something or level < below) and not unit.is_chrome
        is_heading_something, below = False, level if unit.is_taken else 0


def _take_whole_tables(units: list[_Unit]) -> None:
    """Rows of one table stay or go together."""
    taken = {unit.place for unit in units if unit.is_taken}
    for unit in units:
        unit.is_taken |= bool(unit.element.get(COMPOSED_OF)) and unit.place in taken


def _is_inside(element: HtmlElement, outer: HtmlElement) -> bool:
    return element is outer or any(ancestor is outer for ancestor in element.iterancestors())


def _is_chrome(element: HtmlElement, top: HtmlElement) -> bool:
    """Whether an element stands in a part of the article's element that is no article."""
    while element is not top and element is not None:
        names = f"{element.get('class') or ''} {'' if _is_named_by_its_heading(element) else element.get('id') or ''}"
        is_header = element.tag == "header" and next(element.iter("h1"), None) is None
        is_note = element.tag == "aside" and (NOTES_NAMES.search(names) or element.get("role") == "note")
        if (
            (element.tag in CHROME_TAGS and not is_note)
            or is_header
            or element.get("role") in CHROME_ROLES
            or CHROME_NAMES.search(names)
        ):
            return True
        element = element.getparent()
    return False


def _is_named_by_its_heading(element: HtmlElement) -> bool:
    """Whether an id was made of a heading, as of "Other tags" or "Social anxiety": then it names no part of the page."""
    name = _letters(element.get("id") or "").casefold()
    heading = next(element.iter(*HEADINGS), None)
    return bool(name) and heading is not None and name in _letters(heading.text_content()).casefold()


def _linked(element: HtmlElement) -> int:
    return sum(len(_letters(link.text_content())) for link in element.iter("a"))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
