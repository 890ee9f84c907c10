"""What a page states of itself: title, author, date, publisher. Nothing is guessed from years, names of sites or labels.

Believed are JSON-LD of an article, `meta` elements, elements marked as author or date, a byline ("By Ann Example"), and the
visible title. What none of them states stays empty, and the maintainer is asked.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from lxml.html import HtmlElement

from corpus.linear_patterns import LinearPattern
from corpus.readers.text import settle

ARTICLES = ("article", "posting", "webpage", "report", "scholarly", "faqpage", "medicalwebpage")
TITLES = ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title")
AUTHORS = (
    "author",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "article:author",
)
SITES = ("og:site_name", "application-name", "citation_journal_title", "dc.publisher")
DATES = (
    *("article:published_time", "og:article:published_time", "datepublished", "citation_publication_date", "citation_date"),
    *("dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "parsely-pub-date", "sailthru.date", "pubdate"),
    *("publishdate", "publish_date", "publication_date", "date"),
)
# On `re`: no repeat at all, since white space is normalised before.
SEPARATOR = re.compile(r" [|·•»«–—-] |[|»«]")
BYLINE = LinearPattern(
    r"(?i)^(?:(?:written|posted|reviewed|article) )?(?:by|von|par|por)\s*:?\s+(?P<name>\pL[^|·•,;\d()]{2,60})"
)
PUBLISHED = LinearPattern(
    r"(?i)\b(?:first )?(?:published|posted|publication date|date published)(?: on| at)?\s*:?\s*"
    r"(?P<date>[\pL\d][\pL\d ,./-]{6,22}\d)"
)
FORMATS = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y")
ORDINAL = LinearPattern(r"(?i)(\d)(?:st|nd|rd|th)\b")
# What templates print where a name should stand.
NO_NAME = {
    *("username user admin administrator author editor guest anonymous unknown webmaster root staff test none null".split()),
    *("editors editorial", "editorial team", "editorial staff", "web team", "site admin", "super user", "posted by", "n/a"),
}
NO_TITLE = {
    "home",
    "homepage",
    "home page",
    "untitled",
    "untitled document",
    "index",
    "welcome",
    "document",
    "page",
    "article",
}
LONGEST_NAME = 80  # characters
# Who writes below an article is not its author.
BY_OTHERS = LinearPattern(r"(?i)(?:^|[\s_-])(?:comments?|disqus|respond|replies|reviews?|related|recommended)(?:$|[\s_-])")
EARLIEST = date(1800, 1, 1)  # programs that know no date write the year 1


@dataclass(frozen=True, slots=True)
class Stated:
    """What was found; an empty string and `None` say that the page does not state it."""

    title: str
    author: str
    published: date | None
    publisher: str


def stated_by(page: HtmlElement, /, *, shown: HtmlElement, above: Sequence[HtmlElement]) -> Stated:
    """Read what a page states.

    Args:
        page: its tree as it was sent, with its head and its scripts.
        shown: its tree as a reader sees it.
        above: the headings above the article's first paragraph, the nearest last.
    """
    linked = [node for node in _linked_data(page) if _is_article(node)]
    metas = _metas(page)
    publisher = _first(metas, SITES) or next((name for node in linked for name in _names(node.get("publisher"))), "")
    return Stated(
        _title(page, linked, metas, above, publisher),
        _author(linked, metas, shown, publisher),
        _published(linked, metas, shown),
        publisher,
    )


def _title(
    page: HtmlElement, linked: list[dict[str, Any]], metas: dict[str, str], above: Sequence[HtmlElement], publisher: str
) -> str:
    """The visible heading that the page's own statements agree with, the nearest one to the text; else what they say."""
    said = [_plain(node.get("headline")) for node in linked] + [metas.get(name, "") for name in TITLES]
    window = next((_plain("".join(element.itertext())) for element in page.iter("title")), "")
    parts = [part for part in (_plain(part) for part in SEPARATOR.split(window)) if part and part != publisher]
    all_above = [(str(heading.tag), _plain("".join(heading.itertext()))) for heading in above]
    visible = [(tag, text) for tag, text in all_above if text and text != publisher]
    for statements in (said, [window, *parts]):
        agreed = {_letters(statement) for statement in statements} - {""}
        for _, text in reversed(visible):
            if _letters(text) in agreed:
                return text
    starts = [_letters(statement) for statement in [*said, window] if statement]
    for tag, text in reversed(visible):
        if tag == "h1" and any(start.startswith(_letters(text)) for start in starts):
            return text
    top = [text for tag, text in visible if tag == "h1"]
    if len(top) == 1:
        return top[0]
    candidates = [_without_site(statement, publisher) for statement in said if statement] + parts[:1]
    return next((title for title in candidates if title and title.lower() not in NO_TITLE), "")


def _without_site(title: str, publisher: str) -> str:
    parts = SEPARATOR.split(title)
    return (
        " ".join(title[: -len(parts[-1])].rstrip(" |·•»«–—-").split())
        if len(parts) > 1 and parts[-1] == publisher
        else title
    )


def _author(linked: list[dict[str, Any]], metas: dict[str, str], shown: HtmlElement, publisher: str) -> str:
    stated = [name for node in linked for name in _names(node.get("author"))]
    marked = shown.xpath(
        "//*[@rel='author' or @itemprop='author']//*[@itemprop='name'] | //*[@rel='author' or @itemprop='author']"
    )
    visible = [_plain("".join(element.itertext())) for element in marked if not _is_by_others(element)]
    classed = shown.xpath("//*[contains(@class, 'byline') or contains(@class, 'author')]")
    bylines = [
        _plain("".join(element.itertext()))
        for element in classed
        if len("".join(element.itertext())) < 3 * LONGEST_NAME and not _is_by_others(element)
    ]
    by = [found["name"].strip() for line in bylines if (found := BYLINE.search(line))]
    for names in (stated, [_first(metas, AUTHORS)], visible, by):
        honest = [name for name in dict.fromkeys(map(_without_by, names)) if _is_name(name, publisher)]
        if honest:
            return ", ".join(honest)
    return ""


def _is_by_others(element: HtmlElement) -> bool:
    """Whether an element stands among comments, or in what a page says of other pages."""
    around = (element, *element.iterancestors())
    return any(BY_OTHERS.search(f"{one.get('class') or ''} {one.get('id') or ''}") for one in around if one.tag != "body")


def _is_name(name: str, publisher: str) -> bool:
    is_plausible = (
        2 < len(name) <= LONGEST_NAME and "://" not in name and "@" not in name and not any(map(str.isdigit, name))
    )
    return is_plausible and name.lower() not in NO_NAME and name != publisher


def _without_by(name: str) -> str:
    found = BYLINE.search(name)
    return (found["name"] if found else name).strip()


def _published(linked: list[dict[str, Any]], metas: dict[str, str], shown: HtmlElement) -> date | None:
    """The day of publication; of a change or of a copyright it is never taken."""
    stated = [str(node.get("datePublished") or "") for node in linked] + [metas.get(name, "") for name in DATES]
    marked = shown.xpath("//*[@itemprop='datePublished'] | //time[@pubdate]")
    classed = shown.xpath("//time[contains(@class, 'publish') or contains(@class, 'entry-date')]")
    own = [element for element in (*marked, *classed) if not _is_by_others(element)]
    for value in [*stated, *(element.get("datetime") or element.get("content") or "" for element in own)]:
        if day := date_in(value):
            return day
    heads = [time for time in shown.xpath("//article//header//time[@datetime]") if not _is_by_others(time)]
    times = {day for time in heads if (day := date_in(str(time.get("datetime"))))}
    if len(times) == 1:
        return times.pop()
    said = (PUBLISHED.search(_plain("".join(element.itertext()))) for element in _short_ones(shown))
    return next((day for found in said if found and (day := date_in(found["date"]))), None)


def _short_ones(shown: HtmlElement) -> Iterator[HtmlElement]:
    """Elements that hold little: a line with a date, and not the article that speaks of one."""
    for element in shown.iter("p", "span", "div", "time", "li", "small"):
        if len("".join(element.itertext())) <= 2 * LONGEST_NAME and not _is_by_others(element):
            yield element


def date_in(text: str, /) -> date | None:
    """The day that a text names, in one of the ways that cannot be misread; `None` if it names none, or one to come."""
    day = _day(text)
    return day if day and EARLIEST <= day <= date.today() + timedelta(days=1) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        pass
    plain = " ".join(ORDINAL.sub(r"\1", text).replace(",", " ").split())
    for form in FORMATS:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return None


def _linked_data(page: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in page.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            try:
                yield from _nodes(json.loads(script.text or ""))
            except (ValueError, RecursionError):
                continue


def _nodes(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each)
    elif isinstance(value, dict):
        yield value
        yield from _nodes(value.get("@graph", []))
        yield from _nodes(value.get("mainEntity", []))


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(name in str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds]) for name in ARTICLES)


def _names(value: object) -> list[str]:
    if isinstance(value, list):
        return [name for each in value for name in _names(each)]
    if isinstance(value, dict):
        value = value.get("name")
        return _names(value) if isinstance(value, list) else [_plain(value)]
    return [_plain(value)] if isinstance(value, str) else []


def _metas(page: HtmlElement) -> dict[str, str]:
    """What the page's head says, by name in small letters; several authors joined."""
    found: dict[str, str] = {}
    for meta in page.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").lower()
        value = _plain(meta.get("content"))
        if name and value:
            found[name] = (
                f"{found[name]}, {value}" if name in AUTHORS and found.get(name, value) != value else found.get(name, value)
            )
    return found


def _first(metas: dict[str, str], names: Sequence[str]) -> str:
    return next((metas[name] for name in names if metas.get(name)), "")


def _plain(value: object) -> str:
    return " ".join(settle(value).split()) if isinstance(value, str) else ""


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
