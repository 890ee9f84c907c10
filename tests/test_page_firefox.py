"""The highlight, the keyboard and the sheet in Firefox, Debian's `firefox-esr`."""

import os
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from tests.browsers import THREE, PageServer
from tests.firefox import FIREFOX, Firefox, firefox

ENTER, TAB, SHIFT, ESCAPE, UP = "\ue007", "\ue004", "\ue008", "\ue00c", "\ue013"
MARKS = {(0xFB, 0xE5, 0xAB), (0xF2, 0xB6, 0x32)}  # --mark and --accent of the light theme in tokens.css
FOCUSED = "document.activeElement.dataset.control ?? document.activeElement.dataset.part ?? document.activeElement.id"
pytestmark = pytest.mark.skipif(FIREFOX is None and not os.environ.get("CI"), reason="no Firefox: it was NOT tested in it")


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("profile")) as driven:
        yield driven


def open_and_ask(driven: Firefox, url: str, *, width: int) -> None:
    """Open the page in a window of a width, and ask by keys alone."""
    driven.send("WebDriver:SetWindowRect", width=width, height=800)
    driven.send("WebDriver:Navigate", url="about:blank")
    driven.send("WebDriver:Navigate", url=url)
    driven.wait_for("document.querySelector('.app[data-ready]')")
    driven.run("document.querySelector('#question').focus()")
    driven.press(*THREE, ENTER)
    driven.wait_for("document.querySelectorAll('.turn blockquote').length === 3")


def share_marked(png: bytes) -> float:
    picture = Image.open(BytesIO(png)).convert("RGB")
    pixels = picture.tobytes()
    triples = [tuple(pixels[i : i + 3]) for i in range(0, len(pixels), 3)]
    return sum(triple in MARKS for triple in triples) / len(triples)


def test_a_quote_is_followed_and_left_by_keyboard_and_highlighted(driven: Firefox, page_server: PageServer) -> None:
    open_and_ask(driven, page_server.url, width=1300)
    driven.press(UP)
    assert driven.run("document.querySelector('#question').value") == THREE
    for _ in range(60):
        if driven.run(FOCUSED) == "show":
            break
        driven.press(SHIFT + TAB)
        assert driven.run("document.activeElement !== document.body")
    driven.press(ENTER)
    assert driven.wait_for("document.querySelector('.sheet .is-on')?.dataset.n") == "3"
    assert driven.run(FOCUSED) == "sheet"
    driven.wait_for("!document.querySelector('.sheet .is-on').getAnimations().length")  # the mark fades in
    assert share_marked(driven.screenshot(".sheet .is-on")) > 0.4
    driven.press(ESCAPE)
    assert driven.run(FOCUSED) == "show"


def test_the_sheet_opens_and_gives_the_focus_back(driven: Firefox, page_server: PageServer) -> None:
    open_and_ask(driven, page_server.url, width=500)
    assert driven.run("getComputedStyle(document.querySelector('.sheet')).visibility === 'hidden'")
    driven.run("document.querySelector('button[data-control=show]').focus()")
    driven.press(ENTER)
    driven.wait_for("document.querySelector('.sheet[role=dialog]')")
    assert driven.run(FOCUSED) == "sheet"
    driven.press(ESCAPE)
    driven.wait_for(f"({FOCUSED}) === 'show'")
    driven.wait_for("getComputedStyle(document.querySelector('.sheet')).visibility === 'hidden'")


def test_the_source_opens_with_the_sentence_highlighted(driven: Firefox, page_server: PageServer) -> None:
    open_and_ask(driven, page_server.url, width=1300)
    address = driven.run("document.querySelector('.from a').href")
    quote = driven.run("document.querySelector('blockquote').textContent")
    driven.send("WebDriver:Navigate", url="about:blank")
    driven.send("WebDriver:Navigate", url=address)
    driven.wait_for("document.readyState === 'complete'")
    at = driven.run(f"[...document.querySelectorAll('.sentence')].find((one) => one.textContent === {quote!r}).id")
    assert share_marked(driven.screenshot(f"#{at}")) > 0.4
