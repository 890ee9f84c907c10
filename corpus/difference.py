"""What changed between two states of a corpus: articles and sentences added, changed, removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from sentencex import segment

from corpus.document import Document
from corpus.errors import CorpusError
from corpus.library import documents_from

ALIKE = 0.5  # a removed and an added sentence at least this alike are one that changed


@dataclass(frozen=True, slots=True)
class ArticleDifference:
    """One article: `state` is "added", "changed" or "removed"; sentences in reading order; `changed` as (old, new)."""

    id: str
    state: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()
    fields: tuple[str, ...] = ()  # of its provenance, and what else it has beside its text

    def to_json(self) -> dict[str, Any]:
        """For a program."""
        names = ("id", "state", "added", "removed", "changed", "fields")
        return {name: getattr(self, name) for name in names}


def compare(before: Sequence[Document], after: Sequence[Document], /) -> list[ArticleDifference]:
    """Every article that differs, in the order of ids."""
    old, new = {document.id: document for document in before}, {document.id: document for document in after}
    found = []
    for id_ in sorted({*old, *new}):
        if id_ not in old:
            found.append(ArticleDifference(id_, "added", added=tuple(sentences_of(new[id_]))))
        elif id_ not in new:
            found.append(ArticleDifference(id_, "removed", removed=tuple(sentences_of(old[id_]))))
        elif (difference := compare_articles(old[id_], new[id_])) is not None:
            found.append(difference)
    return found


def compare_articles(old: Document, new: Document, /) -> ArticleDifference | None:
    """How two states of one article differ; `None` if a visitor would see no difference."""
    removed, added, changed = _sentences(sentences_of(old), sentences_of(new))
    names = ("title", "author", "publisher", "published", "licence", "url")
    fields = [name for name in names if getattr(old.source, name) != getattr(new.source, name)]
    fields += ["owner's labels"] if old.labels != new.labels else []
    fields += ["sections"] if [s.heading for s in old.sections] != [s.heading for s in new.sections] else []
    if not (removed or added or changed or fields):
        return None
    return ArticleDifference(new.id, "changed", tuple(added), tuple(removed), tuple(changed), tuple(fields))


def sentences_of(document: Document, /) -> list[str]:
    """All that can be quoted of an article."""
    paragraphs = (
        paragraph for section in document.sections for paragraph in document.text[section.start : section.end].split("\n")
    )
    return [sentence.strip() for paragraph in paragraphs for sentence in segment("en", paragraph) if sentence.strip()]


def published_documents(index_dir: Path, /) -> list[Document]:
    """The articles of the version that visitors see, out of its files; none before the first one.

    The index stands to the right of the corpus and is not imported; its versions keep their documents as
    `corpus.library.documents_from` reads them.

    Raises:
        CorpusError: the version is damaged.
    """
    try:
        name = (index_dir / "CURRENT").read_text(encoding="utf-8").strip()
        files = (index_dir / name / f"documents.{form}" for form in ("json", "txt"))
        return documents_from(*(file.read_bytes() for file in files))
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, KeyError):
        raise CorpusError(
            f"the published version in {index_dir} is damaged.", remedy="Run `python -m index build`."
        ) from None


def _sentences(old: list[str], new: list[str]) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    removed: list[str] = []
    added: list[str] = []
    changed: list[tuple[str, str]] = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        came = new[new_start:new_end]
        for sentence in old[start:end]:
            alike = next((other for other in came if _likeness(sentence, other) >= ALIKE), None)
            if alike is None:
                removed.append(sentence)
            else:
                came.remove(alike)
                changed.append((sentence, alike))
        added += came
    return removed, added, changed


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()
