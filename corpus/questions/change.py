"""What a command changes of an article's questions and labels: shown before it is written."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from corpus.document import Document, OwnerLabel, SuggestedQuestion
from corpus.preview import shortened
from corpus.questions import in_order, write_questions
from corpus.questions.labelling import write_labels

NOT_SAID = "the article does not say"


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed at once: questions on offer that come and go, and labels."""

    added: tuple[SuggestedQuestion, ...] = ()
    removed: tuple[SuggestedQuestion, ...] = ()
    labelled: tuple[OwnerLabel, ...] = ()
    unlabelled: tuple[OwnerLabel, ...] = ()

    @classmethod
    def between(cls, before: Document, after: Document, /) -> Self:
        """What makes one state of an article the other."""
        return cls(
            added=tuple(own for own in in_order(after) if own not in before.questions),
            removed=tuple(own for own in in_order(before) if own not in after.questions),
            labelled=tuple(own for own in after.labels if own not in before.labels),
            unlabelled=tuple(own for own in before.labels if own not in after.labels),
        )

    def lines(self) -> list[str]:
        """For a person: what goes, then what comes."""
        lines = [*(f"- {own.question}" for own in self.removed), *(f"+ {own.question}" for own in self.added)]
        lines += [f"- {label_as_line(own)}" for own in self.unlabelled]
        return [*lines, *(f"+ {label_as_line(own)}" for own in self.labelled)]

    def plain(self) -> dict[str, Any]:
        """For a program."""
        return {
            "added": [as_row(own) for own in self.added],
            "removed": [as_row(own) for own in self.removed],
            "labelled": [asdict(own) for own in self.labelled],
            "unlabelled": [asdict(own) for own in self.unlabelled],
        }

    def write(self, after: Document, folder: Path, /) -> None:
        """Write the files that it changes."""
        if self.added or self.removed:
            write_questions(folder, in_order(after))
        if self.labelled or self.unlabelled:
            write_labels(folder, after.labels)


def as_row(own: SuggestedQuestion, /) -> dict[str, Any]:
    """A question on offer for a program."""
    return {"section": own.section, "topic": own.topic, "question": own.question}


def label_as_line(label: OwnerLabel, /) -> str:
    """A label on one line."""
    return f"{label.question}  → {' / '.join(map(shortened, label.answers)) or NOT_SAID}"
