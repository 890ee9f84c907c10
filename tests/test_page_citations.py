"""A quote and the sentence that it is: numbered in both places, brought into view in the panel, shown in the source."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browsers import PHONE, QUESTIONS, SLOW, THREE, UNKNOWN, URGENT, PageServer, ask, open_page

MARKS = {(0xFB, 0xE5, 0xAB), (0xF2, 0xB6, 0x32)}  # --mark and --accent of the light theme in tokens.css
POSITIONS = "() => window.scrollY"


def share_marked(sentence: Locator) -> float:
    """The share of a sentence's picture that has the colour of a highlight."""
    picture = Image.open(BytesIO(sentence.screenshot())).convert("RGB")
    pixels = picture.tobytes()
    triples = [tuple(pixels[i : i + 3]) for i in range(0, len(pixels), 3)]
    return sum(triple in MARKS for triple in triples) / len(triples)


def test_several_quotes_carry_the_same_numbers_in_the_answer_and_in_the_article(page: Page) -> None:
    cards = ask(page, THREE).locator(".card").all()
    assert len(cards) == 3
    for card in cards:
        number = card.locator(".number").inner_text().split()[-1]
        sentence = page.locator(f".sheet .is-lit[data-n='{number}']")
        assert sentence.inner_text() == card.locator("blockquote").inner_text()


@pytest.mark.parametrize("n", [1, 2, 3])
def test_showing_a_quote_scrolls_the_panel_and_never_the_page(page: Page, n: int) -> None:
    page.emulate_media(reduced_motion="reduce")
    button = ask(page, THREE).get_by_role("button", name="Show", exact=True).nth(n - 1)
    button.scroll_into_view_if_needed()
    before = page.evaluate(POSITIONS)
    button.click()
    sentence = page.locator(f".sheet .is-lit[data-n='{n}']")
    expect(sentence).to_be_in_viewport(ratio=1)
    assert page.evaluate(POSITIONS) == before
    assert share_marked(sentence) > 0.25


def test_an_older_answers_quotes_are_numbered_again_when_shown(page: Page) -> None:
    older = ask(page, THREE)
    ask(page, UNKNOWN)
    assert page.locator(".is-lit").count() == 0
    older.get_by_role("button", name="Show", exact=True).first.click()
    assert page.locator(".is-lit[data-n]").count() == 3


def test_on_a_phone_the_article_is_a_half_sheet_that_escape_its_button_a_swipe_and_back_close(
    browser: Browser, page_server: PageServer
) -> None:
    with browser.new_context(viewport=PHONE, locale="en-GB", has_touch=True, reduced_motion="reduce") as context:
        page = open_page(context.new_page(), page_server.url)
        address = page.url
        reply = ask(page, THREE)
        sheet = page.locator(".sheet")
        closing: dict[str, Callable[[], object]] = {
            "Escape": lambda: page.keyboard.press("Escape"),
            "the button": lambda: sheet.get_by_role("link", name="Close").tap(),
            "Back": page.go_back,
            "a swipe": lambda: drag(page, down=300),
        }
        for n, close in enumerate(closing.values()):
            assert not sheet.is_visible()
            show = reply.get_by_role("button", name="Show", exact=True).nth(n % 3)
            show.tap()
            expect(page.locator(f".sheet .is-lit[data-n='{n % 3 + 1}']")).to_be_in_viewport(ratio=1)
            assert page.get_by_role("dialog", name="Article").is_visible()
            box = sheet.bounding_box()
            assert box
            assert 0.4 < box["height"] / PHONE["height"] < 0.6
            close()
            expect(sheet).not_to_be_visible()
            expect(show).to_be_focused()
            assert page.url == address
            expect(page.locator("blockquote")).to_have_count(3)


def drag(page: Page, *, down: int) -> None:
    """Drag the sheet by its bar."""
    box = page.locator("[data-part=handle]").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 8 + down, steps=5)
    page.mouse.up()


def test_a_sheet_is_dragged_up_to_show_more_of_the_article(browser: Browser, page_server: PageServer) -> None:
    with browser.new_context(viewport=PHONE, locale="en-GB", reduced_motion="reduce") as context:
        page = open_page(context.new_page(), page_server.url)
        ask(page, THREE).get_by_role("button", name="Show", exact=True).first.click()
        before = page.locator(".sheet").bounding_box()
        drag(page, down=-250)
        after = page.locator(".sheet").bounding_box()
        assert before
        assert after
        assert after["height"] > before["height"] + 200


def test_hovering_a_quote_lights_its_sentence_and_the_other_way_round(page: Page) -> None:
    reply = ask(page, THREE)
    page.mouse.move(5, 5)
    reply.locator("blockquote a").nth(1).hover()
    expect(page.locator(".sheet .is-on")).to_have_attribute("data-n", "2")
    page.locator(".sheet .is-lit[data-n='3']").scroll_into_view_if_needed()
    page.locator(".sheet .is-lit[data-n='3']").hover()
    expect(reply.locator("blockquote a.is-on")).to_have_count(1)
    expect(reply.locator(".quote").nth(2).locator("a.is-on")).to_have_count(1)
    page.locator(".sheet .is-lit[data-n='3']").click()
    expect(reply.locator("blockquote a").nth(2)).to_be_focused()


def test_a_sheet_closes_when_the_window_grows_wide(page: Page) -> None:
    page.set_viewport_size(PHONE)
    ask(page, THREE).get_by_role("button", name="Show", exact=True).first.click()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert ask(page, SLOW).is_visible()


def test_the_source_opens_with_the_sentence_highlighted(page: Page) -> None:
    reply = ask(page, THREE)
    quote = reply.locator("blockquote").nth(2).inner_text()
    with page.expect_popup() as opened:
        reply.locator("figcaption a").nth(2).click()
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
        assert reply.get_attribute("class") == "reply", "a kind is no class of its own"
        assert reply.get_attribute("data-kind") == kind
        drawn = ", ".join(part for part in (".quote", ".map--grey", ".tick", ".calls") if reply.locator(part).count())
        looks.add(
            (drawn, reply.locator(".say").first.evaluate("say => getComputedStyle(say).fontSize") if kind == "chat" else "")
        )
    assert len(looks) == 5


def test_urgent_help_is_an_alert_with_numbers_to_call_and_without_quotes_or_suggestions(page: Page) -> None:
    reply = ask(page, URGENT)
    assert reply.get_attribute("role") == "alert"
    assert reply.locator("a[href='tel:112']").first.is_visible()
    assert reply.locator("blockquote, button").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).display") == "none", "nothing else is shown"
    reply.get_by_text("Not in one of these countries?").click()
    assert reply.locator(".elsewhere li", has_text="Germany").locator("a[href='tel:112']").is_visible()


def test_an_empty_and_a_too_long_question_get_a_clear_sentence_and_the_long_one_can_be_mended(page: Page) -> None:
    assert "Please type a question" in ask(page, "   ").inner_text()
    long = "why " * 300
    page.locator("#question").fill(long)
    page.keyboard.press("Enter")
    expect(page.locator(".reply[data-kind=problem]")).to_contain_text("1,000 characters")
    expect(page.locator(".reply[data-kind=problem] .message a")).to_have_count(0)  # 000 is an emergency number in Australia
    assert page.locator("#question").input_value() == long
    page.locator("#question").fill(THREE)
    page.keyboard.press("Enter")
    expect(page.locator(".reply[data-kind=answer] blockquote")).to_have_count(3)
