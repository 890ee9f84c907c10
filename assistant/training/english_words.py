"""`python -m assistant.training.english_words`: English words, and how common the common ones are, as arrays.

Flows in: the list that comes with symspellpy (W. Garbe, "SymSpell", MIT). Flows out: what `assistant.spelling` reads.
"""

from importlib.resources import files
from pathlib import Path

import numpy as np

from assistant.spelling import COMMON, ENGLISH, SHORTEST, WORD, English
from assistant.vocabulary import Vocabulary

LIST = "frequency_dictionary_en_82_765.txt"
LEARNED = Path(__file__).parents[1] / "learned"


def english_words() -> English:
    """The words that can be asked for; of those that are often used, contractions as well."""
    lines = (files("symspellpy") / LIST).read_text(encoding="utf-8-sig").splitlines()
    counts = {word: int(count) for word, count in map(str.split, lines) if len(word) >= SHORTEST}
    known = np.array(sorted(word for word in counts if WORD.fullmatch(word)), dtype=np.bytes_)
    return English(known, Vocabulary.of({word: count for word, count in counts.items() if count >= COMMON}))


def save(english: English, path: Path, /) -> None:
    """Write them, not packed: they are read at every start."""
    np.savez(path, known=english.known, common=english.common.words, counts=english.common.counts)


if __name__ == "__main__":
    save(english_words(), LEARNED / ENGLISH)
