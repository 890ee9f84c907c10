"""Reading an untrusted file in a process of its own, with limits: the worst it can do is to end that process."""

import json
import signal
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from corpus.document import Composed, Section
from corpus.doubts import Alteration, Doubt
from corpus.errors import CorpusError
from corpus.readers import Draft, check_file, known_ending
from corpus.readers.draft import Listed
from corpus.readers.losses import Piece

# What reading one file may cost.
MEMORY_BYTES = 2**30  # address space of the child
PROCESSOR_SECONDS = 50
WALL_SECONDS = 60.0
MOST_CHARACTERS = 1_000_000  # of a canonical text, about 150,000 words
MOST_SECTIONS = 5_000
MOST_OUTPUT = 12 * MOST_CHARACTERS  # bytes of JSON that the parent takes: every character may be an escape

ROOT = Path(__file__).resolve().parents[2]  # where `corpus` is imported from
# The fields of a draft that are tuples of values, as the child's JSON has them.
VALUES: dict[str, type] = {
    "sections": Section,
    "composed": Composed,
    "doubts": Doubt,
    "alterations": Alteration,
    "seen": Piece,
}
HARM = "It may be damaged or malicious. Save it in another format, and add that."


def read_guarded(path: Path, /, *, charset: str = "", wall_seconds: float = WALL_SECONDS) -> Draft:
    """What `read` gives, made in a child process.

    Raises:
        CorpusError: what `read` raises, or the file took too much memory, time or text.
    """
    known_ending(path)
    found = _ask_child("draft", path, charset, wall_seconds=wall_seconds)["draft"]
    values = {name: tuple(kind(**stated) for stated in found[name]) for name, kind in VALUES.items()}
    published = date.fromisoformat(found["published"]) if found["published"] else None
    return Draft(**(found | values | {"topics": tuple(found["topics"]), "published": published}))


def read_shown(path: Path, /, *, charset: str = "", wall_seconds: float = WALL_SECONDS) -> tuple[Piece, ...]:
    """What a file visibly holds, in its order, found in another way than its text was.

    Raises:
        CorpusError: what `read` raises, or the file took too much memory, time or text.
    """
    known_ending(path)
    return tuple(Piece(**stated) for stated in _ask_child("shown", path, charset, wall_seconds=wall_seconds)["shown"])


def read_list(path: Path, /, *, base: str = "", wall_seconds: float = WALL_SECONDS) -> Listed:
    """What a sitemap, a feed or a list of addresses names; nothing if the file is none of them.

    Args:
        path: the file.
        base: the address that it came from, if it was fetched.
        wall_seconds: how long that may take.

    Raises:
        CorpusError: the file took too much memory or time.
    """
    found = _ask_child("list", path, base, wall_seconds=wall_seconds)["list"]
    return Listed(**{name: tuple(addresses) for name, addresses in found.items()})


def _ask_child(what: str, path: Path, said: str, *, wall_seconds: float) -> dict[str, Any]:
    """The child's answer. It gets neither our environment nor any open file but its input and its output."""
    check_file(path)
    command = [sys.executable, "-m", "corpus.readers.child", what, path.name, said]
    with path.open("rb") as file, tempfile.TemporaryFile() as answer:
        child = subprocess.Popen(  # noqa: S603 - our own module; the file's name is one argument, and is only shown
            command, cwd=ROOT, env={"LC_ALL": "C.UTF-8"}, stdin=file, stdout=answer, stderr=subprocess.DEVNULL
        )
        try:
            code = child.wait(wall_seconds)
        except subprocess.TimeoutExpired:
            raise CorpusError(f"{path.name} took more than {wall_seconds:g} seconds to read.", remedy=HARM) from None
        finally:
            child.kill()  # also when the maintainer interrupts
            child.wait()
        answer.seek(0)
        printed = answer.read(MOST_OUTPUT)
    if code != 0:
        raise CorpusError(f"{path.name} could not be read ({_reason(code)}).", remedy=HARM)
    result: dict[str, Any] = json.loads(printed)
    if "error" in result:
        raise CorpusError(result["error"], remedy=result["remedy"])
    return result


def _reason(code: int) -> str:
    if code == -signal.SIGXCPU:
        return f"more than {PROCESSOR_SECONDS} seconds of processor time"
    if code == -signal.SIGXFSZ:
        return f"more than {MOST_OUTPUT // 10**6} MB of text"
    if code < 0:
        return f"its reader ended with {signal.Signals(-code).name}"
    return f"its reader failed within {MEMORY_BYTES // 2**20} MB of memory"
