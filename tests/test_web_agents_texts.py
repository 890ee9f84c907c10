"""assistant/web/agents/texts.py: what programs and search engines read."""

import json
import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from assistant import Assistant
from assistant.answer import Answer
from assistant.web import create_server
from assistant.web.agents.texts import json_ld, markdown, sitemap_xml
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.ask import Sent
from corpus import Document
from index.passages import split
from tests.conftest import ARTICLE, make_document

PLACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> TestClient:
    return TestClient(create_server(LiveAssistant(assistant)))


def test_every_link_of_llms_txt_leads_somewhere(client: TestClient) -> None:
    text = client.get("/llms.txt").text
    assert text.startswith("# ")
    links = re.findall(r"\]\((/[^)]+)\)", text)
    assert f"/articles/{ARTICLE}.md" in links
    for link in links:
        assert client.get(link).status_code == (405 if link == "/mcp" else 200)


def test_an_article_as_markdown_holds_every_sentence_letter_by_letter(client: TestClient, assistant: Assistant) -> None:
    response = client.get(f"/articles/{ARTICLE}.md")
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    document = assistant.version.documents[ARTICLE]
    for passage in split(document):
        assert document.text[passage.start : passage.end] in response.text
    for section in document.sections:
        assert f"# {section.heading}\n" in response.text
    assert client.get("/articles/no-such.md").status_code == 404


def test_a_sitemap_names_our_own_pages_under_the_public_address(client: TestClient, assistant: Assistant) -> None:
    places = [one.text for one in ET.fromstring(client.get("/sitemap.xml").text).iter(PLACE)]  # noqa: S314
    assert places == ["http://testserver/", f"http://testserver/articles/{ARTICLE}"]
    assert client.get("/sitemap.xml", headers={"Host": "<evil>"}).status_code == 400
    public = Assistant(assistant.version, assistant.encoder, public_url="https://example.org/rls/")
    served = TestClient(create_server(LiveAssistant(public)))
    assert f"<loc>https://example.org/rls/articles/{ARTICLE}</loc>" in served.get("/sitemap.xml").text
    assert f"(https://example.org/rls/articles/{ARTICLE}.md)" in served.get("/llms.txt").text


def test_an_article_that_stands_elsewhere_is_left_to_its_own_site() -> None:
    document = make_document()
    elsewhere = replace(document, source=replace(document.source, url="https://example.org/tea"))
    assert "articles/tea" in sitemap_xml([document], "https://x.example")
    assert "tea" not in sitemap_xml([elsewhere], "https://x.example")
    assert "<https://example.org/tea>" in markdown(elsewhere)


def test_the_article_page_tells_search_engines_what_it_is_and_quotes_exactly(
    client: TestClient, assistant: Assistant
) -> None:
    page = client.get(f"/articles/{ARTICLE}").text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    told, document = json.loads(block), assistant.version.documents[ARTICLE]
    assert (told["@type"], told["headline"], told["datePublished"]) == ("Article", document.source.title, "2025-10-11")
    assert len(told["hasPart"]) == len(document.sections)
    for quotation in told["hasPart"]:
        start = int(quotation["url"].rpartition("#s")[2])
        assert document.text[start : start + len(quotation["text"])] == quotation["text"]
        assert f'id="s{start}"' in page


@pytest.mark.parametrize("hostile", ["</script><script>alert(1)</script>", "<!--<script>", "&lt;/script>", "\u2028'\"\\"])
def test_no_text_of_an_article_ends_the_block_for_search_engines(hostile: str) -> None:
    document: Document = make_document(paragraphs=[f"It says {hostile} here. It is hot."])
    document = replace(document, source=replace(document.source, title=hostile, author=hostile, published=date(2026, 1, 2)))
    block = json_ld(document, split(document))
    assert not set("<>&\u2028") & set(block)
    assert json.loads(block)["headline"] == hostile


def test_the_description_of_the_routes_is_made_from_the_models_that_serve_them(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    asking = described["paths"]["/api/ask"]["post"]
    assert asking["requestBody"]["content"]["application/json"]["schema"]["properties"].keys() == Sent.model_fields.keys()
    fields = TypeAdapter(Answer).json_schema(mode="serialization")["properties"]
    assert described["components"]["schemas"]["Answer"]["properties"].keys() == fields.keys()
    assert {"/api/ask", "/articles/{slug}", "/articles/{slug}.md", "/llms.txt", "/sitemap.xml"} <= described["paths"].keys()
    assert {"/mcp", "/config", "/gradio_api/queue/join"}.isdisjoint(described["paths"])
