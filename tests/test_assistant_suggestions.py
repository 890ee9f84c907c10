"""assistant/suggestions.py: only questions that the corpus answers are offered, none that was asked already."""

from dataclasses import replace

from assistant.answer import Hit
from assistant.suggestions import MOST_CONSIDERED, MOST_QUESTIONS, Span, fresh, near, starters, topics
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
SPAN: frozenset[Span] = frozenset({("tea", 11, 12)})
NOTHING: frozenset[Span] = frozenset()
CORPUS = {"tea": TEA, "milk": MILK}


def test_starters_are_the_first_question_of_each_section_that_has_one_and_never_a_heading() -> None:
    assert starters([TEA]) == ("What is tea?", "Which cup?")


def test_a_question_of_two_articles_is_offered_once() -> None:
    assert starters([TEA, MILK]) == ("What is tea?", "Which cup?", "Who gives milk?")


def test_near_questions_come_from_the_sections_that_were_found_nearest_first_then_from_the_others() -> None:
    hits = [hit(MILK, "Cows", 0.9), hit(TEA, "Cups", 0.8), hit(MILK, "Cows", 0.7), hit(TEA, "Leaves", 0.1)]
    assert near(hits, CORPUS, [TEA, MILK]) == ("Who gives milk?", "Which cup?", "What is tea?", "Who picks it?")
    assert near(hits[:1], CORPUS, [TEA, MILK]) == ("Who gives milk?", "What is tea?", "Which cup?")


def test_no_more_questions_are_considered_than_can_be_tried() -> None:
    many = document_with("tea", {"Leaves": [f"Question {number}?" for number in range(MOST_CONSIDERED + 9)]})
    assert len(near([hit(many, "Leaves", 0.9)], {"tea": many}, [many])) == MOST_CONSIDERED


def test_where_nothing_is_found_the_first_question_of_each_section_is_near() -> None:
    assert near([], CORPUS, [TEA]) == starters([TEA])


def test_questions_are_grouped_by_topic_or_else_by_section() -> None:
    milk = replace(MILK, questions=(SuggestedQuestion("Cows", "Who gives milk?", "Milk"), *MILK.questions[1:]))
    assert topics([TEA, milk]) == [
        ("Leaves", ["What is tea?", "Who picks it?"]),
        ("Cups", ["Which cup?", "Which cup?"]),
        ("Milk", ["Who gives milk?"]),
    ]


def test_what_was_asked_already_is_not_offered_again_however_it_was_typed() -> None:
    for asked in ("What is tea?", "what is TEA", " What is tea?! "):
        assert fresh(near([], CORPUS, [TEA]), ["Hello", asked], lambda _: SPAN, NOTHING) == ("Which cup?",)


def test_only_what_gets_an_answer_is_offered_and_no_more_is_tried_than_needed() -> None:
    tried: list[str] = []

    def quoted(question: str) -> frozenset[Span]:
        tried.append(question)
        return NOTHING if question == "b?" else SPAN

    assert fresh(["a?", "b?", "c?", "d?", "e?"], [], quoted, NOTHING) == ("a?", "c?", "d?")
    assert tried == ["a?", "b?", "c?", "d?"]
    assert MOST_QUESTIONS == 3
    assert fresh(["a?"], [], lambda _: NOTHING, NOTHING) == ()


def test_a_question_whose_quotes_are_all_shown_already_is_not_offered_however_it_is_worded() -> None:
    quotes = {
        "the same?": frozenset({("tea", 10, 20)}),
        "a part of it?": frozenset({("tea", 12, 18)}),
        "something more?": frozenset({("tea", 10, 20), ("tea", 30, 40)}),
        "elsewhere?": frozenset({("milk", 10, 20)}),
    }
    shown = frozenset({("tea", 10, 20)})
    assert fresh(quotes, [], quotes.__getitem__, shown) == ("something more?", "elsewhere?")


def test_every_section_of_the_article_has_a_question_of_its_own() -> None:
    article = load_article(PROJECT / "corpus" / "articles" / ARTICLE)
    offered = starters([article])
    assert len(offered) == len(article.sections)
    assert not set(offered) & {section.heading for section in article.sections}
