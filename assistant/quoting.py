"""How much to quote: the fewest whole sentences that answer, and what they cannot be read without. numpy only."""

from collections.abc import Sequence

import numpy as np

from assistant.abstention import softmax
from index.encoder import Vectors

MOST = 3
# A further passage is quoted from this share of the probability on: the smaller one when it stands in another section, so
# that a whole-topic question ("what causes it?") draws on several. Chosen on held-out questions (`make train`).
SHARE_SAME_SECTION = 0.25
SHARE_OTHER_SECTION = 0.2


def choose(
    scores: Vectors,
    sections: Sequence[int],
    leans_on: Sequence[int | None],
    /,
    *,
    share_same_section: float = SHARE_SAME_SECTION,
    share_other_section: float = SHARE_OTHER_SECTION,
) -> list[tuple[int, int]]:
    """Spans (first, last) of passages to quote, both ends included, best first.

    Args:
        scores: (n,) of the passages.
        sections: the section of each.
        leans_on: the passage that each cannot be read without, if there is one; it is quoted along.
        share_same_section: from which share on a further passage of a section quoted already is quoted too.
        share_other_section: the same for one of another section.

    >>> choose(np.array([9.0, 1.0, 8.8]), [0, 0, 1], [None, None, None])
    [(0, 0), (2, 2)]
    """
    share = softmax(np.asarray(scores, dtype=np.float64))
    spans: list[tuple[int, int]] = []
    for row in np.argsort(-np.asarray(scores), kind="stable")[: MOST + 2].tolist():
        used = {sections[last] for _, last in spans}
        enough = share_same_section if sections[row] in used else share_other_section
        is_quoted = any(first <= row <= last for first, last in spans)
        if spans and (len(spans) == MOST or share[row] < enough or is_quoted):
            continue
        before = leans_on[row]
        is_alone = before is None or any(first <= before <= last for first, last in spans)  # never the same words twice
        spans.append((row if before is None or is_alone else before, row))
    return spans
