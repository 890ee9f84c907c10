"""The widget's built files: its scripts and its words in other languages, read once, each with the hash in its address."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

BUILT = Path(__file__).parent / "static" / "widget"
HASH_LENGTH = 12  # hexadecimal digits


def words_hash(files: Mapping[str, bytes], /) -> str:
    """One hash of all languages' files by name: the widget, which names it, then needs to know one only."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name] + b"\0")
    return digest.hexdigest()[:HASH_LENGTH]


@dataclass(frozen=True)
class WidgetFiles:
    """What is served at addresses of its own: the script, and the JSON file of each language by its code."""

    script: bytes
    words: Mapping[str, bytes]

    @classmethod
    def read(cls, folder: Path = BUILT, /) -> "WidgetFiles":
        """The files that the build put into a folder."""
        words = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.json"))}
        return cls((folder / "widget.js").read_bytes(), words)

    @cached_property
    def script_hash(self) -> str:
        """The hash in the address of this very script."""
        return hashlib.sha256(self.script).hexdigest()[:HASH_LENGTH]

    @cached_property
    def words_hash(self) -> str:
        """The hash in the addresses of these very words."""
        return words_hash({f"{language}.json": content for language, content in self.words.items()})

    @cached_property
    def integrity(self) -> str:
        """The script's hash in the form of Subresource Integrity."""
        return f"sha384-{base64.b64encode(hashlib.sha384(self.script).digest()).decode()}"
