"""What an article or its provenance must not hold: markup, links that run, tricks on the eye, orders to a machine.

Pages show every text as text, so nothing of this would run; it is refused because a visitor would be shown it as what
the article says. A maintainer who needs such a text can word it differently.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from corpus.document import Document
from corpus.hostile_text import patterns
from corpus.hostile_text.disguises import (
    BRAILLE_BLANK,
    SPLITTING,
    Reading,
    closed_up,
    is_invisible,
    is_selector,
    undisguised,
)
from corpus.hostile_text.web_addresses import is_web_address
from corpus.linear_patterns import LinearPattern, Match

DIRECTION = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
TAGS = range(0xE0000, 0xE1000)
DEPRECATED = {*range(0x206A, 0x2070), *range(0xFFF9, 0xFFFC)}  # format characters that no text of today has need of
PRIVATE_PLANES = 0xF0000  # the private use of fonts for symbols lies below
BLANK_LETTERS = {0x3164, 0xFFA0}  # Hangul fillers that stand alone
MOST_MARKS = 4  # accents on one letter; real writing has at most three or so
MOST_INVISIBLE = 3  # in a row; emoji, Persian and Hebrew have one or two, careless word processors three
LONGEST_FIELD = 500  # characters of a title, an author, a licence
FIELDS = ("title", "author", "publisher", "licence", "url")


def faults_of(document: Document, /) -> list[str]:
    """Every fault of an article, each with its place."""
    found = [f"its text {fault}" for fault in _faults(document.text, lines="\n")]
    source = document.source
    fields = [(name, str(getattr(source, name))) for name in FIELDS] + [("topic", topic) for topic in source.topics]
    fields += [("question", question.question) for question in document.questions]
    fields += [("question's topic", question.topic) for question in document.questions]
    fields += [("labelled question", label.question) for label in document.labels]
    for name, value in fields:
        found += [f"its {name} {fault}" for fault in _faults(value, lines="")]
        if len(value) > LONGEST_FIELD:
            found.append(f"its {name} has {len(value)} characters, more than {LONGEST_FIELD}")
    if source.url and not is_web_address(source.url):
        found.append(f"its url {_quoted(source.url)} is not a web address")
    return found


def _faults(text: str, *, lines: str) -> Iterator[str]:
    written = Reading(text, range(len(text)))
    plain = undisguised(text)
    together, words = closed_up(plain)
    meant = [written, plain, together] if together is not plain else [written, plain]
    for what, searches in (
        ("holds markup", [([written], patterns.MARKUP), (meant[1:], patterns.RUNNING_MARKUP)]),
        ("holds a link that runs code", [(meant[:2], patterns.RUNNING_LINK)]),
        (
            "gives orders to an assistant",
            [(meant, patterns.ORDERS), (meant, patterns.ORDERS_ABROAD), (words, patterns.BARE_ORDERS)],
        ),
    ):
        spans = (_span(pattern, reading) for readings, pattern in searches for reading in readings)
        if span := next((span for span in spans if span), None):
            yield f"{what}: {_quoted(text[slice(*span)])} at character {span[0]}"
    for kind, place in _tricks(text, lines):
        yield f"holds {kind} (U+{ord(text[place]):04X}) at character {place}"


def _span(pattern: LinearPattern, reading: Reading) -> tuple[int, int] | None:
    """Where a pattern matches, in the original."""
    match = next((match for match in pattern.finditer(reading.text) if _counts(match)), None)
    if match is None:
        return None
    start, end = match.span(match.re.groupindex.get("order", 0))
    return reading.places[start], reading.places[end - 1] + 1


def _counts(match: Match) -> bool:
    """What look-around would say: no "not" stands before it, and no bracket closes pages later."""
    groups = match.groupdict()
    return not groups.get("not") and len(groups.get("tag") or "") <= patterns.LONGEST_TAG


def _tricks(text: str, lines: str) -> Iterator[tuple[str, int]]:
    """The first of each kind of character that deceives the eye or comes from a wrong decoding."""
    seen: set[str] = set()
    marks = invisible = 0
    for place, letter in enumerate(text):
        if letter.isascii() and letter.isprintable():
            marks = invisible = 0
            continue
        marks = marks + 1 if unicodedata.combining(letter) else 0
        invisible = invisible + 1 if is_invisible(letter) else 0
        kinds = _kinds(letter, marks) if letter not in lines else ()
        for kind in (*kinds, *_kinds_by_neighbours(text, place, invisible)):
            if kind not in seen:
                seen.add(kind)
                yield kind, place


def _kinds(letter: str, marks: int) -> Iterable[str]:
    code = ord(letter)
    category = unicodedata.category(letter)
    if code in DIRECTION:
        yield "a character that reverses the direction of writing"
    elif code in TAGS:
        yield "an invisible tag character"
    elif code in DEPRECATED or code in BLANK_LETTERS:
        yield "an invisible character that no text needs"
    elif category == "Cc":
        yield "a control character"
    elif category in {"Cs", "Cn"} or code == 0xFFFD or (category == "Co" and code >= PRIVATE_PLANES):
        yield "a character that is not text, from a wrong decoding"
    elif marks > MOST_MARKS:
        yield "stacked accents"


def _kinds_by_neighbours(text: str, place: int, invisible: int) -> Iterable[str]:
    """The kinds of characters that are fine in other places."""
    letter, before, after = text[place], text[max(0, place - 1) : place], text[place + 1 : place + 2]
    if invisible > MOST_INVISIBLE or (before and is_selector(letter) and is_selector(before)):
        yield "invisible characters in a row"
    elif letter in SPLITTING and _is_latin(before) and _is_latin(after):
        yield "an invisible character inside a word"
    elif letter == BRAILLE_BLANK and not any("\u2801" <= beside <= "\u28ff" for beside in (before, after) if beside):
        yield "a blank that is not a space"


def _is_latin(letter: str) -> bool:
    return letter.isalpha() and unicodedata.name(letter, "").startswith("LATIN")


def _quoted(text: str) -> str:
    return repr(" ".join(text.split())[:60])
