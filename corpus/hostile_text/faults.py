"""What an article or its provenance must not hold, and what may only stay if its maintainer has looked at it.

A fault is refused: what would run where a page forgot to show it as text (scripts, handlers, links that run), and what hides
(tricks on the eye, orders to a machine in disguise). A doubt names a sentence and asks: what reads like an order to a
machine or looks like markup, but stands there plainly. "Never ignore the rules of your clinic", `<LOD` and an e-mail address
in angle brackets are lawful prose, and only a person can tell.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from sentencex import segment

from corpus.document import Document
from corpus.doubts import Doubt
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
LIKE_AN_ORDER = "reads like an order to a machine; take it out unless it is meant for people:"
LIKE_MARKUP = "looks like markup; take it out unless it is meant as text:"
WRONGLY_DECODED = (
    "holds a letter that was lost, since the file was read in a wrong encoding; save it as UTF-8, or correct it:"
)
TEXT = "text"
REPLACEMENT = "\ufffd"
FIELDS = ("title", "author", "publisher", "licence", "url")


def faults_of(document: Document, /) -> list[str]:
    """Everything for which an article is refused, each with its place."""
    found = [f"its {name} {fault}" for name, value in _texts(document) for fault in _faults(value, name)]
    source = document.source
    for name, value in _texts(document):
        if name != TEXT and len(value) > LONGEST_FIELD:
            found.append(f"its {name} has {len(value)} characters, more than {LONGEST_FIELD}")
    if source.url and not is_web_address(source.url):
        found.append(f"its url {_quoted(source.url)} is not a web address")
    return found


def doubts_of(document: Document, /) -> tuple[Doubt, ...]:
    """Every sentence that a maintainer has to look at, once for each reason."""
    return tuple(
        dict.fromkeys(
            Doubt(reason, _sentence_at(value, start), "" if name == TEXT else f"its {name}")
            for name, value in _texts(document)
            for reason, start in _doubtful(value)
        )
    )


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    """Everything of an article that a visitor may be shown, by its name."""
    yield TEXT, document.text
    yield from ((name, str(getattr(document.source, name))) for name in FIELDS)
    yield from (("topic", topic) for topic in document.source.topics)
    for question in document.questions:
        yield from (("question", question.question), ("question's topic", question.topic))
    yield from (("labelled question", label.question) for label in document.labels)


def _faults(text: str, name: str) -> Iterator[str]:
    readings, words = _readings(text)
    for what, spans in (
        ("holds markup that runs", _spans(patterns.RUNNING_MARKUP, readings)),
        ("holds a link that runs code", _spans(patterns.RUNNING_LINK, readings[:2])),
        ("hides an order to an assistant", _hidden_orders(readings, words)),
    ):
        if span := next(spans, None):
            yield f"{what}: {_quoted(text[slice(*span)])} at character {span[0]}"
    for kind, place in _tricks(text, lines="\n" if name == TEXT else ""):
        yield f"holds {kind} (U+{ord(text[place]):04X}) at character {place}"


def _doubtful(text: str) -> Iterator[tuple[str, int]]:
    """What stands plainly in a text and may be meant for a machine, or be left over from one."""
    written = [Reading(text, range(len(text)))]
    for pattern in (patterns.ORDERS, patterns.ORDERS_ABROAD):
        yield from ((LIKE_AN_ORDER, start) for start, _ in _spans(pattern, written))
    yield from ((LIKE_MARKUP, start) for start, _ in _spans(patterns.MARKUP, written))
    yield from ((WRONGLY_DECODED, place) for place, letter in enumerate(text) if letter == REPLACEMENT)


def _readings(text: str) -> tuple[list[Reading], list[Reading]]:
    """A text as it is written and as it may be meant, and its words whose letters stood apart."""
    plain = undisguised(text)
    together, words = closed_up(plain)
    written = Reading(text, range(len(text)))
    return [written, plain, together] if together is not plain else [written, plain], words


def _hidden_orders(readings: list[Reading], words: list[Reading]) -> Iterator[tuple[int, int]]:
    """Orders that nobody sees who reads the text as it is written."""
    for pattern in (patterns.ORDERS, patterns.ORDERS_ABROAD):
        plain = [*_spans(pattern, readings[:1])]
        for start, end in _spans(pattern, readings[1:]):
            if not any(start < other_end and other_start < end for other_start, other_end in plain):
                yield start, end
    yield from _spans(patterns.BARE_ORDERS, words)


def _spans(pattern: LinearPattern, readings: Iterable[Reading]) -> Iterator[tuple[int, int]]:
    """Where a pattern matches, in the original."""
    for reading in readings:
        for match in pattern.finditer(reading.text):
            if _counts(match):
                start, end = match.span(match.re.groupindex.get("order", 0))
                yield reading.places[start], reading.places[end - 1] + 1


def _sentence_at(text: str, place: int) -> str:
    """The sentence that holds a place."""
    start = text.rfind("\n", 0, place) + 1
    line = text[start:].partition("\n")[0]
    for sentence in segment("en", line):
        start += len(sentence)
        if place < start:
            return str(sentence).strip()
    return line.strip()


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
    elif category in {"Cs", "Cn"} or (category == "Co" and code >= PRIVATE_PLANES):
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
