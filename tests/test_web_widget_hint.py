"""The widget says once to readers of other languages that a browser can translate the article."""

from collections.abc import Callable, Iterator
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.languages.starters import offered
from assistant.languages.wording import wording
from tests.browsers import ADVICE, URGENT, PageServer
from tests.host_site import HostSite, host_page, host_site
from tests.widget_pages import WIDGET, ask, open_host

IRON, KIDNEYS = "How is iron linked to dopamine?", "How does kidney failure contribute to RLS?"
HINT = f"{WIDGET} .hint"
Opening = Callable[[str], Page]


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


@pytest.fixture
def opened(browser: Browser, site: HostSite, page_server: PageServer) -> Iterator[Opening]:
    """Opens the panel of a widget with some attributes."""
    pages: list[Page] = []

    def open_with(attributes: str) -> Page:
        pages.append(page := open_host(browser, site.put("/", host_page(page_server.url, attributes))))
        page.locator(f"{WIDGET} .launcher").click()
        return page

    yield open_with
    for page in pages:
        page.context.close()


@pytest.mark.parametrize("language", ["es", "ar"])
@pytest.mark.parametrize("widget_in", ["the same", "en"])
def test_the_first_quotes_in_another_language_are_followed_once_by_how_to_translate_them(
    opened: Opening, language: str, widget_in: str
) -> None:
    page, text = opened(f"data-lang={language if widget_in == 'the same' else widget_in}"), wording(language)
    reply = ask(page, offered(IRON, language)[0], "answer")
    hint = reply.locator(".hint")
    expect(hint).to_have_text(text["page.translate"])
    assert (hint.get_attribute("lang"), hint.get_attribute("dir")) == (language, "auto")
    assert hint.evaluate("element => getComputedStyle(element).direction") == text["direction"]
    assert hint.evaluate("element => element.previousElementSibling.localName") == "figure"
    assert hint.evaluate("element => element.nextElementSibling.className") == "suggestions"
    quote = reply.locator("blockquote")
    assert (quote.get_attribute("lang"), quote.get_attribute("dir"), quote.get_attribute("translate")) == ("en", "ltr", None)
    ask(page, offered(KIDNEYS, language)[0], "answer")
    page.wait_for_timeout(300)
    expect(page.locator(HINT)).to_have_count(1)


def test_english_answers_have_none_and_bring_nothing(opened: Opening) -> None:
    page = opened("data-lang=en")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlparse(request.url).path))
    ask(page, IRON, "answer")
    page.wait_for_timeout(300)
    expect(page.locator(HINT)).to_have_count(0)
    assert asked == ["/api/ask"]


def test_urgent_help_and_what_quotes_nothing_have_none(opened: Opening) -> None:
    page = opened("data-lang=es")
    ask(page, ADVICE, "advice")
    ask(page, URGENT, "urgent")
    page.wait_for_timeout(300)
    expect(page.locator(HINT)).to_have_count(0)


def test_without_its_words_the_quotes_stand_for_themselves(opened: Opening) -> None:
    page = opened("data-lang=en")
    page.route("**/widget-es-*", lambda route: route.abort())
    reply = ask(page, offered(IRON, "es")[0], "answer")
    page.wait_for_timeout(300)
    expect(reply.locator("blockquote")).to_have_count(1)
    expect(page.locator(HINT)).to_have_count(0)


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_isolated_mode_says_it_too(opened: Opening, lang: str) -> None:
    page = opened(f"data-lang={lang} data-mode=iframe")
    frame = page.frame_locator(f"{WIDGET} iframe")
    for number, question in enumerate((IRON, KIDNEYS)):
        frame.locator("textarea").fill(offered(question, "es")[0])
        frame.locator("textarea").press("Enter")
        frame.locator(".reply.answer").nth(number).wait_for()
    expect(frame.locator(".hint")).to_have_text(wording("es")["page.translate"])


def test_a_conversation_that_is_kept_says_it_below_the_same_quotes_on_the_next_page(opened: Opening) -> None:
    page = opened("data-lang=es data-keep")
    ask(page, offered(IRON, "es")[0], "answer")
    ask(page, offered(KIDNEYS, "es")[0], "answer")
    page.reload()
    page.locator(f"{WIDGET} .launcher").click()
    expect(page.locator(HINT)).to_have_count(1)
    expect(page.locator(f"{WIDGET} .turn").first.locator(".hint")).to_be_visible()
