"""The questions that an article offers to visitors: changed one at a time, checked, written whole or not at all.

proposing   questions that an article's headings suggest
labelling   the owner's labels: which sentences answer a question, or that the article does not say
change      what a command changes, shown before it is written
__main__    `python -m corpus questions`
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corpus.document import Document, SuggestedQuestion
from corpus.durable import write_json
from corpus.errors import CorpusError
from corpus.hostile_text.faults import doubts_of, faults_of
from corpus.library import ArticleLayout

LONGEST = 500  # characters; a visitor may ask no longer one
HELP = """\
# A question a line: section | topic (may be empty) | question
# The beginning of a heading is enough. Sections:
"""


def section_called(document: Document, wanted: str, /) -> str:
    """The heading that begins with the given words, in any case; the only heading if no words are given.

    Raises:
        CorpusError: no heading begins so, or several do.
    """
    headings = list(dict.fromkeys(section.heading for section in document.sections))
    found = [heading for heading in headings if heading.casefold().startswith(wanted.strip().casefold())]
    exact = [heading for heading in found if heading.casefold() == wanted.strip().casefold()]
    if len(exact or found) != 1:
        raise CorpusError(
            f"{document.id}: {'no' if not found else 'more than one'} section begins with {wanted.strip()!r}.",
            remedy=f"Name it by --section: {'; '.join(headings)}.",
        )
    return (exact or found)[0]


def with_added(document: Document, question: str, /, *, section: str, topic: str = "") -> Document:
    """The article with one more question, last of its section's.

    Raises:
        CorpusError: it is empty, too long, offered already, or hostile text.
    """
    question, topic = checked_words(question), " ".join(topic.split())
    if any(same(own.question, question) for own in document.questions):
        raise CorpusError(f"{document.id} offers {question!r} already.", remedy="Leave it out, or change it.")
    topics = [own.topic for own in document.questions if own.section == section]
    added = SuggestedQuestion(section, question, topic or next(iter(topics), ""))
    return checked(replace(document, questions=(*document.questions, added)))


def checked_words(question: str, /) -> str:
    """A question's words with single spaces between them.

    Raises:
        CorpusError: it is empty or too long.
    """
    question = " ".join(question.split())
    if not question:
        raise CorpusError("a question to add is empty.", remedy='Write it: --add "What is it?".')
    if len(question) > LONGEST:
        raise CorpusError(f"a question to add has {len(question)} characters.", remedy=f"Use {LONGEST} or fewer.")
    return question


def with_removed(document: Document, which: str, /) -> Document:
    """The article without the question of that number, as listed from 1, or with those words.

    Raises:
        CorpusError: it has no such question.
    """
    listed = in_order(document)
    kept = [
        own for n, own in enumerate(listed, 1) if not same(own.question, which) and str(n) != which.strip().removeprefix("#")
    ]
    if len(kept) == len(listed):
        raise CorpusError(
            f"{document.id} offers no question {which!r}.",
            remedy=f"`python -m corpus questions {document.id}` lists them with their numbers.",
        )
    return replace(document, questions=tuple(kept))


def checked(document: Document, /) -> Document:
    """The same article.

    Raises:
        CorpusError: a question of it names no section of it, or may not be shown; as `corpus check` finds.
    """
    headings = {section.heading for section in document.sections}
    if unknown := next((own for own in document.questions if own.section not in headings), None):
        raise CorpusError(
            f"{document.id} has no section {unknown.section!r}.", remedy=f"Its sections: {'; '.join(sorted(headings))}."
        )
    own = ("its question", "its labelled question")  # nobody needs to accept a doubt about words that can be chosen
    faults = (*faults_of(document), *(str(doubt) for doubt in doubts_of(document) if doubt.place))
    if fault := next((fault for fault in faults if fault.startswith(own)), None):
        raise CorpusError(f"{document.id}: {fault}.", remedy="Reword the question.")
    return document


def in_order(document: Document, /) -> tuple[SuggestedQuestion, ...]:
    """Its questions in the order of its sections."""
    order = {section.heading: place for place, section in reversed(list(enumerate(document.sections)))}
    return tuple(sorted(document.questions, key=lambda own: order.get(own.section, len(order))))


def write_questions(folder: Path, questions: Sequence[SuggestedQuestion], /) -> None:
    """Replace an article's `questions.json` at once; the right to change the corpus must be held."""
    groups: dict[tuple[str, str], list[str]] = {}
    for own in questions:
        groups.setdefault((own.section, own.topic), []).append(own.question)
    content = [
        {"section": section} | ({"topic": topic} if topic else {}) | {"questions": texts}
        for (section, topic), texts in groups.items()
    ]
    write_json(ArticleLayout(folder).questions, content)


def as_lines(document: Document, /) -> str:
    """Its questions, below a few lines of help."""
    headings = "".join(f"#   {heading}\n" for heading in dict.fromkeys(own.heading for own in document.sections))
    return HELP + headings + "".join(f"{own.section} | {own.topic} | {own.question}\n" for own in in_order(document))


def from_lines(document: Document, text: str, /) -> Document:
    """The article with the questions of the lines, and no others.

    Raises:
        CorpusError: a line has another form, names no section, or holds hostile text.
    """
    edited = replace(document, questions=())
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.rsplit("|", maxsplit=2)  # a heading may hold a bar; a question hardly does
        if len(parts) != 3:
            raise CorpusError(
                f"line {number} is not `section | topic | question`.", remedy="Edit again; nothing was written."
            )
        section, topic, question = parts
        edited = with_added(edited, question, section=section_called(document, section), topic=topic)
    return edited


def same(one: str, other: str, /) -> bool:
    """Whether two questions differ in nothing but case, white space and the mark at the end."""
    return _bare(one) == _bare(other)


def _bare(question: str) -> str:
    return " ".join(question.split()).casefold().strip(" ?.!")
