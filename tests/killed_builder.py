"""Builds and publishes in a child process that is killed at random moments: `killed_builder.py INDEX_DIR KILLS SEED`.

After every kill the index must serve one of the corpora whole, and the next build must start at once and clean. Prints
what was seen as JSON.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from corpus import Document
from index import build, current_version, open_version
from index.published.layout import VERSION_NAME
from index.published.locking import publishing
from index.published.pointer import publish, rollback_target
from tests.conftest import HashEncoder, make_document

PARAGRAPHS = 20  # all alike, so that a mixture of two corpora shows
LONGEST_SECONDS = 0.15  # about four builds
MOST_SECONDS = 60  # of a builder that nobody kills


def corpus(number: int) -> Document:
    return make_document(paragraphs=[f"This is pot {number}. Tea is a drink. It is hot. Some take milk."] * PARAGRAPHS)


def build_until_killed(index_dir: Path) -> None:
    """One corpus after the other, with a roll-back in between. What was rolled back is never built again."""
    turn, until = 0, time.monotonic() + MOST_SECONDS
    while time.monotonic() < until:
        turn += 1
        build([corpus(turn)], encoder=HashEncoder(), index_dir=index_dir)
        if turn % 3 == 0:
            with publishing(index_dir) as layout:
                publish(layout, rollback_target(index_dir))


def kill_one(index_dir: Path, seconds: float) -> None:
    """Fork a builder and kill it after some time."""
    child = os.fork()
    if child == 0:
        try:
            build_until_killed(index_dir)
        finally:
            os._exit(1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def look(index_dir: Path) -> Counter[str]:
    """What a kill left."""
    seen: Counter[str] = Counter()
    version = open_version(index_dir, current_version(index_dir))
    (document,) = version.documents.values()
    seen["old or new, whole"] += len(set(document.text.split("\n\n")[1:])) == 1  # after the title
    with publishing(index_dir):
        seen["lock free at once"] += 1
    folders = [path for path in index_dir.iterdir() if VERSION_NAME.fullmatch(path.name)]
    seen["killed while writing a version"] += any(not (path / "manifest.json").exists() for path in folders)
    build([corpus(0)], encoder=HashEncoder(), index_dir=index_dir)
    folders = [path for path in index_dir.iterdir() if VERSION_NAME.fullmatch(path.name)]
    seen["next build clean"] += all((path / "manifest.json").exists() for path in folders)
    return seen


def main() -> None:
    index_dir, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    moments = random.Random(seed)
    seen: Counter[str] = Counter()
    for _ in range(kills):
        build([corpus(0)], encoder=HashEncoder(), index_dir=index_dir)
        kill_one(index_dir, moments.uniform(0, LONGEST_SECONDS))
        seen += look(index_dir)
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
