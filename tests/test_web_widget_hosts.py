"""Sites that are hard to live on: the widget looks and works the same, and the site stays as it was."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

from tests.browsers import DESKTOP, QUESTIONS, PageServer
from tests.host_site import STRICT, HostSite, host_page, host_site
from tests.widget_pages import ARTICLE_TEXT, WATCH, WIDGET, ask, open_panel

BODY = "<form><p><label>Name <input></label></p><button>Go</button></form><ul><li>One</li></ul>" + "".join(
    f"<p>{paragraph}</p>" for paragraph in ARTICLE_TEXT.split("\n\n")
)
# Our own look-alikes of what the two frameworks do to a page before any class of theirs is used.
BOOTSTRAP = """<style>
:root { --bs-body-font-size: 1rem; scroll-behavior: smooth; }
*, ::after, ::before { box-sizing: border-box; }
body { margin: 0; font: 400 1rem/1.5 "Helvetica Neue", Arial, sans-serif; color: #212529; -webkit-text-size-adjust: 100%; }
h1, h2 { margin-top: 0; margin-bottom: .5rem; font-weight: 500; line-height: 1.2; }
p, ul { margin-top: 0; margin-bottom: 1rem; }
button { border-radius: 0; text-transform: none; } button:focus:not(:focus-visible) { outline: 0; }
input, button, textarea { margin: 0; font-family: inherit; font-size: inherit; line-height: inherit; }
[role=button], button:not(:disabled) { cursor: pointer; } [hidden] { display: none !important; }
</style>"""
PREFLIGHT = """<style>
*, ::before, ::after { box-sizing: border-box; border: 0 solid #e5e7eb; margin: 0; padding: 0; --tw-ring: 0; }
html { line-height: 1.5; font-family: ui-serif, Georgia, serif; tab-size: 4; }
h1, h2 { font-size: inherit; font-weight: inherit; } a { color: inherit; text-decoration: inherit; }
button, input, textarea { font: inherit; color: inherit; padding: 0; background-color: transparent; }
ul { list-style: none; } img, svg, iframe { display: block; } [hidden] { display: none; }
</style>"""
RESETS = """<style>
* { margin: 0; padding: 0; border: 0; font: 10px/1 fantasy !important; color: red !important; background: lime !important;
    letter-spacing: .5em; text-transform: uppercase; word-spacing: 2em; text-align: center; direction: ltr; float: left;
    opacity: .9; display: inline-block; pointer-events: none; visibility: visible; user-select: none;
    transform: rotate(.1deg); }
body > *, html > * { max-height: 4000px; }
</style>"""
FREEZE = """<script>
for (const name of Object.getOwnPropertyNames(window)) {
  const value = Object.getOwnPropertyDescriptor(window, name).value;
  if (typeof value === "function" && value.prototype) { Object.freeze(value.prototype); Object.freeze(value); }
}
</script>"""
DIALOG = "<dialog id=d><p>Ours</p><button>OK</button></dialog><script>document.getElementById('d').showModal()</script>"
COVER = '<div style="position: fixed; inset: 0; z-index: 2147483647; background: #fffc" id="cover"></div>'
RTL = "<script>document.documentElement.dir = 'rtl'</script>"
HOSTS = {
    "global resets": (RESETS, ""),
    "all: unset": ("<style>* { all: unset } </style>", ""),
    "the highest z-index": ("", COVER),
    "right to left": (RTL, ""),
    "huge root font": ("<style>html { font-size: 60px } body { font-size: 16px }</style>", ""),
    "strict policy": ("", ""),
    "Bootstrap": (BOOTSTRAP, ""),
    "Tailwind preflight": (PREFLIGHT, ""),
    "its own dialog is open": ("", DIALOG),
    "frozen prototypes": (FREEZE, ""),
}
# Every computed style of every element of the page, and every global.
SNAPSHOT = """() => {
  document.activeElement?.blur(); // who has the focus is the visitor's doing
  const elements = [...document.querySelectorAll("*")].filter((element) => !element.closest("rls-assistant"));
  const styles = elements.map((element) => {
    const style = getComputedStyle(element);
    return `${element.tagName} ${[...style].map((name) => `${name}: ${style[name]}`)}`;
  });
  return { styles, globals: Object.getOwnPropertyNames(window).sort() };
}"""


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


def opened(browser: Browser, url: str) -> Page:
    page = browser.new_context(viewport=DESKTOP, color_scheme="light", locale="en-GB").new_page()
    page.add_init_script(WATCH)
    page.goto(url)
    return page


def panel_picture(page: Page) -> Image.Image:
    page.mouse.move(1, 1)
    page.evaluate("document.activeElement.shadowRoot.activeElement.blur()")  # a caret blinks
    return Image.open(BytesIO(page.locator(f"{WIDGET} .log").screenshot())).convert("RGB")


@pytest.fixture(scope="module")
def plain(browser: Browser, site: HostSite, page_server: PageServer) -> Image.Image:
    """How the open panel looks on a page that does nothing to it."""
    page = opened(browser, site.put("/plain", host_page(page_server.url, body=BODY)))
    open_panel(page)
    picture = panel_picture(page)
    page.context.close()
    return picture


@pytest.mark.parametrize("name", HOSTS)
def test_it_looks_and_works_the_same_and_the_page_stays_as_it_was(
    browser: Browser, site: HostSite, page_server: PageServer, plain: Image.Image, name: str
) -> None:
    head, end = HOSTS[name]
    policy = {"Content-Security-Policy": STRICT.format(page_server.url)} if name == "strict policy" else {}
    with_it = host_page(page_server.url, body=BODY + end, head=head)
    without = with_it.replace("/widget.js", "/widget-of-nobody.js")
    pages = [opened(browser, site.put(f"/{n}", html, **policy)) for n, html in enumerate((without, with_it))]
    page = pages[1]
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.locator(f"{WIDGET} .launcher").wait_for()
    box = open_panel(page)
    assert box.evaluate("box => box.matches(':focus')")
    alike = ImageChops.difference(plain, panel_picture(page)).getbbox()
    assert alike is None, f"looks other than on a plain page, at {alike}"
    for kind, question in QUESTIONS.items():
        reply = ask(page, question, kind)
        if kind == "answer":
            reply.locator("figure a").first.click()
            assert page.evaluate("CSS.highlights.get('rls-cited').size") == 1
    page.keyboard.press("Escape")
    assert not page.locator(f"{WIDGET} .panel").is_visible()
    page.evaluate("CSS.highlights.clear(); scrollTo(0, 0)")
    before, after = (each.evaluate(SNAPSHOT) for each in pages)
    assert [pair for pair in zip(before["styles"], after["styles"], strict=True) if pair[0] != pair[1]] == []
    assert set(after["globals"]) - set(before["globals"]) == {"RLSAssistant"}
    assert page.evaluate("violations") == []
    assert errors == []
    for each in pages:
        each.context.close()


def test_it_follows_into_a_dialog_that_opens_later_and_back_out(
    browser: Browser, site: HostSite, page_server: PageServer
) -> None:
    dialog = "<dialog id=d><p>Ours</p><button>OK</button></dialog>"
    page = opened(browser, site.put("/later", host_page(page_server.url, body=BODY + dialog)))
    open_panel(page).fill("typed before")
    page.evaluate("d.showModal()")
    page.wait_for_function(f"document.querySelector('{WIDGET}').parentElement.id === 'd'")
    box = page.locator(f"{WIDGET} textarea")
    assert box.input_value() == "typed before"
    ask(page, "hello", "chat")
    box.focus()
    page.keyboard.press("Escape")
    assert page.evaluate("d.open"), "Esc in the panel closes the panel, not the dialog"
    assert not page.locator(f"{WIDGET} .panel").is_visible()
    page.evaluate("d.close()")
    page.wait_for_function(f"document.querySelector('{WIDGET}').parentElement === document.documentElement")
    page.evaluate("d.showModal()")
    page.wait_for_function(f"document.querySelector('{WIDGET}').parentElement.id === 'd'")
    page.evaluate("d.remove()")
    ask_again = open_panel(page)
    assert ask_again.is_visible()
    page.context.close()
