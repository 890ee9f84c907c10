"""What a new version says that the old one did not, sentence by sentence."""

from collections import Counter
from dataclasses import dataclass, fields
from difflib import SequenceMatcher, get_close_matches

from corpus import Document, Source
from index import IndexVersion

LIKENESS_OF_AN_EDIT = 0.6  # from this ratio on, a sentence that went and one that came are one that was edited
Piece = tuple[str, str]  # how it changed (equal, delete, insert), and its words


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """One article that is not as it was. `edited` pairs old sentences with new ones; `about` names changed provenance."""

    id: str
    title: str
    kind: str  # added, removed, changed
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    edited: tuple[tuple[str, str], ...] = ()
    about: tuple[str, ...] = ()


def sentences(version: IndexVersion | None, id_: str, /) -> list[str]:
    """The sentences of an article, in reading order; none if it is not there."""
    document = version.documents.get(id_) if version else None
    if version is None or document is None:
        return []
    return [document.text[p.start : p.end] for p in version.passages if p.document_id == id_]


def article_changes(old: IndexVersion | None, new: IndexVersion, /) -> list[ArticleChange]:
    """Every article that is added, removed or changed, by id; without an old version all are added."""
    before = old.documents if old else {}
    found = []
    for id_ in sorted({*before, *new.documents}):
        if before.get(id_) == new.documents.get(id_):
            continue
        kind = "added" if id_ not in before else "removed" if id_ not in new.documents else "changed"
        document = new.documents.get(id_) or before[id_]
        gone, come = _difference(sentences(old, id_), sentences(new, id_))
        edited = _pairs(gone, come) if kind == "changed" else []
        found.append(
            ArticleChange(
                id_,
                document.source.title,
                kind,
                added=tuple(s for s in come if s not in {new for _, new in edited}),
                removed=tuple(s for s in gone if s not in {old for old, _ in edited}),
                edited=tuple(edited),
                about=_about(before[id_], new.documents[id_]) if kind == "changed" else (),
            )
        )
    return found


def word_changes(old: str, new: str, /) -> list[Piece]:
    """The words of both sentences, those that went and those that came marked.

    >>> word_changes("Tea is hot.", "Tea is cold.")
    [('equal', 'Tea is'), ('delete', 'hot.'), ('insert', 'cold.')]
    """
    before, after = old.split(), new.split()
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("equal", " ".join(before[a:b])))
            continue
        pieces += [("delete", " ".join(before[a:b]))] if a < b else []
        pieces += [("insert", " ".join(after[c:d]))] if c < d else []
    return pieces


def _difference(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """What went and what came, each as often as it did."""
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    return list(gone.elements()), list(come.elements())


def _pairs(gone: list[str], come: list[str]) -> list[tuple[str, str]]:
    left, pairs = list(come), []
    for old in gone:
        if match := get_close_matches(old, left, n=1, cutoff=LIKENESS_OF_AN_EDIT):
            pairs.append((old, match[0]))
            left.remove(match[0])
    return pairs


def _about(old: Document, new: Document) -> tuple[str, ...]:
    changed = [f.name for f in fields(Source) if getattr(old.source, f.name) != getattr(new.source, f.name)]
    changed += ["headings"] if [s.heading for s in old.sections] != [s.heading for s in new.sections] else []
    return (*changed, *(["questions"] if old.questions != new.questions else []))
