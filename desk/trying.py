"""A question asked of the version that is not published yet and of the published one, with what speaks for each sentence."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.question import check_turns
from assistant.retrieval.explaining import Explanation, explained
from corpus.document import Document
from corpus.library import article_folder, load_article
from corpus.questions.labelling import with_label
from desk import Desk
from desk.articles import change_questions
from desk.versions import TakenBack, taken_back
from index.passages import split
from index.published.version import list_versions


@dataclass(frozen=True, slots=True)
class Tried:
    """An answer of one version, explained. `taken` says who took back what visitors saw before."""

    version: str
    is_published: bool
    answer: Answer
    why: Explanation
    taken: TakenBack | None = None


class Assistants:
    """The assistants on the published version and on a newer one, kept until either changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: tuple[str, str] = ("", "")
        self._pair: tuple[Assistant | None, Assistant] | None = None

    def of(self, desk: Desk, /) -> list[Assistant]:
        """The published one first, if there is one; then the newest, if it is not that.

        Raises:
            ShownError: there is no version, or the model is missing.
        """
        published = desk.workshop.published_name
        newest = max([published, *list_versions(desk.index_dir)])
        with self._lock:
            if self._pair is None or self._names != (published, newest):
                index = desk.workshop.index
                before = index.open(published) if published and published != newest else None
                self._pair = desk.workshop.assistants(before, index.open(newest or index.newest))
                self._names = (published, newest)
            old, new = self._pair
        return [new] if old is None else [old, new]


def tried(desk: Desk, assistants: Assistants, question: str, /) -> list[Tried]:
    """The answers of both versions, or of the only one.

    Raises:
        ShownError: it cannot be asked, or there is no version.
    """
    turns = check_turns([question])
    published = desk.workshop.published_name
    return [
        Tried(name, name == published, one.ask(turns), explained(one, turns[-1]), taken_back(desk, name))
        for one in assistants.of(desk)
        for name in [one.version.name]
    ]


def sentences(desk: Desk, slug: str, /) -> list[str]:
    """All that can be quoted of an article, in its order, as the index splits it."""
    document = load_article(article_folder(desk.corpus_dir, slug))
    return list(dict.fromkeys(document.text[passage.start : passage.end] for passage in split(document)))


def keep_label(desk: Desk, slug: str, question: str, answers: Sequence[str], /) -> Document:
    """Keep that some sentences of an article answer a question, or, with none, that it does not say.

    Raises:
        CorpusError: the question cannot be labelled.
    """
    return change_questions(desk, slug, lambda document: with_label(document, question, answers=answers))
