"""Misspellings for training, so that the encoder reads questions as they are typed."""

import random


def misspell(text: str, rng: random.Random, /) -> str:
    """Change one or two words as hasty typing does: swap, drop or double a letter; or drop all capitals and the stop.

    "Which drugs worsen it?" may become "Which durgs worsen it?".
    """
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    for place in rng.sample(long, min(len(long), rng.choice((1, 1, 2)))):
        words[place] = _mistyped(words[place], rng)
    out = " ".join(words)
    return out.lower().rstrip("?.!") if rng.random() < 0.3 and "[SEP]" not in out else out


def _mistyped(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return rng.choice((before + after[0] + letter + after[1:], before + after, before + letter + letter + after))
