"""assistant/misses.py: the visitor's word that the corpus nowhere holds, and the topics that it covers."""

from dataclasses import replace

import pytest

from assistant.answer import Hit
from assistant.misses import MOST_TOPICS, Mentions, covered, first_topics, missing_word, root
from corpus import Document, Section, SuggestedQuestion
from index import Passage
from tests.conftest import make_document

MENTIONS = Mentions([make_document("tea", ["Certain medications calm. Iron deficiency is common in Willis-Ekbom disease."])])


def never(_word: str) -> bool:
    """No word is mentioned."""
    return False


def test_the_rarest_word_that_is_not_mentioned_is_named_as_it_was_typed() -> None:
    assert missing_word("Does gabapentin or coffee help?", never) == "gabapentin"
    assert missing_word("Does CAFFEINE matter?", never) == "CAFFEINE"
    assert missing_word("Does gabapentin or coffee help?", lambda word: word == "gabapentin") == "coffee"


@pytest.mark.parametrize(
    "text",
    ["What else is there to know?", "Is health bad?", "Has my husband got it?", "Is it ZX?", f"Is it {'x' * 31}?", "?", ""],
)
def test_words_that_are_no_subject_are_not_missing(text: str) -> None:
    assert missing_word(text, never) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "I am exhausted and fed up",
            "can it be healed",
            "tbh idk smth is off",
            "I haven't eaten or rested",
            "Was it noticed?",
        ),
        *(
            "I'm losing money on it",
            "my boss is screaming",
            "is it really badly understood",
            "it came back this evening lol",
        ),
    ],
)
def test_what_is_done_felt_or_said_without_meaning_is_no_subject(text: str) -> None:
    assert missing_word(text, never) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *(("is smoking bad", "smoking"), ("does vaping matter", "vaping"), ("can swimming help", "swimming")),
        *(("he died smiling over the socks", "socks"), ("I was annoyed about the flaxseed", "flaxseed")),
        ("ngl does royal jelly help", "jelly"),
    ],
)
def test_a_thing_that_is_asked_about_is_named(text: str, word: str) -> None:
    assert missing_word(text, lambda one: one == "royal") == word


def test_what_is_typed_short_is_mentioned_as_what_it_means() -> None:
    assert missing_word("do meds matter", lambda word: word == "medications") is None


def test_nothing_is_missing_where_all_is_mentioned() -> None:
    assert missing_word("Does gabapentin cause it?", lambda _: True) is None


@pytest.mark.parametrize("word", ["medicine", "medication", "iron", "deficient", "iron-deficient", "ekbom", "tea", "TEA"])
def test_a_word_is_mentioned_in_any_form(word: str) -> None:
    assert word in MENTIONS


@pytest.mark.parametrize("word", ["coffee", "gabapentin", "zinc", "magnesium", ""])
def test_a_word_that_stands_nowhere_is_not_mentioned(word: str) -> None:
    assert word not in MENTIONS


def test_a_root_is_rather_too_short_than_too_long() -> None:
    assert root("deficiency") == root("deficient")
    assert root("tea") == "tea"


def document_with(id_: str, topics: dict[str, str]) -> Document:
    """A document with a section a heading, whose topic a question names."""
    return replace(
        make_document(id_),
        sections=tuple(Section(heading, 11, 12) for heading in topics),
        questions=tuple(SuggestedQuestion(heading, f"What is {heading}?", topic) for heading, topic in topics.items()),
    )


def hit(document: Document, section: str) -> Hit:
    return Hit(Passage(f"{document.id}:{section}", document.id, section, 11, 12), 0.5)


TEA = document_with("tea", {"Leaves": "the leaves", "Water": "", "Cups": "the cups"})
MILK = document_with("milk", {"Cows": "the cows", "Cups": "the cups"})
BOTH = {"tea": TEA, "milk": MILK}


def test_one_article_covers_its_topics_in_its_order() -> None:
    assert covered([hit(TEA, "Cups")], {"tea": TEA}, {"tea"}, first_topics([TEA])) == ("the leaves", "the cups")


def test_of_several_articles_the_topics_found_first_are_named_first() -> None:
    hits = [hit(MILK, "Cows"), hit(TEA, "Water")]
    assert covered(hits, BOTH, BOTH, first_topics([TEA, MILK])) == ("the cows", "the leaves", "the cups")


def test_articles_that_may_not_be_quoted_cover_nothing() -> None:
    assert covered([hit(MILK, "Cows")], BOTH, {"tea"}, first_topics([TEA])) == ("the leaves", "the cups")


def test_few_topics_are_named_and_none_where_none_has_a_name() -> None:
    many = document_with("many", {f"Section {number}": f"topic {number}" for number in range(MOST_TOPICS + 3)})
    assert len(covered([], {"many": many}, {"many"}, first_topics([many]))) == MOST_TOPICS
    bare = document_with("bare", {"Leaves": ""})
    assert covered([hit(bare, "Leaves")], {"bare": bare}, {"bare"}, first_topics([bare])) == ()
