"""What a page lets its reader work: buttons, tabs, accordions, fields. What they open is read as if it were open.

Flows in: elements of a tree, changed in place. Flows out: which of them a reader can open.
"""

from collections.abc import Mapping

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
TICKED = {"checkbox", "radio"}
QUOTED = LinearPattern(r"['\"]#?([\w-]+)['\"]")
TAB_NAME = LinearPattern(r"(?i)(?:^|[\s_-])tab(?:$|[\s_-])")
SIGNS = set("+−–-▼▾▸▶›»⌄⌃▲▴×✕＋")  # that show whether a panel is open
WAYS_BACK = {"↩", "↩︎", "↩️", "↑", "^", "↵", "⏎"}


def opened_by_controls(root: HtmlElement) -> set[str]:
    """The ids that a control opens: a button, a tab, a link that toggles."""
    opened: set[str] = set()
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    ids = {element.get("id"): element for element in elements if element.get("id")}
    for element in elements:
        _name_what_it_opens(element, ids)
        for name in ("aria-controls", "data-target", "data-bs-target"):
            opened |= {id_.removeprefix("#") for id_ in (element.get(name) or "").split()}
        is_toggle = element.get("role") in {"tab", "button"} or element.get("data-toggle") or element.get("data-bs-toggle")
        if is_toggle and (element.get("href") or "").startswith("#"):
            opened.add(element.get("href")[1:])
    return opened


def _name_what_it_opens(element: HtmlElement, ids: Mapping[str, HtmlElement]) -> None:
    """What a page says in its own way (`data-tab`, `onclick`, a box to tick) is said by the names that are for it."""
    if element.tag == "label" and (box := ids.get(element.get("for") or "")) is not None and box.get("type") in TICKED:
        panel = next((one for one in (element.getnext(), box.getnext()) if one is not None and is_hidden(one)), None)
        if panel is not None and panel is not element:
            panel.set(OPENED, "")
            element.tag = "button"
            element.set("aria-expanded", "false")
    if element.tag not in {"a", "button", "li"} and element.get("role") != "button":
        return
    said = [element.get("href") or "", *(value for name, value in element.items() if name.startswith("data-"))]
    said += [str(found[1]) for found in QUOTED.finditer(element.get("onclick") or "")]
    target = next((name for value in said if (name := value.removeprefix("#")) in ids), "")
    if not target or not (is_hidden(ids[target]) or is_tab(element)):
        return
    if element.get("aria-controls") is None:
        element.set("aria-controls", target)
    if is_tab(element) and element.get("role") is None:
        element.set("role", "tab")


def is_tab(element: HtmlElement, /) -> bool:
    """Whether an element is named as a tab."""
    return TAB_NAME.search(element.get("class") or "") is not None


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
    elif element.tag == "summary" and not has_heading(element) and len(all_words(element)) <= LONGEST_HEADING:
        element.tag = "h4"


def _settle_button(element: HtmlElement) -> None:
    """A button's words are a heading where they head a panel; inside or around a heading they are its words."""
    for sign in [each for each in element.iterdescendants() if all_words(each) and set(all_words(each)) <= SIGNS]:
        if all_words(element).endswith(all_words(sign)) or all_words(element).startswith(all_words(sign)):
            drop(sign)
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


def is_page(form: HtmlElement, /) -> bool:
    """Whether a form is what some systems put a whole page into; any other is something to fill in."""
    return has_heading(form) and any(len(all_words(paragraph)) > LONGEST_HEADING for paragraph in form.iter("p"))


def is_told(form: HtmlElement, /) -> bool:
    """Whether a form asks for more than a name or a word to search for, as a list of complaints to tick does."""
    return any(len(all_words(line).split()) >= FEWEST_WORDS for line in form.iter("label", "p", "li", "legend"))
