"""What triage costs at worst: texts made of the rules' own words, which a backtracking engine would try over and over."""

import time
from statistics import quantiles

from tqdm import tqdm

from assistant.question import read
from tests.stress.measuring import keep
from tests.triage_texts import hard_texts

SEED = 20


def triage(*, texts: int) -> None:
    """Processor time of each text, in milliseconds."""
    milliseconds: list[float] = []
    for text in tqdm(hard_texts(texts, seed=SEED), total=texts, unit="text"):
        begun = time.thread_time()
        read(text).is_distressed  # noqa: B018  what it costs to say
        milliseconds.append(1000 * (time.thread_time() - begun))
    cuts = quantiles(milliseconds, n=10_000)
    figures = {
        "texts": texts,
        "median_ms": round(cuts[4_999], 2),
        "of_100_the_slowest_ms": round(cuts[9_899], 2),
        "of_10_000_the_slowest_ms": round(cuts[9_998], 2),
        "worst_ms": round(max(milliseconds), 2),
    }
    keep("texts that are hard on triage", figures)
