"""What is found for a question: passages with scores, and the probability of each outcome."""

from dataclasses import dataclass, replace
from enum import Enum

from assistant.answer import Kind
from assistant.retrieval.outcomes import Danger
from index import Encoding
from index.encoding import Vectors

# What has no labels is quoted, beside what has, from this probability on. Beside six unlabelled articles on restless legs
# 0.45 has 0.836 of 250 questions right, this 0.816, 0.75 has 0.792; beside twelve on other subjects 0.882, 0.886, 0.889.
NEW_FROM = 0.6


class Miss(Enum):
    """Why nothing answers: it is not said, all that answers was excluded, or what does *not* do something was asked for."""

    NOT_SAID = "not said"
    ALL_EXCLUDED = "all excluded"
    NEGATED = "negated"


@dataclass(frozen=True, slots=True)
class Found:
    """The competing passages and the judgement of a question.

    `rows` are the competing passages in reading order, with their `scores`; `shares` are the probabilities that each is the
    right one, if one is; `outcomes` has the probability of each outcome. `parts` are the places of the passages that
    together answer a question for the whole topic; none for any other question. `question` is the encoding in context;
    `danger` is how grave the last turn is by itself; `miss` is why nothing answers, if nothing does. `is_multilingual`: the
    multilingual encoder read it.
    """

    rows: tuple[int, ...]
    scores: Vectors
    shares: Vectors
    outcomes: dict[str, float]
    question: Encoding
    danger: Danger
    parts: tuple[int, ...] = ()
    miss: Miss = Miss.NOT_SAID
    is_multilingual: bool = False

    def unanswered(self, miss: Miss, /) -> "Found":
        """The same, judged not to be answered, unless it is urgent."""
        urgent = self.outcomes[Kind.URGENT]
        outcomes = dict.fromkeys(self.outcomes, 0.0) | {Kind.URGENT: urgent, Kind.UNANSWERED: 1 - urgent}
        return replace(self, outcomes=outcomes, parts=(), miss=miss)


def speaks_clearly(found: Found, labelled: Found, /) -> bool:
    """Whether the best passage is none of the labelled ones, is likely enough right, and likelier than what those say."""
    new = found.outcomes[Kind.ANSWER]
    others = (labelled.outcomes[kind] for kind in (Kind.ANSWER, Kind.URGENT, Kind.CHAT))
    return found.rows[int(found.scores.argmax())] not in labelled.rows and new >= max(NEW_FROM, *others)
