"""assistant/links.py: a text fragment finds exactly its sentence, as a browser searches for it."""

import re
from dataclasses import replace
from urllib.parse import unquote

from hypothesis import assume, example, given
from hypothesis import strategies as st

from assistant.links import link_to, text_fragment
from corpus import load_article
from corpus.document import Composed
from index.passages import split
from settings import PROJECT
from tests.conftest import ARTICLE, make_document

# Few words, so that most of a text is repeated somewhere; with the characters that a fragment reads as its syntax.
WORDS = st.sampled_from(
    [
        "a",
        "A",
        "b",
        "the",
        "The",
        "low,",
        "iron-rich",
        "Iron-Rich",
        "B12.",
        "&",
        "Q&A",
        "100%",
        "#1",
        "ß",
        "Straße",
        "İ",
        "–",
        "铁",
    ]
)


def first_in(text: str, words: str, begin: int = 0) -> tuple[int, int]:
    """The span of the first place that says these words, in whatever case."""
    found = re.compile(re.escape(words), re.IGNORECASE).search(text, begin)
    return found.span() if found else (-1, -1)


def found_by_a_browser(text: str, fragment: str) -> tuple[int, int]:
    """The span from the first `start` to the first `end` after it: a fragment is `start` or `start,end`."""
    head, *tail = (unquote(part) for part in fragment.split(","))
    begin, end = first_in(text, head)
    return (begin, first_in(text, tail[0], end)[1]) if tail else (begin, end)


@st.composite
def texts_with_a_span(draw: st.DrawFn) -> tuple[str, int, int]:
    words = draw(st.lists(WORDS, min_size=1, max_size=60))
    first = draw(st.integers(0, len(words) - 1))
    last = draw(st.integers(first, len(words) - 1))
    text = " ".join(words)
    start = len(" ".join([*words[:first], ""])) if first else 0
    return text, start, start + len(" ".join(words[first : last + 1]))


@given(texts_with_a_span())
@example(("ß a b c D a b c d e f g h i.", 10, 28))
def test_a_browser_that_searches_for_a_fragment_finds_exactly_its_span(given: tuple[str, int, int]) -> None:
    text, start, end = given
    # A span that stands word for word further up as well cannot be told from that one by its own words.
    assume(first_in(text, text[start:end]) == (start, end))
    assert found_by_a_browser(text, text_fragment(text, start, end)) == (start, end)


@given(texts_with_a_span())
def test_what_a_fragment_reads_as_its_syntax_is_encoded(given: tuple[str, int, int]) -> None:
    fragment = text_fragment(*given)
    assert re.fullmatch(r"(?:[\w.~]|%[0-9A-F]{2})+(?:,(?:[\w.~]|%[0-9A-F]{2})+)?", fragment, re.ASCII)


def test_hyphen_comma_and_ampersand_are_encoded() -> None:
    assert text_fragment("Low-iron, A&B.", 0, 14) == "Low%2Diron%2C%20A%26B."


def test_every_sentence_of_the_article_is_found_by_its_own_fragment() -> None:
    article = load_article(PROJECT / "corpus" / "articles" / ARTICLE)
    for passage in split(article):
        fragment = text_fragment(article.text, passage.start, passage.end)
        assert found_by_a_browser(article.text, fragment) == (passage.start, passage.end)


def test_a_long_sentence_is_named_by_its_first_and_last_words_only() -> None:
    text = " ".join(f"w{number}" for number in range(100))
    assert text_fragment(text, 0, len(text)) == "w0%20w1%20w2%20w3,w96%20w97%20w98%20w99"


def test_lines_are_named_by_the_first_and_the_last_since_no_browser_finds_words_across_them() -> None:
    text = "Tea\n\nWhat helps:\nWalk up and down.\nTake a bath.\n\nIt is hot."
    start, end = text.index("What"), text.index("\n\nIt")
    fragment = text_fragment(text, start, end)
    assert fragment == "What%20helps%3A,Take%20a%20bath."
    assert found_by_a_browser(text, fragment) == (start, end)


def test_a_link_goes_to_the_public_address_of_the_article_if_it_has_one_else_to_our_page() -> None:
    document = make_document("tea")
    ours = "/articles/tea#:~:text=Tea%20is%20a%20drink."
    assert link_to(document, 11, 26) == ours
    assert link_to(document, 11, 26, public_url="https://example.org/rls/") == f"https://example.org/rls{ours}"
    elsewhere = replace(document, source=replace(document.source, url="https://example.com/tea"))
    link = link_to(elsewhere, 11, 26, public_url="https://example.org/rls")
    assert link == "https://example.com/tea#:~:text=Tea%20is%20a%20drink."


def test_a_link_to_what_was_made_of_a_table_or_a_list_looks_for_words_that_the_source_has() -> None:
    row, items = "Group — Women: Low — below 15; Normal — 15 to 150.", "Not if you are: pregnant; under 12."
    document = make_document(paragraphs=["Iron is needed.", row, items])
    start, other = document.text.index(row), document.text.index(items)
    spans = (Composed("table", start, start + len(row)), Composed("list", other, other + len(items)))
    document = replace(document, composed=spans, source=replace(document.source, url="https://example.org/iron"))
    assert link_to(document, start, start + len(row)).endswith("#:~:text=Women,15%20to%20150")
    assert link_to(document, other, other + len(items)).endswith("#:~:text=Not%20if%20you%20are%3A,under%2012")
    own = link_to(replace(document, source=replace(document.source, url="")), start, start + len(row))
    assert own.endswith(text_fragment(document.text, start, start + len(row)))  # our page has it as it is quoted
