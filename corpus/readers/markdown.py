"""Markdown, read by markdown-it-py: front matter becomes provenance, headings become sections."""

from datetime import date, datetime
from typing import Any

import yaml
from markdown_it import MarkdownIt

from corpus.errors import CorpusError
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Draft, assemble
from corpus.readers.markup import blocks, parse

FRONT_MATTER = LinearPattern(r"(?s)---[^\S\n]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|\z)")


CORRECT_IT = "Correct what stands between the two `---` lines, or remove it."


def read_markdown(raw: str, /) -> Draft:
    """Read an article whose title is its first heading, or is named by its front matter.

    Raises:
        CorpusError: the front matter is not YAML.
    """
    found = FRONT_MATTER.match(raw)
    stated = _front_matter(found["yaml"]) if found else {}
    markup = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(raw[found.end() :] if found else raw)
    content = blocks(parse(markup))
    title = _said(stated, "title")
    if content and content[0].is_heading and title in {"", content[0].text}:
        title, content = content[0].text, content[1:]
    return Draft(
        title,
        *assemble(title, content),
        author=_said(stated, "author", "authors"),
        published=_date(stated.get("date", stated.get("published"))),
        topics=_topics(stated.get("topics", stated.get("categories"))),
        publisher=_said(stated, "publisher", "site"),
        licence=_said(stated, "licence", "license"),
        url=_said(stated, "url", "canonical", "source"),
    )


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
    value = next((stated[name] for name in names if stated.get(name)), "")
    if isinstance(value, list):
        value = ", ".join(str(part) for part in value if not isinstance(part, dict | list))
    return "" if isinstance(value, dict) else " ".join(str(value).split())


def _topics(value: object) -> tuple[str, ...]:
    topics = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return tuple(str(topic) for topic in topics)


def _date(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or not value:
        return value if isinstance(value, date) else None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
