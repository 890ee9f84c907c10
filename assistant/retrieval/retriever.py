"""From a question to scored passages: one encoding of the question, candidates from the store, evidence, ranking."""

import re
from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from typing import Self

import numpy as np

from assistant.answer import MOST_CITATIONS, Hit, Kind
from assistant.question import Question, read
from assistant.reading.field_terms import named_in, times_named
from assistant.reading.reader import QuestionReader
from assistant.retrieval.evidence import Evidence, PassageSet, evidence_of, lexical_shares
from assistant.retrieval.found import Found, Miss, speaks_clearly
from assistant.retrieval.learned import Learned, Model
from assistant.retrieval.learned.multilingual import load_multilingual
from assistant.retrieval.neighbours import FLOOR, NEAREST, Placed, Votes, placed
from assistant.retrieval.other_languages import OtherLanguages
from assistant.retrieval.outcomes import URGENT_FROM, Asked, Danger, agreed, is_long, softmax
from assistant.retrieval.owner_labels import OwnerLabels, named_first, settled_for, supported
from index import Encoder, Encoding, IndexVersion
from index.documents import Documents
from index.encoding import Vectors
from index.lexical import COMMON, Flags, Integers, Words, stem, words_of

VOTE_ALONE = 10.0  # of sure votes: the weight of a passage's
DOUBT, FAR_DOUBT = 0.1, 0.3  # of sure votes: what is left to the judgement, if a neighbour is all but the same, and if not
CANDIDATES = 256  # passages that compete; a smaller corpus competes whole
# For questions that exclude something: the share from which a passage is about it, and the least that another must have.
ABOUT_IT, LEAST_LEFT = 0.25, 0.05
# "folic acid (vitamin B9) and vitamin B12", "antidepressants, antipsychotics, and antihistamines". Over an article's text.
ONE_OF_BEFORE = re.compile(r"(?:,|\)| and| or)(?: and| or| some| certain)* (?:\w+ ){0,1}$")
ONE_OF_AFTER = re.compile(r"\w*(?: \w+)?(?: \([^)]*\))?(?: and | or |, (?:\w+ ){0,2}\w+, (?:and|or) )")
CLOSE = 64  # of them are looked at closely, word piece by word piece
NAMES_KEPT = 4_096  # articles whose names are remembered
LEXICAL = 0.2  # weight of shared words beside a cosine, when choosing those


def passage_scores(evidence: Evidence, weights: Vectors, vote: float, votes: Votes | None, /) -> Vectors:
    """Scores of the passages (n,): weighted evidence, plus the votes of labelled neighbours if there are any."""
    scores = (evidence.features @ weights).astype(np.float32)
    return scores if votes is None else scores + np.float32(vote) * np.log(FLOOR + votes.passages)


def outcome_features(asked: Asked, scores: Vectors, votes: Votes | None, /) -> Vectors:
    """What an `OutcomeModel` reads: QUESTION_FEATURES, followed by NEIGHBOUR_FEATURES where there are neighbours."""
    features = asked.features(scores)
    if votes is None:
        return features
    return np.append(features, votes.features(asked.question, asked.heads, int(scores.argmax())))


def settled(votes: Votes, scores: Vectors, outcomes: dict[str, float], /) -> tuple[Vectors, dict[str, float]]:
    """Scores (n,) and outcomes as they are; as the votes say where these are sure."""
    if not votes.are_sure or outcomes[Kind.URGENT] >= URGENT_FROM:  # a label never hides danger
        return scores, outcomes
    ranked = VOTE_ALONE * np.log(FLOOR + votes.passages) + np.tanh(scores / VOTE_ALONE)
    shares = {kind.value: float(votes.kinds[kind.number]) for kind in Kind}
    doubt = DOUBT if votes.nearest >= NEAREST else FAR_DOUBT
    return ranked.astype(np.float32), {name: (1 - doubt) * shares.get(name, 0.0) + doubt * p for name, p in outcomes.items()}


def subjects_of(documents: Documents, number: int, /) -> frozenset[str]:
    """What an article is about, of what has several names: what stands in its headings or, elsewhere, more than once."""
    document = documents.at(number)
    headings = named_in("\n".join((document.source.title, *(section.heading for section in document.sections))))
    return headings | {name for name, count in times_named(document.text).items() if count > 1}


class Retriever:
    """Searches one version. Safe to call from several threads: nothing in it changes."""

    def __init__(self, version: IndexVersion, encoder: Encoder, learned: Learned, /, *, labels: bool = True) -> None:
        self._version = version
        self._encoder = encoder
        self._learned = learned
        self.reader = QuestionReader(version.documents.texts())
        self._subjects_of = lru_cache(NAMES_KEPT)(partial(subjects_of, version.documents))
        self._placed = placed(learned.questions, version) if labels else None
        self._labelled = self._placed
        self._owned = OwnerLabels.of(version, encoder, self._as_asked) if labels else None
        self._others = OtherLanguages(version, load_multilingual)
        self._among: Integers | None = None  # the rows that may be quoted; `None` means all

    @property
    def uses_labels(self) -> bool:
        """Whether labelled neighbours vote: if the labelled article may be quoted."""
        return self._labelled is not None

    def limited_to(self, articles: Collection[str], /) -> Self:
        """The same retriever over the passages of these articles only; no other passages compete.

        It costs next to nothing: a limit only picks rows.
        """
        other = self._over(self._version.passages.rows_of(articles))
        other._labelled = self._placed if self._placed is not None and self._placed.article in articles else None
        other._owned = None if self._owned is None else self._owned.of_articles(articles)
        return other

    def _without_articles(self, articles: Collection[str]) -> Self:
        """The same retriever over all but these articles."""
        rows = np.arange(len(self._version.passages)) if self._among is None else self._among
        other = self._over(np.setdiff1d(rows, self._version.passages.rows_of(articles), assume_unique=True))
        other._labelled = None if self._labelled is None or self._labelled.article in articles else self._labelled
        other._owned = None if self._owned is None else self._owned.without_articles(articles)
        return other

    def _over(self, rows: Integers) -> Self:
        if len(self._version.passages) <= CANDIDATES:
            self._all  # noqa: B018  made once, for all limits
        if self._placed is not None:
            self._labelled_passages  # noqa: B018
        other = copy(self)
        other._among = rows
        return other

    @property
    def labelled(self) -> Placed | None:
        """The labelled questions that vote, if any do."""
        return self._labelled

    @property
    def owned(self) -> OwnerLabels | None:
        """The labels of the articles' owners, if there are any."""
        return self._owned

    @property
    def labelled_sentences(self) -> dict[str, int]:
        """The sentences that labels name, as they were labelled, with the rows where they stand now."""
        found: dict[str, int] = {}
        if self._labelled is not None:
            texts, named = self._labelled.questions.sentences, self._labelled.questions.gold.max(axis=0).tolist()
            rows = self._labelled.rows.tolist()
            found |= {text: row for text, row, is_named in zip(texts, rows, named, strict=True) if is_named}
        for own in () if self._owned is None else self._owned.placed:
            found |= dict(zip(own.sentences, own.rows, strict=True))
        return found

    def owners_silence(self, question: Encoding, /) -> frozenset[str]:
        """The articles whose owners say that these do not answer a question."""
        return frozenset() if self._owned is None else self._owned.verdict(question).silent

    @property
    def is_empty(self) -> bool:
        """Whether no passage may be quoted."""
        return self._among is not None and not len(self._among)

    def find(self, asked: Question, /) -> Found:
        """Score the passages that may answer the question, and give the probability of each outcome.

        What the articles' owners said of a question that is all but the same decides, unless there is danger; what they said
        of one that is near counts.
        """
        found = self._find(asked)
        if self._owned is None or found.outcomes[Kind.URGENT] >= URGENT_FROM:
            return found
        said = self._owned.verdict(found.question)
        if said.rows:
            rows, scores = named_first(found.rows, found.scores, said.rows)
            outcomes = settled_for(Kind.ANSWER, found.outcomes)
            return replace(found, rows=rows, scores=scores, shares=softmax(scores), outcomes=outcomes, parts=())
        if not said.silent:
            support = self._owned.support(found.question, found.rows[int(found.scores.argmax())])
            return replace(found, outcomes=supported(found.outcomes, support)) if support else found
        others = self._without_articles(said.silent)
        if not others.is_empty:
            return others.find(asked)
        return replace(found, outcomes=settled_for(Kind.UNANSWERED, found.outcomes), parts=())

    def _find(self, asked: Question) -> Found:
        """What is found without the owners' labels.

        The labelled sentences are judged as if they were the whole corpus. Other sentences are judged beside them, by what
        holds for any article, and speak only where they speak clearly: so what a site adds or edits changes no other answer.
        """
        readings = self.reader.readings(asked.text, asked.before, language=asked.language)
        encoded = {text: self._encoder.encode([text])[0] for text in dict.fromkeys((readings.in_context, *readings.pieces))}
        question = encoded[readings.in_context]
        danger = self._learned.level.danger([encoded[piece] for piece in readings.pieces], is_long=is_long(asked.text))
        labelled = None if self._labelled is None else self._find_labelled(question, danger, self._labelled)
        if labelled is not None and len(labelled.rows) == self._count:
            return labelled
        if len(self._version.passages) > CANDIDATES:
            rows, passages = self._competing(question)
        elif self._among is None:
            rows, passages = tuple(range(len(self._version.passages))), self._all
        else:
            rows, passages = tuple(self._among.tolist()), self._some_of_all(self._among)
        judged = Asked(question, evidence_of(question, passages, self._learned.token_weights), self._learned.heads)
        on_subject = self._on_subject(readings.in_context, rows)
        scores, outcomes = self._judge(judged, self._learned.any_article, on_subject=on_subject)
        found = Found(rows, scores, softmax(scores), outcomes, question, danger)
        found = found if on_subject.any() else found.unanswered(Miss.NOT_SAID)
        return found if labelled is None or speaks_clearly(found, labelled) else labelled

    def _on_subject(self, text: str, rows: Sequence[int]) -> Flags:
        """Which passages (n,) are about all that a question names, such as the condition: their article is, or they name it.

        What is said of fibromyalgia answers nothing on restless legs because its article lists these among the complaints.
        """
        if not (asked := named_in(text)):
            return np.ones(len(rows), dtype=np.bool_)
        numbers = self._version.passages.places[np.array(rows), 0].tolist()
        about = {number: asked <= self._subjects_of(number) for number in set(numbers)}
        is_on = (
            about[number] or asked <= named_in(self._version.passages.text(row))
            for number, row in zip(numbers, rows, strict=True)
        )
        return np.fromiter(is_on, dtype=np.bool_, count=len(rows))

    def find_in_other_language(self, asked: Question, /) -> Found | None:
        """The same for a question in another language than English; `None` where nothing here reads it."""
        return self._others.find(asked, labelled=self.uses_labels, among=self._among)

    def _find_labelled(self, question: Encoding, danger: Danger, labelled: Placed) -> Found:
        """The labelled sentences alone, with the votes of their labels."""
        rows = tuple(labelled.rows.tolist())
        evidence = evidence_of(question, self._labelled_passages, self._learned.token_weights)
        judged = Asked(question, evidence, self._learned.heads)
        _, outcomes = self._judge(judged, self._learned.any_article)
        votes = labelled.questions.votes(question)
        scores, informed = self._judge(judged, self._learned.labelled, votes)
        scores, outcomes = settled(votes, scores, agreed(informed, outcomes))
        parts = votes.parts(MOST_CITATIONS) if votes.is_whole_topic else ()
        return Found(rows, scores, softmax(scores), outcomes, question, danger, parts)

    def find_without(self, asked: Question, excluded: str, /) -> Found:
        """What is found for a question whose answers must not be about something. Danger is judged in both.

        A sentence that names it among others still answers, but not in a list of a whole topic.
        """
        found, about = self.find(asked), self.find(read(excluded))
        graver = max(found.danger, about.danger, key=lambda danger: danger.urgent)
        return self._without(replace(found, danger=graver), about, excluded)

    def _without(self, found: Found, about: Found, excluded: str) -> Found:
        out = self._places_about(found, about, excluded)
        if found.parts:
            parts = tuple(place for place in found.parts if not out.intersection(self._quoted_with(found, place)))
            return replace(found, parts=parts) if parts else found.unanswered(Miss.ALL_EXCLUDED)
        left = [place not in out or self._names_others(found.rows[place], excluded) for place in range(len(found.rows))]
        if not any(left):
            return found.unanswered(Miss.ALL_EXCLUDED)
        scores = np.where(left, found.scores, -np.inf).astype(np.float32)
        if found.shares[int(scores.argmax())] < LEAST_LEFT:
            return found.unanswered(Miss.ALL_EXCLUDED)
        rows = [place for place, is_left in enumerate(left) if is_left]
        return replace(
            found,
            rows=tuple(found.rows[place] for place in rows),
            scores=found.scores[rows],
            shares=softmax(found.scores[rows]),
        )

    def _places_about(self, found: Found, about: Found, phrase: str) -> set[int]:
        """The places of passages that hold the words of a phrase, as it is read, or that answer it (`about`)."""
        words = [word for word in words_of(self.reader.as_read(phrase)) if word not in COMMON]
        if not words:
            return set()
        holds = self._version.passages.words(np.array(found.rows)).holds(words).any(axis=0)
        named = set(np.flatnonzero(holds).tolist())
        answers = {row for row, share in zip(about.rows, about.shares.tolist(), strict=True) if share >= ABOUT_IT}
        return named | {place for place, row in enumerate(found.rows) if row in answers}

    def _quoted_with(self, found: Found, place: int) -> set[int]:
        first, last = self._version.passages.rows_to_quote(found.rows[place])
        return {other for other, row in enumerate(found.rows) if first <= row <= last}

    def _names_others(self, row: int, phrase: str) -> bool:
        """Whether a sentence names what a phrase says as one of several, or not at all."""
        text = self._version.passages.text(row).lower()
        stems = [re.escape(stem(word)) for word in words_of(self.reader.as_read(phrase)) if word not in COMMON]
        found = re.search("|".join(stems), text) if stems else None
        if found is None:
            return True
        before, after = text[: found.start()], text[found.end() :]
        return ONE_OF_BEFORE.search(before) is not None or ONE_OF_AFTER.match(after) is not None

    def _as_asked(self, question: str) -> str:
        return self.reader.readings(question).in_context

    @property
    def _count(self) -> int:
        """How many passages may be quoted."""
        return len(self._version.passages) if self._among is None else len(self._among)

    def _judge(
        self, asked: Asked, model: Model, votes: Votes | None = None, *, on_subject: Flags | None = None
    ) -> tuple[Vectors, dict[str, float]]:
        """Scores of the passages, and the probability of each outcome when the best of them is quoted."""
        scores = passage_scores(asked.evidence, model.weights, model.vote, votes)
        if on_subject is not None:
            scores = np.where(on_subject, scores, scores.min())
        return scores, model.outcomes.probabilities(outcome_features(asked, scores, votes))

    def hits(self, found: Found, /, *, count: int) -> list[Hit]:
        """The best passages, best first."""
        order = np.argsort(-found.scores, kind="stable")[:count]
        return [Hit(self._version.passages[found.rows[place]], float(found.shares[place])) for place in order]

    def sections(self, found: Found, /) -> list[int]:
        """The section number of each competing passage."""
        numbers: list[int] = self._version.passages.sections(found.rows).tolist()
        return numbers

    @cached_property
    def _all(self) -> PassageSet:
        rows = np.arange(len(self._version.passages))
        return self._passages(rows, self._version.passages.words(rows))

    @cached_property
    def _labelled_passages(self) -> PassageSet:
        rows = self._placed.rows if self._placed is not None else np.zeros(0, np.int64)
        return self._passages(rows, self._version.passages.words(rows))

    def _some_of_all(self, rows: Integers) -> PassageSet:
        """Some passages of a small corpus: all are compared word piece by word piece, then these are kept."""
        whole = self._all
        words, sections = self._version.passages.words(rows), self._version.passages.sections(rows)
        return PassageSet(whole.pooled[rows], whole.tokens, whole.starts, sections, words, kept=rows)

    def _competing(self, question: Encoding) -> tuple[tuple[int, ...], PassageSet]:
        """The nearest passages in reading order; the likeliest by cosine and shared words are looked at closely."""
        if self._among is not None and len(self._among) <= CANDIDATES:
            rows = self._among
            return tuple(rows.tolist()), self._passages(rows, self._version.passages.words(rows))
        _, nearest = self._version.store.search(question.pooled, count=CANDIDATES, among=self._among)
        rows = np.sort(nearest)
        words = self._version.passages.words(rows)
        likely = self._version.vectors.pooled_of(rows) @ question.pooled + LEXICAL * lexical_shares(question, words)
        close = np.sort(np.argsort(-likely, kind="stable")[:CLOSE])
        return tuple(rows.tolist()), self._passages(rows, words, close)

    def _passages(self, rows: Integers, words: Words, close: Integers | None = None) -> PassageSet:
        tokens, starts = self._version.vectors.tokens_of(rows if close is None else rows[close])
        return PassageSet(
            pooled=self._version.vectors.pooled_of(rows),
            tokens=tokens,
            starts=starts,
            section=self._version.passages.sections(rows),
            words=words,
            close=close,
        )
