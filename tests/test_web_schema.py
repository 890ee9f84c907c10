"""Schemathesis on our own OpenAPI description, against the running server.

Its cases are sound and unsound ones in turn; `STRESS_SCHEMA=1000` makes as many of both for each route.
"""

import os
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from assistant import Assistant
from assistant.web import create_server
from assistant.web.process.live import LiveAssistant
from tests.browsers import PageServer

CASES = int(os.environ.get("STRESS_SCHEMA", "12"))
LONGEST_SECONDS = 2.0
# A schema cannot say which text is blank, and what is not understood beside a sound question is not looked at.
OUR_OWN_WAYS = [positive_data_acceptance, negative_data_rejection]
ROUTES = ("POST /api/ask", "POST /api/feedback", "GET /articles/{slug}", "GET /privacy", "GET /readyz", "GET /version")


@pytest.fixture(scope="module")
def operations(assistant: Assistant) -> dict[str, Any]:
    server = create_server(LiveAssistant(assistant), feedback_file=Path("unused"))
    schema = schemathesis.openapi.from_dict(server.openapi())
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {operation.label: operation for operation in found}


def test_the_routes_are_described(operations: dict[str, Any]) -> None:
    assert set(ROUTES) <= set(operations)
    assert len(operations) >= len(ROUTES)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_route_does_what_its_description_says(
    operations: dict[str, Any], page_server: PageServer, mode: GenerationMode
) -> None:
    tried = 0

    for operation in operations.values():
        if mode is GenerationMode.NEGATIVE and operation.label.split()[0] != "POST":
            continue  # what has no body has nothing that could be unsound

        @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(operation.as_strategy(generation_mode=mode))
        def check(case: Any) -> None:
            nonlocal tried
            response = case.call(base_url=page_server.url, timeout=30)
            assert response.elapsed < LONGEST_SECONDS
            assert response.status_code < 500
            case.validate_response(response, excluded_checks=OUR_OWN_WAYS)
            tried += 1

        check()
    print(f"\n{tried} cases")
    assert tried >= 2
