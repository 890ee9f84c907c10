"""From a file as it was handed over to a draft: canonical text, sections, and what the file says of its origin.

A reader never guesses provenance that is not in the file; `None` or an empty string says "not there", and the
maintainer fills it in. Nothing outside this package knows about file formats. An untrusted file is read by
`corpus.readers.guarded`, in a process of its own.
"""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from os import SEEK_END
from pathlib import Path, PurePath
from typing import Any

from corpus.errors import CorpusError
from corpus.readers.draft import Draft, Listed
from corpus.readers.formats import REMEDIES, check_kind
from corpus.readers.losses import Piece, losses
from corpus.readers.text import decode, settle, undoubled

LARGEST_FILE = 32_000_000  # bytes, on disk or from the network
# Ending → module and function. Loaded when needed: a Markdown file should not cost the start of the PDF library.
TEXT_READERS = {".txt": ("plain_text", "read_plain_text"), ".md": ("markdown", "read_markdown")}
BYTE_READERS = {
    ".html": ("web.page", "read_web_page"),
    ".pdf": ("pdf", "read_pdf"),
    ".docx": ("office.word", "read_word"),
    ".odt": ("office.opendocument", "read_opendocument"),
    ".rtf": ("office.rich_text", "read_rich_text"),
    ".epub": ("office.epub", "read_epub"),
}
OTHER_ENDINGS = {".markdown": ".md", ".mdx": ".md", ".htm": ".html", ".xhtml": ".html", ".text": ".txt", ".docm": ".docx"}
ENDINGS = sorted({*TEXT_READERS, *BYTE_READERS, *OTHER_ENDINGS})


def read(path: Path, /, *, charset: str = "") -> Draft:
    """Read an article by its file's ending.

    Args:
        path: the file.
        charset: the encoding that the response which brought it named, if it did.

    Raises:
        CorpusError: the format is unknown, the file cannot be read, or nothing quotable is in it.
    """
    known_ending(path)
    check_file(path)
    return read_bytes(path.read_bytes(), path, charset=charset)


def read_bytes(data: bytes, path: PurePath, /, *, charset: str = "") -> Draft:
    """The same for the content of a file."""
    ending = known_ending(path)
    try:
        check_kind(data, path, ending)
        draft = _compared(_read(data, ending, charset))
    except CorpusError as error:
        raise CorpusError(f"{path.name}: {error.message}", remedy=error.remedy) from None
    if not any(section.end > section.start for section in draft.sections):
        raise CorpusError(f"{path.name} holds no paragraph that could be quoted.", remedy="Add the article's text.")
    return draft


def shown_by(data: bytes, path: PurePath, /, *, charset: str = "") -> tuple[Piece, ...]:
    """What a file visibly holds, found in another way than its text was: to be laid beside that text.

    A format that is read in one way only gives its title, headings and paragraphs.
    """
    draft = _read(data, known_ending(path), charset)
    if draft.seen:
        return draft.seen
    pieces = [Piece("heading", draft.title)] if draft.title else []
    for section in draft.sections:
        pieces += [Piece("heading", section.heading)] if section.heading != draft.title else []
        pieces += [Piece("paragraph", text) for text in draft.text[section.start : section.end].split("\n\n")]
    return tuple(pieces)


def listed_in(data: bytes, /, *, base: str = "") -> Listed:
    """What a sitemap, a feed or a list of addresses names; nothing of anything else. `base` is where it came from."""
    listed: Listed = _function("site_lists", "listed_in")(data, base=base)
    return listed


def known_ending(path: PurePath, /) -> str:
    """The ending that decides the reader.

    Raises:
        CorpusError: no reader knows it.
    """
    ending = OTHER_ENDINGS.get(path.suffix.lower(), path.suffix.lower())
    if ending not in TEXT_READERS.keys() | BYTE_READERS.keys():
        kind = f"a file that ends in {path.suffix}" if path.suffix else "a file without an ending"
        raise CorpusError(
            f"{path.name}: {kind} cannot be read.",
            remedy=REMEDIES.get(ending)
            or f"Give its name the ending of what it is, or save it as one of these: {', '.join(ENDINGS)}.",
        )
    return ending


def check_file(path: Path, /) -> None:
    """Check that a file exists, may be read and is not too large, before any of it is read.

    Raises:
        CorpusError: one of these does not hold.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, SEEK_END)
    except FileNotFoundError:
        raise CorpusError(f"{path} does not exist.", remedy="Check the path.") from None
    except OSError as error:
        raise CorpusError(f"{path} cannot be read ({error.strerror}).", remedy="Name a file that you may read.") from None
    if size > LARGEST_FILE:
        raise CorpusError(f"{path.name} is larger than {LARGEST_FILE // 10**6} MB.", remedy="Add its parts one by one.")


def _read(data: bytes, ending: str, charset: str) -> Draft:
    if ending in BYTE_READERS:
        read_bytes = _function(*BYTE_READERS[ending])
        made: Draft = read_bytes(data, charset=charset) if ending == ".html" else read_bytes(data)
        return made
    text, doubts = decode(data, declared=charset)
    text, mended = undoubled(text)
    if ending == ".txt":
        text = text.replace("\t", "  ").replace(
            "\f", "\n"
        )  # columns, and the end of a page, which `settle` would make spaces
    draft: Draft = _function(*TEXT_READERS[ending])(settle(text))
    return replace(draft, doubts=(*doubts, *draft.doubts), alterations=(*mended, *draft.alterations))


def _compared(draft: Draft) -> Draft:
    """A draft with a doubt for everything that its file shows and its text lacks."""
    is_seen = any(_letters(piece.text) == _letters(draft.title) for piece in draft.seen)
    seen = draft.seen if is_seen or not draft.seen else (Piece("heading", draft.title), *draft.seen)
    return replace(draft, doubts=(*draft.doubts, *losses(seen, draft.text)), seen=())


def _letters(text: str) -> str:
    """Without the signs that pages put behind a heading."""
    return "".join(filter(str.isalnum, text.casefold()))


def _function(module: str, name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(import_module(f"corpus.readers.{module}"), name)
    return function


__all__ = ["Draft", "read"]
