"""Errors that are safe to show to whoever asked.

    ShownError                base: what happened, with which value, and what to do next
    ├── SettingsError         (settings) the operator's environment
    ├── CorpusError           the maintainer's article or its provenance
    │   └── HeldBackError     or its doubts, which nobody accepted
    ├── IndexMissingError     (index) nothing was published yet
    ├── IndexDamagedError     (index) a published file is not what its manifest says
    │   └── SignatureError    (index) or not signed with INDEX_PUBLIC_KEY, or older than what was served
    ├── IndexBusyError        (index) another maintainer is building or publishing
    ├── IndexStorageError     (index) the disk did not take what was written
    ├── StoreUnreachableError (index) the server that holds the vectors gives no answer
    │   └── StoreBusyError    (index) it is busy
    ├── StoreCallError        (index) it refuses what is asked of it, or is not set up
    ├── SourceError           (index) what INDEX_SOURCE names cannot be read or written
    ├── ModelError            (index) the embedding model is not the pinned one, or is not there
    ├── GapsError             (assistant) the counts of unanswered subjects cannot be read
    └── QuestionError         (assistant) the visitor's question is empty, too long or not text

Any other exception is a fault of ours, and its text is never shown.
"""


class ShownError(Exception):
    """A message and a remedy, both in plain words."""

    def __init__(self, message: str, /, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"

    def to_json(self) -> dict[str, str]:
        """For a program."""
        return {"message": self.message, "remedy": self.remedy}


class CorpusError(ShownError):
    """An article cannot be read, or may not be quoted as it stands."""


class HeldBackError(CorpusError):
    """An article has doubts that nobody accepted; it waits for somebody to look at it."""
