"""The widget's built files: its scripts and its words in other languages, read once, each with the hash in its address."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant.wording import DEFAULT_LANGUAGE, wording

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

    def telling(self, *, is_counting: bool) -> "WidgetFiles":
        """The same files, which tell visitors that unanswered subjects are counted, if they are."""
        if not is_counting:
            return self
        words = {language: _telling(content, language) for language, content in self.words.items()}
        own = WidgetFiles(_telling(self.script, DEFAULT_LANGUAGE), words)
        return WidgetFiles(own.script.replace(self.words_hash.encode(), own.words_hash.encode()), words)

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


def _telling(content: bytes, language: str) -> bytes:
    """A file with another sentence beside that of what is stored. Both stand in quotation marks, as JSON and scripts do."""
    text = wording(language)
    stores, counts = (json.dumps(text[key], ensure_ascii=False)[1:-1] for key in ("page.stores", "privacy.gaps"))
    return content.replace(f'"{stores}"'.encode(), f'"{stores} {counts}"'.encode())
