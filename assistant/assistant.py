"""From the turns of a conversation to an answer; `assistant.answering` answers one question.

The same turns on the same version give the same bytes.

Knows nothing of HTTP, pages or environment variables.
"""

import hashlib
import json
import secrets
import threading
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Self

from cachetools import LRUCache

from assistant.answer import Answer, Kind
from assistant.answering import ABOUT, Answering, Kept, named
from assistant.gaps.recorder import GapRecorder
from assistant.languages.detecting import Reading, language_model
from assistant.languages.starters import original
from assistant.languages.translating import said_in
from assistant.languages.wording import DEFAULT_LANGUAGE, MORE, reply, wording, wordings
from assistant.links import link_to
from assistant.question import Question, QuestionError, check_turns, last_words, read, spoken_before
from assistant.reading.english_words import english
from assistant.reading.follow_ups import Leaning, in_context, leaning
from assistant.reading.in_full import holds_pronoun, in_full, points_back
from assistant.reading.parts import halves
from assistant.reading.taking_back import asked_beside
from assistant.retrieval.found import Found
from assistant.retrieval.learned import learned
from assistant.retrieval.retriever import Retriever
from assistant.suggestions import Offers, Span, fresh, spans, starters, topics
from assistant.triage.rules import make_rules
from assistant.triage.urgent import (
    MOST_JUDGED,
    Shadow,
    check_region,
    shadow_over,
    still_in_sight,
    with_care,
)
from index import Encoder, IndexVersion, ModelError, current_version, encoder_for, open_version
from index.documents import Documents
from index.published.signing import Trust
from index.stores import Engines
from settings import Settings

ANSWERS_KEPT = 2_000  # about three kilobytes each
LINKS_KEPT = 4_096  # making one searches the article for the shortest unique words
GENTLE = "gentle.message"
SURE_IN_FULL = 0.8  # confidence from which a follow-up is read as the question that it may stand for
SURE_ENOUGH_ELSEWHERE = 0.5  # the same in another language, in which a turn before drowns what is asked now
SURE_ALONE = 0.9  # confidence from which an answer to a question by itself stands, whatever was asked before


class Assistant:
    """Answers questions from one index version. Safe to call from several threads."""

    def __init__(self, version: IndexVersion, encoder: Encoder, /, *, public_url: str = "", region: str = "INT") -> None:
        """Join a version and the encoder that it was built with.

        Raises:
            ModelError: the version was built with another model.
            StaleCalibrationError: the learned parameters were fitted with another model or splitter than the version's.
            ShownError: the region has no help lines.
        """
        if version.manifest.model != encoder.fingerprint:
            raise ModelError(
                f"version {version.name} was built with another model than MODEL names.",
                remedy="Run `python -m index build`.",
            )
        learned().check(version.manifest)
        for prepare in (make_rules, language_model, english):  # now, so that no visitor waits for it
            prepare()
        self.version = version
        self.encoder = encoder
        self._retriever = Retriever(version, encoder, learned())
        self._public_url = public_url
        self._region = check_region(region)
        link = lru_cache(LINKS_KEPT)(self._link_to)
        self._answering = Answering(version, self._retriever, link, region=self._region)
        self._gaps: GapRecorder | None = None
        self._answers: LRUCache[bytes, Kept] = LRUCache(ANSWERS_KEPT)
        self._offered: LRUCache[str, frozenset[Span]] = LRUCache(ANSWERS_KEPT)
        self._answers_lock = threading.Lock()  # held for a look-up, never while a question is answered
        self._secret = secrets.token_bytes(32)
        self._among: frozenset[str] = frozenset()  # the articles that may be quoted; none stands for all

    @classmethod
    def load(cls, index_dir: Path | None = None, /, *, settings: Settings | None = None) -> Self:
        """Load the published version; the settings fill in what is not given.

        Raises:
            ShownError: the index is missing or damaged, or the model is missing; the message says what to run.
        """
        settings = settings or Settings.from_environment()
        index_dir = index_dir or settings.index_dir
        engines = Engines.of(settings.index_store, settings.milvus)
        trust = Trust.of(settings.index_public_key)
        name = current_version(index_dir)
        trust.check_age(index_dir, name)
        version = open_version(index_dir, name, engines=engines, trust=trust)  # fails fast, before the model is loaded
        encoder = encoder_for(version, index_dir, model=settings.model, trust=trust)
        return cls(version, encoder, public_url=settings.public_url, region=settings.region)

    @property
    def uses_labels(self) -> bool:
        """Whether labelled questions influence the answers."""
        return self._retriever.uses_labels

    def without_labels(self) -> Self:
        """The same assistant as it would answer if its article had never been labelled."""
        other = self.on(self.version)
        other._retriever = Retriever(self.version, self.encoder, learned(), labels=False)
        return other._set_up()

    def on(self, version: IndexVersion, /) -> Self:
        """The same assistant on another version.

        Raises:
            ModelError, StaleCalibrationError: as for a new one.
        """
        return type(self)(version, self.encoder, public_url=self._public_url, region=self._region)

    @property
    def site(self) -> str:
        """What the corpus is about: its `site.toml`, as it was when the version was built."""
        return self.version.manifest.site

    @property
    def public_url(self) -> str:
        """The address that visitors see; empty if links are relative."""
        return self._public_url

    @property
    def region(self) -> str:
        """Whose help lines are shown."""
        return self._region

    @property
    def counts_gaps(self) -> bool:
        """Whether the subjects of questions that are not answered are counted."""
        return self._gaps is not None

    def counting(self, gaps: GapRecorder | None, /) -> Self:
        """The same assistant, counting the subjects of unanswered questions with this recorder; `None` counts nothing."""
        other = copy(self)
        other._gaps = gaps
        other._set_up()
        other._answers = LRUCache(ANSWERS_KEPT)
        return other

    def limited_to(self, articles: frozenset[str], /) -> "Assistant":
        """The same assistant, limited to some of its articles; unknown names are ignored.

        Raises:
            QuestionError: all names are unknown.
        """
        known = frozenset(article for article in articles if article in self.version.documents)
        limited = self if len(known) == len(self.version.documents) else self._over(known)
        if limited._retriever.is_empty:
            names = ", ".join(sorted(self.version.documents))
            raise QuestionError("There is none of these articles here.", remedy=f"Choose from {names}.", code="no_article")
        return limited

    def ask(self, turns: Sequence[str], /, *, reader: str = DEFAULT_LANGUAGE) -> Answer:
        """Answer the last of the turns, read with those before it (oldest first), asked on a page in the reader's language.

        If the rules call it urgent, help comes before any check of length or form. Later turns keep that help in sight. A
        question on offer in another language gets the answer of its English original, said in that language.

        Raises:
            QuestionError: the question is empty, too long, or not text.
        """
        question = read(last_words(turns), reader=reader)
        if (key := question.help_key) is not None:
            return self._answering.help(replace(question, reader=spoken_before(turns, reader)), key)
        *earlier, last = check_turns(turns)
        before: list[Question] = []
        for turn in earlier:
            before.append(read(turn if (asked := original(turn)) is None else asked.question, reader=reader))
            reader = before[-1].language if before[-1].recognised.reading is Reading.OTHER else reader
        if (asked := original(last)) is None:
            return self._answered(read(last_words(turns), reader=reader), before)
        return said_in(self._answered(read(asked.question), before), asked.language, site=self.site)[0]

    def _answered(self, question: Question, before: Sequence[Question]) -> Answer:
        """The answer to a question in the conversation `before` it."""
        shadow = shadow_over(before, lambda turn: self._kept(turn).answer.kind)
        if shadow is not None and question.takes_back and self._kept(question).answer.kind is not Kind.URGENT:
            shadow = replace(shadow, is_near=False, is_taken_back=True)
            asked = asked_beside(question.text)
            if not asked:
                return self._below_reminder(self._answering.listening(question), question, shadow)
            question = read(asked, reader=question.language)
        answer = self._in_conversation(question, before)
        question = question.in_other_language() if self._kept(question).is_other else question
        is_dark = answer.kind is Kind.URGENT or (question.is_distressed and not (shadow and shadow.is_taken_back))
        if shadow is not None and (is_dark or shadow.falls_on(question, answer.kind)):
            return self._answering.help(question, shadow.key)
        if self._gaps is not None and answer.kind is Kind.UNANSWERED:  # here, so that each is counted once
            self._gaps.count(self._kept(question).subject or self._kept(in_context(question, before)).subject)
        answer = self._in_new_words(answer, question, before)
        return answer if shadow is None else self._below_reminder(answer, question, shadow)

    def _below_reminder(self, answer: Answer, question: Question, shadow: Shadow) -> Answer:
        """The answer, with the help that was given before still in sight."""
        lines = still_in_sight(shadow.key, question.language, region=self._region, is_taken_back=shadow.is_taken_back)
        return with_care(answer, lines)

    def _in_conversation(self, question: Question, before: Sequence[Question]) -> Answer:
        """The answer to a question by itself, unless it leans on those `before` it and says little alone."""
        if (of_it := self._of_the_condition(question, before)) is not None:
            return of_it
        alone, together = self._kept(question).answer, in_context(question, before)
        if alone.kind is Kind.ADVICE and before:  # "why, and what do I do?"
            leaning_halves = (half for half in map(read, halves(question.text)) if leaning(half) is not Leaning.NOT)
            answers = (self._in_conversation(half, before) for half in leaning_halves)
            answered = next((answer for answer in answers if answer.kind is Kind.ANSWER), None)
            if answered is not None:
                return self._answering.bounded(answered, question)
        if question.triage is not None or alone.kind is Kind.URGENT:
            return alone
        if together is question:  # "does topping it up help": what says nothing of the condition may be about another "it"
            return (alone.kind is Kind.UNANSWERED and self._of_another(question, before)) or alone
        answer, full = self._kept(together).answer, self._in_full(together)
        if answer.kind is Kind.URGENT:
            return answer
        if alone.kind is Kind.ADVICE:
            return alone if full is None else self._answering.bounded(full, question)
        if full is not None and (answer.kind is not Kind.ANSWER or full.confidence > answer.confidence):
            answer = full
        if leaning(question) is Leaning.WHOLLY:
            return answer
        return alone if self._says_enough_alone(alone, question, together) else self._surer(alone, answer, full, question)

    def _surer(self, alone: Answer, answer: Answer, full: Answer | None, question: Question) -> Answer:
        """Of the answers to a question by itself, and as it stands after the turn before: the surer one."""
        if alone.kind is Kind.ANSWER:
            is_surer = answer.kind is Kind.ANSWER and answer.confidence > alone.confidence < SURE_ALONE
            return answer if is_surer or (full is not None and points_back(question.text)) else alone
        return answer if answer.kind is Kind.ANSWER or alone.kind is Kind.CHAT else alone

    def _says_enough_alone(self, alone: Answer, question: Question, together: Question) -> bool:
        """Whether a question in another language needs no turn before it: read with one, it is read as that one again."""
        is_other = question.language != DEFAULT_LANGUAGE or self._kept(question).is_other or self._kept(together).is_other
        return is_other and (alone.kind is Kind.ANSWER or alone.confidence >= SURE_ENOUGH_ELSEWHERE)

    def _of_another(self, question: Question, before: Sequence[Question]) -> Answer | None:
        """The answer to a question whose "it" is what the turn before was about, if that is quite sure."""
        asked = [turn for turn in before if turn.triage is None]
        full = self._in_full(question.after(asked[-1].text)) if asked and holds_pronoun(question.text) else None
        return full if full is not None and full.confidence >= SURE_ALONE else None

    def _of_the_condition(self, question: Question, before: Sequence[Question]) -> Answer | None:
        """The answer to the turn before asked of the condition, where "and RLS?" is all that is asked."""
        asked = [turn for turn in before if turn.triage is None or turn.triage.kind is Kind.ADVICE]
        name = self._answering.condition_alone(question) if asked else None
        if name is None:
            return None
        subject = self._answering.missing(asked[-1])
        options = (
            [asked[-1].text.replace(subject, name)]
            if subject
            else in_full(question.text, asked[-1].text, self._answering.may_be_subject)
        )
        answers = (self._kept(one).answer for one in map(read, options) if one.triage is None)
        return next((answer for answer in answers if answer.kind is Kind.ANSWER), None)

    def _in_full(self, question: Question) -> Answer | None:
        """The surest answer to what a question that leans may stand for, if one is sure."""
        if question.before is None or question.language != DEFAULT_LANGUAGE:
            return None
        before = self._retriever.reader.as_read(question.before)
        asked = map(read, in_full(question.text, before, self._answering.may_be_subject))
        answers = (self._kept(one).answer for one in asked if one.triage is None)
        sure = (answer for answer in answers if answer.kind is Kind.ANSWER and answer.confidence >= SURE_IN_FULL)
        return max(sure, key=lambda answer: answer.confidence, default=None)

    def _kept(self, question: Question) -> Kept:
        asked = json.dumps([question.turns, question.reader, sorted(self._among)]).encode()
        key = hashlib.blake2b(asked, key=self._secret).digest()  # memory keeps no word of a visitor
        with self._answers_lock:
            known = self._answers.get(key)
        if known is not None:
            return known
        kept = self._answering.answer(question)
        with self._answers_lock:
            self._answers[key] = kept
        return kept

    def _in_new_words(self, answer: Answer, question: Question, before: Sequence[Question]) -> Answer:
        """The answer without a wording that was said `before` (oldest first). A kept answer is the same for everybody."""
        text, message = wording(question.language, self.site), answer.message
        judged = len(before) - MOST_JUDGED  # the learned judgement reads no turn before it
        kinds = [self._kind_shown(turn, before[:place]) if place >= judged else None for place, turn in enumerate(before)]
        if answer.kind is Kind.CHAT:
            guessed = ABOUT if text[ABOUT] in message else MORE
            key = guessed if question.triage is None else question.triage.wording
            keys = [
                turn.triage.wording if turn.triage is not None else kind.wording if kind is not None else ""
                for turn, kind in zip(before, kinds, strict=True)
            ]
            message = message.replace(text[key], reply(text, key, before=keys))
        if answer.kind is Kind.UNANSWERED:
            misses = len(list(takewhile(lambda kind: kind is Kind.UNANSWERED, reversed(kinds))))
            message = self._said_again(message, question, misses) if misses else message
        if question.is_distressed:
            distressed = [GENTLE for turn in before if turn.is_distressed]
            message = message.replace(text[GENTLE], reply(text, GENTLE, before=distressed))
        asked = [*(turn.text for turn in before), question.text]
        shown = spans(answer.citations).union(
            *(self._shown(turn, before[:place]) for place, turn in enumerate(before) if place >= judged)
        )
        suggestions = fresh(answer.suggestions, asked, self._quoted, shown)
        return replace(answer, message=message, suggestions=suggestions)

    def _kind_shown(self, turn: Question, before: Sequence[Question]) -> Kind:
        """The kind of what a turn was answered with: by itself or, if nothing answers it so, after those before it."""
        kind = self._kept(turn).answer.kind
        return self._in_conversation(turn, before).kind if kind is Kind.UNANSWERED and before else kind

    def _said_again(self, message: str, question: Question, misses: int) -> str:
        """The message of a miss that follows others: in other words, and without what the corpus covers."""
        text, missing = wording(question.language, self.site), self._answering.missing(question) or ""
        for key in ("unanswered.message", "unanswered.missing", "unanswered.foreign"):
            ways = [named(way, missing) for way in wordings(text, key)]
            if ways[0] in message:
                return message.partition(ways[0])[0] + ways[misses % len(ways)]
        return message

    def _shown(self, turn: Question, before: Sequence[Question]) -> frozenset[Span]:
        """What an earlier turn was answered with, by itself or, if that is nothing, after the turns before it."""
        alone = self._kept(turn).answer
        return spans(alone.citations or self._kept(in_context(turn, before)).answer.citations)

    def _quoted(self, question: str) -> frozenset[Span]:
        """What a question on offer quotes."""
        with self._answers_lock:
            known = self._offered.get(question)
        if known is None:
            known = self._answering.quoted(question)
            with self._answers_lock:
                self._offered[question] = known
        return known

    @property
    def retriever(self) -> Retriever:
        """What finds, for reports that say why."""
        return self._retriever

    def found(self, turns: Sequence[str], /) -> Found | None:
        """What the answer to the last of the turns hangs on, read after those before it; `None` if a rule decides."""
        *earlier, question = [read(turn) for turn in check_turns(turns)]
        question = in_context(question, earlier)
        return None if question.triage is not None else self._answering.found(question)

    def starters(self) -> tuple[str, ...]:
        """Questions to begin with, one for each section."""
        return starters(self._documents().with_questions())

    def topics(self) -> list[tuple[str, list[str]]]:
        """Every question on offer, by topic."""
        return topics(self._documents().with_questions())

    def offers(self) -> Offers:
        """The questions on offer, to be found while somebody types."""
        return Offers((question for _, questions in self.topics() for question in questions), self.encoder)

    def _over(self, articles: frozenset[str]) -> Self:
        other = copy(self)
        other._among, other._offered = articles, LRUCache(ANSWERS_KEPT)
        other._retriever = self._retriever.limited_to(articles)
        return other._set_up()

    def _set_up(self) -> Self:
        self._answering = self._answering.over(self._retriever, self._documents(), gaps=self._gaps)
        return self

    def _documents(self) -> Documents:
        """The articles that may be quoted, in the version's order."""
        return self.version.documents.only(self._among) if self._among else self.version.documents

    def _link_to(self, article: str, start: int, end: int) -> str:
        return link_to(self.version.documents[article], start, end, public_url=self._public_url)
