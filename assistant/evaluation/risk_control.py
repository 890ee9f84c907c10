"""How many of the quotes shown do not answer, at most, and how many questions still get one: a bound on unseen topics.

Flows in: held-out rows. Flows out: plain values. Pure counting: no model, no index, no file.

A quote does not answer when it stands first and the outcome is wrong: it holds no gold sentence, or no quote was right.
Only what the assistant shows today is counted; a threshold above today's would show less of it. The threshold of a topic is
chosen on all other topics: no question has a say in whether it is itself shown, and no paraphrase of it has.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.answer import Kind
from assistant.evaluation.calibration import Numbers, risk_coverage
from assistant.evaluation.held_out import Judged

WANTED, ENOUGH = 0.05, 0.6  # at most so many quotes do not answer, while so many answerable questions are answered
TARGETS = (0.03, WANTED, 0.1, 1.0)  # the last allows everything, so it stands for what is shown today
CONFIDENCE = 0.95
HALVINGS = 40  # of an interval of length one: exact to twelve digits


def bounds(rows: Sequence[Judged], /) -> list[dict[str, Any]]:
    """What each of TARGETS gives, the strictest first; nothing for rows of one topic, which leave none to choose on.

    `threshold` is the one chosen on all rows; `answered`, `quotes`, `wrong`, `risk` and its `bound` are counted with those
    that were chosen without the topic. The bound takes questions as independent, which paraphrases of one topic are not.
    """
    topics = {topic: number for number, topic in enumerate(dict.fromkeys((row.article, row.topic) for row in rows))}
    if len(topics) < 2:
        return []
    quoted = [row for row in rows if row.got == Kind.ANSWER]
    confidence, right = np.array([row.confidence for row in quoted]), np.array([row.is_right for row in quoted], dtype=bool)
    numbers = np.array([topics[row.article, row.topic] for row in quoted], dtype=np.int64)
    is_answerable = np.array([row.expect == Kind.ANSWER for row in quoted], dtype=bool)
    answerable = sum(row.expect == Kind.ANSWER for row in rows)
    found = []
    for target in TARGETS:
        shown = _shown(confidence, right, numbers, target=target)
        quotes, wrong = int(shown.sum()), int((shown & ~right).sum())
        answered, bound = int((shown & is_answerable).sum()) / max(1, answerable), upper_bound(wrong, quotes)
        found.append(
            {
                "target": target,
                "threshold": threshold(confidence, right, target=target),
                "answered": answered,
                "quotes": quotes,
                "wrong": wrong,
                "risk": wrong / max(1, quotes),
                "bound": bound,
                "held": bound <= WANTED and answered >= ENOUGH,
            }
        )
    return found


def threshold(confidence: Numbers, right: Numbers | npt.NDArray[np.bool_], /, *, target: float) -> float:
    """The lowest confidence above which quotes are shown so that the share of wrong ones stays within the target.

    It is 0 where all may be shown and 1 where none may. A share r of n is held against the target as (n r + 1) / (n + 1),
    as if the next quote were wrong.
    Source: A. N. Angelopoulos et al., "Conformal Risk Control", ICLR 2024, arXiv:2208.02814. Its theorem is on a loss that
    can only fall as the threshold rises. A share of what is shown can rise, so it is the bound on other topics that counts.

    >>> threshold([0.9, 0.8, 0.7, 0.6], [1, 1, 1, 0], target=0.25)
    0.6
    >>> threshold([0.9, 0.8], [1, 1], target=0.25)
    1.0
    """
    curve = risk_coverage(confidence, np.asarray(right, dtype=np.float64), total=1)["curve"]  # of one: coverages are counts
    return min(
        (
            below
            for (_, count, risk), (below, *_) in pairwise([*curve, [0.0]])
            if (round(count * risk) + 1) / (count + 1) <= target
        ),
        default=1.0,
    )


def upper_bound(wrong: int, total: int, /, *, confidence: float = CONFIDENCE) -> float:
    """The largest share at which so few wrong ones of `total` would not be a surprise: one-sided, exact; 1 of nothing.

    Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the
    binomial", Biometrika 26 (1934).

    >>> round(upper_bound(0, 59), 4)
    0.0495
    """
    if wrong >= total:
        return 1.0
    low, high = wrong / total, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(wrong, total, middle) > 1 - confidence else (low, middle)
    return high


def _shown(
    confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], topics: npt.NDArray[np.int64], *, target: float
) -> npt.NDArray[np.bool_]:
    """Which quotes (n,) are shown, each by the threshold that the quotes on other topics ask for."""
    shown = np.zeros(len(topics), dtype=bool)
    for topic in set(topics.tolist()):
        own = topics == topic
        shown[own] = confidence[own] > threshold(confidence[~own], right[~own], target=target)
    return shown


def _at_most(wrong: int, total: int, share: float) -> float:
    """The probability of so many wrong ones or fewer, binomial; by logarithms, since the factors leave a float's range."""
    ways = (math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1) for k in range(wrong + 1))
    return sum(math.exp(w + k * math.log(share) + (total - k) * math.log1p(-share)) for k, w in enumerate(ways))
