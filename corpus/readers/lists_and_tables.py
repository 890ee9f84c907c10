"""Lists and tables as text in which every item and every row says what it is about.

Fragments become sentences, each opened by the lead-in that they hang on. Items that are sentences stand each on a line of
its own right below the lead-in, with no blank line between: `index.passages` reads and quotes such a line with the lead-in.
A row is one sentence that names its table, its own column and each value's column.
"""

from collections.abc import Callable, Sequence

from sentencex import get_sentence_boundaries

from corpus.doubts import Doubt
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Block

LONGEST_TOGETHER = 500  # characters of a list that one lead-in opens; what follows is opened by it again
FEWEST_WORDS = 4  # of a sentence that stands across a table
LANGUAGE = "en"  # as in `index.passages`
SENTENCE_END = (".", "!", "?", "…", ".”", "!”", "?”", '."', '!"', '?"', ".)")
COLONS = (":", "：")
LOOSE_ENDS = " ,;"
DRAWN = LinearPattern(r"\+[-=]{2,}[-=+]*\+|(?:^|\n)\s*\|.*\|.*\||-{3,} +-{3,}|[│┃║]")
TABLE_NUMBER = LinearPattern(r"(?i)table\s+\d{1,3}\s*[.:–—-]\s*")


def add_list(found: list[Block], items: Sequence[str], /, *, needs_colon: bool = False) -> None:
    """Add a list to the blocks found before it, the last of which leads to it if it is a paragraph that `hangs`."""
    if not any(item.strip(LOOSE_ENDS) for item in items):
        return
    is_lead = bool(found) and not found[-1].is_heading and hangs(found[-1].text, needs_colon=needs_colon)
    lead = found.pop().text if is_lead else ""
    heading = next((block.text for block in reversed(found) if block.is_heading), "")
    paragraphs = list_paragraphs(items, lead, heading=heading)
    found += [Block(text, is_heading=False, composed_of="list") for text in paragraphs]


def hangs(paragraph: str, /, *, needs_colon: bool = False) -> bool:
    """Whether a paragraph is no whole sentence, and so leads to what follows it; `needs_colon` to believe it.

    >>> hangs("The signs may include"), hangs("There are many signs.")
    (True, False)
    """
    return paragraph.endswith(COLONS) if needs_colon else not paragraph.endswith(SENTENCE_END)


def list_paragraphs(items: Sequence[str], lead: str = "", /, *, heading: str = "") -> list[str]:
    r"""The paragraphs that a list becomes.

    Args:
        items: what each says; one with several lines holds a list of its own.
        lead: the paragraph that leads to the list; empty if none does.
        heading: opens fragments that nothing leads to.

    >>> list_paragraphs(["iron deficiency", "pregnancy"], "Common causes are:")
    ['Common causes are: iron deficiency; pregnancy.']
    >>> list_paragraphs(["Rest.", "Stretch your legs."], "What helps:")
    ['What helps:\nRest.\nStretch your legs.']
    """
    fragments = [fragment for item in items if (fragment := _without_and(item))]
    if not any(map(_is_sentence, fragments[:-1] or fragments)):
        return _in_parts(lead or heading, fragments, lambda part: f" {_with_stop('; '.join(part))}")
    sentences = [_with_stop(item.strip()) for item in items if item.strip(LOOSE_ENDS)]
    return _in_parts(lead, sentences, lambda part: "".join(f"\n{item}" for item in part)) if lead else sentences


def table_sentences(rows: Sequence[Sequence[str]], /, *, header: Sequence[str] = (), lead: str = "") -> list[str]:
    """One sentence a row: what the table and the row are about, then each column's name with its value.

    Args:
        rows: body rows, as wide as the header; an empty cell says nothing and is left out. A single cell in a wider table
            says what the rows below it are about, unless it is a sentence or the last.
        header: names of the columns; empty if the table has none.
        lead: the table's caption, or the words that lead to it.

    >>> table_sentences([["Women", "below 15", "15 to 150"]], header=["Group", "Low", "Normal"], lead="Ferritin.")
    ['Ferritin: Group — Women: Low — below 15; Normal — 15 to 150.']
    """
    sentences: list[str] = []
    about = lead_in(lead)
    width = max(map(len, [header, *rows]), default=0)
    last = max((at for at, row in enumerate(rows) if len(row) > 1), default=-1)
    for at, row in enumerate(rows):
        is_alone = len(row) == 1 < width
        if is_alone and (at > last or _is_note(row[0])):
            sentences += [_with_stop(row[0].strip())] if row[0].strip() else []
            continue
        if is_alone:
            about = f"{lead_in(lead)} {lead_in(row[0])}".strip()
            continue
        names = [*header, *[""] * width]
        first, *values = [_named(name, value) for name, value in zip(names, row, strict=False)]
        said = "; ".join(filter(None, values))
        subject = first or _clause(names[0])
        if said or (subject and not values):
            sentences.append(f"{about} {': '.join(filter(None, (subject, said)))}.".strip())
    return sentences


def lead_in(words: str, /) -> str:
    """Words that open each row of a table, without the table's number.

    >>> lead_in("Table 2. Ferritin by group.")
    'Ferritin by group:'
    """
    number = TABLE_NUMBER.match(words)
    clause = _clause(words[number.end() :] if number else words)
    return f"{clause}:" if clause else ""


def table_lead(paragraph: str, /) -> tuple[str, str]:
    """What stays of the paragraph before a table, and what leads to the table.

    >>> table_lead("It differs. The values are:"), table_lead("It differs.")
    (('It differs.', 'The values are:'), ('It differs.', ''))
    """
    if TABLE_NUMBER.match(paragraph) is not None:
        return "", paragraph
    return _before_last(paragraph) if hangs(paragraph) else (paragraph, "")


def drawn_tables(text: str, /) -> list[Doubt]:
    """A doubt for each paragraph that is a table drawn with signs, whose cells nothing tells apart."""
    reason = "looks like a table that is drawn with signs; write each row as a sentence, or make it a table of Markdown:"
    return [Doubt(reason, paragraph) for paragraph in text.split("\n\n") if DRAWN.search(paragraph)]


def _before_last(paragraph: str) -> tuple[str, str]:
    """A paragraph without its last sentence, and that sentence."""
    starts = [boundary["start_index"] for boundary in get_sentence_boundaries(LANGUAGE, paragraph)]
    start = starts[-1] if starts else 0
    return paragraph[:start].strip(), paragraph[start:].strip()


def _in_parts(lead: str, items: Sequence[str], joined: Callable[[Sequence[str]], str]) -> list[str]:
    """Paragraphs of items, each opened by the lead-in: the first by all of it, the others by its last sentence."""
    groups = _groups(items)
    openings = [_opening(lead), *[_opening(_before_last(lead)[1])] * len(groups)]
    return [
        f"{opening}{joined(group) if len(group) > 1 else f' {_with_stop(group[0])}'}".strip()
        for opening, group in zip(openings, groups, strict=False)
    ]


def _groups(items: Sequence[str]) -> list[list[str]]:
    """Items that are short together; one that is long by itself, or has lines of its own, alone."""
    groups: list[list[str]] = []
    room = 0
    for item in items:
        is_alone = len(item) > LONGEST_TOGETHER or "\n" in item
        if is_alone or len(item) > room:
            groups.append([])
            room = LONGEST_TOGETHER
        groups[-1].append(item)
        room = 0 if is_alone else room - len(item)
    return groups


def _opening(lead: str) -> str:
    lead = lead.strip()
    return lead if lead.endswith(COLONS) or not lead else f"{lead.rstrip(' .,;?!…–—-')}:"


def _named(name: str, value: str) -> str:
    value = _clause(value)
    return " — ".join(filter(None, (_clause(name), value))) if value else ""


def _clause(text: str) -> str:
    """The text of a cell without the stops that would end the row's sentence early."""
    sentences = (text[each["start_index"] : each["end_index"]] for each in get_sentence_boundaries(LANGUAGE, text))
    return "; ".join(filter(None, (sentence.strip().rstrip(";:,").removesuffix(".") for sentence in sentences)))


def _is_note(text: str) -> bool:
    """Whether a cell as wide as its table is a sentence of its own, and no title of the rows below it."""
    return text.strip().endswith(".") and len(text.split()) >= FEWEST_WORDS


def _with_stop(text: str) -> str:
    return text if text.endswith((*SENTENCE_END, *COLONS)) else f"{text}."


def _without_and(item: str) -> str:
    item = item.strip()
    for word in (" and", " or"):
        if item.endswith((f",{word}", f";{word}")):
            item = item.removesuffix(word)
    return item.rstrip(LOOSE_ENDS)


def _is_sentence(text: str) -> bool:
    return text.endswith(SENTENCE_END) or ". " in text or "\n" in text
