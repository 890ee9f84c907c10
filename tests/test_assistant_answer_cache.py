"""Answers given before: the same bytes again, bounded, and no word of a visitor kept."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant import Assistant, Kind
from assistant import assistant as assistant_module
from assistant.gaps.recorder import GapRecorder, read_counts
from assistant.gaps.topics import Topics
from index import Encoding, current_version, open_version
from index.encoding.sentence_transformer import SentenceTransformerEncoder

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


def test_a_repeated_question_gets_the_same_bytes_without_being_encoded_again(
    fresh: Assistant, counting: CountingEncoder
) -> None:
    first, encoded = fresh.ask([QUESTION]), counting.encoded
    assert fresh.ask([QUESTION]).as_json() == first.as_json()
    assert fresh.ask([f"  {QUESTION.replace(' ', '   ')}\n"]) == first
    assert counting.encoded == encoded


def test_what_a_question_leans_on_has_a_say_and_small_talk_before_it_has_none(
    fresh: Assistant, counting: CountingEncoder
) -> None:
    alone = fresh.ask([QUESTION, "How so?"])
    encoded = counting.encoded
    assert fresh.ask(["hello", QUESTION, "How so?"]) == alone
    assert counting.encoded == encoded
    fresh.ask([OFF_TOPIC, "How so?"])
    assert counting.encoded > encoded


def test_another_version_begins_with_nothing(fresh: Assistant, counting: CountingEncoder) -> None:
    fresh.ask([QUESTION])
    encoded = counting.encoded
    fresh.on(fresh.version).ask([QUESTION])
    assert counting.encoded == 2 * encoded


def test_a_question_whose_subject_is_counted_is_counted_each_time_and_encoded_once(
    fresh: Assistant, counting: CountingEncoder, tmp_path: Path
) -> None:
    assert fresh.ask([OFF_TOPIC]).kind is Kind.UNANSWERED
    recorder = GapRecorder(Topics(fresh.encoder), tmp_path / "gaps.json")
    recording = fresh.counting(recorder)
    recording.ask([OFF_TOPIC])
    before = counting.encoded
    recording.ask([OFF_TOPIC])
    recording.ask([OFF_TOPIC, OFF_TOPIC])  # the one before is not counted again
    assert counting.encoded == before
    recorder.write()
    assert sum(read_counts(tmp_path / "gaps.json").values()) == 3


def test_turns_are_told_apart_wherever_one_ends(fresh: Assistant, counting: CountingEncoder) -> None:
    fresh.ask(["What about iron", "and dopamine?"])
    encoded = counting.encoded
    fresh.ask(["What about iron and", "dopamine?"])
    assert counting.encoded > encoded


def test_as_many_answers_are_kept_as_are_said_and_no_word_of_a_question(
    real_index: Path, counting: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assistant_module, "ANSWERS_KEPT", 2)
    fresh = Assistant(open_version(real_index, current_version(real_index)), counting)
    for question in ("hello", "thank you", QUESTION, QUESTION):
        fresh.ask([question])
    assert len(fresh._answers) == 2
    assert {type(key) for key in fresh._answers} == {bytes}
    assert not any(word in key.lower() for key in fresh._answers for word in (b"iron", b"dopamine", b"thank"))


def test_many_threads_may_ask_at_once(fresh: Assistant) -> None:
    greetings = ["hello", "hi", "thank you", "bye", "good morning", "what can you do"]
    with ThreadPoolExecutor(4) as pool:
        asked = list(pool.map(lambda number: fresh.ask([greetings[number % 6]]), range(600)))
    assert len(fresh._answers) == len({id(answer) for answer in asked[-6:]}) == 6
