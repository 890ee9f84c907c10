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
