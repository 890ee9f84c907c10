"""Questions to offer: always ones that the corpus answers, as its maintainers wrote them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

import numpy as np

from assistant.answer import Citation, Hit
from corpus import Document
from index import Encoder

Span = tuple[str, int, int]  # an article, and where in it a quote begins and ends

MOST_QUESTIONS = 3
MOST_OFFERED = 4  # questions while one types
LONGEST_TYPED = 200  # characters that are read of what is typed so far
NEAR_ENOUGH = 0.22  # cosine from which a question on offer may be the one that is being typed
MOST_CONSIDERED = 24  # questions that may be offered beside an answer


class Offers:
    """The questions on offer, found by what somebody has typed so far: the encoder knows other words for the same."""

    def __init__(self, questions: Iterable[str], encoder: Encoder, /) -> None:
        """Encode the questions, once a version."""
        self._questions = tuple(dict.fromkeys(questions))
        self._encoder = encoder
        encoded = encoder.encode(self._questions) if self._questions else []
        self._vectors = np.stack([one.pooled for one in encoded]) if encoded else np.zeros((0, 1), np.float32)

    def near(self, typed: str, /) -> tuple[str, ...]:
        """Up to `MOST_OFFERED` questions that are near what is typed, nearest first; one encoding."""
        typed = " ".join(typed.split())[:LONGEST_TYPED]
        if not typed or not self._questions:
            return ()
        cosines = self._vectors @ self._encoder.encode([typed])[0].pooled
        order = np.argsort(-cosines, kind="stable")[:MOST_OFFERED]
        return tuple(self._questions[row] for row in order.tolist() if cosines[row] >= NEAR_ENOUGH)


def starters(documents: Iterable[Document], /, *, most: int | None = None) -> tuple[str, ...]:
    """The first question of each section that has one, in reading order; no more than `most`, and no article is read that is
    not needed for them: a corpus may have thousands."""
    firsts = (
        question
        for document in documents
        for section in document.sections
        for question in _questions(document, section.heading)[:1]
    )
    return tuple(dict.fromkeys(islice(firsts, most)))


def topics(documents: Iterable[Document], /) -> list[tuple[str, list[str]]]:
    """Every question on offer, grouped by topic, in reading order."""
    grouped: dict[str, list[str]] = {}
    for document in documents:
        for question in document.questions:
            grouped.setdefault(question.topic or question.section, []).append(question.question)
    return list(grouped.items())


def near(hits: Sequence[Hit], documents: Mapping[str, Document], among: Iterable[Document], /) -> tuple[str, ...]:
    """Questions of the sections that were found, nearest first, then the first of every other section."""
    sections = dict.fromkeys((hit.passage.document_id, hit.passage.section) for hit in hits)
    found = [question for id_, heading in sections for question in _questions(documents[id_], heading)]
    return tuple(dict.fromkeys((*found, *starters(among, most=MOST_CONSIDERED))))[:MOST_CONSIDERED]


def fresh(
    questions: Iterable[str], asked: Iterable[str], quoted: Callable[[str], frozenset[Span]], shown: frozenset[Span], /
) -> tuple[str, ...]:
    """Up to three of the questions, in order: those that were not asked already, and that show something new.

    `quoted` says what is quoted for a question; what is `shown` already would be the same answer in another's words.
    """
    known = {_bare(text) for text in asked}
    new = (question for question in questions if _bare(question) not in known)
    return tuple(islice((question for question in new if not _within(quoted(question), shown)), MOST_QUESTIONS))


def spans(citations: Iterable[Citation], /) -> frozenset[Span]:
    """What citations quote."""
    return frozenset((one.article, one.start, one.end) for one in citations)


def _within(quoted: frozenset[Span], shown: frozenset[Span]) -> bool:
    """Whether all that is quoted is shown; nothing always is."""
    return all(
        any(article == other and first <= start and end <= last for other, first, last in shown)
        for article, start, end in quoted
    )


def _bare(text: str) -> str:
    return text.casefold().strip(" ?.!")


def _questions(document: Document, heading: str) -> list[str]:
    return [question.question for question in document.questions if question.section == heading]
