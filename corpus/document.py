"""What may be quoted: a canonical text, its sections, and where it came from.

Made once by a reader, stored beside the article as it was handed over, and never changed after that: every offset
in the project counts characters (Unicode code points) of `Document.text`.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Source:
    """Where an article came from. `sha256` is of the file as it was handed over; `url` is its public address."""

    title: str
    author: str
    publisher: str
    url: str
    published: date | None
    retrieved: date
    licence: str
    sha256: str
    topics: tuple[str, ...] = ()  # from general to specific, as in a breadcrumb


@dataclass(frozen=True, slots=True)
class Fetched:
    """The response that brought an article: its address, and what a conditional request needs."""

    url: str
    etag: str = ""
    last_modified: str = ""
    charset: str = ""  # of the Content-Type, which decides the reading


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the span of the text that it heads; the heading itself lies outside the span.

    The paragraphs before the first heading are headed by the article's title.
    """

    heading: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Composed:
    """A span of the text that was made of a list or a table: the words are the article's, how they are joined is ours."""

    of: str  # "list" or "table"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SuggestedQuestion:
    """A question that a section answers, written by the article's maintainer to be offered to visitors."""

    section: str  # its heading
    question: str
    topic: str = ""  # a short name for what the section is about; the heading serves where it is empty


@dataclass(frozen=True, slots=True)
class OwnerLabel:
    """A question with the sentences that answer it, as the article's owner says; with none, the article does not say.

    Each answer is a whole sentence as it stood in the article when it was labelled.
    """

    question: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """An article. `id` is its slug; only what lies inside a section can be quoted.

    `questions` are offered to visitors; `labels` teach which sentences answer what, and are shown to nobody.
    """

    id: str
    text: str
    sections: tuple[Section, ...]
    source: Source
    questions: tuple[SuggestedQuestion, ...] = ()
    labels: tuple[OwnerLabel, ...] = ()
    composed: tuple[Composed, ...] = ()  # in the order of the text; none overlaps another

    def made_of(self, start: int, /) -> str:
        """What the words at a place were made of: "list" or "table"; empty where they are the article's as they stand."""
        return next((span.of for span in self.composed if span.start <= start < span.end), "")
