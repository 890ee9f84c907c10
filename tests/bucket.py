"""A real S3 server on loopback, rclone's: it verifies signatures, and the usual environment variables lead to it.

What lies in a bucket is looked at and tampered with through the same protocol.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import obstore
from obstore.store import S3Store

from tests.browsers import free_port

KEY, SECRET, NAME = "AKIATESTONLY", "not-a-secret-7319", "bucket-one"
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Bucket:
    """Objects below a prefix of their own."""

    url: str
    store: S3Store

    def get(self, path: str) -> bytes:
        return bytes(obstore.get(self.store, path).bytes())

    def put(self, path: str, content: bytes) -> None:
        obstore.put(self.store, path, content)

    def delete(self, path: str) -> None:
        obstore.delete(self.store, path)

    @property
    def paths(self) -> list[str]:
        return [row["path"] for rows in obstore.list(self.store) for row in rows]


@dataclass
class BucketServer:
    """The server."""

    folder: Path  # its objects are files here
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What leads a client to it."""
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_REGION": "us-east-1",
        }

    def bucket(self, prefix: str) -> Bucket:
        """A part of its one bucket."""
        options = {"access_key_id": KEY, "secret_access_key": SECRET, "region": "us-east-1"}
        store = S3Store(
            NAME,
            prefix=prefix,
            endpoint=f"http://127.0.0.1:{self.port}",
            client_options={"allow_http": True},
            **options,  # type: ignore[arg-type]
        )
        return Bucket(f"s3://{NAME}/{prefix}", store)

    def start(self) -> None:
        """Listen."""
        rclone = Path(sys.executable).with_name("rclone")
        command = [str(rclone), "serve", "s3", "--addr", f"127.0.0.1:{self.port}", "--auth-key", f"{KEY},{SECRET}"]
        command.append(str(self.folder))
        own = {"RCLONE_CONFIG": os.devnull}
        self.process = subprocess.Popen(command, env=os.environ | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Refuse every connection from now on."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=20)

    def freeze(self) -> None:
        """Take connections and never answer, as a network does that loses everything."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Answer again."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def bucket_server(folder: Path) -> Iterator[BucketServer]:
    """The server with one empty bucket, while the block lasts."""
    (folder / NAME).mkdir()
    server = BucketServer(folder, free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()
