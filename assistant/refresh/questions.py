"""Which questions to ask of both versions, and whether what is labelled as right still is."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import Kind
from assistant.evaluation import LabelledQuestion, squash
from assistant.suggestions import starters
from corpus.difference import ArticleDifference
from index import IndexVersion


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; `holds` says whether its label counts for the gate."""

    question: LabelledQuestion
    is_offered: bool  # to visitors, by the page
    holds: bool


def labelled(
    questions: Iterable[LabelledQuestion],
    old: IndexVersion | None,
    new: IndexVersion,
    changes: Sequence[ArticleDifference],
    /,
    *,
    most: int,
) -> list[Asked]:
    """Up to `most` labelled questions on articles that there are, always the same ones: by the hash of their id."""
    there = {*new.documents, *(old.documents if old else ())}
    about = [q for q in questions if not q.article or q.article in there]
    chosen = sorted(about, key=lambda q: hashlib.sha256(q.id.encode()).digest())[:most]
    text = squash("\n".join(document.text for document in new.documents.values()))
    says_more = any(change.added or change.changed for change in changes)
    return [Asked(q, is_offered=False, holds=_holds(q, new, text, says_more=says_more)) for q in chosen]


def offered(
    old: IndexVersion | None, new: IndexVersion, changes: Sequence[ArticleDifference], /, *, most: int
) -> list[Asked]:
    """Every starter and suggested question of both versions, those of changed articles first, up to `most`."""
    changed = {change.id for change in changes}
    documents = [document for version in (new, old) if version for document in version.documents.values()]
    texts = []
    for document in sorted(documents, key=lambda d: d.id not in changed):
        texts += [question.question for question in document.questions] + list(starters([document]))
    unique = list(dict.fromkeys(texts))[:most]
    return [
        Asked(LabelledQuestion(f"offered-{n}", (text,), Kind.ANSWER), is_offered=True, holds=False)
        for n, text in enumerate(unique, 1)
    ]


def _holds(question: LabelledQuestion, new: IndexVersion, text: str, /, *, says_more: bool) -> bool:
    """A quote is right while its words still stand; "it does not say" only while nothing more is said."""
    if question.article and question.article not in new.documents:
        return False
    if question.expect == Kind.ANSWER:
        return any(squash(gold) in text for gold in question.gold)
    return not (says_more and Kind.UNANSWERED in question.allowed)
