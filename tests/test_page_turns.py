"""The conversation's turns.js: what is sent fits, and is text."""

import pytest
from playwright.sync_api import Page

from assistant.question import MOST_TURNS
from assistant.web.gate.body import LARGEST_BODY
from tests.browsers import settled

TURNS = """async ([earlier, question, phrases]) => {
  const { speak } = await import("./site/conversation/words.js");
  const { turnsWith } = await import("./site/conversation/turns.js");
  speak({ phrases }, "en");
  const turns = turnsWith(earlier, question);
  return [turns, new TextEncoder().encode(JSON.stringify({ turns, language: "de" })).length];
}"""


@pytest.mark.parametrize("letter", ["x", "漢", "🦵", '"', "\u0000", "é🦵漢"])
def test_whatever_the_letters_what_is_sent_fits_and_no_letter_is_cut_in_half(page: Page, letter: str) -> None:
    turns, size = settled(page, TURNS, [[letter * 1000] * 20, letter * 40_000, "kill myself"])
    assert size <= LARGEST_BODY
    assert turns[-1].startswith(letter)
    assert turns[-1].endswith(letter)
    assert not any("\ud800" <= character <= "\udfff" for turn in turns for character in turn)


def test_of_a_long_question_that_was_lost_what_stands_around_its_urgent_words_is_sent_later(page: Page) -> None:
    turns, _ = settled(page, TURNS, [["word " * 900 + "I will kill myself" + " word" * 900], "ok", "kill myself"])
    assert [len(turn) <= 1000 for turn in turns] == [True, True]
    assert "I will kill myself" in turns[0]
    assert turns[1] == "ok"


def test_as_many_turns_are_sent_as_the_server_reads_and_the_latest_of_them_when_they_are_large(page: Page) -> None:
    earlier = [f"Question {n}?" for n in range(MOST_TURNS + 10)]
    turns, _ = settled(page, TURNS, [earlier, "ok", "kill myself"])
    assert turns == [*earlier[1 - MOST_TURNS :], "ok"]
    large = [f"{n:03}" + "漢" * 900 for n in range(MOST_TURNS)]
    turns, size = settled(page, TURNS, [large, "ok", "kill myself"])
    assert LARGEST_BODY - 5_000 < size <= LARGEST_BODY
    assert turns == [*large[1 - len(turns) :], "ok"]
