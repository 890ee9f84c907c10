"""What a maintainer names (a file, an address, a site's sitemap or feed) → files to read, each with where it came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from corpus.document import Fetched
from corpus.errors import CorpusError
from corpus.incoming.fetching import PUBLIC, FetchRules, Response, fetch
from corpus.readers import ENDINGS
from corpus.readers.draft import Listed
from corpus.readers.guarded import read_list

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
    "application/gzip": ".gz",
    "application/x-gzip": ".gz",
}
MOST_LISTS = 20  # of a sitemap of sitemaps


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A file to read. `fetched` is where it came from, if it was not a file to begin with."""

    path: Path
    fetched: Fetched | None = None


def is_address(source: str, /) -> bool:
    """Whether a source is to be fetched."""
    return "://" in source


def hand_over(source: str, /, *, folder: Path, most: int, rules: FetchRules = PUBLIC) -> Iterator[HandedOver | CorpusError]:
    """The files that a source stands for, fetched one at a time; a page of a list that fails does not stop the others.

    Args:
        source: a path or an address, of an article or of a sitemap or feed.
        folder: where fetched files are put.
        most: how many articles of a list to take.
        rules: how far a fetch may go.

    Raises:
        CorpusError: the source itself cannot be fetched.
    """
    first = fetched_file(source, folder=folder, rules=rules) if is_address(source) else HandedOver(Path(source))
    ending = first.path.suffix.lower()
    listed = _listed(first) if ending in LISTS or (ending == ".txt" and _begins_with_address(first.path)) else Listed()
    if ending not in LISTS and not listed.articles:
        yield first
        return
    for address in listed.unusable:
        yield CorpusError(f"{source} lists {address!r}, which leads to no page.", remedy="Name the article's own address.")
    for address in _addresses(source, listed, folder=folder, most=most, rules=rules):
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
    if looks_like in {*ENDINGS, *LISTS}:
        return looks_like
    return ".txt" if response.media_type == "text/plain" else ".html"


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


def _addresses(source: str, listed: Listed, *, folder: Path, most: int, rules: FetchRules) -> list[str]:
    """The articles that a list names, those of the lists that it names included."""
    found = [address for address in listed.articles if not _is_list(address)]
    lists = [*listed.lists, *filter(_is_list, listed.articles)]
    for address in lists[:MOST_LISTS]:
        if len(found) < most:
            found += _listed(fetched_file(address, folder=folder, rules=rules)).articles
    if not found:
        raise CorpusError(f"{source} lists no article.", remedy="Name a sitemap, a feed, or the article itself.")
    return list(dict.fromkeys(found))[:most]


def _is_list(address: str) -> bool:
    return Path(urlsplit(address).path).suffix.lower() in LISTS
