"""Runs what is said of Milvus against its server: `python -m tests.milvus_server FOLDER`, where its package is installed.

To be started by `unshare --net`: the server listens on every interface, and in a network of its own nothing can reach it.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from index.errors import StoreUnreachableError
from index.stores.milvus import MilvusCollections
from index.stores.milvus_connection import MilvusServer
from settings import PROJECT

STARTS_WITHIN = 180  # seconds
URI = "http://127.0.0.1:19530"
CHOSEN = "((InMilvus or by_milvus) and not highest_cosines) or same_answers or same_rows or removed_article"
TESTS = ["--no-cov", "-s", "--durations=5", "tests/test_index_stores.py", "tests/test_web_milvus.py", "-k", CHOSEN]
START = "import sys, milvus; sys.argv = ['milvus-server', '--data', sys.argv[1]]; milvus.main()"


def interfaces() -> set[str]:
    """The names of this network's interfaces."""
    listed = subprocess.run(["ip", "-brief", "link"], capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in listed.splitlines()}


def wait(server: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + STARTS_WITHIN
    while server.poll() is None:
        try:
            return MilvusCollections(MilvusServer(URI)).reach()
        except StoreUnreachableError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(1)
    sys.exit("The server of Milvus ended before it answered.")


def examine() -> int:
    """The first exit code that is not 0."""
    for kind in ("flat", "hnsw"):
        print(f"MILVUS_INDEX={kind}", flush=True)
        environment = os.environ | {"MILVUS_URI": URI, "MILVUS_INDEX": kind}
        if failed := subprocess.run([sys.executable, "-m", "pytest", *TESTS], cwd=PROJECT, env=environment).returncode:
            return failed
    return 0


def main() -> int:
    package = Path(sys.argv[1]).resolve()
    if interfaces() - {"lo"}:
        sys.exit("This is not a network of its own. Run `make test-milvus-server`.")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory(prefix="milvus-server-", ignore_cleanup_errors=True) as folder:
        environment = os.environ | {"PYTHONPATH": str(package)}
        command = [sys.executable, "-c", START, folder]
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                wait(server)
                return examine()
            finally:
                server.terminate()
                try:
                    server.wait(10)
                except subprocess.TimeoutExpired:
                    server.kill()


if __name__ == "__main__":
    sys.exit(main())
