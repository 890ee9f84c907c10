"""A document built of known sentences is read back: in every format nothing of it is lost or changed without a word."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import PurePath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.readers import Draft, read_bytes
from tests import written_documents

SUBJECTS = "Iron, Ferritin, The dose, Dopamine, A tablet, The blood count".split(", ")
VERBS = "is, is not, is never, was, must not be, may be, cannot be".split(", ")
NUMBERS = "75, 0.5, 1,000, 10–20, −5, 12.5 %, 10⁹, 3, 45".split(", ")
FRAGMENTS = (
    "restless legs at night, no sleep, kidney failure, pregnancy, not enough iron, pain in the calf, tea or coffee".split(
        ", "
    )
)


@dataclass(frozen=True)
class Part:
    """One heading, paragraph, list or table: `kind`, what leads to it, and its rows of words."""

    kind: str
    lead: str
    rows: tuple[tuple[str, ...], ...]


FIRST = (
    "Iron is needed by the cells that make dopamine, and a low store of iron can make the legs restless. A doctor can "
    "measure ferritin in a sample of blood, and many people have a store that is low without knowing it."
)
LAST = (
    "Some medicines make the complaint worse. Nobody should stop a medicine without asking the doctor who prescribed it, "
    "since the complaint behind it may come back and be worse than the legs."
)
OPENING, CLOSING = Part("paragraph", "", ((FIRST,),)), Part("paragraph", "", ((LAST,),))

numbers = st.sampled_from(NUMBERS)
sentences = st.builds(
    lambda subject, verb, low, high: f"{subject} {verb} below {low} or above {high} in most people.",
    st.sampled_from(SUBJECTS), st.sampled_from(VERBS), numbers, numbers,
)  # fmt: skip
items = st.builds(lambda words, number: f"{words} over {number} days", st.sampled_from(FRAGMENTS), numbers)
paragraphs = st.lists(sentences, min_size=1, max_size=3).map(lambda each: Part("paragraph", "", ((" ".join(each),),)))
lists = st.lists(items, min_size=2, max_size=5, unique=True).map(
    lambda each: Part("list", "Do not take it if you have:", tuple((item,) for item in each))
)
tables = st.lists(st.tuples(st.sampled_from(["Women", "Men", "Children"]), numbers, numbers), min_size=1, max_size=4).map(
    lambda rows: Part("table", "", (("Group", "Low value", "High value"), *rows))
)
headings = st.sampled_from(["What helps", "Values", "When to ask", "In children"]).map(
    lambda text: Part("heading", "", ((text,),))
)
documents = st.lists(st.one_of(paragraphs, lists, tables, headings), min_size=1, max_size=7).map(
    # Enough prose, before and behind, to be an article for those who look for one on a page.
    lambda parts: [OPENING, *parts, CLOSING]
)


def as_html(parts: list[Part]) -> bytes:
    body = []
    for part in parts:
        rows = [[escape(cell).replace("10⁹", "10<sup>9</sup>") for cell in row] for row in part.rows]
        if part.kind == "heading":
            body.append(f"<h2>{rows[0][0]}</h2>")
        elif part.kind == "paragraph":
            body.append(f"<p>{rows[0][0]} <del>The dose is 999 tablets.</del></p>")
        elif part.kind == "list":
            body.append(f"<p>{part.lead}</p><ul>{''.join(f'<li><a href=/x>{row[0]}</a></li>' for row in rows)}</ul>")
        else:
            head, *others = rows
            cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in others)
            body.append(f"<table><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>{cells}</table>")
    around = "<nav><ul><li><a href=/>Home</a></li></ul></nav><main><article><h1>Iron and legs</h1>{}</article></main>"
    return f"<!doctype html><title>Iron and legs</title><meta charset=utf-8>{around.format(''.join(body))}".encode()


def as_markdown(parts: list[Part]) -> bytes:
    body = ["# Iron and legs"]
    for part in parts:
        if part.kind == "heading":
            body.append(f"## {part.rows[0][0]}")
        elif part.kind == "paragraph":
            body.append(f"{part.rows[0][0]} ~~The dose is 999 tablets.~~")
        elif part.kind == "list":
            body.append(part.lead + "\n\n" + "\n".join(f"- {row[0]}" for row in part.rows))
        else:
            head, *others = (" | ".join(row) for row in part.rows)
            body.append("\n".join(f"| {row} |" for row in (head, "--- | --- | ---", *others)))
    return "\n\n".join(body).encode()


def as_text(parts: list[Part]) -> bytes:
    body = ["Iron and legs"]
    for part in parts:
        if part.kind == "table":
            body += [f"{row[0]} has {row[1]} and {row[2]}." for row in part.rows]
        else:
            body.append("\n".join(filter(None, [part.lead, *(f"- {row[0]}" if part.lead else row[0] for row in part.rows)])))
    return "\n\n".join(body).encode()


def squashed(text: str) -> str:
    """Letters, digits and the signs of numbers, without what joins words and lines."""
    return re.sub(r"[^\w.,%−⁹]|(?<!\d)[.,]|[.,](?!\d)", "", text.replace(" over ", "over")).casefold()


def lost(parts: list[Part], draft: Draft) -> list[str]:
    """What is neither in the text nor in a doubt, in the order of the document."""
    text = squashed(draft.text)
    doubted = squashed(" ".join(f"{doubt.reason} {doubt.sentence}" for doubt in draft.doubts))
    cells = [cell for part in parts for row in part.rows for cell in row if cell != "Group"]  # it names the column of names
    return [cell for cell in cells if squashed(cell) not in text and squashed(cell) not in doubted]


def as_sections(parts: list[Part]) -> list[written_documents.Part]:
    """The same for those who write files of sections: each part has a heading of its own."""
    made = []
    for number, part in enumerate(parts):
        name = f"Section {chr(ord('A') + number)}"
        words = tuple(row[0] for row in part.rows)
        if part.kind == "table":
            made.append(written_documents.Part(name, ("These are values.",), rows=part.rows))
        elif part.kind == "list":
            made.append(written_documents.Part(name, lead=part.lead, items=words))
        else:
            made.append(written_documents.Part(name, words))
    return made


def in_latin_letters(parts: list[Part]) -> list[Part]:
    """The same with the letters of the fonts that every reader of PDFs has."""
    table = str.maketrans({"⁹": "7", "−": "-", "–": "-"})
    return [
        Part(part.kind, part.lead, tuple(tuple(cell.translate(table) for cell in row) for row in part.rows))
        for part in parts
    ]


TEXTS: dict[str, Callable[[list[Part]], bytes]] = {".html": as_html, ".md": as_markdown, ".txt": as_text}
SLOW_TO_WRITE = (".docx", ".pdf")
FORMATS = [*TEXTS, *written_documents.WRITERS]


@pytest.mark.parametrize("ending", FORMATS)
def test_nothing_of_a_document_is_lost_or_changed_without_a_doubt(ending: str) -> None:
    assert_nothing_lost(ending, examples=100 if ending in TEXTS else 4 if ending in SLOW_TO_WRITE else 10)


@pytest.mark.slow
@pytest.mark.timeout(1800)  # to write 300 Word files takes minutes
@pytest.mark.parametrize("ending", FORMATS)
def test_nothing_of_three_hundred_documents_is_lost_or_changed_without_a_doubt(ending: str) -> None:
    assert_nothing_lost(ending, examples=300)


def assert_nothing_lost(ending: str, *, examples: int) -> None:
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(documents)
    def holds(drawn: list[Part]) -> None:
        parts = in_latin_letters(drawn) if ending == ".pdf" else drawn
        if ending in TEXTS:
            content, title = TEXTS[ending](parts), "Iron and legs"
        else:
            content, title = written_documents.WRITERS[ending](as_sections(parts)), written_documents.TITLE
        draft = read_bytes(content, PurePath(f"iron{ending}"))
        assert lost(parts, draft) == []
        assert draft.title == title
        assert "999" not in draft.text  # it is struck out
        unmarked = "does this row name the table's columns?"  # asked, since nothing in a Word file of these marks it
        assert [doubt for doubt in draft.doubts if not doubt.reason.startswith(unmarked)] == []

    holds()


def test_what_was_made_of_a_list_or_a_table_is_known_by_its_place() -> None:
    table = "| Group | Low |\n| --- | --- |\n| Men | 30 |\n"
    draft = read_bytes(f"# Iron\n\nSigns are:\n\n- pain\n- no rest\n\nTea is hot.\n\n{table}".encode(), PurePath("iron.md"))
    list_, row = draft.composed
    assert (list_.of, draft.text[list_.start : list_.end]) == ("list", "Signs are: pain; no rest.")
    assert row.of == "table"
    assert "Low — 30" in draft.text[row.start : row.end]
