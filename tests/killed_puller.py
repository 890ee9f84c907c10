"""Follows a source until it is killed: `python -m tests.killed_puller URL INDEX_DIR`."""

import sys
from pathlib import Path

from index.mirror import Mirror
from index.object_store import ObjectStore

if __name__ == "__main__":
    mirror = Mirror(ObjectStore(sys.argv[1]), Path(sys.argv[2]))
    print("ready", flush=True)
    while True:
        mirror.pull()
