"""Writing so that a crash leaves the old state or the new one: sync the file, sync its folder, replace in one step."""

import os
from contextlib import suppress
from pathlib import Path


def write_durably(path: Path, data: bytes, /) -> None:
    """Replace `path` with `data` at once; readers see the old content or the new, never a part."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path, /) -> None:
    """Wait until a file's content or a folder's entries have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
