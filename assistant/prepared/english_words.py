"""English words, and how common the common ones are, as arrays.

Flows in: the list that comes with symspellpy (W. Garbe, "SymSpell", MIT). Flows out: what `assistant.spelling` reads.
"""

from importlib.resources import files

import numpy as np

from assistant.prepared import Arrays
from assistant.spelling import COMMON, SHORTEST, WORD

LIST = "frequency_dictionary_en_82_765.txt"


def english_words() -> Arrays:
    """The words that can be asked for; of those that are often used, contractions as well."""
    lines = (files("symspellpy") / LIST).read_text(encoding="utf-8-sig").splitlines()
    counts = {word: int(count) for word, count in map(str.split, lines) if len(word) >= SHORTEST}
    common = sorted(word for word, count in counts.items() if count >= COMMON)
    return {
        "known": np.array(sorted(word for word in counts if WORD.fullmatch(word)), dtype=np.bytes_),
        "common": np.array(common, dtype=np.bytes_),
        "counts": np.array([counts[word] for word in common], dtype=np.int64),
    }
