"""A file that nobody trusts is read in a process of its own: bombs end that process, never ours."""

import io
import resource
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import CorpusError
from corpus.readers import read
from corpus.readers.draft import Listed
from corpus.readers.guarded import read_guarded, read_list
from corpus.readers.site_lists import listed_in
from settings import PROJECT
from tests.article_files import pdf_article, word_article

SAMPLE = PROJECT / "tests" / "samples" / "magazine.html"
MOST_GROWTH = 50 * 2**20  # bytes of our own process
XML = '<?xml version="1.0"?>'


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def pdf_bomb() -> bytes:
    """A page whose content is 3 GB of spaces, deflated twice."""
    stream = zlib.compressobj(9, wbits=-15)
    block = stream.compress(b" " * 2**20) + stream.flush(zlib.Z_FULL_FLUSH)  # stands alone, so that it can be repeated
    content = zlib.compress(b"\x78\xda" + block * 3000, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>",
        b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    body = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + table + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(body)


def word_bomb(document: bytes) -> bytes:
    """A Word file with another document part in place of its own."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_article())) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, document if name == "word/document.xml" else old.read(name))
    return content.getvalue()


def liar(bomb: bytes) -> bytes:
    """The same file, stating a size of nothing for every part."""
    changed = bytearray(bomb)
    for signature, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = changed.find(signature)
        while start >= 0:
            changed[start + place : start + place + 4] = (99).to_bytes(4, "little")
            start = changed.find(signature, start + 4)
    return bytes(changed)


ENTITIES = f'{XML}<!DOCTYPE d [<!ENTITY a "{"lol" * 99}">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 99}">' for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
LARGE = b" " * 120_000_000
BOMBS: dict[str, Callable[[], bytes]] = {
    "streams.pdf": pdf_bomb,
    "zip.docx": lambda: word_bomb(LARGE),
    "liar.docx": lambda: liar(word_bomb(LARGE)),
    "entities.docx": lambda: word_bomb(f"{ENTITIES}]><d>&h;</d>".encode()),
    "nested.html": lambda: b"<h1>T</h1>" + b"<div><ul><li>" * 400_000,
    "cells.html": lambda: b"<h1>T</h1><table>" + b"<tr><th>x<td colspan=50 rowspan=99999>" * 20_000,
    "long.txt": lambda: b"Tea\n\n" + b"It is hot. " * 2_500_000,
    "aliases.md": lambda: (
        b"---\na: &a [x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 40)) for c in range(98, 110))
        + b"title: *m\n---\n\nIt is hot."
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_stopped_with_its_reason_and_we_hardly_grow(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BOMBS[name]())
    before, started = resident(), time.monotonic()
    with pytest.raises(CorpusError, match=name) as refused:
        read_guarded(tmp_path / name, wall_seconds=5)
    assert time.monotonic() - started < 8
    assert resident() - before < MOST_GROWTH
    assert len(str(refused.value)) < 300


LARGEST_CHILD = """
import resource, sys
from pathlib import Path
from corpus.errors import CorpusError
from corpus.readers.guarded import read_guarded
try:
    read_guarded(Path(sys.argv[1]), wall_seconds=5)
except CorpusError:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)  # in KiB
"""


@pytest.mark.parametrize("name", ["streams.pdf", "zip.docx", "cells.html"])
def test_the_child_that_reads_a_bomb_never_holds_more_than_a_gigabyte(tmp_path: Path, name: str) -> None:
    """Asked in a process whose only child is that one: the system keeps one figure for all children."""
    (tmp_path / name).write_bytes(BOMBS[name]())
    asked = [sys.executable, "-c", LARGEST_CHILD, str(tmp_path / name)]
    assert 0 < int(subprocess.run(asked, cwd=PROJECT, capture_output=True, check=True, text=True).stdout) < 2**20


@pytest.mark.parametrize("name", ["sparse.pdf", "sparse.txt"])
def test_a_file_of_two_gigabytes_is_refused_before_it_is_read(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(2 * 10**9)
    with pytest.raises(CorpusError, match=f"{name} is larger than 32 MB"):
        read_guarded(tmp_path / name)


def test_what_takes_too_long_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "tea.txt").write_text("Tea\n\nIt is hot.", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"tea\.txt took more than 0\.01 seconds to read"):
        read_guarded(tmp_path / "tea.txt", wall_seconds=0.01)


@pytest.mark.parametrize("name", ["magazine.html", "word.docx", "paper.pdf", "tea.md"])
def test_a_good_file_is_read_as_without_the_guard(tmp_path: Path, name: str) -> None:
    contents = {
        "magazine.html": SAMPLE.read_bytes(),
        "word.docx": word_article(),
        "paper.pdf": pdf_article([[("title", "Tea"), ("line", "It is un-"), ("line", "usual.")]]),
        "tea.md": b"---\ndate: 2024-03-01\ntopics: [a, b]\n---\n# Tea\n\nIt is \xff.",
    }
    (tmp_path / name).write_bytes(contents[name])
    assert read_guarded(tmp_path / name) == read(tmp_path / name)


def test_the_faults_that_a_reader_finds_come_through(tmp_path: Path) -> None:
    (tmp_path / "tea.md").write_text("---\na: [\n---\nIt is hot.", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"tea\.md: the front matter is not YAML \(line 2\)\."):
        read_guarded(tmp_path / "tea.md")


@pytest.mark.parametrize(
    "deed",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
    ],
)
def test_a_reader_can_neither_connect_nor_start_a_program(deed: str) -> None:
    code = f"from corpus.readers.child import limit_this_process\nlimit_this_process()\n{deed}"
    ended = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "PermissionError: a reader may not use" in ended.stderr


SITEMAP = f"""{XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc> https://example.org/a?x=1&amp;y=2 </loc></url><url><loc>https://example.org/b</loc></url>
<url><loc>https://example.org/b</loc></url><url><loc>javascript:alert(1)</loc></url></urlset>"""
INDEX = f'{XML}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://a.b/s.xml</loc></sitemap></sitemapindex>'
RSS = f"{XML}<rss version='2.0'><channel><title>T</title><link>https://example.org</link><item><link>https://example.org/a</link></item></channel></rss>"
ATOM = f"{XML}<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><link href='https://example.org/a'/></entry></feed>"


def gzipped(text: str) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(text.encode()) + packer.flush()


@pytest.mark.parametrize(
    ("data", "addresses"),
    [
        (SITEMAP.encode(), ["https://example.org/a?x=1&y=2", "https://example.org/b"]),
        (gzipped(SITEMAP), ["https://example.org/a?x=1&y=2", "https://example.org/b"]),
        (RSS.encode(), ["https://example.org/a"]),
        (ATOM.encode(), ["https://example.org/a"]),
        (b"<!doctype html><title>T</title><p>x", []),
        (b"", []),
    ],
    ids=["sitemap", "gzipped", "rss", "atom", "page", "nothing"],
)
def test_the_articles_of_a_site_are_listed_by_its_sitemap_or_feed(data: bytes, addresses: list[str]) -> None:
    assert list(listed_in(data).articles) == addresses


def test_an_index_of_sitemaps_names_lists_whatever_they_are_called() -> None:
    index = INDEX.replace("s.xml", "sitemap.php?page=1").encode()
    assert listed_in(index) == Listed(lists=("https://a.b/sitemap.php?page=1",))


def test_what_a_list_names_and_nobody_can_follow_is_named() -> None:
    assert listed_in(SITEMAP.encode()).unusable == ("javascript:alert(1)",)


@pytest.mark.parametrize(
    ("data", "addresses"),
    [
        (RSS.replace("https://example.org/a", "/a"), ["https://example.org/a"]),
        (
            RSS.replace("https://example.org/a", "https://example.org/a?id=1&amp;utm_source=rss"),
            ["https://example.org/a?id=1"],
        ),
        (SITEMAP.replace(" https://example.org/a?x=1&amp;y=2 ", "//example.org/c"), ["https://example.org/c"]),
        (SITEMAP.replace(" https://example.org/a?x=1&amp;y=2 ", "HTTPS://example.org/C"), ["https://example.org/C"]),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "https://e.org/1"}]}', ["https://e.org/1"]),
        ("# mine\nhttps://e.org/1\n\nhttps://e.org/2\n", ["https://e.org/1", "https://e.org/2"]),
        ("See https://e.org/1 first.\n", []),
    ],
    ids=["relative", "counted", "no scheme", "capitals", "json", "lines", "prose"],
)
def test_addresses_are_made_whole(data: str, addresses: list[str]) -> None:
    assert [address for address in listed_in(data.encode()).articles if not address.endswith("/b")] == addresses


def test_a_list_is_read_under_guard_too(tmp_path: Path) -> None:
    (tmp_path / "sitemap.xml").write_text(SITEMAP, encoding="utf-8")
    assert len(read_list(tmp_path / "sitemap.xml").articles) == 2
    (tmp_path / "bomb.xml").write_text(f"{ENTITIES}]><urlset><url><loc>https://&h;</loc></url></urlset>", encoding="utf-8")
    assert read_list(tmp_path / "bomb.xml", wall_seconds=5) == Listed()
