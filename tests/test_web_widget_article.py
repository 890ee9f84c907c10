"""A quote is shown in the host page's own text: exactly, above the panel, and without a change to the page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from assistant import Assistant
from tests.browsers import DESKTOP, PHONE, THREE, PageServer
from tests.host_site import HostSite, host_page, host_site
from tests.rehearsed_server import quote_rows
from tests.widget_pages import WIDGET, ask, marked_up_article, open_host, open_panel

# What is marked, what of it lies outside the window or under the widget, and the page's own markup.
MARKED = """() => {
  const [range] = CSS.highlights.get("rls-cited");
  const hidden = [...range.getClientRects()].filter(({ left, right, top, bottom }) => {
    const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return right - left > 1 && (top < 0 || bottom > innerHeight || !at || at.tagName === "RLS-ASSISTANT");
  });
  return { text: range.toString(), hidden: hidden.length };
}"""

# Whether what has the focus in the panel is out of sight: the panel makes room for the sentence.
UNSEEN_FOCUS = """() => {
  const root = document.activeElement.shadowRoot, { left, top, height } = root.activeElement.getBoundingClientRect();
  return root.elementFromPoint(left + 5, top + height / 2) === root.activeElement ? 0 : 1;
}"""


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


def spelled_out(text: str) -> str:
    return " ".join(text.replace("\u00ad", "").split())


def every_quote(page: Page, sentences: list[str]) -> list[str]:
    """Ask for the sentences, three at a time, click each, and collect what is marked wrongly or hidden."""
    wrong = []
    for first in range(0, len(sentences), 3):
        rows = range(first, min(first + 3, len(sentences)))
        reply = ask(page, quote_rows(*rows), "answer")
        for place, row in enumerate(rows):
            reply.locator("figure a").nth(place).click()
            marked = page.evaluate(MARKED)
            marked["hidden"] += page.evaluate(UNSEEN_FOCUS)
            if marked["hidden"] or spelled_out(marked["text"]) != sentences[row]:
                wrong.append(f"{row}: {marked}")
    return wrong


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_sentence_of_a_marked_up_article_is_highlighted_exactly_and_in_sight(
    browser: Browser, site: HostSite, page_server: PageServer, assistant: Assistant, viewport: ViewportSize
) -> None:
    page = open_host(browser, site.put("/", host_page(page_server.url, body=marked_up_article())), viewport=viewport)
    before = page.evaluate("document.querySelector('main').outerHTML")
    open_panel(page)
    texts = assistant.version.documents
    sentences = [spelled_out(texts[p.document_id].text[p.start : p.end]) for p in assistant.version.passages]
    assert len(sentences) > 25
    assert every_quote(page, sentences) == []
    assert page.evaluate("document.querySelector('main').outerHTML") == before
    page.context.close()


def test_a_quote_in_a_box_that_scrolls_is_brought_into_sight(
    browser: Browser, site: HostSite, page_server: PageServer
) -> None:
    room = '<div style="height: 2000px"></div>'
    box = room + '<div style="height: 300px; overflow: auto">{}</div>' + room
    page = open_host(browser, site.put("/box", host_page(page_server.url, body=box.format(marked_up_article()))))
    open_panel(page)
    ask(page, THREE, "answer").locator("figure a").nth(2).click()
    assert page.evaluate(MARKED)["hidden"] == 0
    page.context.close()


def test_a_quote_that_the_page_does_not_hold_opens_its_source_at_the_sentence(
    browser: Browser, site: HostSite, page_server: PageServer
) -> None:
    page = open_host(browser, site.put("/other", host_page(page_server.url)))
    open_panel(page)
    link = ask(page, THREE, "answer").locator("figure a").first
    assert link.inner_text() == "Open the source"
    with page.expect_popup() as opened:
        link.click()
    assert f"{page_server.url}/articles/" in opened.value.url
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("scrollY + document.querySelectorAll('.sentence').length") > 0
    assert page.evaluate("CSS.highlights.size") == 0
    page.context.close()


def test_the_mark_goes_when_the_next_question_is_asked(browser: Browser, site: HostSite, page_server: PageServer) -> None:
    page = open_host(browser, site.put("/", host_page(page_server.url, body=marked_up_article())))
    open_panel(page)
    ask(page, THREE, "answer").locator("figure a").first.click()
    assert page.locator(f"{WIDGET} .panel.peek").count() == 1
    ask(page, "hello", "chat")
    assert page.evaluate("CSS.highlights.get('rls-cited').size") == 0
    assert page.locator(f"{WIDGET} .panel.peek").count() == 0
    page.context.close()
