"""From turns to the text that the encoder reads: in serving and in training alike."""

from collections.abc import Iterable, Sequence

from assistant.field_terms import meanings, with_field_terms
from assistant.question import MOST_READ
from assistant.spelling import Spelling


class QuestionReader:
    """Reads questions asked of some texts. Safe to call from several threads."""

    def __init__(self, texts: Iterable[str], /) -> None:
        self._spelling = Spelling([*texts, *meanings(), *meanings().values()])

    def read(self, turns: Sequence[str], /) -> str:
        """The question, then the turn before it, which tells what "it" and "those" stand for.

        Both are spelled right, and have the field's names beside the visitor's.

        >>> QuestionReader(["iron"]).read(["Does irn matter?", "And haemodialysis?"])
        'And haemodialysis (dialysis)? [SEP] Does iron matter?'
        """
        return " [SEP] ".join(with_field_terms(self._spelling.correct(turn)) for turn in reversed(turns[-MOST_READ:]))
