"""A link leads to a page of a public site, whose name is what it seems to be."""

import subprocess
import sys
from dataclasses import replace

import pytest

from corpus.hostile_text.faults import faults_of
from corpus.hostile_text.web_addresses import is_web_address
from settings import PROJECT
from tests.conftest import make_document

ADDRESSES = [
    "javascript:alert(1)", "data:text/html,x", "ftp://example.org/", "//example.org/", "example.org",
    "http:///x", "https://", "https://u:p@example.org/", "https://example.org/ x",
    "https://example.org/\"onclick='x'", "https://example.org/<script>", "https://аррӏе.com/",
    "https://xn--80ak6aa92e.com/", "https://pаypal.com/", "https://xn--pypal-4ve.com/", "https://ο.org/",
    "https://ｅxample.org/", "https://example。org/", "https://exam%6dple.org/", "https://xn--\u00e9.org/",
    "https://a..org/", "http://127.0.0.1/", "http://127.1/", "http://0x7f.1/", "http://2130706433/",
    "http://0x7f000001/", "http://10.0.0.1/", "http://192.168.1.1./", "http://169.254.169.254/",
    "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://[fe80::1]/", "http://localhost/",
    "http://LOCALHOST./", "http://x.localhost:8000/", "https://example.org:0/", f"https://{'a' * 64}.org/",
    "https://exam\u202eple.org/", "https://example.org:99999/", "https://[::1", "\x01https://example.org/",
]  # fmt: skip
PAGES = [
    "https://example.org:8443/a/b?c=d&e=%20#f", "http://EXAMPLE.org./", "https://a_b.example.org",
    "https://93.184.215.14/x", "https://[2606:4700:4700::1111]/", "https://münchen.example/",
    "https://xn--mnchen-3ya.de/", "https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai/",
    "https://日本語abc.jp/", "https://مثال.إختبار/", "https://doi.org/10.1000/x(1)y:z;1", "https://мост.com/",
    "https://סרטן.org.il/", "https://हिन्दी.com/", "https://good.com.example.org/", "https://3com.example/",
    "https://de.wikipedia.org/wiki/Münze", "https://ru.wikipedia.org/wiki/Сон", "https://example.org/@name",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_no_link_to_a_page_is_refused(address: str) -> None:
    document = make_document()
    assert not is_web_address(address)
    assert any(
        fault.startswith("its url ") for fault in faults_of(replace(document, source=replace(document.source, url=address)))
    )


@pytest.mark.parametrize("address", PAGES)
def test_an_address_of_a_page_is_one(address: str) -> None:
    assert is_web_address(address)


def test_a_server_judges_a_link_without_loading_what_fetches_pages_or_judges_articles() -> None:
    program = "import corpus.hostile_text.web_addresses, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert {"httpcore", "corpus.incoming", "corpus.hostile_text.patterns"}.isdisjoint(loaded.split())
