"""The widget on a page of another origin: what it loads, what it may not need, every state, the keyboard, and failing."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from assistant.languages.wording import wording
from tests.browsers import ADVICE, DESKTOP, EIGHT, PHONE, QUESTIONS, SLOW, THREE, TIRED, UNKNOWN, URGENT, PageServer, settled
from tests.conftest import SITE
from tests.host_site import STRICT, HostSite, host_page, host_site
from tests.test_page_accessibility import RULES
from tests.test_page_weight import PHONE_NETWORK, PHONE_SLOWNESS
from tests.widget_pages import WIDGET, ask, marked_up_article, open_host, open_panel

MOST_BYTES = 10_000
MOST_REQUESTS = 2
OPEN_WITHIN = 200  # ms
OPEN_WITHIN_HERE = OPEN_WITHIN * 3  # the machine that tests is busy
FIELD = '<p><label>Name <input id="name"></label></p>'
FOCUSED = """() => {
  let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at.id || at.className || at.tagName.toLowerCase();
}"""
# Kept things of each sort; none where a browser refuses even to look, as it does in a blocked frame.
KEPT = """async () => {
  const looks = [() => document.cookie.length, () => localStorage.length, () => sessionStorage.length,
    async () => (await indexedDB.databases()).length];
  const count = async (look) => { try { return await look(); } catch { return 0; } };
  return Promise.all(looks.map(count));
}"""
# Clicks, and waits until one can type: milliseconds.
OPEN_AND_TIME = """() => new Promise((resolve) => {
  const begun = performance.now();
  document.querySelector("rls-assistant").shadowRoot.querySelector(".launcher").click();
  requestAnimationFrame(function look() {
    let at = document.activeElement.shadowRoot?.activeElement;
    if (at?.tagName === "TEXTAREA") resolve(performance.now() - begun);
    else requestAnimationFrame(look);
  });
})"""
Answering = Callable[[Route], None]


def never(_route: Route) -> None:
    """Leave a request without an answer."""


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


@pytest.fixture
def host(browser: Browser, site: HostSite, page_server: PageServer) -> Iterator[Callable[..., Page]]:
    """Opens a page with the one line in it and some attributes; closes it in the end."""
    pages: list[Page] = []

    def opened(attributes: str = "", *, body: str = FIELD, headers: dict[str, str] | None = None, **options: Any) -> Page:
        url = site.put(f"/{len(pages)}", host_page(page_server.url, attributes, body=body), **headers or {})
        pages.append(open_host(browser, url, **options))
        return pages[-1]

    yield opened
    for page in pages:
        page.context.close()


def watched(context: BrowserContext, page: Page, server: str) -> tuple[list[str], list[float]]:
    """Requests to the assistant's server from now on, and the bytes that came back."""
    devtools = context.new_cdp_session(page)
    requested: dict[str, str] = {}
    transferred: list[float] = []

    def count_request(event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith(server):
            requested[event["requestId"]] = event["request"]["url"]
            urls.append(event["request"]["url"])

    def count_bytes(event: dict[str, Any]) -> None:
        if event["requestId"] in requested:
            transferred.append(event["encodedDataLength"])

    urls: list[str] = []
    devtools.on("Network.requestWillBeSent", count_request)
    devtools.on("Network.loadingFinished", count_bytes)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", PHONE_NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": PHONE_SLOWNESS})
    return urls, transferred


def test_one_request_before_a_click_none_to_open_and_one_for_the_first_answer(
    browser: Browser, site: HostSite, page_server: PageServer
) -> None:
    with browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, locale="en-GB") as context:
        page = context.new_page()
        requested, transferred = watched(context, page, page_server.url)
        page.goto(site.put("/weight", host_page(page_server.url)))
        page.wait_for_load_state("networkidle")
        assert requested == [f"{page_server.url}/widget.js"]
        settled(page, OPEN_AND_TIME)
        assert len(requested) == 1
        ask(page, "How is iron linked to dopamine?", "answer")
        page.wait_for_load_state("networkidle")
    print(f"\n{len(requested)} requests, {sum(transferred):,.0f} bytes to the first answer")
    assert len(requested) <= MOST_REQUESTS
    assert 0 < sum(transferred) <= MOST_BYTES


@pytest.mark.timing
def test_on_a_phone_it_is_soon_open(browser: Browser, site: HostSite, page_server: PageServer) -> None:
    with browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, locale="en-GB") as context:
        page = context.new_page()
        watched(context, page, page_server.url)
        page.goto(site.put("/opening", host_page(page_server.url)))
        page.wait_for_load_state("networkidle")
        milliseconds = settled(page, OPEN_AND_TIME)
    print(f"\nopen after {milliseconds:.0f} ms")
    assert milliseconds <= OPEN_WITHIN_HERE


@pytest.mark.parametrize("mode", ["", 'data-mode="iframe"'], ids=["panel", "iframe"])
def test_under_the_strictest_policy_everything_works_without_a_violation(
    host: Callable[..., Page], page_server: PageServer, mode: str
) -> None:
    policy = STRICT.format(page_server.url) + (f"; frame-src {page_server.url}" if mode else "")
    page = host(mode, body=marked_up_article(), headers={"Content-Security-Policy": policy})
    logged: list[str] = []
    page.on("console", lambda message: logged.append(message.text))
    page.locator(f"{WIDGET} .launcher").click()
    box: Any = page.frame_locator(f"{WIDGET} iframe") if mode else page
    for kind, question in QUESTIONS.items():
        box.locator("textarea").fill(question)
        box.locator("textarea").press("Enter")
        box.locator(f".reply.{kind}").last.wait_for()
        if kind == "answer":
            box.locator("figure a").first.click()
            page.wait_for_function("CSS.highlights.get('rls-cited')?.size === 1")
    assert page.evaluate("violations") == []
    assert logged == []


@pytest.mark.parametrize("mode", ["", 'data-mode="iframe"'], ids=["panel", "iframe"])
def test_with_third_party_cookies_and_storage_blocked_everything_works_and_nothing_is_kept(
    browser: Browser, site: HostSite, page_server: PageServer, mode: str
) -> None:
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        controls = {"enableThirdPartyCookieRestriction": True}
        off = {"disableThirdPartyCookieMetadata": True, "disableThirdPartyCookieHeuristics": True}
        context.new_cdp_session(page).send("Network.setCookieControls", controls | off)
        page.goto(site.put("/kept", host_page(page_server.url, mode)))
        page.locator(f"{WIDGET} .launcher").click()
        box: Any = page.frame_locator(f"{WIDGET} iframe") if mode else page
        box.locator("textarea").fill(THREE)
        box.locator("textarea").press("Enter")
        box.locator(".reply.answer").wait_for()
        assert [settled(frame, KEPT) for frame in page.frames] == [[0, 0, 0, 0]] * (2 if mode else 1)
        assert context.cookies() == []


STATES = ["closed", "open", "answer", "unanswered", "urgent", "advice", "gentle", "listed", "error"]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_any_state_or_theme(host: Callable[..., Page], size: Any) -> None:
    page = host('data-examples="What is RLS?|How does RLS affect sleep?"', viewport=size)
    found = []
    for state in STATES:
        page.reload()
        page.locator(f"{WIDGET} .launcher").wait_for()
        if state != "closed":
            open_panel(page)
        if state in QUESTIONS:
            ask(page, QUESTIONS[state], state)
        elif state == "gentle":
            ask(page, TIRED, "answer")
        elif state == "listed":
            ask(page, EIGHT, "answer")
        elif state == "error":
            page.route("**/api/ask", lambda route: route.abort())
            ask(page, URGENT, "problem")
            page.unroute("**/api/ask")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
            found += [(state, theme, rule["id"], node["target"]) for rule in violations for node in rule["nodes"]]
    assert found == []


def test_the_keyboard_opens_it_is_not_trapped_and_gets_back_to_where_it_was(host: Callable[..., Page]) -> None:
    page = host(body=FIELD)
    page.locator("#name").focus()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "launcher"
    page.keyboard.press("Enter")
    page.locator(f"{WIDGET} textarea").wait_for()
    page.wait_for_function("document.activeElement.shadowRoot?.activeElement?.tagName === 'TEXTAREA'")
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    page.locator(f"{WIDGET} .reply.chat").wait_for()
    stops = []
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        stops.append(page.evaluate(FOCUSED))
    assert "close" in stops
    assert "name" in stops, f"trapped: {stops}"
    page.locator(f"{WIDGET} textarea").focus()
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "launcher"
    page.locator("#name").focus()
    page.evaluate("RLSAssistant.open()")
    page.wait_for_function("document.activeElement.shadowRoot?.activeElement?.tagName === 'TEXTAREA'")
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "name"
    assert not page.locator(f"{WIDGET} .panel").is_visible()


def test_keys_typed_into_it_are_none_of_the_pages(host: Callable[..., Page]) -> None:
    page = host()
    page.evaluate("window.heard = []; addEventListener('keydown', (event) => heard.push(event.key))")
    open_panel(page).press_sequentially("/k")
    assert page.evaluate("heard") == []


def test_in_a_frame_the_keyboard_gets_in_and_out_too(host: Callable[..., Page]) -> None:
    page = host('data-mode="iframe"')
    page.locator("#name").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    frame = page.frame_locator(f"{WIDGET} iframe")
    expect(frame.locator("textarea")).to_be_focused()
    page.keyboard.type(THREE)
    page.keyboard.press("Enter")
    frame.locator(".reply.answer").wait_for()
    page.keyboard.press("Escape")
    page.locator(f"{WIDGET} .panel").wait_for(state="hidden")
    assert page.evaluate(FOCUSED) == "launcher"


def failing(page: Page, answering: Answering, question: str = UNKNOWN) -> str:
    """What the panel says when the server answers like this; then the retry works, with what was typed."""
    open_panel(page)
    page.route("**/api/ask", answering)
    problem = ask(page, question, "problem")
    said = problem.locator(".message").inner_text()
    assert page.locator(f"{WIDGET} textarea").input_value() == question
    page.unroute("**/api/ask")
    problem.get_by_role("button", name=wording()["page.retry"]).click()
    page.locator(f"{WIDGET} .reply:is(.unanswered, .urgent):not(.failed *)").wait_for()
    return said


def test_a_server_that_is_away_is_said_and_what_was_typed_is_kept(host: Callable[..., Page]) -> None:
    assert failing(host(), lambda route: route.abort()) == wording()["widget.away"]


def test_a_broken_server_is_away(host: Callable[..., Page]) -> None:
    assert failing(host(), lambda route: route.fulfill(status=502, body="<html>")) == wording()["widget.away"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_over_its_limit_says_when_to_come_back(host: Callable[..., Page], status: int) -> None:
    exposed = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After", "Retry-After": "7"}
    said = failing(host(), lambda route: route.fulfill(status=status, body="{}", headers=exposed))
    assert said == wording()["page.busy"].format(seconds=7)


def test_a_server_that_takes_too_long_is_given_up(host: Callable[..., Page]) -> None:
    page = host()
    page.clock.install()
    open_panel(page)
    page.route("**/api/ask", never)
    box = page.locator(f"{WIDGET} textarea")
    box.fill(UNKNOWN)
    box.press("Enter")
    page.clock.run_for(20_000)
    said = page.locator(f"{WIDGET} .reply.problem .message").inner_text()
    assert said == wording()["widget.slow"]


def test_a_policy_that_blocks_it_is_named(host: Callable[..., Page], page_server: PageServer) -> None:
    page = host(headers={"Content-Security-Policy": f"default-src 'none'; script-src {page_server.url}"})
    open_panel(page)
    assert ask(page, UNKNOWN, "problem").locator(".message").inner_text() == wording()["widget.blocked"]
    assert page.locator(f"{WIDGET} textarea").input_value() == UNKNOWN


def test_a_policy_that_blocks_the_frame_is_named(host: Callable[..., Page], page_server: PageServer) -> None:
    policy = f"default-src 'none'; script-src {page_server.url}; connect-src {page_server.url}"
    page = host('data-mode="iframe"', headers={"Content-Security-Policy": policy})
    page.locator(f"{WIDGET} .launcher").click()
    page.locator(f"{WIDGET} .problem").wait_for()
    assert page.locator(f"{WIDGET} .message").inner_text() == wording()["widget.blocked"]
    assert page.locator(f"{WIDGET} .problem .help a[href='tel:112']").count() == 1


@pytest.mark.parametrize(
    "question", ["I want to kill myself", "help, I can’t breathe", "My husband is NOT BREATHING", "Quiero morir"]
)
def test_urgent_help_is_shown_though_the_server_is_away(host: Callable[..., Page], question: str) -> None:
    page = host("data-lang=es")
    open_panel(page)
    page.route("**/api/ask", lambda route: route.abort())
    ask(page, question, "problem")
    help_ = page.locator(f"{WIDGET} .failed .reply.urgent")
    assert help_.locator(".message").first.inner_text() == wording("es")["urgent.unsure"]
    assert help_.locator("a[href='tel:112']").count() == 2  # in the wording, and in the line of whom to call


def test_while_a_slow_server_is_waited_for_urgent_help_is_already_there(host: Callable[..., Page]) -> None:
    page = host()
    open_panel(page)
    page.route("**/api/ask", never)
    ask(page, URGENT, "urgent")


def test_a_slow_answer_is_announced_and_comes(host: Callable[..., Page]) -> None:
    page = host()
    open_panel(page)
    ask(page, SLOW, "pending")
    page.locator(f"{WIDGET} .reply.answer").wait_for()
    assert page.locator(f"{WIDGET} .pending").count() == 0


@pytest.mark.parametrize(("tag", "language"), [("hi-Latn-IN", "hi-latn"), ("hi-IN", "hi"), ("zh_TW", "zh"), ("la", "en")])
def test_a_tag_names_a_language_and_perhaps_its_script(host: Callable[..., Page], tag: str, language: str) -> None:
    launcher = host(f"data-lang={tag}").locator(f"{WIDGET} .launcher")
    expect(launcher).to_have_text(wording(language)["widget.open"])


@pytest.mark.parametrize(("language", "direction"), [("de", "ltr"), ("ar", "rtl")])
def test_another_language_is_there_before_the_first_opening(
    host: Callable[..., Page], language: str, direction: str
) -> None:
    page = host(f"data-lang={language}")
    assert page.locator(f"{WIDGET} .launcher").inner_text() == wording(language)["widget.open"]
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    box = open_panel(page)
    expect(box).to_have_attribute("placeholder", wording(language)["page.input_label"])
    assert requested == []
    reply = ask(page, ADVICE, "advice")
    assert reply.locator(".kind").inner_text() == wording(language)["page.kind_advice"]
    assert reply.locator(".message").inner_text() == wording(language, SITE)["advice.message"]
    assert reply.locator(".message").get_attribute("lang") == language
    assert page.locator(f"{WIDGET} section").get_attribute("dir") == direction


def test_events_and_functions_tell_what_happens_but_never_the_question(host: Callable[..., Page]) -> None:
    page = host(body=marked_up_article())
    page.evaluate("""() => {
      window.told = [];
      for (const type of ["open", "question", "answer", "cite", "error"]) {
        RLSAssistant.on(type, (detail) => told.push(["on", type, detail]));
        document.addEventListener(`rls:${type}`, (event) => told.push(["dom", type, event.detail]));
      }
    }""")
    settled(page, "(question) => RLSAssistant.ask(question)", THREE)
    page.locator(f"{WIDGET} figure a").first.click()
    page.route("**/api/ask", lambda route: route.abort())
    ask(page, "Is this secret?", "problem")
    page.evaluate("RLSAssistant.close()")
    assert not page.locator(f"{WIDGET} .panel").is_visible()
    told = page.evaluate("told")
    expected = ["open", "question", "answer", "cite", "question", "error"]
    assert [type_ for way, type_, _ in told if way == "on"] == [type_ for way, type_, _ in told if way == "dom"] == expected
    answer = next(detail for _, type_, detail in told if type_ == "answer")
    assert (answer["kind"], len(answer["citations"])) == ("answer", 3)
    assert THREE not in json.dumps(told)
    assert "secret" not in json.dumps(told)


def test_a_conversation_goes_on_with_its_turns(host: Callable[..., Page]) -> None:
    page = host()
    sent: list[Any] = []
    page.on("request", lambda request: sent.append(json.loads(request.post_data or "{}").get("turns")))
    open_panel(page)
    ask(page, "Can kidney failure lead to RLS?", "answer")
    ask(page, "hello", "chat")
    assert sent == [["Can kidney failure lead to RLS?"], ["Can kidney failure lead to RLS?", "hello"]]
