"""Lists and tables as sentences that can be quoted on their own."""

from collections.abc import Sequence

from corpus.readers.draft import Block

LONGEST_JOINED = 500  # characters; a longer list is not one sentence that anybody would read
SENTENCE_END = (".", "!", "?", "…", ".”", "!”", "?”", '."', '!"', '?"', ".)")
LOOSE_ENDS = " ,;"


def add_list(found: list[Block], items: Sequence[str], /) -> None:
    """Add a list to the blocks found before it; a paragraph that ends with a colon leads to it."""
    has_lead = bool(found) and not found[-1].is_heading and found[-1].text.endswith(":")
    lead, paragraphs = list_paragraphs(items, found.pop().text if has_lead else "")
    found += [Block(lead, is_heading=False)] if lead else []
    found += [Block(text, is_heading=False, composed_of="list") for text in paragraphs]


def list_paragraphs(items: Sequence[str], lead: str = "", /) -> tuple[str, list[str]]:
    """A lead-in and what follows it.

    Items that are sentences stay paragraphs of their own; fragments become one sentence with the lead-in they hang on.

    >>> list_paragraphs(["iron deficiency", "pregnancy"], "Common causes are:")
    ('', ['Common causes are: iron deficiency; pregnancy.'])
    >>> list_paragraphs(["Rest.", "Stretch your legs."], "What helps:")
    ('What helps:', ['Rest.', 'Stretch your legs.'])
    """
    fragments = [_without_and(item) for item in items if item.strip(LOOSE_ENDS)]
    joined = f"{lead} {'; '.join(fragments)}".strip()
    if len(fragments) < 2 or len(joined) > LONGEST_JOINED or any(map(_is_sentence, fragments[:-1])):
        return lead, [item.strip() for item in items if item.strip()]
    return "", [joined if joined.endswith(SENTENCE_END) else f"{joined}."]


def table_sentences(rows: Sequence[Sequence[str]], /, *, header: Sequence[str] = (), caption: str = "") -> list[str]:
    """One sentence a row: what the row is about, then each column's name with its value.

    Args:
        rows: body rows, as wide as the header; an empty cell says nothing and is left out.
        header: names of the columns; empty if the table has none.
        caption: what the whole table is about.

    >>> table_sentences([["Women", "below 15", "15 to 150"]], header=["Group", "Low", "Normal"])
    ['Women: Low — below 15; Normal — 15 to 150.']
    """
    sentences = []
    for row in rows:
        names = [*header, *[""] * len(row)][: len(row)]
        about, *values = row
        said = [_named(name, value) for name, value in zip(names[1:], values, strict=True) if value.strip()]
        about = _ended(about) or _ended(names[0])
        about = f"{about} ({caption.strip().rstrip('.:')})" if caption.strip() else about
        if said and about:
            sentences.append(f"{about}: {'; '.join(said)}.")
        elif said or (about and not values):
            sentences.append(f"{'; '.join(said) or about}.")
    return sentences


def _named(name: str, value: str) -> str:
    return f"{_ended(name)} — {_ended(value)}" if name.strip() else _ended(value)


def _ended(cell: str) -> str:
    """A cell without the stop that would end the row's sentence early."""
    return cell.strip().rstrip(";:,").removesuffix(".")


def _without_and(item: str) -> str:
    item = item.strip()
    for word in (" and", " or"):
        if item.endswith((f",{word}", f";{word}")):
            item = item.removesuffix(word)
    return item.rstrip(LOOSE_ENDS)


def _is_sentence(text: str) -> bool:
    return text.endswith(SENTENCE_END) or ". " in text
