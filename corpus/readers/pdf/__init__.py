"""A PDF: letters become pieces of lines, pieces become columns and tables, lines become paragraphs, larger lines headings.

    pages (letters, tables, columns) → paragraphs → lists and title → compared with a second reading → draft

A PDF says where its letters stand and nothing else, so much of this is judgement; what is not sure is told as a doubt, and
a sentence with a letter that cannot be read is left out.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.doubts import Alteration, Doubt
from corpus.errors import CorpusError
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Block, Draft, assemble
from corpus.readers.lists_and_tables import SENTENCE_END, add_list, lead_in, table_lead
from corpus.readers.losses import Piece
from corpus.readers.numbering import references_to_numbers
from corpus.readers.pdf.pages import Pages, read_pages
from corpus.readers.pdf.paragraphs import (
    BULLET,
    WEAK_MARK,
    WORD,
    Group,
    body_size,
    grouped,
    kind_of_mark,
    text_of,
)
from corpus.readers.pdf.second_reading import FEWEST_READ, compared, letters_by_page, share_read, unlike
from corpus.readers.properties import stated_author, stated_title
from corpus.readers.unreadable import UNREADABLE, readable

LONGEST_ITEM = 120  # characters of an item that has no mark
INDENT = 4  # points: items further to the right stand below the one before
NOTE_MARKS = LinearPattern(r"\s*[*∗†‡§]+\z")  # at the end of a title
TITLE_FROM = 1.15  # times the size of the text


def read_pdf(data: bytes, /) -> Draft:
    """Read an article. Its title is what its properties and its first page agree on, or the largest text of that page.

    Raises:
        CorpusError: the file is not a PDF, is locked, or holds pictures of text only.
    """
    pages = read_pages(data)
    if not pages.lines:
        raise CorpusError("the file holds no text, only pictures of it.", remedy="Run text recognition (OCR) over it first.")
    doubts = list(pages.doubts)
    joined: list[Alteration] = []
    size = body_size(pages.lines)
    vocabulary = Counter(word.lower() for line in pages.lines for word in WORD.findall(line.text))
    groups = [(group, text_of(group.lines, vocabulary, joined)) for group in grouped(pages.lines, size)]
    doubts += _compared(data, pages, groups)
    seen = tuple(_pieces(groups))
    title, groups, differing = _title(groups, pages, size)
    doubts += differing
    blocks, unread = readable(_with_lists(title, groups))
    text, sections, composed = assemble(title, blocks)
    has_numbers = any(kind_of_mark(text) == "1" for group, text in groups if group.is_item)
    return Draft(
        title,
        text,
        sections,
        composed,
        author=stated_author(pages.properties.get("Author", "")),
        doubts=(*doubts, *unread, *references_to_numbers(text, has_numbers=has_numbers)),
        alterations=(*pages.alterations, *joined),
        seen=seen,
    )


def _pieces(groups: Sequence[tuple[Group, str]]) -> Iterator[Piece]:
    """The file's lines and the cells of its tables, as they stand on the pages."""
    for group, text in groups:
        for number, line in enumerate(group.lines if UNREADABLE not in text else ()):
            place = f"page {line.page}"
            if line.is_row:
                yield from (Piece("cell", cell, place) for cell in line.pieces)
            elif group.is_item and not number:
                yield Piece("list item" if len(group.lines) == 1 else "paragraph", _without_mark(line.text), place)
            else:
                yield Piece("paragraph", line.text, place)


def _title(groups: list[tuple[Group, str]], pages: Pages, size: float) -> tuple[str, list[tuple[Group, str]], list[Doubt]]:
    """The title, what is left without it, and a doubt if the file states another one.

    What is stated and stands on the first page is sure; else it is the largest text of that page; else what is stated.
    """
    stated = stated_title(pages.properties.get("Title"))
    first = [place for place, (group, _) in enumerate(groups) if group.lines[0].page == pages.lines[0].page]
    if stated:
        for place in first:
            if compared(groups[place][1]) == compared(stated):
                return NOTE_MARKS.sub("", groups[place][1]), groups[:place] + groups[place + 1 :], []
        if compared(stated) in compared(" ".join(groups[place][1] for place in first)):
            return stated, groups, []
    largest = _largest(groups, first, size)
    if largest is None:
        return stated, groups, []
    title = NOTE_MARKS.sub("", groups[largest][1])
    doubts = [Doubt(f"The file's properties state another title than “{title}”:", stated)] if stated else []
    return title, groups[:largest] + groups[largest + 1 :], doubts


def _largest(groups: list[tuple[Group, str]], places: list[int], size: float) -> int | None:
    """The place of the largest heading; a bold one of the text's own size only where it comes first."""
    headings = [place for place in places if groups[place][0].is_heading and len(groups[place][1]) > 1]
    large = [place for place in headings if groups[place][0].lines[0].size >= TITLE_FROM * size]
    # A journal's name stands at the page's edge, often larger than the title: two words there give way to a longer heading.
    longer = [place for place in large if groups[place][1].count(" ") > 1 or not groups[place][0].lines[0].is_marginal]
    large = longer or large
    if large:
        return max(large, key=lambda place: groups[place][0].lines[0].size)
    return headings[0] if headings and headings[0] == places[0] else None


def _with_lists(title: str, groups: Sequence[tuple[Group, str]]) -> list[Block]:
    """Items that follow each other become a list; so do short paragraphs that a colon announces. Rows name their table."""
    made = [Block(title, is_heading=True)]
    items: list[str] = []
    kind = ""  # of the mark of the items that are being read; empty if they have none
    left, inner = 0.0, ""  # where these items begin; the mark of the items below the last of them
    lead = ""  # of the table whose rows are being read
    for group, text in groups:
        mark = kind_of_mark(text) if group.is_item else ""
        has_lead = not made[-1].is_heading and made[-1].text.endswith(":")
        is_item = group.is_item or ((has_lead or bool(items)) and _is_unmarked_item(group, text, is_first=not items))
        if items and group.is_item and mark != kind and (mark == inner or group.lines[0].left > left + INDENT):
            parts = items[-1], _without_mark(text)
            items[-1] = _with_inner(*parts, is_first=mark != inner)
            inner = mark
            continue
        inner = ""
        if items and (not is_item or mark != kind):
            add_list(made, items)
            items = []
            is_item = group.is_item
        if is_item:
            items.append(_without_mark(text) if group.is_item else text)
            kind, left = mark, group.lines[0].left
        elif group.is_row:
            lead = _lead_of_table(made) if group.lines[0].pieces else lead
            made.append(Block(f"{lead_in(lead)} {text}".strip(), is_heading=False, composed_of="table"))
        else:
            made.append(Block(text, group.is_heading))
    add_list(made, items)
    return made[1:]


def _with_inner(item: str, text: str, *, is_first: bool) -> str:
    """An item with one more of the items below it, in brackets: "iron (tablets; drops)"."""
    if is_first:
        return f"{item.rstrip(' ;,:')} ({text.rstrip(' ;,.')})"
    return f"{item.removesuffix(')')}; {text.rstrip(' ;,.')})"


def _lead_of_table(made: list[Block]) -> str:
    """What leads to a table; it leaves the blocks before it."""
    if made[-1].is_heading or made[-1].composed_of:
        return ""
    rest, lead = table_lead(made.pop().text)
    made += [Block(rest, is_heading=False)] if rest else []
    return lead


def _is_unmarked_item(group: Group, text: str, *, is_first: bool) -> bool:
    """Whether a short line is an entry of a list without marks; the last one may end with a stop."""
    if group.is_heading or group.is_row or len(group.lines) > 1 or len(text) > LONGEST_ITEM:
        return False
    return not text.endswith((*SENTENCE_END, ":")) or (not is_first and text[:1].islower())


def _without_mark(text: str) -> str:
    mark = BULLET.match(text) or WEAK_MARK.match(text)
    return text[mark.end() :] if mark else text


def _compared(data: bytes, pages: Pages, groups: Sequence[tuple[Group, str]]) -> list[Doubt]:
    """Doubts of what a second program reads otherwise."""
    theirs = letters_by_page(data)
    if theirs is None:
        return [Doubt("A second program (pdfium) cannot open the file, so its text could not be compared.")]
    doubts = []
    for number, (ours, shown) in enumerate(zip(pages.letters, theirs, strict=False), start=1):
        if (share := share_read(ours, shown)) < FEWEST_READ:
            doubts.append(Doubt(f"Only {share:.1%} of the letters were read.", place=f"page {number}"))
    left_out = [(int(one.place.removeprefix("page ")), one.original) for one in pages.alterations if one.place]
    for number, line in unlike(_runs(groups), theirs, left_out=left_out):
        if line:
            doubts.append(Doubt("A second program (pdfium) reads this line otherwise:", line, f"page {number}"))
        else:
            doubts.append(Doubt("A second program (pdfium) reads the lines in another order.", place=f"page {number}"))
    return doubts


def _runs(groups: Sequence[tuple[Group, str]]) -> Iterator[tuple[int, list[str]]]:
    """The lines of each paragraph, parted where it goes on in another place."""
    for group, _ in groups:
        if group.is_row:
            continue
        run = [group.lines[0]]
        for before, line in pairwise(group.lines):
            if line.page != before.page or not before.top > line.top or before.bottom - line.top > before.size * 3:
                yield run[0].page, [one.text for one in run]
                run = []
            run.append(line)
        yield run[0].page, [one.text for one in run]
