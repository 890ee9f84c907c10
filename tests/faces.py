"""The places where a visitor asks, page and widget, as their tests use them, and what may come in place of an answer."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Request, Route

from tests.browsers import DESKTOP, PageServer, open_page
from tests.host_site import HostSite, host_page
from tests.widget_pages import WIDGET, open_host, open_panel

FACES = ("page", "widget", "widget in a frame")
EXPOSED = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
HTML = {"Content-Type": "text/html"}
GATEWAY = "<html><body><h1>Bad gateway</h1></body></html>"
JSON = '{"error": "No.", "remedy": "Later."}'
# What may come in place of an answer: status, body, headers; no status stands for a connection that breaks.
LOST: dict[str, tuple[int, str, Mapping[str, str]]] = {
    "no connection": (0, "", {}),
    "502 of a proxy": (502, GATEWAY, HTML),
    "503 of a proxy": (503, GATEWAY, HTML),
    "504 of a proxy": (504, GATEWAY, HTML),
    "too many questions": (429, JSON, {"Retry-After": "7"}),
    "a server that starts": (503, JSON, {"Retry-After": "5"}),
    "a body that is too large": (413, JSON, {}),
    "a proxy's own 413": (413, GATEWAY, HTML),
    "a fault of the server": (500, JSON, {}),
    "a page in place of an answer": (200, GATEWAY, HTML),
}


@dataclass(frozen=True)
class Face:
    """One of the places where a visitor asks."""

    page: Page
    box: Locator
    root: Locator
    sent: list[list[str]]  # turns, one list a request

    def ask(self, question: str) -> None:
        """Send a question."""
        self.box.fill(question)
        self.box.press("Enter")

    def answer(self, status: int, body: str = JSON, headers: Mapping[str, str] | None = None) -> None:
        """Have every question come to this, from now on."""

        def come_to(route: Route) -> None:
            if status:
                route.fulfill(status=status, body=body, headers={**EXPOSED, **(headers or {})})
            else:
                route.abort("connectionreset")

        self.page.unroute("**/api/ask")
        self.page.route("**/api/ask", come_to)

    def refuse(self) -> None:
        """Have every question refused at once."""
        self.answer(429, headers={"Retry-After": "7"})

    def let_through(self) -> None:
        """Have questions answered again."""
        self.page.unroute("**/api/ask")

    @property
    def bar(self) -> Locator:
        """What stays in sight."""
        return self.root.locator(".in-sight, .sight")


@contextmanager
def open_face(name: str, browser: Browser, server: PageServer, site: HostSite) -> Iterator[Face]:
    """One of `FACES`, ready to type, while the block lasts."""
    page: Any
    if name == "page":
        page = open_page(browser.new_page(viewport=DESKTOP, locale="en-GB"), server.url)
        box, root = page.locator("#question"), page.locator(".app").first
    elif name == "widget":
        page = open_host(browser, site.put("/", host_page(server.url)))
        box, root = open_panel(page), page.locator(f"{WIDGET} .panel")
    else:
        page = open_host(browser, site.put("/framed", host_page(server.url, "data-mode=iframe")))
        page.locator(f"{WIDGET} .launcher").click()
        frame = page.frame_locator(f"{WIDGET} iframe")
        box, root = frame.locator("textarea"), frame.locator(".panel")
        box.wait_for()
    sent: list[list[str]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/ask"):
            sent.append(json.loads(request.post_data or "{}")["turns"])

    page.on("request", note)
    yield Face(page, box, root, sent)
    page.context.close()


def calls(place: Locator) -> list[str]:
    """Whom the links in a place call."""
    return [str(link.get_attribute("href")) for link in place.locator("a[href^='tel:']").all()]
