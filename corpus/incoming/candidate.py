"""From a file that was handed over to an article that may be added: read, completed, judged; nothing is written here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from corpus.document import Composed, Document, Fetched, Section, Source
from corpus.doubts import Alteration, Doubt
from corpus.errors import CorpusError
from corpus.hostile_text.faults import doubts_of, faults_of
from corpus.incoming.slugs import free_slug
from corpus.incoming.sources import HandedOver
from corpus.library import SLUG, accepted_doubts_of, load_article
from corpus.readers.guarded import read_guarded

ASKED = ("title", "author", "publisher", "published", "licence", "url")  # in the order of asking
NEEDED = ("title", "licence")
TAKEN_AWAY = "-"  # stated in the place of what an article is to have no longer
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Stated:
    """What the maintainer says of an article; it overrides what the file says of itself."""

    id: str = ""
    title: str = ""
    author: str = ""
    publisher: str = ""
    published: str = ""
    licence: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that could be added. `missing` are the fields that neither the file nor the maintainer filled.

    `accepted` are doubts that a maintainer accepted before, of an article that stands already; `doubts` are the others.
    """

    document: Document
    original: Path
    fetched: Fetched | None
    doubts: tuple[Doubt, ...]
    alterations: tuple[Alteration, ...] = ()
    missing: tuple[str, ...] = field(default=())
    accepted: tuple[Doubt, ...] = ()
    has_own_title: bool = True  # the file states one

    def to_json(self) -> dict[str, Any]:
        """For a program: what would be added, and what is to be looked into."""
        source = self.document.source
        return {
            "id": self.document.id,
            "title": source.title,
            "author": source.author,
            "publisher": source.publisher,
            "published": str(source.published or ""),
            "licence": source.licence,
            "url": source.url,
            "sections": [section.heading for section in self.document.sections],
            "characters": len(self.document.text),
            "missing": list(self.missing),
            "doubts": [asdict(doubt) for doubt in self.doubts],
            "alterations": [asdict(alteration) for alteration in self.alterations],
        }


def candidate_of(handed: HandedOver, stated: Stated, /, *, taken: Mapping[str, str] = NOTHING) -> Candidate:
    """Read what was handed over, guarded, and complete it by what the maintainer states.

    Args:
        handed: the file.
        stated: what overrides what it says of itself.
        taken: the ids that other articles have, each with its title.

    Raises:
        CorpusError: it cannot be read, or holds hostile text.
    """
    draft = read_guarded(handed.path, charset=handed.fetched.charset if handed.fetched else "")
    found = {
        "title": draft.title,
        "author": draft.author,
        "publisher": draft.publisher,
        "published": draft.published.isoformat() if draft.published else "",
        "licence": draft.licence,
        "url": handed.fetched.url if handed.fetched else draft.url,
    }
    filled = {name: getattr(stated, name) or found[name] for name in ASKED}
    source = Source(
        title=filled["title"],
        author=filled["author"],
        publisher=filled["publisher"],
        url=filled["url"],
        published=_date(filled["published"]),
        retrieved=date.today(),
        licence=filled["licence"],
        sha256="",  # hashed when it is saved, over the very bytes that are stored
        topics=draft.topics,
    )
    id_ = stated.id or (free_slug(source.title, taken) if source.title else "")
    if source.title and not SLUG.fullmatch(id_):
        raise CorpusError(f"{id_!r} is not a slug.", remedy="Use small letters, digits and hyphens: --id my-article.")
    document = _retitled(Document(id_, draft.text, draft.sections, source, composed=draft.composed), draft.title)
    doubts = (*draft.doubts, *judge(document))
    missing = tuple(name for name in ASKED if not filled[name])
    return Candidate(
        document, handed.path, handed.fetched, doubts, draft.alterations, missing, has_own_title=bool(draft.title)
    )


def restated(standing: Document, stated: Stated, /) -> Document:
    """A stored article with other provenance: what is stated replaces what it has, where it is not empty; "-" takes it away.

    The file is not read again: its text, but for the title at its beginning, stays to the letter.

    Raises:
        CorpusError: the date is none, a title or licence is taken away, or something stated is hostile text.
    """
    said = {name: getattr(stated, name).strip() for name in ASKED if getattr(stated, name).strip()}
    said = {name: "" if text == TAKEN_AWAY else text for name, text in said.items()}
    if lacking := [name for name in NEEDED if said.get(name) == ""]:
        raise CorpusError(f"{standing.id} needs its {lacking[0]}.", remedy=f"State another {lacking[0]}.")
    values = said | ({"published": _date(said["published"])} if "published" in said else {})
    source = replace(standing.source, **values)
    document = _retitled(replace(standing, source=source), standing.source.title)
    judge(document)
    return document


def judge(document: Document, /) -> tuple[Doubt, ...]:
    """The sentences of an article that may not be an article's; one that holds hostile text is refused.

    Raises:
        CorpusError: it does; every fault is named.
    """
    if faults := faults_of(document):
        raise CorpusError(f"{document.id}: {'; '.join(faults)}.", remedy="Take that out of the source, and add it again.")
    return doubts_of(document)


def refreshed(folder: Path, handed: HandedOver, /) -> Candidate:
    """A stored article as its source has it now; what the maintainer once filled in stays where the source is silent.

    Raises:
        CorpusError: the source can no longer be read, or holds hostile text.
    """
    standing = load_article(folder)
    kept = Stated(
        id=standing.id, **{name: str(getattr(standing.source, name) or "") for name in ASKED if name != "published"}
    )
    candidate = candidate_of(handed, kept)
    published = candidate.document.source.published or standing.source.published
    source = replace(
        candidate.document.source, published=published, topics=candidate.document.source.topics or standing.source.topics
    )
    document = replace(candidate.document, source=source, questions=standing.questions, labels=standing.labels)
    known = accepted_doubts_of(folder)
    doubts = tuple(doubt for doubt in candidate.doubts if doubt not in known)
    accepted = tuple(doubt for doubt in candidate.doubts if doubt in known)
    return replace(candidate, document=document, doubts=doubts, missing=(), accepted=accepted)


def says_the_same(one: Document, other: Document, /) -> bool:
    """Whether a visitor would see no difference between two readings of a source."""
    unseen = {"retrieved", "sha256"}
    seen = [name.name for name in fields(Source) if name.name not in unseen]
    same = all(getattr(one.source, name) == getattr(other.source, name) for name in seen)
    return same and (one.text, one.sections) == (other.text, other.sections)


def _retitled(document: Document, stood: str) -> Document:
    """An article whose text begins with its title, in the place of the one that stood there, which may be empty."""
    title = document.source.title
    # A title that was asked for often stands as the first line, which nothing marks as one.
    repeated = f"\n\n{title}\n\n"
    cut = len(repeated) - 2 if not stood and document.text.startswith(repeated) else 0
    moved = len(title) - len(stood) - cut
    sections = tuple(
        Section(
            title if section.heading == stood else section.heading,
            max(section.start + moved, len(title) + 2),
            section.end + moved,
        )
        for section in document.sections
    )
    composed = tuple(Composed(span.of, span.start + moved, span.end + moved) for span in document.composed)
    return replace(document, text=title + document.text[len(stood) + cut :], sections=sections, composed=composed)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CorpusError(f"--published {text!r} is not a date.", remedy="Write it as 2025-10-11.") from None
