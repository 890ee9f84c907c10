"""Each row of a table, each item of a list and each step, in every format, is read and quoted with what it is about."""

import io
from collections.abc import Callable, Sequence
from datetime import date

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, Source
from corpus.readers import Draft
from corpus.readers.markdown import read_markdown
from corpus.readers.office.word import read_word
from corpus.readers.pdf import read_pdf
from corpus.readers.web.page import read_web_page
from index.passages import PassageTable, opening, split
from tests.article_files import pdf_article

TITLE = "Restless legs at night"
FRAGMENTS = "Common triggers include:", ["late coffee", "some antihistamines", "long flights", "low iron"]
SENTENCES = "What helps at night:", ["Walk up and down.", "Stretch both calves. Hold them.", "Rub the legs.", "Take a bath."]
STEPS = "To put on the stockings:", ["Sit down.", "Turn the leg inside out.", "Slip in the foot.", "Pull it up."]
LISTS = [FRAGMENTS, SENTENCES, STEPS]
TABLE_LEAD = "Grades of the rating scale:"
TABLE = [
    ["Score", "Grade", "Nights"],
    ["1 to 10", "mild", "few"],
    ["11 to 20", "moderate", "several"],
    ["21 to 30", "severe", "most"],
]


def marked(items: Sequence[str], lead: str) -> list[str]:
    return [f"{number}. {item}" if lead == STEPS[0] else f"- {item}" for number, item in enumerate(items, 1)]


def as_markdown() -> Draft:
    lists = ["\n\n".join([f"## About {lead[:6].lower()}", lead, "\n".join(marked(items, lead))]) for lead, items in LISTS]
    rows = [f"| {' | '.join(row)} |" for row in (TABLE[0], ["---"] * 3, *TABLE[1:])]
    return read_markdown("\n\n".join([f"# {TITLE}", *lists, "## Numbers", TABLE_LEAD, "\n".join(rows)]))


def as_web_page() -> Draft:
    lists = ""
    for lead, items in LISTS:
        tag = "ol" if lead == STEPS[0] else "ul"
        lists += f"<h2>About</h2><p>{lead}</p><{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"
    head, *body = TABLE
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in body)
    table = f"<table><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>{cells}</table>"
    page = f"<html><body><article><h1>{TITLE}</h1>{lists}<h2>Numbers</h2><p>{TABLE_LEAD}</p>{table}</article></body></html>"
    return read_web_page(page.encode())


def as_word() -> Draft:
    document = docx.Document()
    document.add_paragraph(TITLE, style="Title")
    for lead, items in LISTS:
        document.add_heading("About", level=1)
        document.add_paragraph(lead)
        for item in items:
            document.add_paragraph(item, style="List Number" if lead == STEPS[0] else "List Bullet")
    document.add_heading("Numbers", level=1)
    document.add_paragraph(TABLE_LEAD)
    table = document.add_table(rows=len(TABLE), cols=len(TABLE[0]))
    for row, texts in zip(table.rows, TABLE, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.paragraphs[0].add_run(text).bold = texts is TABLE[0]
    content = io.BytesIO()
    document.save(content)
    return read_word(content.getvalue())


def as_pdf() -> Draft:
    lines = [("title", TITLE)]
    for lead, items in LISTS:
        lines += [("heading", "About"), ("line", lead)]
        lines += [("line", text) if lead == STEPS[0] else ("bullet", text[2:]) for text in marked(items, lead)]
        lines.append(("gap", ""))
    return read_pdf(pdf_article([[*lines, ("heading", "Numbers"), ("line", TABLE_LEAD)]], table=TABLE))


FORMATS = [as_markdown, as_web_page, as_word, as_pdf]


def told(draft: Draft) -> list[tuple[str, str, str]]:
    """Of each passage its sentence, what the encoder reads for it, and what is quoted with it."""
    source = Source(draft.title, "", "", "", None, date.min, "", "")
    document = Document("legs", draft.text, draft.sections, source)
    table = PassageTable.of([document], split(document))
    quoted = [table.rows_to_quote(row) for row in range(len(table))]
    quotes = [draft.text[table[first].start : table[last].end] for first, last in quoted]
    return [(table.text(row), table.reading_text(row), quotes[row]) for row in range(len(table))]


def assert_said_with(subjects: Sequence[str], words: str, draft: Draft) -> None:
    """Wherever some words stand, what they are about is read and quoted before them."""
    found = [(read, quote) for sentence, read, quote in told(draft) if words in sentence]
    assert found, words
    for read, quote in found:
        for subject in subjects:
            assert 0 <= read.find(subject) < read.index(words)
            assert 0 <= quote.find(subject) < quote.index(words)


@pytest.mark.parametrize("article", FORMATS)
@pytest.mark.parametrize(("lead", "items"), LISTS, ids=["fragments", "sentences", "steps"])
def test_each_item_is_read_and_quoted_with_its_lead_in(lead: str, items: list[str], article: Callable[[], Draft]) -> None:
    draft = article()
    for item in items:
        for sentence in item.split(". "):
            assert_said_with([lead], sentence, draft)


@pytest.mark.parametrize("article", FORMATS)
@pytest.mark.parametrize("row", TABLE[1:], ids=lambda row: row[0])
def test_each_row_is_one_sentence_that_names_its_table_its_columns_and_its_values(
    row: list[str], article: Callable[[], Draft]
) -> None:
    sentence = f"{TABLE_LEAD} Score — {row[0]}: Grade — {row[1]}; Nights — {row[2]}."
    (found,) = [each for each in told(article()) if row[0] in each[0]]
    assert found == (sentence, f"{opening(TITLE, 'Numbers')}{sentence}", sentence)


@pytest.mark.parametrize("article", FORMATS)
def test_a_lead_in_is_quoted_with_its_whole_list_and_a_step_with_those_before_it(article: Callable[[], Draft]) -> None:
    quotes = {sentence: quote.split("\n") for sentence, _, quote in told(article())}
    assert quotes[STEPS[0]] == [STEPS[0], *STEPS[1]]
    assert quotes["Slip in the foot."] == [STEPS[0], *STEPS[1][:3]]


words = st.from_regex(r"[a-z]{3,9}( [a-z]{3,9}){0,8}", fullmatch=True)


@given(lead=words, items=st.lists(words, min_size=1, max_size=40, unique=True), stops=st.lists(st.booleans(), min_size=40))
def test_items_of_any_number_and_kind_are_quoted_with_their_lead_in(lead: str, items: list[str], stops: list[bool]) -> None:
    said = [f"{item.capitalize()}." if stop else item for item, stop in zip(items, stops, strict=False)]
    draft = read_markdown("\n".join(["# Up", "", f"Of {lead}:", "", *(f"- {item}" for item in said)]))
    for item in said:
        assert_said_with([f"Of {lead}:"], item, draft)


@given(cells=st.lists(st.tuples(words, words, words), min_size=1, max_size=12), names=st.tuples(words, words, words))
def test_rows_of_any_table_are_one_sentence_each(cells: list[tuple[str, str, str]], names: tuple[str, str, str]) -> None:
    lines = [" | ".join(row) for row in (names, ("---",) * 3, *cells)]
    draft = read_markdown("\n".join(["# Up", "", "Values are:", "", *lines]))
    assert [sentence for sentence, _, _ in told(draft)] == [
        f"Values are: {names[0]} — {first}: {names[1]} — {second}; {names[2]} — {third}." for first, second, third in cells
    ]
