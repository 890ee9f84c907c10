"""Fetching reaches public sites only, whatever an address is written as, resolves to or redirects to; caps hold."""

import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import CorpusError
from corpus.addresses import is_public
from corpus.document import Fetched
from corpus.incoming.fetching import PUBLIC, FetchRules, fetch
from tests.small_site import Page, Site, small_site

PAGE = Page(b"<h1>Tea</h1><p>It is hot.</p>", {"Content-Type": "text/html; charset=koi8-r", "ETag": '"1"'})


class Names:
    """A resolver that knows a few names, each with an answer for every time that it is asked; it counts."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): list(answer) for name, answer in answers.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:  # noqa: ARG002
        self.asked.append(host)
        answers = self.answers.get(host)
        if answers is None:
            raise OSError("no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]


def is_this_machine(address: str) -> bool:
    return address == "127.0.0.1"


LOOPBACK = FetchRules(may_connect=is_this_machine, ports=None, seconds=10)


@pytest.fixture
def site() -> Iterator[Site]:
    with small_site() as site:
        site.pages["/tea"] = PAGE
        yield site


# Every one names something that is not public; PORT is that of a site that listens on all its loopback spellings.
TARGETS = [
    *("127.0.0.1", "localhost", "127.1", "127.0.1", "2130706433", "017700000001", "0177.0.0.1", "0x7f000001", "0x7f.0.0.1"),
    *("0x7F.1", "127.000.000.001", "127.255.255.254", "0", "0.0.0.0", "localhost.", "LOCALHOST", "127.0.0.1."),  # noqa: S104
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"),
    *(
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[fc00::1]",
        "[ff02::1]",
    ),
    *("[2001:db8::1]", "[::1%25lo]", "[fec0::1]", "[100::1]", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1"),
    *("169.254.169.254", "2852039166", "0xA9FEA9FE", "[::ffff:169.254.169.254]", "169.254.170.2", "100.100.100.200"),
    *("192.0.0.192", "168.63.129.16", "100.64.0.1", "198.18.0.1", "192.0.2.1", "203.0.113.9", "224.0.0.1", "239.1.1.1"),
    *("240.0.0.1", "255.255.255.255", "192.88.99.1", "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1"),
]
SPELLINGS = [
    *("http://user@127.0.0.1:PORT/", "http://example.org@127.0.0.1:PORT/", "http://127.0.0.1:PORT#@example.org/"),
    *("http://example.org:80@127.0.0.1:PORT/", "http://127.0.0.1:PORT\\@example.org/", "http:///127.0.0.1:PORT/"),
    *("//127.0.0.1:PORT/", "127.0.0.1:PORT/", "file:///etc/passwd", "gopher://127.0.0.1:PORT/_GET", "ftp://127.0.0.1:PORT/"),
    *("dict://127.0.0.1:PORT/", "data:text/html,x", "javascript:alert(1)", "unix:///var/run/docker.sock", "jar:http://x!/"),
    *(
        "http+unix://%2Fvar%2Frun/",
        "http://[::1",
        "http://",
        "",
        "http://127.0.0.1:99999/",
        "http://exa mple.org/",
        "http://\0/",
    ),
    *(
        "http://127.0.0.1\r\nHost: x:PORT/",
        "http://" + "a" * 70_000,
        "http://\ud800/",
        "HTTP://LocalHost:PORT/",
        "ldap://127.0.0.1",
    ),
]


@pytest.mark.parametrize("target", [f"http://{target}:PORT/tea" for target in TARGETS] + SPELLINGS)
def test_nothing_that_is_not_public_is_reached(site: Site, tmp_path: Path, target: str) -> None:
    with pytest.raises(CorpusError) as refused:
        fetch(target.replace("PORT", str(site.port)), to=tmp_path / "got", rules=replace(PUBLIC, ports=None, seconds=5))
    assert len(str(refused.value)) < 320
    assert str(refused.value).isprintable()
    assert site.requests == []
    assert not (tmp_path / "got").exists()


def test_the_table_is_as_long_as_was_asked_for() -> None:
    assert len({*TARGETS, *SPELLINGS}) >= 80


@pytest.mark.parametrize("target", [target for target in TARGETS if not target.startswith("[::1%")])
def test_nothing_that_is_not_public_is_reached_by_a_redirect(site: Site, tmp_path: Path, target: str) -> None:
    site.pages["/away"] = Page(headers={"Location": f"http://{target}/tea"}, status=302)
    names = Names(public_example=[["127.0.0.1"]])
    asked: list[str] = []

    def may_connect(address: str) -> bool:  # the first address is that of the site, as if it were public
        asked.append(address)
        return len(asked) == 1 or is_public(address)

    def resolve(host: str, port: int) -> list[str]:
        return names(host, port) if host == "public.example" else PUBLIC.resolve(host, port)

    rules = replace(LOOPBACK, may_connect=may_connect, resolve=resolve, seconds=5)
    with pytest.raises(CorpusError):
        fetch(site.at("/away", host="public.example"), to=tmp_path / "got", rules=rules)
    assert [path for path, _ in site.requests] == ["/away"]


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "gopher://127.0.0.1/", "javascript:1", "http://u@x/", "//[", "http://x:22/"]
)
def test_a_redirect_to_anything_but_a_web_address_is_refused(site: Site, tmp_path: Path, location: str) -> None:
    site.pages["/away"] = Page(headers={"Location": location}, status=301)
    with pytest.raises(CorpusError):
        fetch(site.at("/away"), to=tmp_path / "got", rules=replace(LOOPBACK, ports=frozenset({site.port})))
    assert len(site.requests) == 1


def test_a_name_with_one_address_that_is_not_public_is_refused(site: Site, tmp_path: Path) -> None:
    names = Names(mixed_example=[["127.0.0.1", "10.0.0.1"]])
    with pytest.raises(CorpusError, match=r"mixed\.example is at 10\.0\.0\.1, which is not a public address"):
        fetch(site.at("/tea", host="mixed.example"), to=tmp_path / "got", rules=replace(LOOPBACK, resolve=names))
    assert site.requests == []


def test_a_name_is_resolved_once_and_the_address_that_was_judged_is_connected_to(site: Site, tmp_path: Path) -> None:
    names = Names(rebinding_example=[["127.0.0.1"], ["127.0.0.2"]])
    fetch(site.at("/tea", host="rebinding.example"), to=tmp_path / "got", rules=replace(LOOPBACK, resolve=names))
    assert names.asked == ["rebinding.example"]
    assert site.requests[0][1]["host"] == f"rebinding.example:{site.port}"


def test_a_name_that_turns_to_a_private_address_after_a_redirect_is_refused(site: Site, tmp_path: Path) -> None:
    site.pages["/away"] = Page(headers={"Location": "/tea", "Connection": "close"}, status=302)
    names = Names(rebinding_example=[["127.0.0.1"], ["127.0.0.2"]])
    url, rules = site.at("/away", host="rebinding.example"), replace(LOOPBACK, resolve=names)
    with small_site("127.0.0.2", port=site.port) as private:
        private.pages["/tea"] = PAGE
        with pytest.raises(CorpusError, match=r"is at 127\.0\.0\.2"):
            fetch(url, to=tmp_path / "got", rules=rules)
    assert private.requests == []


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2a00:1450::1"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("port", [22, 25, 3306, 6379, 8080])
def test_ports_of_other_services_are_refused(tmp_path: Path, port: int) -> None:
    with pytest.raises(CorpusError, match=f"names port {port}"):
        fetch(f"http://example.org:{port}/", to=tmp_path / "got")


def test_a_page_lies_on_disk_with_what_the_next_request_needs(site: Site, tmp_path: Path) -> None:
    response = fetch(site.at("/tea"), to=tmp_path / "got", rules=LOOPBACK)
    assert (tmp_path / "got").read_bytes() == PAGE.body
    assert (response.media_type, response.is_modified) == ("text/html", True)
    assert response.fetched == Fetched(site.at("/tea"), etag='"1"', charset="koi8-r")


def test_an_unchanged_page_costs_one_request_and_no_body(site: Site, tmp_path: Path) -> None:
    known = Fetched(site.at("/tea"), etag='"1"', last_modified="Mon, 23 Nov 2026 05:00:00 GMT")
    response = fetch(site.at("/tea"), to=tmp_path / "got", known=known, rules=LOOPBACK)
    ((_, headers),) = site.requests
    assert (response.fetched, response.is_modified) == (known, False)
    assert headers["if-modified-since"] == "Mon, 23 Nov 2026 05:00:00 GMT"
    assert not (tmp_path / "got").exists()


def test_no_cookie_credential_or_name_of_this_machine_is_sent(site: Site, tmp_path: Path) -> None:
    site.pages["/away"] = Page(headers={"Location": "/tea", "Set-Cookie": "a=b"}, status=302)
    fetch(site.at("/away"), to=tmp_path / "got", rules=LOOPBACK)
    assert {name for _, headers in site.requests for name in headers} == {"host", "user-agent", "accept", "accept-encoding"}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/endless", "is larger than 1 MB"),
        ("/two-gigabytes", "is larger than 1 MB"),
        ("/packed-bomb", "is larger than 1 MB"),
        ("/slow", "took longer than 1 seconds"),
        ("/slow-headers", "took longer than 1 seconds"),
        ("/loop", "redirects more than 5 times"),
        ("/none", "answers with status 404"),
        ("/packed", "is compressed as 'br'"),
        ("/torn", "cannot be decompressed"),
    ],
)
def test_what_never_ends_is_ended_and_we_hardly_grow(site: Site, tmp_path: Path, path: str, reason: str) -> None:
    site.pages["/loop"] = Page(headers={"Location": "/loop"}, status=302)
    site.pages["/packed"] = Page(b"x", {"Content-Encoding": "br"})
    site.pages["/torn"] = Page(b"torn", {"Content-Encoding": "gzip"})
    rules = replace(LOOPBACK, most_bytes=10**6, seconds=1 if "slow" in path else 30)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(CorpusError, match=reason):
        fetch(site.at(path), to=tmp_path / "got", rules=rules)
    assert time.monotonic() - started < 15
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # KiB, the site's thread among them
    assert grown < 50 * 1024 or path == "/packed-bomb"  # which this process makes as well
    assert not (tmp_path / "got").exists() or (tmp_path / "got").stat().st_size <= 10**6


def test_a_site_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with small_site() as site:
        pass
    with pytest.raises(CorpusError, match="does not answer"):
        fetch(site.at("/"), to=tmp_path / "got", rules=LOOPBACK)
