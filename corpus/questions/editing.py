"""An article's questions as lines in an editor, and back."""

from dataclasses import replace

from corpus.document import Document
from corpus.errors import CorpusError
from corpus.questions import in_order, section_called, with_added

HELP = """\
# A question a line: section | topic (may be empty) | question
# The beginning of a heading is enough. Sections:
"""


def as_lines(document: Document, /) -> str:
    """Its questions, below a few lines of help."""
    headings = "".join(f"#   {heading}\n" for heading in dict.fromkeys(own.heading for own in document.sections))
    return HELP + headings + "".join(f"{own.section} | {own.topic} | {own.question}\n" for own in in_order(document))


def from_lines(document: Document, text: str, /) -> Document:
    """The article with the questions of the lines, and no others.

    Raises:
        CorpusError: a line is not one, names no section, or holds what may not be shown.
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
