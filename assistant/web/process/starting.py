"""Which version a process begins with: the published one, or else the newest whole one that was ever published.

Flows in: an index folder, and a function that opens one version. Flows out: an assistant, and why it is not on the published
version if it is not. With no version at all the process does not end: `NothingToServeError` says what can be done meanwhile.
"""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.assistant import Assistant
from assistant.web.process.live import reason
from corpus import Document, ShownError
from index import IndexMissingError, current_version
from index.errors import StoreUnreachableError
from index.published.pointer import published_before
from index.published.version import list_versions

# What the last step of a build or a publication writes, below an index folder.
COMPLETED = ("CURRENT", "*/manifest.json", "models/*/model.json")
TRY_AGAIN_SECONDS = 600.0  # without anything having changed: a disk may have had a bad moment
logger = logging.getLogger(__name__)

Opened = Callable[[str], Assistant]
Watched = tuple[Path, str]  # a folder, and a pattern of what in it


@dataclass(frozen=True, slots=True)
class Start:
    """What to begin with; if it is not the published version, `wanted` names that one and `why` says what is wrong there."""

    assistant: Assistant
    wanted: str = ""
    why: str = ""


class NothingToServeError(IndexMissingError):
    """No version can be served, and none can be built. Urgent help and the articles themselves go on."""

    def __init__(
        self,
        error: ShownError,
        /,
        *,
        documents: Iterable[Document],
        watched: Iterable[Watched],
        site: str = "",
        why: str = "",
    ) -> None:
        """Another attempt is worth making once something in `watched` has changed."""
        super().__init__(error.message, remedy=error.remedy)
        self.why = why or "no version of the index can be served."  # everybody reads this
        self.site = site
        self.documents = {document.id: document for document in documents}
        self._watched = tuple(watched)
        self._seen = _state(self._watched)
        self._until = time.monotonic() + TRY_AGAIN_SECONDS

    def is_worth_trying_again(self) -> bool:
        """Whether something has changed since, or enough time has passed; always, if nothing is watched."""
        return not self._watched or time.monotonic() > self._until or _state(self._watched) != self._seen


def begin(index_dir: Path, open_one: Opened, /) -> Start:
    """The published version, or the newest older one that can be opened.

    Raises:
        IndexMissingError: no version was ever published here.
        ShownError: why the published one cannot be opened, if no other can.
        StoreUnreachableError: what holds the vectors gives no answer, which may well change.
    """
    wanted = ""
    try:
        wanted = current_version(index_dir)
        return Start(open_one(wanted))
    except StoreUnreachableError:
        raise
    except Exception as error:  # noqa: BLE001  whatever is wrong with a version, another one may be whole
        first = error
    why = reason(wanted, first).replace(str(index_dir), "INDEX_DIR")
    for name in _older(index_dir, wanted):
        try:
            assistant = open_one(name)
        except StoreUnreachableError:
            raise
        except Exception as error:  # noqa: BLE001  as above
            logger.error("version %s cannot be served: %s", name, reason(name, error))  # noqa: TRY400  a line, no stack
            continue
        return Start(assistant, wanted, why)
    raise first


def _older(index_dir: Path, wanted: str) -> list[str]:
    """The other versions that were ever published here, newest first; never one that waits for somebody's approval."""
    with suppress(OSError):
        published = published_before(index_dir)
        names = [name for name in reversed(list_versions(index_dir)) if name != wanted]
        # Before 2026-11-29 a mirror kept no history, and what it fetches ahead is newer than what it serves.
        return [name for name in names if name in published or (not published and name < (wanted or "9"))]
    return []


def _state(watched: Iterable[Watched]) -> list[tuple[str, int, int]]:
    """Name, time and size of what is watched: it changes when somebody does something."""
    found = []
    for folder, pattern in watched:
        for path in sorted(folder.glob(pattern)):
            with suppress(OSError):
                status = path.lstat()
                found.append((str(path), status.st_mtime_ns, status.st_size))
    return found
