"""The widget in Firefox: the strictest policy, the highlight in a marked-up article, the keyboard, the frame, a dialog."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.browsers import THREE, PageServer
from tests.firefox import FIREFOX, Firefox, firefox
from tests.host_site import STRICT, HostSite, host_page, host_site
from tests.rehearsed_server import quote_rows
from tests.test_page_firefox import ENTER, ESCAPE
from tests.test_web_widget_article import MARKED, spelled_out
from tests.test_web_widget_hosts import BODY
from tests.widget_pages import marked_up_article

ROOT = "document.querySelector('rls-assistant').shadowRoot"
pytestmark = pytest.mark.skipif(FIREFOX is None and not os.environ.get("CI"), reason="no Firefox: it was NOT tested in it")


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("profile")) as driven:
        yield driven


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


def open_panel(driven: Firefox, url: str) -> None:
    """Go to a page and open the panel by keys alone."""
    driven.send("WebDriver:SetWindowRect", width=1280, height=800)
    driven.send("WebDriver:Navigate", url=url)
    driven.wait_for("document.querySelector('rls-assistant')")
    driven.run(f"{ROOT}.querySelector('.launcher').focus()")
    driven.press(ENTER)
    driven.wait_for(f"{ROOT}.activeElement?.matches('textarea, iframe')")


@contextmanager
def in_frame(driven: Firefox) -> Iterator[None]:
    """Within the block the driver looks into the widget's frame."""
    host = driven.send("WebDriver:FindElement", using="css selector", value="rls-assistant")
    root = driven.send("WebDriver:GetShadowRoot", id=next(iter(host.values())))
    frame = {"using": "css selector", "value": "iframe", "shadowRoot": next(iter(root.values()))}
    element = driven.send("WebDriver:FindElementFromShadowRoot", **frame)
    driven.send("WebDriver:SwitchToFrame", element=next(iter(element.values())))
    yield
    driven.send("WebDriver:SwitchToFrame", id=None)


def test_under_the_strictest_policy_sentences_are_highlighted_in_sight_and_the_keyboard_gets_out(
    driven: Firefox, site: HostSite, page_server: PageServer
) -> None:
    policy = STRICT.format(page_server.url)
    html = host_page(page_server.url, body=marked_up_article())
    open_panel(driven, site.put("/strict", html, Content_Security_Policy=policy))
    driven.run("void (window.violations = [])")
    driven.run("void document.addEventListener('securitypolicyviolation', (event) => violations.push(event.blockedURI))")
    for first in (0, 9, 21):
        driven.press(*quote_rows(first, first + 1, first + 2), ENTER)
        driven.wait_for(f"{ROOT}.querySelectorAll('figure').length === {3 * ((0, 9, 21).index(first) + 1)}")
        for place in range(-3, 0):
            quote = driven.run(f"[...{ROOT}.querySelectorAll('blockquote')].at({place}).textContent")
            driven.run(f"[...{ROOT}.querySelectorAll('figure a')].at({place}).click()")
            marked = driven.run(f"({MARKED})()")
            assert (spelled_out(marked["text"]), marked["hidden"]) == (quote, 0)
    assert driven.run("violations") == []
    driven.press(ESCAPE)
    assert driven.run(f"{ROOT}.activeElement.className") == "launcher"
    assert not driven.run(f"{ROOT}.querySelector('.panel').checkVisibility()")


def test_in_a_frame_the_keyboard_gets_in_and_out_and_a_quote_is_shown(
    driven: Firefox, site: HostSite, page_server: PageServer
) -> None:
    open_panel(driven, site.put("/frame", host_page(page_server.url, 'data-mode="iframe"', body=BODY)))
    driven.run("void RLSAssistant.on('answer', () => { window.isAnswered = true; })")
    driven.run("void RLSAssistant.on('cite', () => { window.isCited = true; })")
    with in_frame(driven):
        driven.wait_for("document.querySelector('rls-assistant')?.shadowRoot.activeElement?.matches('textarea')")
        driven.press(*THREE, ENTER)
        driven.wait_for(f"{ROOT}.querySelector('figure a')")
        driven.run(f"{ROOT}.querySelector('figure a').click()")
    assert driven.wait_for("window.isAnswered && window.isCited")
    assert driven.run(f"({MARKED})().hidden") == 0
    with in_frame(driven):
        driven.run(f"{ROOT}.querySelector('textarea').focus()")
        driven.press(ESCAPE)
    driven.wait_for(f"!{ROOT}.querySelector('.panel').checkVisibility()")
    assert driven.run(f"{ROOT}.activeElement.className") == "launcher"


def test_it_follows_into_a_modal_dialog(driven: Firefox, site: HostSite, page_server: PageServer) -> None:
    dialog = "<dialog id=d><button>OK</button></dialog>"
    open_panel(driven, site.put("/dialog", host_page(page_server.url, body=BODY + dialog)))
    driven.run("void d.showModal()")
    driven.wait_for("document.querySelector('rls-assistant').parentElement.id === 'd'")
    driven.run(f"{ROOT}.querySelector('textarea').focus()")
    driven.press(*"hello", ENTER)
    driven.wait_for(f"{ROOT}.querySelector('.reply.chat')")
