"""How much to quote: the fewest whole sentences that answer, and what they cannot be read without. numpy only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.abstention import softmax
from index.encoder import Vectors

MOST = 3


@dataclass(frozen=True, slots=True)
class Shares:
    """From which share of the probability on a further passage is quoted: of a section quoted already, or of another one."""

    same_section: float
    other_section: float


# Both chosen on held-out questions (`make train`). A whole-topic question ("what causes it?") has many right passages that
# share the probability, so that it draws on several sections, and on none of them twice.
FEW_ANSWERS = Shares(0.25, 0.2)
WHOLE_TOPIC = Shares(same_section=float("inf"), other_section=0.03)


def choose(
    scores: Vectors,
    sections: Sequence[int],
    leans_on: Callable[[int], int | None],
    /,
    *,
    shares: Shares = FEW_ANSWERS,
) -> list[tuple[int, int]]:
    """Spans (first, last) of passages to quote, both ends included, best first.

    Args:
        scores: (n,) of the passages.
        sections: the section of each.
        leans_on: the passage that each cannot be read without, if there is one; it is quoted along.
        shares: how probable a further passage must be.

    >>> choose(np.array([9.0, 1.0, 8.8]), [0, 0, 1], lambda passage: None)
    [(0, 0), (2, 2)]
    """
    share = softmax(np.asarray(scores, dtype=np.float64))
    spans: list[tuple[int, int]] = []
    for row in np.argsort(-np.asarray(scores), kind="stable").tolist():
        if spans and (len(spans) == MOST or share[row] < min(shares.same_section, shares.other_section)):
            break
        used = {sections[last] for _, last in spans}
        enough = shares.same_section if sections[row] in used else shares.other_section
        is_quoted = any(first <= row <= last for first, last in spans)
        if spans and (share[row] < enough or is_quoted):
            continue
        before = leans_on(row)
        is_alone = before is None or any(first <= before <= last for first, last in spans)  # never the same words twice
        spans.append((row if before is None or is_alone else before, row))
    return spans
