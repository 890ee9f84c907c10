"""A folder or a ZIP archive → the documents in it. What is no document is passed over; what is dangerous is refused.

Links are never followed, no name leads out of the place that files are unpacked to, and an archive unpacks to no more than
it may: by the sizes that it states, which `zipfile` holds it to.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from corpus.errors import CorpusError
from corpus.readers import ENDINGS, LARGEST_FILE
from corpus.readers.formats import REMEDIES

MOST_FILES = 2_000
LARGEST_UNPACKED = 500_000_000  # bytes of all files of an archive together
DENSEST = 200  # times: a file that unpacks to more of its size is made to fill a disk
SMALL = 1_000_000  # bytes: of no concern, however dense
IS_LOCKED = 0x1  # the flag of a file that is encrypted
SYSTEM_FOLDERS = {"__MACOSX", "node_modules"}
SAVED_PICTURES = "_files"  # how browsers name the folder beside a saved page
UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError)
PARTS = "Add it in parts."


@dataclass(frozen=True, slots=True)
class Found:
    """A document of a folder or an archive, under the name that a maintainer knows it by."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that is no document, and why it was not looked at."""

    name: str
    reason: str


def in_folder(folder: Path, /) -> Iterator[Found | PassedOver]:
    """The documents of a folder and of those below it, in the order of their names.

    Raises:
        CorpusError: there are too many files.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    _check_count(len(paths), folder.name)
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():  # `rglob` walks into no link
            yield PassedOver(name, "a link")
        elif not path.is_file():
            yield PassedOver(name, "not a file")
        else:
            reason = _reason_to_pass(name)
            yield PassedOver(name, reason) if reason else Found(name, path)


def in_archive(archive: Path, /, *, into: Path) -> Iterator[Found | PassedOver | CorpusError]:
    """The documents of a ZIP archive, each unpacked when it is asked for.

    Args:
        archive: the file.
        into: an empty folder that they are unpacked to.

    Raises:
        CorpusError: it is no ZIP archive, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = [info for info in opened.infolist() if not info.is_dir()]
            _check_count(len(infos), archive.name)
            if sum(info.file_size for info in infos) > LARGEST_UNPACKED:
                raise CorpusError(f"{archive.name} unpacks to more than {LARGEST_UNPACKED // 10**6} MB.", remedy=PARTS)
            for number, info in enumerate(infos):
                if fault := _fault(info):
                    yield CorpusError(f"{info.filename!r} in {archive.name} {fault[0]}.", remedy=fault[1])
                elif reason := _reason_to_pass(info.filename):
                    yield PassedOver(info.filename, reason)
                else:
                    yield _unpacked(opened, info, into / str(number))
    except UNREADABLE:
        raise CorpusError(
            f"{archive.name} is damaged, or is no ZIP archive.", remedy="Pack it again, or add the files in it."
        ) from None


def _check_count(count: int, name: str) -> None:
    if count > MOST_FILES:
        raise CorpusError(f"{name} holds {count} files; {MOST_FILES} are the most.", remedy=PARTS)


def _reason_to_pass(name: str) -> str:
    path = PurePosixPath(name)
    if any(part.startswith((".", "~$")) or part in SYSTEM_FOLDERS for part in path.parts):
        return "hidden, or of a program's own"
    if any(part.endswith(SAVED_PICTURES) for part in path.parts[:-1]):
        return "belongs to a saved page"
    ending = path.suffix.lower()
    return "" if ending in {*ENDINGS, *REMEDIES} else "not a document"


def _fault(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    """Why a file of an archive is not unpacked, and what to do."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in info.filename or not path.name:
        return "names a place outside of it", "Unpack the archive yourself, and add the files."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link", "Put the file itself into the archive."
    if info.flag_bits & IS_LOCKED:
        return "is locked by a password", "Pack it again without one."
    if info.file_size > LARGEST_FILE:
        return f"is larger than {LARGEST_FILE // 10**6} MB", "Add its parts one by one."
    if info.file_size > SMALL and info.file_size > DENSEST * max(info.compress_size, 1):
        return "unpacks to far more than a document would", "Look at it, and add it by itself if it is one."
    return None


def _unpacked(opened: zipfile.ZipFile, info: zipfile.ZipInfo, into: Path) -> Found | CorpusError:
    path = into / PurePosixPath(info.filename).name
    try:
        data = opened.read(info)
    except UNREADABLE:
        return CorpusError(f"{info.filename!r} in the archive is damaged.", remedy="Pack it again.")
    into.mkdir()
    path.write_bytes(data)
    return Found(info.filename, path)
