"""assistant/suggestions.py: only questions that the corpus answers are offered."""

from dataclasses import replace

from assistant.answer import Hit
from assistant.suggestions import MOST_QUESTIONS, near, nearest_section, starters
from corpus import Document, Section, SuggestedQuestion, load_article
from index import Passage
from settings import PROJECT
from tests.conftest import ARTICLE, make_document


def document_with(id_: str, questions: dict[str, list[str]]) -> Document:
    """A document with a section a heading; what its sections hold does not matter here."""
    return replace(
        make_document(id_),
        sections=tuple(Section(heading, 11, 12) for heading in questions),
        questions=tuple(SuggestedQuestion(heading, text) for heading, texts in questions.items() for text in texts),
    )


def hit(document: Document, section: str, score: float) -> Hit:
    return Hit(Passage(f"{document.id}:{section}", document.id, section, 11, 12), score)


TEA = document_with("tea", {"Leaves": ["What is tea?", "Who picks it?"], "Water": [], "Cups": ["Which cup?"]})
MILK = document_with("milk", {"Cows": ["Who gives milk?"], "Cups": ["Which cup?"]})
CORPUS = {"tea": TEA, "milk": MILK}


def test_starters_are_the_first_question_of_each_section_or_else_its_heading() -> None:
    assert starters([TEA]) == ("What is tea?", "Water", "Which cup?")


def test_a_question_of_two_articles_is_offered_once() -> None:
    assert starters([TEA, MILK]) == ("What is tea?", "Water", "Which cup?", "Who gives milk?")


def test_near_questions_come_from_the_sections_that_were_found_nearest_first() -> None:
    hits = [hit(MILK, "Cows", 0.9), hit(TEA, "Cups", 0.8), hit(MILK, "Cows", 0.7), hit(TEA, "Leaves", 0.1)]
    assert near(hits, CORPUS, asked="milk") == ("Who gives milk?", "Which cup?", "What is tea?")


def test_no_more_than_three_questions_are_offered() -> None:
    many = document_with("tea", {"Leaves": [f"Question {number}?" for number in range(9)]})
    assert len(near([hit(many, "Leaves", 0.9)], {"tea": many}, asked="tea")) == MOST_QUESTIONS == 3


def test_the_question_just_asked_is_not_offered_again_however_it_was_typed() -> None:
    hits = [hit(TEA, "Leaves", 0.9)]
    for asked in ("What is tea?", "what is TEA", " What is tea?! "):
        assert near(hits, CORPUS, asked=asked) == ("Who picks it?",)


def test_nothing_found_offers_nothing() -> None:
    assert near([], CORPUS, asked="tea") == ()


def test_every_section_of_the_article_has_a_question_of_its_own() -> None:
    article = load_article(PROJECT / "corpus" / "articles" / ARTICLE)
    offered = starters([article])
    assert len(offered) == len(article.sections)
    assert not set(offered) & {section.heading for section in article.sections}


def test_the_nearest_section_is_named_unless_it_is_the_opening_that_the_title_heads() -> None:
    assert nearest_section([hit(TEA, "Water", 0.9), hit(TEA, "Cups", 0.1)], CORPUS) == ("Water",)
    assert nearest_section([hit(TEA, TEA.source.title, 0.9)], CORPUS) == ()
