"""What a widget leaves behind on a page that lives long: nothing, however often it is opened, asked, closed, taken away and
mounted, and however often a router runs its script again.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browsers import DESKTOP, THREE, PageServer, settled
from tests.host_site import HostSite, host_page, host_site
from tests.widget_pages import ARTICLE_TEXT

WARM_UP = 10  # lives; after them stands what the browser, its compiler and more.js need once
HELD_MS = 500  # longer than any timer of a short life that holds elements
BYTES_A_LIFE = 1_000  # the browser's own record of a question's request; an assistant that is kept has several times that
AGAIN = "its script run again after it was taken away"
ANSWERED = """await RLSAssistant.open();
  const answered = next("rls:answer");
  await RLSAssistant.ask(question);
  await answered;"""
SHOWN = """document.querySelector("rls-assistant").shadowRoot.querySelector("figure a").click();
  await nap(60);"""
END = "RLSAssistant.close(); RLSAssistant.destroy();"
SCRIPT = (
    "await new Promise((onload) => { document.body.append(Object.assign(element('script'), { src, onload })); }); gone();"
)
LIVES = {
    "mounted again": f"{ANSWERED} {END} RLSAssistant.mount();",
    "a quote shown and the article swapped": f"""{ANSWERED} {SHOWN}
      main.innerHTML = main.innerHTML; {END} RLSAssistant.mount();""",
    "in a new place each time": """const target = element("div");
      document.body.append(target);
      const own = RLSAssistant.mount({ target, dark: ".night", accent: "teal", examples: "one|two" });
      const answered = next("rls:answer");
      await own.ask(question);
      await answered;
      own.destroy();
      target.remove();""",
    "in a frame": """const target = element("div");
      document.body.append(target);
      const ready = next("rls:ready");
      const own = RLSAssistant.mount({ target, mode: "iframe" });
      await ready;
      await own.open(true);
      own.destroy();
      target.remove();""",
    "its script run again": SCRIPT,
    AGAIN: f"{ANSWERED} {END} delete window.RLSAssistant; {SCRIPT}",
}
RUN = """async ([count, src, question]) => {{
  const main = document.querySelector("main");
  const element = (name) => document.createElement(name);
  const next = (type) => new Promise((resolve) => document.addEventListener(type, resolve, {{ once: true }}));
  const nap = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const gone = () => document.querySelectorAll("body > script").forEach((script) => script.remove());
  for (let i = 0; i < count; i++) {{
    {}
  }}
}}"""


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


@pytest.fixture
def page(browser: Browser, site: HostSite, page_server: PageServer) -> Iterator[Page]:
    """A page with the article and the widget on it."""
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in ARTICLE_TEXT.split("\n\n"))
    with browser.new_context(viewport=DESKTOP, locale="en-GB") as context:
        page = context.new_page()
        page.goto(site.put("/long-lived", host_page(page_server.url, body=paragraphs)))
        page.locator("rls-assistant .launcher").wait_for()
        yield page


@pytest.mark.parametrize(
    ("name", "count"),
    [("mounted again", 30), (AGAIN, 30), *(pytest.param(name, 200, marks=pytest.mark.slow) for name in LIVES)],
)
def test_after_many_lives_the_page_holds_what_it_held_before(
    page: Page, page_server: PageServer, name: str, count: int
) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def held() -> tuple[int, int, int]:
        """Nodes, listeners and bytes that are still there after a collection."""
        devtools.send("HeapProfiler.collectGarbage")
        figures = {each["name"]: int(each["value"]) for each in devtools.send("Performance.getMetrics")["metrics"]}
        return figures["Nodes"], figures["JSEventListeners"], figures["JSHeapUsedSize"]

    def live(count: int) -> tuple[int, int, int]:
        settled(page, RUN.format(LIVES[name]), [count, f"{page_server.url}/widget.js", THREE])
        page.wait_for_timeout(HELD_MS)
        held()
        return held()

    nodes, listeners, heap = live(WARM_UP)
    for _ in range(count // WARM_UP):
        nodes_now, listeners_now, heap_now = live(WARM_UP)
    print(f"\nnodes {nodes} → {nodes_now}, listeners {listeners} → {listeners_now}, bytes {heap:,} → {heap_now:,}")
    assert nodes_now <= nodes
    assert listeners_now <= listeners
    assert heap_now - heap < count * BYTES_A_LIFE
    assert page.evaluate("document.adoptedStyleSheets.length") <= 1
