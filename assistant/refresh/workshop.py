"""From the articles on disk to a version beside the published one: what the commands, the desk and `watch` all do.

Flows in: the folders, the model, and where visitors are. Flows out: a version that was built, the assistants on it and on
the published one, the report on what changes. Nothing here publishes, save `build` where it is told to.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.evaluation.labelled import LabelledQuestion
from assistant.refresh.report import MOST_LABELLED, lost_offers, refresh_report, save
from corpus import ShownError, load_corpus
from corpus.library import removed_articles
from corpus.site import load_site
from index.build import BuildResult
from index.build import build as build_version
from index.encoding.multilingual import fingerprint, multilingual_encoder
from index.encoding.sentence_transformer import load_encoder
from index.errors import IndexDamagedError, IndexMissingError
from index.folder import IndexFolder
from index.published.model import encoder_for, export_if_missing
from index.published.version import IndexVersion, current_version


@dataclass(frozen=True, slots=True)
class Workshop:
    """A corpus, the index folder that is built from it, and what answers from its versions."""

    corpus_dir: Path
    index: IndexFolder
    model: str
    public_url: str = ""
    region: str = "INT"

    def build(self, *, publish: bool) -> tuple[BuildResult, IndexVersion, str]:
        """Build from the corpus and export the model: the result, the version, and a sentence on the export."""
        documents, encoder = load_corpus(self.corpus_dir), load_encoder(self.model)
        result = build_version(
            documents,
            encoder=encoder,
            index_dir=self.index.path,
            removed=removed_articles(self.corpus_dir),
            site=load_site(self.corpus_dir),
            publish_it=publish,
            engines=self.index.engines,
            multilingual=multilingual_encoder() if fingerprint() else None,
        )
        version = self.index.open(result.version)
        return result, version, export_if_missing(encoder, version, self.index.path)

    def report(
        self, questions: Sequence[LabelledQuestion], /, *, folder: Path, sample: int = MOST_LABELLED
    ) -> dict[str, Any]:
        """Build without publishing, compare with what is published, keep the report in a folder."""
        _, version, _ = self.build(publish=False)
        old, new = self.assistants(self.published(), version)
        found = refresh_report(old, new, questions, most_labelled=sample)
        return found | {"page": str(save(found, folder=folder))}

    @property
    def published_name(self) -> str:
        """The name of the published version; empty without one."""
        with suppress(IndexMissingError, IndexDamagedError):
            return current_version(self.index.path)
        return ""

    def published(self) -> IndexVersion | None:
        """The published version, if there is a whole one."""
        with suppress(IndexMissingError, IndexDamagedError):
            return self.index.open(current_version(self.index.path))
        return None

    def assistants(self, published: IndexVersion | None, version: IndexVersion, /) -> tuple[Assistant | None, Assistant]:
        """What answers from the published version, if it is of the same model, and from another: as they will be served."""
        encoder = encoder_for(version, self.index.path, model=self.model)
        new = Assistant(version, encoder, public_url=self.public_url, region=self.region)
        is_comparable = published is not None and published.manifest.model == encoder.fingerprint
        return (new.on(published) if published is not None and is_comparable else None), new

    def lost_offers(self, before: str, name: str, /) -> tuple[list[dict[str, Any]], str]:
        """The questions on offer that lost their answer when a version took another's place, or why that is not known."""
        if before in {"", name}:
            return [], ""
        try:
            old, new = self.assistants(self.index.open(before), self.index.open(name))
        except ShownError as error:
            return [], f"Which answers it lost is not known: {error}"
        return ([], "") if old is None else (lost_offers(old, new), "")
