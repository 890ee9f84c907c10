"""assistant/record.py: what the corpus's own record says of its articles."""

from dataclasses import replace
from datetime import date

import pytest

from assistant import Assistant
from assistant.languages.wording import wording
from assistant.record import MOST_ARTICLES, on_record
from corpus import Document, Section
from tests.conftest import make_document

TITLE = "“Causes of Restless Legs Syndrome: Understanding the Triggers Behind the Discomfort”"


def unnamed(document: Document) -> Document:
    return replace(document, source=replace(document.source, author="", published=None))


@pytest.mark.parametrize(
    ("question", "key", "fact"),
    [
        ("Who wrote this?", "chat.author", "LonelyGrowth"),
        ("How old is this article?", "chat.date", "2025-10-11"),
        ("How long is the article?", "chat.length", "558"),
        ("What is the article called?", "chat.article", "LonelyGrowth, 2025-10-11"),
        ("Is it reliable?", "chat.reliable", "LonelyGrowth, 2025-10-11"),
    ],
)
def test_the_record_of_our_article_stands_below_the_wording(
    assistant: Assistant, question: str, key: str, fact: str
) -> None:
    assert assistant.ask([question]).message == f"{wording()[key]}\n{TITLE}: {fact}"


def test_our_article_names_no_sources(assistant: Assistant) -> None:
    assert assistant.ask(["Does it cite sources?"]).message == wording()["chat.no_sources"]


def test_several_articles_are_told_apart_and_one_without_an_author_is_listed_too() -> None:
    documents = [make_document("tea"), unnamed(make_document("coffee")), make_document("milk")]
    lines = ["“About tea”: A. Writer", "“About coffee”: –", "“About milk”: A. Writer"]
    assert on_record("chat.author", documents) == ("chat.author", lines)


def test_without_an_author_or_a_date_this_is_said() -> None:
    documents = [unnamed(make_document("tea"))]
    assert on_record("chat.author", documents) == ("chat.no_author", [])
    retrieved = date(2026, 2, 3).isoformat()
    assert on_record("chat.date", documents) == ("chat.no_date", [f"“About tea”: {retrieved}"])


def test_a_section_of_references_is_named() -> None:
    tea = make_document("tea", ["Tea is hot.", "A book."])
    section = Section("6. References:", tea.text.index("A book."), len(tea.text))
    listed = replace(tea, sections=(*tea.sections, section))
    assert on_record("chat.sources", [listed]) == ("chat.sources", ["“About tea”: 6. References:"])


def test_a_large_corpus_is_not_listed_to_its_end() -> None:
    documents = [make_document(str(number)) for number in range(MOST_ARTICLES + 1)]
    _, lines = on_record("chat.author", documents)
    assert len(lines) == MOST_ARTICLES + 1
    assert lines[-1] == "…"


def test_other_wording_has_no_record_below_it() -> None:
    assert on_record("chat.thanks", [make_document()]) == ("chat.thanks", [])
