"""Equations of Word files (OMML) as one line that can be quoted.

Source: ECMA-376, part 1, 22.1 (Math). What has two dimensions is written with brackets, as one would read it out; what
cannot be written so (a matrix, a sum with its bounds) becomes a sign that cannot be read, and its sentence is left out.
"""

from typing import Any

from lxml import etree

from corpus.readers.markup.raised import HIGH, LOW, NUMBER
from corpus.readers.unreadable import UNREADABLE

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACED = "=<>≤≥≈±×·−+→"


def in_one_line(equation: Any, /) -> str:
    """An equation as text.

    >>> in_one_line(etree.fromstring(f'<m:rad xmlns:m="{MATH[1:-1]}"><m:e><m:r><m:t>2</m:t></m:r></m:e></m:rad>'))
    '√2'
    """
    return " ".join(_written(equation).split())


def _written(element: Any) -> str:
    name = etree.QName(element).localname
    if name in {"t", "delText"}:
        text = str(element.text or "")
        return f" {text.strip()} " if text.strip() in SPACED and text.strip() else text
    if name.endswith("Pr"):
        return ""
    if name == "f":
        return f"{_bracketed(_part(element, 'num'))}/{_bracketed(_part(element, 'den'))}"
    if name in {"sSup", "sSub", "sSubSup"}:
        low = _low(_part(element, "sub")) if name != "sSup" else ""
        high = _high(_part(element, "sup")) if name != "sSub" else ""
        return f"{_part(element, 'e')}{low}{high}"
    if name == "rad":
        degree = _part(element, "deg", may_miss=True)
        root = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree, UNREADABLE)
        return f"{root}{_bracketed(_part(element, 'e'))}"
    if name == "d":
        begin = _sign(element, "begChr", "(")
        end = _sign(element, "endChr", ")")
        inside = _sign(element, "sepChr", "|").join(_written(child) for child in element.iterchildren(f"{MATH}e"))
        return f"{begin}{inside}{end}"
    if name == "func":
        return f"{_part(element, 'fName')} {_part(element, 'e')}"
    if name in {"nary", "m", "eqArr", "limLow", "limUpp", "groupChr", "bar", "acc", "borderBox", "sPre"}:
        return UNREADABLE
    return "".join(_written(child) for child in element if isinstance(child.tag, str))


def _part(element: Any, name: str, *, may_miss: bool = False) -> str:
    part = element.find(f"{MATH}{name}")
    text = "" if part is None else "".join(_written(child) for child in part).strip()
    return text or ("" if may_miss else UNREADABLE)


def _sign(element: Any, name: str, usual: str) -> str:
    stated = element.find(f"{MATH}dPr/{MATH}{name}")
    return usual if stated is None else str(stated.get(f"{MATH}val") or "")


def _bracketed(text: str) -> str:
    return text if text.replace(".", "").isalnum() or text == UNREADABLE else f"({text})"


def _high(text: str) -> str:
    return text.translate(HIGH) if NUMBER.fullmatch(text) else f"^{_bracketed(text)}"


def _low(text: str) -> str:
    return text.translate(LOW) if NUMBER.fullmatch(text) else f"_{_bracketed(text)}"
