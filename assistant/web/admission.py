"""Which questions are answered now, which are asked to wait: a bounded queue, a deadline, and a rate an address.

Flows in: turns and the address that they come from. Flows out: an answer, or a `RefusedError` with seconds to wait.
Urgent help is never refused: where a question is turned away, the rules of triage, which need neither index nor model,
still look at it first; only when even they are overrun is it refused, in words that name the emergency numbers.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from assistant.answer import Answer
from assistant.question import QuestionError, check_turns
from assistant.urgent import urgent_help
from assistant.web.metrics import Metrics
from assistant.web.rate_limit import RateLimit
from corpus import ShownError
from index.errors import StoreCallError, StoreUnreachableError

AT_ONCE = max(1, (os.cpu_count() or 1) - 1)  # one core is left to reading requests and refusing them
MOST_WAITING = 32
DEADLINE_SECONDS = 10.0  # from arrival to answer
TRIAGE_SECONDS = 0.05  # for a question that is being refused
TRIAGED_A_SECOND = 50  # of those that are refused, so that refusing stays cheap
TRIAGE_BURST = 20
RETRY_AFTER_OVERLOAD = 2  # seconds; a full queue is worked off in less
RETRY_AFTER_UNREACHABLE = 5  # seconds
EMERGENCY = "In an emergency, call 112, 911 or 999."

Ask = Callable[[Sequence[str]], Answer]


class RefusedError(ShownError):
    """A question that is not answered now. `code` names the page's wording for it."""

    def __init__(self, message: str, /, *, status: int, retry_after: int, code: str) -> None:
        super().__init__(message, remedy=f"Ask again in {retry_after} seconds. {EMERGENCY}")
        self.status = status
        self.retry_after = retry_after
        self.code = code


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
        self._region = region
        self._most_pending = at_once + most_waiting
        self._deadline_seconds = deadline_seconds
        self._workers = ThreadPoolExecutor(at_once, thread_name_prefix="answer")
        self._triage = ThreadPoolExecutor(1, thread_name_prefix="triage")
        self._lock = threading.Lock()
        self._triage_busy_until = 0.0  # by the monotonic clock, at the pace that is allowed
        self.pending = 0  # questions in flight or waiting

    @property
    def is_rate_limited(self) -> bool:
        """Whether addresses are held, for a minute."""
        return self._rate_limit.is_on

    async def answer(self, ask: Ask, turns: Any, /, *, address: str) -> Answer:
        """The answer of `ask` to these turns, counted.

        Raises:
            QuestionError: what is wrong with the turns.
            RefusedError: too many questions from this address, too many altogether, no answer in time, or what holds the
                passages cannot be asked.
        """
        begun = time.perf_counter()
        try:
            answer = await self._answer(ask, check_turns(turns), address)
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

    async def _answer(self, ask: Ask, turns: Sequence[str], address: str) -> Answer:
        if wait := self._rate_limit.seconds_to_wait(address):
            error = RefusedError("Too many questions from one address.", status=429, retry_after=wait, code="too_many")
            return await self._help_or(error, turns)
        if self.pending >= self._most_pending:
            return await self._help_or(_overloaded("Too many people are asking."), turns)
        job = self._submit(ask, turns)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(job), self._deadline_seconds)
        except TimeoutError:
            return await self._help_or(_overloaded("The answer took too long."), turns)

    def check_rate(self, address: str, /) -> None:
        """Count something else than a question.

        Raises:
            RefusedError: too many of them from this address.
        """
        if wait := self._rate_limit.seconds_to_wait(address):
            self.metrics.refused.labels("too_many").inc()
            raise RefusedError("Too many requests from one address.", status=429, retry_after=wait, code="too_many")

    def _submit(self, ask: Ask, turns: Sequence[str]) -> "Future[Answer]":
        """Counted until it is really over: a thread cannot be stopped, so one that is given up still takes its place."""
        with self._lock:
            self.pending += 1
        job = self._workers.submit(ask, turns)
        job.add_done_callback(self._finish)
        return job

    def _finish(self, _job: "Future[Answer]") -> None:
        with self._lock:
            self.pending -= 1

    async def _help_or(self, error: RefusedError, turns: Sequence[str]) -> Answer:
        now = time.monotonic()
        begin = max(now, self._triage_busy_until)
        if begin - now > TRIAGE_BURST / TRIAGED_A_SECOND:
            raise error
        self._triage_busy_until = begin + 1 / TRIAGED_A_SECOND
        look = asyncio.get_running_loop().run_in_executor(self._triage, self._help, turns[-1])
        try:
            help_ = await asyncio.wait_for(look, TRIAGE_SECONDS)
        except TimeoutError:
            raise error from None
        if help_ is None:
            raise error
        return help_

    def _help(self, question: str) -> Answer | None:
        return urgent_help(question, region=self._region)


def _overloaded(message: str) -> RefusedError:
    return RefusedError(message, status=503, retry_after=RETRY_AFTER_OVERLOAD, code="busy")
