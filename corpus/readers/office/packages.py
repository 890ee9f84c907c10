"""Files that are ZIP archives of XML (DOCX, ODT, EPUB): opened with limits, parsed without entities or network."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lxml import etree

from corpus.errors import CorpusError

LARGEST_UNPACKED = (
    100_000_000  # bytes of all parts together, as the file itself states them; zipfile unpacks no more than that
)
MOST_PARTS = 5_000
LARGEST_PART = 50_000_000  # bytes
IS_LOCKED = 0x1  # the flag of a part that is encrypted


@contextmanager
def package(data: bytes, /, *, kind: str) -> Iterator[zipfile.ZipFile]:
    """Open an archive.

    Args:
        data: the file.
        kind: what a maintainer calls such a file.

    Raises:
        CorpusError: it is none, is locked, is too large, or lacks or breaks a part that is read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if (
                unpacked > LARGEST_UNPACKED
                or len(parts) > MOST_PARTS
                or any(part.file_size > LARGEST_PART for part in parts)
            ):
                raise CorpusError("the file unpacks to more than 100 MB.", remedy="Save it again without its pictures.")
            if any(part.flag_bits & IS_LOCKED for part in parts):
                raise CorpusError("the file is locked by a password.", remedy="Save it without one.")
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        etree.XMLSyntaxError,
        EOFError,
        NotImplementedError,
        OSError,
        ValueError,
    ):
        raise CorpusError(
            f"the file is not {kind} that can be read: it is damaged, or is something else.",
            remedy="Open it in the program that it was made with, save it again, and add that.",
        ) from None


def part_of(archive: zipfile.ZipFile, name: str, /) -> Any:
    """The tree of a part.

    Raises:
        KeyError: there is no such part.
        etree.XMLSyntaxError: it is not XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    return etree.fromstring(archive.read(name), parser)


def has_part(archive: zipfile.ZipFile, name: str, /) -> bool:
    """Whether an archive holds a part."""
    return name in archive.NameToInfo
