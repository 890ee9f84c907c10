"""A PDF: lines are joined to paragraphs, words across line ends to words; larger or bold lines are headings."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from corpus.doubts import Alteration, Doubt
from corpus.errors import CorpusError
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Block, Draft, assemble
from corpus.readers.lists_and_tables import SENTENCE_END, add_list
from corpus.readers.pdf_lines import Line, read_pages
from corpus.readers.text import settle

LARGER = 1.12  # times the size of the text: a heading
LONGEST_HEADING = 160  # characters
WIDER = 1.6  # times the usual distance of lines: a new paragraph
BULLET = re.compile(r"[•●◦▪‣■]\s*|(?:\uf0b7|\uf0a7)\s*")
HYPHENS = ("-", "\u2010")
WORD = LinearPattern(r"[\pL\p{Nl}\p{No}]+(?:-[\pL\p{Nl}\p{No}]+)*")


def read_pdf(data: bytes, /) -> Draft:
    """Read an article whose title is the largest text of its first page, or is named in the file's properties.

    Raises:
        CorpusError: the file is not a PDF, is locked, or holds pictures of text only.
    """
    pages = read_pages(data)
    if not pages.lines:
        raise CorpusError("the file holds no text, only pictures of it.", remedy="Run text recognition (OCR) over it first.")
    doubts = [Doubt(f"{len(pages.silent_pages)} of {pages.pages} pages hold no text.")] if pages.silent_pages else []
    size = _body_size(pages.lines)
    joined: list[Alteration] = []
    vocabulary = Counter(word.lower() for line in pages.lines for word in WORD.findall(line.text))
    blocks = [
        Block(_text(lines, vocabulary, joined), is_heading) for is_heading, lines in _paragraphs(list(pages.lines), size)
    ]
    title, blocks = _title(blocks, pages.lines, " ".join(settle(pages.properties.get("Title", "")).split()))
    author = " ".join(settle(pages.properties.get("Author", "")).split())
    made = assemble(title, _with_lists(blocks))
    return Draft(title, *made, author=author, doubts=tuple(doubts), alterations=tuple(joined))


def _body_size(lines: Iterable[Line]) -> float:
    letters: Counter[float] = Counter()
    for line in lines:
        letters[line.size] += len(line.text)
    return letters.most_common(1)[0][0]


def _is_heading(line: Line, size: float) -> bool:
    is_marked = line.size >= size * LARGER or (line.is_bold and not line.text.endswith(SENTENCE_END))
    return is_marked and not line.is_row and len(line.text) <= LONGEST_HEADING and any(map(str.isalpha, line.text))


def _paragraphs(lines: list[Line], size: float) -> list[tuple[bool, list[Line]]]:
    """Lines that belong together, headings apart from text."""
    groups: list[tuple[bool, list[Line]]] = []
    for line in lines:
        is_heading = _is_heading(line, size)
        if groups and _continues(groups[-1], line, is_heading=is_heading):
            groups[-1][1].append(line)
        else:
            groups.append((is_heading, [line]))
    return groups


def _continues(group: tuple[bool, list[Line]], line: Line, *, is_heading: bool) -> bool:
    was_heading, before = group[0], group[1][-1]
    if was_heading != is_heading or before.is_row or line.is_row or BULLET.match(line.text):
        return False
    is_near = before.page == line.page and 0 < before.bottom - line.bottom < WIDER * max(before.size, line.size)
    if is_heading:
        return is_near and before.size == line.size and before.is_bold == line.is_bold
    if is_near and line.left > before.left + 0.8 * line.size and before.text.endswith(SENTENCE_END):
        return False  # an indented first line
    if is_near and abs(line.left - before.left) < 12 * line.size:
        return True
    # Over the end of a column or a page, or around a picture: a sentence goes on.
    goes_on = not before.text.endswith((*SENTENCE_END, ":")) and line.text[:1].islower()
    return goes_on or before.text.endswith(HYPHENS)


def _text(lines: list[Line], vocabulary: Counter[str], joined: list[Alteration]) -> str:
    text = ""
    for line in lines:
        if text.endswith(HYPHENS) and line.text[:1].islower() and (start := WORD.search(text[:-1].rsplit(" ", 1)[-1])):
            rest = WORD.match(line.text)
            first, second = start.group(), rest.group() if rest else ""
            text = text[:-1] + ("-" if _keeps_hyphen(first, second, vocabulary, joined) else "") + line.text
        elif text.endswith(HYPHENS) and line.text[:1].isalnum():
            text += line.text  # "RLS-" and "related" of a name or number: the hyphen is its own
        else:
            text = f"{text} {line.text}" if text else line.text
    return unicodedata.normalize("NFC", settle(text)).strip()


def _keeps_hyphen(first: str, second: str, vocabulary: Counter[str], joined: list[Alteration]) -> bool:
    """How the document writes the word elsewhere decides; if it does not, the hyphen goes and the maintainer is told."""
    with_hyphen, without = f"{first}-{second}".lower(), f"{first}{second}".lower()
    if vocabulary[without]:
        return False
    if vocabulary[with_hyphen]:
        return True
    joined.append(Alteration("joined across a line end", f"{first}-{second}", f"{first}{second}"))
    return False


def _title(blocks: list[Block], lines: tuple[Line, ...], stated: str) -> tuple[str, list[Block]]:
    """The largest heading of the first page; what stands above it stays in the text."""
    headings = [line for line in lines if line.page == lines[0].page and any(map(str.isalpha, line.text))]
    largest = max(headings, key=lambda line: (line.size, line.is_bold)).text
    for place, block in enumerate(blocks):
        if block.is_heading and settle(largest).rstrip("-") in block.text:
            return block.text, blocks[:place] + blocks[place + 1 :]
    if not stated and blocks and len(blocks[0].text) <= LONGEST_HEADING and not blocks[0].text.endswith(SENTENCE_END):
        return blocks[0].text, blocks[1:]
    return stated, blocks


def _with_lists(blocks: list[Block]) -> list[Block]:
    """Bulleted paragraphs that follow each other become a list."""
    made: list[Block] = []
    items: list[str] = []
    for block in [*blocks, Block("", is_heading=True)]:
        if not block.is_heading and (bullet := BULLET.match(block.text)):
            items.append(block.text[bullet.end() :])
            continue
        if items:
            add_list(made, items)
            items = []
        made.append(block)
    return made[:-1]
