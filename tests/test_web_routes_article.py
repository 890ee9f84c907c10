"""assistant/web/routes/article.py: an article as a page whose every sentence can be linked to."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.languages.wording import wording
from assistant.web import create_server
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.article import article_html
from corpus import Document, Section
from corpus.document import Composed
from index import Passage
from index.passages import split
from tests.conftest import ARTICLE, make_document

VOID = {"meta", "link", "br"}
DATA = {"type": "application/ld+json"}  # for search engines; no browser runs it


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """The elements of a page with all the text that is in each, as the standard library reads HTML."""

    elements: list[Element] = field(default_factory=list)
    opened: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))
        if tag not in VOID:
            self.opened.append(self.elements[-1])

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self.opened:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    @property
    def sentences(self) -> dict[str | None, Element]:
        spans = [element for element in self.elements if element.attributes.get("class") == "sentence"]
        by_id = {span.attributes["id"]: span for span in spans}
        assert len(by_id) == len(spans), "an id stands twice"
        return by_id


def parsed(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    assert page.opened == []
    return page


def check_sentences(page: Page, document: Document, passages: list[Passage]) -> None:
    assert list(page.sentences) == [f"s{passage.start}" for passage in passages]
    for passage in passages:
        span = page.sentences[f"s{passage.start}"]
        assert span.text == document.text[passage.start : passage.end]
        assert span.attributes["data-end"] == str(passage.end)


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> TestClient:
    return TestClient(create_server(LiveAssistant(assistant)))


def test_every_sentence_of_the_article_stands_in_the_page_with_its_id(client: TestClient, assistant: Assistant) -> None:
    response = client.get(f"/articles/{ARTICLE}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    document = assistant.version.documents[ARTICLE]
    page = parsed(response.text)
    check_sentences(page, document, list(assistant.version.passages))
    assert [heading.text for heading in page.all("h1")] == [document.source.title]
    assert [heading.text for heading in page.all("h2")] == [section.heading for section in document.sections[1:]]
    assert [one.attributes for one in page.all("script")] == [DATA]


def test_the_page_tells_author_date_and_licence(client: TestClient) -> None:
    html = client.get(f"/articles/{ARTICLE}").text
    assert 'LonelyGrowth · <time datetime="2025-10-11">11 October 2025</time>' in html
    assert "supplied by the site owner" in html


def test_an_answers_own_link_leads_to_its_sentence(client: TestClient, assistant: Assistant) -> None:
    (citation,) = assistant.ask(["How is iron linked to dopamine?"]).citations
    page = parsed(client.get(citation.url).text)
    assert page.sentences[f"s{citation.start}"].text == citation.quote


def test_markup_in_an_article_is_shown_and_never_becomes_markup() -> None:
    hostile = '<script>alert(1)</script> & <img src=x onerror="alert(2)"> &lt;b&gt; {{ 7 * 7 }}'
    document = make_document("tea", [f"Tea is {hostile} hot.", "It's “cold” now."])
    source = replace(document.source, title=f"Title {hostile}", author=hostile, publisher=hostile, licence=hostile)
    document = replace(document, source=source, sections=(replace(document.sections[0], heading=f"Heading {hostile}"),))
    passages = split(document)
    page = parsed(article_html(document, passages))
    check_sentences(page, document, passages)
    assert [one.attributes for one in page.all("script", "img", "b")] == [DATA]
    assert page.all("title")[0].text == page.all("h1")[0].text == f"Title {hostile}"
    assert page.all("h2")[0].text == f"Heading {hostile}"


def test_each_paragraph_of_each_section_is_a_paragraph_of_the_page() -> None:
    text = "Tea\n\nOne. Two.\n\nThree.\n\nMilk\n\nFour."
    sections = (Section("Tea", 5, 22), Section("Milk", 30, 35))
    document = replace(make_document("tea"), text=text, sections=sections)
    page = parsed(article_html(document, split(document)))
    texts = [" ".join(paragraph.text.split()) for paragraph in page.all("p")]
    assert [text for text in texts if text in {"One. Two.", "Three.", "Four.", "One. Two. Three."}] == [
        "One. Two.",
        "Three.",
        "Four.",
    ]


def test_a_public_address_is_linked_to() -> None:
    document = make_document()
    document = replace(document, source=replace(document.source, url="https://example.org/tea?a=1&b=2"))
    links = [element.attributes["href"] for element in parsed(article_html(document, split(document))).all("a")]
    assert "https://example.org/tea?a=1&b=2" in links


@pytest.mark.parametrize("slug", ["no-such-article", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "..%2F..%2Fsettings.py"])
def test_an_unknown_article_gets_a_page_that_says_so_and_repeats_nothing(client: TestClient, slug: str) -> None:
    response = client.get(f"/articles/{slug}")
    assert response.status_code == 404
    if "%2F" not in slug:  # a slash leads to no route at all
        assert parsed(response.text).all("h1")[0].text == wording()["page.no_article"]
    assert "alert" not in response.text


def test_the_pages_style_sheets_are_served(client: TestClient) -> None:
    page = parsed(client.get(f"/articles/{ARTICLE}").text)
    sheets = [link.attributes["href"] for link in page.all("link")]
    assert sheets
    for sheet in sheets:
        assert client.get(f"/articles/{sheet}").headers["Content-Type"].startswith("text/css")


def test_a_sentence_that_was_made_of_a_table_says_so_on_the_page_and_no_other_does() -> None:
    document = make_document(paragraphs=["Tea is a drink.", "Group — Men: Low — 30."])
    start = document.text.index("Group")
    document = replace(document, composed=(Composed("table", start, len(document.text)),))
    page = article_html(document, split(document))
    assert page.count('class="made"') == 1
    assert page.index("Low — 30.") < page.index(wording("en")["page.of_table"])
