"""An index folder as its maintainer works on it: verify, sign, publish, send to the source that replicas follow, prune.

Flows in: the folder, the vector stores, the key that versions must be signed with, and the source. Publishing in the folder
publishes at the source as well. Every failure is a `ShownError`.
"""

from dataclasses import dataclass
from pathlib import Path
from threading import Event

from index.errors import SourceError
from index.published.layout import MANIFEST
from index.published.locking import publishing
from index.published.model import RECORD, remove_unused, verify_export
from index.published.pointer import (
    FEWEST_KEPT,
    NOTHING_SAID,
    Said,
    prunable,
    publish,
    published_before,
    remove,
    remove_unfinished,
)
from index.published.signing import NO_KEY, SigningKey, Trust
from index.published.version import IndexVersion, current_version, list_versions, open_version
from index.replication.following import fetch, published_at
from index.replication.object_store import ObjectStore
from index.replication.sending import prunable_at, push, remove_at, served_at, share, versions_at
from index.stores import DEFAULT_ENGINES, Engines


@dataclass(frozen=True, slots=True)
class IndexFolder:
    """The folder and its settings. `source_url` is empty if no replica follows."""

    path: Path
    engines: Engines = DEFAULT_ENGINES
    trust: Trust = NO_KEY
    source_url: str = ""

    @property
    def newest(self) -> str:
        """The newest version, published or not."""
        return max(list_versions(self.path), default="") or current_version(self.path)

    def open(self, name: str, /) -> IndexVersion:
        """A version, every file of it verified, signed or not."""
        return open_version(self.path, name, engines=self.engines)

    def verify(self, name: str, /) -> tuple[IndexVersion, bool]:
        """A version whose files, signature, rows in Milvus and model were verified; whether its model is exported."""
        version = open_version(self.path, name, engines=self.engines, trust=self.trust)
        version.store.check()
        return version, verify_export(version, self.path, trust=self.trust)

    def sign(self, name: str, key: SigningKey, /) -> None:
        """Verify a version, then sign its manifest and its model's record, which hold the hash of every other file."""
        version = self.open(name)
        verify_export(version, self.path)
        with publishing(self.path) as layout:
            key.sign_file(layout.version(name) / MANIFEST)
            if (record := layout.model(version.manifest.model) / RECORD).exists():
                key.sign_file(record)

    def publish(self, name: str, /, *, key: SigningKey | None = None, said: Said = NOTHING_SAID) -> str:
        """Serve a version. With a key, sign it first; if it is not the newest, sign an order to go back to it as well.

        Returns a sentence on what was done at the source; empty without one.
        """
        if key is not None:
            self.sign(name, key)
            newest = max(published_before(self.path) & {*list_versions(self.path)}, default=name)
            if name <= newest:
                key.order(self.path, name, withdrawn=newest)
        with publishing(self.path) as layout:
            publish(layout, name, engines=self.engines, trust=self.trust, said=said)
        return self.share(name)

    def share(self, name: str, /) -> str:
        """Make replicas serve a version that is published here. Returns what `publish` does."""
        if not self.source_url:
            return ""
        share(self.source(), self.path, name)
        return "Replicas fetch it from INDEX_SOURCE."

    def push(self, name: str, /, *, anew: bool = False) -> int:
        """Send a version to the source, where nobody serves it yet; how many files were sent."""
        return push(self.source(), self.path, name, anew=anew)

    def pull(self, name: str = "", /) -> str:
        """Fetch a version from the source. Without a name, fetch the published one and publish it here. Returns its name."""
        source = self.source()
        wanted = name or published_at(source)
        with publishing(self.path) as layout:
            fetch(source, layout, wanted, stopping=Event(), trust=self.trust)
            if not name:
                publish(layout, wanted, engines=self.engines, trust=self.trust)
        return wanted

    def versions_at_source(self) -> dict[str, str]:
        """A note on each version at the source, by its name."""
        if not self.source_url:
            return {}
        source = self.source()
        served = served_at(source)
        return {name: "  at INDEX_SOURCE" + (", served" if name == served else "") for name in versions_at(source)}

    def prunable(self, *, keep: int = FEWEST_KEPT) -> tuple[list[str], list[str]]:
        """Versions that may be deleted, here and at the source."""
        return prunable(self.path, keep=keep), prunable_at(self.source(), keep=keep) if self.source_url else []

    def prune(self, here: list[str], there: list[str], /) -> list[str]:
        """Delete versions here, unless they came into use meanwhile, and at the source. Returns what was deleted."""
        with publishing(self.path) as layout:
            here = [name for name in here if name in prunable(self.path)]
            for name in here:
                remove(layout, name, engines=self.engines)
            remove_unfinished(layout, engines=self.engines)
            remove_unused(layout)
        if there:
            remove_at(self.source(), there)
        return sorted({*here, *there})

    def source(self) -> ObjectStore:
        """Where replicas fetch from.

        Raises:
            SourceError: there is none.
        """
        if not self.source_url:
            raise SourceError("INDEX_SOURCE is not set.", remedy="Set it, for example to s3://bucket/prefix.")
        return ObjectStore(self.source_url)
