"""Raised numbers, footnote marks and formulas: `10<sup>9</sup>` must never become 109, nor a mark part of a number.

What has letters of its own is written with them (10⁹, H₂O), else with a sign (10^3.5, 10^(2–3)). Formulas in MathML become
words where they can be read from left to right; of others the maintainer is told, since a number may stand in them.
"""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from corpus.doubts import Doubt
from corpus.linear_patterns import LinearPattern
from corpus.readers.markup.as_shown import LeftOut
from corpus.readers.markup.elements import drop

HIGH = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
LOW = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
RAISING = LinearPattern(r"(?i)vertical-align\s*:\s*(?:super|text-top|[1-9.])|position\s*:\s*relative[^}]*top\s*:\s*-")
LOWERING = LinearPattern(r"(?i)vertical-align\s*:\s*(?:sub|text-bottom|-\s*[1-9.])")
RAISED_NAMES, LOWERED_NAMES = {"sup", "super", "superscript"}, {"sub", "subscript"}
NOTE_NAMES = ("footnote", "fnref", "noteref", "endnote", "reference", "citation", "cite")
# On `re`: one class with one repeat each.
NUMBER = re.compile(r"[0-9+\-−=()ni]{1,6}")
NOTE_MARK = re.compile(r"\[[\w\s,–-]{1,12}\]|[*†‡§¶]+")
NOTE_NUMBERS = re.compile(r"[\[(]?\d{1,3}(?:\s?[,–-]\s?\d{1,3})*[\])]?|[a-z]|[*†‡§¶]+")
ENDS = tuple(".,;:!?)]”’\"'%")
DIGIT = re.compile(r"\d")
ORDINAL = re.compile(r"(?:st|nd|rd|th|er|ers|re|e|es|ème|eme|o|a|os|as|r|de|te|ter)")
# What MathML writes in one line; everything else has two dimensions.
SIMPLE_MATH = {"math", "mrow", "mn", "mi", "mo", "mtext", "ms", "mstyle", "mpadded", "mspace", "semantics", "mfenced"}
MATH_NOTES = {"annotation", "annotation-xml", "mphantom"}
WITHIN_DOLLARS = LinearPattern(r"\$([^$\s](?:[^$\n]{0,100}[^$\s])?)\$")
TEX = LinearPattern(r"\\\(|\\\[|\$\$|\\(?:frac|cdot|times|sqrt|text|mathrm)\b")


def mark_raised(root: HtmlElement, /) -> list[LeftOut]:
    """What a style raises or lowers becomes `sup` or `sub`; marks of footnotes go, told where a digit stands before."""
    left_out: list[LeftOut] = []
    for element in list(root.iter()):
        style, names = element.get("style") or "", set((element.get("class") or "").lower().split())
        if element.tag in {"span", "font", "small", "b", "i", "em", "strong"}:
            if RAISING.search(style) or names & RAISED_NAMES:
                element.tag = "sup"
            elif LOWERING.search(style) or names & LOWERED_NAMES:
                element.tag = "sub"
    for element in list(root.iter("a", "sup")):
        if element.getparent() is not None and _is_note_mark(element):
            if (before := _before(element))[-1:].isdigit():
                words = f"{before.split()[-1]}[{_text(element)}]"
                left_out.append(LeftOut(element.getparent(), "the mark of a footnote behind a number, left out", words))
            drop(element)
    return left_out


def settle_numbers(root: HtmlElement, /) -> None:
    """Write raised and lowered numbers as text."""
    for element in list(root.iter("sup", "sub")):
        text = _text(element)
        table, sign = (HIGH, "^") if element.tag == "sup" else (LOW, "_")
        if NUMBER.fullmatch(text):
            written = text.translate(table)
        elif DIGIT.search(text) and not ORDINAL.fullmatch(text):
            written = f"{sign}{text}" if text.replace(".", "").isalnum() else f"{sign}({text})"
        else:
            continue
        element.tail = written + (element.tail or "")
        drop(element)


def settle_formulas(root: HtmlElement, /, *, place: str) -> list[tuple[str, Doubt]]:
    """Write formulas in words that can be quoted; a doubt for each that cannot be, with the `place` of what it stands in."""
    doubts = []
    for formula in list(root.iter("math")):
        try:
            written = "".join(_math(formula))
        except _TwoDimensionalError:
            around = _text(formula.getparent()) if formula.getparent() is not None else ""
            where = next((str(one.get(place)) for one in formula.iterancestors() if one.get(place)), "")
            reason = "holds a formula that cannot be written in one line; write it in words, or leave it out:"
            doubts.append((where, Doubt(reason, around)))
            written = " ".join(formula.itertext())  # apart, so that no number is made of two
        before = formula.getprevious()
        behind = (before.tail if before is not None else formula.getparent().text) or ""
        space = " " if behind and not behind[-1].isspace() and not behind.endswith(("(", "=")) else ""
        formula.tail = f"{space}{' '.join(written.split())}{formula.tail or ''}"
        drop(formula)
    return doubts


def formulas_in_tex(text: str, /) -> list[Doubt]:
    """A doubt for each paragraph that shows the signs of TeX, which a page turns into a formula."""
    reason = "holds a formula in TeX; write it in words, or leave it out:"
    return [Doubt(reason, paragraph) for paragraph in text.split("\n\n") if _holds_tex(paragraph)]


def _holds_tex(text: str) -> bool:
    within_dollars = (str(found[1]) for found in WITHIN_DOLLARS.finditer(text))
    return TEX.search(text) is not None or any("\\" in part or "^" in part or "_{" in part for part in within_dollars)


class _TwoDimensionalError(Exception):
    """A fraction of fractions, a matrix, a sum with its bounds."""


def _math(element: HtmlElement) -> Iterator[str]:
    children = [child for child in element if isinstance(child.tag, str) and child.tag not in MATH_NOTES]
    if element.tag in SIMPLE_MATH:
        sign = (element.text or "").strip()
        is_between = element.tag == "mo" and bool(sign) and sign in "=<>≤≥≈±×·−+"
        is_first = is_between and sign in "−+±" and element.getprevious() is None  # as in "−3"
        yield sign if is_first else f" {sign} " if is_between else (element.text or "")
        for child in children:
            yield from _math(child)
    elif element.tag in {"msup", "msub"} and len(children) == 2:
        base, script = ("".join(_math(child)).strip() for child in children)
        table, sign = (HIGH, "^") if element.tag == "msup" else (LOW, "_")
        yield base + (script.translate(table) if NUMBER.fullmatch(script) else f"{sign}({script})")
    elif element.tag == "msubsup" and len(children) == 3:
        base, low, high = ("".join(_math(child)).strip() for child in children)
        if not (NUMBER.fullmatch(low) and NUMBER.fullmatch(high)):
            raise _TwoDimensionalError
        yield f"{base}{low.translate(LOW)}{high.translate(HIGH)}"
    elif element.tag == "mfrac" and len(children) == 2:
        above, below = ("".join(_math(child)).strip() for child in children)
        yield "/".join(part if part.replace(".", "").isalnum() else f"({part})" for part in (above, below))
    elif element.tag == "msqrt":
        yield f"√({''.join(part for child in children for part in _math(child)).strip()})"
    else:
        raise _TwoDimensionalError


def _is_note_mark(element: HtmlElement) -> bool:
    """Whether an element leads to a footnote or to a reference, and says nothing by itself."""
    text = _text(element)
    if element.tag == "sup" and NOTE_MARK.fullmatch(text):
        return True
    if not NOTE_NUMBERS.fullmatch(text):
        return False
    names = f"{element.get('class') or ''} {element.get('role') or ''} {element.get('id') or ''}".lower()
    if element.tag == "sup":
        inner = [child for child in element if child.tag == "a"]
        is_link = bool(inner) or (element.getparent().tag == "a" and _text(element.getparent()) == text)
        is_named = "ref" in names or any(name in names for name in NOTE_NAMES)
        return is_link or is_named or is_mark_behind(_before(element), text)
    is_here = (element.get("href") or "").startswith("#")
    is_named = any(name in f"{names} {(element.get('href') or '').lower()}" for name in NOTE_NAMES) or "doc-noteref" in names
    return is_here and (is_named or (element.getparent().tag == "sup") or _is_glued(element))


def _before(element: HtmlElement) -> str:
    before = element.getprevious()
    if before is None:
        return element.getparent().text or ""
    return before.tail or ("" if before.tag in {"br", "hr"} else _text(before))


def is_mark_behind(before: str, mark: str, /) -> bool:
    """Whether raised numbers can only be the marks of notes, by what stands before them: "legs.³", "people⁵⁻⁷"."""
    is_several = any(sign in mark for sign in ",–-")  # no power is "3,4"
    is_behind_an_end = before.endswith(ENDS[:6]) and (is_several or not before[-2:-1].isdigit())
    is_behind_a_word = is_several and mark[:1].isdigit() and len(before) > 2 and before[-3:].isalpha()
    return NOTE_NUMBERS.fullmatch(mark) is not None and (is_behind_an_end or is_behind_a_word)


def _is_glued(element: HtmlElement) -> bool:
    before = _before(element)
    return bool(before) and not before[-1].isspace() and before[-1] not in "([–-"


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())
