"""Errors of the index that are safe to show.

corpus.ShownError            what happened, with which value, and what to do next
├── IndexMissingError        the maintainer's: nothing was published yet
├── IndexDamagedError        the disk's, or whoever writes there: files are not what their record says
│   └── SignatureError       the maintainer's: not signed with INDEX_PUBLIC_KEY, or older than what was served
├── IndexBusyError           nobody's: another maintainer is building or publishing
├── IndexStorageError        the machine's: the disk did not take what was written
├── ModelError               the operator's: MODEL cannot be loaded, or is not the one that was pinned
├── StoreUnreachableError    the vector server's: it gives no answer, and may later
│   ├── StoreBusyError       it is busy
│   └── StoreNotLoadedError  it was restarted, and must load the vectors again
├── StoreCallError           the operator's: the vector server refuses what is asked, or is not set up
└── SourceError              the operator's: INDEX_SOURCE cannot be read or written
    └── ObjectMissingError   (replication) the store answers, and there is no such object
"""

from corpus.errors import ShownError

BUILD_COMMAND = "Run `python -m index build`."  # the remedy of most of them


class IndexMissingError(ShownError):
    """No version was published at this place."""


class IndexDamagedError(ShownError):
    """A version's files are not what its manifest says."""


class SignatureError(IndexDamagedError):
    """Where INDEX_PUBLIC_KEY is set: not signed with that key, or older than what was served."""


class ModelError(ShownError):
    """The embedding model cannot be loaded, or is not the one that was pinned."""


class IndexBusyError(ShownError):
    """Somebody else is building or publishing."""


class IndexStorageError(ShownError):
    """The disk did not take what was written."""


class StoreUnreachableError(ShownError):
    """The vector server gives no answer; the same call may succeed later."""


class StoreBusyError(StoreUnreachableError):
    """It is busy."""


class StoreNotLoadedError(StoreUnreachableError):
    """It was restarted, and must be told to load the vectors again."""


class StoreCallError(ShownError):
    """The vector server refuses the call, or is not set up; the same call would fail again."""

    def __init__(self, message: str, /, *, remedy: str, is_missing: bool = False) -> None:
        super().__init__(message, remedy=remedy)
        self.is_missing = is_missing  # the collection is not there


class SourceError(ShownError):
    """INDEX_SOURCE cannot be read or written."""
