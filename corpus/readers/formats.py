"""What a file is, by its first bytes: a name may say something else, and then a maintainer is told so."""

import io
import zipfile
import zlib
from pathlib import PurePath

from corpus.errors import CorpusError

OLD_WORD = ".doc"
NAMES = {
    ".pdf": "a PDF",
    ".rtf": "an RTF file",
    ".docx": "a Word file",
    ".odt": "an OpenDocument text",
    ".epub": "a book (EPUB)",
    ".html": "a web page",
    OLD_WORD: "a file of an old program (Word up to 2003)",
    ".xlsx": "a spreadsheet",
    ".pptx": "a presentation",
}
SAVE_AS_WORD = "Open it in Word or LibreOffice, choose “Save as”, take the type “Word document (.docx)”, and add that file."
# Formats without a reader that people have, and what to do with each.
REMEDIES = {
    OLD_WORD: SAVE_AS_WORD,
    ".dot": SAVE_AS_WORD,
    ".wps": SAVE_AS_WORD,
    ".wpd": SAVE_AS_WORD,
    ".pages": "Open it in Pages, choose “Export to” and “Word”, and add that file.",
    ".ppt": "Copy its text into a Word file, and add that.",
    ".pptx": "Copy its text into a Word file, and add that.",
    ".xls": "Copy its table into a Word file, and add that.",
    ".xlsx": "Copy its table into a Word file, and add that.",
    ".mobi": "Convert it to EPUB, for example with Calibre, and add that.",
    ".azw3": "Convert it to EPUB, for example with Calibre, and add that.",
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED_OFFICE = "EncryptedPackage".encode("utf-16-le")  # an entry of an OLE file: a newer Office file with a password
MIME_TYPES = {b"application/vnd.oasis.opendocument.text": ".odt", b"application/epub+zip": ".epub"}
MARKUP = (b"<!doctype html", b"<html", b"<head", b"<?xml")
PLAIN = {".txt", ".md"}
LONGEST_MIME_TYPE = 100  # bytes


def check_kind(data: bytes, path: PurePath, ending: str, /) -> None:
    """Check that a file is what its name says.

    Raises:
        CorpusError: it is something else, or is locked by a password.
    """
    if data.startswith(OLE) and LOCKED_OFFICE in data:
        raise CorpusError("the file is locked by a password.", remedy="Save it without one.")
    found = kind_of(data)
    if found in {"", ending} or (found == ".html" and ending in PLAIN):
        return
    named = NAMES.get(ending, "a text file")
    remedy = REMEDIES.get(found) or f"Rename it to {path.stem}{found}, and add that."
    raise CorpusError(f"the name says that it is {named}, but it is {NAMES[found]}.", remedy=remedy)


def kind_of(data: bytes, /) -> str:
    """The ending that belongs to a content; empty if its bytes say nothing of it."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-"):
        return ".pdf"
    if start.startswith(b"{\\rtf"):
        return ".rtf"
    if start.startswith(OLE):
        return OLD_WORD
    if start.startswith(b"PK\x03\x04"):
        return _kind_of_archive(data)
    return ".html" if start.lower().startswith(MARKUP) and b"<html" in start.lower() else ""


def _kind_of_archive(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "word/document.xml" in names:
                return ".docx"
            if "mimetype" in names and archive.getinfo("mimetype").file_size < LONGEST_MIME_TYPE:
                return MIME_TYPES.get(archive.read("mimetype").strip(), "")
            return ".xlsx" if "xl/workbook.xml" in names else ".pptx" if "ppt/presentation.xml" in names else ""
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return ""
