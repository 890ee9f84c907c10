"""Visitors who go on asking: in the chat page, in the widget on another site, and by HTTP as a program does.

Each counts what it met as a visitor would: a problem on the screen, a page that does not come. A second request that page
or widget made by itself is not one, and is counted beside it.
"""

import asyncio
import itertools
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from playwright.async_api import Browser, Error, Locator, Page, async_playwright

from tests.browsers import CHROMIUM_FLAGS, DESKTOP, find_chromium
from tests.host_site import host_page, host_site
from tests.stress.questions import QUESTIONS
from tests.widget_pages import WIDGET

QUESTIONS_A_PAGE = 8  # then it is loaded anew
PAUSE_SECONDS = 0.3
AGAIN_SECONDS = 2.0
WAIT = 20_000  # ms
GATEWAY = (502, 503, 504)


@dataclass
class Seen:
    """What visitors of one sort met."""

    opened: int = 0
    opened_again: int = 0  # a page whose files broke off half-way: no script of it can help that, its visitor loads it anew
    asked: int = 0
    requests: int = 0
    failures: list[str] = field(default_factory=list)

    def count(self, url: str) -> None:
        """Count a request if it asks something."""
        self.requests += url.endswith("/api/ask")

    @property
    def figures(self) -> dict[str, int | list[str]]:
        """As they are kept."""
        again = max(0, self.requests - self.asked)
        return {
            "pages_opened": self.opened,
            "pages_loaded_again": self.opened_again,
            "questions": self.asked,
            "asked_again_by_itself": again,
            "failures": len(self.failures),
            "said": sorted(set(self.failures)),
        }


Opening = Callable[[Page], Awaitable[tuple[Locator, str]]]


async def go_on_asking(browser: Browser, open_: Opening, seen: Seen, *, locale: str, is_over: asyncio.Event) -> None:
    """Open a page, ask there, again and again. `open_` returns the box to type into and where the replies stand."""
    questions = _questions(locale)
    while not is_over.is_set():
        context = await browser.new_context(locale=locale, viewport=DESKTOP, ignore_https_errors=True)
        page = await context.new_page()
        page.set_default_timeout(WAIT)
        page.on("request", lambda request: seen.count(request.url))
        try:
            try:
                box, root = await open_(page)
            except Error:
                seen.opened_again += 1
                box, root = await open_(page)
            seen.opened += 1
            replies = page.locator(f"{root} .reply:not([data-kind=pending])")
            for _ in range(QUESTIONS_A_PAGE):
                if is_over.is_set():
                    break
                before = await replies.count()
                seen.asked += 1
                await box.fill(next(questions))
                await box.press("Enter")
                await replies.nth(before).wait_for()
                if problems := await page.locator(f"{root} .reply[data-kind=problem]").all_inner_texts():
                    seen.failures += problems
                    break
                await asyncio.sleep(PAUSE_SECONDS)
        except Error as error:
            seen.failures.append(f"{locale}: {error.message[:200]}")
        await context.close()


def in_the_page(url: str, language: str) -> Opening:
    """The chat page, in a language."""

    async def open_(page: Page) -> tuple[Locator, str]:
        await page.goto(url)
        await page.locator(f".app[data-ready][lang={language}]").wait_for()
        return page.locator("#question"), ".log"

    return open_


def in_the_widget(site: str) -> Opening:
    """The widget on a page of another site."""

    async def open_(page: Page) -> tuple[Locator, str]:
        await page.goto(site)
        await page.locator(f"{WIDGET} .launcher").click()
        return page.locator(f"{WIDGET} textarea"), WIDGET

    return open_


async def go_on_asking_by_http(
    url: str, trusted: ssl.SSLContext, seen: Seen, *, number: int, is_over: asyncio.Event
) -> None:
    """Ask `/api/ask`, once more if that was lost, as the widget does; what was lost twice is a failure."""
    questions = _questions(f"http {number}")
    transport = httpx.AsyncHTTPTransport(verify=trusted, local_address=f"127.0.8.{number}")
    async with httpx.AsyncClient(base_url=url, transport=transport, timeout=20) as client:
        while not is_over.is_set():
            body = json.dumps({"turns": [next(questions)]})
            seen.asked += 1
            for is_last in (False, True):
                seen.requests += 1
                try:
                    response = await client.post("/api/ask", content=body)
                    said = f"/api/ask: {response.status_code}"
                    is_lost = response.status_code in GATEWAY and "retry-after" not in response.headers
                except httpx.HTTPError as error:
                    said, is_lost = f"/api/ask: {type(error).__name__}", True
                if not is_lost or is_last:
                    break
                await asyncio.sleep(AGAIN_SECONDS)
            if said != "/api/ask: 200":
                seen.failures.append(said)


@asynccontextmanager
async def visitors(url: str, trusted: ssl.SSLContext, *, browsers: int, programs: int) -> AsyncIterator[dict[str, Seen]]:
    """Visitors of every sort go on asking at an address while the block lasts: `browsers` of each face, and programs."""
    seen = {"page": Seen(), "page, in German": Seen(), "widget": Seen(), "HTTP": Seen()}
    is_over = asyncio.Event()
    with host_site() as site:
        embedding = site.put("/", host_page(url))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
            faces = [
                ("page", in_the_page(url, "en"), "en-GB"),
                ("page, in German", in_the_page(url, "de"), "de-DE"),
                ("widget", in_the_widget(embedding), "en-GB"),
            ]
            asking = [
                asyncio.create_task(go_on_asking(browser, open_, seen[name], locale=locale, is_over=is_over))
                for name, open_, locale in faces * browsers
            ]
            asking += [
                asyncio.create_task(go_on_asking_by_http(url, trusted, seen["HTTP"], number=number, is_over=is_over))
                for number in range(1, programs + 1)
            ]
            try:
                yield seen
            finally:
                is_over.set()
                await asyncio.gather(*asking)
                await browser.close()


def _questions(name: str) -> Iterator[str]:
    """The labelled questions in an order of one's own."""
    begin = sum(name.encode()) * 37 % len(QUESTIONS)
    return itertools.cycle([turns[-1] for turns in QUESTIONS[begin:] + QUESTIONS[:begin]])
