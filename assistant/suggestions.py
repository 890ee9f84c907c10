"""Questions to offer: always ones that the corpus answers, as its maintainers wrote them."""

from collections.abc import Iterable, Sequence

from assistant.answer import Hit
from corpus import Document

MOST_QUESTIONS = 3


def starters(documents: Iterable[Document], /) -> tuple[str, ...]:
    """The first question of each section, in reading order; a section without one is offered by its heading."""
    found: list[str] = []
    for document in documents:
        for section in document.sections:
            found += _questions(document, section.heading)[:1]
    return tuple(dict.fromkeys(found))


def topics(documents: Iterable[Document], /) -> list[tuple[str, list[str]]]:
    """Every question on offer, grouped by topic, in reading order."""
    grouped: dict[str, list[str]] = {}
    for document in documents:
        for question in document.questions:
            grouped.setdefault(question.topic or question.section, []).append(question.question)
    return list(grouped.items())


def near(hits: Sequence[Hit], documents: dict[str, Document], /, *, asked: str) -> tuple[str, ...]:
    """Up to three questions of the sections that were found, nearest first, the one just asked left out."""
    sections = dict.fromkeys((hit.passage.document_id, hit.passage.section) for hit in hits)
    pool = [question for id_, heading in sections for question in _questions(documents[id_], heading)]
    known = asked.casefold().strip(" ?.!")
    return tuple(dict.fromkeys(q for q in pool if q.casefold().strip(" ?.!") != known))[:MOST_QUESTIONS]


def nearest_section(hits: Sequence[Hit], documents: dict[str, Document], /) -> tuple[str, ...]:
    """The heading of the section that came nearest, which can be asked as it stands; an article's opening has none."""
    headings = [(hit.passage.section, documents[hit.passage.document_id].source.title) for hit in hits]
    return tuple(heading for heading, title in headings if heading != title)[:1]


def _questions(document: Document, heading: str) -> list[str]:
    return [question.question for question in document.questions if question.section == heading] or [heading]
