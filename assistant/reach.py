"""What the questions on offer reach: a sentence that none of them quotes is found by nobody who starts from these."""

from dataclasses import dataclass

from assistant.answer import Answer
from assistant.assistant import Assistant
from corpus import Document
from corpus.errors import CorpusError
from corpus.questions import in_order
from index import Passage


@dataclass(frozen=True, slots=True)
class Reach:
    """`answers[n]` is what question n gets; `unreached` are the sentences that none of them quotes, in reading order."""

    answers: tuple[Answer, ...]
    sentences: int
    unreached: tuple[Passage, ...]


def reached_by(assistant: Assistant, document: Document, /) -> Reach:
    """Ask the questions of one article as visitors do, with everything that is published.

    Raises:
        CorpusError: what is published is not this text.
    """
    published = assistant.version.documents.get(document.id)
    if published is None or published.text != document.text:
        what = "is not published yet" if published is None else "has another text than the published one"
        raise CorpusError(
            f"{document.id} {what}, so what its questions reach is not known.", remedy="Run `python -m index build`."
        )
    sentences = assistant.version.passages.of_document(document.id)
    answers = tuple(assistant.ask([own.question]) for own in in_order(document))
    citations = [citation for answer in answers for citation in answer.citations if citation.article == document.id]
    unreached = [p for p in sentences if not any(c.start <= p.start and p.end <= c.end for c in citations)]
    return Reach(answers, len(sentences), tuple(unreached))
