"""What a stranger wrote is read and checked in a time that grows with its length, never faster."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import product

import pytest

from corpus.errors import CorpusError
from corpus.hostile_text.faults import faults_of
from corpus.hostile_text.web_addresses import is_web_address
from corpus.incoming.slugs import slug_of
from corpus.library import SLUG
from corpus.linear_patterns import LinearPattern
from corpus.questions.proposing import as_written, question_of, words_within
from corpus.readers.markdown import FRONT_MATTER
from corpus.readers.markup import without_declaration
from corpus.readers.markup.raised import NOTE_MARK, NOTE_NUMBERS, NUMBER
from corpus.readers.markup.style_sheets import HIDING_STYLE
from corpus.readers.pdf.letters import in_order_of_speech
from corpus.readers.pdf.pages import PAGE_NUMBER
from corpus.readers.pdf.paragraphs import BULLET, WEAK_MARK, WORD
from corpus.readers.plain_text import read_plain_text
from corpus.readers.text import settle
from corpus.readers.web.page import declared_encoding, licence_at
from tests.conftest import make_document

LENGTH = 40_000  # characters
# Of processor time, for one text of that length. A linear reader takes 0.2 of them, and five times as long with coverage on
# a slow machine; one that goes back over its text takes minutes.
MOST_SECONDS = 5.0
CHECKED = (
    *(
        "<a",
        "<a ",
        "< ",
        "</ script ",
        "<script ",
        "<img onx",
        "<svg/on",
        "<" + "a" * 2100,
        "<!-",
        "<a onload",
        "<a href = ",
    ),
    *("ignore ", "ignore previou ", "i ", "i.", "i g n o r e ", "ignore\u200b", "assistant must ", "assistant should must "),
    *("ai ", "bot has to ", "you are the ", "system ", "<|a", "[", "data : ", "data" + " " * 60, "javascript" + " " * 99),
    *("&", "&#x", "&#60", "&lt;", "&a", "&" + "a" * 40, "\uff1cs", "\u043e", "from now on ", "as the a "),
    *("ignoriere alle ", "ignorieren sie ", "ignorez toutes les ", "n'ignorez ", "no ignore las instrucciones previas "),
    *("e\u0301", "\u200c", "\ufe0f", "\ud800", "\u05d0\u200f", "\ue000", "\U000e0041", "\u2800", "a\u200ba"),
)
LINES = (
    *("\n", "\n ", " \n", "\n \n a", "\n> ", "a>", "a>a>.", "1111-11-11 11:11:1 ", "x 2020-01-01 ", "2020-01-01 00:00:00 "),
    *(
        "Comments (1",
        "Log-in is required ",
        "Log- in",
        "Please log in ",
        "---\n",
        "---\na: b\n",
        "\n---  x",
        "\n... ",
        "--- ",
    ),
)
TAGS = ("<meta", "<meta charset ", "<meta charset = ", "<?xml ", "<?xml encoding = ", "<?", " ", ">", "?", "\n")
STYLES = ("display : ", "display" + " " * 50, "opacity:0.", "opacity: 0", "font-size : ", "visibility\t")
NUMBERS = ("page ", "page - ", "page\t", "1 of ", "- ", " ", "ivx", "1" * 50, "1/", "[a,", "*")
WORDS = ("x ", "a' ", "a-", "a", ", a", "aaaa'aaaa ")
HEADINGS = (*WORDS, "x vs ", "x vs. ", "x that ", "x linked to ", "x linked ", "common ", "diagnosing ", "causes ", "role ")
ENDS = ("", "\n.x")  # the second for what must match a whole line or text
SEARCHING = {"check", "words", "names", "heading"}


def checked(text: str) -> None:
    document = make_document(paragraphs=[text])
    faults_of(replace(document, source=replace(document.source, title=text[:1000])))


READERS: dict[str, tuple[Callable[[str], object], tuple[str, ...]]] = {
    "check": (checked, CHECKED),
    "plain text": (lambda text: read_plain_text(f"Title\n\n{text}"), LINES),
    "plain text from its first line": (read_plain_text, LINES),
    "front matter": (lambda text: FRONT_MATTER.match(f"---\n{text}"), LINES),
    "front matter from its first line": (FRONT_MATTER.match, LINES),
    "declaration": (without_declaration, TAGS),
    "declaration that began": (lambda text: without_declaration(f" <?xml {text}"), TAGS),
    "encoding": (lambda text: declared_encoding(text.encode()), TAGS),
    "hidden style": (HIDING_STYLE.search, STYLES),
    "licence": (licence_at, ("creativecommons.org/licenses/", "creativecommons.org/licenses/a-/")),
    "letters": (settle, ("\xad", "\xad ", "\xad\n", "\xad \n ", " ", "\n", "\r")),
    "footnote mark": (lambda text: NOTE_MARK.fullmatch(f"[{text}"), NUMBERS),
    "numbers of footnotes": (lambda text: NOTE_NUMBERS.fullmatch(f"1{text}"), (*NUMBERS, "1, ", "1,", "1 - ", "1")),
    "number": (NUMBER.fullmatch, NUMBERS),
    "page number": (PAGE_NUMBER.fullmatch, NUMBERS),
    "page number that began": (lambda text: PAGE_NUMBER.fullmatch(f"page{text}"), NUMBERS),
    "bullet": (lambda text: BULLET.match(f"•{text}"), (" ", "\n", "•")),
    "mark of an item": (lambda text: WEAK_MARK.match(f"-{text}"), (" ", "\n", "1.", "a) ")),
    "order of speech": (in_order_of_speech, ("\u05d0", "\u05d0\u05d01.", "\u05d0 ", "\u05d0\u05d0a, ")),
    "words": (WORD.findall, WORDS),
    "names": (words_within, WORDS),
    "heading": (lambda text: as_written(text, set()), WORDS),
    "question": (question_of, HEADINGS),
    "slug": (lambda text: (SLUG.fullmatch(text), slug_of(text)), WORDS),
}


@pytest.mark.parametrize("name", READERS)
def test_no_text_of_repeats_and_half_matches_takes_long(name: str) -> None:
    reader, units = READERS[name]
    slow = []
    for unit, end in product(units, ENDS[: 1 if name in SEARCHING else 2]):
        text = (unit * (LENGTH // len(unit) + 1))[:LENGTH] + end
        started = time.process_time()
        with suppress(CorpusError):  # no article, and said so
            reader(text)
        if (seconds := time.process_time() - started) > MOST_SECONDS:
            slow.append((unit[:20], end, round(seconds, 1)))
        if len(slow) == 3:
            break
    assert slow == []


def test_an_address_of_letters_without_end_is_judged_at_once() -> None:
    started = time.process_time()
    assert not is_web_address(f"https://xn--{'a9' * LENGTH}.com/")
    assert not is_web_address(f"https://{'a.' * LENGTH}com/")
    assert time.process_time() - started < MOST_SECONDS


def test_a_letter_that_cannot_be_encoded_keeps_its_place_and_ends_nothing() -> None:
    (match,) = LinearPattern("b+").finditer("\ud800a\udfffbb")
    assert match.span() == (3, 5)
    assert LinearPattern("(?i)B").sub("x", "\ud800b") == "\ufffdx"


def test_a_pattern_that_must_go_back_is_refused_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="look-around"):
        LinearPattern(r"a(?=b)")
