"""What a phone asks of the page: room above the keyboard, short answers, long stories whole, and a page for the doctor."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.languages.wording import wording
from tests.browsers import ADVICE, EIGHT, PHONE, THREE, UNKNOWN, URGENT, PageServer, ask, open_page

ABOVE_THE_KEYBOARD = {"width": 390, "height": 380}
STORY = " ".join(f"On night {n} my legs would not rest and I walked through the house." for n in range(12))


@pytest.fixture
def phone(browser: Browser, page_server: PageServer) -> Iterator[Page]:
    with browser.new_context(
        viewport=PHONE, locale="en-GB", has_touch=True, is_mobile=True, reduced_motion="reduce"
    ) as context:
        errors: list[str] = []
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield open_page(page, page_server.url)
        assert errors == []


def test_sending_closes_the_keyboard_and_the_answer_begins_in_view(phone: Page) -> None:
    phone.set_viewport_size(ABOVE_THE_KEYBOARD)  # type: ignore[arg-type]
    phone.locator("#question").tap()
    phone.locator("#question").press_sequentially("How is iron linked to dop")
    known = phone.locator(".known li")
    expect(known).not_to_have_count(0)
    tops = known.evaluate_all("all => [...new Set(all.map(one => one.getBoundingClientRect().top))]")
    assert len(tops) == 1, "suggestions are one row"
    ask(phone, THREE)
    assert phone.evaluate("document.activeElement !== document.querySelector('#question')")
    expect(phone.locator("blockquote").first).to_be_in_viewport(ratio=0.5)
    quote, dock = (phone.locator(selector).first.bounding_box() for selector in ("blockquote", ".dock"))
    assert quote
    assert dock
    assert quote["y"] + 40 < dock["y"], "the composer leaves room for it"


def test_an_answer_of_three_quotes_is_at_most_900_pixels_high(phone: Page) -> None:
    ask(phone, THREE)
    top, bottom = phone.evaluate(
        "[document.querySelector('.ask'), [...document.querySelectorAll('.turn .acts')].at(-1)]"
        ".map((one, i) => one.getBoundingClientRect()[i ? 'bottom' : 'top'])"
    )
    assert bottom - top <= 900
    assert phone.locator(".reply").evaluate("reply => reply.getBoundingClientRect().height") <= 900


def test_a_long_story_is_folded_between_words_and_whole_when_unfolded_saved_and_kept(phone: Page) -> None:
    ask(phone, STORY)
    story = phone.locator(".ask")
    assert story.evaluate("story => story.textContent") == STORY
    shown = story.locator("summary").inner_text()
    assert STORY.startswith(shown.removesuffix("…").strip())
    assert STORY[len(shown.removesuffix("…").strip())] == " ", "no word is cut"
    story.locator("summary").tap()
    expect(story).to_have_attribute("open", "")
    with phone.expect_download() as download:
        phone.get_by_role("button", name="Save").tap()
    saved = download.value.path().read_text(encoding="utf-8")
    assert STORY[:200] in saved
    assert STORY[-200:] in saved
    phone.reload()
    phone.wait_for_selector(".app[data-ready]")
    assert phone.locator(".ask").evaluate("story => story.textContent") == STORY


def test_a_tile_opens_all_its_sentences_word_for_word_and_back_shows_them_again_after_a_reload(phone: Page) -> None:
    tile = phone.locator(".tile", has_text="Iron")
    spans = str(tile.get_attribute("data-spans")).split()
    tile.tap()
    quotes = phone.locator("blockquote").all_inner_texts()
    sentences = [phone.locator(f"#s{span.split('-')[0]}").text_content() for span in spans]
    assert quotes == sentences
    assert len(quotes) == 5
    phone.reload()
    phone.wait_for_selector(".app[data-ready]")
    assert phone.locator("blockquote").all_inner_texts() == quotes
    phone.locator("blockquote a").first.tap()
    expect(phone.locator(f"#s{spans[0].split('-')[0]}")).to_be_in_viewport(ratio=0.9)


def test_what_one_wants_to_ask_a_doctor_stands_on_a_page_with_the_quotes_and_is_printed_alone(phone: Page) -> None:
    quote = ask(phone, THREE).locator("blockquote").first.inner_text()
    for question in (UNKNOWN, ADVICE):
        ask(phone, question).get_by_label(wording()["page.doctor_add"]).tap()
    phone.locator(".tools [data-control=doctor]").tap()
    doctor = phone.locator(".doctor")
    assert doctor.locator("ol li").all_inner_texts() == [UNKNOWN, ADVICE]
    assert quote in doctor.inner_text()
    assert doctor.inner_text().count("LonelyGrowth, 11 October 2025") == 1, "the source is said once"
    sections = phone.locator(".from a").evaluate_all("all => all.map(one => one.textContent)")
    assert doctor.locator("figcaption a").all_inner_texts() == [wording()["page.open_source"], *sections[1:]]
    assert str(doctor.locator("figcaption a").first.get_attribute("href")).startswith("http")
    phone.emulate_media(media="print")
    assert phone.locator("button:visible, textarea:visible, .turns:visible, .sheet:visible").count() == 0
    assert doctor.locator("blockquote:visible").count() == 3
    phone.emulate_media(media="screen")
    phone.go_back()
    expect(doctor).not_to_be_visible()
    expect(phone.locator(".turn")).to_have_count(3)
    phone.reload()
    phone.wait_for_selector(".app[data-ready]")
    assert phone.locator(".tick :checked").count() == 2


def test_urgent_help_is_one_screen_with_numbers_first(phone: Page) -> None:
    ask(phone, UNKNOWN)
    reply = ask(phone, URGENT)
    for number in ("112", "911", "999"):
        call = reply.locator(f"a.call[href='tel:{number}']")
        expect(call).to_be_in_viewport(ratio=1)
        box = call.bounding_box()
        assert box
        assert box["height"] >= 44
    parts = (".now", ".calls", ".steps")
    tops = [reply.locator(part).evaluate("part => part.getBoundingClientRect().top") for part in parts]
    assert tops == sorted(tops)
    assert phone.locator(".turn:visible").count() == 1
    ask(phone, THREE)
    assert phone.locator(".turn:visible").count() == 3
    expect(phone.locator(".in-sight a[href='tel:112']").first).to_be_visible()


def test_an_answer_is_read_aloud_quote_by_quote_until_one_types(phone: Page) -> None:
    phone.evaluate("""() => {
      window.said = [];
      Object.defineProperty(window, "speechSynthesis", { configurable: true, value: {
        speak: (one) => { window.said.push(`${one.lang}: ${one.text}`); one.onstart(); },
        cancel: () => window.said.push("stop"),
      } });
    }""")
    reply = ask(phone, THREE)
    reply.get_by_role("button", name="Read aloud").tap()
    quotes = reply.locator("blockquote").all_inner_texts()
    assert phone.evaluate("window.said") == [f"en: {quote}" for quote in quotes]
    assert reply.locator("blockquote a.is-read").count() == 1
    phone.locator("#question").press_sequentially("w")
    assert phone.evaluate("window.said.at(-1)") == "stop"
    assert phone.locator(".is-read").count() == 0


def test_dictation_says_first_where_the_sound_goes(phone: Page) -> None:
    button = phone.locator("[data-control=dictate]")
    if not button.is_visible():
        pytest.skip("this browser has no dictation")
    button.tap()
    expect(phone.locator("#dictation")).to_have_text(wording()["page.dictate_note"])
    assert button.get_attribute("aria-pressed") == "false"


def test_a_whole_topic_has_no_more_than_its_sections_and_quotes_between_question_and_next(phone: Page) -> None:
    reply = ask(phone, EIGHT)
    assert reply.locator(".acts").count() == 1
