"""Another language is put in the place of the page that is shown: nothing that a visitor has on it is lost."""

import pytest
from playwright.sync_api import Page, expect

from assistant.languages.wording import wording
from tests.browsers import SLOW, THREE, URGENT


def test_another_language_that_cannot_be_had_leaves_the_page_as_it_is(page: Page) -> None:
    page.locator("#question").fill("half a ques")
    page.context.set_offline(True)
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_label("Language")).to_have_value("en")
    page.context.set_offline(False)
    assert page.locator("#question").input_value() == "half a ques"
    page.get_by_label("Language").select_option("de")
    page.locator(".app[lang=de]").wait_for()
    assert page.locator("#question").input_value() == "half a ques"


def test_an_answer_that_is_waited_for_while_the_language_changes_still_comes(page: Page) -> None:
    page.locator("#question").fill(SLOW)
    page.keyboard.press("Enter")
    page.get_by_label("Language").select_option("de")
    page.locator(".app[lang=de]").wait_for()
    page.locator(".reply[data-kind=answer]").wait_for()
    expect(page.locator(".sheet .is-lit")).to_have_count(3)


@pytest.mark.parametrize("status", [0, 429], ids=["waiting", "failed"])
def test_an_emergency_screen_that_the_server_never_answered_speaks_the_language_that_is_chosen(
    page: Page, status: int
) -> None:
    page.route("**/api/ask", lambda route: route.fulfill(status=429, headers={"Retry-After": "7"}) if status else None)
    page.locator("#question").fill(URGENT)
    page.keyboard.press("Enter")
    shown = page.locator(".turn:has([data-kind=urgent])")
    shown.locator("[data-kind=problem], [data-kind=pending]").wait_for()
    page.get_by_label("Language").select_option("de")
    page.locator(".app[lang=de]").wait_for()
    text = wording("de")
    expect(shown.locator(".now")).to_have_text(text["page.kind_urgent"])
    for said in ("page.busy" if status else "page.looking", "page.retry" if status else "page.stop"):
        expect(shown).to_contain_text(text[said].replace("{seconds}", "7"))
    assert wording()["urgent.unsure"][:20] not in shown.inner_text()
    expect(page.locator("a.call[href='tel:112']")).to_be_visible()


def test_the_article_keeps_its_place_and_its_marks_when_the_language_changes(page: Page) -> None:
    page.locator("#question").fill(THREE)
    page.keyboard.press("Enter")
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Show", exact=True).last.click()
    before = page.evaluate("document.querySelector('.sheet').scrollTop")
    assert before > 0
    page.get_by_label("Language").select_option("ar")
    page.locator(".app[lang=ar]").wait_for()
    assert page.evaluate("document.querySelector('.sheet').scrollTop") == before
    assert page.locator(".sheet .is-lit[data-n]").count() == 3


def test_with_another_language_comes_the_article_of_the_version_that_is_served_by_then(page: Page) -> None:
    sentences = page.locator(".sheet .sentence")
    served = sentences.all_text_contents()
    page.evaluate("""() => {
      document.querySelector(".app").dataset.version = "an older one";
      document.querySelector("[data-part=panel]").replaceChildren();
    }""")
    page.get_by_label("Language").select_option("de")
    page.locator(".app[lang=de]").wait_for()
    sentences.first.wait_for()
    assert sentences.all_text_contents() == served
