"""What a visitor expects of a page to type into, each proved in a browser."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from assistant.languages.wording import languages, wording
from tests.browsers import DESKTOP, PHONE, SLOW, THREE, UNKNOWN, URGENT, PageServer, ask, open_page, settled
from tests.conftest import SITE

CANARY = "xylophone-7319"


def version_of(page: Page) -> str:
    return str(page.locator(".app").get_attribute("data-version"))


def test_shift_enter_breaks_the_line_and_enter_sends(page: Page) -> None:
    box = page.locator("#question")
    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    assert box.input_value() == "one\ntwo"
    box.press("Enter")
    assert page.locator(".ask").inner_text() == "one\ntwo"
    assert box.input_value() == ""


def test_up_recalls_what_was_sent_the_latest_first(page: Page) -> None:
    for question in (THREE, UNKNOWN):
        ask(page, question)
    box = page.locator("#question")
    for expected in (UNKNOWN, THREE):
        box.press("ArrowUp")
        assert box.input_value() == expected
    box.press_sequentially("!")
    box.press("ArrowUp")
    assert box.input_value() == f"{THREE}!"


def test_typing_shows_known_questions_and_choosing_one_asks_it(page: Page) -> None:
    page.locator("#question").press_sequentially("iron dop")
    page.get_by_role("listbox", name="Questions that the article answers").get_by_role("option").first.click()
    expect(page.locator(".ask")).to_have_text("How is iron linked to dopamine?")
    page.locator(".reply[data-kind=answer]").wait_for()


def test_a_long_wait_is_shown_and_can_be_stopped_and_the_late_answer_is_dropped(page: Page) -> None:
    page.locator("#question").fill(SLOW)
    page.keyboard.press("Enter")
    page.locator(".reply[data-kind=pending]").wait_for()
    page.get_by_role("button", name="Stop").click()
    assert page.locator("#question").input_value() == SLOW
    assert page.locator(".turn").count() == 0
    assert "does not mention" in ask(page, UNKNOWN).inner_text()
    page.wait_for_timeout(1600)
    assert page.locator(".reply").count() == 1


def test_without_a_connection_the_question_is_kept_and_can_be_tried_again(page: Page) -> None:
    page.context.set_offline(True)
    failed = ask(page, THREE)
    assert failed.get_attribute("role") == "alert"
    assert page.locator("#question").input_value() == THREE
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    page.locator(".reply[data-kind=answer]").wait_for()
    assert page.locator(".turn").count() == 1


def test_a_server_that_never_replies_is_given_up_and_can_be_tried_again(page: Page) -> None:
    # Time itself: it cannot be made to run faster.
    page.evaluate("[window.real, AbortSignal.timeout] = [AbortSignal.timeout, () => AbortSignal.abort()]")
    page.route("**/api/ask", lambda _: None)
    assert wording()["widget.slow"] in ask(page, THREE).inner_text()
    page.unroute("**/api/ask")
    page.evaluate("AbortSignal.timeout = window.real")
    page.get_by_role("button", name="Try again").click()
    page.locator(".reply[data-kind=answer]").wait_for()


def test_clear_forgets_the_conversation(page: Page) -> None:
    ask(page, THREE)
    page.get_by_role("link", name="Start again").click()
    assert page.locator(".turn, .is-lit").count() == 0
    assert page.locator(".tile").first.is_visible()
    page.locator("#question").press("ArrowUp")
    assert page.locator("#question").input_value() == ""


def test_a_quote_is_copied_with_title_author_date_and_link(page: Page, page_server: PageServer) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reply = ask(page, THREE)
    reply.get_by_role("button", name="Copy").nth(1).click()
    reply.get_by_role("button", name=wording()["page.copied"]).wait_for()
    copied = settled(page, "() => navigator.clipboard.readText()")
    quote, source, link = copied.split("\n")
    assert quote == f"“{reply.locator('blockquote').nth(1).inner_text()}”"
    assert (
        source
        == "Causes of Restless Legs Syndrome: Understanding the Triggers Behind the Discomfort (LonelyGrowth, 2025-10-11)"
    )
    assert link.startswith(f"{page_server.url}/articles/causes-of-restless-legs-syndrome#:~:text=")


def shared(page: Page, reply: Locator, word: str = wording()["page.linked"]) -> str:
    """The link that Share copies; `word` is what it then says that it did."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reply.get_by_role("button", name="Share").click()
    reply.get_by_role("button", name=word).wait_for()
    return str(settled(page, "() => navigator.clipboard.readText()"))


def test_a_shared_link_brings_the_same_answer_and_is_never_sent(
    page: Page, browser: Browser, page_server: PageServer
) -> None:
    reply = ask(page, THREE)
    text = reply.inner_text()
    address = shared(page, reply)
    assert address == f"{page_server.url}/#q={THREE.replace(' ', '+')}&v={version_of(page)}"
    with browser.new_context(locale="en-GB") as context:
        requested: list[str] = []
        other = context.new_page()
        other.on("request", lambda request: requested.append(request.url))
        other.goto(address)
        opened = other.locator(".reply[data-kind=answer]")
        opened.wait_for()
        assert opened.inner_text() == text
        assert other.locator(".note").count() == 0
        assert not any("three" in url for url in requested)


def test_a_shared_link_of_another_version_says_so(page: Page) -> None:
    other_version = shared(page, ask(page, THREE)).replace(version_of(page), "20200101T000000Z-abcdef")
    page.goto("about:blank")
    page.goto(other_version)
    page.locator(".reply[data-kind=answer]").wait_for()
    expect(page.locator(".note")).to_be_in_viewport()
    assert "another version" in page.locator(".note").inner_text()


def test_a_shared_link_names_no_question_that_its_answer_does_not_need(page: Page) -> None:
    ask(page, f"What is {CANARY}?")
    assert CANARY not in shared(page, ask(page, "How is iron linked to dopamine?"))


def test_a_shared_follow_up_says_that_it_brings_the_question_before_it_and_shows_both_with_the_quote(page: Page) -> None:
    turns = [f"What is {CANARY}?", "How is iron linked to dopamine?", "Why is that?"]
    for turn in turns[:2]:
        ask(page, turn)
    reply = ask(page, turns[2])
    quote = reply.locator("blockquote").first.inner_text()
    address = shared(page, reply, wording()["page.linked_with"])
    assert CANARY not in address
    page.goto("about:blank")
    open_page(page, address)
    expect(page.locator(".ask")).to_have_text(turns[1:])
    expect(page.locator(".reply").last.locator("blockquote").first).to_have_text(quote)
    expect(page.locator(".turn").last).to_be_in_viewport()
    page.reload()
    expect(page.locator(".ask")).to_have_text(turns[1:])


def test_the_conversation_is_saved_as_a_clean_document_of_its_own(
    page: Page, page_server: PageServer, tmp_path: Path
) -> None:
    ask(page, THREE)
    ask(page, URGENT)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    page.goto(saved.as_uri())
    text = page.locator("body").inner_text()
    assert [piece in text for piece in (THREE, "Quote 1", "Impaired renal function", URGENT, "112")] == [True] * 5
    assert page.locator("button, script, link, img").count() == 0
    assert page.locator("blockquote").count() == 3
    assert str(page.locator("figcaption a").first.get_attribute("href")).startswith(page_server.url)


def test_printed_there_is_the_conversation_and_nothing_to_press(page: Page) -> None:
    for question in (THREE, UNKNOWN, THREE):
        ask(page, question)
    page.emulate_media(media="print")
    assert page.locator("button:visible, textarea:visible, select:visible, .sheet:visible").count() == 0
    assert page.locator("blockquote:visible").count() == 6


def test_feedback_keeps_answer_version_and_verdict_and_never_a_word_asked(page: Page, page_server: PageServer) -> None:
    with page.expect_request("**/api/feedback") as request:
        reply = ask(page, f"What is {CANARY}?")
        reply.get_by_text("Something wrong").click()
        reply.get_by_role("button", name="It does not answer my question").click()
    reply.get_by_text("Thank you").wait_for()
    assert CANARY not in str(request.value.post_data)
    kept = page_server.feedback_file.read_text()
    row = json.loads(kept.splitlines()[-1])
    assert set(row) == {"day", "answer", "version", "verdict"}
    assert (row["version"], row["verdict"]) == (version_of(page), "unhelpful")
    assert CANARY not in kept


def test_feedback_that_cannot_be_sent_says_so_and_can_be_sent_again(page: Page) -> None:
    reply = ask(page, THREE)
    reply.get_by_text("Something wrong").click()
    page.route("**/api/feedback", lambda route: route.abort())
    for _ in range(2):
        reply.get_by_role("button", name="It could be unsafe").click()
        expect(reply.locator(".outcome")).to_have_text(wording()["page.try_again"])
    page.unroute("**/api/feedback")
    reply.get_by_role("button", name="It could be unsafe").click()
    reply.get_by_text("Thank you").wait_for()


def test_the_theme_follows_the_system_and_its_switch(page: Page) -> None:
    def background() -> str:
        return str(page.evaluate("getComputedStyle(document.querySelector('body')).backgroundColor"))

    light = background()
    page.emulate_media(color_scheme="dark")
    dark = background()
    assert light != dark
    switch = page.get_by_role("button", name="Light or dark")
    switch.click()
    assert background() == light
    switch.click()
    assert background() == dark


@pytest.mark.parametrize("language", languages())
def test_the_page_comes_in_the_browsers_language_and_fits_a_phone(
    browser: Browser, page_server: PageServer, language: str
) -> None:
    with browser.new_context(viewport=PHONE, locale=language) as context:
        page = open_page(context.new_page(), page_server.url)
        page.locator(f".app[lang={language}]").wait_for()
        assert page.locator("h1").inner_text() == wording(language, SITE)["page.title"]
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
        reply = ask(page, UNKNOWN)
        assert wording(language)["unanswered.missing"].replace("{word}", "Eiffel") in reply.inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_changing_the_language_says_everything_in_it_and_keeps_what_is_typed(page: Page) -> None:
    for question in (THREE, UNKNOWN):
        ask(page, question)
    page.locator("#question").fill("half a ques")
    page.get_by_label("Language").select_option("ar")
    page.locator(".app[lang=ar]").wait_for()
    assert page.locator("#question").input_value() == "half a ques"
    expect(page.locator("blockquote")).to_have_count(3)
    text = wording("ar")
    expect(page.locator(".reply").first).to_contain_text(text["answer.several"])
    expect(page.locator(".reply").last).to_contain_text(text["unanswered.missing.2"].replace("{word}", "Eiffel"))
    expect(page.locator(".reply").first.get_by_role("button", name=text["page.show"], exact=True)).to_have_count(3)
    assert page.locator(".reply").first.evaluate("reply => getComputedStyle(reply).direction") == "rtl"
    assert page.locator("blockquote").first.evaluate("quote => getComputedStyle(quote).direction") == "ltr"
    english = page.evaluate("""() => [...document.querySelectorAll(".talk :is(button, summary, .quiet, .say, .label)")]
      .filter((one) => one.checkVisibility() && !one.closest("[lang=en]") && !one.querySelector("[lang=en]"))
      .map((one) => one.innerText).filter((text) => /[a-z]{4}/i.test(text.replace("Eiffel", "")))""")
    assert [text for text in english if "العربية" not in text] == []


def test_a_permalink_in_a_german_browser_is_answered_in_german(browser: Browser, page_server: PageServer) -> None:
    with browser.new_context(viewport=DESKTOP, locale="de-DE") as context:
        page = context.new_page()
        page.goto(f"{page_server.url}/#q={UNKNOWN}&v=any")
        page.locator(".reply").wait_for()
        assert wording("de")["unanswered.missing"].replace("{word}", "Eiffel") in page.locator(".reply").inner_text()


def test_nothing_is_left_on_the_device_and_nobody_else_is_asked(browser: Browser, page_server: PageServer) -> None:
    with browser.new_context(viewport=DESKTOP, locale="de-DE") as context:
        requested: list[str] = []
        context.on("request", lambda request: requested.append(request.url))
        page = open_page(context.new_page(), page_server.url)
        page.locator(".app[lang=de]").wait_for()
        ask(page, THREE)
        ask(page, URGENT)
        assert context.cookies() == []
        assert context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        assert [url for url in requested if not url.startswith((page_server.url, "data:", "blob:"))] == []
