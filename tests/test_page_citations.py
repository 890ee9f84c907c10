"""A quote and the sentence that it is: numbered in both places, brought into view in the panel, shown in the source."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browsers import PHONE, QUESTIONS, SLOW, THREE, URGENT, PageServer, ask, open_page

MARK = (0xFF, 0xE5, 0x8A)  # --mark of the light theme in tokens.css
POSITIONS = "() => [window.scrollY, document.querySelector('.scroller').scrollTop]"


def share_marked(sentence: Locator) -> float:
    """The share of a sentence's picture that has the colour of a highlight."""
    picture = Image.open(BytesIO(sentence.screenshot())).convert("RGB")
    pixels = picture.tobytes()
    triples = [tuple(pixels[i : i + 3]) for i in range(0, len(pixels), 3)]
    return triples.count(MARK) / len(triples)


def test_several_quotes_carry_the_same_numbers_in_the_answer_and_in_the_article(page: Page) -> None:
    cards = ask(page, THREE).locator(".card").all()
    assert len(cards) == 3
    for card in cards:
        number = card.locator(".number").inner_text().split()[-1]
        sentence = page.locator(f".panel .cited[data-n='{number}']")
        assert sentence.inner_text() == card.locator("blockquote").inner_text()


@pytest.mark.parametrize("n", [1, 2, 3])
def test_showing_a_quote_scrolls_the_panel_and_never_the_page(page: Page, n: int) -> None:
    page.emulate_media(reduced_motion="reduce")
    button = ask(page, THREE).get_by_role("button", name="Show in the article").nth(n - 1)
    button.scroll_into_view_if_needed()
    before = page.evaluate(POSITIONS)
    button.click()
    sentence = page.locator(f".panel .cited[data-n='{n}']")
    expect(sentence).to_be_in_viewport(ratio=1)
    assert share_marked(sentence) > 0.25
    assert page.evaluate(POSITIONS) == before


def test_an_older_answers_quotes_are_numbered_again_when_shown(page: Page) -> None:
    older = ask(page, THREE)
    ask(page, URGENT)
    assert page.locator(".cited").count() == 0
    older.get_by_role("button", name="Show in the article").first.click()
    assert page.locator(".cited[data-n]").count() == 3


def test_on_a_phone_the_article_is_a_sheet_that_escape_or_a_button_closes(browser: Browser, page_server: PageServer) -> None:
    with browser.new_context(viewport=PHONE, locale="en-GB", has_touch=True) as context:
        page = open_page(context.new_page(), page_server.url)
        reply = ask(page, THREE)
        assert not page.locator(".panel").is_visible()
        for n in (1, 2):
            show = reply.get_by_role("button", name="Show in the article").nth(n)
            show.tap()
            expect(page.locator(f".cited[data-n='{n + 1}']")).to_be_in_viewport(ratio=1)
            assert page.get_by_role("dialog", name="Article").is_visible()
            if n == 1:
                page.keyboard.press("Escape")
            else:
                page.get_by_role("button", name="Close the article").tap()
            expect(page.locator(".panel")).not_to_be_visible()
            expect(show).to_be_focused()


def test_a_sheet_closes_when_the_window_grows_wide(page: Page) -> None:
    page.set_viewport_size(PHONE)
    ask(page, THREE).get_by_role("button", name="Show in the article").first.click()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert ask(page, SLOW).is_visible()


def test_the_source_opens_with_the_sentence_highlighted(page: Page) -> None:
    reply = ask(page, THREE)
    quote = reply.locator("blockquote").nth(2).inner_text()
    with page.expect_popup() as opened:
        reply.get_by_role("link", name="Open the source").nth(2).click()
    sentence = opened.value.locator(".sentence", has_text=quote)
    sentence.wait_for()
    assert opened.value.evaluate("window.scrollY") > 0, "the page did not scroll to the sentence"
    assert share_marked(sentence) > 0.25
    assert share_marked(opened.value.locator(".sentence", has_text="Low serum ferritin")) == 0


def test_every_sentence_can_be_addressed_by_its_id_and_is_then_highlighted(page: Page, page_server: PageServer) -> None:
    address = f"{page_server.url}/articles/causes-of-restless-legs-syndrome"
    page.goto(address)
    ids = page.eval_on_selector_all(".sentence", "all => all.map(sentence => sentence.id)")
    assert len(ids) == 27
    for id_ in ids[::9]:
        page.goto(f"{address}#{id_}")
        assert share_marked(page.locator(f"#{id_}")) > 0.25


def test_the_five_kinds_look_different_without_their_colours(page: Page) -> None:
    looks = set()
    for kind, question in QUESTIONS.items():
        reply = ask(page, question)
        assert reply.get_attribute("class") == f"reply {kind}"
        frame = reply.evaluate(
            "reply => { const s = getComputedStyle(reply); return s.borderLeftStyle + s.borderTopWidth; }"
        )
        looks.add((reply.locator(".kind").inner_text(), frame))
    assert len(looks) == 5


def test_urgent_help_is_an_alert_with_numbers_to_call_and_without_quotes_or_suggestions(page: Page) -> None:
    reply = ask(page, URGENT)
    assert reply.get_attribute("role") == "alert"
    assert reply.locator("a[href='tel:112']").first.is_visible()
    assert reply.locator("blockquote, button").count() == 0


def test_an_empty_and_a_too_long_question_get_a_clear_sentence_and_the_long_one_can_be_mended(page: Page) -> None:
    assert "Please type a question" in ask(page, "   ").inner_text()
    long = "why " * 300
    page.locator("#question").fill(long)
    page.keyboard.press("Enter")
    expect(page.locator(".reply.problem")).to_contain_text("1,000 characters")
    expect(page.locator(".reply.problem .message a")).to_have_count(0)  # 000 is an emergency number in Australia
    assert page.locator("#question").input_value() == long
    page.locator("#question").fill(THREE)
    page.keyboard.press("Enter")
    expect(page.locator(".reply.answer blockquote")).to_have_count(3)
