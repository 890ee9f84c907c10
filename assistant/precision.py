"""Whether the same model in fewer bits may serve: on no figure of labelled questions may it be worse.

Flows in: a version, its encoder in both precisions, labelled questions. Flows out: one sentence for each figure that fell.
"""

from collections.abc import Sequence

from assistant.assistant import Assistant
from assistant.evaluation import LabelledQuestion, figures
from assistant.refresh.answers import ask_both, outcomes
from assistant.refresh.gate import compared
from assistant.refresh.questions import labelled
from index import Encoder, IndexVersion

FEWEST_ANSWERABLE = 100  # labelled questions that the corpus answers; of fewer nothing can be concluded


def fallen(version: IndexVersion, questions: Sequence[LabelledQuestion], full: Encoder, reduced: Encoder, /) -> list[str]:
    """What is worse with the reduced encoder; a corpus that too few of the questions are about cannot be judged."""
    asked = [asked for asked in labelled(questions, None, version, (), most=len(questions)) if asked.holds]
    answerable = sum(one.question.expect == "answer" for one in asked)
    if answerable < FEWEST_ANSWERABLE:
        return [f"only {answerable} labelled questions are answered by this corpus, and {FEWEST_ANSWERABLE} are needed."]
    pairs = ask_both(Assistant(version, full), Assistant(version, reduced), asked)
    text = "\n\n".join(document.text for document in version.documents.values())
    before = figures(outcomes((pair.asked, pair.old) for pair in pairs if pair.old), article=text)
    rows = compared(before, figures(outcomes((pair.asked, pair.new) for pair in pairs), article=text), most_fallen=0)
    return [f"{row['figure']}: {row['new']:.4f}, in fp32 {row['old']:.4f}." for row in rows if not row["held"]]
