"""The first answer of the server: words before any script, and without scripts the way from a question to its quote."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.languages.wording import wording
from assistant.web.gate.body import LARGEST_BODY
from tests.browsers import ADVICE, DESKTOP, PHONE, THREE, UNKNOWN, URGENT, PageServer, ask, open_page
from tests.conftest import SITE

IRON = "How is iron linked to dopamine?"


@pytest.fixture(scope="module")
def plain(browser: Browser, page_server: PageServer) -> Iterator[Page]:
    with browser.new_context(viewport=PHONE, java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()
        page.goto(page_server.url)
        yield page


def send(page: Page, question: str) -> None:
    page.locator("#question").fill(question)
    page.get_by_role("button", name="Send").click()


def test_the_first_html_holds_title_promise_map_article_and_whom_to_call(page_server: PageServer) -> None:
    for language in ("en", "ja"):
        html = httpx.get(page_server.url, headers={"Accept-Language": language}).text
        text = wording(language, SITE)
        for said in (
            text["page.title"],
            text["page.promise"],
            text["page.disclosure"],
            text["page.covers"],
            "112",
            "LonelyGrowth",
        ):
            assert said in html
        assert html.count('class="tile"') == 8
        assert html.index("Restless Legs Syndrome (RLS), also known as") < html.index("<script")


def test_without_scripts_a_question_is_answered_and_its_quote_followed_to_the_sentence(plain: Page) -> None:
    send(plain, IRON)
    quote = plain.locator(".reply[data-kind=answer] blockquote a")
    words = quote.inner_text()
    assert not plain.locator(".sheet").is_visible()
    quote.click()
    sentence = plain.locator(".sentence:target")
    assert sentence.inner_text() == words
    expect(sentence).to_be_in_viewport(ratio=0.9)
    plain.get_by_role("link", name="Close").click()
    expect(plain.locator(".sheet")).not_to_be_visible()


def test_without_scripts_a_conversation_goes_on(plain: Page) -> None:
    plain.goto(plain.url.partition("#")[0])
    for question in (IRON, "Tell me more about that"):
        send(plain, question)
        expect(plain.locator(".ask")).to_have_text(question)
    assert plain.locator(".composer [name=turns]").evaluate_all("all => all.map(one => one.value)")[:2] == [
        IRON,
        "Tell me more about that",
    ]
    assert plain.locator(".reply").count() == 1
    plain.locator(".next button").first.click()
    expect(plain.locator(".reply[data-kind=answer]")).to_be_visible()


@pytest.mark.parametrize(
    ("question", "kind"), [(UNKNOWN, "unanswered"), (ADVICE, "advice"), (URGENT, "urgent"), ("hello", "chat")]
)
def test_without_scripts_every_kind_is_said(plain: Page, question: str, kind: str) -> None:
    plain.goto(plain.url)
    send(plain, question)
    reply = plain.locator(f".reply[data-kind={kind}]")
    expect(reply).to_be_visible()
    if kind == "urgent":
        expect(reply.locator("a.call[href='tel:112']")).to_be_in_viewport(ratio=1)
        assert not plain.locator(".start").is_visible()


def test_without_scripts_another_language_is_chosen(plain: Page) -> None:
    plain.goto(plain.url)
    plain.locator("[name=lang]").select_option("de")
    plain.locator(".mast__lang button").click()
    assert plain.locator("html").get_attribute("lang") == "de"
    send(plain, "Welche Medikamente können RLS auslösen?")
    assert plain.locator("html").get_attribute("lang") == "de"
    assert "Certain drugs" in plain.locator("blockquote").first.inner_text()


def test_a_form_that_is_refused_keeps_the_question_and_says_whom_to_call_and_danger_is_still_met(
    page_server: PageServer,
) -> None:
    long = "why " * 400
    refused = httpx.post(page_server.url, data={"question": long, "language": "de"})
    assert refused.status_code == 422
    assert wording("de")["page.too_long"].replace("{limit}", "1,000") in refused.text
    assert long.strip() in refused.text
    assert 'href="tel:112"' in refused.text
    urgent = httpx.post(page_server.url, data={"question": "I want to kill myself " + "x" * LARGEST_BODY})
    assert urgent.status_code == 200
    assert 'data-kind="urgent"' in urgent.text
    assert httpx.post(page_server.url, data={"question": "x" * LARGEST_BODY * 2}).status_code == 413
    assert httpx.post(page_server.url, json={"question": IRON}).status_code == 422
    assert httpx.post(page_server.url, data={"question": " "}).status_code == 422


def test_what_a_form_sends_comes_back_as_text_and_never_as_markup(page_server: PageServer) -> None:
    payload = "<img src=x onerror=alert(1)>\"'</textarea>"
    html = httpx.post(page_server.url, data={"question": payload, "turns": [payload, payload]}).text
    assert "<img" not in html
    assert html.count("</textarea>") == 1


def test_scripts_take_over_what_was_answered_without_them(browser: Browser, page_server: PageServer) -> None:
    with browser.new_context(viewport=DESKTOP, locale="en-GB") as context:
        page = context.new_page()
        page.route("**/*.js", lambda route: route.abort())
        page.goto(page_server.url)
        send(page, IRON)
        words = page.locator("blockquote").inner_text()
        page.unroute("**/*.js")
        page.reload()
        page.wait_for_selector(".app[data-ready]")
        assert page.locator(".turn").count() == 1
        assert page.locator("blockquote").inner_text() == words
        with page.expect_request("**/api/ask") as asked:
            ask(page, UNKNOWN)
        assert (asked.value.post_data_json or {})["turns"] == [IRON, UNKNOWN]


def test_a_reload_keeps_the_turns_and_a_new_tab_knows_nothing(page: Page, page_server: PageServer) -> None:
    ask(page, THREE)
    ask(page, UNKNOWN)
    before = page.locator(".turns").inner_text()
    page.reload()
    page.wait_for_selector(".app[data-ready]")
    assert page.locator(".turns").inner_text() == before
    assert page.locator(".sheet .is-lit").count() == 0  # the last of them quotes nothing
    page.locator("#question").press("ArrowUp")
    with page.expect_request("**/api/ask") as asked:
        ask(page, THREE)
    assert (asked.value.post_data_json or {})["turns"] == [THREE, UNKNOWN, THREE]
    page.get_by_role("link", name="Start again").click()
    page.reload()
    page.wait_for_selector(".app[data-ready]")
    assert page.locator(".turn").count() == 0
    ask(page, THREE)
    other = open_page(page.context.new_page(), page_server.url)
    assert other.locator(".turn").count() == 0


def test_nothing_jumps_while_the_page_loads_and_scripts_take_over(browser: Browser, page_server: PageServer) -> None:
    for size in (PHONE, DESKTOP):
        with browser.new_context(viewport=size, locale="en-GB") as context:
            page = context.new_page()
            page.add_init_script("""window.shifts = 0; new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
            }).observe({ type: "layout-shift", buffered: true })""")
            open_page(page, page_server.url)
            page.wait_for_timeout(300)
            assert page.evaluate("window.shifts") <= 0.02
