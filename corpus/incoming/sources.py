"""What a maintainer names (a file, a folder, a ZIP, an address, a sitemap or feed) → files to read, each with its origin."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from corpus.document import Fetched
from corpus.errors import CorpusError
from corpus.incoming.fetching import PUBLIC, FetchRules, Response, fetch
from corpus.incoming.several import Found, PassedOver, in_archive, in_folder
from corpus.readers import ENDINGS
from corpus.readers.draft import Listed
from corpus.readers.guarded import read_list

ARCHIVE = ".zip"
LISTS = (".xml", ".rss", ".atom", ".json", ".gz")
ENDING_OF = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/epub+zip": ".epub",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "text/markdown": ".md",
    "text/xml": ".xml",
    "application/xml": ".xml",
    "application/rss+xml": ".xml",
    "application/atom+xml": ".xml",
    "application/feed+json": ".json",
    "application/json": ".json",
    "application/zip": ARCHIVE,
    "application/x-zip-compressed": ARCHIVE,
    "application/gzip": ".gz",
    "application/x-gzip": ".gz",
}
MOST_PAGES = 10_000  # of a list, by their addresses
MOST_LISTS = 20  # of a sitemap of sitemaps


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A file to read. `fetched` is where it came from, if it was not a file to begin with.

    `name` is what the maintainer knows it by, where that is not the file's name.
    """

    path: Path
    fetched: Fetched | None = None
    name: str = ""

    def __str__(self) -> str:
        return self.name or (self.fetched.url if self.fetched else self.path.name)


@dataclass(frozen=True, slots=True)
class Listing:
    """All pages that a list at an address names, so that new and gone ones can be told later."""

    address: str
    pages: tuple[str, ...]


Handed = HandedOver | Listing | PassedOver | CorpusError


def is_address(source: str, /) -> bool:
    """Whether a source is to be fetched."""
    return "://" in source


def hand_over(source: str, /, *, folder: Path, most: int, rules: FetchRules = PUBLIC) -> Iterator[Handed]:
    """The files that a source stands for, fetched one at a time; one of several that fails does not stop the others.

    Args:
        source: a path or an address: of an article, a folder, a ZIP archive, a sitemap, a feed or a list of addresses.
        folder: where fetched files are put.
        most: how many articles of a list to take.
        rules: how far a fetch may go.

    Raises:
        CorpusError: the source itself cannot be fetched.
    """
    first = fetched_file(source, folder=folder, rules=rules) if is_address(source) else HandedOver(Path(source))
    if first.path.is_dir() or first.path.suffix.lower() == ARCHIVE:
        yield from _several(first.path, folder=folder, most=most, rules=rules)
        return
    ending = first.path.suffix.lower()
    listed = _listed(first) if ending in LISTS or (ending == ".txt" and _begins_with_address(first.path)) else Listed()
    if ending not in LISTS and not listed.articles:
        yield first
        return
    for address in listed.unusable:
        yield CorpusError(f"{source} lists {address!r}, which leads to no page.", remedy="Name the article's own address.")
    addresses = pages_of(source, listed, folder=folder, rules=rules)
    if is_address(source):
        yield Listing(source, tuple(addresses))
    for address in addresses[:most]:
        try:
            yield fetched_file(address, folder=folder, rules=rules)
        except CorpusError as error:
            yield error


def fetched_file(url: str, /, *, folder: Path, known: Fetched | None = None, rules: FetchRules = PUBLIC) -> HandedOver:
    """One address as a file whose ending tells its kind; the file is missing if nothing was modified."""
    body = folder / "body"
    response = fetch(url, to=body, known=known, rules=rules)
    path = folder / f"page{ending_of(response, url)}"
    path.unlink(missing_ok=True)
    if response.is_modified:
        body.rename(path)
    return HandedOver(path, response.fetched)


def ending_of(response: Response, url: str, /) -> str:
    """The ending for what the server says it is; where that is too general, for what the address looks like."""
    if ending := ENDING_OF.get(response.media_type):
        return ending
    looks_like = Path(urlsplit(url).path).suffix.lower()
    if looks_like in {*ENDINGS, *LISTS, ARCHIVE}:
        return looks_like
    return ".txt" if response.media_type == "text/plain" else ".html"


def listed_at(address: str, /, *, folder: Path, rules: FetchRules = PUBLIC) -> list[str]:
    """The pages that a list at an address names now.

    Raises:
        CorpusError: it cannot be fetched, or names none.
    """
    handed = fetched_file(address, folder=folder, rules=rules)
    return pages_of(address, _listed(handed), folder=folder, rules=rules)


def _several(source: Path, *, folder: Path, most: int, rules: FetchRules) -> Iterator[Handed]:
    """The files of a folder or an archive; a list of addresses among them is followed."""
    found = in_folder(source) if source.is_dir() else in_archive(source, into=_emptied(folder / "unpacked"))
    is_empty = True
    for one in found:
        is_empty = False
        if isinstance(one, Found) and one.path.suffix.lower() == ".txt" and _begins_with_address(one.path):
            try:
                yield from hand_over(str(one.path), folder=folder, most=most, rules=rules)
            except CorpusError as error:
                yield error
        else:
            yield HandedOver(one.path, name=one.name) if isinstance(one, Found) else one
    if is_empty:
        raise CorpusError(f"{source.name} holds no file.", remedy="Name a folder with documents in it.")


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _listed(handed: HandedOver) -> Listed:
    return read_list(handed.path, base=handed.fetched.url if handed.fetched else "")


def _begins_with_address(path: Path) -> bool:
    """Whether a text may be a list of addresses; most are articles, which need no second reading."""
    try:
        with path.open("rb") as file:
            beginning = file.read(2_000).lstrip()
    except OSError:
        return False  # its reader says what is wrong with it
    return beginning.lower().startswith((b"http://", b"https://", b"#"))


def pages_of(source: str, listed: Listed, /, *, folder: Path, rules: FetchRules) -> list[str]:
    """The pages that a list names, those of the lists that it names included.

    Raises:
        CorpusError: one of those cannot be fetched, or there is no page.
    """
    found = [address for address in listed.articles if not _is_list(address)]
    lists = [*listed.lists, *filter(_is_list, listed.articles)]
    for address in lists[:MOST_LISTS]:
        if len(found) < MOST_PAGES:
            found += _listed(fetched_file(address, folder=folder, rules=rules)).articles
    if not found:
        raise CorpusError(f"{source} lists no article.", remedy="Name a sitemap, a feed, or the article itself.")
    return list(dict.fromkeys(found))[:MOST_PAGES]


def _is_list(address: str) -> bool:
    return Path(urlsplit(address).path).suffix.lower() in LISTS
