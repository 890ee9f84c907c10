"""The widget's options, and the page that makes the line to paste."""

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browsers import DESKTOP, PHONE, THREE, PageServer
from tests.conftest import ARTICLE
from tests.host_site import HostSite, host_page, host_site
from tests.test_page_accessibility import RULES
from tests.widget_pages import WIDGET, ask, open_host, open_panel

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
ACCENTS = ["white", "black", "yellow", "#0f0", "cyan", "blue", "magenta", "#ff8000", "crimson", "gray", "transparent",
           "#fff8", "oklch(0.9 0.4 120)", "color(display-p3 0 1 0)", "nonsense"]  # fmt: skip
# The contrast of the launcher's text, and of a link on paper, out of pixels.
CONTRAST = """() => {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const luminance = (colour) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const style = getComputedStyle(document.querySelector("rls-assistant").shadowRoot.querySelector(".launcher"));
  const [light, dark] = [luminance(style.color), luminance(style.backgroundColor)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}"""


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_whatever_the_accent_text_stays_legible(
    browser: Browser, site: HostSite, page_server: PageServer, theme: str
) -> None:
    page = browser.new_context().new_page()
    contrasts = {}
    for accent in ACCENTS:
        page.goto(site.put("/accent", host_page(page_server.url, f'data-theme={theme} data-accent="{accent}"')))
        page.locator(f"{WIDGET} .launcher").wait_for()
        contrasts[accent] = round(page.evaluate(CONTRAST), 1)
    print(f"\n{theme}: {contrasts}")
    assert min(contrasts.values()) >= LEAST_CONTRAST
    page.context.close()


def colours(page: Page) -> str:
    return str(page.locator(f"{WIDGET} .panel").evaluate("panel => getComputedStyle(panel).backgroundColor"))


def test_a_theme_that_was_chosen_holds_whatever_the_device_says(
    browser: Browser, site: HostSite, page_server: PageServer
) -> None:
    seen = {}
    for theme in ("auto", "light", "dark"):
        for device in ("light", "dark"):
            url = site.put("/theme", host_page(page_server.url, f"data-theme={theme} data-open"))
            page = open_host(browser, url, theme=device)
            seen[theme, device] = colours(page)
            page.context.close()
    assert seen["light", "dark"] == seen["light", "light"] == seen["auto", "light"]
    assert seen["dark", "light"] == seen["dark", "dark"] == seen["auto", "dark"]
    assert seen["light", "light"] != seen["dark", "dark"]


@pytest.mark.parametrize(
    ("attributes", "side"), [("", "right"), ("data-position=left", "left"), ("data-position=right", "right")]
)
def test_it_stands_in_the_corner_that_was_chosen(
    browser: Browser, site: HostSite, page_server: PageServer, attributes: str, side: str
) -> None:
    page = open_host(browser, site.put("/corner", host_page(page_server.url, attributes)))
    box = page.locator(f"{WIDGET} .launcher").bounding_box()
    assert box is not None
    assert (box["x"] < DESKTOP["width"] / 2) is (side == "left")
    assert box["y"] > DESKTOP["height"] / 2
    page.context.close()


def test_title_examples_and_opening_are_as_chosen(browser: Browser, site: HostSite, page_server: PageServer) -> None:
    attributes = 'data-title="Ask about legs" data-examples="hello|What is RLS?" data-open'
    page = open_host(browser, site.put("/chosen", host_page(page_server.url, attributes)))
    page.locator(f"{WIDGET} .suggestions button").first.wait_for()
    assert page.locator(f"{WIDGET} header b").inner_text() == "Ask about legs"
    assert page.locator(f"{WIDGET} .suggestions button").all_inner_texts() == ["hello", "What is RLS?"]
    assert page.evaluate("document.activeElement === document.body"), "it takes no focus that nobody gave it"
    page.locator(f"{WIDGET} .suggestions button").first.click()
    page.locator(f"{WIDGET} .reply.chat").wait_for()
    page.context.close()


@pytest.mark.parametrize("mode", ["", "data-mode=iframe"], ids=["panel", "iframe"])
def test_it_can_stand_in_a_place_of_the_page(browser: Browser, site: HostSite, page_server: PageServer, mode: str) -> None:
    html = host_page(page_server.url, f'data-target="#here" {mode}', body='<div id="here"></div>')
    page = open_host(browser, site.put("/target", html))
    assert page.locator(f"#here > {WIDGET}").count() == 1
    assert page.locator(f"{WIDGET} .launcher:visible").count() == 0
    box = page.frame_locator(f"{WIDGET} iframe") if mode else page
    box.locator("textarea").fill("hello")
    box.locator("textarea").press("Enter")
    box.locator(".reply.chat").wait_for()
    assert page.evaluate("document.querySelector('p:last-of-type').getBoundingClientRect().top") > 200
    page.context.close()


def test_it_quotes_only_from_articles_that_it_is_limited_to(
    browser: Browser, site: HostSite, page_server: PageServer
) -> None:
    page = open_host(browser, site.put("/limited", host_page(page_server.url, f'data-article="{ARTICLE}"')))
    open_panel(page)
    with page.expect_request("**/api/ask") as asked:
        ask(page, THREE, "answer")
    assert json.loads(asked.value.post_data or "{}")["articles"] == [ARTICLE]
    page.context.close()


def test_a_copy_on_the_sites_own_server_asks_the_server_that_it_names(
    browser: Browser, site: HostSite, page_server: PageServer
) -> None:
    html = host_page(page_server.url).replace(f"{page_server.url}/widget.js", "/own.js")
    page = browser.new_context().new_page()
    script = page.request.get(f"{page_server.url}/widget.js").text()
    page.route("**/own.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    page.goto(site.put("/own", html.replace(" defer", f' data-server="{page_server.url}" defer')))
    open_panel(page)
    ask(page, "hello", "chat")
    page.context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_of_the_line_shows_what_the_line_gives(
    browser: Browser, page_server: PageServer, size: dict[str, int]
) -> None:
    page = browser.new_context(viewport=size, locale="en-GB").new_page()  # type: ignore[arg-type]
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(f"{page_server.url}/embed")
    page.locator("[name=accent]").fill('"crimson"')
    page.locator("[name=lang]").select_option("de")
    page.get_by_label("Open when the page is loaded").check()
    preview = page.frame_locator("iframe")
    preview.locator(f"{WIDGET} textarea[placeholder='Ihre Frage']").wait_for()
    snippet = page.locator("[data-part=snippet]").inner_text()
    assert snippet.startswith(f'<script src="{page_server.url}/widget.js" data-accent="&quot;crimson&quot;" data-lang="de"')
    script, without = snippet.splitlines()
    assert script.endswith("data-open defer></script>")
    assert without.startswith(f'<noscript><a href="{page_server.url}/">')
    assert page.locator("[data-part=policy]").inner_text() == f"script-src {page_server.url}; connect-src {page_server.url};"
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(rule["id"], node["target"]) for rule in violations for node in rule["nodes"]] == []
    assert [problem for problem in problems if 'accent "' not in problem] == []  # a word in quotation marks is none
    page.context.close()


def test_the_lines_with_a_hash_work_as_they_are_given(browser: Browser, site: HostSite, page_server: PageServer) -> None:
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(f"{page_server.url}/embed")
    pinned = page.locator("[data-part=pinned]").inner_text()
    assert "integrity=" in pinned
    html = host_page(page_server.url).replace(f'<script src="{page_server.url}/widget.js"  defer></script>', pinned)
    assert pinned in html
    page.goto(site.put("/pinned", html))
    open_panel(page)
    ask(page, "hello", "chat")
    page.context.close()
