"""A conversation of small talk repeats nothing, and who is in distress gets a kind word before it."""

import pytest

from assistant import Assistant, Kind
from assistant.languages.wording import languages, reply, wording, wordings

TALK = [
    *("thanks", "lol", "you suck", "this is stupid", "I'm bored", "ok", "hmm", "thanks!"),
    *("are you there", "you are useless", "what do you mean?", "ok"),
]
IRON = "How is iron linked to dopamine?"
DISTRESSED = ["I'm exhausted", "nobody believes me", "my doctor says it's all in my head"]


def messages(assistant: Assistant, turns: list[str]) -> list[str]:
    return [assistant.ask(turns[: place + 1]).message for place in range(len(turns))]


@pytest.mark.parametrize("turns", [TALK, ["ok"] * 9, ["hi", "danke", "gracias", "thanks", "hello"]])
def test_nothing_is_said_twice_in_a_conversation(assistant: Assistant, turns: list[str]) -> None:
    said = messages(assistant, turns)
    assert len(set(said)) == len(said)
    assert said == messages(assistant, turns)


def test_who_is_in_distress_gets_a_kind_word_and_a_help_line_first(assistant: Assistant) -> None:
    said = messages(assistant, DISTRESSED)
    assert len(set(said)) == len(said)
    for message in said:
        assert message.startswith(wording()["gentle.message"])
        assert wording()["gentle.offer"] in message


def test_a_question_gets_the_same_bytes_whatever_was_said_before(assistant: Assistant) -> None:
    assert assistant.ask(["thanks", IRON]).kind is Kind.ANSWER
    assert assistant.ask(["thanks", "Who wrote this?"]) == assistant.ask(["Who wrote this?"])


def test_what_is_on_record_is_said_again_when_it_is_asked_again(assistant: Assistant) -> None:
    assert len(set(messages(assistant, ["Who wrote this?", "who wrote this"]))) == 1


@pytest.mark.parametrize("language", languages())
def test_no_two_wordings_of_small_talk_are_alike(language: str) -> None:
    said = [text for key, text in wording(language).items() if key.startswith("chat.")]
    assert len(set(said)) == len(said)


def test_what_all_small_talk_shares_is_said_once_across_its_kinds() -> None:
    text = wording()
    keys = ["chat.bored"] * 3 + ["chat.laugh"] * 3
    said = [reply(text, key, before=keys[:place]) for place, key in enumerate(keys)]
    assert len(set(said)) == len(said)
    assert {said[2], said[5]} <= set(wordings(text, "chat.more"))
