"""A bucket that speaks the S3 protocol, or a folder: objects by path, whole or not at all. Knows nothing of versions.

Flows in: an address like `s3://bucket/prefix` or `file:///folder`; credentials, region and endpoint come from the AWS_*
variables that every S3 client knows, and stand in no message. The only module that knows obstore, which is loaded where it
is needed.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import SourceError

if TYPE_CHECKING:  # so it is named in the library
    from obstore.store import ClientConfig

INSTALL = "pip install -r requirements-s3.txt"
CHUNK = 4 * 2**20  # bytes in memory of what is fetched; those of a part that is sent are twice as many
CONNECT_SECONDS = 3
SILENCE_SECONDS = 5  # after which a server that says nothing is given up
WRITING_SILENCE_SECONDS = 120  # a server may take its time to put the parts of a large file together
LONGEST_SECONDS = 6 * 3600  # of one request, however large the file
RETRIES = 2  # of a request, within the next; who asks again later has a delay of his own
RETRY_SECONDS = 5
LARGEST_READ = 16 * 2**20  # bytes of a pointer or a manifest


class ObjectMissingError(SourceError):
    """There is no such object, or no such bucket."""


@dataclass(frozen=True, slots=True)
class Content:
    """A small object, and the tag by which one can ask whether it has changed."""

    data: bytes
    tag: str


class ObjectStore:
    """Objects below one address. Safe to use from several threads."""

    def __init__(self, url: str, /) -> None:
        """Prepare to reach it; nothing is asked yet.

        Raises:
            SourceError: the package is not installed, or the address is not usable.
        """
        try:
            import obstore  # noqa: PLC0415
            from obstore import exceptions, store  # noqa: PLC0415
        except ImportError:
            raise SourceError("INDEX_SOURCE needs the package obstore.", remedy=f"Run `{INSTALL}`.") from None
        self._obstore = obstore
        self._not_modified = exceptions.NotModifiedError
        self._refused = (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError)
        self._failed = (exceptions.BaseError, OSError, ValueError)
        with self._told("INDEX_SOURCE"):
            if url.startswith("file:"):
                self._store: store.ObjectStore = store.from_url(url, mkdir=True, automatic_cleanup=True)
                self._writing = self._store
            else:
                self._store = store.from_url(
                    url,
                    client_options=_client_options(SILENCE_SECONDS),
                    retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
                )
                self._writing = store.from_url(url, client_options=_client_options(WRITING_SILENCE_SECONDS))

    def read(self, path: str, /, *, known: Content | None = None) -> Content:
        """A small object whole; `known` itself if it is still that.

        Raises:
            ObjectMissingError, SourceError: it is not there, or cannot be had.
        """
        with self._told(path):
            try:
                found = self._obstore.get(self._store, path, options={"if_none_match": known.tag} if known else None)
            except self._not_modified:
                assert known is not None  # noqa: S101  else nothing was compared
                return known
            if found.meta["size"] > LARGEST_READ:
                raise SourceError(f"{path} at INDEX_SOURCE is too large to be one of ours.", remedy="Look at what is there.")
            return Content(bytes(found.bytes()), found.meta["e_tag"] or "")

    def sizes(self, folder: str, /) -> dict[str, int]:
        """The objects below a folder, by their path within it, with their size in bytes.

        Raises:
            SourceError: it cannot be had.
        """
        with self._told(folder):
            found = [row for rows in self._obstore.list(self._store, prefix=folder) for row in rows]
        return {row["path"].removeprefix(f"{folder}/"): row["size"] for row in found}

    def folders(self, folder: str = "", /) -> list[str]:
        """The names of the folders in a folder.

        Raises:
            SourceError: it cannot be had.
        """
        with self._told(folder):
            found = self._obstore.list_with_delimiter(self._store, prefix=folder or None)
        return sorted(path.rpartition("/")[2] for path in found["common_prefixes"])

    def download(self, path: str, to: Path, /, *, size: int, between: Callable[[], None]) -> None:
        """Write an object to a file, at most `size` bytes of it; `between` is called after each few megabytes.

        Raises:
            ObjectMissingError, SourceError: it is not there, or cannot be had; the file holds a part of it.
        """
        with to.open("wb") as file:
            with self._told(path):
                chunks = iter(self._obstore.get(self._store, path).stream(min_chunk_size=2 * CHUNK))
            while file.tell() <= size:
                with self._told(path):
                    chunk = next(chunks, None)
                if chunk is None:
                    break
                file.write(chunk)
                between()
            file.flush()
            os.fsync(file.fileno())

    def upload(self, path: str, file: Path, /) -> None:
        """Store a file, in parts if it is large; it is there whole or not at all.

        Raises:
            SourceError: it cannot be stored.
        """
        with self._told(path):
            self._obstore.put(self._writing, path, file, chunk_size=CHUNK)

    def write(self, path: str, data: bytes, /) -> None:
        """Store a small object.

        Raises:
            SourceError: it cannot be stored.
        """
        with self._told(path):
            self._obstore.put(self._writing, path, data)

    def delete(self, paths: list[str], /) -> None:
        """Delete objects.

        Raises:
            SourceError: they cannot be deleted.
        """
        with self._told("INDEX_SOURCE"):
            self._obstore.delete(self._writing, paths)

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Say what went wrong in our own words: those of the library name addresses and what the server sent back."""
        try:
            yield
        except SourceError:
            raise
        except self._refused:
            raise SourceError(
                f"INDEX_SOURCE refuses access to {path}.", remedy="Check the AWS_* variables and what they may do there."
            ) from None
        except self._failed as error:
            status = re.search(r"status code: (\d{3})", str(error))
            if isinstance(error, FileNotFoundError) or (status and status[1] == "404"):
                raise ObjectMissingError(
                    f"there is no {path} at INDEX_SOURCE.", remedy="Check INDEX_SOURCE, or publish with it."
                ) from None
            why = f"HTTP status {status[1]}" if status else "no answer"
            raise SourceError(
                f"INDEX_SOURCE cannot be reached for {path} ({why}).",
                remedy="Check INDEX_SOURCE, AWS_ENDPOINT_URL and network.",
            ) from None


def _client_options(silence_seconds: int, /) -> "ClientConfig":
    return {
        "allow_http": True,  # only an AWS_ENDPOINT_URL that says so is asked without TLS
        "timeout": timedelta(seconds=LONGEST_SECONDS),
        "read_timeout": timedelta(seconds=silence_seconds),
        "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
    }
