"""assistant/languages/starters.py and its files: what is offered in a language is asked as its English original."""

from collections import Counter

import pytest

from assistant import Assistant
from assistant.answer import Kind
from assistant.languages import STARTERS, language_files
from assistant.languages.detecting import language_of
from assistant.languages.starters import offered, offered_among, original, translations
from assistant.languages.translating import message_lines, said_in
from assistant.languages.wording import DEFAULT_LANGUAGE, languages, wording
from corpus.library import load_corpus
from settings import PROJECT

TRANSLATED = sorted(language_files(STARTERS))
(ARTICLE,) = load_corpus(PROJECT / "corpus" / "articles")
QUESTIONS = [question.question for question in ARTICLE.questions]
TOPICS = list(dict.fromkeys(question.topic for question in ARTICLE.questions))


def test_every_language_but_english_has_starters() -> None:
    assert {*languages()} - {DEFAULT_LANGUAGE} <= {*TRANSLATED}
    assert len(QUESTIONS) == 18


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_question_and_topic_on_offer_has_a_wording_of_its_own(language: str) -> None:
    tables = language_files(STARTERS)[language]
    assert (list(tables["questions"]), list(tables["topics"])) == (QUESTIONS, TOPICS)
    texts = list(translations(language).values())
    assert [text for text in texts if not text or text != " ".join(text.split())] == []
    assert len(set(texts)) == len(texts)


def test_no_wording_stands_for_two_questions() -> None:
    wordings = Counter(
        text.casefold() for tables in language_files(STARTERS).values() for text in tables["questions"].values()
    )
    assert [text for text, count in wordings.items() if count > 1] == []


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("language", TRANSLATED)
def test_an_offered_wording_gets_the_answer_of_its_original(assistant: Assistant, language: str, question: str) -> None:
    answer, english = assistant.ask([translations(language)[question]]), assistant.ask([question])
    spoken = language if language in languages() else DEFAULT_LANGUAGE
    assert english.kind is Kind.ANSWER
    assert answer == said_in(english, spoken, site=assistant.site)[0]
    assert [said for said, _ in message_lines(answer, spoken, site=assistant.site)] == [spoken] * len(
        answer.message.split("\n")
    )


def test_it_may_be_typed_in_small_letters_and_without_its_marks() -> None:
    expected = ("What is Restless Legs Syndrome?", "es")
    for typed in ("¿Qué es el síndrome de piernas inquietas?", " qué es el  síndrome de piernas inquietas "):
        assert original(typed) == expected
    assert original("Qu'est-ce que le syndrome des jambes sans repos") == (expected[0], "fr")


@pytest.mark.parametrize("turn", ["", "?", "What is Restless Legs Syndrome?", "Was ist das?", "Wie hängt alles zusammen?"])
def test_anything_else_is_asked_as_it_is(turn: str) -> None:
    assert original(turn) is None


def test_a_turn_that_leans_on_an_offered_wording_leans_on_its_original(assistant: Assistant) -> None:
    german = translations("de")["Which medications can trigger RLS?"]
    assert assistant.ask([german, "Why?"]) == assistant.ask(["Which medications can trigger RLS?", "Why?"])


def test_a_question_that_was_asked_in_another_language_is_not_suggested_again(assistant: Assistant) -> None:
    first, second = QUESTIONS[:2]
    assert first not in assistant.ask([translations("de")[first], second]).suggestions


def test_danger_goes_before_what_is_offered(assistant: Assistant) -> None:
    answer = assistant.ask(["I want to die", translations("de")[QUESTIONS[0]]])
    assert wording("de")["urgent.still"] in answer.message


def test_what_has_no_wording_stays_english() -> None:
    assert offered("Is tea healthy?", "de") == ("Is tea healthy?", "en")
    assert offered(QUESTIONS[0], "en") == (QUESTIONS[0], "en")
    assert offered_among(["Is tea healthy?", QUESTIONS[6]], "de") == {QUESTIONS[6]: "Wie hängen Eisen und Dopamin zusammen?"}


@pytest.mark.parametrize("language", sorted({*languages()} - {DEFAULT_LANGUAGE}))
def test_their_language_is_recognised_but_for_a_few_with_an_english_abbreviation(language: str) -> None:
    found = Counter(language_of(text) for text in language_files(STARTERS)[language]["questions"].values())
    print(f"\n{language}: {found[language]} of {len(QUESTIONS)}")
    assert set(found) <= {language, DEFAULT_LANGUAGE}
    assert found[language] >= 14
