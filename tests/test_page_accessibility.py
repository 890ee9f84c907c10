"""Any hands and eyes: axe-core in every state, the keyboard alone, zoom, forced colours, and what a screen reader says."""

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browsers import (
    ADVICE,
    DESKTOP,
    EIGHT,
    PHONE,
    QUESTIONS,
    THREE,
    TIRED,
    UNKNOWN,
    URGENT,
    PageServer,
    ask,
    open_page,
)

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STATES = ["start", "answer", "unanswered", "advice", "chat", "urgent", "sheet", "gentle", "failed", "grave"]
STATES += ["listed", "tile", "doctor", "known"]
LONG_WORD = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 3

# What has the focus: none of it hidden behind something else, and with an outline.
FOCUS = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const style = getComputedStyle(at.id === "question" ? at.closest(".composer") : at);
  const [x, y] = [box.x + Math.min(box.width, 20) / 2, box.y + Math.min(box.height, 20) / 2];
  const top = document.elementFromPoint(x, y);
  return {
    name: (at.dataset.control ?? at.dataset.part ?? at.id) || at.innerText.trim() || at.className,
    lost: at === document.body,
    seen: Boolean(top && (at.contains(top) || top.contains(at))) && box.y >= -1 && box.y < innerHeight,
    outlined: parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none",
  };
}"""
# Text that does not fit in what it stands in, or reaches out of the window.
CUT = """() => [...document.querySelectorAll(".app *")].filter((element) => {
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  if (!box.width || element.closest(".vh, template, textarea, option, .tile__q, .from, .next, .mast__title")) return false;
  const clips = style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
  return clips || box.right > innerWidth + 1 || box.left < -1;
}).map((element) => element.outerHTML.slice(0, 120))"""
# Pairs of things to press or read that lie upon each other.
OVERLAPS = """() => {
  const shown = [...document.querySelectorAll(".app :is(button, a, p, summary, textarea, select, h1, h2, blockquote)")]
    .filter((element) => element.checkVisibility() && !element.closest(".vh, .sheet, .known"));
  const inside = (a, b) => a.contains(b) || b.contains(a);
  return shown.flatMap((a, i) => shown.slice(i + 1).filter((b) => {
    if (inside(a, b) || Boolean(a.closest(".dock, .mast")) !== Boolean(b.closest(".dock, .mast"))) return false;
    const [p, q] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
    const width = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const height = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    return width > 1 && height > 3;
  }).map((b) => [a.innerText || a.id, b.innerText || b.id]));
}"""


def bring_about(page: Page, state: str) -> None:
    """Make the page show a state."""
    if state in QUESTIONS:
        ask(page, QUESTIONS[state])
    elif state == "gentle":
        ask(page, TIRED)
    elif state == "listed":
        ask(page, EIGHT)
    elif state in {"failed", "grave"}:
        page.route("**/api/ask", lambda route: route.fulfill(status=429, headers={"Retry-After": "7"}))
        page.locator("#question").fill(URGENT if state == "grave" else UNKNOWN)
        page.keyboard.press("Enter")
        page.locator(".reply[data-kind=problem]").wait_for()
        page.unroute("**/api/ask")
    elif state == "tile":
        page.locator(".tile").nth(3).click()
    elif state == "known":
        page.locator("#question").press_sequentially("dop")
        page.locator(".known li").first.wait_for()
    elif state == "doctor":
        ask(page, THREE)
        ask(page, UNKNOWN).get_by_label("Ask my doctor this").check()
        page.locator("[data-control=doctor]:visible").first.click()
    elif state == "sheet":
        ask(page, THREE).get_by_role("button", name="Show", exact=True).first.click()


@pytest.fixture(scope="module")
def phone(browser: Browser, page_server: PageServer) -> Iterator[Page]:
    with browser.new_context(viewport=PHONE, locale="en-GB") as context:
        yield open_page(context.new_page(), page_server.url)


LOOKS: list[tuple[Literal["light", "dark"], str]] = [("light", "ltr"), ("dark", "rtl")]
OTHER_LOOKS: list[tuple[Literal["light", "dark"], str]] = [("light", "rtl"), ("dark", "ltr")]
TURN_ROUND = "direction => { document.querySelector('.app').dir = document.documentElement.dir = direction; }"


@pytest.mark.parametrize("looks", [LOOKS, pytest.param(OTHER_LOOKS, marks=pytest.mark.slow)], ids=["", "other"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_either_theme_size_or_direction(
    page: Page, state: str, looks: list[tuple[Literal["light", "dark"], str]]
) -> None:
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        page.evaluate("history.replaceState(null, '')")  # a new conversation
        page.reload()
        page.wait_for_selector(".app[data-ready]")
        bring_about(page, state)
        for theme, direction in looks:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")  # nothing is under the composer there
            page.evaluate(TURN_ROUND, direction)
            violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
            found = [(rule["id"], node["target"], node["failureSummary"]) for rule in violations for node in rule["nodes"]]
            assert found == [], (size, theme, direction)


def press(page: Page, key: str) -> str:
    """Press a key; whatever then has the focus must be seen to have it. Returns what that is."""
    page.keyboard.press(key)
    focus = page.evaluate(FOCUS)
    assert not focus["lost"], f"{key} lost the focus"
    assert focus["seen"], f"{focus['name']} has the focus and is hidden"
    assert focus["outlined"], f"{focus['name']} has the focus without an outline"
    return str(focus["name"])


def tab_to(page: Page, name: str, *, key: str = "Tab") -> None:
    """Press Tab until something has the focus, looking at every stop on the way."""
    stops: list[str] = []
    while len(stops) < 60:
        stops.append(press(page, key))
        if stops[-1] == name:
            return
    pytest.fail(f"no way to {name} by {key}; there was {stops}")


def test_asking_following_a_quote_and_going_back_by_keyboard(page: Page) -> None:
    tab_to(page, "question")
    page.keyboard.type(THREE)
    page.keyboard.press("Enter")
    page.locator(".reply[data-kind=answer]").wait_for()
    tab_to(page, "show", key="Shift+Tab")  # the last quote's
    assert press(page, "Enter") == "sheet"
    assert page.locator(".sheet .is-on").get_attribute("data-n") == "3"
    assert press(page, "Escape") == "show"


def test_the_sheet_opens_takes_the_focus_and_gives_it_back_by_keyboard(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.emulate_media(reduced_motion="reduce")
    ask(page, THREE)
    tab_to(page, "show", key="Shift+Tab")
    assert press(page, "Enter") == "sheet"
    assert press(page, "Tab") == "source"
    assert press(page, "Tab") == "close"
    press(page, "Shift+Tab")
    assert press(page, "Escape") == "show"
    assert not page.locator(".sheet").is_visible()


def test_choosing_a_tile_and_a_suggestion_by_keyboard(page: Page) -> None:
    tab_to(page, "tile")
    assert press(page, "Enter") == "What it is"  # now the heading of what it opened
    expect(page.locator("blockquote")).not_to_have_count(0)
    ask(page, THREE)
    suggestion = page.locator(".suggestions button").last.inner_text()
    tab_to(page, suggestion, key="Shift+Tab")
    assert press(page, "Space") == suggestion
    page.locator(".turn").nth(2).locator(".reply").wait_for()


def test_known_questions_are_a_list_that_the_keys_of_a_combobox_work(page: Page) -> None:
    box, known = page.locator("#question"), page.get_by_role("listbox")
    box.press_sequentially("dop")
    options = known.get_by_role("option")
    expect(options).not_to_have_count(0)
    texts = options.all_inner_texts()
    box.press("ArrowDown")
    assert known.get_by_role("option", selected=True).inner_text() == texts[0]
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    box.press("ArrowUp")
    expect(known.get_by_role("option", selected=True)).to_have_count(0)
    box.press("ArrowUp")
    assert known.get_by_role("option", selected=True).inner_text() == texts[-1]
    box.press("Escape")
    expect(known).to_be_hidden()
    assert box.input_value() == "dop"
    box.press_sequentially("a")
    box.press("ArrowDown")
    chosen = known.get_by_role("option", selected=True).inner_text()
    box.press("Enter")
    page.locator(".reply[data-kind=answer]").wait_for()
    expect(page.locator(".ask")).to_have_text(chosen)
    expect(known).to_be_hidden()


def test_switching_the_language_and_the_theme_by_keyboard(page: Page) -> None:
    tab_to(page, "language")
    page.keyboard.press("ArrowUp")  # Deutsch stands before English
    page.locator(".app[lang=de]").wait_for()
    page.wait_for_function("document.activeElement.matches('[data-control=language]')")
    tab_to(page, "theme")
    press(page, "Enter")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_giving_feedback_by_keyboard(page: Page) -> None:
    ask(page, THREE)
    tab_to(page, "Something wrong with this answer?", key="Shift+Tab")
    press(page, "Enter")
    tab_to(page, "feedback")
    page.keyboard.press("Enter")
    page.locator(".outcome").wait_for()
    assert page.evaluate(FOCUS)["name"].startswith("Thank you")


def test_stopping_retrying_and_clearing_never_lose_the_focus(page: Page) -> None:
    ask(page, UNKNOWN)
    tab_to(page, "clear", key="Shift+Tab")
    assert press(page, "Enter") == "question"


@pytest.mark.parametrize(("width", "height"), [(640, 400), (320, 568), (320, 256)], ids=["200 %", "320 px", "400 %"])
def test_zoomed_in_nothing_is_cut_and_nothing_overlaps(phone: Page, width: int, height: int) -> None:
    phone.set_viewport_size({"width": width, "height": height})
    phone.reload()
    phone.wait_for_selector(".app[data-ready]")
    for question in (None, THREE, UNKNOWN, ADVICE, LONG_WORD, URGENT, THREE):
        if question:
            ask(phone, question)
        assert phone.evaluate("document.documentElement.scrollWidth") <= width
        assert phone.evaluate(CUT) == []
        assert phone.evaluate(OVERLAPS) == []
    for _ in range(8):
        press(phone, "Shift+Tab")
    phone.get_by_role("button", name="Show", exact=True).first.click()
    assert phone.evaluate(CUT) == []
    phone.keyboard.press("Escape")
    expect(phone.locator(".sheet")).not_to_be_visible()
    phone.locator(".tools [data-control=clear]").click()


def test_large_text_alone_cuts_nothing(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for question in (THREE, URGENT):
        ask(page, question)
        assert page.evaluate(CUT) == []
        assert page.evaluate(OVERLAPS) == []


def test_in_forced_colours_the_cited_sentence_is_still_marked(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    ask(page, THREE)
    marked, plain = (
        page.locator(selector).first.evaluate("element => getComputedStyle(element).backgroundColor")
        for selector in (".sheet .is-lit", ".sheet .sentence:not(.is-lit)")
    )
    assert marked != plain
    assert page.evaluate(CUT) == []


def test_with_reduced_motion_the_panel_jumps(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    ask(page, THREE).get_by_role("button", name="Show", exact=True).last.click()
    first, second = (page.evaluate("document.querySelector('.sheet').scrollTop") for _ in range(2))
    assert first == second > 0


def spoken(page: Page, question: str) -> list[str]:
    """What live regions say while a question is answered, one text a change."""
    page.evaluate("""() => {
      window.said = [];
      const isLive = "[aria-live]:not([aria-live=off]), [role=status], [role=log], [role=alert]";
      new MutationObserver((changes) => {
        const live = changes.flatMap((change) => [...change.addedNodes].map((node) =>
          node.parentElement?.closest(isLive) ?? (node.matches?.(isLive) ? node : node.querySelector?.(isLive))));
        for (const region of new Set(live)) {
          if (region?.checkVisibility()) window.said.push(region.textContent.replace(/\\s+/g, " ").trim());
        }
      }).observe(document.body, { childList: true, subtree: true });
    }""")
    ask(page, question)
    page.locator(".waiting").wait_for(state="detached")
    page.wait_for_timeout(100)
    return [text for text in page.evaluate("window.said") if text and "Looking in" not in text]


def in_order(pieces: list[str], text: str) -> bool:
    at = -1
    return all((at := text.find(piece, at + 1)) >= 0 for piece in pieces)


def quote_texts(reply: Locator) -> list[str]:
    """Number, words and section of each quote."""
    pieces: list[str] = []
    for n, card in enumerate(reply.locator(".card").all(), 1):
        pieces += [f"Quote {n}", card.locator("blockquote").inner_text(), card.locator(".section").inner_text()]
    return pieces


def test_a_new_answer_is_said_once_kind_message_and_numbered_quotes_in_that_order(page: Page) -> None:
    said = spoken(page, THREE)
    reply = page.locator(".reply[data-kind=answer]")
    expected = ["Here is what the article says:", *quote_texts(reply)]
    assert len(expected) == 1 + 3 * 3
    assert len(said) == 1
    assert in_order(expected, said[0])
    assert in_order(expected, reply.aria_snapshot().replace('"', ""))


def test_urgent_help_is_said_once_as_an_alert(page: Page) -> None:
    said = spoken(page, URGENT)
    assert [text.startswith("Get help now") for text in said].count(True) == 1  # also where the answer takes its time


def test_who_heard_whom_to_call_while_waiting_hears_of_the_answer_only_what_to_do(page: Page) -> None:
    page.evaluate("""() => {
      const now = window.fetch;
      window.fetch = async (...all) => { await new Promise((go) => setTimeout(go, 600)); return now(...all); };
    }""")
    waiting, answer = spoken(page, URGENT)
    assert waiting.startswith("Get help now")
    assert answer.split() == page.locator(".reply[data-kind=urgent] .steps").inner_text().split()
    assert page.get_by_role("alert").count() == 0


def test_that_no_answer_came_is_said_beside_urgent_help(page: Page) -> None:
    bring_about(page, "grave")
    problem = page.locator(".reply[data-kind=problem] .message").inner_text()
    assert problem in page.locator("[data-part=announcer]").inner_text()
