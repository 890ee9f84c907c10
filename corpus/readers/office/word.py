"""A Word file (DOCX), by mammoth: styles become headings, lists and tables; headers, footers and comments stay out."""

import io
import zipfile

import mammoth
from lxml import etree

from corpus.errors import CorpusError
from corpus.readers.draft import Draft, assemble
from corpus.readers.markup import blocks, parse
from corpus.readers.text import settle

CORE = "docProps/core.xml"
LARGEST_UNPACKED = 100_000_000  # bytes, as the file itself states them
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"


def read_word(data: bytes, /) -> Draft:
    """Read an article whose title is its first heading, or is named in the file's properties.

    Raises:
        CorpusError: the file is not DOCX.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise CorpusError("the file unpacks to more than 100 MB.", remedy="Save it again without its pictures.")
            properties = _properties(archive)
        markup = mammoth.convert_to_html(io.BytesIO(data), style_map=STYLES, convert_image=_no_image).value
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError) as error:
        raise CorpusError(
            f"the file is not DOCX ({type(error).__name__}).", remedy="Save it as DOCX and try again."
        ) from None
    root = parse(settle(markup))
    for note in root.xpath("//li[starts-with(@id, 'footnote-') or starts-with(@id, 'endnote-')]"):
        note.drop_tree()
    content = blocks(root, has_bold_headings=True)
    title = properties.get("title", "")
    if content and content[0].is_heading:
        title, content = content[0].text, content[1:]
    return Draft(title, *assemble(title, content), author=properties.get("author", ""))


def _no_image(_: object) -> list[object]:
    return []


def _properties(archive: zipfile.ZipFile) -> dict[str, str]:
    if CORE not in archive.namelist():
        return {}
    root = etree.fromstring(archive.read(CORE), etree.XMLParser(resolve_entities=False, no_network=True))
    found = {
        "title": root.findtext(f"{DUBLIN_CORE}title"),
        "author": root.findtext(f"{DUBLIN_CORE}creator"),
    }
    return {name: " ".join(settle(value).split()) for name, value in found.items() if value}
