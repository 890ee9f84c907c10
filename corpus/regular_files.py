"""Opening files in a folder that others may write to: no links, no pipes, and nothing larger than it may be.

Whoever may write to an index folder must not make a server show another file, wait for ever, or read without end.
"""

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

LARGEST_POINTER = 64  # bytes; a version's name has 23
LARGEST_HOLDER = 4096  # bytes of who holds the lock
LARGEST_CLAIM = 256  # bytes of the name of a collection
LARGEST_RECORD = 16 * 2**20  # bytes of a manifest, or of what else names things
LARGEST_HISTORY = 64 * 2**20  # bytes: some 300,000 publications


def open_regular(path: Path, /, *, for_writing: bool = False) -> BufferedReader:
    """A file, opened to be read.

    Args:
        path: where it is.
        for_writing: with a descriptor that could be written to: over NFS nothing else may be locked exclusively.

    Raises:
        OSError: it is not there, or is a link, a pipe or a folder.
    """
    flags = os.O_RDWR if for_writing else os.O_RDONLY
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file")
    return os.fdopen(descriptor, "rb")


def read_regular(path: Path, /, *, most: int) -> bytes:
    """The whole content of a small file.

    Raises:
        OSError: as for `open_regular`, or it holds more than `most` bytes.
    """
    with open_regular(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"more than {most} bytes")
    return data
