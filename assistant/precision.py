"""Whether the same model in fewer bits may serve: on no figure of labelled questions may it be worse.

Flows in: a version, its encoder in both precisions, labelled questions. Flows out: one sentence for each figure that fell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.evaluation import LabelledQuestion, Rate, figures
from assistant.refresh.answers import ask_both, outcomes
from assistant.refresh.gate import compared
from assistant.refresh.questions import labelled
from index import Encoder, IndexVersion

FEWEST_ANSWERABLE = 100  # labelled questions that the corpus answers; of fewer nothing can be concluded


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every figure in both precisions, as `refresh.gate.compared` tells them, and the questions that got the same answer."""

    rows: list[dict[str, Any]]
    same: Rate  # kind and first quote

    @property
    def fallen(self) -> list[str]:
        """What is worse with the reduced encoder."""
        return [f"{row['figure']}: {row['new']:.4f}, in fp32 {row['old']:.4f}." for row in self.rows if not row["held"]]


def compare(
    version: IndexVersion, questions: Sequence[LabelledQuestion], full: Encoder, reduced: Encoder, /
) -> Comparison | None:
    """Ask everything that the corpus can be asked in both precisions; `None` if that is too little to judge by."""
    asked = [asked for asked in labelled(questions, None, version, (), most=len(questions)) if asked.holds]
    if sum(one.question.expect == "answer" for one in asked) < FEWEST_ANSWERABLE:
        return None
    pairs = ask_both(Assistant(version, full), Assistant(version, reduced), asked)
    text = "\n\n".join(document.text for document in version.documents.values())
    before = figures(outcomes((pair.asked, pair.old) for pair in pairs if pair.old), article=text)
    rows = compared(before, figures(outcomes((pair.asked, pair.new) for pair in pairs), article=text), most_fallen=0)
    same = sum(pair.old is not None and _first(pair.old) == _first(pair.new) for pair in pairs)
    return Comparison(rows, Rate(same, len(pairs)))


def fallen(version: IndexVersion, questions: Sequence[LabelledQuestion], full: Encoder, reduced: Encoder, /) -> list[str]:
    """What is worse with the reduced encoder, one sentence each; none if it may serve."""
    found = compare(version, questions, full, reduced)
    if found is None:
        return [f"fewer than {FEWEST_ANSWERABLE} labelled questions are answered by this corpus, so it cannot be judged."]
    return found.fallen


def _first(answer: Answer) -> tuple[Any, ...]:
    return (answer.kind, *((citation.start, citation.end) for citation in answer.citations[:1]))
