"""A Milvus for tests: Milvus Lite in this process or in one that can be killed, or the server that MILVUS_URI names.

So the contract suite examines a server that is to hold the index, in collections of its own, which it drops:
`MILVUS_URI=https://milvus.example.org:19530 python -m pytest --no-cov tests/test_index_stores.py -k ilvus`.
"""

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Self

import numpy as np

from index.encoding import Rows, Vectors
from index.encoding.vectors import PassageVectors
from index.errors import StoreUnreachableError
from index.stores import DEFAULT_ENGINES, MILVUS, Engines
from index.stores.milvus import MilvusCollections, MilvusStore, drop
from index.stores.milvus_connection import MilvusServer, connection_to
from settings import Settings
from tests.ending import join

ALIAS = "rls_tests"
NOBODY = MilvusServer("http://127.0.0.1:9")  # the port of the discard service, where nothing listens
VECTORS = np.random.default_rng(5).standard_normal((300, 16)).astype(np.float32)
LITE_STARTS_WITHIN = 60  # seconds
MOST_AT_ONCE = 3  # collections that one test compares
_numbers = count()
_built: deque[str] = deque()


@cache
def milvus() -> MilvusServer:
    """What most tests use: one for all of them."""
    if os.environ.get("MILVUS_URI"):
        return MilvusServer(**Settings.from_environment().milvus | {"alias": ALIAS})
    folder = tempfile.TemporaryDirectory(prefix="milvus-", ignore_cleanup_errors=True)
    weakref.finalize(milvus, folder.cleanup)
    return MilvusServer(str(Path(folder.name) / "lite.db"), alias=ALIAS)


def new_collection() -> str:
    """A name that is not taken."""
    return f"{ALIAS}_{os.getpid()}_{next(_numbers)}"


def engines_of(server: MilvusServer, chosen: str = MILVUS) -> Engines:
    """All stores, with a Milvus."""
    return Engines(chosen, {**DEFAULT_ENGINES.stores, MILVUS: MilvusCollections(server)})


def has_collection(collection: str) -> bool:
    """Whether there is a collection of this name."""
    return bool(connection_to(milvus()).call("has_collection", collection))


def pointed_at(server: MilvusServer) -> str:
    """The collection that the alias stands for."""
    return str(connection_to(server).call("describe_alias", server.alias)["collection_name"])


def collections(server: MilvusServer | None = None) -> set[str]:
    """The names of all that are of tests."""
    return {name for name in connection_to(server or milvus()).call("list_collections") if name.startswith(ALIAS)}


def with_pieces(vectors: Vectors, /) -> PassageVectors:
    """Passages with these vectors, (n, d), and as word pieces: none, one, two, three, none …, all different."""
    sizes = np.arange(len(vectors)) % 4
    tokens = np.random.default_rng(7).integers(-127, 128, (int(sizes.sum()), vectors.shape[1])).astype(np.int8)
    return PassageVectors(vectors, tokens, np.stack([np.cumsum(sizes) - sizes, sizes], axis=1))


class InMilvus:
    """A `MilvusStore` that is dropped when others were built, for the suite of the contract."""

    def __init__(self, store: MilvusStore, vectors: Vectors, /) -> None:
        self._store = store
        self._vectors = vectors

    @classmethod
    def build(cls, vectors: Vectors, /) -> Self:
        store = MilvusStore.build(with_pieces(vectors), server=milvus(), collection=new_collection())
        _built.append(store.collection)
        if len(_built) > MOST_AT_ONCE:
            drop(milvus(), _built.popleft())
        return cls(store, vectors)

    @classmethod
    def load(cls, path: Path, /) -> Self:
        with path.open("rb") as file:
            kept = np.load(file, allow_pickle=False)
            description, vectors = json.loads(str(kept["description"])), kept["vectors"]
        return cls(MilvusStore.open(description, server=milvus()), vectors)

    def save(self, path: Path, /) -> None:
        with path.open("wb") as file:
            np.savez(file, description=json.dumps(self._store.description), vectors=self._vectors)

    def check(self) -> None:
        self._store.check()

    def search(self, query: Vectors, /, *, count: int, among: Rows | None = None) -> tuple[Vectors, Rows]:
        return self._store.search(query, count=count, among=among)


class LiteServer:
    """Milvus Lite as a process of its own, which can be killed and started again on the same port and folder."""

    def __init__(self, folder: Path, /) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.milvus = MilvusServer(f"http://127.0.0.1:{self.port}", alias=ALIAS)

    def start(self, *, wait: bool = True) -> None:
        command = [sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--data-dir", str(self._folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if wait:
            self.wait_until_up()

    def wait_until_up(self) -> None:
        give_up_at = time.monotonic() + LITE_STARTS_WITHIN
        while True:
            try:
                return MilvusCollections(self.milvus).reach()
            except StoreUnreachableError:
                if time.monotonic() > give_up_at:
                    raise
                time.sleep(0.1)

    def signal(self, number: int) -> None:
        """Stop it without ending it, or let it go on."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=20)
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


@contextmanager
def behind_tls(port: int, folder: Path, /) -> Iterator[tuple[int, Path]]:
    """Something that speaks TLS before a port of this machine: its own port, and the certificate to check it with."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=milvus"]
    subprocess.run([*command, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["h2"])  # else gRPC hangs up

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass  # the other end is gone
        finally:
            writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(pass_on(reader, back), pass_on(there, writer))

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        starting = asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
        server = asyncio.run_coroutine_threadsafe(starting, loop).result(20)
        yield server.sockets[0].getsockname()[1], certificate
    finally:

        async def stop() -> None:
            server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await asyncio.sleep(0.1)  # until what is closed is closed

        asyncio.run_coroutine_threadsafe(stop(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        join(thread)
        loop.close()
