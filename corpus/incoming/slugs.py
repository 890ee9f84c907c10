"""From a title to the short name that an article has in addresses: Latin letters, digits and hyphens, and its own."""

import re
from collections.abc import Mapping
from itertools import count

from anyascii import anyascii

LONGEST = 80  # characters; a longer one ends with a whole word
APOSTROPHES = str.maketrans("", "", "'’ʼ`")
WORD = re.compile(r"[a-z0-9]+")
COLON = re.compile(r"[:：]")
NAMELESS = "article"  # of a title without a letter or a digit in any script


def slug_of(title: str, /) -> str:
    """A title in the letters of addresses, whatever script it is written in.

    >>> slug_of("Äpfel"), slug_of("Беспокойные ноги"), slug_of("The doctor's advice")
    ('apfel', 'bespokoynye-nogi', 'the-doctors-advice')
    """
    slug = "-".join(WORD.findall(anyascii(title.translate(APOSTROPHES)).translate(APOSTROPHES).lower()))
    return slug if len(slug) <= LONGEST else slug[: LONGEST + 1].rpartition("-")[0] or slug[:LONGEST]


def free_slug(title: str, taken: Mapping[str, str], /) -> str:
    """The slug of a new article: its title up to the first colon; all of it, or with a number, if another one has that.

    Args:
        title: the article's.
        taken: the ids of the articles there are, each with its title; one of the very same title is the same article.

    >>> free_slug("Iron: treatment", {"iron": "Iron: causes"})
    'iron-treatment'
    """
    short, whole = slug_of(COLON.split(title, maxsplit=1)[0]), slug_of(title) or NAMELESS
    candidates = (name for name in (short, whole) if name)
    numbered = (f"{whole}-{number}" for number in count(2))
    return next(name for names in (candidates, numbered) for name in names if taken.get(name, title) == title)
