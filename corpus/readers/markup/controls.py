"""What a page lets its reader work: buttons, tabs, accordions, fields. What they open is read as if it were open.

Flows in: elements of a tree, changed in place. Flows out: which of them a reader can open.
"""

from lxml import etree
from lxml.html import HtmlElement

from corpus.linear_patterns import LinearPattern
from corpus.readers.markup.elements import HEADINGS, all_words, drop, has_heading
from corpus.readers.markup.style_sheets import is_hidden

# A control that is no heading: it names what it does with the page, not what the panel is about.
MERE_CONTROL = LinearPattern(
    r"(?i)(?:show|hide|read|view|see|open|close|expand|collapse|toggle|menu|share|print|play|listen|back|search|more|less|next|"
    r"previous|copy|save|sign|log|subscribe|accept|contents|navigation)\b"
)
OPENED = "data-opened"  # marks what a button opened that is no more
LONGEST_HEADING = 160  # characters
FEWEST_WORDS = 3  # of a label that says something
WAYS_BACK = {"↩", "↩︎", "↩️", "↑", "^", "↵", "⏎"}


def opened_by_controls(root: HtmlElement) -> set[str]:
    """The ids that a control opens: a button, a tab, a link that toggles."""
    opened: set[str] = set()
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for name in ("aria-controls", "data-target", "data-bs-target"):
            opened |= {id_.removeprefix("#") for id_ in (element.get(name) or "").split()}
        is_toggle = element.get("role") in {"tab", "button"} or element.get("data-toggle") or element.get("data-bs-toggle")
        if is_toggle and (element.get("href") or "").startswith("#"):
            opened.add(element.get("href")[1:])
    return opened


def can_be_opened(element: HtmlElement, openers: set[str]) -> bool:
    """Whether a reader of the page can open a hidden element."""
    if (
        element.get("id") in openers
        or element.get(OPENED) is not None
        or element.get("role") == "tabpanel"
        or element.get("hidden") == "until-found"
    ):
        return True
    before = element.getprevious()
    controls = [] if before is None else [before, *before.iterdescendants()]
    return any(control.get("aria-expanded") is not None or control.tag == "button" for control in controls)


def open_tabs(root: HtmlElement) -> None:
    """A tab's words head its panel."""
    by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
    labelled = {panel.get("aria-labelledby"): panel for panel in root.iter() if panel.get("role") == "tabpanel"}
    for tab in [element for element in root.iter() if element.get("role") == "tab"]:
        if any(ancestor.tag in HEADINGS for ancestor in tab.iterancestors()):
            continue
        target = tab.get("aria-controls") or (tab.get("href") or "").removeprefix("#")
        panel = by_id.get(target) if target in by_id else labelled.get(tab.get("id"))
        words = all_words(tab)
        if panel is not None and words and tab is not panel:
            first = next(panel.iter(*HEADINGS), None)
            if first is None or all_words(first) != words:
                heading = etree.Element("h4")
                heading.text, heading.tail = words, panel.text
                panel.text = None
                panel.insert(0, heading)
        drop(tab)


def settle_control(element: HtmlElement) -> None:
    """What a page does with an element that is seen: a control, a field, a line that opens what is below it."""
    if element.tag == "button" or element.get("role") in {"button", "heading"}:
        _settle_button(element)
    elif _is_mere_label(element) or _is_way_back(element):
        drop(element)
    elif element.tag == "form":
        _settle_form(element)
    elif element.tag == "summary" and not has_heading(element) and len(all_words(element)) <= LONGEST_HEADING:
        element.tag = "h4"


def _settle_button(element: HtmlElement) -> None:
    """A button's words are a heading where they head a panel; inside or around a heading they are its words."""
    words = all_words(element)
    is_in_heading = any(ancestor.tag in HEADINGS | {"summary", "dt"} for ancestor in element.iterancestors())
    opens = element.get("aria-expanded") is not None or element.get("aria-controls") is not None or _is_accordion(element)
    element.set("aria-expanded", "true")  # what it opens, once it is no button any more, is open
    if is_in_heading or has_heading(element):
        element.tag = "span" if is_in_heading else "div"
    elif element.get("role") == "heading" or (
        opens and " " in words and len(words) <= LONGEST_HEADING and not MERE_CONTROL.match(words)
    ):
        element.tag = "h4"
    elif element.tag == "button":
        if (panel := element.getnext()) is not None and is_hidden(panel):
            panel.set(OPENED, "")
        drop(element)


def _is_mere_label(element: HtmlElement) -> bool:
    """Whether an element only names a field to fill in; the label of a box to tick is an item of a list."""
    return bool(element.tag == "label") and len(all_words(element).split()) < FEWEST_WORDS


def _is_way_back(element: HtmlElement) -> bool:
    """Whether a link leads from a note back to its mark."""
    return bool(element.tag == "a") and (element.get("href") or "").startswith("#") and all_words(element) in WAYS_BACK


def _is_accordion(element: HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('data-toggle') or ''} {element.get('data-bs-toggle') or ''}".lower()
    return any(name in names for name in ("accordion", "collaps"))


def _settle_form(form: HtmlElement) -> None:
    """Some systems put a whole page into one form; any other is something to fill in."""
    is_page = has_heading(form) and any(len(all_words(paragraph)) > LONGEST_HEADING for paragraph in form.iter("p"))
    if is_page:
        form.tag = "div"
    else:
        drop(form)
