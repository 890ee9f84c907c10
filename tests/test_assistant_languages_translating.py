"""assistant/languages/translating.py: fixed lines in the reader's language, and the part that cares for the reader."""

import pytest

from assistant.answer import Answer, Kind
from assistant.languages.translating import care_and_message, message_lines, said_in
from assistant.languages.wording import languages, wording
from assistant.triage.urgent import urgent_answer


def chat(*lines: str) -> Answer:
    return Answer(Kind.CHAT, "\n".join(lines), (), (), 1.0, "v")


@pytest.mark.parametrize("language", languages())
def test_care_and_message_are_said_in_the_readers_language_with_the_empty_line_between_them(language: str) -> None:
    english, text = wording(), wording(language)
    answer = chat(english["urgent.still"], "Emergency number: 999", "Samaritans: 116 123", "", english["chat.thanks"])
    said, _ = said_in(answer, language)
    number = f"{text['urgent.number']}: 999"
    assert said.message == "\n".join([text["urgent.still"], number, "Samaritans: 116 123", "", text["chat.thanks"]])
    care, message = care_and_message(message_lines(answer, language))
    assert [line for _, line in care] == [text["urgent.still"], number, "Samaritans: 116 123"]
    assert message == [(language, text["chat.thanks"])]


@pytest.mark.parametrize("language", languages())
def test_the_numbers_of_the_larger_regions_are_said_in_the_readers_language(language: str) -> None:
    said, _ = said_in(chat(wording()["urgent.anywhere"], "", wording()["chat.thanks"]), language)
    assert said.message.split("\n")[0] == wording(language)["urgent.anywhere"]


def test_a_message_without_an_empty_line_has_no_part_that_cares() -> None:
    lines = message_lines(urgent_answer("urgent.crisis", "en", region="GB"), "en")
    assert care_and_message(lines) == ([], lines)


def test_what_was_said_in_another_language_than_english_stays_so() -> None:
    answer = chat(wording("es")["gentle.offer"], "", wording("es")["chat.thanks"])
    lines = message_lines(answer, "de")
    assert lines[-1] == ("es", wording("es")["chat.thanks"])


def test_a_line_filled_with_the_visitors_word_is_translated_around_it() -> None:
    english, german = wording(), wording("de")
    answer = chat(
        english["unanswered.missing"].replace("{word}", "coffee"), english["unanswered.covers"].replace("{topics}", "Tea")
    )
    assert [line for _, line in message_lines(answer, "de")] == [
        german["unanswered.missing"].replace("{word}", "coffee"),
        german["unanswered.covers"].replace("{topics}", "Tea"),
    ]


@pytest.mark.parametrize("language", languages())
def test_a_line_filled_in_another_language_is_known_as_of_that_language_on_an_english_page(language: str) -> None:
    text = wording(language)
    filled = [text[f"unanswered.missing{which}"].replace("{word}", "magnesio") for which in ("", ".2", ".3")]
    filled.append(text["unanswered.covers"].replace("{topics}", "Hierro"))
    for line in filled:
        assert said_in(chat(line), "en") == (chat(line), language)
