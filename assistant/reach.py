"""Which sentences of an article its questions bring up, and which none does: where a question is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import Answer, Kind
from assistant.assistant import Assistant
from corpus import Document, ShownError
from index import Passage


class ReachError(ShownError):
    """An article cannot be asked as it stands."""


@dataclass(frozen=True, slots=True)
class Reach:
    """`answers[n]` is what question n gets; `unreached` are the sentences that none of them quotes, in reading order."""

    answers: tuple[Answer, ...]
    sentences: int
    unreached: tuple[Passage, ...]


def reach_of(assistant: Assistant, document: Document, questions: Sequence[str], /) -> Reach:
    """Ask the questions of one article as visitors do, with everything that is published.

    Raises:
        ReachError: what is published is not this text.
    """
    published = assistant.version.documents.get(document.id)
    if published is None or published.text != document.text:
        what = "is not published yet" if published is None else "has another text than the published one"
        raise ReachError(
            f"{document.id} {what}, so what its questions reach is not known.", remedy="Run `python -m index build`."
        )
    own = assistant.version.passages.of_document(document.id)
    answers = tuple(assistant.ask([question]) for question in questions)
    quoted = [
        (citation.start, citation.end)
        for answer in answers
        if answer.kind is Kind.ANSWER
        for citation in answer.citations
        if citation.article == document.id
    ]
    unreached = [p for p in own if not any(start <= p.start and p.end <= end for start, end in quoted)]
    return Reach(answers, len(own), tuple(unreached))
