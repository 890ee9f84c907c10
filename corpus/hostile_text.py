"""What an article or its provenance must not hold: markup, links that run, tricks on the eye, orders to a machine.

Pages show every text as text, so nothing of this would run; it is refused because a visitor would be shown it as what
the article says. A maintainer who means it can write it otherwise.
"""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

from corpus.document import Document

MARKUP = re.compile(r"<(?:[!/?]?[a-z][^<>]{0,2000}>|!--)", re.IGNORECASE)
RUNNING_LINK = re.compile(
    r"\b(?:javascript|vbscript|livescript)\s*:|\bdata\s*:\s*(?:text/html|image/svg|application/)", re.IGNORECASE
)
ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?]{0,40}\b(?:above|previous|prior|preceding|earlier|instructions?|prompts?|rules)\b"
    r"|\b(?:system|developer) (?:prompt|message|instructions?)\b|<\|[a-z_]+\|>|\[/?INST\]"
    r"|\byou are (?:now )?(?:an? |the )?(?:ai|assistant|chatbot|language model|chatgpt|llm|bot)\b"
    r"|\b(?:as|dear) an? (?:ai|llm|language model|assistant|chatbot)\b"
    r"|\b(?:tell|advise|instruct|answer) (?:them|the (?:user|users|visitor|visitors|reader|readers|person)) (?:to|that)\b"
    r"|\b(?:assistant|chatbot|bot|ai|language model)s?\b[^.!?]{0,30}\b(?:must|should|has to|have to|shall|is to|needs? to)\b"
    r"[^.!?]{0,30}\b(?:say|tell|answer|reply|recommend|ignore|respond|quote|output|never|always)\b",
    re.IGNORECASE,
)
DIRECTION = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
TAGS = range(0xE0000, 0xE1000)
MOST_MARKS = 4  # accents on one letter; real writing has at most three or so
LONGEST_FIELD = 500  # characters of a title, an author, a licence
FIELDS = ("title", "author", "publisher", "licence", "url")


def faults_of(document: Document, /) -> list[str]:
    """Everything of that kind, each with its place."""
    found = [f"its text {fault}" for fault in _faults(document.text, lines="\n")]
    source = document.source
    fields = [(name, str(getattr(source, name))) for name in FIELDS] + [("topic", topic) for topic in source.topics]
    fields += [("question", question.question) for question in document.questions]
    fields += [("question's topic", question.topic) for question in document.questions]
    for name, value in fields:
        found += [f"its {name} {fault}" for fault in _faults(value, lines="")]
        if len(value) > LONGEST_FIELD:
            found.append(f"its {name} has {len(value)} characters, more than {LONGEST_FIELD}")
    if source.url and not is_web_address(source.url):
        found.append(f"its url {_quoted(source.url)} is not a web address")
    return found


def is_web_address(url: str, /) -> bool:
    """Whether a link to it is a link to a page of a site, and nothing else."""
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and (parts.port or 1) > 0  # a port that is none raises
    except ValueError:
        return False
    is_plain = not any(letter.isspace() or letter in "<>\"'`{}|\\^" or not letter.isprintable() for letter in url)
    return parts.scheme in {"http", "https"} and has_host and "@" not in parts.netloc and is_plain


def _faults(text: str, *, lines: str) -> Iterator[str]:
    for what, pattern in (
        ("holds markup", MARKUP),
        ("holds a link that runs", RUNNING_LINK),
        ("gives orders to an assistant", ORDERS),
    ):
        if match := pattern.search(text):
            yield f"{what}: {_quoted(match.group())} at character {match.start()}"
    for kind, place in _tricks(text, lines):
        yield f"holds {kind} (U+{ord(text[place]):04X}) at character {place}"


def _tricks(text: str, lines: str) -> Iterator[tuple[str, int]]:
    """The first of each kind of character that deceives the eye or comes from a wrong reading."""
    seen: set[str] = set()
    marks = 0
    for place, letter in enumerate(text):
        marks = marks + 1 if unicodedata.combining(letter) else 0
        kind = _trick(letter, marks) if letter not in lines else ""
        if kind and kind not in seen:
            seen.add(kind)
            yield kind, place


def _trick(letter: str, marks: int) -> str:
    code = ord(letter)
    category = unicodedata.category(letter)
    if code in DIRECTION:
        return "a character that turns the direction of writing"
    if code in TAGS:
        return "an invisible tag character"
    if category == "Cc":
        return "a control character"
    if category in {"Cs", "Cn"} or code == 0xFFFD:
        return "a character that is none, from a wrong reading"
    return "stacked accents" if marks > MOST_MARKS else ""


def _quoted(text: str) -> str:
    return repr(" ".join(text.split())[:60])
