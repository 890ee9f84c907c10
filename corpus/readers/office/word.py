"""A Word file (DOCX, DOCM): its tree is settled first, then mammoth makes HTML of it.

Headers, footers, comments and notes stay out; what was struck out, hidden or deleted is told.
"""

import io
import zipfile
from typing import Any

import mammoth
from lxml import etree

from corpus.doubts import Alteration
from corpus.errors import CorpusError
from corpus.readers.draft import Draft
from corpus.readers.office.from_markup import draft_of
from corpus.readers.office.packages import has_part, package, part_of
from corpus.readers.office.word_styles import WORD, Styles
from corpus.readers.office.word_tree import settled
from corpus.readers.properties import stated_author, stated_title

KIND = "a Word file (.docx)"
CORE = "docProps/core.xml"
STYLES = "word/styles.xml"
NOTES = ("word/footnotes.xml", "word/endnotes.xml")
NOTE_MARKS = (f"{WORD}footnoteReference", f"{WORD}endnoteReference")
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
UNUSED = ("word/media/", "word/embeddings/", "word/fonts/")
STYLE_MAP = "p.Title => h1:fresh\nstrike => s"


def read_word(data: bytes, /) -> Draft:
    """Read an article whose title is its first heading, or is stated by the file's properties.

    Raises:
        CorpusError: the file is not DOCX, or is locked.
    """
    with package(data, kind=KIND) as archive:
        main = _main_part(archive)
        tree = part_of(archive, main)
        body = tree.find(f"{WORD}body")
        if body is None:
            raise CorpusError("the file holds no text.", remedy="Open it in Word, save it again, and add that.")
        if not any(has_part(archive, name) for name in NOTES):
            for mark in list(body.iter(*NOTE_MARKS)):
                mark.getparent().remove(mark)  # of a note that the file lacks
        settling = settled(body, Styles.of(part_of(archive, STYLES) if has_part(archive, STYLES) else None))
        properties = part_of(archive, CORE) if has_part(archive, CORE) else etree.Element("none")
        rewritten = _rewritten(archive, main, etree.tostring(tree))
        notes = _notes(archive)
        markup = mammoth.convert_to_html(rewritten, style_map=STYLE_MAP, convert_image=_no_image).value
    return draft_of(
        _without_notes(markup),
        title=stated_title(properties.findtext(f"{DUBLIN_CORE}title")),
        author=stated_author(properties.findtext(f"{DUBLIN_CORE}creator")),
        doubts=settling.doubts,
        alterations=[*settling.alterations, *notes],
        seen=settling.seen,
    )


def _main_part(archive: zipfile.ZipFile) -> str:
    for relationship in part_of(archive, "_rels/.rels").iter(RELATIONSHIP):
        if str(relationship.get("Type")).endswith("/officeDocument"):
            return str(relationship.get("Target")).lstrip("/")
    return "word/document.xml"


def _rewritten(archive: zipfile.ZipFile, main: str, document: bytes) -> io.BytesIO:
    """The archive with another document in it, and without pictures."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as copy:
        for name in archive.namelist():
            if not name.startswith(UNUSED):
                copy.writestr(name, document if name == main else archive.read(name))
    made.seek(0)
    return made


def _notes(archive: zipfile.ZipFile) -> list[Alteration]:
    found = []
    for name in NOTES:
        if has_part(archive, name):
            for note in part_of(archive, name):
                text = " ".join("".join(note.itertext(f"{WORD}t")).split())
                if text and not note.get(f"{WORD}type"):
                    found.append(Alteration("a note, left out", text))
    return found


def _without_notes(markup: str) -> str:
    """mammoth puts notes into a list at the end."""
    start = markup.rfind('<ol><li id="footnote-')
    other = markup.rfind('<ol><li id="endnote-')
    starts = [place for place in (start, other) if place >= 0]
    return markup[: min(starts)] if starts else markup


def _no_image(_: object) -> list[Any]:
    return []
