"""From turns to an answer. Deterministic: the same turns on the same version give the same bytes.

Knows nothing of HTTP, pages or environment variables.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from assistant.answer import Answer, Citation, Hit, Kind
from assistant.links import link_to
from assistant.question import check_turns
from assistant.retrieval import retrieve
from assistant.suggestions import near, starters
from assistant.triage import Triage, triage
from assistant.wording import wording
from index import Embedder, IndexVersion, ModelError, current_version, load_embedder, open_version
from settings import Settings

ANSWER_FROM = 0.5  # cosine
SCORE_DIGITS = 4  # a score is shown, not computed with; fewer digits keep it the same on every machine


class Assistant:
    """Answers questions from one index version. Safe to call from several threads."""

    def __init__(self, version: IndexVersion, embedder: Embedder, /, *, public_url: str = "") -> None:
        """Join a version and the embedder that made it.

        Raises:
            ModelError: another model made the version.
        """
        if version.manifest.model != embedder.fingerprint:
            raise ModelError(
                f"version {version.name} was built with another model than MODEL names.",
                remedy="Run `python -m index build`.",
            )
        self.version = version
        self._embedder = embedder
        self._public_url = public_url

    @classmethod
    def load(cls, index_dir: Path | None = None, /, *, model: str | None = None, public_url: str | None = None) -> Self:
        """Load the published version; what is left out comes from the settings.

        Raises:
            ShownError: there is no index, it is damaged, or the model is not there; the message says what to run.
        """
        settings = Settings.from_environment()
        index_dir = index_dir or settings.index_dir
        version = open_version(index_dir, current_version(index_dir))  # fails fast, before the model is loaded
        embedder = load_embedder(model or settings.model)
        return cls(version, embedder, public_url=settings.public_url if public_url is None else public_url)

    def ask(self, turns: Sequence[str], /) -> Answer:
        """Answer the last of the turns, read with those before it (oldest first).

        Raises:
            QuestionError: the question is empty, too long, or not text.
        """
        turns = check_turns(turns)
        if (outcome := triage(turns[-1])) is not None:
            return self._fixed(outcome)
        hits = retrieve(turns, version=self.version, embedder=self._embedder)
        chosen = [hit for hit in hits[:1] if hit.score >= ANSWER_FROM]
        suggestions = near(hits, self.version.documents, asked=turns[-1])
        confidence = round(hits[0].score, SCORE_DIGITS)
        if not chosen:
            return self._answer(Kind.UNANSWERED, "unanswered.message", suggestions=suggestions, confidence=confidence)
        citations = tuple(self._cite(n, hit) for n, hit in enumerate(chosen, 1))
        key = "answer.one" if len(citations) == 1 else "answer.several"
        return self._answer(Kind.ANSWER, key, citations=citations, suggestions=suggestions, confidence=confidence)

    def starters(self) -> tuple[str, ...]:
        """Questions to begin with, one a section."""
        return starters(self.version.documents.values())

    def _fixed(self, outcome: Triage) -> Answer:
        suggestions = () if outcome.kind is Kind.URGENT else self.starters()[:3]
        return self._answer(outcome.kind, outcome.wording, suggestions=suggestions, confidence=1.0)

    def _answer(
        self,
        kind: Kind,
        key: str,
        /,
        *,
        citations: tuple[Citation, ...] = (),
        suggestions: tuple[str, ...],
        confidence: float,
    ) -> Answer:
        return Answer(kind, wording()[key], citations, suggestions, confidence, self.version.name)

    def _cite(self, n: int, hit: Hit) -> Citation:
        passage = hit.passage
        document = self.version.documents[passage.document_id]
        return Citation(
            n=n,
            quote=document.text[passage.start : passage.end],
            article=document.id,
            title=document.source.title,
            section=passage.section,
            start=passage.start,
            end=passage.end,
            url=link_to(document, passage.start, passage.end, public_url=self._public_url),
            score=round(hit.score, SCORE_DIGITS),
        )
