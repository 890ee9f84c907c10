"""What the corpus's own record says of its articles: who wrote one, when, how long it is, whether it lists its sources.

The lines stand below fixed wording, as help lines do, so they are the same in every language: `“Tea”: A. Writer`.
"""

from collections.abc import Callable, Iterable, Mapping

from corpus import Document

MOST_ARTICLES = 5  # a longer list ends with "…"
UNKNOWN = "–"  # for an article whose record lacks what others have
# Headings of a list of sources, in the languages that articles are most often in.
LISTS_OF_SOURCES = frozenset(
    "references|reference list|sources|bibliography|works cited|literature|literature cited|citations|footnotes|endnotes|"
    "quellen|literatur|literaturverzeichnis|einzelnachweise|références|sources et références|bibliographie|referencias|"
    "bibliografía|fuentes|referências|bibliografia|riferimenti|fonti|referenties|bronnen|bibliografia|źródła".split("|")
)


def list_of_sources(document: Document, /) -> str:
    """The heading of its list of sources, if it has one."""
    headings = (section.heading for section in document.sections)
    return next((heading for heading in headings if heading.casefold().strip(" .:0123456789") in LISTS_OF_SOURCES), "")


def _published(document: Document) -> str:
    published = document.source.published
    return "" if published is None else published.isoformat()


def _described(document: Document) -> str:
    source = document.source
    return ", ".join(filter(None, [source.author, source.publisher, _published(document), source.url]))


# The key of a wording, and what stands below it of each article.
FACTS: Mapping[str, Callable[[Document], str]] = {
    "chat.author": lambda document: document.source.author,
    "chat.date": _published,
    "chat.no_date": lambda document: document.source.retrieved.isoformat(),
    "chat.length": lambda document: str(len(document.text.split())),
    "chat.article": _described,
    "chat.sources": list_of_sources,
    "chat.reliable": _described,
}
# The wording for when the record of no article has it.
WITHOUT = {"chat.author": "chat.no_author", "chat.date": "chat.no_date", "chat.sources": "chat.no_sources"}


def on_record(key: str, documents: Iterable[Document], /) -> tuple[str, list[str]]:
    """The key of the wording that the record calls for, and the lines below it; no lines for what is not on record."""
    if key not in FACTS:
        return key, []
    facts: dict[str, str] = {}
    for document in documents:  # no further than it takes: a corpus may have thousands of articles
        facts[document.source.title] = FACTS[key](document)
        if len(facts) > MOST_ARTICLES and any(facts.values()):
            break
    if not any(facts.values()) and key in WITHOUT:
        return on_record(WITHOUT[key], documents)
    lines = [f"“{title}”: {fact or UNKNOWN}" for title, fact in facts.items()]
    return key, lines[:MOST_ARTICLES] + ["…"] * (len(lines) > MOST_ARTICLES)
