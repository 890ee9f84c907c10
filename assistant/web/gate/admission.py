"""Which questions are answered now, which are asked to wait: a bounded queue, a deadline, and a rate an address.

Flows in: turns and the address that they come from. Flows out: an answer, or a `RefusedError` with seconds to wait.
Help is never refused: a question that is turned away is read for danger first. The rules of triage, which need neither index
nor model, look at it; where they find nothing, a thread that is kept for this reads it with all that the assistant has, up
to a second, wider bound. What is not help is refused all the same, in words that name emergency numbers and a help line.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from assistant.answer import Answer
from assistant.question import QuestionError, check_turns
from assistant.triage.urgent import ANYWHERE, is_help, regions, urgent_help
from assistant.web.gate.asked import Asked
from assistant.web.gate.metrics import Metrics
from assistant.web.gate.rate_limit import Pace, RateLimit
from corpus import ShownError
from index.errors import StoreCallError, StoreUnreachableError

AT_ONCE = max(1, (os.cpu_count() or 1) - 1)  # one core is left to reading requests and refusing them
MOST_WAITING = 32
DEADLINE_SECONDS = 10.0  # from arrival to answer
STUCK_SECONDS = 30.0  # after which a thread that still computes is taken for lost
TRIAGE_STUCK_SECONDS = 10.0  # triage takes milliseconds
TRIAGE_SECONDS = 0.05  # for a question that is being refused
TRIAGE_SECONDS_A_CHARACTER = 6e-5  # more for a long one: two seconds for 32 KB
TRIAGED_A_SECOND = 50  # of those that are refused, so that refusing stays cheap
TRIAGE_BURST = 20
HEARD_TIMES = 3  # as many questions of an address are read for danger beyond its limit as within it
HEARD_A_SECOND = 10  # of all that are refused: some are read by two encoders, and visitors need the cores
HEARD_BURST = 10
HEARD_SECONDS = 4.0  # with the deadline less than the 15 for which page and widget wait
RETRY_AFTER_OVERLOAD = 2  # seconds; a full queue is worked off in less
RETRY_AFTER_UNREACHABLE = 5  # seconds
MESSAGES_A_QUESTION = 10  # of a protocol that says hello, lists its tools and reads articles beside asking
EMERGENCY = (
    "In an emergency, call 112, 911 or 999."
    f" If you feel that you cannot go on, find a help line at {regions()[ANYWHERE]['crisis'][0]['web']} and talk to someone."
)

Ask = Callable[[Sequence[str]], Answer]
P = ParamSpec("P")
T = TypeVar("T")


class RefusedError(ShownError):
    """A question that is not answered now. `code` names the page's wording for it; `is_begun`: a thread reads it still."""

    def __init__(self, message: str, /, *, status: int, retry_after: int, code: str, is_begun: bool = False) -> None:
        super().__init__(message, remedy=f"Ask again in {retry_after} seconds. {EMERGENCY}")
        self.status = status
        self.retry_after = retry_after
        self.code = code
        self.is_begun = is_begun


class Admission:
    """Lets questions through to worker threads of its own. To be used from one event loop."""

    def __init__(
        self,
        rate_limit: RateLimit,
        /,
        *,
        region: str = "INT",
        at_once: int = AT_ONCE,
        most_waiting: int = MOST_WAITING,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self.metrics = Metrics()
        self._rate_limit = rate_limit
        self._heard_limit = rate_limit.wider(HEARD_TIMES)
        self._messages = rate_limit.wider(MESSAGES_A_QUESTION)
        self._region = region
        self._most_pending = at_once + most_waiting
        self._deadline_seconds = deadline_seconds
        self._workers = Workers(at_once, name="answer")
        self._triage = Workers(1, name="triage")
        self._triage_pace = Pace(TRIAGED_A_SECOND, burst=TRIAGE_BURST)
        self._hearing = Workers(1, name="hearing")
        self._hearing_pace = Pace(HEARD_A_SECOND, burst=HEARD_BURST)
        self._lock = threading.Lock()
        self.pending = 0  # questions in flight or waiting

    @property
    def is_rate_limited(self) -> bool:
        """Whether addresses are held, for a minute."""
        return self._rate_limit.is_on

    @property
    def stuck(self) -> int:
        """Threads that have been at one question for so long that they will not come back."""
        lost = self._workers.longer_than(STUCK_SECONDS) + self._hearing.longer_than(STUCK_SECONDS)
        return lost + self._triage.longer_than(TRIAGE_STUCK_SECONDS)

    @property
    def is_stuck(self) -> bool:
        """Whether no thread is left that answers, or none whose rules look for danger: only another process can help."""
        is_lost = self._workers.longer_than(STUCK_SECONDS) == self._workers.count
        return is_lost or self._triage.longer_than(TRIAGE_STUCK_SECONDS) > 0

    async def answer(self, ask: Ask, asked: Asked, /, *, address: str) -> Answer:
        """Answer by `ask`, and count it. A question that would be refused gets help if it tells of danger.

        Raises:
            QuestionError: what is wrong with the turns or the body.
            RefusedError: too many questions from this address, too many altogether, no answer in time, or what holds the
                passages cannot be asked.
        """
        begun = time.perf_counter()
        try:
            answer = await self._answer(ask, asked, address)
        except (StoreUnreachableError, StoreCallError):
            self.metrics.refused.labels("unreachable").inc()
            message = "What holds the passages gives no answer."
            raise RefusedError(message, status=503, retry_after=RETRY_AFTER_UNREACHABLE, code="unreachable") from None
        except (QuestionError, RefusedError) as error:
            self.metrics.refused.labels(error.code).inc()
            raise
        self.metrics.seconds.observe(time.perf_counter() - begun)
        self.metrics.answers.labels(answer.kind).inc()
        return answer

    async def _answer(self, ask: Ask, asked: Asked, address: str) -> Answer:
        try:
            return await self._answered(ask, asked, address)
        except (QuestionError, RefusedError) as error:
            help_ = await self._by_rules(asked.text)
            if help_ is None and isinstance(error, RefusedError) and not error.is_begun:
                help_ = await self._heard(ask, asked, address)
            if help_ is None:
                raise
            return help_

    async def _answered(self, ask: Ask, asked: Asked, address: str) -> Answer:
        if asked.error is not None:
            raise asked.error
        turns = check_turns(asked.turns)
        if wait := self._rate_limit.seconds_to_wait(address):
            raise RefusedError("Too many questions from one address.", status=429, retry_after=wait, code="too_many")
        is_held_up = self._workers.longer_than(self._deadline_seconds) == self._workers.count  # to wait would be in vain
        if is_held_up or self.pending >= self._most_pending:
            raise _overloaded("Too many people are asking.")
        job = self._submit(ask, turns)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(job), self._deadline_seconds)
        except TimeoutError:
            raise _overloaded("The answer took too long.", is_begun=not job.cancel()) from None

    def check_rate(self, address: str, /) -> None:
        """Count a request that is not a question.

        Raises:
            RefusedError: too many of them from this address.
        """
        self._check(self._rate_limit, address)

    def check_messages(self, address: str, /) -> None:
        """Count a message of a protocol, whether or not it holds a question.

        Raises:
            RefusedError: too many of them from this address.
        """
        self._check(self._messages, address)

    def _check(self, limit: RateLimit, address: str) -> None:
        if wait := limit.seconds_to_wait(address):
            self.metrics.refused.labels("too_many").inc()
            raise RefusedError("Too many requests from one address.", status=429, retry_after=wait, code="too_many")

    def _submit(self, ask: Ask, turns: Sequence[str]) -> "Future[Answer]":
        """Counted until its thread is free: no thread can be stopped, so a question that was given up still occupies one."""
        with self._lock:
            self.pending += 1
        job = self._workers.submit(ask, turns)
        job.add_done_callback(self._finish)
        return job

    def _finish(self, _job: "Future[Answer]") -> None:
        with self._lock:
            self.pending -= 1

    async def _by_rules(self, text: str) -> Answer | None:
        """Help if the rules find danger, and have time to look."""
        if not self._triage_pace.has_time():
            return None
        look = asyncio.wrap_future(self._triage.submit(self._help, text))
        try:
            return await asyncio.wait_for(look, TRIAGE_SECONDS + len(text) * TRIAGE_SECONDS_A_CHARACTER)
        except TimeoutError:
            return None

    async def _heard(self, ask: Ask, asked: Asked, address: str) -> Answer | None:
        """Help if the assistant gives it to what is being refused; what else it says, nobody gets. Nothing is read past the
        second bound, of the address or of all together."""
        is_held_up = self._hearing.longer_than(HEARD_SECONDS) > 0
        if is_held_up or self._heard_limit.seconds_to_wait(address) or not self._hearing_pace.has_time():
            self.metrics.heard.labels("passed_over").inc()
            return None
        read = asyncio.wrap_future(self._hearing.submit(ask, asked.turns))
        try:
            answer = await asyncio.wait_for(read, HEARD_SECONDS)
        except (TimeoutError, QuestionError, StoreUnreachableError, StoreCallError):
            self.metrics.heard.labels("not_read").inc()
            return None
        self.metrics.heard.labels("help" if is_help(answer) else "none").inc()
        return answer if is_help(answer) else None

    def _help(self, question: str) -> Answer | None:
        return urgent_help(question, region=self._region)


class Workers:
    """So many threads that know how long each has been at one call: one that computes for ever is not stopped, but seen."""

    def __init__(self, count: int, /, *, name: str) -> None:
        self.count = count
        self._pool = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._since: dict[int, float] = {}  # by thread, by the monotonic clock

    def submit(self, call: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> "Future[T]":
        """Let the next free thread call it."""
        return self._pool.submit(self._timed, partial(call, *args, **named))

    def longer_than(self, seconds: float, /) -> int:
        """How many threads have been at one call for longer than that."""
        before = time.monotonic() - seconds
        return sum(since < before for since in tuple(self._since.values()))

    def _timed(self, call: Callable[[], T]) -> T:
        me = threading.get_ident()
        self._since[me] = time.monotonic()
        try:
            return call()
        finally:
            del self._since[me]


def _overloaded(message: str, *, is_begun: bool = False) -> RefusedError:
    return RefusedError(message, status=503, retry_after=RETRY_AFTER_OVERLOAD, code="busy", is_begun=is_begun)
