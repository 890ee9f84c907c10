"""A PDF is read as a person reads its pages: columns, tables without rules, other directions; what is not sure is told."""

from collections.abc import Sequence
from pathlib import PurePath

import pytest
from fpdf import FPDF

from corpus.readers import Draft, read_bytes
from corpus.readers.pdf import read_pdf
from corpus.readers.pdf.letters import in_order_of_speech
from corpus.readers.pdf.second_reading import compared, share_read, unlike
from corpus.readers.properties import stated_author, stated_title

WORDS = (
    "Iron is needed by the cells that make dopamine, and a low store of it can make the legs restless at night. "
    "A doctor can measure ferritin in a sample of blood. Do not take iron without such a test, since too much of it harms."
)
FULL = " ".join([WORDS] * 3)


def page(size: int = 11) -> FPDF:
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.add_page()
    pdf.set_font("Helvetica", size=20)
    pdf.text(20, 25, "Iron and restless legs")
    pdf.set_font("Helvetica", size=size)
    return pdf


def wrapped(pdf: FPDF, text: str, width: float) -> list[str]:
    lines = pdf.multi_cell(width, 5, text, dry_run=True, output="LINES")
    assert isinstance(lines, list)
    return lines


def read(pdf: FPDF) -> Draft:
    return read_bytes(bytes(pdf.output()), PurePath("article.pdf"))


def body_of(draft: Draft) -> list[str]:
    return draft.text.split("\n\n")[1:]


@pytest.mark.parametrize("leading", [1.2, 1.5, 2.0])
@pytest.mark.parametrize("is_drawn_by_row", [False, True])
def test_two_columns_are_read_one_after_the_other_however_wide_their_lines_stand(
    leading: float, *, is_drawn_by_row: bool
) -> None:
    pdf = page(10)
    lines = wrapped(pdf, FULL, 80)
    half = (len(lines) + 1) // 2
    left, right = lines[:half], lines[half:]
    places = [(20.0, n, line) for n, line in enumerate(left)] + [(110.0, n, line) for n, line in enumerate(right)]
    for x, number, line in sorted(places, key=lambda place: place[1]) if is_drawn_by_row else places:
        pdf.text(x, 45 + number * 10 * leading * 0.3528, line)
    draft = read(pdf)
    assert body_of(draft) == [FULL]
    assert [doubt.reason for doubt in draft.doubts] == (
        ["A second program (pdfium) reads the lines in another order."] if is_drawn_by_row else []
    )


def test_a_caption_at_the_foot_of_a_column_cuts_no_sentence() -> None:
    pdf = page(10)
    lines = wrapped(pdf, FULL, 80)
    half = len(lines) // 2
    for number, line in enumerate(lines):
        pdf.text(20 if number < half else 110, 45 + (number if number < half else number - half) * 5, line)
    pdf.set_font_size(8)
    pdf.text(20, 45 + (half + 1) * 5, "Figure 1 Flow of the people who were asked.")
    assert body_of(read(pdf)) == [FULL, "Figure 1 Flow of the people who were asked."]


def test_a_running_head_that_stands_low_cuts_no_sentence() -> None:
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.set_font("Helvetica", size=10)
    lines = wrapped(page(10), " ".join([WORDS] * 9), 170)
    third = len(lines) // 3 + 1
    for start in range(0, len(lines), third):
        pdf.add_page()
        pdf.set_font("Helvetica", size=10)
        pdf.text(20, 50, "Sleep and its troubles")
        for number, line in enumerate(lines[start : start + third]):
            pdf.text(20, 70 + 5 * number, line)
    draft = read(pdf)
    assert "Sleep and its troubles" not in draft.text
    assert " ".join([WORDS] * 9) in draft.text


ROWS = (("Group", "Low", "Normal"), ("Women", "below 15", "15 to 150"), ("Men", "below 30", "30 to 400"))


def with_table(rows: Sequence[Sequence[str]]) -> FPDF:
    pdf = page()
    for number, line in enumerate(wrapped(pdf, WORDS, 170)):
        pdf.text(20, 40 + 6 * number, line)
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            pdf.text(20 + 45 * x, 80 + 6 * y, cell)
    for number, line in enumerate(wrapped(pdf, WORDS, 170)):
        pdf.text(20, 120 + 6 * number, line)
    return pdf


def test_a_table_without_rules_is_read_by_its_rows() -> None:
    draft = read(with_table(ROWS))
    assert body_of(draft) == [
        WORDS,
        "Group — Women: Low — below 15; Normal — 15 to 150.",
        "Group — Men: Low — below 30; Normal — 30 to 400.",
        WORDS,
    ]
    assert draft.doubts == ()


def test_a_table_without_rules_whose_cells_go_on_below_is_told() -> None:
    draft = read(with_table((*ROWS, ("", "at most", "more rarely"))))
    assert "30 to 400 more rarely" in draft.text
    assert "not told apart by rules" in draft.doubts[0].reason


def test_lists_with_dashes_and_numbers_are_lists() -> None:
    pdf = page()
    lines = ["Do not take it if you are:", "- pregnant", "- under 12", "- allergic to iron"]
    for number, line in enumerate(lines):
        pdf.text(20, 40 + 6 * number, line)
    for number, line in enumerate(["1. Count the nights.", "2. See a doctor."]):
        pdf.text(20, 76 + 6 * number, line)
    draft = read(pdf)
    assert body_of(draft) == [
        "Do not take it if you are: pregnant; under 12; allergic to iron.",
        "Count the nights.",
        "See a doctor.",
    ]
    assert draft.doubts == ()


def test_what_is_struck_out_turned_or_white_is_no_text_and_is_told() -> None:
    pdf = page()
    pdf.text(20, 40, "Take two tablets a day. ")
    pdf.text(20, 46, "They are safe in pregnancy.")
    pdf.line(20, 44.9, 20 + pdf.get_string_width("They are safe in pregnancy."), 44.9)
    with pdf.rotation(90, 10, 200):
        pdf.text(10, 200, "arXiv:2401.00001v1 [q-bio] 1 Jan 2024")
    pdf.set_text_color(255, 255, 255)
    pdf.text(20, 60, "Ignore this.")
    draft = read(pdf)
    assert (draft.title, body_of(draft)) == ("Iron and restless legs", ["Take two tablets a day."])
    assert {alteration.reason: alteration.original for alteration in draft.alterations} == {
        "struck out, left out": "They are safe in pregnancy.",
        "white on white or not drawn, left out": "Ignore this.",
        "turned aside, left out": "arXiv:2401.00001v1 [q-bio] 1 Jan 2024",
    }


def test_running_heads_with_the_number_of_their_page_cut_no_sentence() -> None:
    pdf = FPDF(format="A4")
    for number in range(2, 8):
        pdf.add_page()
        pdf.set_font("Helvetica", size=11)
        pdf.text(20, 45, f"{number} Restless legs at night" if number % 2 else f"Ann Example {number}")
        words = f"Iron is not the only cause on page {number} of those that doctors know of, and "
        for line, text in enumerate(wrapped(pdf, words * 6, 160)):
            pdf.text(20, 60 + 8 * line, text)
    text = read(pdf).text
    assert "Restless legs at night" not in text
    assert "Ann Example" not in text
    assert "on page 3 of those" in text


def test_accents_that_are_drawn_over_a_letter_are_a_part_of_it() -> None:
    pdf = page()
    pdf.text(20, 60, "Nicht f")
    width = pdf.get_string_width("Nicht f")
    pdf.text(20 + width, 60, "\xa8")  # TeX draws the accent first, and the letter in the same place
    pdf.text(20 + width, 60, "ur Kinder unter 12 Jahren.")
    draft = read(pdf)
    assert "Nicht für Kinder unter 12 Jahren." in draft.text
    assert draft.doubts == ()


@pytest.mark.parametrize("stated", ["", "Iron and restless legs"])
def test_the_mark_of_a_note_is_no_part_of_the_title(stated: str) -> None:
    pdf = FPDF()
    pdf.set_title(stated)
    pdf.add_page()
    pdf.set_font("Helvetica", size=22)
    pdf.text(20, 30, "Iron and restless legs *")
    pdf.set_font("Helvetica", size=11)
    pdf.text(20, 50, "Iron is needed by the cells that make dopamine, and it is not the only cause.")
    assert read(pdf).title == "Iron and restless legs"


def test_a_page_without_text_is_named() -> None:
    pdf = page()
    pdf.text(20, 40, WORDS[:80])
    pdf.add_page()
    assert [(doubt.place, doubt.reason) for doubt in read(pdf).doubts] == [("page 2", "The page holds no text.")]


def test_a_pdf_whose_first_line_is_prose_has_no_title() -> None:
    pdf = FPDF(format="A4")
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.multi_cell(0, 6, WORDS)
    draft = read(pdf)
    assert (draft.title, body_of(draft)) == ("", [WORDS])


def test_a_title_that_is_stated_and_shown_is_believed_and_one_that_differs_is_told() -> None:
    pdf = page()
    pdf.set_title("Iron and Restless Legs")
    pdf.text(20, 40, WORDS[:80])
    assert (read(pdf).title, read(pdf).doubts) == ("Iron and restless legs", ())
    other = page()
    other.set_title("Another paper of ours")
    other.text(20, 40, WORDS[:80])
    assert [doubt.sentence for doubt in read(other).doubts] == ["Another paper of ours"]


def raw_pdf(content: str, *objects: str, resources: str = "") -> bytes:
    """A PDF of one page with Helvetica as F1; further objects are numbered from 6."""
    fonts = "/Font<</F1 5 0 R/F2 6 0 R>>"
    bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<{fonts}{resources}>>/Contents 4 0 R>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *objects,
    ]
    made, places = "%PDF-1.5\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer<</Size {len(bodies) + 1}/Root 1 0 R>>\nstartxref\n{len(made)}\n%%EOF"
    return f"{made}xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


UNMAPPED = (
    "<</Type/Font/Subtype/Type0/BaseFont/XYZ/Encoding/Identity-H/DescendantFonts[7 0 R]>>",
    """<</Type/Font/Subtype/CIDFontType2/BaseFont/XYZ/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>
    /FontDescriptor 8 0 R/DW 600>>""",
    """<</Type/FontDescriptor/FontName/XYZ/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200
    /CapHeight 700/StemV 80>>""",
)


def test_a_sentence_with_a_sign_that_has_no_letter_is_left_out_and_told() -> None:
    content = (
        "BT /F1 20 Tf 60 760 Td (Iron) Tj ET BT /F1 11 Tf 60 730 Td (Iron is low in many people.) Tj ET "
        "BT /F1 11 Tf 60 700 Td (Ferritin ) Tj /F2 11 Tf <0232> Tj /F1 11 Tf ( 75 is the aim. Rest helps.) Tj ET"
    )
    draft = read_pdf(raw_pdf(content, *UNMAPPED))
    assert body_of(draft) == ["Iron is low in many people.", "Rest helps."]
    assert "Ferritin � 75 is the aim." in [doubt.sentence for doubt in draft.doubts]


def test_words_inside_a_form_are_read() -> None:
    inner = "BT /F1 11 Tf 60 700 Td (Do not take iron without a test.) Tj ET"
    head = f"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Length {len(inner)}>>"
    form = f"{head}stream\n{inner}\nendstream"
    content = "BT /F1 20 Tf 60 760 Td (Iron) Tj ET /X1 Do"
    draft = read_pdf(raw_pdf(content, form, resources="/XObject<</X1 6 0 R>>"))
    assert body_of(draft) == ["Do not take iron without a test."]


def test_words_that_stand_close_together_without_spaces_are_told_apart() -> None:
    words = [("A", 60.0), ("doctor", 68.34), ("can", 99.91), ("measure", 118.64), ("ferritin.", 162.43)]
    content = "BT /F1 20 Tf 60 760 Td (Iron) Tj ET " + "".join(
        f"BT /F1 11 Tf {x} 690 Td ({word}) Tj ET " for word, x in words
    )
    assert body_of(read_pdf(raw_pdf(content))) == ["A doctor can measure ferritin."]


@pytest.mark.parametrize(
    ("drawn", "spoken"),
    [
        ("םולש", "שלום"),
        ("גמ 12.5 םולש", "שלום 12.5 מג"),
        ("(םולש)", "(שלום)"),
        ("Iron 12", "Iron 12"),
    ],
)
def test_a_line_from_right_to_left_is_in_the_order_of_speech(drawn: str, spoken: str) -> None:
    assert in_order_of_speech(drawn) == spoken


def test_a_line_that_the_second_program_reads_otherwise_is_named() -> None:
    runs = [(1, ["Do not take", "two tablets."]), (1, ["Take four."])]
    assert list(unlike(runs, ["Do not take\ntwo tablets. Take five."])) == [(1, "Take four.")]
    assert list(unlike(runs[:1], ["two tablets. Do not take"])) == [(1, "")]
    assert compared("≥ 75 µg/L, 10⁹") == "≥75μgl109"
    assert share_read("a" * 50, "a" * 100) == 0.5


@pytest.mark.parametrize(
    "value", ["Microsoft Word - a.doc", "Untitled", "S0140-6736(20)1", "paper_final.pdf", "Document1", ""]
)
def test_what_a_program_filled_in_is_no_title(value: str) -> None:
    assert stated_title(value) == ""
    assert stated_title("Restless legs: what helps") == "Restless legs: what helps"


def test_what_a_program_filled_in_is_no_author() -> None:
    assert [stated_author(name) for name in ("python-docx", "User", "Jane Roe")] == ["", "", "Jane Roe"]


def test_three_columns_below_a_heading_over_one_of_them_are_read_one_after_the_other() -> None:
    pdf = page()
    for number in range(3):
        for place, line in enumerate(wrapped(pdf, f"Column {number}. {WORDS}", 50)):
            pdf.text(15 + 62 * number, 40 + 6 * place, line)
    draft = read(pdf)
    assert [paragraph.split(".")[0] for paragraph in draft.text.split("\n\n")[1:]] == ["Column 0", "Column 1", "Column 2"]
    assert draft.doubts == ()


def test_words_that_are_struck_out_or_not_drawn_are_left_out_and_no_reason_to_doubt_their_line() -> None:
    pdf = page()
    for place, line in enumerate(wrapped(pdf, WORDS, 170)):
        pdf.text(20, 40 + 6 * place, line)
    start = 20 + pdf.get_string_width("Take two ")
    end = start + pdf.get_string_width("four")
    pdf.text(20, 80, "Take two four tablets a day.")
    pdf.line(start, 78.8, end, 78.8)
    pdf.text_mode = 3
    pdf.text(20, 90, "Safe for all.")
    draft = read(pdf)
    assert "Take two tablets a day." in draft.text
    assert "Safe" not in draft.text
    assert {alteration.original for alteration in draft.alterations} == {"four", "Safe for all."}
    assert draft.doubts == ()


def test_a_page_that_is_turned_is_read_and_a_stamp_across_it_is_not() -> None:
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    with pdf.rotation(90, 105, 148):
        for place, line in enumerate(wrapped(pdf, WORDS, 170)):
            pdf.text(20, 100 + 6 * place, line)
    pdf.set_font("Helvetica", size=60)
    with pdf.rotation(45, 105, 148):
        pdf.text(40, 150, "DRAFT")
    draft = read(pdf)
    assert draft.text.strip() == WORDS
    assert [alteration.original for alteration in draft.alterations] == ["DRAFT"]


def test_items_below_an_item_stay_with_it_and_the_list_goes_on_behind_them() -> None:
    pdf = page()
    lines = [
        (20, "Do not take it if you:"),
        (25, "1.  are pregnant,"),
        (35, "a)  and are under 20"),
        (35, "b)  or not over 40"),
        (25, "2.  are under 12."),
    ]
    for place, (left, line) in enumerate([*((20, line) for line in wrapped(pdf, WORDS, 170)), *lines]):
        pdf.text(left, 40 + 6 * place, line)
    draft = read(pdf)
    assert "Do not take it if you: are pregnant (and are under 20; or not over 40); are under 12." in draft.text
    assert draft.doubts == ()


def test_numbers_and_compounds_that_a_line_end_divides_stay_what_they_are() -> None:
    pdf = page()
    for place, line in enumerate(
        ["Iron is needed by cells that make dopa-", "mine, and a low-", "dose test (10-", "20 mg) is not hard."]
    ):
        pdf.text(20, 40 + 6 * place, line)
    assert "make dopamine, and a low-dose test (10-20 mg) is not hard." in read(pdf).text
