"""Back takes away what was asked or opened last, one at a time, before it leaves the site; Forward brings it again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsers import PHONE, SLOW, THREE, UNKNOWN, URGENT, PageServer, ask, open_page

BEFORE = "data:text/html,<title>before</title><p>Where one came from."


@pytest.fixture
def phone(browser: Browser, page_server: PageServer) -> Iterator[Page]:
    with browser.new_context(
        viewport=PHONE, locale="en-GB", has_touch=True, is_mobile=True, reduced_motion="reduce"
    ) as context:
        errors: list[str] = []
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(BEFORE)
        yield open_page(page, page_server.url)
        assert errors == []


def test_back_undoes_sheet_answer_and_tile_one_by_one_and_then_leaves_the_site(phone: Page) -> None:
    phone.locator(".tile", has_text="Iron").tap()
    ask(phone, THREE).get_by_role("button", name="Show", exact=True).first.tap()
    expect(phone.locator(".app--open")).to_have_count(1)
    phone.go_back()
    expect(phone.locator(".app--open")).to_have_count(0)
    expect(phone.locator(".turn")).to_have_count(2)
    phone.go_back()
    expect(phone.locator(".turn")).to_have_count(1)
    expect(phone.locator("blockquote")).to_have_count(5)
    phone.go_back()
    expect(phone.locator(".turn")).to_have_count(0)
    expect(phone.locator(".start")).to_be_visible()
    expect(phone.locator(".tile", has_text="Iron")).to_be_focused()
    phone.go_back()
    expect(phone).to_have_title("before")


def test_forward_brings_again_what_back_took_away_ticks_and_language_as_they_were_left(phone: Page) -> None:
    ask(phone, UNKNOWN).get_by_label("Ask my doctor this").tap()
    ask(phone, THREE).get_by_role("button", name="Show", exact=True).first.tap()
    for _ in range(3):
        phone.go_back()
    expect(phone.locator(".start")).to_be_visible()
    phone.get_by_label("Language").select_option("de")
    phone.locator(".app[lang=de]").wait_for()
    for _ in range(2):
        phone.go_forward()
    expect(phone.locator(".turn")).to_have_count(2)
    expect(phone.locator(".tick :checked")).to_have_count(1)
    expect(phone.locator(".reply").first).to_contain_text("Artikel")
    phone.go_forward()
    expect(phone.locator(".app--open")).to_have_count(1)


def test_after_a_reload_back_and_forward_still_know_each_step(phone: Page) -> None:
    for question in (UNKNOWN, THREE):
        ask(phone, question)
    phone.go_back()
    expect(phone.locator(".turn")).to_have_count(1)
    phone.reload()
    phone.wait_for_selector(".app[data-ready]")
    expect(phone.locator(".ask")).to_have_text([UNKNOWN])
    phone.go_forward()
    expect(phone.locator(".ask")).to_have_text([UNKNOWN, THREE])
    for left in (1, 0):
        phone.go_back()
        expect(phone.locator(".turn")).to_have_count(left)


def test_a_question_that_is_asked_after_going_back_is_asked_of_what_is_shown(phone: Page) -> None:
    for question in (UNKNOWN, THREE):
        ask(phone, question)
    phone.go_back()
    expect(phone.locator(".turn")).to_have_count(1)
    with phone.expect_request("**/api/ask") as request:
        ask(phone, "hello")
    sent = request.value.post_data_json
    assert sent
    assert sent["turns"] == [UNKNOWN, "hello"]
    expect(phone.locator(".ask")).to_have_text([UNKNOWN, "hello"])


def test_back_while_one_waits_takes_the_question_back_into_the_box(phone: Page) -> None:
    phone.locator("#question").fill(SLOW)
    phone.keyboard.press("Enter")
    phone.locator(".reply[data-kind=pending]").wait_for()
    phone.go_back()
    expect(phone.locator(".start")).to_be_visible()
    expect(phone.locator("#question")).to_have_value(SLOW)


def test_whom_to_call_stays_in_sight_when_back_takes_urgent_help_away(phone: Page) -> None:
    ask(phone, UNKNOWN)
    ask(phone, URGENT)
    phone.go_back()
    expect(phone.locator(".turn:visible")).to_have_count(1)
    expect(phone.locator(".in-sight a[href='tel:112']").first).to_be_visible()


def test_what_was_cleared_never_comes_back(phone: Page) -> None:
    for question in (UNKNOWN, THREE):
        ask(phone, question)
    phone.get_by_role("link", name="Start again").tap()
    ask(phone, "hello")
    phone.go_back()
    expect(phone.locator(".turn")).to_have_count(0)
    phone.go_back()
    expect(phone.locator(".turn")).to_have_count(0)
    phone.wait_for_timeout(300)
    phone.go_back()
    expect(phone).to_have_title("before")
