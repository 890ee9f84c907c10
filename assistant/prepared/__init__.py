"""Arrays that are made once, out of data of installed packages, and kept beside the code: never committed, always renewable.

Flows in: a name, and a key that says what the arrays are of. Flows out: what is read of them. Making them needs tens of
megabytes and seconds, so that a process of its own does it; `python -m assistant.prepared` does it ahead of time, for
installations that cannot be written to when they serve.

What is kept is only a cache: a file that is missing, damaged or of another key is made anew, and where none can be kept,
every start makes it.
"""

import logging
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import numpy as np

from corpus import ShownError

FOLDER = Path(__file__).parent / "cache"
PROJECT = Path(__file__).resolve().parents[2]  # where `assistant` is imported from
KEY = "key"  # the array that holds it

Arrays = Mapping[str, np.ndarray[Any, Any]]
Made = TypeVar("Made")
logger = logging.getLogger(__name__)


class PreparationError(ShownError):
    """What is needed of an installed package could not be made."""


def prepared(name: str, key: str, /, *, read: Callable[[Arrays], Made], folder: Path = FOLDER) -> Made:
    """What `read` makes of the arrays; it raises if they are not what it needs.

    Raises:
        PreparationError: they cannot be made.
    """
    file = file_of(name, folder)
    try:
        with file.open("rb") as kept:
            return read(_load(kept, key))
    except FileNotFoundError:
        pass
    except Exception as error:  # noqa: BLE001  whatever is wrong with what was kept, it can be made anew
        logger.info("%s cannot be used (%s): it is made anew", file.name, error)
    data = _made_by_a_child(name, key)
    try:
        _keep(data, file)
    except OSError as error:
        logger.info("%s cannot be kept (%s): every start makes it anew", file.name, error.strerror)
    return read(_load(BytesIO(data), key))


def file_of(name: str, folder: Path = FOLDER, /) -> Path:
    """Where arrays are kept."""
    return folder / f"{name}.npz"


def _load(file: BinaryIO, key: str) -> Arrays:
    with np.load(file, allow_pickle=False) as archive:  # it compares each array with its checksum
        arrays = {name: archive[name] for name in archive.files}
    if str(arrays.pop(KEY)) != key:
        raise ValueError("it is of another release or of other languages")
    return arrays


def _made_by_a_child(name: str, key: str) -> bytes:
    command = [sys.executable, "-m", "assistant.prepared.child", name, key]
    child = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, check=False)  # noqa: S603  our own module
    if child.returncode != 0:  # it has said why
        raise PreparationError(f"{name} could not be prepared, for the reason above.", remedy="Run `make setup`.")
    return child.stdout


def _keep(data: bytes, file: Path) -> None:
    """Whole or not at all, also when several processes do it at once. A crash may damage it, which the next start sees."""
    file.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as own:
        partial = Path(own) / file.name
        partial.write_bytes(data)
        partial.replace(file)
