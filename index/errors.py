"""Errors of the index that are safe to show; the whole tree stands in `corpus/errors.py`."""

from corpus.errors import ShownError


class IndexMissingError(ShownError):
    """No version was published at this place."""


class IndexDamagedError(ShownError):
    """A version's files are not what its manifest says."""


class ModelError(ShownError):
    """The embedding model cannot be loaded, or is not the one that was pinned."""


class IndexBusyError(ShownError):
    """Somebody else is building or publishing."""


class IndexStorageError(ShownError):
    """The disk did not take what was written."""


class StoreUnreachableError(ShownError):
    """The server that holds the vectors gives no answer; the same call may well succeed later."""


class StoreBusyError(StoreUnreachableError):
    """It asks for patience."""


class StoreNotLoadedError(StoreUnreachableError):
    """It was restarted, and must be told to load the vectors again."""


class StoreCallError(ShownError):
    """It refuses what is asked of it, or cannot be asked; the same call would fail again."""

    def __init__(self, message: str, /, *, remedy: str, is_missing: bool = False) -> None:
        super().__init__(message, remedy=remedy)
        self.is_missing = is_missing  # what was asked about is not there


class SourceError(ShownError):
    """What INDEX_SOURCE names cannot be read or written."""
