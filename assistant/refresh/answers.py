"""Which questions are asked of both versions, what both answer, and which labels can judge it.

What changes, what is lost, which links would break.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from assistant.answer import Answer, Citation, Kind
from assistant.assistant import Assistant
from assistant.evaluation.labelled import LabelledQuestion, Outcome, judge, squash
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
    """Up to `most` labelled questions on articles of either version; always the same ones, by the hash of their id."""
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


@dataclass(frozen=True, slots=True)
class Pair:
    """One question with the answers of both versions; `old` is `None` without a published one."""

    asked: Asked
    old: Answer | None
    new: Answer

    @property
    def what(self) -> str:
        """How the answer changes: same, lost, gained, other kind, other quotes, or unanswered though it is on offer."""
        kinds = (self.old.kind if self.old else None, self.new.kind)
        if kinds[0] is Kind.ANSWER and kinds[1] is not Kind.ANSWER:
            return "lost"
        if self.asked.is_offered and kinds[1] is not Kind.ANSWER:
            return "unanswered"
        if self.old is None or (kinds[0] == kinds[1] and _quotes(self.old) == _quotes(self.new)):
            return "same"
        if kinds[1] is Kind.ANSWER and kinds[0] is not Kind.ANSWER:
            return "gained"
        return "other quotes" if kinds[0] == kinds[1] else "other kind"


def ask_both(old: Assistant | None, new: Assistant, asked: Sequence[Asked], /) -> list[Pair]:
    """Ask every question of both."""
    return [
        Pair(a, old.ask(a.question.turns) if old else None, new.ask(a.question.turns))
        for a in tqdm(asked, desc="Asking both versions", unit=" questions", delay=2)
    ]


def judged(pairs: Iterable[Pair], changes: Iterable[ArticleDifference], /) -> list[Pair]:
    """The pairs that labels can judge: the label holds, and the new answer quotes no new sentence."""
    since = {s for change in changes for s in (*change.added, *(new for _, new in change.changed))}
    return [
        pair
        for pair in pairs
        if pair.asked.holds and not any(s in citation.quote for citation in pair.new.citations for s in since)
    ]


def outcomes(answers: Iterable[tuple[Asked, Answer]], /) -> list[Outcome]:
    """The answers held against their labels."""
    return [judge(asked.question, answer.as_dict()) for asked, answer in answers]


def broken_quotes(version: IndexVersion, answers: Iterable[Answer], /) -> list[str]:
    """Every quote of a version's answers that is not what its article has at that place."""
    return [
        f"“{citation.quote}” is not {citation.article}[{citation.start}:{citation.end}]"
        for answer in answers
        for citation in answer.citations
        if not _stands(version, citation)
    ]


def broken_links(pairs: Iterable[Pair], new: IndexVersion, /) -> list[dict[str, Any]]:
    """Links to sentences in the old answers that lead to nothing in the new version, each once."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for citation in (citation for pair in pairs if pair.old for citation in pair.old.citations):
        document = new.documents.get(citation.article)
        if document is None or citation.quote not in document.text:
            why = "the article is gone" if document is None else "the article no longer says this"
            found[citation.article, citation.quote] = {
                "article": citation.article,
                "quote": citation.quote,
                "url": citation.url,
                "why": why,
            }
    return list(found.values())


def _quotes(answer: Answer) -> list[tuple[str, str]]:
    return [(citation.article, citation.quote) for citation in answer.citations]


def _stands(version: IndexVersion, citation: Citation) -> bool:
    document = version.documents.get(citation.article)
    return document is not None and document.text[citation.start : citation.end] == citation.quote


def _holds(question: LabelledQuestion, new: IndexVersion, text: str, /, *, says_more: bool) -> bool:
    """A right quote holds while the text has it; "unanswered" holds while the corpus says nothing more than before."""
    if question.article and question.article not in new.documents:
        return False
    if question.expect == Kind.ANSWER:
        return any(squash(gold) in text for gold in question.gold)
    return not (says_more and Kind.UNANSWERED in question.allowed)
