"""From turns to an answer. Deterministic: the same turns on the same version give the same bytes.

Knows nothing of HTTP, pages or environment variables.
"""

from collections.abc import Sequence
from copy import copy
from functools import lru_cache
from pathlib import Path
from typing import Self

from assistant.abstention import decide
from assistant.answer import Answer, Citation, Kind
from assistant.answer_cache import AnswerCache
from assistant.gaps.recorder import GapRecorder
from assistant.help_lines import check_region
from assistant.language import language_model, language_of
from assistant.learned import learned
from assistant.links import link_to
from assistant.question import QuestionError, check_turns, read_turns
from assistant.quoting import FEW_ANSWERS, WHOLE_TOPIC, choose
from assistant.retrieval import Found, Retriever
from assistant.spelling import english
from assistant.suggestions import near, nearest_section, starters, topics
from assistant.triage import triage
from assistant.urgent import urgent_answer
from assistant.wording import DEFAULT_LANGUAGE, wording
from index import Encoder, IndexVersion, ModelError, current_version, encoder_for, open_version
from index.engines import Engines
from index.narrowing import narrowed
from settings import Settings

SCORE_DIGITS = 4  # a score is shown, not computed with; fewer digits keep it the same on every machine
MOST_STARTERS = 3
LINKS_KEPT = 4_096  # to make one, the article is searched for the shortest words that stand nowhere else
LIMITS_KEPT = 4  # sets of articles that sites limit their widgets to
NEAR_HITS = 3  # passages whose sections' questions are offered
# The wording of what the learned router recognises and no rule does.
ABOUT = "chat.about"  # says what is stored
LEARNED_WORDING = {Kind.ADVICE: "advice.message", Kind.URGENT: "urgent.unsure", Kind.CHAT: ABOUT}


class Assistant:
    """Answers questions from one index version. Safe to call from several threads."""

    def __init__(self, version: IndexVersion, encoder: Encoder, /, *, public_url: str = "", region: str = "INT") -> None:
        """Join a version and the encoder that made it.

        Raises:
            ModelError: another model made the version.
            StaleCalibrationError: what was learned does not hold for the version's model or splitter.
            ShownError: there are no help lines for the region.
        """
        if version.manifest.model != encoder.fingerprint:
            raise ModelError(
                f"version {version.name} was built with another model than MODEL names.",
                remedy="Run `python -m index build`.",
            )
        learned().check(version.manifest)
        for prepare in (language_model, english):  # so that no visitor waits while they are made
            prepare()
        self.version = version
        self.encoder = encoder
        self._retriever = Retriever(version, encoder, learned())
        self._public_url = public_url
        self._region = check_region(region)
        self._gaps: GapRecorder | None = None
        self._answers = AnswerCache()
        self._link = lru_cache(LINKS_KEPT)(self._link_to)
        self._limited = lru_cache(LIMITS_KEPT)(self._over)

    @classmethod
    def load(cls, index_dir: Path | None = None, /, *, settings: Settings | None = None) -> Self:
        """Load the published version; what is left out comes from the settings.

        Raises:
            ShownError: there is no index, it is damaged, or the model is not there; the message says what to run.
        """
        settings = settings or Settings.from_environment()
        index_dir = index_dir or settings.index_dir
        engines = Engines.of(settings.index_store, settings.milvus)
        version = open_version(
            index_dir, current_version(index_dir), engines=engines
        )  # fails fast, before the model is loaded
        encoder = encoder_for(version, index_dir, model=settings.model, precision=settings.precision)
        return cls(version, encoder, public_url=settings.public_url, region=settings.region)

    @property
    def uses_labels(self) -> bool:
        """Whether labelled questions have a say in the answers."""
        return self._retriever.uses_labels

    def without_labels(self) -> Self:
        """The same assistant as it would answer if its article had never been labelled."""
        other = self.on(self.version)
        other._retriever = Retriever(self.version, self.encoder, learned(), labels=False)
        return other

    def on(self, version: IndexVersion, /) -> Self:
        """The same assistant on another version.

        Raises:
            ModelError, StaleCalibrationError: as for a new one.
        """
        return type(self)(version, self.encoder, public_url=self._public_url, region=self._region)

    @property
    def counts_gaps(self) -> bool:
        """Whether the subjects of questions that are not answered are counted."""
        return self._gaps is not None

    def counting(self, gaps: GapRecorder | None, /) -> Self:
        """The same assistant, which counts the subjects of questions that it does not answer, if there is where to."""
        other = copy(self)
        other._gaps = gaps
        other._answers = AnswerCache()
        other._limited = lru_cache(LIMITS_KEPT)(other._over)
        return other

    def limited_to(self, articles: frozenset[str], /) -> "Assistant":
        """The same assistant over some of its articles only; those of them that it does not know are left out.

        Raises:
            QuestionError: it knows none of them.
        """
        known = articles.intersection(self.version.documents)
        if not known:
            names = ", ".join(sorted(self.version.documents))
            raise QuestionError("There is none of these articles here.", remedy=f"Choose from {names}.", code="no_article")
        return self if known == self.version.documents.keys() else self._limited(known)

    def ask(self, turns: Sequence[str], /) -> Answer:
        """Answer the last of the turns, read with those before it (oldest first).

        Raises:
            QuestionError: the question is empty, too long, or not text.
        """
        turns = read_turns(check_turns(turns))
        if (known := self._answers.get(turns)) is not None:
            return known
        answer = self._answer(turns)
        if self._gaps is None or answer.kind is not Kind.UNANSWERED:  # such a one is counted each time
            self._answers.keep(turns, answer)
        return answer

    def _answer(self, turns: Sequence[str]) -> Answer:
        question = turns[-1]
        if (ruled := triage(question)) is not None:
            return self._fixed(ruled.kind, ruled.wording, question, confidence=1.0)
        found = self._retriever.find(turns)
        language = language_of(question)
        kind = decide(found.outcomes, is_english=language == DEFAULT_LANGUAGE)
        confidence = round(found.outcomes[kind], SCORE_DIGITS)
        if kind in LEARNED_WORDING:
            return self._fixed(kind, LEARNED_WORDING[kind], question, confidence=confidence)
        hits = self._retriever.hits(found, count=NEAR_HITS)
        suggestions = near(hits, self.version.documents, asked=question)
        if kind is Kind.UNANSWERED:
            if self._gaps is not None:
                self._gaps.count(found.question, is_english=language == DEFAULT_LANGUAGE)
            key = "unanswered.message" if language == DEFAULT_LANGUAGE else "unanswered.foreign"
            suggestions = nearest_section(hits, self.version.documents) + suggestions
            return Answer(kind, wording(language)[key], (), suggestions, confidence, self.version.name)
        citations = self._cite(found)
        key = "answer.one" if len(citations) == 1 else "answer.several"
        return Answer(kind, wording(language)[key], citations, suggestions, confidence, self.version.name)

    def starters(self) -> tuple[str, ...]:
        """Questions to begin with, one a section."""
        return starters(self.version.documents.values())

    def topics(self) -> list[tuple[str, list[str]]]:
        """Every question on offer, by topic."""
        return topics(self.version.documents.values())

    def _fixed(self, kind: Kind, key: str, question: str, /, *, confidence: float) -> Answer:
        if kind is Kind.URGENT:
            return urgent_answer(question, key, region=self._region, index_version=self.version.name)
        text = wording(language_of(question))
        message = f"{text[key]}\n{text['privacy.gaps']}" if key == ABOUT and self.counts_gaps else text[key]
        return Answer(kind, message, (), self.starters()[:MOST_STARTERS], confidence, self.version.name)

    def _over(self, articles: frozenset[str]) -> Self:
        return self.on(narrowed(self.version, articles)).counting(self._gaps)

    def _cite(self, found: Found) -> tuple[Citation, ...]:
        shares = WHOLE_TOPIC if found.is_whole_topic else FEW_ANSWERS
        spans = choose(found.scores, *self._retriever.context(found), shares=shares)
        return tuple(
            self._citation(n, found.rows[first], found.rows[last], float(found.shares[last]))
            for n, (first, last) in enumerate(spans, 1)
        )

    def _link_to(self, article: str, start: int, end: int) -> str:
        return link_to(self.version.documents[article], start, end, public_url=self._public_url)

    def _citation(self, n: int, first: int, last: int, share: float) -> Citation:
        passage, start = self.version.passages[last], self.version.passages[first].start
        document = self.version.documents[passage.document_id]
        return Citation(
            n=n,
            quote=document.text[start : passage.end],
            article=document.id,
            title=document.source.title,
            section=passage.section,
            start=start,
            end=passage.end,
            url=self._link(document.id, start, passage.end),
            score=round(share, SCORE_DIGITS),
        )
