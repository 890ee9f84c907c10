"""Both versions' answers to the same questions: which change, which are lost, which links would break."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from assistant.answer import Answer, Citation, Kind
from assistant.assistant import Assistant
from assistant.evaluation import Outcome, judge
from assistant.refresh.questions import Asked
from corpus.difference import ArticleDifference
from index import IndexVersion


@dataclass(frozen=True, slots=True)
class Pair:
    """One question with the answers of both versions; `old` is `None` without a published one."""

    asked: Asked
    old: Answer | None
    new: Answer

    @property
    def what(self) -> str:
        """How the answer changes: same, lost, gained, other kind, other quotes; unanswered: an offered one stays silent."""
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
    """The pairs that labels can judge: the label holds, and the new answer quotes nothing that was written since."""
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
