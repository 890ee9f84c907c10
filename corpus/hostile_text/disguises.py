"""A text without its disguises: what a reader, a browser or a machine would take it for.

Used to find hostile text, and never shown, stored or quoted. Each reading knows where its letters came from.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from corpus.linear_patterns import LinearPattern

ENTITY = LinearPattern(r"(?i)&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});?")
# At least four letters of a word, each apart from the next; the shorter ones are initials and units.
SPACED_OUT = LinearPattern(r"(?:^|[^\pL\pN])(\pL(?:[ .,*_|/~-]\pL){3,})(?:[^\pL\pN]|$)")
# Small letters that look like Latin ones, after Unicode's confusables (UTS #39). Capitals become small ones first.
LOOK_ALIKES = str.maketrans("авекмнорстухіјѕһԁԛԝӏԍαβεικνορτυχɑɡɩı", "abekmhopctyxijshdqwlgabeiknoptuxagii")
FILLERS = frozenset("\u034f\u115f\u1160\u3164\uffa0")  # letters and marks that show nothing
BRAILLE_BLANK = "\u2800"
SPLITTING = "\u200b\u2060\ufeff"  # zero-width space, word joiner, byte order mark


@dataclass(frozen=True, slots=True)
class Reading:
    """`places[i]` is the place in the original of `text[i]`."""

    text: str
    places: Sequence[int]


def undisguised(text: str, /) -> Reading:
    r"""Entities decoded once, wide and look-alike letters as plain ones, in small letters, without what is invisible.

    >>> undisguised("I\u200bgn&#111;rе ＴＨＩＳ").text
    'ignore this'
    """
    if text.isascii() and "&" not in text:
        return Reading(text.lower(), range(len(text)))
    letters: list[str] = []
    places: list[int] = []

    def take(piece: str, start: int, *, step: int) -> None:
        for offset, letter in enumerate(piece):
            plain = _PLAIN[letter]
            letters.append(plain)
            places.extend([start + step * offset] * len(plain))

    end = 0
    for entity in ENTITY.finditer(text) if "&" in text else ():
        take(text[end : entity.start()], end, step=1)
        take(unescape(entity[0]).strip("\t\n"), entity.start(), step=0)  # browsers pass over both in an address
        end = entity.end()
    take(text[end:], end, step=1)
    return Reading("".join(letters), places)


def closed_up(reading: Reading, /) -> tuple[Reading, list[Reading]]:
    """Words whose letters stand apart, put together: the whole text, and each of those words by itself.

    >>> closed_up(undisguised("I g n o r e  t.h.i.s, e.g. U.S."))[0].text
    'ignore  this, e.g. u.s.'
    """
    pieces: list[str] = []
    places: list[int] = []
    words: list[Reading] = []
    end = 0
    for match in SPACED_OUT.finditer(reading.text):
        start, stop = match.span(1)
        word = Reading(reading.text[start:stop:2], reading.places[start:stop:2])
        words.append(word)
        pieces += [reading.text[end:start], word.text]
        places += [*reading.places[end:start], *word.places]
        end = stop
    return (Reading("".join([*pieces, reading.text[end:]]), [*places, *reading.places[end:]]) if words else reading), words


class _Plain(dict[str, str]):
    """Letter → its plain form, worked out once."""

    def __missing__(self, letter: str) -> str:
        plain = unicodedata.normalize("NFKC", letter).lower().translate(LOOK_ALIKES).replace(BRAILLE_BLANK, " ")
        self[letter] = plain = "".join(part for part in plain if not is_invisible(part))
        return plain


_PLAIN = _Plain()


def is_invisible(letter: str, /) -> bool:
    """Whether nothing is seen of a character, not even a space."""
    return unicodedata.category(letter) == "Cf" or letter in FILLERS or is_selector(letter)


def is_selector(letter: str, /) -> bool:
    """Whether it selects a variant of the character before it, as that of an emoji."""
    return "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef" or "\u180b" <= letter <= "\u180d"
