"""Markdown, read by markdown-it-py: headings become sections; paragraphs and list items become paragraphs."""

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.errors import CorpusError
from corpus.readers.draft import Block, Draft, assemble


def read_markdown(raw: str, /) -> Draft:
    """Read an article whose title is its first heading.

    Raises:
        CorpusError: there is no heading to take the title from.
    """
    blocks: list[Block] = []
    in_heading = False
    for token in MarkdownIt("commonmark").enable("table").parse(raw):
        if token.type in {"heading_open", "heading_close"}:
            in_heading = token.type == "heading_open"
        elif token.type == "inline" and (text := _plain(token)):
            blocks.append(Block(text, in_heading))
    if not blocks or not blocks[0].is_heading:
        raise CorpusError("the text does not begin with a heading.", remedy="Begin it with `# Title`.")
    text, sections = assemble(blocks[0].text, blocks[1:])
    return Draft(blocks[0].text, text, sections)


def _plain(token: Token) -> str:
    """The words of an inline token, without its markup, white space folded."""
    words = [
        " " if child.type in {"softbreak", "hardbreak"} else child.content
        for child in token.children or []
        if child.type in {"text", "code_inline", "softbreak", "hardbreak"}
    ]
    return " ".join("".join(words).split())
