"""What somebody sees who reads a page: nothing hidden or struck out, closed panels open, every run of words in an element.

Flows in: the tree of a page or of a fragment, which is changed in place. Flows out: what was left out although the file
holds it as words.
"""

from dataclasses import dataclass

from lxml.html import HtmlElement

from corpus.readers.lists_and_tables import COLONS
from corpus.readers.markup.controls import (
    LONGEST_HEADING,
    can_be_opened,
    is_page,
    is_told,
    open_tabs,
    opened_by_controls,
    settle_control,
)
from corpus.readers.markup.elements import CONTAINERS, HEADINGS, LISTS, UNSEEN, all_words, drop
from corpus.readers.markup.style_sheets import is_for_listeners, is_hidden, is_struck, settle_style_sheets

MATHEMATICS_TWICE = {"katex-html", "MathJax_Preview", "mwe-math-fallback-image-inline", "mwe-math-fallback-image-display"}
MOST_WORDS_TOLD = 60
PICTURED = "data-pictured"  # marks a cell whose picture says what no word says
BLOCKS = (*CONTAINERS, *HEADINGS, *LISTS)
ROLES = {
    "list": "ul",
    "listitem": "li",
    "table": "table",
    "grid": "table",
    "row": "tr",
    "cell": "td",
    "gridcell": "td",
    "columnheader": "th",
    "rowheader": "th",
    "rowgroup": "tbody",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Words of a file that nobody is meant to read, and the element that they stood in."""

    inside: HtmlElement
    reason: str
    words: str


def show(root: HtmlElement, /) -> list[LeftOut]:
    """Bring a tree into the state in which it is read, and tell what was left out on the way."""
    settle_style_sheets(root)
    openers = opened_by_controls(root)
    _name_roles(root)
    _name_lists(root)
    _read_pictures(root)
    left_out: list[LeftOut] = []
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in UNSEEN - {"head"} or _is_second_formula(element):
            drop(element)
    open_tabs(root)
    for element in list(root.iter()):
        if is_struck(element):
            _leave_out(element, "struck out in the file, so left out", left_out)
        elif is_hidden(element) and not can_be_opened(element, openers) and not _stands_for_a_picture(element):
            if next(element.iter("math"), None) is not None:
                element.attrib.pop("style", None)  # a formula for those who listen, in the place of its picture
            else:
                _leave_out(element, "hidden in the file, so left out", left_out)
        elif element.tag == "form" and is_page(element):
            element.tag = "div"
        elif element.tag == "form" and is_told(element):
            _leave_out(element, "a form to fill in, left out", left_out)
        elif element.tag == "form":
            drop(element)
        else:
            settle_control(element)
    return left_out


def _name_roles(root: HtmlElement) -> None:
    """Lists and tables that are made of other elements, and say what they are, become such elements."""
    for element in [element for element in root.iter("div", "span") if element.get("role") in ROLES]:
        role = element.get("role")
        if role == "list" and not all(child.get("role") == "listitem" for child in element):
            continue
        if role == "listitem" and (element.getparent() is None or element.getparent().tag != "ul"):
            continue
        element.tag = ROLES[role]


def _name_lists(root: HtmlElement) -> None:
    """Short boxes of one class below a line that ends with a colon are its list, whatever they are made of."""
    for element in list(root.iter("div")):
        before, items = element.getprevious(), list(element)
        classes = {item.get("class") for item in items}
        are_alike = len(items) > 1 and len(classes) == 1 and all(classes) and {item.tag for item in items} <= {"div", "span"}
        if before is None or not are_alike or any(next(item.iterdescendants(*BLOCKS), None) is not None for item in items):
            continue
        if all_words(before).endswith(COLONS) and not (element.text or "").strip():
            element.tag = "ul"
            for item in items:
                item.tag = "li"


def _read_pictures(root: HtmlElement) -> None:
    """In a cell without words, what its picture is called stands for it; a cell whose picture has no name is marked."""
    for cell in list(root.iter("td")):
        pictures = list(cell.iter("img", "svg", "i", "span", "input"))
        if not pictures or all_words(cell):
            continue
        named = (one.get("alt") or one.get("aria-label") or one.get("title") or "" for one in pictures)
        if name := next((name.strip() for name in named if name.strip()), ""):
            cell.text = name[:LONGEST_HEADING]
        elif any(one.tag in {"img", "svg"} for one in pictures):
            cell.set(PICTURED, "yes")


def _stands_for_a_picture(element: HtmlElement) -> bool:
    """Whether words for those who listen are all that a cell or an item says: a tick, a cross, a row of stars."""
    holder = next(element.iterancestors("td", "li"), None)
    return holder is not None and is_for_listeners(element) and all_words(holder) == all_words(element)


def _is_second_formula(element: HtmlElement) -> bool:
    return bool(MATHEMATICS_TWICE & set((element.get("class") or "").split()))


def _leave_out(element: HtmlElement, reason: str, left_out: list[LeftOut]) -> None:
    words = all_words(element).split()
    parent = element.getparent()
    if words and parent is not None:
        told = " ".join(words[:MOST_WORDS_TOLD]) + (" …" if len(words) > MOST_WORDS_TOLD else "")
        left_out.append(LeftOut(parent, reason, told))
    drop(element)
