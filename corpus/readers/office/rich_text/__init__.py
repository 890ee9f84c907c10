"""A Rich Text file (RTF): a walk over its tokens makes HTML of it; striprtf, which walks by itself, is the second reader.

Flows in: the file. Flows out: a draft.

    head      its fonts, and the styles that are headings
    forms     what is struck out, hidden, raised, bold
    walk      tokens to paragraphs
    written   paragraphs, lists and tables to HTML
"""

from striprtf.striprtf import remove_pict_groups, rtf_to_text

from corpus.errors import CorpusError
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Draft
from corpus.readers.losses import Piece, without_left_out
from corpus.readers.office.from_markup import draft_of
from corpus.readers.office.rich_text.walk import Walk
from corpus.readers.properties import stated_author, stated_title

BEGINS = b"{\\rtf"
RAISING = LinearPattern(r"\\(?:super|sub|nosupersub|up\d+|dn\d+) ?")
ITEM = LinearPattern(r"^(?:[•·▪\-–]|\(?(?:\d{1,2}|[a-z])[.)])\s+")


def read_rich_text(data: bytes, /) -> Draft:
    """Read an article whose title is its first heading, or is stated by the file's properties.

    Raises:
        CorpusError: the file is not RTF.
    """
    if not data.lstrip().startswith(BEGINS):
        raise CorpusError("the file is not RTF.", remedy="Save it as Rich Text Format (.rtf), and add that.")
    # One character a byte, whatever its encoding is.
    text = str(remove_pict_groups(data.decode("latin-1")))  # type: ignore[no-untyped-call]
    walk = Walk(text)
    markup = walk.read()
    return draft_of(
        markup,
        title=stated_title(walk.said.get("title")),
        author=stated_author(walk.said.get("author")),
        alterations=walk.alterations,
        seen=_read_again(text, walk),
        has_numbers=walk.written.has_items,
    )


def _read_again(text: str, walk: Walk) -> list[Piece] | None:
    """What striprtf reads; `None` where it cannot know the letters of a symbol font."""
    if walk.has_symbols:
        return None
    plain = str(rtf_to_text(RAISING.sub(lambda found: f"{found[0]}\\'20 ", text), errors="replace"))  # type: ignore[no-untyped-call]
    lines = (ITEM.sub("", part.strip()) for line in plain.split("\n") for part in line.split("|"))
    rows = [Piece("cell" if "|" in plain else "paragraph", line) for line in lines]
    return without_left_out(rows, [alteration.original for alteration in walk.alterations])
