"""What somebody sees who reads a page: nothing hidden or struck out, closed panels open, every run of words in an element.

Flows in: the tree of a page or of a fragment, which is changed in place. Flows out: what was left out although the file
holds it as words. What the page's own style sheets say stands in `style` attributes before (`style_sheets`).
"""

from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from corpus.linear_patterns import LinearPattern
from corpus.readers.style_sheets import settle_style_sheets

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
STRUCK = {"del", "s", "strike"}
DISPLAYED = LinearPattern(r"(?i)(?:^|[;\s])display\s*:")
UNSTRUCK = LinearPattern(r"(?i)(?:^|[;\s])text-decoration[a-z-]*\s*:\s*none")
# Nothing but a zero hides: `font-size: 0.9em` does not.
HIDING_STYLE = LinearPattern(
    r"(?i)(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|"
    r"mso-hide\s*:\s*all|(?:font-size|opacity)\s*:\s*0(?:\.0*)?(?:[^.\d]|\z))"
)
TRANSPARENT = LinearPattern(r"(?i)(?:^|[;\s])color\s*:\s*transparent")
CLIPPED = LinearPattern(r"(?i)background-clip\s*:")  # a heading in the colours of a picture is seen
STRIKING_STYLE = LinearPattern(r"(?i)text-decoration[a-z-]*\s*:[^;]*line-through")
HIDING_CLASSES = {"hidden", "d-none", "invisible", "is-hidden", "display-none"}  # of frameworks, whose sheets are elsewhere
MATHEMATICS_TWICE = {"katex-html", "MathJax_Preview", "mwe-math-fallback-image-inline", "mwe-math-fallback-image-display"}
# A control that is no heading: it names what it does with the page, not what the panel is about.
MERE_CONTROL = LinearPattern(
    r"(?i)(?:show|hide|read|view|see|open|close|expand|collapse|toggle|menu|share|print|play|listen|back|search|more|less|next|"
    r"previous|copy|save|sign|log|subscribe|accept|contents|navigation)\b"
)
OPENED = "data-opened"  # marks what a button opened that is no more
LONGEST_HEADING = 160  # characters
MOST_WORDS_TOLD = 60
FEWEST_WORDS = 3  # of a label that says something
PICTURED = "data-pictured"  # marks a cell whose picture says what no word says
WAYS_BACK = {"↩", "↩︎", "↩️", "↑", "^", "↵", "⏎"}
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
    openers = _opened(root)
    _name_roles(root)
    _read_pictures(root)
    left_out: list[LeftOut] = []
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in UNSEEN - {"head"} or _is_second_formula(element):
            drop(element)
    _open_tabs(root)
    for element in list(root.iter()):
        if _is_struck(element):
            _leave_out(element, "struck out in the file, so left out", left_out)
        elif is_hidden(element) and not _opens(element, openers):
            if next(element.iter("math"), None) is not None:
                element.attrib.pop("style", None)  # a formula for those who listen, in the place of its picture
            else:
                _leave_out(element, "hidden in the file, so left out", left_out)
        else:
            _settle(element)
    return left_out


def _settle(element: HtmlElement) -> None:
    """What a page does with an element that is seen: a control, a field, a line that opens what is below it."""
    if element.tag == "button" or element.get("role") in {"button", "heading"}:
        _settle_control(element)
    elif _is_mere_label(element) or _is_way_back(element):
        drop(element)
    elif element.tag == "form":
        _settle_form(element)
    elif element.tag == "summary" and not _has_heading(element) and len(_words(element)) <= LONGEST_HEADING:
        element.tag = "h4"


def is_hidden(element: HtmlElement, /) -> bool:
    """Whether an element itself says that nobody sees it."""
    style = element.get("style") or ""
    if element.get("hidden") is not None or HIDING_STYLE.search(style) is not None:
        return True
    if TRANSPARENT.search(style) is not None and CLIPPED.search(style) is None:
        return True
    return bool(HIDING_CLASSES & set((element.get("class") or "").split())) and not DISPLAYED.search(style)


def _is_struck(element: HtmlElement) -> bool:
    """Whether an element's words are struck out; a sheet may say that `s` is not."""
    style = element.get("style") or ""
    return STRIKING_STYLE.search(style) is not None or (element.tag in STRUCK and not UNSTRUCK.search(style))


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
    if not _words(run).strip():
        drop(run)


def _is_block(element: HtmlElement) -> bool:
    return element.tag in CONTAINERS | HEADINGS | LISTS or _holds_blocks(element)


def _holds_blocks(element: HtmlElement) -> bool:
    return next(element.iterdescendants(*CONTAINERS, *HEADINGS, *LISTS), None) is not None


def _words(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _opened(root: HtmlElement) -> set[str]:
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


def _opens(element: HtmlElement, openers: set[str]) -> bool:
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


def _open_tabs(root: HtmlElement) -> None:
    """A tab's words head its panel."""
    by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
    labelled = {panel.get("aria-labelledby"): panel for panel in root.iter() if panel.get("role") == "tabpanel"}
    for tab in [element for element in root.iter() if element.get("role") == "tab"]:
        if any(ancestor.tag in HEADINGS for ancestor in tab.iterancestors()):
            continue
        target = tab.get("aria-controls") or (tab.get("href") or "").removeprefix("#")
        panel = by_id.get(target) if target in by_id else labelled.get(tab.get("id"))
        words = _words(tab)
        if panel is not None and words and tab is not panel:
            first = next(panel.iter(*HEADINGS), None)
            if first is None or _words(first) != words:
                heading = etree.Element("h4")
                heading.text, heading.tail = words, panel.text
                panel.text = None
                panel.insert(0, heading)
        drop(tab)


def _settle_control(element: HtmlElement) -> None:
    """A button's words are a heading where they head a panel; inside or around a heading they are its words."""
    words = _words(element)
    is_in_heading = any(ancestor.tag in HEADINGS | {"summary", "dt"} for ancestor in element.iterancestors())
    opens = element.get("aria-expanded") is not None or element.get("aria-controls") is not None or _is_accordion(element)
    element.set("aria-expanded", "true")  # what it opens, once it is no button any more, is open
    if is_in_heading or _has_heading(element):
        element.tag = "span" if is_in_heading else "div"
    elif element.get("role") == "heading" or (
        opens and " " in words and len(words) <= LONGEST_HEADING and not MERE_CONTROL.match(words)
    ):
        element.tag = "h4"
    elif element.tag == "button":
        if (panel := element.getnext()) is not None and is_hidden(panel):
            panel.set(OPENED, "")
        drop(element)


def _name_roles(root: HtmlElement) -> None:
    """Lists and tables that are made of other elements, and say what they are, become such elements."""
    for element in [element for element in root.iter("div", "span") if element.get("role") in ROLES]:
        role = element.get("role")
        if role == "list" and not all(child.get("role") == "listitem" for child in element):
            continue
        if role == "listitem" and (element.getparent() is None or element.getparent().tag != "ul"):
            continue
        element.tag = ROLES[role]


def _read_pictures(root: HtmlElement) -> None:
    """In a cell without words, what its picture is called stands for it; a cell whose picture has no name is marked."""
    for cell in list(root.iter("td")):
        pictures = list(cell.iter("img", "svg", "i", "span", "input"))
        if not pictures or _words(cell):
            continue
        named = (one.get("alt") or one.get("aria-label") or one.get("title") or "" for one in pictures)
        if name := next((name.strip() for name in named if name.strip()), ""):
            cell.text = name[:LONGEST_HEADING]
        elif any(one.tag in {"img", "svg"} for one in pictures):
            cell.set(PICTURED, "yes")


def _is_mere_label(element: HtmlElement) -> bool:
    """Whether an element only names a field to fill in; the label of a box to tick is an item of a list."""
    return bool(element.tag == "label") and len(_words(element).split()) < FEWEST_WORDS


def _is_way_back(element: HtmlElement) -> bool:
    """Whether a link leads from a note back to its mark."""
    return bool(element.tag == "a") and (element.get("href") or "").startswith("#") and _words(element) in WAYS_BACK


def _is_accordion(element: HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('data-toggle') or ''} {element.get('data-bs-toggle') or ''}".lower()
    return any(name in names for name in ("accordion", "collaps"))


def _has_heading(element: HtmlElement) -> bool:
    return next(element.iterdescendants(*HEADINGS), None) is not None


def _settle_form(form: HtmlElement) -> None:
    """Some systems put a whole page into one form; any other is something to fill in."""
    is_page = _has_heading(form) and any(len(_words(paragraph)) > LONGEST_HEADING for paragraph in form.iter("p"))
    if is_page:
        form.tag = "div"
    else:
        drop(form)


def _is_second_formula(element: HtmlElement) -> bool:
    return bool(MATHEMATICS_TWICE & set((element.get("class") or "").split()))


def _leave_out(element: HtmlElement, reason: str, left_out: list[LeftOut]) -> None:
    words = _words(element).split()
    parent = element.getparent()
    if words and parent is not None:
        told = " ".join(words[:MOST_WORDS_TOLD]) + (" …" if len(words) > MOST_WORDS_TOLD else "")
        left_out.append(LeftOut(parent, reason, told))
    drop(element)
