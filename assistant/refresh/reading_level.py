"""How hard an article is to read: the US school grade of Flesch and Kincaid.

Source: J. P. Kincaid et al., "Derivation of new readability formulas for Navy enlisted personnel", 1975. Syllables are
counted by Pyphen's hyphenation patterns, as textstat does.
"""

import re
from collections.abc import Sequence
from functools import cache

import pyphen

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def grade(sentences: Sequence[str], /) -> float:
    """The grade of some sentences, 0 of none.

    >>> round(grade(["The cat sat on the mat."]), 1)
    -1.4
    """
    words = [word for sentence in sentences for word in WORD.findall(sentence)]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


@cache
def _patterns() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US")


def _syllables(word: str) -> int:
    return len(_patterns().positions(word.lower())) + 1
