"""Questions to offer: always ones that the corpus answers, as its maintainers wrote them."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from assistant.answer import Hit
from corpus import Document

MOST_QUESTIONS = 3
MOST_CONSIDERED = 24  # questions that may be offered beside an answer


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


def near(hits: Sequence[Hit], documents: dict[str, Document], among: Iterable[Document], /) -> tuple[str, ...]:
    """Questions of the sections that were found, nearest first, then the first of every other section."""
    sections = dict.fromkeys((hit.passage.document_id, hit.passage.section) for hit in hits)
    found = [question for id_, heading in sections for question in _questions(documents[id_], heading)]
    return tuple(dict.fromkeys((*found, *starters(among, most=MOST_CONSIDERED))))[:MOST_CONSIDERED]


def fresh(questions: Iterable[str], asked: Iterable[str], is_answered: Callable[[str], bool], /) -> tuple[str, ...]:
    """Up to three of the questions, in order: those that were not asked already and that are answered."""
    known = {_bare(text) for text in asked}
    new = (question for question in questions if _bare(question) not in known)
    return tuple(islice(filter(is_answered, new), MOST_QUESTIONS))


def _bare(text: str) -> str:
    return text.casefold().strip(" ?.!")


def _questions(document: Document, heading: str) -> list[str]:
    return [question.question for question in document.questions if question.section == heading]
