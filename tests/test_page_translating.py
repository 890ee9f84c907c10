"""To readers of other languages the page marks English as English, and says once that a browser can translate it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from assistant.languages.starters import offered
from assistant.languages.wording import wording
from tests.browsers import ADVICE, DESKTOP, THREE, UNKNOWN, URGENT, PageServer, ask, open_page

IRON, KIDNEYS = "How is iron linked to dopamine?", "How does kidney failure contribute to RLS?"
# Language, direction and text of every part of an element that has a text of its own; names belong to no language.
TEXTS = """(root) => [...root.querySelectorAll("*")]
  .filter((one) => !one.matches("bdi"))
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
  .map((one) => [one.closest("[lang]").lang, getComputedStyle(one).direction, one.textContent.trim()])"""
Opening = Callable[[str], Page]


@pytest.fixture
def opened(browser: Browser, page_server: PageServer) -> Iterator[Opening]:
    """Opens the page in the language of a browser."""
    contexts = []

    def open_in(language: str) -> Page:
        contexts.append(context := browser.new_context(viewport=DESKTOP, locale=language))
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        return open_page(context.new_page(), page_server.url)

    yield open_in
    for context in contexts:
        context.close()


def asked_in(page: Page, question: str, language: str) -> Locator:
    """The reply to a question on offer in a language."""
    return ask(page, offered(question, language)[0])


def visible_hint(page: Page) -> Locator:
    return page.locator(".hint:visible")


@pytest.mark.parametrize("language", ["es", "ar"])
def test_the_first_quotes_in_another_language_are_followed_once_by_how_to_translate_them(
    opened: Opening, language: str
) -> None:
    page, text = opened(language), wording(language)
    reply = asked_in(page, IRON, language)
    hint = reply.locator(".hint")
    expect(hint).to_have_text(text["page.translate"])
    assert hint.get_attribute("lang") == language
    assert hint.evaluate("element => getComputedStyle(element).direction") == text["direction"]
    assert reply.evaluate("""reply => [...reply.querySelectorAll("figure, .hint, .suggestions")].map((one) => one.className)
        .filter((name, i, all) => name !== all[i - 1])""")[-2:] == ["hint quiet", "next suggestions"]
    heard = page.locator("[data-part=announcer] span").all_text_contents()
    assert [said.strip() for said in heard].index(text["page.translate"]) == len(heard) - 1
    asked_in(page, KIDNEYS, language)
    assert text["page.translate"] not in page.locator("[data-part=announcer]").inner_text()
    expect(visible_hint(page)).to_have_count(1)
    expect(page.locator(".turn").first.locator(".hint")).to_be_visible()


def test_english_quotes_to_english_questions_have_no_hint(opened: Opening) -> None:
    page = opened("en-GB")
    for question in (IRON, THREE):
        ask(page, question)
    expect(page.locator(".hint")).to_have_count(0)


def test_on_an_english_page_the_hint_speaks_the_language_of_the_question(opened: Opening) -> None:
    page = opened("en-GB")
    ask(page, IRON)
    reply = asked_in(page, KIDNEYS, "ar")
    expect(reply.locator(".hint")).to_have_text(wording("ar")["page.translate"])
    expect(page.locator("[data-part=announcer]")).to_have_text(wording("ar")["page.translate"])
    asked_in(page, "Is iron deficiency anemia a risk factor for RLS?", "es")
    expect(visible_hint(page)).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == "en"


def test_without_the_words_of_another_language_the_quotes_stand_for_themselves(opened: Opening) -> None:
    page = opened("en-GB")
    page.route("**/page/es", lambda route: route.abort())
    reply = asked_in(page, IRON, "es")
    page.wait_for_timeout(300)
    expect(reply.locator("blockquote")).to_have_count(1)
    expect(visible_hint(page)).to_have_count(0)


@pytest.mark.parametrize("question", [URGENT, ADVICE, UNKNOWN, "hello"])
def test_what_quotes_nothing_has_no_hint_and_the_first_quotes_after_it_have_one(opened: Opening, question: str) -> None:
    page = opened("es")
    ask(page, question)
    expect(page.locator(".hint")).to_have_count(0)
    if question != URGENT:
        asked_in(page, IRON, "es")
        expect(visible_hint(page)).to_have_count(1)


def test_sentences_of_the_map_are_followed_by_it_too(opened: Opening) -> None:
    page = opened("es")
    page.locator(".tile").nth(1).click()
    expect(page.locator(".reply .hint")).to_have_text(wording("es")["page.translate"])
    asked_in(page, IRON, "es")
    expect(visible_hint(page)).to_have_count(1)


def test_it_stays_below_the_first_quotes_whatever_is_drawn_again(opened: Opening) -> None:
    page = opened("es")
    asked_in(page, IRON, "es")
    asked_in(page, KIDNEYS, "es")
    first = page.locator(".turn").first.locator(".hint")
    page.reload()
    page.wait_for_selector(".app[data-ready]")
    expect(visible_hint(page)).to_have_count(1)
    expect(first).to_be_visible()
    page.go_back()
    expect(page.locator(".turn")).to_have_count(1)
    expect(first).to_be_visible()
    page.locator("[data-control=language]").select_option("de")
    page.locator(".app[lang=de]").wait_for()
    expect(first).to_have_attribute("lang", "es")  # the question was Spanish
    expect(first).to_have_text(wording("es")["page.translate"])
    page.locator("[data-control=clear]").click()
    asked_in(page, IRON, "de")
    expect(visible_hint(page)).to_have_text(wording("de")["page.translate"])


def test_it_is_no_part_of_what_is_copied_saved_or_printed(opened: Opening) -> None:
    page = opened("es")
    reply = asked_in(page, IRON, "es")
    said = wording("es")["page.translate"]
    reply.locator("[data-control=copy]").click()
    expect(reply.get_by_role("button", name=wording("es")["page.copied"])).to_be_visible()
    assert said not in page.evaluate("navigator.clipboard.readText()")
    with page.expect_download() as download:
        page.locator("[data-control=save]").click()
    saved = Path(download.value.path()).read_text("utf-8")
    assert "<blockquote" in saved
    assert said not in saved
    page.emulate_media(media="print")
    expect(reply.locator("blockquote")).to_be_visible()
    expect(visible_hint(page)).to_have_count(0)


@pytest.mark.parametrize("language", ["es", "ar", "hi"])
def test_what_is_not_the_articles_own_is_in_the_readers_language_and_a_browser_may_translate_all(
    opened: Opening, language: str
) -> None:
    page = opened(language)
    replies = [asked_in(page, IRON, language), ask(page, UNKNOWN)]
    direction = wording(language)["direction"]
    article = "\n".join(page.locator(".sheet .sentence, .sheet :is(h2, h3)").all_inner_texts())
    for part in [*replies, page.locator(".start")]:
        for spoken, runs, said in part.evaluate(TEXTS):
            if said.isdecimal():
                continue
            assert (spoken, runs) == (("en", "ltr") if said in article else (language, direction)), said
    assert page.locator("[translate], .notranslate, meta[name=google]").count() == 0


def test_without_scripts_the_first_answer_says_it_and_later_ones_do_not(page_server: PageServer) -> None:
    def hints(*turns: str, language: str) -> int:
        *before, question = (offered(turn, language)[0] for turn in turns)
        fields = {"question": question, "turns": before, "language": language}
        return httpx.post(page_server.url, data=fields).text.count('<p class="hint quiet"')

    assert hints(IRON, language="es") == hints(IRON, language="ar") == 1
    assert hints(KIDNEYS, IRON, language="es") == hints(IRON, language="en") == hints(URGENT, language="es") == 0
