# ruff: noqa: E501  pages stand as their sites write them
"""The widget's life on a site: routers, modals, dark switches, short windows, bars at the bottom, owners' mistakes, missing
functions of browsers. Many hosts in one session of a browser.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from assistant.languages.wording import wording
from assistant.web.routes.widget import WidgetFiles
from tests.browsers import DESKTOP, QUESTIONS, THREE, UNKNOWN, URGENT, PageServer
from tests.host_site import HostSite, host_page, host_site
from tests.test_page_accessibility import RULES
from tests.widget_pages import WIDGET, ask, marked_up_article, open_panel

BOX = f"{WIDGET} textarea"
LAUNCHER = f"{WIDGET} .launcher"
TRAPS = {
    "focusin": "document.addEventListener('focusin', (e) => m.contains(e.target) || i.focus())",
    "focus-trap": """
      document.addEventListener('focusin', (e) => { if (!m.contains(e.target)) { e.stopImmediatePropagation(); i.focus(); } }, true);
      for (const type of ['mousedown', 'touchstart', 'click']) document.addEventListener(type, (e) => {
        if (!m.contains(e.target)) { e.preventDefault(); e.stopImmediatePropagation(); } }, true);
      document.addEventListener('keydown', (e) => { if (!m.contains(e.target)) { e.preventDefault(); i.focus(); } }, true)""",
    "focusout": """
      document.addEventListener('focusout', (e) => e.relatedTarget && !m.contains(e.relatedTarget) && e.target.focus());
      document.addEventListener('focusin', (e) => m.contains(e.target) || i.focus())""",
}
MODAL = "<div id=m role=dialog aria-modal=true><input id=i value=modal></div><script>{}</script>"
# What came into browsers in the last three years, and some that are a little older.
MISSING = {
    "checkVisibility": "delete Element.prototype.checkVisibility",
    "AbortSignal": "delete AbortSignal.timeout; delete AbortSignal.any",
    "highlights": "delete CSS.highlights; delete window.Highlight",
    "popover": "delete HTMLElement.prototype.popover; delete HTMLElement.prototype.showPopover",
    "moveBefore": "delete Element.prototype.moveBefore",
    "dialog": "delete window.HTMLDialogElement; delete HTMLElement.prototype.inert",
    "arrays": "for (const name of ['at', 'with', 'toSorted', 'toReversed', 'findLast']) delete Array.prototype[name]",
    "static": "delete URL.canParse; delete URL.parse; delete Object.groupBy; delete Promise.withResolvers; delete Promise.try",
    "globals": "delete window.structuredClone; delete Intl.Segmenter; delete Crypto.prototype.randomUUID; delete window.onscrollend",
    "reflection": "for (const name of ['ariaLabel', 'ariaLive', 'role']) delete Element.prototype[name]",
    "sheets": "delete Document.prototype.adoptedStyleSheets; delete ShadowRoot.prototype.adoptedStyleSheets",
    "constructed sheets": "delete window.CSSStyleSheet",
    "CSS.supports": "delete CSS.supports",
    "hit tests": "delete Document.prototype.elementsFromPoint; delete Element.prototype.scrollIntoView",
    "selectors": """for (const [owner, name] of [[Element, 'matches'], [Element, 'closest'], [Element, 'querySelector'],
      [Element, 'querySelectorAll'], [Document, 'querySelector'], [Document, 'querySelectorAll']]) {
        const own = owner.prototype[name];
        owner.prototype[name] = function (selector) {
          if (/:(has|is|where|modal|popover-open)/.test(selector)) throw new SyntaxError(selector);
          return own.call(this, selector);
        };
      }""",
}
SENTENCE = "Low serum ferritin levels correlate strongly with RLS severity, reinforcing the connection between iron stores and dopamine regulation."  # fmt: skip
QUESTION = "Is low ferritin linked to severity?"
MARKED_IN = "[...CSS.highlights.get('rls-cited')][0].startContainer.parentElement.closest('[id]').id"


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport=DESKTOP, locale="en-GB", color_scheme="light") as context:
        yield context


@pytest.fixture
def host(context: BrowserContext, site: HostSite, page_server: PageServer) -> Iterator[Callable[..., Page]]:
    """Opens a page of somebody's with the one line in it; what goes wrong in its scripts fails the test."""
    pages: list[Page] = []
    errors: list[str] = []

    def opened(attributes: str = "", *, body: str = "", head: str = "", before: str = "", html: str = "") -> Page:
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size(DESKTOP)
        page.on("pageerror", lambda error: errors.append(str(error)))
        if before:
            page.add_init_script(before)
        page.goto(site.put(f"/{len(pages)}", html or host_page(page_server.url, attributes, body=body, head=head)))
        return page

    yield opened
    for page in pages:
        page.close()
    assert errors == []


def told(page: Page) -> list[str]:
    """What its console says from now on."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    return said


@pytest.mark.parametrize("name", MISSING)
def test_no_answer_is_lost_when_a_function_of_the_browser_is_missing(host: Callable[..., Page], name: str) -> None:
    page = host(body=marked_up_article(), before=MISSING[name])
    open_panel(page)
    for kind, question in QUESTIONS.items():
        reply = ask(page, question, kind)
        if kind == "answer":
            reply.locator("figure a").first.click()
    page.route("**/api/ask", lambda route: route.abort())
    ask(page, URGENT, "problem")
    assert page.locator(f"{WIDGET} .failed .urgent a[href='tel:112']").count() == 2


def test_colours_need_no_function_of_css_that_is_new() -> None:
    script = WidgetFiles.read().script.decode()
    assert re.findall(r"light-dark\(|oklch\(|color-mix\(|@layer|@container", script) == []


@pytest.mark.parametrize("name", TRAPS)
def test_beside_a_modal_that_traps_the_focus_one_can_type(host: Callable[..., Page], name: str) -> None:
    page = host(body=MODAL.format(TRAPS[name]))
    page.locator("#i").focus()
    open_panel(page)
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    page.locator(f"{WIDGET} .reply.chat").wait_for()
    page.keyboard.press("Escape")
    expect(page.locator(f"{WIDGET} .panel")).to_be_hidden()
    expect(page.locator("#i")).to_be_focused()


def test_closed_it_touches_no_key_and_a_native_dialog_closes_by_esc(host: Callable[..., Page]) -> None:
    page = host(body="<dialog id=d><input></dialog>")
    page.evaluate("d.showModal(); window.heard = []; document.addEventListener('keydown', (event) => heard.push(event.key))")
    page.wait_for_function(f"document.querySelector('{WIDGET}').parentElement.id === 'd'")
    open_panel(page)
    page.keyboard.press("Escape")
    expect(page.locator(f"{WIDGET} .panel")).to_be_hidden()
    assert page.evaluate("[d.open, heard.length]") == [True, 0]
    page.locator(LAUNCHER).focus()
    page.keyboard.press("k")
    page.keyboard.press("Escape")
    assert page.evaluate("[d.open, heard]") == [False, ["k", "Escape"]]


def test_a_place_that_a_router_replaces_is_found_again_with_its_conversation(host: Callable[..., Page]) -> None:
    page = host("data-target='#here'", body="<div id=route><div id=here></div></div>")
    page.locator(f"#here {BOX}").wait_for()
    ask(page, "hello", "chat")
    for _ in range(2):
        page.evaluate("route.innerHTML = '<div id=here></div>'")
        page.locator(f"#here {WIDGET} .reply.chat").wait_for()
    page.evaluate("route.innerHTML = '<div id=here></div>'; RLSAssistant.ask('thanks')")
    page.locator(f"#here {WIDGET} .reply.chat").nth(1).wait_for()
    page.evaluate("here.remove()")
    expect(page.locator(LAUNCHER)).to_be_visible()  # a page without the place: it floats


def test_taken_out_and_loaded_again_it_is_there_once(host: Callable[..., Page], page_server: PageServer) -> None:
    page = host()
    again = (
        f"document.body.append(Object.assign(document.createElement('script'), {{ src: '{page_server.url}/widget.js' }}))"
    )
    for gone in ("", "delete window.RLSAssistant;", "RLSAssistant.destroy();"):
        page.locator(LAUNCHER).wait_for()
        page.evaluate(f"document.querySelector('{WIDGET}').remove(); {gone} {again}")
        page.wait_for_timeout(400)
        assert page.locator(WIDGET).count() == 1
    open_panel(page)


def test_a_module_an_import_and_options_before_loading_work(host: Callable[..., Page], page_server: PageServer) -> None:
    url = page_server.url
    bodies = {
        f'<script type=module src="{url}/widget.js" data-title="Ask us"></script>': "Ask us",
        f"<script>RLSAssistantOptions = {{ title: 'Ask them' }}; import('{url}/widget.js')</script>": "Ask them",
        f"<script type=module>import {{ mount }} from '{url}/widget.mjs'; mount({{ title: 'Ask me' }})</script>": "Ask me",
    }
    for body, title in bodies.items():
        page = host(html=f'<!doctype html><html lang="en"><meta charset="utf-8"><body>{body}')
        expect(page.locator(LAUNCHER)).to_have_text(title)
        open_panel(page)
        ask(page, "hello", "chat")


def test_several_stand_on_one_page_and_each_is_taken_away_alone(host: Callable[..., Page]) -> None:
    page = host("data-target='#a'", body="<div id=a></div><div id=b></div>")
    page.evaluate("window.second = RLSAssistant.mount({ target: '#b' }); window.third = RLSAssistant.mount({})")
    for place in ("#a", "#b"):
        page.locator(f"{place} {BOX}").fill("hello")
        page.locator(f"{place} {BOX}").press("Enter")
        page.locator(f"{place} .reply.chat").wait_for()
    page.evaluate("second.destroy()")
    assert page.locator(f"#b {WIDGET}").count() == 0
    assert page.locator(WIDGET).count() == 2
    page.evaluate("RLSAssistant.destroy()")
    assert page.locator(WIDGET).count() == 0
    page.evaluate("RLSAssistant.open()")
    page.locator(f"#a {BOX}").wait_for()


@pytest.mark.parametrize("size", [(320, 256), (844, 200), (390, 844)], ids=str)
def test_in_a_short_window_one_can_always_type_and_send(host: Callable[..., Page], size: tuple[int, int]) -> None:
    page = host(body=f"<article id=body><p>{SENTENCE}</p></article>")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_panel(page)
    for question, kind in ((QUESTION, "answer"), (URGENT, "urgent")):
        reply = ask(page, question, kind)
        if kind == "answer":
            reply.locator("figure a").first.click()
            page.wait_for_function("CSS.highlights.get('rls-cited')?.size === 1")
        for place in (BOX, f"{WIDGET} .form button"):
            box = page.locator(place).bounding_box()
            assert box
            assert 0 <= box["y"] <= box["y"] + box["height"] <= size[1]


def ground(page: Page) -> str:
    return str(page.locator(f"{WIDGET} .panel").evaluate("panel => getComputedStyle(panel).backgroundColor"))


def test_the_sites_own_dark_switch_is_followed_while_it_changes(host: Callable[..., Page]) -> None:
    page = host("data-open", head="<style>.night { color-scheme: dark }</style>")
    page.locator(BOX).wait_for()
    light = ground(page)
    page.evaluate("document.documentElement.className = 'night'")
    page.wait_for_function(f"document.querySelector('{WIDGET}').shadowRoot.querySelector('.dark')")
    dark = ground(page)
    assert dark != light
    page.evaluate("RLSAssistant.setTheme('light')")
    assert ground(page) == light
    page = host("data-open data-dark='[data-theme=dark]'")
    page.locator(BOX).wait_for()
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"document.querySelector('{WIDGET}').shadowRoot.querySelector('.dark')")
    assert ground(page) == dark


def test_enter_that_ends_a_composition_sends_nothing(host: Callable[..., Page]) -> None:
    page = host()
    box = open_panel(page)
    box.fill("むずむず")
    for own in ("keyCode: 229", "keyCode: 229, isComposing: true", "isComposing: true"):
        box.evaluate(
            f"""box => box.dispatchEvent(new KeyboardEvent('keydown',
                {{ key: 'Enter', bubbles: true, composed: true, {own} }}))"""
        )
    assert page.locator(f"{WIDGET} .asked").count() == 0


BAR = '<div style="position: fixed; inset: auto 0 0; height: 90px"><button id=ok style="position: absolute; right: 30px; bottom: 25px">OK</button></div>'  # fmt: skip


def test_it_moves_out_of_the_way_of_what_is_fixed_and_back(host: Callable[..., Page]) -> None:
    page = host(body=f"{BAR}<script>setTimeout(() => ok.dataset.late = '', 300)</script>")
    page.wait_for_function("document.querySelector('#ok[data-late]')")
    page.wait_for_timeout(400)
    page.locator("#ok").click(timeout=3000)
    before = page.locator(LAUNCHER).bounding_box()
    page.evaluate("ok.parentElement.remove()")
    page.wait_for_timeout(400)
    after = page.locator(LAUNCHER).bounding_box()
    assert before
    assert after
    assert (before["y"], after["y"]) == (DESKTOP["height"] - 98 - before["height"], DESKTOP["height"] - 20 - after["height"])


def test_offset_own_launcher_and_hiding_are_as_chosen(host: Callable[..., Page]) -> None:
    page = host("data-offset='100 60'")
    box = page.locator(LAUNCHER).bounding_box()
    assert box
    assert (DESKTOP["width"] - box["x"] - box["width"], DESKTOP["height"] - box["y"] - box["height"]) == (60, 100)
    page = host("data-launcher='#mine' data-hide='.checkout'", body="<button id=mine>Help</button>")
    page.locator(WIDGET).wait_for(state="attached")
    assert not page.locator(LAUNCHER).is_visible()
    page.locator("#mine").click()
    expect(page.locator(BOX)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#mine")).to_be_focused()
    page.evaluate("document.body.className = 'checkout'; mine.remove()")
    page.wait_for_timeout(400)
    assert not page.locator(LAUNCHER).is_visible()
    page.evaluate("document.body.className = ''")
    expect(page.locator(LAUNCHER)).to_be_visible()


def test_the_address_of_the_page_goes_with_no_question_and_no_link(host: Callable[..., Page]) -> None:
    page = host(head="<meta name=referrer content=unsafe-url>")
    open_panel(page)
    with page.expect_request("**/api/ask") as asked:
        ask(page, THREE, "answer")
    assert "referer" not in asked.value.all_headers()
    with page.expect_popup() as opened:
        page.locator(f"{WIDGET} figure a").first.click()
    assert opened.value.evaluate("document.referrer") == ""
    opened.value.close()


@pytest.mark.parametrize("with_move", [True, False], ids=["moveBefore", "without"])
def test_in_a_frame_a_dialog_leaves_the_conversation_and_a_page_with_coep_works(
    host: Callable[..., Page], site: HostSite, page_server: PageServer, *, with_move: bool
) -> None:
    html = host_page(page_server.url, "data-mode=iframe data-open", body="<dialog id=d>modal</dialog>")
    site.put("/coep", html, Cross_Origin_Embedder_Policy="require-corp")
    page = host(html=html, before="" if with_move else "delete Element.prototype.moveBefore")
    frame = page.frame_locator(f"{WIDGET} iframe")
    page.goto(f"{site.url}/coep")
    frame.locator("textarea").fill("hello")
    frame.locator("textarea").press("Enter")
    frame.locator(".reply.chat").wait_for()
    for change in ("d.showModal()", "d.close()"):
        page.evaluate(change)
        page.wait_for_timeout(400)
        assert frame.locator(".reply.chat").count() == 1
    assert page.locator(f"{WIDGET} iframe").is_visible()


PLACES = {
    "navigation first": ("<nav id=nav><p>{0}</p></nav><article id=body><p>{0}</p></article>", "body"),
    "clipped copy first": ("<div id=cut style='height: 8px; overflow: hidden'><br><p>{0}</p></div><p id=body>{0}</p>", "body"),
    "for screen readers first": (
        "<div id=sr style='position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden'>{0}</div><p id=body>{0}</p>",
        "body",
    ),
    "invisible copy first": ("<p id=gone style='visibility: hidden'>{0}</p><p id=body>{0}</p>", "body"),
    "closed details": ("<details><summary>More</summary><details id=body><summary>Still</summary><p>{0}</p></details></details>", "body"),
    "a shell that scrolls": (
        "<div style='height: 500px; overflow: hidden'><main id=body style='height: 100%; overflow: auto'><div style='height: 3000px'></div><p>{0}</p></main></div>",
        "body",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLACES)
def test_the_sentence_in_the_body_of_the_article_is_marked_and_seen(host: Callable[..., Page], name: str) -> None:
    body, marked_in = PLACES[name]
    page = host(body=body.format(SENTENCE))
    open_panel(page)
    ask(page, QUESTION, "answer").locator("figure a").first.click()
    page.wait_for_function("CSS.highlights.get('rls-cited')?.size === 1")
    assert page.evaluate(MARKED_IN) == marked_in
    top = page.evaluate("[...CSS.highlights.get('rls-cited')][0].getBoundingClientRect().top")
    assert 0 < top < DESKTOP["height"]


MISTAKES = {
    "selector": ("data-target='#1bad'", 'target "#1bad"'),
    "no such place": ("data-target='#nowhere'", 'target "#nowhere"'),
    "address": ("data-server='assistant.example.org'", 'server "assistant.example.org"'),
    "article": ("data-article='tea'", 'article "tea"'),
    "hide": ("data-hide='!!'", 'hide "!!"'),
    "position": ("data-position=bottom-right", 'position "bottom-right"'),
    "colour": ("data-accent=teall", 'accent "teall"'),
    "offset": ("data-offset=high", 'offset "high"'),
    "mode": ("data-mode=frame", 'mode "frame"'),
    "theme": ("data-theme=night data-accent=teal", 'theme "night"'),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_an_owners_mistake_is_told_to_the_owner_and_visitors_get_their_answer(
    host: Callable[..., Page], context: BrowserContext, name: str
) -> None:
    attributes, line = MISTAKES[name]
    with context.expect_event("console", lambda message: line in message.text):
        page = host(attributes)
        open_panel(page)
        ask(page, THREE, "answer")
        ask(page, THREE, "answer")


def test_calls_queue(host: Callable[..., Page]) -> None:
    page = host()
    page.evaluate("for (const text of ['hello', 'thanks', 'goodbye']) RLSAssistant.ask(text)")
    page.locator(f"{WIDGET} .reply.chat").nth(2).wait_for()
    assert page.locator(f"{WIDGET} .asked").all_inner_texts() == ["hello", "thanks", "goodbye"]


def test_on_a_page_in_another_language_no_word_is_english_and_none_is_waited_for(host: Callable[..., Page]) -> None:
    page = host(head="<script>document.documentElement.lang = 'fr'</script>")
    expect(page.locator(LAUNCHER)).to_have_text(wording("fr")["widget.open"])
    begun = page.evaluate("performance.now()")
    box = open_panel(page)
    expect(box).to_have_attribute("placeholder", wording("fr")["page.input_label"])
    assert page.evaluate("performance.now()") - begun < 500
    assert page.locator(f"{WIDGET} .close").get_attribute("aria-label") == wording("fr")["widget.close"]


def test_examples_are_headed_in_the_language_of_the_page(host: Callable[..., Page]) -> None:
    page = host("data-examples='Une question'", head="<script>document.documentElement.lang = 'fr'</script>")
    open_panel(page)
    expect(page.locator(f"{WIDGET} .suggestions p")).to_have_text(wording("fr")["page.starters"])


def test_words_that_come_late_are_said_by_the_launcher_too(host: Callable[..., Page], context: BrowserContext) -> None:
    waiting: list[Route] = []
    context.route("**/widget-fr-*", lambda route: waiting.append(route))  # noqa: PLW0108  Playwright marks what it calls
    page = host(head="<script>document.documentElement.lang = 'fr'</script>")
    expect(page.locator(LAUNCHER)).to_have_text(wording("en")["widget.open"])
    waiting[0].continue_()
    context.unroute("**/widget-fr-*")
    expect(page.locator(LAUNCHER)).to_have_text(wording("fr")["widget.open"])
    expect(open_panel(page)).to_have_attribute("placeholder", wording("fr")["page.input_label"])


def test_ready_open_and_close_are_told(host: Callable[..., Page]) -> None:
    heard = "window.heard = []; for (const type of ['ready', 'open', 'close'])"
    page = host(before=f"{heard} document.addEventListener(`rls:${{type}}`, () => heard.push(type))")
    open_panel(page)
    page.keyboard.press("Escape")
    expect(page.locator(LAUNCHER)).to_be_visible()
    assert page.evaluate("heard") == ["ready", "open", "close"]


def test_a_conversation_is_kept_in_the_tab_only_where_the_owner_chose_that(host: Callable[..., Page]) -> None:
    for attributes, count in (("data-keep", 2), ("", 0)):
        page = host(attributes)
        open_panel(page)
        ask(page, "hello", "chat")
        ask(page, UNKNOWN, "unanswered")
        page.route("**/api/ask", lambda route: route.abort())  # kept answers are not asked for
        page.reload()
        open_panel(page)
        page.wait_for_timeout(600)
        assert page.locator(f"{WIDGET} .reply").count() == count
        assert page.locator(f"{WIDGET} .problem").count() == 0


def test_axe_finds_nothing_in_a_place_and_in_a_frame(host: Callable[..., Page]) -> None:
    found = []
    for attributes in ("data-target='#here'", "data-mode=iframe data-open"):
        page = host(attributes, body="<div id=here style='height: 500px'></div>")
        at = page.frame_locator(f"{WIDGET} iframe") if "iframe" in attributes else page
        for kind in (None, "answer", "urgent"):
            if kind:
                at.locator("textarea").fill(QUESTIONS[kind])
                at.locator("textarea").press("Enter")
                at.locator(f".reply.{kind}").last.wait_for()
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme)
                page.wait_for_timeout(50)
                violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
                found += [
                    (attributes, kind, theme, rule["id"], node["target"]) for rule in violations for node in rule["nodes"]
                ]
    assert found == []
