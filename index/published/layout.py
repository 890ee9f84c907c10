"""Every path below the index folder.

<index>/CURRENT                the name of the version that is served
<index>/<version>/             documents.json, their texts in documents.txt, and where in both each lies in documents.npy;
                               passages.npy, vectors.npy, tokens.npy, token_spans.npy, store.faiss or collection.txt,
                               manifest.json; multilingual.npy if such an encoder was there
<index>/models/<fingerprint>-int8/  model.onnx, weights.bin, tokenizer.json, model.json: the model that versions were built
                               with, in eight bits
<index>/<version>/manifest.json.sig, <index>/models/<fingerprint>-int8/model.json.sig  signatures, if they were signed
<index>/ROLLBACK               a signed order to go back to an older version
<index>/SEEN                   the newest version that was served here, where INDEX_PUBLIC_KEY is set
<index>/history.jsonl          which version was published when, and by whom
<index>/encodings.sqlite       the cache of encodings; may be deleted at any time
<index>/publish.lock           held while a version is written or the pointer moves
<index>/publish.holder         who holds it
<index>/.pulling/              what is being fetched from INDEX_SOURCE, laid out like this folder

A source is laid out in the same way: CURRENT, ROLLBACK, the versions and the models.
"""

import re
from dataclasses import dataclass
from pathlib import Path

CURRENT, ROLLBACK = "CURRENT", "ROLLBACK"
DOCUMENTS, TEXTS, PLACES = "documents.json", "documents.txt", "documents.npy"
PASSAGES, MULTILINGUAL, MANIFEST = "passages.npy", "multilingual.npy", "manifest.json"
VERSION_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class IndexLayout:
    """Every path below the index folder."""

    root: Path

    @property
    def current(self) -> Path:
        """The pointer."""
        return self.root / CURRENT

    @property
    def seen(self) -> Path:
        """The newest version that was served here, where versions are signed."""
        return self.root / "SEEN"

    @property
    def order(self) -> Path:
        """The signed order to go back to an older version, if there is one."""
        return self.root / ROLLBACK

    @property
    def history(self) -> Path:
        """Every publication, oldest first."""
        return self.root / "history.jsonl"

    @property
    def encoding_cache(self) -> Path:
        """Encodings computed before."""
        return self.root / "encodings.sqlite"

    @property
    def models(self) -> Path:
        """Exported models."""
        return self.root / "models"

    def model(self, fingerprint: str) -> Path:
        """The folder of one exported model; versions name it by its fingerprint, `sha256:…`."""
        return self.models / f"{fingerprint.rpartition(':')[2][:16]}-int8"

    @property
    def pulling(self) -> "IndexLayout":
        """Where versions stand until they are whole."""
        return IndexLayout(self.root / ".pulling")

    @property
    def lock(self) -> Path:
        """Held while anything below the root is written."""
        return self.root / "publish.lock"

    @property
    def holder(self) -> Path:
        """Who holds the lock."""
        return self.root / "publish.holder"

    def version(self, name: str) -> Path:
        """The folder of one version."""
        return self.root / name
