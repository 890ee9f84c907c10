"""Turns of a conversation: earlier ones change no whole question, a miss is said in other words, no offer comes again.

With hashes for an encoder and an outcome that is certain, so that nothing here depends on what was learned.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Assistant, Kind
from assistant import assistant as assistant_module
from assistant.answer import Answer
from assistant.languages.wording import wording
from assistant.retrieval.outcomes import QUESTION_FEATURES
from corpus import SuggestedQuestion
from index import build, current_version, open_version
from tests.conftest import HashEncoder, make_document
from tests.test_assistant_retrieval_retriever import learned_by_hand, opinion

TEXT = wording()
WHOLE = "Which milk comes from cows in India and Nepal?"
OFFERED = (
    "Where does milk come from?",
    "Where does rice come from?",
    "Where does sugar come from?",
    "Who picks green leaves?",
    "What makes water boil?",
)
PARAGRAPHS = (
    "Milk comes from cows. Rice comes from fields. Sugar comes from beets.",
    "Farmers pick green leaves. Fire makes water boil.",
)


def assistant_on(index_dir: Path, monkeypatch: pytest.MonkeyPatch, outcome: Kind) -> Assistant:
    """An assistant that is certain of one outcome, whatever it is asked."""
    by_hand = learned_by_hand()
    certain = replace(by_hand.any_article, outcomes=opinion(len(QUESTION_FEATURES), outcome))
    monkeypatch.setattr(assistant_module, "learned", lambda: replace(by_hand, any_article=certain))
    document = make_document("drinks", PARAGRAPHS)
    (section,) = document.sections
    questions = tuple(SuggestedQuestion(section.heading, text, "what comes from where") for text in OFFERED)
    build([replace(document, questions=questions)], encoder=HashEncoder(), index_dir=index_dir)
    return Assistant(open_version(index_dir, current_version(index_dir)), HashEncoder())


@pytest.fixture
def answering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    return assistant_on(tmp_path, monkeypatch, Kind.ANSWER)


@pytest.fixture
def missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    return assistant_on(tmp_path, monkeypatch, Kind.UNANSWERED)


def quotes(answer: Answer) -> str:
    return " ".join(citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    "earlier",
    [
        ["Where does rice come from?"],
        ["hello"],
        ["Where does sugar come from?", "And rice?"],
        ["Who picks green leaves?", "thanks", "Why?"],
    ],
)
def test_the_answer_to_a_whole_question_does_not_change_with_earlier_turns(answering: Assistant, earlier: list[str]) -> None:
    alone, after = answering.ask([WHOLE]), answering.ask([*earlier, WHOLE])
    assert "Milk comes from cows." in quotes(alone)
    assert replace(after, suggestions=()) == replace(alone, suggestions=())


def test_what_cannot_be_read_alone_is_read_after_the_turn_before_it(answering: Assistant) -> None:
    for said in ("Milk comes from cows", "Farmers pick green leaves"):
        for between in ([], ["thanks"]):
            assert answering.ask([f"{said}?", *between, "How so?"]).citations[0].quote == f"{said}."


def test_they_are_what_the_turn_before_was_about_and_another_subject_is_asked_in_its_words(answering: Assistant) -> None:
    assert "cows" in quotes(answering.ask(["Does milk come from trees?", "And where do they get it from?"]))
    assert "fields" in quotes(answering.ask(["Where does milk come from?", "And rice?"]))


def test_what_is_not_said_of_the_condition_may_be_about_another_it(
    answering: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = answering.ask(["Where do cows get it?"])
    missed = replace(alone, kind=Kind.UNANSWERED, citations=())
    kept = answering._kept
    monkeypatch.setattr(
        answering,
        "_kept",
        lambda asked: replace(kept(asked), answer=missed) if asked.text == "Where do cows get it?" else kept(asked),
    )
    assert answering.ask(["Where do cows get it?"]).kind is Kind.UNANSWERED
    assert answering.ask(["Does milk come from trees?", "Where do cows get it?"]).kind is Kind.ANSWER


def test_what_is_excluded_is_not_quoted(answering: Assistant) -> None:
    asked = answering.ask(["Milk and rice: what comes from where, besides cows?"])
    assert asked.kind is Kind.ANSWER
    assert "cows" not in quotes(asked)
    assert "fields" in quotes(asked)


def test_where_all_is_excluded_that_is_said(answering: Assistant) -> None:
    asked = answering.ask(["What comes from fields apart from milk or rice or sugar or leaves or fire?"])
    assert (asked.kind, asked.message, asked.citations) == (Kind.UNANSWERED, TEXT["unanswered.excluded"], ())


def test_who_asks_what_does_not_gets_no_list_of_what_does(answering: Assistant) -> None:
    asked = answering.ask(["Which leaves do not cause it?"])
    assert (asked.kind, asked.citations) == (Kind.UNANSWERED, ())


def test_who_asks_about_his_own_gets_what_is_so_in_general_and_the_boundary(answering: Assistant) -> None:
    asked = answering.ask(["Where does my milk come from?"])
    assert (asked.kind, asked.message.split("\n")[-1]) == (Kind.ANSWER, TEXT["answer.boundary"])
    assert TEXT["answer.boundary"] not in answering.ask([WHOLE]).message


def test_each_of_three_questions_is_answered(answering: Assistant) -> None:
    asked = answering.ask(["Does milk come from cows? Does rice come from fields? Do farmers pick green leaves?"])
    assert all(word in quotes(asked) for word in ("cows", "fields", "green leaves"))
    assert [citation.n for citation in asked.citations] == [1, 2, 3]


def test_what_is_told_beside_a_question_is_not_named_as_missing(missing: Assistant) -> None:
    asked = missing.ask(["I'm drowning in leaflets, does caffeine matter?"])
    assert asked.message.split("\n")[0] == said("unanswered.missing", "caffeine")


def said(key: str, word: str) -> str:
    return TEXT[key].replace("{word}", word)


def test_a_miss_names_the_missing_word_and_what_is_covered(missing: Assistant) -> None:
    first, second = missing.ask(["Does caffeine matter?"]).message.split("\n")
    assert first == said("unanswered.missing", "caffeine")
    assert "what comes from where" in second


def test_a_miss_after_another_is_said_in_other_words_and_without_what_is_covered(missing: Assistant) -> None:
    turns = ["Does caffeine matter?", "Does nicotine matter?", "Does gabapentin matter?"]
    messages = [missing.ask(turns[: place + 1]).message for place in range(3)]
    assert messages[1:] == [said("unanswered.missing.2", "nicotine"), said("unanswered.missing.3", "gabapentin")]
    assert [missing.ask(turns[: place + 1]).message for place in range(3)] == messages


def test_a_miss_after_something_else_is_said_as_the_first(missing: Assistant) -> None:
    alone = missing.ask(["Does nicotine matter?"])
    assert missing.ask(["Does caffeine matter?", "hello", "Does nicotine matter?"]).message == alone.message


def test_what_would_get_no_answer_is_not_offered(missing: Assistant) -> None:
    assert missing.ask(["Does caffeine matter?"]).suggestions == ()


def test_nothing_that_was_asked_is_offered_again(answering: Assistant) -> None:
    turns, offered = [OFFERED[0]], [OFFERED[0]]
    while suggestions := answering.ask(turns).suggestions:
        assert not set(turns) & set(suggestions)
        assert len(set(suggestions)) == len(suggestions) <= 3
        turns.append(suggestions[0])
        offered += suggestions
    assert sorted(turns) == sorted(OFFERED) == sorted(set(offered))
