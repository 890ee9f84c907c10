"""A page's own style sheets, as far as they hide, strike out, raise or lower words: settled into `style` attributes.

Flows in: the tree of a page, with its `style` elements; changed in place. Behind it nobody needs to know a selector: what
holds for an element by the rules of the cascade stands in its own attribute. tinycss2 reads sheets, cssselect selectors.

Source: CSS Cascading and Inheritance 4 (W3C): importance, then inline before sheets, then specificity, then order.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import tinycss2
from cssselect import HTMLTranslator, SelectorError
from cssselect import parse as parse_selectors
from lxml import etree
from lxml.html import HtmlElement
from tinycss2.color3 import parse_color

from corpus.linear_patterns import LinearPattern

PROPERTIES = {
    *("display visibility content-visibility opacity font-size color background-clip -webkit-background-clip".split()),
    *("text-decoration text-decoration-line vertical-align".split()),
    *("position left top right text-indent clip clip-path width height transform background background-color".split()),
}
SHORTHANDS = {"text-decoration": "text-decoration-line", "background": "background-color"}
FOR_ALL = {"", "all", "screen", "only screen", "all and (min-width:0)", "print, screen", "screen, print"}
NESTING = {"supports", "layer", "media"}
NAME = LinearPattern(r"[.#]([A-Za-z_][\w-]*)")
NEGATION = LinearPattern(r":(?:not|is|where|has)\([^()]*\)|\[[^\]]*\]")
MOST_RULES = 3_000  # that say something about the properties above
MOST_DEPTH = 5  # of rules within rules
DISPLAYED = LinearPattern(r"(?i)(?:^|[;\s])display\s*:")
# Nothing but a zero, or almost one, hides: `font-size: 0.9em` does not.
HIDING_STYLE = LinearPattern(
    r"(?i)(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|"
    r"mso-hide\s*:\s*all|(?:font-size|opacity)\s*:\s*0(?:\.0*)?(?:[^.\d]|\z)|font-size\s*:\s*0?\.\d+px|opacity\s*:\s*0?\.0\d|"
    r"text-indent\s*:\s*-\d{3}|clip\s*:\s*rect\((?:\s*[01](?:px)?\s*,?){4}\)|clip-path\s*:\s*inset\((?:[5-9]\d|100)%|"
    r"transform\s*:\s*scale\(\s*0\s*\))"
)
LIFTED = LinearPattern(r"(?i)(?:^|[;\s])position\s*:\s*(?:absolute|fixed)")
OFF_THE_PAGE = LinearPattern(r"(?i)(?:^|[;\s])(?:left|right|top)\s*:\s*-\d{3}")
NARROW = LinearPattern(r"(?i)(?:^|[;\s])width\s*:\s*[01](?:px)?(?:\s*[;!]|\z)")
LOW_BOX = LinearPattern(r"(?i)(?:^|[;\s])height\s*:\s*[01](?:px)?(?:\s*[;!]|\z)")
COLOUR = LinearPattern(r"(?i)(?:^|[;\s])(?P<name>color|background(?:-color)?)\s*:\s*(?P<value>[^;!]+)")
# Of frameworks: words for those who listen to a page, which nobody sees.
FOR_LISTENERS = LinearPattern(
    r"(?i)(?:[a-z\d]+[_-]+)*(?:visually-?hidden|sr-only|screen-?reader(?:-(?:text|only))?|show-for-sr|element-invisible)(?:-focusable)?"
)
TRANSPARENT = LinearPattern(r"(?i)(?:^|[;\s])color\s*:\s*transparent")
CLIPPED = LinearPattern(r"(?i)background-clip\s*:")  # a heading in the colours of a picture is seen
HIDING_CLASSES = {"hidden", "d-none", "invisible", "is-hidden", "display-none"}  # of frameworks, whose sheets are elsewhere
STRUCK = {"del", "s", "strike"}
UNSTRUCK = LinearPattern(r"(?i)(?:^|[;\s])text-decoration[a-z-]*\s*:\s*none")
STRIKING_STYLE = LinearPattern(r"(?i)text-decoration[a-z-]*\s*:[^;]*line-through")

Weight = tuple[bool, bool, tuple[int, int, int], int]  # importance, inline, specificity, order


@dataclass(frozen=True, slots=True)
class _Rule:
    selectors: str
    declarations: tuple[tuple[str, str, bool], ...]  # property, value, whether it is important


def settle_style_sheets(root: HtmlElement, /) -> None:
    """Write what the page's own style sheets say of each element into its `style` attribute."""
    rules = [rule for sheet in root.iter("style") if _is_for_screens(sheet) for rule in _rules(_parsed(sheet.text or ""))]
    won: dict[HtmlElement, dict[str, tuple[Weight, str]]] = defaultdict(dict)
    names = _names(root)
    for order, rule in enumerate(rules[:MOST_RULES]):
        for elements, specificity in _matched(root, rule.selectors, names):
            for element in elements:
                for name, value, is_important in rule.declarations:
                    _put(won[element], name, value, (is_important, False, specificity, order))
    for element, said in won.items():
        for name, value, is_important in _declarations(tinycss2.parse_blocks_contents(element.get("style") or "")):
            _put(said, name, value, (is_important, True, (0, 0, 0), 0))
        own = [
            part
            for part in (element.get("style") or "").split(";")
            if part.partition(":")[0].strip().lower() not in PROPERTIES
        ]
        element.set("style", "; ".join([*filter(None, map(str.strip, own)), *(f"{n}: {v}" for n, (_, v) in said.items())]))


def is_hidden(element: HtmlElement, /) -> bool:
    """Whether an element itself says that nobody sees it."""
    style = element.get("style") or ""
    if element.get("hidden") is not None or HIDING_STYLE.search(style) is not None:
        return True
    if TRANSPARENT.search(style) is not None and CLIPPED.search(style) is None:
        return True
    if _is_out_of_sight(style) or is_for_listeners(element):
        return True
    return bool(HIDING_CLASSES & set((element.get("class") or "").split())) and not DISPLAYED.search(style)


def is_for_listeners(element: HtmlElement, /) -> bool:
    """Whether an element is named as words that are read aloud and not seen."""
    names = (element.get("class") or "").split()
    return any(FOR_LISTENERS.fullmatch(name) and "not-" not in name for name in names)


def _is_out_of_sight(style: str) -> bool:
    """Whether a style puts words beside the page, into a box of no size, or into the colour of what is behind them."""
    if LIFTED.search(style) and (OFF_THE_PAGE.search(style) or (NARROW.search(style) and LOW_BOX.search(style))):
        return True
    colours = {found["name"].lower()[:5]: parse_color(found["value"].strip()) for found in COLOUR.finditer(style)}
    return colours.get("color") is not None and colours.get("color") == colours.get("backg")


def is_struck(element: HtmlElement, /) -> bool:
    """Whether an element's words are struck out; a sheet may say that `s` is not."""
    style = element.get("style") or ""
    return STRIKING_STYLE.search(style) is not None or (element.tag in STRUCK and not UNSTRUCK.search(style))


def _put(said: dict[str, tuple[Weight, str]], name: str, value: str, weight: Weight) -> None:
    name = SHORTHANDS.get(name, name)
    if name not in said or weight >= said[name][0]:
        said[name] = (weight, value)


def _is_for_screens(sheet: HtmlElement) -> bool:
    return (sheet.get("media") or "").strip().lower() in FOR_ALL


def _parsed(text: str) -> Sequence[Any]:
    parsed: Sequence[Any] = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return parsed


def _rules(nodes: Sequence[Any], depth: int = 0) -> Iterator[_Rule]:
    """The rules that say something about what is seen, those for screens included."""
    for node in nodes:
        if node.type == "qualified-rule":
            declarations = tuple(_declarations(tinycss2.parse_blocks_contents(node.content)))
            if declarations:
                yield _Rule(tinycss2.serialize(node.prelude), declarations)
        elif node.type == "at-rule" and node.lower_at_keyword in NESTING and node.content and depth < MOST_DEPTH:
            condition = tinycss2.serialize(node.prelude).strip().lower()
            if node.lower_at_keyword != "media" or condition in FOR_ALL:
                inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
                yield from _rules(inner, depth + 1)


def _declarations(nodes: Sequence[Any]) -> Iterator[tuple[str, str, bool]]:
    for node in nodes:
        if node.type == "declaration" and node.lower_name in PROPERTIES:
            yield node.lower_name, tinycss2.serialize(node.value).strip(), node.important


def _names(root: HtmlElement) -> set[str]:
    """The classes and ids of a page: a rule that needs another one need not be searched for."""
    classes = {
        name for element in root.iter() if isinstance(element.tag, str) for name in (element.get("class") or "").split()
    }
    return classes | {element.get("id") for element in root.iter() if isinstance(element.tag, str) and element.get("id")}


def _matched(root: HtmlElement, selectors: str, names: set[str]) -> Iterator[tuple[list[HtmlElement], tuple[int, int, int]]]:
    """The elements that each selector of a list names; none of a selector that cannot be told (`:hover`, `::before`)."""
    try:
        parsed = parse_selectors(selectors)
    except SelectorError:
        return
    for selector in parsed:
        needed = {found[1] for found in NAME.finditer(NEGATION.sub("", selector.canonical()))}
        if selector.pseudo_element is not None or not needed <= names:
            continue
        try:
            path = HTMLTranslator().selector_to_xpath(selector, prefix="descendant-or-self::")
            yield root.xpath(path), selector.specificity()
        except (SelectorError, etree.XPathError):
            continue
