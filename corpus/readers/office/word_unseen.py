"""What nobody sees in the tree of a Word file: tracked deletions, struck out, hidden, tiny and white words.

Flows in: the body of `document.xml`, changed in place. Flows out: what was left out. Also the words of a tree's runs, as a
reader of the page sees them.
"""

from typing import Any

from corpus.doubts import Alteration
from corpus.readers.markup.raised import NOTE_MARK, is_mark_behind
from corpus.readers.office.word_styles import VALUE, WORD, Styles, unseen_by

TEXT_BOX = f"{WORD}txbxContent"
DELETED = ("del", "moveFrom")
TINY = 4  # half points: nobody reads that


def drop_deleted(body: Any, /) -> list[Alteration]:
    """Drop tracked deletions: words, paragraph ends and rows."""
    told: list[Alteration] = []
    for row in [mark.getparent().getparent() for mark in body.iterfind(f".//{WORD}trPr/{WORD}del")]:
        told.append(Alteration("a deleted row, left out", text_of(row)))
        row.getparent().remove(row)
    for paragraph in [
        mark.getparent().getparent().getparent() for mark in body.iterfind(f".//{WORD}pPr/{WORD}rPr/{WORD}del")
    ]:
        following = paragraph.getnext()
        if following is not None and following.tag == f"{WORD}p":
            place = 1 if following.find(f"{WORD}pPr") is not None else 0
            for child in reversed([child for child in paragraph if child.tag != f"{WORD}pPr"]):
                following.insert(place, child)
            paragraph.getparent().remove(paragraph)
    for name in DELETED:
        for element in list(body.iter(f"{WORD}{name}")):
            if element.getparent().tag == f"{WORD}rPr":
                continue
            if words := "".join(element.itertext(f"{WORD}delText", f"{WORD}t")).strip():
                told.append(Alteration("deleted in a tracked change, left out", words))
            element.getparent().remove(element)
    return told


def drop_unseen(body: Any, styles: Styles, /) -> list[Alteration]:
    """Drop runs that are struck out, hidden, tiny or white; neighbours of one paragraph are told together."""
    told: list[Alteration] = []
    last: tuple[Any, str] | None = None
    for run in list(body.iter(f"{WORD}r")):
        if not (reason := _unseen(run, styles)):
            last = (None, "") if run_text(run).strip() else last
            continue
        words = run_text(run)
        paragraph = run.getparent()
        if last == (paragraph, reason) and told:
            before = told.pop()
            words = f"{before.original} {words}"
        run.getparent().remove(run)
        if words.strip():
            told.append(Alteration(f"{reason}, left out", " ".join(words.split())))
            last = (paragraph, reason)
    return told


def _unseen(run: Any, styles: Styles) -> str:
    """Why nobody sees a run; empty if it is seen. What it says itself wins over its style, that over its paragraph's."""
    properties = run.find(f"{WORD}rPr")
    if (own := unseen_by(properties)) is not None:
        return own
    if (name := style_of(run, "rStyle")) in styles.unseen:
        return styles.unseen[name]
    paragraph = next(run.iterancestors(f"{WORD}p"), None)
    if paragraph is not None and (name := style_of(paragraph, "pStyle")) in styles.unseen:
        return styles.unseen[name]
    if properties is None:
        return ""
    size = properties.find(f"{WORD}sz")
    if size is not None and str(size.get(VALUE)).isdigit() and int(size.get(VALUE)) <= TINY:
        return "too small to be seen"
    color = properties.find(f"{WORD}color")
    is_white = color is not None and str(color.get(VALUE)).upper() == "FFFFFF"
    return "white on white" if is_white and not _has_ground(run) else ""


def _has_ground(run: Any) -> bool:
    """Whether something colours the ground that a run stands on: its own shading, a paragraph's, a table's, a drawing's."""
    marks = (f"{WORD}shd", f"{WORD}highlight")
    for element in (run, *run.iterancestors()):
        if element.tag in {f"{WORD}tbl", TEXT_BOX}:
            return True
        properties = [child for child in element if str(child.tag).endswith("Pr")]
        if any(child.find(mark) is not None for child in properties for mark in marks):
            return True
    return False


def text_of(element: Any, /) -> str:
    """The words of an element's runs; raised and lowered ones apart, as `losses` compares them."""
    return " ".join("".join(run_text(run) for run in element.iter(f"{WORD}r")).split())


def run_text(run: Any, /) -> str:
    """The words of one run."""
    parts = []
    for child in run:
        if child.tag in {f"{WORD}t", f"{WORD}delText"}:
            parts.append(child.text or "")
        elif child.tag in {f"{WORD}tab", f"{WORD}br", f"{WORD}cr"}:
            parts.append(" ")
        elif child.tag == f"{WORD}noBreakHyphen":
            parts.append("-")
    text = "".join(parts)
    align = run.find(f"{WORD}rPr/{WORD}vertAlign")
    if align is None or align.get(VALUE) == "baseline":
        return text
    mark, before = text.strip(), run.getprevious()
    is_mark = before is not None and align.get(VALUE) == "superscript" and is_mark_behind(text_of(before), mark)
    return "" if is_mark or NOTE_MARK.fullmatch(mark) else f" {text} "


def style_of(element: Any, name: str, /) -> str:
    """The style that a paragraph (`pStyle`) or a run (`rStyle`) names; empty if none."""
    kind = "pPr" if name == "pStyle" else "rPr"
    style = element.find(f"{WORD}{kind}/{WORD}{name}")
    return "" if style is None else str(style.get(VALUE) or "")
