"""What is counted, for Prometheus: kinds of answers, times, refusals, faults; never a word and never an address.

`Outcomes` counts how each request ended, and answers a fault of ours with 500. What a fault says about itself may hold what
a visitor typed, so neither that answer nor the log repeats it.

Served on an address of this machine only, apart from the port that visitors reach.
"""

import logging
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.gate.responses import refusal
from assistant.web.process.live import LiveAssistant
from corpus import ShownError

logger = logging.getLogger(__name__)

disable_created_metrics()  # type: ignore[no-untyped-call]  # the time at which each counter began: as many lines again, and nobody reads them
LOCAL = "127.0.0.1"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds


class MetricsError(ShownError):
    """The metrics cannot be served."""


class Metrics:
    """Counters of one process in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.answers = Counter("rls_answers", "Answers, by kind.", ["kind"], registry=self.registry)
        self.refused = Counter("rls_refused", "Requests that were refused, by reason.", ["reason"], registry=self.registry)
        self.heard = Counter(
            "rls_heard",
            "Refused questions that were read for danger, by what came of it.",
            ["outcome"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "rls_answer_seconds", "From a question's arrival to its answer.", buckets=BUCKETS, registry=self.registry
        )
        self.responses = Counter("rls_responses", "HTTP responses, by status.", ["status"], registry=self.registry)
        self.faults = Counter("rls_faults", "Faults of ours: requests that ended in an error.", registry=self.registry)

    def watch(self, live: LiveAssistant, pending: Callable[[], int], stuck: Callable[[], int], /) -> None:
        """Also report what these say when they are asked."""
        self.registry.register(_Watched(live, pending, stuck))

    def serve(self, port: int, /) -> None:
        """Serve `/metrics` on this machine until the process ends.

        Raises:
            MetricsError: the port is taken.
        """
        try:
            start_http_server(port, addr=LOCAL, registry=self.registry)
        except OSError as error:
            raise MetricsError(
                f"METRICS_PORT={port} cannot be used: {error.strerror or error}.", remedy="Set another port, or 0 for none."
            ) from None


class _Watched(Collector):
    def __init__(self, live: LiveAssistant, pending: Callable[[], int], stuck: Callable[[], int]) -> None:
        self._live = live
        self._pending = pending
        self._stuck = stuck

    def collect(self) -> Iterable[Metric]:
        """The present values."""
        version = self._live.current.version.name
        yield InfoMetricFamily("rls_index", "The version that is served.", value={"version": version})
        yield InfoMetricFamily("rls_index_wanted", "The version that is published.", value={"version": self._live.wanted})
        yield GaugeMetricFamily(
            "rls_index_behind_seconds",
            "For how long another version has been published than is served.",
            value=self._live.seconds_behind,
        )
        yield CounterMetricFamily("rls_reloads", "Versions that replaced another.", value=self._live.swaps)
        yield CounterMetricFamily("rls_reload_failures", "Versions that could not be loaded.", value=self._live.failures)
        yield CounterMetricFamily(
            "rls_fetch_failures", "What kept a published version from being fetched.", value=self._live.fetch_failures
        )
        yield GaugeMetricFamily("rls_questions_pending", "Questions in flight or waiting.", value=self._pending())
        yield GaugeMetricFamily("rls_threads_stuck", "Threads that one question has kept for too long.", value=self._stuck())


class Outcomes:
    """Stands right inside the headers, so that nothing that a route raises gets past it."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and see how it ends."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_and_count(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                self._metrics.responses.labels(str(message["status"])).inc()
            await send(message)

        try:
            await self._app(scope, receive, send_and_count)
        except Exception:
            self._metrics.faults.inc()
            logger.exception("a request ended in an error")
            if has_begun:
                raise  # the connection must be cut, since half an answer has been sent
            remedy = "Try again; if it goes on, tell the site's owner."
            failure = refusal(500, "Something went wrong here.", remedy, code="failed")
            await failure(scope, receive, send_and_count)
