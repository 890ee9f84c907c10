"""A bucket that speaks the S3 protocol, or a folder: objects by path, whole or not at all. Knows nothing of versions.

Flows in: an address like `s3://bucket/prefix` or `file:///folder`; credentials, region and endpoint come from the AWS_*
variables that every S3 client knows, and stand in no message. The only module that knows obstore, loaded where it is needed.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import SourceError

if TYPE_CHECKING:  # so it is named in the library
    from obstore.store import ClientConfig, RetryConfig

INSTALL = "pip install '.[s3]'"
CONNECT_SECONDS = 3
SILENCE_SECONDS = 5  # after which a server that says nothing is given up
WRITING_SILENCE_SECONDS = 120  # a server may take its time to put the parts of a large file together
LONGEST_SECONDS = 6 * 3600  # of one request, however large the file
RETRY: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=5)}  # of a request that reads
PIECE = 8 * 2**20  # bytes in memory of what is fetched or sent
LARGEST_READ = 16 * 2**20  # bytes of a pointer or a manifest


class ObjectMissingError(SourceError):
    """There is no such object, or no such bucket."""


class ObjectStore:
    """Objects below one address. Safe to use from several threads.

    Every method raises SourceError if the store cannot be reached or refuses, ObjectMissingError if there is no such object.
    """

    def __init__(self, url: str, /) -> None:
        """Prepare to reach it; nothing is asked yet. SourceError: no obstore, or the address is not usable."""
        try:
            import obstore  # noqa: PLC0415
            from obstore import exceptions, store  # noqa: PLC0415
        except ImportError:
            raise SourceError("INDEX_SOURCE needs the package obstore.", remedy=f"Run `{INSTALL}`.") from None
        self._obstore = obstore
        self._refused = (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError)
        self._failed = (exceptions.BaseError, OSError, ValueError)
        with self._told("INDEX_SOURCE"):
            if url.startswith("file:"):
                self._store: store.ObjectStore = store.from_url(url, mkdir=True, automatic_cleanup=True)
                self._writing = self._store
            else:
                self._store = store.from_url(url, client_options=_options(SILENCE_SECONDS), retry_config=RETRY)
                self._writing = store.from_url(url, client_options=_options(WRITING_SILENCE_SECONDS))

    def read(self, path: str, /, *, missing: bytes | None = None) -> bytes:
        """A small object, or `missing` if there is none and that is given."""
        try:
            with self._told(path):
                found = self._obstore.get(self._store, path)
                if found.meta["size"] > LARGEST_READ:
                    raise SourceError(
                        f"{path} at INDEX_SOURCE is too large.", remedy="Check what else writes to INDEX_SOURCE."
                    )
                return bytes(found.bytes())
        except ObjectMissingError:
            if missing is None:
                raise
            return missing

    def pieces(self, path: str, /) -> Iterator[bytes]:
        """An object of any size, in pieces of some megabytes."""
        with self._told(path):
            for piece in self._obstore.get(self._store, path).stream(min_chunk_size=PIECE):
                yield bytes(piece)

    def sizes(self, folder: str = "", /) -> dict[str, int]:
        """The objects below a folder, by their path within it, with their size in bytes."""
        with self._told(folder):
            found = [row for rows in self._obstore.list(self._store, prefix=folder or None) for row in rows]
        return {row["path"].removeprefix(f"{folder}/"): row["size"] for row in found}

    def write(self, path: str, content: bytes | Path, /) -> None:
        """Store bytes or a file, in parts if it is large; it is there whole or not at all."""
        with self._told(path):
            self._obstore.put(self._writing, path, content, chunk_size=PIECE // 2)

    def delete(self, paths: list[str], /) -> None:
        """Delete objects."""
        with self._told("INDEX_SOURCE"):
            self._obstore.delete(self._writing, paths)

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Say what went wrong in our own words: the library's name addresses and what the server sent back."""
        try:
            yield
        except SourceError:
            raise
        except self._refused:
            remedy = "Check the AWS_* variables and what their owner may do there."
            raise SourceError(f"INDEX_SOURCE refuses access to {path}.", remedy=remedy) from None
        except self._failed as error:
            status = re.search(r"status code: (\d{3})", str(error))
            if isinstance(error, FileNotFoundError) or (status and status[1] == "404"):
                remedy = "Check INDEX_SOURCE, or publish to it."
                raise ObjectMissingError(f"there is no {path} at INDEX_SOURCE.", remedy=remedy) from None
            why = f"HTTP status {status[1]}" if status else "no answer"
            remedy = "Check INDEX_SOURCE, AWS_ENDPOINT_URL and the network."
            raise SourceError(f"INDEX_SOURCE cannot be reached for {path} ({why}).", remedy=remedy) from None


def _options(silence_seconds: int, /) -> "ClientConfig":
    return {
        "allow_http": True,  # only an AWS_ENDPOINT_URL that says so is asked without TLS
        "timeout": timedelta(seconds=LONGEST_SECONDS),
        "read_timeout": timedelta(seconds=silence_seconds),
        "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
    }
