"""A PDF: lines are joined to paragraphs, words across line ends to words; larger or bold lines are headings."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from corpus.doubts import Alteration, Doubt
from corpus.errors import CorpusError
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Block, Draft, assemble
from corpus.readers.lists_and_tables import SENTENCE_END, add_list, lead_in, table_lead
from corpus.readers.pdf_lines import Line, read_pages
from corpus.readers.text import settle

LARGER = 1.12  # times the size of the text: a heading
LONGEST_HEADING = 160  # characters
WIDER = 1.6  # times the usual distance of lines: a new paragraph
BULLET = re.compile(r"[•●◦▪‣■]\s*|(?:\uf0b7|\uf0a7)\s*")
NUMBERED = re.compile(r"(\d{1,2})[.)]\s+")
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
    groups = _paragraphs(list(pages.lines), size)
    blocks = [Block(_text(lines, vocabulary, joined), is_heading) for is_heading, lines in groups]
    blocks = _with_leads(blocks, [lines[0].box if lines[0].is_row else 0 for _, lines in groups])
    title, blocks = _title(blocks, pages.lines, " ".join(settle(pages.properties.get("Title", "")).split()))
    author = " ".join(settle(pages.properties.get("Author", "")).split())
    made = assemble(title, _with_lists(title, blocks))
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
    if was_heading != is_heading or before.is_row or line.is_row or _begins_item(group[1], line):
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


def _begins_item(group: list[Line], line: Line) -> bool:
    """Whether a line begins an item of a list: with a bullet, with 1, or with the number after that of the item before."""
    number, before = NUMBERED.match(line.text), NUMBERED.match(group[0].text)
    is_next = number is not None and int(number[1]) == (int(before[1]) + 1 if before else 1)
    return is_next or BULLET.match(line.text) is not None


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


def _with_leads(blocks: Sequence[Block], tables: Sequence[int]) -> list[Block]:
    """Rows of tables, each opened by the words that lead to its table. `tables` numbers each block's, 0 if it is no row."""
    made: list[Block] = []
    lead, before = "", 0
    for block, table in zip(blocks, tables, strict=True):
        if table and table != before:
            lead = ""
            if made and not before and not made[-1].is_heading and not BULLET.match(made[-1].text):
                rest, lead = table_lead(made.pop().text)
                made += [Block(rest, is_heading=False)] if rest else []
        row = Block(f"{lead_in(lead)} {block.text}".strip(), is_heading=False, composed_of="table")
        made.append(row if table else block)
        before = table
    return made


def _with_lists(title: str, blocks: Sequence[Block]) -> list[Block]:
    """Paragraphs that follow each other with bullets, or counted from 1, become a list."""
    made = [Block(title, is_heading=True)]
    items: list[str] = []
    for block in blocks:
        number = NUMBERED.match(block.text)
        mark = number if number and int(number[1]) == len(items) + 1 else BULLET.match(block.text)
        if mark and not block.is_heading:
            items.append(block.text[mark.end() :])
            continue
        add_list(made, items)
        items = []
        made.append(block)
    add_list(made, items)
    return made[1:]
