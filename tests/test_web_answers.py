"""How an answer stands on page and widget: the quotes of a whole topic, a message of several lines, what is offered next."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from assistant.answer import FEW_CITATIONS, MOST_CITATIONS, Answer, Citation, Kind
from assistant.web.routes.drawing import STATIC
from tests.browsers import EIGHT, THREE, PageServer, ask, settled
from tests.faces import FACES, Face, open_face
from tests.host_site import HostSite, host_site
from tests.rehearsed_server import BOUNDARY, MANY_ROWS

# What an answer shows, in the order in which it is read.
READ = "reply => [...reply.querySelectorAll('.care, .message, .whole .section, blockquote')].map(part => part.innerText)"


@pytest.fixture(scope="module")
def site() -> Iterator[HostSite]:
    with host_site() as site:
        yield site


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest, browser: Browser, page_server: PageServer, site: HostSite) -> Iterator[Face]:
    with open_face(request.param, browser, page_server, site) as face:
        yield face


def reply_of(face: Face, question: str) -> Locator:
    """Ask, and wait for the reply."""
    before = face.root.locator(".reply:not([data-kind=pending])").count()
    face.ask(question)
    reply = face.root.locator(".reply:not([data-kind=pending])").nth(before)
    reply.wait_for()
    return reply


def test_the_faces_and_the_contract_agree_on_when_quotes_list_a_whole_topic() -> None:
    script = (STATIC / "conversation" / "reply.js").read_text(encoding="utf-8")
    assert re.findall(r"const FEW = (\d+);", script) == [str(FEW_CITATIONS)]
    assert len(MANY_ROWS) == MOST_CITATIONS


def test_on_the_page_a_whole_topic_is_a_list_with_each_sections_name_once(page: Page) -> None:
    reply = ask(page, EIGHT)
    assert reply.locator("blockquote").count() == MOST_CITATIONS
    sections = reply.locator(".section").all_inner_texts()
    assert len(sections) == len(set(sections)) < MOST_CITATIONS
    read = reply.evaluate(READ)
    assert read[1] == sections[0]
    assert read[-1] == BOUNDARY
    for n in range(1, MOST_CITATIONS + 1):
        assert page.locator(f".sheet .is-lit[data-n='{n}']").count() == 1
    reply.locator("blockquote a").last.click()
    expect(page.locator(f".sheet .is-on[data-n='{MOST_CITATIONS}']")).to_be_in_viewport()


def test_what_is_taken_along_of_a_whole_topic_holds_all_of_it(page: Page, page_server: PageServer, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reply = ask(page, EIGHT)
    quotes = reply.locator("blockquote").all_inner_texts()
    reply.get_by_role("button", name="Copy").click()
    reply.get_by_role("button", name="copied").wait_for()
    copied = [each.split("\n") for each in settled(page, "() => navigator.clipboard.readText()").split("\n\n")]
    assert [quote for quote, _, _ in copied] == [f"“{quote}”" for quote in quotes]
    assert all(link.startswith(f"{page_server.url}/articles/") for _, _, link in copied)
    with page.expect_response("**/api/feedback") as kept:
        reply.get_by_text("Something wrong").click()
        reply.get_by_role("button", name="The quote is wrong").click()
    assert kept.value.status == 204
    page.emulate_media(media="print")
    assert reply.locator("blockquote:visible").all_inner_texts() == quotes
    page.emulate_media(media="screen")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save").click()
    saved = tmp_path / "conversation.html"
    download.value.save_as(saved)
    page.goto(saved.as_uri())
    assert page.locator("blockquote").all_inner_texts() == quotes
    assert 0 < page.locator(".whole h3 a").count() < len(quotes)
    assert BOUNDARY in page.locator("body").inner_text()


@pytest.mark.parametrize("face", FACES[1:], indirect=True)
def test_the_widget_shows_three_quotes_and_all_of_them_by_one_key(face: Face) -> None:
    reply = reply_of(face, EIGHT)
    assert reply.locator("blockquote").count() == FEW_CITATIONS
    assert reply.evaluate(READ)[-1] == BOUNDARY
    more = reply.get_by_role("button", name=f"Show all {MOST_CITATIONS}", expanded=False)
    more.press("Enter")
    expect(reply.locator("figure")).to_have_count(MOST_CITATIONS)
    expect(reply.locator("figure").nth(FEW_CITATIONS)).to_be_focused()
    assert more.count() == 0
    assert reply.evaluate(READ)[-1] == BOUNDARY
    assert reply.locator("figure a").count() == MOST_CITATIONS


def test_up_to_three_quotes_are_no_list(face: Face) -> None:
    reply = reply_of(face, THREE)
    assert reply.locator("figure").count() == FEW_CITATIONS
    assert reply.locator(".whole, button[aria-expanded]").count() == 0


def test_each_line_of_a_message_is_a_paragraph_and_all_stand_before_what_is_offered(face: Face) -> None:
    lines = ["The article does not mention “pregnancy”.", "About the causes it covers: iron, genes."]
    face.answer(200, Answer(Kind.UNANSWERED, "\n".join(lines), (), (THREE,), 0.9, "v").as_json())
    reply = reply_of(face, "Does pregnancy cause it?")
    shown = lines[: 1 + (reply.locator(".map--grey").count() == 0)]  # on the page the map stands for what it covers
    assert reply.locator("p.message").all_inner_texts() == shown
    heights: list[Any] = [line.bounding_box() for line in reply.locator("p.message").all()]
    assert all(above["y"] + above["height"] < below["y"] for above, below in pairwise(heights))
    assert reply.locator(".message ~ .suggestions").count() == 1


def test_how_far_quotes_hold_stands_after_them_and_care_before_all(face: Face) -> None:
    care, first = "You are not alone.", "The article says:"
    quote = Citation(1, "Tea is hot.", "tea", "Tea", "Tea", 0, 11, "/articles/tea", 0.9)
    face.answer(200, Answer(Kind.ANSWER, f"{care}\n\n{first}\n{BOUNDARY}", (quote,), (), 0.9, "v").as_json())
    assert reply_of(face, "Is my tea hot?").evaluate(READ) == [care, first, quote.quote, BOUNDARY]


def test_what_was_asked_already_is_not_offered_while_it_is_typed(face: Face) -> None:
    offered = reply_of(face, THREE).locator(".suggestions button").all_inner_texts()
    assert len(offered) == 3
    reply_of(face, offered[0])
    face.box.press_sequentially(offered[0].rstrip("?"))
    assert face.root.locator(".known li", has_text=offered[0]).count() == 0
