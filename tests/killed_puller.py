"""Follows a source until it is killed: `python -m tests.killed_puller URL INDEX_DIR`."""

import sys
import time
from pathlib import Path

from index.replication.following import Mirror
from index.replication.object_store import ObjectStore

if __name__ == "__main__":
    mirror = Mirror(ObjectStore(sys.argv[1]), Path(sys.argv[2]))
    print("ready", flush=True)
    until = time.monotonic() + 60  # if nobody kills it
    while time.monotonic() < until:
        mirror.pull()
