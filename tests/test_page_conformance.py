"""Criteria of WCAG 2.2 that no other test holds, on every page that visitors see. docs/accessibility.md names all of them.

It knows nothing of how a page is made: only what a browser shows.
"""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from assistant.languages.wording import languages, wording
from tests.browsers import DESKTOP, PHONE, PageServer
from tests.conftest import ARTICLE

PAGES = ("", f"articles/{ARTICLE}", "articles/no-such-article", "privacy", "embed")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Success criterion 1.4.12 in its own figures.
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""
ADD_STYLE = """(css) => {  // past the policy, which allows no style of anybody else's in the page
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
# Text that is cut off by the box that it stands in, or reaches out of the window. What may be scrolled is not cut.
# A tile shows the beginning of a sentence, clamped by intent: the whole of it stands in the article and behind the tile.
CUT = """() => [...document.querySelectorAll("body *")].filter((element) => {
  const box = element.getBoundingClientRect(), style = getComputedStyle(element);
  if (box.width < 2 || box.height < 2 || !element.checkVisibility({ visibilityProperty: true })) return false;
  if (element.closest("textarea, select, svg, iframe, [inert], .tile__q") || !element.innerText?.trim()) return false;
  const hidden = (axis) => ["hidden", "clip"].includes(style[axis]);
  return (hidden("overflowX") && element.scrollWidth > element.clientWidth + 1)
    || (hidden("overflowY") && element.scrollHeight > element.clientHeight + 1 && element !== document.body);
}).map((element) => element.outerHTML.slice(0, 160))"""


@pytest.fixture(scope="module")
def seen(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport=PHONE, locale="en-GB") as context:
        yield context.new_page()


def show(page: Page, page_server: PageServer, path: str) -> None:
    page.goto(f"{page_server.url}/{path}")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_on_any_other_page_either(seen: Page, page_server: PageServer, path: str) -> None:
    show(seen, page_server, path)
    for theme in ("light", "dark"):
        seen.emulate_media(color_scheme=theme)
        violations = Axe().run(seen, options={"runOnly": RULES}).response["violations"]
        assert [(rule["id"], node["target"]) for rule in violations for node in rule["nodes"]] == [], theme


@pytest.mark.parametrize("path", PAGES)
def test_text_that_is_spaced_out_is_not_cut(seen: Page, page_server: PageServer, path: str) -> None:
    """1.4.12: lines of one and a half, letters and words further apart."""
    show(seen, page_server, path)
    seen.evaluate(ADD_STYLE, SPACED)
    assert seen.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert seen.evaluate(CUT) == []


def test_the_check_for_text_that_is_cut_finds_one(seen: Page, page_server: PageServer) -> None:
    show(seen, page_server, "privacy")
    seen.evaluate(ADD_STYLE, "li { overflow: hidden; height: 1em }")
    assert seen.evaluate(CUT) != []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_may_be_held_either_way_and_zoomed(seen: Page, page_server: PageServer, path: str) -> None:
    """1.3.4 and 1.4.4: nothing asks to be turned, nothing forbids the browser's zoom."""
    show(seen, page_server, path)
    viewport = seen.locator("meta[name=viewport]").first.get_attribute("content") or ""
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
    upright = seen.locator("h1").first.inner_text()
    seen.set_viewport_size({"width": PHONE["height"], "height": PHONE["width"]})
    assert seen.locator("h1").first.is_visible()
    assert seen.locator("h1").first.inner_text() == upright
    seen.set_viewport_size(PHONE)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_title_of_its_own_and_one_first_heading(seen: Page, page_server: PageServer, path: str) -> None:
    """2.4.2 and 2.4.6."""
    show(seen, page_server, path)
    assert len(seen.title().strip()) > 3
    assert seen.locator("h1").count() == 1


@pytest.mark.parametrize("language", languages())
def test_the_page_says_which_language_it_is_in(browser: Browser, page_server: PageServer, language: str) -> None:
    """3.1.1, and the direction with it: of what visitors read, whatever the frame around it says."""
    with browser.new_context(viewport=DESKTOP, locale=language) as context:
        page = context.new_page()
        page.goto(page_server.url)
        page.wait_for_function("code => document.querySelector('h1')?.closest('[lang]').lang.startsWith(code)", arg=language)
        heading = page.locator("h1").first
        assert heading.evaluate("element => getComputedStyle(element).direction") == wording(language)["direction"]
