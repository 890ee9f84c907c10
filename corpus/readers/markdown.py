"""Markdown, read by markdown-it-py: front matter becomes provenance, headings become sections."""

import tomllib
from datetime import date, datetime
from typing import Any

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from corpus.doubts import Alteration, Doubt
from corpus.errors import CorpusError
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Draft, assemble
from corpus.readers.lists_and_tables import drawn_tables
from corpus.readers.markup import read_page
from corpus.readers.markup.blocks import blocks
from corpus.readers.markup.pieces import pieces_of
from corpus.readers.markup.raised import formulas_in_tex
from corpus.readers.numbering import references_to_numbers
from corpus.readers.site_syntax import without_site_syntax
from corpus.readers.web.stated import date_in

FRONT_MATTER = LinearPattern(r"(?s)---[^\S\n]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|\z)")
TOML_FRONT_MATTER = LinearPattern(r"(?s)\+\+\+[^\S\n]*\n(?P<toml>.*?)\n\+\+\+[^\S\n]*(?:\n|\z)")
STARS = LinearPattern(r"\d[*_]{1,3}[\d.,]+[*_]{1,3}\d")
CORRECT_IT = "Correct what stands between the two lines of signs at its top, or remove it."
DRAFT = "its front matter says that it is a draft; is it meant to be read?"


def read_markdown(raw: str, /) -> Draft:
    """Read an article whose title is named by its front matter, or is the heading that it begins with.

    Raises:
        CorpusError: the front matter cannot be read.
    """
    stated, body = _parts(raw)
    body, doubts, alterations = without_site_syntax(body)
    page = read_page(_markup(body))
    for notes in page.root.xpath("//section[@class='footnotes']") + page.shown.xpath("//section[@class='footnotes']"):
        alterations += (
            [Alteration("footnotes, left out", " ".join(notes.text_content().split()))] if notes in page.root.iter() else []
        )
        notes.drop_tree()
    content = blocks(page.root)
    title = _said(stated, "title")
    if content and content[0].is_heading and title in {"", content[0].text}:
        title, content = content[0].text, content[1:]
    text, sections, composed = assemble(title, content)
    doubts += [Doubt(DRAFT)] if stated.get("draft") is True or stated.get("published") is False else []
    alterations += [Alteration(left.reason, left.words) for left in page.left_out]
    return Draft(
        title,
        text,
        sections,
        composed,
        author=_said(stated, "author", "authors"),
        published=_date(
            next((stated[name] for name in ("date", "published", "publishdate", "pubdate") if stated.get(name)), None)
        ),
        topics=_topics(stated.get("topics", stated.get("categories"))),
        publisher=_said(stated, "publisher", "site"),
        licence=_said(stated, "licence", "license"),
        url=_said(stated, "url", "canonical", "source"),
        doubts=(
            *(*doubts, *page.doubts, *formulas_in_tex(text), *drawn_tables(text), *_doubtful_stars(body)),
            *references_to_numbers(text, has_numbers=next(page.root.iter("ol"), None) is not None),
        ),
        alterations=tuple(alterations),
        seen=tuple(pieces_of(page.shown)),
    )


def _doubtful_stars(body: str) -> list[Doubt]:
    """A doubt for each line with stars between digits: "5*3*2" is printed as 532, and surely means something else."""
    reason = "has stars between numbers, which Markdown takes for emphasis and drops; write × or \\*:"
    return [Doubt(reason, line.strip()) for line in body.split("\n") if STARS.search(line)]


def _markup(body: str) -> str:
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for plugin in (footnote_plugin, deflist_plugin, tasklists_plugin):
        reader.use(plugin)
    return str(reader.render(body))


def _parts(raw: str) -> tuple[dict[str, Any], str]:
    """What the front matter states, its names in small letters, and the rest."""
    if found := FRONT_MATTER.match(raw):
        return _front_matter(found["yaml"]), raw[found.end() :]
    if found := TOML_FRONT_MATTER.match(raw):
        try:
            stated = tomllib.loads(found["toml"])
        except tomllib.TOMLDecodeError as error:
            raise CorpusError(f"the front matter is not TOML ({error}).", remedy=CORRECT_IT) from None
        return {key.lower(): value for key, value in stated.items()}, raw[found.end() :]
    return {}, raw


def _front_matter(text: str) -> dict[str, Any]:
    try:
        stated = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 2})" if mark else ""
        raise CorpusError(f"the front matter is not YAML{where}.", remedy=CORRECT_IT) from None
    except ValueError as error:  # a date that is none
        raise CorpusError(f"the front matter cannot be read ({error}).", remedy=CORRECT_IT) from None
    return {str(key).lower(): value for key, value in stated.items()} if isinstance(stated, dict) else {}


def _said(stated: dict[str, Any], *names: str) -> str:
    return ", ".join(_words(next((stated[name] for name in names if stated.get(name)), "")))


def _words(value: object) -> list[str]:
    """What a field says: words, a list of them, or of entries that have a name."""
    if isinstance(value, list):
        return [words for each in value for words in _words(each)]
    if isinstance(value, dict):
        return _words(value.get("name", ""))
    words = " ".join(str(value).split())
    return [words] if words else []


def _topics(value: object) -> tuple[str, ...]:
    topics = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return tuple(str(topic) for topic in topics)


def _date(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date_in(str(value or ""))
