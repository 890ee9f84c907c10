"""100 payloads in every field of article, record, question and address, in a real browser: none of them runs.

The content security policy is switched off, so that it is the escaping that is proved; that the policy would stop what
got past it is proved in `test_web_surface.py`. Some payloads stand for all: `STRESS_XSS=100` tries all (`make stress`).
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from corpus import Document, SuggestedQuestion
from index import build, current_version, open_version
from index.encoding import Encoder
from tests.browsers import DESKTOP, PageServer, ask, open_page, serving
from tests.conftest import make_document
from tests.hostile_text import LINKS, PAYLOADS
from tests.rehearsed_server import quote_rows

CHOSEN = PAYLOADS[:: 100 // int(os.environ.get("STRESS_XSS", "20"))]
QUOTES_A_REPLY = 10
MARKUP = "script, img, svg, iframe, object, embed, style, input, video, form"
FOREIGN = "script, img, iframe, object, embed, style, video, form"  # what no reply of the page itself holds


def hostile_document(n: int, payload: str) -> Document:
    document = make_document(f"hostile-{n}", [f"Tea {payload} is hot. It is {payload}", payload])
    link = LINKS[n % len(LINKS)]
    source = replace(
        document.source,
        title=f"{n} {payload}",
        author=payload,
        publisher=payload,
        url=link,
        licence=payload,
        topics=(payload,),
    )
    section = replace(document.sections[0], heading=f"Heading {payload}")
    questions = (SuggestedQuestion(section.heading, f"What is {payload}?", payload),)
    return replace(document, source=source, sections=(section,), questions=questions)


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return [hostile_document(n, payload) for n, payload in enumerate(CHOSEN)]


@pytest.fixture(scope="module")
def hostile(documents: list[Document], encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    folder = tmp_path_factory.mktemp("hostile")
    build(documents, encoder=encoder, index_dir=folder / "index")
    with serving(
        ["-m", "tests.rehearsed_server"], index_dir=folder / "index", feedback_file=folder / "feedback.jsonl"
    ) as server:
        yield server


@pytest.fixture
def victim(browser: Browser) -> Iterator[Page]:
    """A page without a content security policy in which nothing of all that has called `xss()` or opened a dialog."""
    ran: list[str] = []
    with browser.new_context(viewport=DESKTOP, locale="en-GB", bypass_csp=True) as context:
        context.expose_function("xss", lambda: ran.append("xss"))
        page = context.new_page()
        page.on("dialog", lambda dialog: ran.append(dialog.message))
        yield page
        page.wait_for_timeout(300)
    assert ran == []


def assert_links_lead_to_sites(page: Page) -> None:
    links = page.eval_on_selector_all(":is(a, area)[href]:not(.in-sight a)", "all => all.map(link => link.protocol)")
    assert set(links) <= {"http:", "https:", "tel:"}


def test_a_payload_that_ran_would_be_noticed(browser: Browser, hostile: PageServer) -> None:
    ran: list[str] = []
    with browser.new_context(bypass_csp=True) as context:
        context.expose_function("xss", lambda: ran.append("xss"))
        page = context.new_page()
        page.goto(f"{hostile.url}/articles/hostile-0")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=xss()>')")
        page.wait_for_timeout(300)
    assert ran == ["xss"]


def test_no_payload_runs_in_an_article_page(victim: Page, hostile: PageServer, documents: list[Document]) -> None:
    for document in documents:
        victim.goto(f"{hostile.url}/articles/{document.id}")
        assert victim.locator("h1").text_content() == document.source.title
        assert victim.locator("main").locator(MARKUP).count() == 0
        assert_links_lead_to_sites(victim)


def test_no_payload_runs_in_the_page_its_offers_or_its_quotes(
    victim: Page, hostile: PageServer, documents: list[Document]
) -> None:
    open_page(victim, hostile.url)
    covered = victim.locator(".map").text_content() or ""
    assert [document.source.title for document in documents if document.source.title not in covered] == []
    assert victim.locator(".map").locator(MARKUP).count() == 0
    version = open_version(hostile.index_dir, current_version(hostile.index_dir))
    for first in range(0, len(version.passages), QUOTES_A_REPLY):
        rows = range(first, min(first + QUOTES_A_REPLY, len(version.passages)))
        reply = ask(victim, quote_rows(*rows))
        shown = [text or "" for text in reply.locator("blockquote").all_text_contents()]
        passages = [version.passages[row] for row in rows]
        assert shown == [version.documents[p.document_id].text[p.start : p.end] for p in passages]
        assert reply.locator(MARKUP).count() == 0
        assert_links_lead_to_sites(victim)
    victim.locator("#question").press_sequentially("what")
    assert victim.locator(".known li").count() > 0


def test_no_payload_runs_as_a_question(victim: Page, hostile: PageServer) -> None:
    open_page(victim, hostile.url)
    for payload in CHOSEN:
        ask(victim, payload)
        assert victim.locator(".ask").last.text_content() == payload.strip()
    assert victim.locator(":is(.ask, .message, .say)").locator(MARKUP).count() == 0
    assert victim.locator(".turns").locator(FOREIGN).count() == 0


def test_no_payload_runs_out_of_an_address(victim: Page, hostile: PageServer) -> None:
    for payload in CHOSEN:
        coded = quote(payload, safe="")
        victim.goto("about:blank")
        victim.goto(f"{hostile.url}/?lang={coded}&{coded}={coded}#q={coded}&v={coded}")
        victim.locator(".turn .reply:not([data-kind=pending])").wait_for()
        victim.goto(f"{hostile.url}/articles/{coded}?{coded}#{coded}")


def test_no_payload_in_an_address_comes_back_as_markup(victim: Page, hostile: PageServer) -> None:
    for payload in CHOSEN:
        for path in ("", "page/", "articles/", "site/", "api/", "gradio_api/file=", "assets/"):
            response = victim.request.get(f"{hostile.url}/{path}{quote(payload, safe='')}")
            assert response.status in {404, 405}
            assert payload not in response.text()
