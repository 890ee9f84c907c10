"""How much to quote: the fewest whole sentences that answer, and what they cannot be read without. numpy only."""

from collections.abc import Sequence

import numpy as np

from assistant.abstention import softmax
from index.encoder import Vectors

MOST = 3
# A further passage is quoted from this share of the probability on: the smaller one when it stands in another section, so
# that a whole-topic question ("what causes it?") draws on several. Chosen on held-out questions (`make train`).
SHARE_SAME_SECTION = 0.22
SHARE_OTHER_SECTION = 0.12


def choose(scores: Vectors, sections: Sequence[int], leans_on: Sequence[int | None], /) -> list[tuple[int, int]]:
    """Spans (first, last) of passages to quote, both ends included, best first.

    Args:
        scores: (n,) of the passages.
        sections: the section of each.
        leans_on: the passage that each cannot be read without, if there is one; it is quoted along.

    >>> choose(np.array([9.0, 1.0, 8.8]), [0, 0, 1], [None, None, None])
    [(0, 0), (2, 2)]
    """
    share = softmax(np.asarray(scores, dtype=np.float64))
    spans: list[tuple[int, int]] = []
    for row in np.argsort(-share, kind="stable")[: MOST + 2].tolist():
        used = {sections[last] for _, last in spans}
        enough = SHARE_SAME_SECTION if sections[row] in used else SHARE_OTHER_SECTION
        is_quoted = any(first <= row <= last for first, last in spans)
        if spans and (len(spans) == MOST or share[row] < enough or is_quoted):
            continue
        before = leans_on[row]
        spans.append((row if before is None else before, row))
    return spans
