"""What page and widget do by themselves when a question is lost: ask once more, and only where that may help."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, Route

from assistant.languages.wording import wording
from tests.browsers import DESKTOP, THREE, PageServer, open_page
from tests.host_site import host_page, host_site
from tests.widget_pages import WIDGET, open_host, open_panel

EXPOSED = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After, Refusal-Code"}
SECONDS = 7
NOT_AT_ONCE = 2600  # ms, well over the pause before the second request
Losing = Callable[[Route], None]


@dataclass(frozen=True)
class Face:
    """One of the two places where a visitor asks, with every request for an answer that left it."""

    page: Page
    box: Locator
    root: str
    requested: list[str]

    def ask(self) -> None:
        """Ask, and wait for what comes of it."""
        self.box.fill(THREE)
        self.box.press("Enter")
        self.page.locator(f"{self.root} :is(.reply[data-kind=answer], .reply[data-kind=problem])").wait_for()

    def lose(self, losing: Losing, times: int | None = None) -> None:
        """Have requests for an answer come to nothing."""
        self.page.route("**/api/ask", losing, times=times)

    @property
    def problems(self) -> list[str]:
        """What it says is wrong."""
        return [
            text.split("\n")[0] for text in self.page.locator(f"{self.root} .reply[data-kind=problem]").all_inner_texts()
        ]


@pytest.fixture(params=["page", "widget"])
def face(request: pytest.FixtureRequest, browser: Browser, page_server: PageServer) -> Iterator[Face]:
    with host_site() as site:
        if request.param == "page":
            page = open_page(browser.new_page(viewport=DESKTOP, locale="en-GB"), page_server.url)
            box, root = page.locator("#question"), ".turns"
        else:
            page = open_host(browser, site.put("/", host_page(page_server.url)))
            box, root = open_panel(page), WIDGET
        requested: list[str] = []
        page.on("request", lambda request: requested.append(request.url) if "/api/ask" in request.url else None)
        yield Face(page, box, root, requested)
        page.context.close()


def answered(status: int, body: str = "{}", headers: Mapping[str, str] | None = None) -> Losing:
    """A gateway, or the server itself, refusing."""
    return lambda route: route.fulfill(status=status, body=body, headers={**EXPOSED, **(headers or {})})


def dropped(route: Route) -> None:
    """The connection breaks, as when a replica is killed."""
    route.abort("connectionreset")


GATEWAY = "<html><body><h1>Bad gateway</h1></body></html>"
LOST = {
    "a dropped connection": dropped,
    "502 of a gateway": answered(502, GATEWAY, {"Content-Type": "text/html"}),
    "504 of a gateway": answered(504, GATEWAY, {"Content-Type": "text/html"}),
    "503 that names no time": answered(503, GATEWAY, {"Content-Type": "text/html"}),
}


@pytest.mark.parametrize("losing", LOST.values(), ids=LOST)
def test_a_question_lost_once_is_asked_once_more_and_nobody_notices(face: Face, losing: Losing) -> None:
    face.lose(losing, times=1)
    face.ask()
    assert face.page.locator(f"{face.root} .reply[data-kind=answer]").count() == 1
    assert face.problems == []
    assert len(face.requested) == 2


@pytest.mark.parametrize("losing", LOST.values(), ids=LOST)
def test_a_question_lost_twice_is_said_to_be_lost_and_not_asked_a_third_time(face: Face, losing: Losing) -> None:
    face.lose(losing)
    face.ask()
    face.page.wait_for_timeout(NOT_AT_ONCE)
    assert face.problems == [wording()["widget.away"]]
    assert face.box.input_value() == THREE
    assert len(face.requested) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_that_names_a_time_is_not_answered_by_asking_at_once(face: Face, status: int) -> None:
    face.lose(answered(status, headers={"Retry-After": str(SECONDS)}))
    face.ask()
    face.page.wait_for_timeout(NOT_AT_ONCE)
    assert len(face.problems) == 1
    assert len(face.requested) == 1


@pytest.mark.parametrize("status", [404, 413, 500])
def test_what_was_refused_for_what_it_is_is_not_sent_again(face: Face, status: int) -> None:
    face.lose(answered(status, GATEWAY))
    face.ask()
    face.page.wait_for_timeout(NOT_AT_ONCE)
    assert len(face.problems) == 1
    assert len(face.requested) == 1


@pytest.mark.parametrize("code", ["too_many", "busy", "unreachable"])
def test_a_refusal_is_said_in_the_words_that_it_names_or_as_too_much_to_do(face: Face, code: str) -> None:
    face.lose(answered(503, headers={"Retry-After": str(SECONDS), "Refusal-Code": code}))
    face.ask()
    known = code if face.root == ".turns" else "busy"  # the widget, for its weight, has no more words
    assert face.problems == [wording()[f"page.{known}"].format(seconds=SECONDS)]


def test_a_fault_of_the_server_is_no_answer_and_no_words_of_its_own(face: Face) -> None:
    face.lose(answered(500, '{"error": "Something went wrong here.", "remedy": "Try again."}', {"Refusal-Code": "failed"}))
    face.ask()
    assert face.problems == [wording()["page.try_again" if face.root == ".turns" else "widget.away"]]
