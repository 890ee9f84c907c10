"""How many questions are answered at once, and from one address; urgent help is never refused."""

import asyncio
import re
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from assistant import Answer, Assistant
from assistant.question import QuestionError
from assistant.web import create_server
from assistant.web.gate import admission as admitting
from assistant.web.gate.admission import Admission, RefusedError
from assistant.web.gate.asked import Asked
from assistant.web.gate.rate_limit import BURST, RateLimit, address_of
from assistant.web.process.live import LiveAssistant
from settings import PROJECT
from tests.browsers import DESKTOP, URGENT, PageServer, ask, chromium, open_page, serving
from tests.conftest import ARTICLE

HELPLINE = "https://findahelpline.com"
IRON = "How is iron linked to dopamine?"


class SlowAssistant:
    """Answers only once it is told to."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.may_go = threading.Event()
        self.started = 0

    def ask(self, _turns: Sequence[str], /) -> Answer:
        self.started += 1
        assert self.may_go.wait(10)
        return self._answer


@pytest.fixture
def slow(assistant: Assistant) -> SlowAssistant:
    return SlowAssistant(assistant.ask([IRON]))


def asked_of(question: str) -> Asked:
    return Asked([question], None, "en", question)


async def answers(admission: Admission, slow: SlowAssistant, count: int) -> list[Answer | BaseException]:
    """So many questions at once; the assistant goes on when all have arrived."""
    asked = [asyncio.ensure_future(admission.answer(slow.ask, asked_of(IRON), address="x")) for _ in range(count)]
    await asyncio.sleep(0.3)
    slow.may_go.set()
    return await asyncio.gather(*asked, return_exceptions=True)


def test_what_the_queue_cannot_hold_is_refused_at_once_and_no_answer_in_it_is_lost(slow: SlowAssistant) -> None:
    admission = Admission(RateLimit(0), at_once=2, most_waiting=3)
    found = asyncio.run(answers(admission, slow, 9))
    refused = [error for error in found if isinstance(error, RefusedError)]
    assert (len(found) - len(refused), len(refused), slow.started) == (5, 4, 5 + 4)  # refused ones are read for danger
    assert {(error.status, error.retry_after) for error in refused} == {(503, 2)}
    assert all("112, 911 or 999" in error.remedy for error in refused)
    assert admission.pending == 0


def test_urgent_help_comes_from_a_full_queue_and_past_the_rate_limit(slow: SlowAssistant) -> None:
    async def both() -> tuple[Answer, Answer]:
        full = Admission(RateLimit(0), at_once=1, most_waiting=0, region="GB")
        waiting = asyncio.ensure_future(full.answer(slow.ask, asked_of(IRON), address="x"))
        await asyncio.sleep(0.1)
        from_full = await full.answer(slow.ask, asked_of(URGENT), address="x")
        slow.may_go.set()
        await waiting
        strict = Admission(RateLimit(1))
        await strict.answer(slow.ask, asked_of(IRON), address="x")
        return from_full, await strict.answer(slow.ask, asked_of(URGENT), address="x")

    from_full, past_limit = asyncio.run(both())
    assert "Samaritans: 116 123" in from_full.message
    assert past_limit.kind == "urgent"


def test_when_too_many_are_refused_to_look_at_each_the_refusal_names_the_emergency_numbers(slow: SlowAssistant) -> None:
    slow.may_go.set()

    async def flood() -> list[Answer | BaseException]:
        full = Admission(RateLimit(0), at_once=1, most_waiting=-1)
        asked = [full.answer(slow.ask, asked_of(URGENT), address="x") for _ in range(500)]
        return await asyncio.gather(*asked, return_exceptions=True)

    found = asyncio.run(flood())
    helped = [answer for answer in found if isinstance(answer, Answer)]
    refused = [error for error in found if isinstance(error, RefusedError)]
    assert len(helped) + len(refused) == 500
    assert helped
    assert refused
    assert all("112, 911 or 999" in error.remedy for error in refused)


def test_an_answer_that_takes_too_long_is_given_up_and_its_thread_still_counts(slow: SlowAssistant) -> None:
    async def give_up(admission: Admission) -> int:
        with pytest.raises(RefusedError, match="too long"):
            await admission.answer(slow.ask, asked_of(IRON), address="x")
        still = admission.pending
        slow.may_go.set()
        return still

    admission = Admission(RateLimit(0), at_once=1, deadline_seconds=0.2)
    assert asyncio.run(give_up(admission)) == 1
    time.sleep(0.2)
    assert admission.pending == 0


def test_while_all_threads_are_held_up_an_urgent_question_is_helped_at_once(slow: SlowAssistant) -> None:
    async def ask_when_held_up() -> float:
        with pytest.raises(RefusedError, match="too long"):
            await admission.answer(slow.ask, asked_of(IRON), address="x")
        begun = time.monotonic()
        assert (await admission.answer(slow.ask, asked_of(URGENT), address="x")).kind == "urgent"
        slow.may_go.set()
        return time.monotonic() - begun

    admission = Admission(RateLimit(0), at_once=1, deadline_seconds=1)
    assert asyncio.run(ask_when_held_up()) < 0.5


def test_threads_that_one_question_keeps_are_counted_and_when_all_are_kept_it_is_stuck(
    slow: SlowAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admitting, "STUCK_SECONDS", 0.2)

    async def keep_both() -> list[tuple[int, bool]]:
        seen = []
        for _ in range(2):
            with pytest.raises(RefusedError):
                await admission.answer(slow.ask, asked_of(IRON), address="x")
            await asyncio.sleep(0.3)
            seen.append((admission.stuck, admission.is_stuck))
        slow.may_go.set()
        await asyncio.sleep(0.2)
        return [*seen, (admission.stuck, admission.is_stuck)]

    admission = Admission(RateLimit(0), at_once=2, deadline_seconds=0.1)
    assert asyncio.run(keep_both()) == [(1, False), (2, True), (0, False)]


def test_when_the_thread_that_looks_for_danger_is_kept_it_is_stuck(
    slow: SlowAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admitting, "TRIAGE_STUCK_SECONDS", 0.2)
    monkeypatch.setattr(admitting, "HEARD_SECONDS", 0.1)
    monkeypatch.setattr(admitting, "urgent_help", lambda *_, **__: slow.may_go.wait(10))
    admission = Admission(RateLimit(0), at_once=1, most_waiting=-1)

    async def keep() -> bool:
        with pytest.raises(RefusedError):
            await admission.answer(slow.ask, asked_of(IRON), address="x")
        await asyncio.sleep(0.3)
        return admission.is_stuck

    assert asyncio.run(keep())
    slow.may_go.set()


def test_a_question_that_cannot_be_asked_is_told_so_before_anything_else(slow: SlowAssistant) -> None:
    with pytest.raises(QuestionError):
        asyncio.run(Admission(RateLimit(0), at_once=1, most_waiting=-1).answer(slow.ask, asked_of(""), address="x"))


def test_a_burst_is_let_through_and_then_the_rate_holds_for_each_address_by_itself() -> None:
    limit = RateLimit(20)
    assert [limit.seconds_to_wait("a") for _ in range(BURST)] == [0] * BURST
    assert 1 <= limit.seconds_to_wait("a") <= 3
    assert limit.seconds_to_wait("b") == 0


def test_within_a_minute_there_are_no_more_than_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    limit, now = RateLimit(20), time.monotonic()
    let_through = 0
    for second in range(59):
        monkeypatch.setattr(time, "monotonic", lambda second=second: now + second)
        let_through += limit.seconds_to_wait("a") == 0
    assert let_through == 20
    assert limit.seconds_to_wait("a") in {1, 2}


def test_a_clock_that_is_set_back_an_hour_makes_nobody_wait_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = RateLimit(20)
    for _ in range(BURST):
        limit.seconds_to_wait("a")
    an_hour_back = time.time() - 3600
    monkeypatch.setattr(time, "time", lambda: an_hour_back)
    assert 1 <= limit.seconds_to_wait("a") <= 3


def test_no_code_measures_how_long_something_takes_by_the_clock_on_the_wall() -> None:
    sources = [
        PROJECT / "app.py",
        *(file for top in ("assistant", "corpus", "index") for file in (PROJECT / top).rglob("*.py")),
    ]
    assert [
        str(file) for file in sources if re.search(r"\btime\.time\(|\btime_ns\(", file.read_text(encoding="utf-8"))
    ] == []


def test_addresses_are_kept_as_hashes_only_and_forgotten_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    limit, now = RateLimit(20), time.monotonic()
    for n in range(500):
        limit.seconds_to_wait(f"192.0.2.{n}")
    assert len(limit._let_through) == 500
    assert [key for key in limit._let_through if "192.0.2" in key] == []
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    limit.seconds_to_wait("198.51.100.1")
    assert len(limit._let_through) == 1


def test_zero_is_no_limit() -> None:
    limit = RateLimit(0)
    assert {limit.seconds_to_wait("a") for _ in range(1_000)} == {0}


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("no-address", "unknown"),
    ],
)
def test_an_address_is_an_ipv4_address_or_an_ipv6_network(host: str, address: str) -> None:
    assert address_of(Request({"type": "http", "client": (host, 1)})) == address


def test_refusals_of_the_api_say_when_to_come_back(assistant: Assistant) -> None:
    server = create_server(LiveAssistant(assistant), admission=Admission(RateLimit(1)))
    client = TestClient(server)
    body = {"turns": [IRON]}
    assert client.post("/api/ask", json=body).status_code == 200
    refused = client.post("/api/ask", json=body)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert list(refused.json()) == ["error", "remedy"]
    assert client.get(f"/articles/{ARTICLE}").status_code == 200
    assert client.post("/api/ask", json={"turns": [URGENT]}).json()["kind"] == "urgent"


@pytest.fixture(scope="module")
def limited(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """The real server behind a proxy on this machine; its limit does not depend on how fast the machine is."""
    file = tmp_path_factory.mktemp("limited") / "feedback.jsonl"
    environment = {"RATE_LIMIT": str(BURST), "TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8"}
    with serving(["app.py"], index_dir=real_index, feedback_file=file, **environment) as server:
        yield server


def statuses(server: PageServer, forwarded: Sequence[str]) -> list[int]:
    with httpx.Client(base_url=server.url) as client:
        return [
            client.post("/api/ask", json={"turns": [IRON]}, headers={"X-Forwarded-For": header}).status_code
            for header in forwarded
        ]


def test_behind_a_trusted_proxy_each_visitor_has_a_limit_of_their_own(limited: PageServer) -> None:
    assert statuses(limited, [f"198.51.100.{n}" for n in range(8)]) == [200] * 8


def test_what_a_visitor_writes_into_the_header_changes_nothing(limited: PageServer) -> None:
    # A proxy appends the address that it sees; whatever stands left of it is the visitor's own invention.
    forged = [f"203.0.113.{n}, 198.51.100.99, 10.0.0.1" for n in range(8)]
    assert statuses(limited, forged) == [200] * BURST + [429] * 3


def test_the_form_of_a_browser_without_scripts_hears_past_the_limit(limited: PageServer) -> None:
    with httpx.Client(base_url=limited.url, headers={"X-Forwarded-For": "192.0.2.201"}) as client:
        for _ in range(BURST):
            client.post("/api/ask", json={"turns": [IRON]})
        form = {"question": "ma gosse a bouffé les cachets de mamie", "language": "fr"}
        client.post("/", data=form)  # which may load what reads other languages
        helped, refused = client.post("/", data=form), client.post("/", data={"question": IRON, "language": "en"})
    assert helped.status_code == 200
    assert '<h2 class="now">' in helped.text
    assert refused.status_code == 429
    assert f'href="{HELPLINE}"' in refused.text


def test_the_page_says_to_wait_and_keeps_the_question(limited: PageServer) -> None:
    with chromium() as browser, browser.new_context(viewport=DESKTOP, locale="en-GB") as context:
        context.set_extra_http_headers({"X-Forwarded-For": "192.0.2.200"})
        page = open_page(context.new_page(), limited.url)
        replies = [ask(page, IRON).inner_text() for _ in range(BURST + 1)]
        assert "tyrosine" in replies[0]
        assert (
            page.locator(".reply[data-kind=problem]")
            .inner_text()
            .startswith("You have asked many questions in a short time.")
        )
        assert page.locator(".reply[data-kind=problem] .help a").last.get_attribute("href") == HELPLINE
        assert page.locator("#question").input_value() == IRON
        page.locator("#question").fill(URGENT)
        page.keyboard.press("Enter")
        page.locator(".reply[data-kind=urgent]").wait_for()
