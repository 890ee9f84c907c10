"""What speaks for each sentence as the answer to a question: for an editor who wants to understand an answer.

Flows in: an assistant and a question. Flows out: how likely each outcome is, the best sentences with their scores and the
words that they share with the question, and the labelled questions that are nearest. Changes no answer.
"""

from dataclasses import dataclass

import numpy as np

from assistant.answer import Kind
from assistant.assistant import Assistant
from index.encoding import Vectors
from index.lexical import COMMON, words_of

MOST_SENTENCES = 6
MOST_LABELS = 4
OF_KIND = {kind.number: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence, and what speaks for it: `share` is the probability that it is the right one, if one is."""

    article: str
    sentence: str
    score: float
    share: float
    words: tuple[str, ...]  # of the question, that it or its heading holds


@dataclass(frozen=True, slots=True)
class NearLabel:
    """A labelled question near the one that was asked. `question` is empty where the label came with the program."""

    cosine: float
    question: str
    says: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`outcomes`: (name, probability), likeliest first; none, and no sentence, where a rule decides."""

    outcomes: tuple[tuple[str, float], ...] = ()
    sentences: tuple[Spoken, ...] = ()
    labels: tuple[NearLabel, ...] = ()


def explained(assistant: Assistant, question: str, /) -> Explanation:
    """What the answer to a question by itself hangs on.

    Raises:
        QuestionError: it cannot be asked.
    """
    found = assistant.found([question])
    if found is None:
        return Explanation()
    version = assistant.version
    asked = list(dict.fromkeys(word for word in words_of(question) if word not in COMMON))
    places = np.argsort(-found.scores, kind="stable")[:MOST_SENTENCES].tolist()
    rows = [found.rows[place] for place in places]
    held = version.passages.words(np.array(rows, dtype=np.int64)).holds(asked) > 0 if rows and asked else None
    sentences = tuple(
        Spoken(
            version.passages[row].document_id,
            version.passages.text(row),
            float(found.scores[place]),
            float(found.shares[place]),
            () if held is None else tuple(word for word, holds in zip(asked, held[:, number], strict=True) if holds),
        )
        for number, (place, row) in enumerate(zip(places, rows, strict=True))
    )
    outcomes = sorted(((str(name), float(p)) for name, p in found.outcomes.items()), key=lambda pair: -pair[1])
    near = sorted(
        (*_of_owners(assistant, found.question.pooled), *_shipped(assistant, found.question.pooled)), key=_distance
    )
    each = {(label.question, label.says): label for label in reversed(near)}  # of those that say the same the nearest
    return Explanation(tuple(outcomes), sentences, tuple(sorted(each.values(), key=_distance)[:MOST_LABELS]))


def _distance(label: NearLabel) -> float:
    return -label.cosine


def _of_owners(assistant: Assistant, vector: Vectors) -> list[NearLabel]:
    owned = assistant.retriever.owned
    if owned is None:
        return []
    cosines = (owned.pooled @ vector).tolist()
    return [
        NearLabel(cosine, own.question, " / ".join(own.sentences) or f"{own.article} does not say it")
        for cosine, own in zip(cosines, owned.placed, strict=True)
    ]


def _shipped(assistant: Assistant, vector: Vectors) -> list[NearLabel]:
    labelled = assistant.retriever.labelled
    if labelled is None:
        return []
    numbers, cosines = labelled.questions.nearest(vector, count=MOST_LABELS)
    found = []
    for number, cosine in zip(numbers.tolist(), cosines.tolist(), strict=True):
        gold = np.flatnonzero(labelled.questions.gold[number]).tolist()
        kind = OF_KIND[int(labelled.questions.kinds[number])]
        says = " / ".join(labelled.questions.sentences[place] for place in gold) or f"{kind}"
        found.append(NearLabel(cosine, "", says))
    return found
