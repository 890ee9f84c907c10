"""The labels of an article's owner: which sentences answer a question, or that the article does not say.

They are shown to nobody. From the next build on they count in what is answered, as the labels that come with the program do
for its own article (`assistant.retrieval.owner_labels`).
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from corpus.document import Document, OwnerLabel
from corpus.durable import write_json
from corpus.errors import CorpusError
from corpus.library import ArticleLayout
from corpus.preview import shortened
from corpus.questions import checked, checked_words, same

MOST_LABELS = 500  # of one article; each is encoded whenever a version of it is opened
MOST_NAMED = 5  # sentences that an error names
BAR = "|"


def with_label(document: Document, question: str, /, *, answers: Sequence[str]) -> Document:
    """The article with one more label; a label of the same question gives way to it. `answers` are whole sentences of it.

    Raises:
        CorpusError: the question is empty, too long or hostile text, or there are too many labels.
    """
    label = OwnerLabel(checked_words(question), tuple(dict.fromkeys(answers)))
    kept = tuple(own for own in document.labels if not same(own.question, label.question))
    if len(kept) == MOST_LABELS:
        raise CorpusError(
            f"{document.id} has {MOST_LABELS} labels, which is all that it may have.", remedy="Remove some: --remove L1."
        )
    return checked(replace(document, labels=(*kept, label)))


def without_label(document: Document, number: int, /) -> Document:
    """The article without the label of that number, as listed from 1.

    Raises:
        CorpusError: it has no such label.
    """
    if not 1 <= number <= len(document.labels):
        raise CorpusError(
            f"{document.id} has no label L{number}.",
            remedy=f"`python -m corpus questions {document.id}` lists them with their numbers.",
        )
    return replace(document, labels=(*document.labels[: number - 1], *document.labels[number:]))


def sentence_beginning(sentences: Sequence[str], words: str, /) -> str:
    """The sentence that begins with some words, whatever their case and spaces.

    Raises:
        CorpusError: none begins so, or several that differ do.

    >>> sentence_beginning(["Tea is hot.", "Milk is white."], "milk")
    'Milk is white.'
    """
    wanted = _bare(words)
    found = list(dict.fromkeys(own for own in sentences if wanted and _bare(own).startswith(wanted)))
    if len(found) == 1:
        return found[0]
    remedy = "Give the first words of a sentence as the article has them"
    if found:
        named = "; ".join(shortened(own) for own in found[:MOST_NAMED])
        raise CorpusError(f"several sentences begin with {words!r}.", remedy=f"Give more of its first words: {named}.")
    inside = [shortened(own) for own in sentences if wanted and wanted in _bare(own)][:MOST_NAMED]
    raise CorpusError(
        f"no sentence begins with {words!r}.",
        remedy=f"{remedy}; these hold them: {'; '.join(inside)}." if inside else f"{remedy}, or --unanswered.",
    )


def labels_from_lines(document: Document, text: str, /, *, sentences: Sequence[str]) -> Document:
    """The article with a label for each line `question | first words of the sentence`; nothing after the bar: unanswered.

    Several sentences that answer are parted by further bars. Empty lines and those that begin with # are passed over.

    Raises:
        CorpusError: a line has no bar, or cannot be labelled so.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        question, *answers = line.split(BAR)
        if not answers:
            raise CorpusError(
                f"line {number} is not `question | first words of the sentence`.",
                remedy="Leave nothing after the bar where the article does not say; nothing was written.",
            )
        try:
            found = [sentence_beginning(sentences, words) for words in answers if words.strip()]
            document = with_label(document, question, answers=found)
        except CorpusError as error:
            raise CorpusError(f"line {number}: {error.message}", remedy=error.remedy) from None
    return document


def write_labels(folder: Path, labels: Sequence[OwnerLabel], /) -> None:
    """Replace an article's `labels.json` at once; the right to change the corpus must be held."""
    path = ArticleLayout(folder).labels
    if labels or path.exists():
        write_json(path, [{"question": own.question, "answers": list(own.answers)} for own in labels])


def _bare(text: str) -> str:
    return " ".join(text.split()).casefold()
