"""Answers given before: the same bytes again, bounded, and no word of a visitor kept."""

import gc
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant import Answer, Assistant, Kind
from assistant.answer_cache import AnswerCache
from assistant.gaps.recorder import GapRecorder
from assistant.gaps.topics import Topics
from index import Encoding, current_version, open_version
from index.encoder import SentenceTransformerEncoder

QUESTION = "How is iron linked to dopamine?"
OFF_TOPIC = "Who won the football world cup in 1998?"


class CountingEncoder:
    """The real encoder, and how many texts it was given."""

    def __init__(self, real: SentenceTransformerEncoder, /) -> None:
        self.fingerprint, self._real, self.encoded = real.fingerprint, real, 0

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        self.encoded += len(texts)
        return self._real.encode(texts)


@pytest.fixture
def counting(encoder: SentenceTransformerEncoder) -> CountingEncoder:
    return CountingEncoder(encoder)


@pytest.fixture
def fresh(real_index: Path, counting: CountingEncoder) -> Assistant:
    return Assistant(open_version(real_index, current_version(real_index)), counting)


def answer(message: str) -> Answer:
    return Answer(Kind.CHAT, message, (), (), 1.0, "v")


def test_a_repeated_question_gets_the_same_bytes_without_being_encoded_again(
    fresh: Assistant, counting: CountingEncoder
) -> None:
    first = fresh.ask([QUESTION])
    assert counting.encoded == 1
    assert fresh.ask([QUESTION]).as_json() == first.as_json()
    assert fresh.ask([f"  {QUESTION.replace(' ', '   ')}\n"]) is fresh.ask(["long ago", QUESTION][1:])
    assert counting.encoded == 1


def test_the_turn_before_has_a_say_and_those_before_it_have_none(fresh: Assistant, counting: CountingEncoder) -> None:
    fresh.ask(["What about iron?", "Does it matter?"])
    fresh.ask(["What about dopamine?", "Does it matter?"])
    assert counting.encoded == 2
    assert fresh.ask(["What?", "Hm.", "What about iron?", "Does it matter?"]) is fresh.ask(
        ["What about iron?", "Does it matter?"]
    )
    assert counting.encoded == 2


def test_another_version_begins_with_nothing(fresh: Assistant, counting: CountingEncoder) -> None:
    fresh.ask([QUESTION])
    fresh.on(fresh.version).ask([QUESTION])
    assert counting.encoded == 2


def test_a_question_whose_subject_is_counted_is_answered_anew_each_time(
    fresh: Assistant, counting: CountingEncoder, tmp_path: Path
) -> None:
    assert fresh.ask([OFF_TOPIC]).kind is Kind.UNANSWERED
    recording = fresh.counting(GapRecorder(Topics(fresh.encoder), tmp_path / "gaps.json"))
    before = counting.encoded
    for _ in range(2):
        recording.ask([OFF_TOPIC])
    assert counting.encoded == before + 2


def test_the_answer_least_recently_asked_for_is_given_up() -> None:
    cache = AnswerCache(2)
    cache.keep(["a"], answer("a"))
    cache.keep(["b"], answer("b"))
    assert cache.get(["a"]) == answer("a")
    cache.keep(["c"], answer("c"))
    assert (len(cache), cache.get(["b"]), cache.get(["a"])) == (2, None, answer("a"))


def test_turns_are_told_apart_wherever_one_ends() -> None:
    cache = AnswerCache()
    cache.keep(["ab", "c"], answer("x"))
    assert cache.get(["a", "bc"]) is None
    assert cache.get(["abc"]) is None


def test_no_word_of_a_question_stays_in_memory() -> None:
    cache = AnswerCache()
    cache.keep(["my secret question"], answer("x"))
    held = [item for item in gc.get_referents(cache._answers) if isinstance(item, str | bytes | tuple)]
    assert held
    assert not any(b"secret" in item for item in held if isinstance(item, bytes))
    assert not any("secret" in str(item) for item in held)


def test_many_threads_may_use_it() -> None:
    cache = AnswerCache(50)

    def work(number: int) -> None:
        for turn in range(500):
            cache.keep([f"{number} {turn % 70}"], answer(str(turn)))
            cache.get([f"{number} {(turn * 7) % 70}"])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cache) == 50
