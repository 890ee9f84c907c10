"""From the HTML that a reader made of a file to a draft."""

from collections.abc import Sequence

from corpus.doubts import Alteration, Doubt
from corpus.readers.draft import Draft, assemble
from corpus.readers.losses import Piece
from corpus.readers.markup import read_page
from corpus.readers.markup.blocks import blocks
from corpus.readers.markup.pieces import pieces_of
from corpus.readers.numbering import references_to_numbers
from corpus.readers.text import settle
from corpus.readers.unreadable import UNREADABLE, readable


def draft_of(
    markup: str,
    /,
    *,
    title: str = "",
    author: str = "",
    doubts: Sequence[Doubt] = (),
    alterations: Sequence[Alteration] = (),
    seen: Sequence[Piece] | None = None,
    is_title_stated: bool = False,
    has_numbers: bool = False,
) -> Draft:
    """Make a draft whose title is the first heading if it stands first, else the one that the file states.

    Args:
        markup: a whole document or a part of one.
        title: what the file's properties state.
        author: the same.
        doubts: what the reader has told already.
        alterations: the same.
        seen: what the file shows, where the reader knows it better than the markup does.
        has_numbers: whether the file numbers items of a list, where the markup does not say so.
        is_title_stated: believe the stated title before the first heading, which may be a chapter's.
    """
    page = read_page(settle(markup))
    content, unread = readable(blocks(page.root, has_bold_headings=True))
    if content and content[0].is_heading and not (is_title_stated and title):
        title, content = content[0].text, content[1:]
    elif content and content[0].text == title:
        content = content[1:]
    text, sections, composed = assemble(title, content)
    has_numbers = has_numbers or next(page.root.iter("ol"), None) is not None
    shown = pieces_of(page.shown) if seen is None else seen
    return Draft(
        title,
        text,
        sections,
        composed,
        author=author,
        doubts=(*doubts, *page.doubts, *unread, *references_to_numbers(text, has_numbers=has_numbers)),
        alterations=(*alterations, *(Alteration(left.reason, left.words) for left in page.left_out)),
        seen=tuple(piece for piece in shown if UNREADABLE not in piece.text),
    )
