"""Articles on disk. One folder an article: what was handed over, the canonical text, and a record of both.

    <corpus>/<slug>/original.<ending>   byte for byte as handed over
    <corpus>/<slug>/text.txt            the canonical text, made once by a reader
    <corpus>/<slug>/article.json        provenance, sections, hashes
    <corpus>/<slug>/questions.json      questions to offer to visitors, by section; may be absent
    <corpus>/<slug>/labels.json         questions with the sentences that answer them, as the owner says; may be absent
    <corpus>/<slug>/review.json         when somebody last read the article and found that it holds; may be absent
    <corpus>/removed.json               articles that were removed, each with its day: their addresses are gone, not unknown
    <corpus>/lists.json                 sitemaps and feeds that articles were added from, each with the pages that it named

`article.json` is written last: its existence means that the article is complete. Everything here reads; what writes
stands in `corpus.changing`.
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from corpus.document import Composed, Document, Fetched, OwnerLabel, Section, Source, SuggestedQuestion
from corpus.doubts import Doubt
from corpus.errors import CorpusError

FORMAT = 1  # bump when a reader of the old article.json would misread the new one
REMOVED = "removed.json"
LISTS = "lists.json"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """One entry of `questions.json`."""

    section: str
    questions: tuple[str, ...]
    topic: str = ""


QUESTIONS = TypeAdapter(list[QuestionGroup])
LABELS = TypeAdapter(list[OwnerLabel])


@dataclass(frozen=True, slots=True)
class ArticleLayout:
    """Every path of one article."""

    folder: Path

    @property
    def text(self) -> Path:
        """The canonical text."""
        return self.folder / "text.txt"

    @property
    def record(self) -> Path:
        """Provenance, sections, hashes."""
        return self.folder / "article.json"

    @property
    def questions(self) -> Path:
        """Questions to offer, if there are any."""
        return self.folder / "questions.json"

    @property
    def labels(self) -> Path:
        """The owner's labels, if there are any."""
        return self.folder / "labels.json"

    @property
    def review(self) -> Path:
        """When the article was last reviewed, if it ever was."""
        return self.folder / "review.json"

    def original(self, suffix: str) -> Path:
        """The file as it was handed over."""
        return self.folder / f"original{suffix}"


def sha256_of(data: bytes, /) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def article_folders(corpus_dir: Path, /) -> list[Path]:
    """The folders of the corpus in the order of their names.

    Raises:
        CorpusError: there is no such folder.
    """
    if not corpus_dir.is_dir():
        raise CorpusError(f"there is no corpus at {corpus_dir}.", remedy="Set CORPUS_DIR to a folder of articles.")
    for aside in corpus_dir.glob(".outgoing/*"):
        if not (corpus_dir / aside.name).exists():
            raise CorpusError(f"{aside.name} is being changed, or its change was cut off.", remedy=FINISH)
    return sorted(path for path in corpus_dir.iterdir() if path.is_dir() and not path.name.startswith("."))


FINISH = "Try again in a moment; if that fails, `python -m corpus check` finishes or undoes the change."


def article_folder(corpus_dir: Path, slug: str, /) -> Path:
    """The folder of one article.

    Raises:
        CorpusError: there is none.
    """
    folder = corpus_dir / slug
    if folder.parent != corpus_dir or slug.startswith(".") or not folder.is_dir():
        raise CorpusError(f"there is no article {slug!r}.", remedy="`python -m corpus list` shows all articles.")
    return folder


def titles_in(corpus_dir: Path, /) -> dict[str, str]:
    """The ids of the articles there are, each with its title; of one that is damaged, without."""
    titles = {}
    for folder in article_folders(corpus_dir):
        try:
            titles[folder.name] = str(read_record(ArticleLayout(folder))["source"]["title"])
        except CorpusError:
            titles[folder.name] = ""
    return titles


def load_corpus(corpus_dir: Path, /) -> list[Document]:
    """Every article, in the order of their folders' names.

    Raises:
        CorpusError: an article is incomplete or its text is not what its record says, or there is none at all.
    """
    documents = [load_article(folder) for folder in article_folders(corpus_dir)]
    if not documents:
        raise CorpusError(f"{corpus_dir} holds no article.", remedy="Add one: `python -m corpus add FILE`.")
    return documents


def load_article(folder: Path, /) -> Document:
    """One article, its hashes verified.

    Raises:
        CorpusError: something is missing or has drifted; `python -m corpus check` names everything that has.
    """
    layout = ArticleLayout(folder)
    record = read_record(layout)
    original = layout.original(record["original_suffix"])
    for path, expected in ((layout.text, record["text_sha256"]), (original, record["source"]["sha256"])):
        if not path.is_file():
            raise CorpusError(f"{folder.name}: {path.name} is missing.", remedy=ADD_AGAIN)
        if sha256_of(path.read_bytes()) != expected:
            raise CorpusError(f"{folder.name}: {path.name} is not the file that was recorded.", remedy=ADD_AGAIN)
    beside = {"questions": _read_questions(layout), "labels": _read_labels(layout)}
    try:
        return document_from(record | beside, layout.text.read_bytes().decode("utf-8"))
    except (ValueError, TypeError) as error:
        raise CorpusError(f"{folder.name}: article.json has an unusable field ({error}).", remedy=ADD_AGAIN) from None


def _read_questions(layout: ArticleLayout) -> list[dict[str, str]]:
    if not layout.questions.exists():
        return []
    try:
        groups = QUESTIONS.validate_json(layout.questions.read_bytes())
    except ValidationError:
        raise CorpusError(
            f"{layout.folder.name}: questions.json is not a list of sections with their questions.",
            remedy='Write it as [{"section": "…", "questions": ["…"]}], or delete it: an article needs none.',
        ) from None
    return [{"section": g.section, "question": text, "topic": g.topic} for g in groups for text in g.questions]


def _read_labels(layout: ArticleLayout) -> list[dict[str, Any]]:
    if not layout.labels.exists():
        return []
    try:
        return [asdict(label) for label in LABELS.validate_json(layout.labels.read_bytes())]
    except ValidationError:
        raise CorpusError(
            f"{layout.folder.name}: labels.json is not a list of questions with their answers.",
            remedy='Write it as [{"question": "…", "answers": ["…"]}], or delete it: an article needs none.',
        ) from None


ADD_AGAIN = "Restore it from version control, or add the article again: `python -m corpus add FILE --replace`."


def read_record(layout: ArticleLayout, /) -> dict[str, Any]:
    """The parsed `article.json`.

    Raises:
        CorpusError: it is missing, is not JSON, lacks a field, or has another format number.
    """
    name = layout.folder.name
    try:
        record = json.loads(layout.record.read_bytes())
    except FileNotFoundError:
        raise CorpusError(f"{name}: article.json is missing, so its provenance is unknown.", remedy=ADD_AGAIN) from None
    except ValueError as error:
        raise CorpusError(f"{name}: article.json is not JSON ({error}).", remedy=ADD_AGAIN) from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise CorpusError(f"{name}: article.json is not of format {FORMAT}.", remedy=ADD_AGAIN)
    missing = [field for field in ("id", "original_suffix", "text_sha256") if not _is_filled(record.get(field))]
    missing += [] if record.get("sections") else ["sections"]
    source = record["source"] if isinstance(record.get("source"), dict) else {}
    missing += [f"source.{field}" for field in REQUIRED_PROVENANCE if not _is_filled(source.get(field))]
    if missing:
        raise CorpusError(
            f"{name}: article.json lacks {', '.join(missing)}.",
            remedy="Add that to article.json; an article without provenance is never quoted.",
        )
    return record


def fetched_of(folder: Path, /) -> Fetched | None:
    """The response that brought an article, if it was fetched."""
    stated = read_record(ArticleLayout(folder)).get("fetched")
    names = {field.name for field in fields(Fetched)}
    if not isinstance(stated, dict) or stated.keys() != names or not all(isinstance(v, str) for v in stated.values()):
        return None
    return Fetched(**stated)


def accepted_doubts_of(folder: Path, /) -> tuple[Doubt, ...]:
    """The doubts that a maintainer accepted when the article was added."""
    return tuple(Doubt(**stated) for stated in read_record(ArticleLayout(folder)).get("accepted_doubts", ()))


def removed_articles(corpus_dir: Path, /) -> dict[str, date]:
    """The ids of articles that were removed and did not come back, each with its day.

    Raises:
        CorpusError: the list is damaged.
    """
    try:
        stated = json.loads((corpus_dir / REMOVED).read_bytes())
        days = {str(id_): date.fromisoformat(day) for id_, day in stated.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError):
        raise CorpusError(
            f"{REMOVED} is not a list of removed articles.", remedy="Restore it from version control, or delete it."
        ) from None
    return {id_: day for id_, day in days.items() if not (corpus_dir / id_).exists()}


def known_lists(corpus_dir: Path, /) -> dict[str, list[str]]:
    """The sitemaps and feeds that articles were added from, each with the pages that it named then.

    Raises:
        CorpusError: the list of lists is damaged.
    """
    try:
        stated = json.loads((corpus_dir / LISTS).read_bytes())
        return {str(address): [str(page) for page in pages] for address, pages in stated.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError):
        raise CorpusError(
            f"{LISTS} is not a list of sitemaps and feeds.", remedy="Restore it from version control, or delete it."
        ) from None


def _is_filled(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


REQUIRED_PROVENANCE = ("title", "licence", "retrieved", "sha256")


def document_from(record: dict[str, Any], text: str, /) -> Document:
    """The value that a record and its text describe; also how an index version keeps its documents."""
    source = dict(record["source"])
    source["published"] = date.fromisoformat(source["published"]) if source.get("published") else None
    source["retrieved"] = date.fromisoformat(source["retrieved"])
    source["topics"] = tuple(source.get("topics", ()))
    sections = tuple(Section(**section) for section in record["sections"])
    questions = tuple(SuggestedQuestion(**question) for question in record.get("questions", ()))
    labels = tuple(OwnerLabel(label["question"], tuple(label["answers"])) for label in record.get("labels", ()))
    composed = tuple(Composed(**span) for span in record.get("composed", ()))
    return Document(record["id"], text, sections, Source(**source), questions, labels, composed)


def documents_from(records: bytes, texts: bytes, /) -> list[Document]:
    """The articles of an index version: an array of records, and their texts one after the other, of so many `bytes` each.

    Raises:
        ValueError, KeyError, TypeError: they are none.
    """
    found: list[Document] = []
    start = 0
    for record in json.loads(records):
        end = start + record["bytes"]
        found.append(document_from(record, texts[start:end].decode("utf-8")))
        start = end
    return found


def record_of(document: Document, /) -> dict[str, Any]:
    """The inverse of `document_from`, without the text."""
    source = asdict(document.source)
    source["published"] = document.source.published.isoformat() if document.source.published else None
    source["retrieved"] = document.source.retrieved.isoformat()
    source["topics"] = list(document.source.topics)
    return {
        "id": document.id,
        "source": source,
        "sections": [asdict(section) for section in document.sections],
        "questions": [asdict(question) for question in document.questions],
        "composed": [asdict(span) for span in document.composed],
        **({"labels": [asdict(label) for label in document.labels]} if document.labels else {}),
    }
