"""A Milvus for tests: Milvus Lite in this process or in one that can be killed, or the server that MILVUS_TEST_URI names."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Self

import numpy as np

from index.encoder import Vectors
from index.errors import StoreUnreachableError
from index.milvus_server import MilvusServer
from index.milvus_store import MilvusStore, drop, reach
from index.store import Rows

ALIAS = "rls_tests"
LITE_STARTS_WITHIN = 60  # seconds
MOST_AT_ONCE = 3  # collections that one test compares
_numbers = count()
_built: deque[str] = deque()


@cache
def milvus() -> MilvusServer:
    """What most tests use: one for all of them."""
    if uri := os.environ.get("MILVUS_TEST_URI"):
        return MilvusServer(uri, alias=ALIAS)
    folder = tempfile.TemporaryDirectory(prefix="milvus-", ignore_cleanup_errors=True)
    weakref.finalize(milvus, folder.cleanup)
    return MilvusServer(str(Path(folder.name) / "lite.db"), alias=ALIAS)


def new_collection() -> str:
    """A name that is not taken."""
    return f"{ALIAS}_{os.getpid()}_{next(_numbers)}"


class InMilvus:
    """A `MilvusStore` that is dropped when others were built, for the suite of the contract."""

    def __init__(self, store: MilvusStore, vectors: Vectors, /) -> None:
        self._store = store
        self._vectors = vectors

    @classmethod
    def build(cls, vectors: Vectors, /) -> Self:
        store = MilvusStore.build(vectors, server=milvus(), collection=new_collection())
        _built.append(store.collection)
        if len(_built) > MOST_AT_ONCE:
            drop(milvus(), _built.popleft())
        return cls(store, vectors)

    @classmethod
    def load(cls, path: Path, /) -> Self:
        with path.open("rb") as file:
            kept = np.load(file, allow_pickle=False)
            description, vectors = json.loads(str(kept["description"])), kept["vectors"]
        return cls(MilvusStore.open(description, vectors, server=milvus()), vectors)

    def save(self, path: Path, /) -> None:
        with path.open("wb") as file:
            np.savez(file, description=json.dumps(self._store.description), vectors=self._vectors)

    def search(self, query: Vectors, /, *, count: int) -> tuple[Vectors, Rows]:
        return self._store.search(query, count=count)


class LiteServer:
    """Milvus Lite as a process of its own, which can be killed and started again on the same port and folder."""

    def __init__(self, folder: Path, /) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.milvus = MilvusServer(f"http://127.0.0.1:{self._port}", alias=ALIAS)

    def start(self, *, wait: bool = True) -> None:
        command = [sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1", "--port", str(self._port)]
        command += ["--data-dir", str(self._folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if wait:
            self.wait_until_up()

    def wait_until_up(self) -> None:
        give_up_at = time.monotonic() + LITE_STARTS_WITHIN
        while True:
            try:
                return reach(self.milvus)
            except StoreUnreachableError:
                if time.monotonic() > give_up_at:
                    raise
                time.sleep(0.1)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def lite_server(folder: Path, /) -> Iterator[LiteServer]:
    """A running one."""
    server = LiteServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()
