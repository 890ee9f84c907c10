"""Who asks too often, or when too many ask, is still heard for danger with all that the assistant has; up to a bound."""

import asyncio
import json
import logging
import threading
from collections.abc import Iterator, Sequence

import pytest
from fastapi.testclient import TestClient

from assistant import Answer, Assistant
from assistant.answer import Kind
from assistant.question import QuestionError
from assistant.triage.urgent import urgent_help, with_care
from assistant.web import create_server
from assistant.web.gate import admission as admitting
from assistant.web.gate.admission import HEARD_BURST, HEARD_TIMES, Admission, RefusedError
from assistant.web.gate.asked import Asked
from assistant.web.gate.rate_limit import RateLimit
from assistant.web.process.live import LiveAssistant
from tests.browsers import URGENT

IRON = "How is iron linked to dopamine?"
OBLIQUE = "the clear way of saying it that no rule knows"
SAD = "the sad way of saying it that no rule knows"
HELP = Answer(Kind.URGENT, "Call now.", (), (), 1.0, "v")
PLAIN = Answer(Kind.UNANSWERED, "The article does not say.", (), (), 0.9, "v")
KIND = with_care(PLAIN, ["That sounds hard.", "A help line"])


class Hearing:
    """An assistant that finds danger in more than the rules do, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_go = threading.Event()
        self.may_go.set()

    def ask(self, turns: Sequence[str], /) -> Answer:
        self.asked.append(turns[-1])
        assert self.may_go.wait(10)
        return {OBLIQUE: HELP, SAD: KIND}.get(turns[-1], PLAIN)


async def ended(admission: Admission, hearing: Hearing, question: str, address: str = "x") -> Answer | RefusedError:
    """The answer, or the refusal."""
    asked = Asked([question], None, "en", question)
    try:
        return await admission.answer(hearing.ask, asked, address=address)
    except RefusedError as error:
        return error


def limited(admission: Admission, hearing: Hearing, questions: Sequence[str]) -> list[Answer | RefusedError]:
    """How each of these ends, one after the other, after the limit of the address was used up."""

    async def ask() -> list[Answer | RefusedError]:
        assert await ended(admission, hearing, IRON) == PLAIN
        return [await ended(admission, hearing, question) for question in questions]

    return asyncio.run(ask())


def refusal_of(end: Answer | RefusedError) -> tuple[int, str]:
    assert isinstance(end, RefusedError)
    return end.status, end.code


def heard(admission: Admission) -> dict[str, float]:
    return {
        sample.labels["outcome"]: sample.value
        for metric in admission.metrics.heard.collect()
        for sample in metric.samples
        if sample.name == "rls_heard_total"
    }


@pytest.fixture(scope="module", autouse=True)
def _no_rule_finds_danger_in_what_is_asked() -> None:
    assert [urgent_help(question) for question in (IRON, OBLIQUE, SAD)] == [None] * 3
    assert urgent_help(URGENT) is not None  # which loads what tells languages: no test waits for it


def test_past_the_limit_help_and_a_kind_word_are_given_out_and_nothing_else() -> None:
    admission = Admission(RateLimit(1))
    helped, kind, plain = limited(admission, Hearing(), [OBLIQUE, SAD, IRON])
    assert (helped, kind) == (HELP, KIND)
    assert refusal_of(plain) == (429, "too_many")
    assert isinstance(plain, RefusedError)
    assert 1 <= plain.retry_after <= 60
    assert heard(admission) == {"help": 2, "none": 1}


def test_a_flood_from_one_address_is_read_up_to_a_second_bound_and_past_it_by_the_rules() -> None:
    admission, hearing = Admission(RateLimit(1)), Hearing()
    ends = limited(admission, hearing, [OBLIQUE] * 10 + [URGENT])
    assert ends[:HEARD_TIMES] == [HELP] * HEARD_TIMES
    assert {refusal_of(end) for end in ends[HEARD_TIMES:-1]} == {(429, "too_many")}
    assert isinstance(ends[-1], Answer)
    assert ends[-1].kind is Kind.URGENT
    assert len(hearing.asked) == 1 + HEARD_TIMES
    assert heard(admission) == {"help": HEARD_TIMES, "passed_over": 10 - HEARD_TIMES}


def test_an_address_that_floods_takes_nothing_from_another() -> None:
    admission, hearing = Admission(RateLimit(1)), Hearing()
    limited(admission, hearing, [IRON] * 20)

    async def other() -> list[Answer | RefusedError]:
        return [await ended(admission, hearing, question, "y") for question in (IRON, OBLIQUE)]

    assert asyncio.run(other()) == [PLAIN, HELP]


def test_a_flood_from_many_addresses_is_read_at_a_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admitting, "HEARD_A_SECOND", 1)  # so slow that the time which the test takes hardly counts
    admission, hearing = Admission(RateLimit(0), at_once=1, most_waiting=-1), Hearing()

    async def flood() -> list[Answer | RefusedError]:
        return await asyncio.gather(*(ended(admission, hearing, OBLIQUE, f"{number}") for number in range(200)))

    ends = asyncio.run(flood())
    assert HEARD_BURST <= len(hearing.asked) <= HEARD_BURST + 5
    assert sum(end == HELP for end in ends) == len(hearing.asked)
    assert {refusal_of(end) for end in ends if end != HELP} == {(503, "busy")}


def test_when_every_thread_is_taken_danger_is_heard_by_one_that_is_kept_for_it() -> None:
    admission, busy, hearing = Admission(RateLimit(0), at_once=1, most_waiting=0), Hearing(), Hearing()

    async def ask() -> list[Answer | RefusedError]:
        busy.may_go.clear()
        waiting = asyncio.ensure_future(ended(admission, busy, IRON))
        await asyncio.sleep(0.1)
        ends = [await ended(admission, hearing, question) for question in (OBLIQUE, IRON)]
        busy.may_go.set()
        return [*ends, await waiting]

    helped, refused, waited = asyncio.run(ask())
    assert (helped, waited) == (HELP, PLAIN)
    assert refusal_of(refused) == (503, "busy")


def test_what_waited_in_vain_is_heard_and_what_a_thread_is_stuck_at_holds_no_second_one_up() -> None:
    admission, busy, hearing = Admission(RateLimit(0), at_once=1, deadline_seconds=0.3), Hearing(), Hearing()

    async def ask() -> list[Answer | RefusedError]:
        busy.may_go.clear()
        ends = await asyncio.gather(ended(admission, busy, IRON), ended(admission, hearing, OBLIQUE))
        busy.may_go.set()
        return list(ends)

    stuck, waited = asyncio.run(ask())
    assert refusal_of(stuck) == (503, "busy")
    assert busy.asked == [IRON]
    assert waited == HELP


def test_a_thread_that_hears_too_long_is_waited_for_no_longer_and_seen_as_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admitting, "HEARD_SECONDS", 0.2)
    monkeypatch.setattr(admitting, "STUCK_SECONDS", 0.2)
    admission, hearing = Admission(RateLimit(0), at_once=1, most_waiting=-1), Hearing()

    async def ask() -> list[Answer | RefusedError]:
        hearing.may_go.clear()
        first = await ended(admission, hearing, OBLIQUE)
        await asyncio.sleep(0.1)
        assert (admission.stuck, admission.is_stuck) == (1, False)  # the rules still hear
        second = await ended(admission, hearing, OBLIQUE)
        hearing.may_go.set()
        return [first, second]

    assert {refusal_of(end) for end in asyncio.run(ask())} == {(503, "busy")}
    assert hearing.asked == [OBLIQUE]
    assert heard(admission) == {"not_read": 1, "passed_over": 1}


def test_what_cannot_be_read_is_refused_for_the_limit_as_before() -> None:
    def ask(_turns: Sequence[str]) -> Answer:
        raise QuestionError("There is none of these articles here.", remedy="Choose another.", code="no_article")

    async def twice() -> None:
        admission, asked = Admission(RateLimit(1)), Asked([IRON], ["none"], "en", IRON)
        with pytest.raises(QuestionError):
            await admission.answer(ask, asked, address="x")
        with pytest.raises(RefusedError, match="Too many questions"):
            await admission.answer(ask, asked, address="x")

    asyncio.run(twice())


def test_a_refusal_names_a_help_line_beside_the_emergency_numbers() -> None:
    (refused,) = limited(Admission(RateLimit(1)), Hearing(), [IRON])
    assert isinstance(refused, RefusedError)
    assert "112, 911 or 999" in str(refused.remedy)
    assert "https://findahelpline.com " in str(refused.remedy)


# What the encoders find and no rule does, with the language that the help is in; of real messages that were refused before.
FOUND_BY_READING = {
    "ma gosse a bouffé les cachets de mamie": "fr",
    "i just want it all to stop": "en",
}


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[TestClient]:
    """Of a server whose limit is used up."""
    assistant.ask(["ma fille a mangé toutes les pommes de son frère"])  # loads what reads other languages
    server = create_server(LiveAssistant(assistant), admission=Admission(RateLimit(4)))  # and twelve are heard
    with TestClient(server, headers={"Accept": "application/json, text/event-stream"}) as client:
        while client.post("/api/ask", json={"turns": [IRON]}).status_code == 200:
            pass
        yield client


@pytest.mark.parametrize("question", FOUND_BY_READING)
def test_danger_that_only_reading_finds_gets_help_in_its_language_past_the_limit(client: TestClient, question: str) -> None:
    assert urgent_help(question) is None
    answer = client.post("/api/ask", json={"turns": [question]})
    assert (answer.status_code, answer.json()["kind"]) == (200, "urgent")
    assert answer.headers["Content-Language"] == FOUND_BY_READING[question]


def test_what_follows_danger_gets_help_again_past_the_limit(client: TestClient) -> None:
    assert client.post("/api/ask", json={"turns": [URGENT, "ok"]}).json()["kind"] == "urgent"


def test_other_programs_are_heard_past_the_limit_and_no_word_is_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    question = "ma gosse a bouffé les cachets de mamie"
    with caplog.at_level(logging.DEBUG):
        call = {"name": "ask", "arguments": {"question": question}}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        said = client.post("/mcp", json=message).json()["result"]
        session = "s" * 12
        client.post("/gradio_api/queue/join", json={"data": [question], "fn_index": 0, "session_hash": session})
        stream = client.get("/gradio_api/queue/data", params={"session_hash": session}).text
    assert said["structuredContent"]["kind"] == "urgent"
    assert json.loads(stream.split("\n")[0].removeprefix("data: "))["output"]["data"][0]["kind"] == "urgent"
    assert "gosse" not in caplog.text


def test_what_is_harmless_is_refused_though_it_is_read(client: TestClient) -> None:
    assert client.post("/api/ask", json={"turns": [IRON]}).status_code == 429
