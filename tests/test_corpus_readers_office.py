"""Word, OpenDocument, RTF and EPUB: what is seen is read, what is struck out, hidden or deleted is not, and is told."""

import io
import zipfile
from pathlib import PurePath

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from corpus import CorpusError
from corpus.readers import Draft, read_bytes, shown_by
from corpus.readers.office.word import read_word
from tests.written_documents import OFFICE, TITLE, archive, book_of, opendocument_of, rich_text_of

W = nsdecls("w")
CELLS = ["Dose", "Improved", "Unwell", "500 mg", "52%", "none"]
MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def word_of(*paragraphs: str, title: str = TITLE) -> bytes:
    """A Word file of a title and of paragraphs given as the XML inside `w:body`."""
    document = docx.Document()
    document.core_properties.title = ""
    if title:
        document.add_paragraph(title, style="Title")
    body = document.element.body
    for xml in paragraphs:
        body.insert(len(body) - 1, parse_xml(xml.replace("<w:p>", f"<w:p {W} {MATH}>", 1)))
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def read(data: bytes, ending: str) -> Draft:
    return read_bytes(data, PurePath(f"article{ending}"))


def body_of(draft: Draft) -> list[str]:
    return draft.text.split("\n\n")[1:]


def told(draft: Draft) -> list[tuple[str, str]]:
    return [(alteration.reason, alteration.original) for alteration in draft.alterations]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ("<w:strike/>", "struck out, left out"),
        ("<w:dstrike/>", "struck out, left out"),
        ("<w:vanish/>", "hidden, left out"),
        ('<w:color w:val="FFFFFF"/>', "white on white, left out"),
        ('<w:sz w:val="2"/>', "too small to be seen, left out"),
    ],
)
def test_what_nobody_sees_in_a_word_file_is_no_text_and_is_told(properties: str, reason: str) -> None:
    draft = read(word_of(paragraph(run("Take "), run("four", properties), run(" two tablets."))), ".docx")
    assert body_of(draft) == ["Take two tablets."]
    assert told(draft) == [(reason, "four")]
    assert draft.doubts == ()


def test_a_run_that_says_it_is_not_struck_out_is_seen() -> None:
    draft = read(word_of(paragraph(run("Take two.", '<w:strike w:val="0"/><w:vanish w:val="false"/>'))), ".docx")
    assert body_of(draft) == ["Take two."]


def test_tracked_deletions_of_words_rows_and_paragraph_ends_are_no_text() -> None:
    ended = (
        '<w:p><w:pPr><w:rPr><w:del w:id="1" w:author="A"/></w:rPr></w:pPr>'
        f'{run("Do ")}<w:del w:id="2" w:author="A"><w:r><w:delText>always </w:delText></w:r></w:del></w:p>'
    )
    draft = read(word_of(ended, paragraph(run("not take it."))), ".docx")
    assert body_of(draft) == ["Do not take it."]
    assert told(draft) == [("deleted in a tracked change, left out", "always")]
    assert draft.doubts == ()


EQUATIONS = [
    ("<m:f><m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>4</m:t></m:r></m:den></m:f>", "3/4"),
    ("<m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>9</m:t></m:r></m:sup></m:sSup>", "10⁹"),
    ("<m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>3.5</m:t></m:r></m:sup></m:sSup>", "10^3.5"),
    ("<m:rad><m:deg/><m:e><m:r><m:t>a+b</m:t></m:r></m:e></m:rad>", "√(a+b)"),
]


@pytest.mark.parametrize(("equation", "written"), EQUATIONS)
def test_an_equation_is_written_in_one_line(equation: str, written: str) -> None:
    draft = read(word_of(paragraph(run("It is "), f"<m:oMath>{equation}</m:oMath>", run(" of the dose."))), ".docx")
    assert body_of(draft) == [f"It is {written} of the dose."]


def test_the_sentence_of_an_equation_that_no_line_holds_is_left_out_and_told() -> None:
    matrix = "<m:oMath><m:m><m:mr><m:e><m:r><m:t>1</m:t></m:r></m:e></m:mr></m:m></m:oMath>"
    others = [paragraph(run(f"Sentence {number} of the text stays.")) for number in "ABCDE"]
    draft = read(word_of(paragraph(run("It helps. The dose is "), matrix, run(" a day.")), *others), ".docx")
    assert body_of(draft)[0] == "It helps."
    assert [doubt.sentence for doubt in draft.doubts] == ["The dose is � a day."]


@pytest.mark.parametrize(
    "symbol",
    [
        '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>',
        run("\uf0b3", '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>'),
        run("³", '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>'),
    ],
)
def test_a_sign_of_a_symbol_font_is_the_letter_that_it_stands_for(symbol: str) -> None:
    assert body_of(read(word_of(paragraph(run("Ferritin "), symbol, run(" 75."))), ".docx")) == ["Ferritin ≥ 75."]


def test_a_text_box_comes_behind_its_paragraph_and_a_content_control_in_its_place() -> None:
    box = f"<w:r><w:pict><w:txbxContent>{paragraph(run('Warning: test first.'))}</w:txbxContent></w:pict></w:r>"
    control = f"<w:sdt><w:sdtContent>{run('a day')}</w:sdtContent></w:sdt>"
    hint = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Click here.')}</w:sdtContent></w:sdt>"
    draft = read(word_of(paragraph(run("Take two "), box, control, run(".")), paragraph(hint, run("Rest."))), ".docx")
    assert body_of(draft) == ["Take two a day.", "Warning: test first.", "Rest."]


@pytest.mark.parametrize("style", ["Überschrift1", "Titre2", "Heading3", "Nagłówek1"])
def test_headings_of_other_languages_are_headings(style: str) -> None:
    heading = f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{run("Ursachen")}</w:p>'
    draft = read(word_of(heading, paragraph(run("Eisen fehlt."))), ".docx")
    assert [section.heading for section in draft.sections] == ["Ursachen"]


def test_a_word_file_without_headings_is_one_section_and_its_title_is_asked_for() -> None:
    draft = read(word_of(paragraph(run("Iron is low. Rest helps.")), title=""), ".docx")
    assert (draft.title, len(draft.sections), body_of(draft)) == ("", 1, ["Iron is low. Rest helps."])


def test_a_title_that_a_program_filled_in_is_none() -> None:
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = "Word Document", "python-docx"
    document.add_paragraph("Iron is low.")
    content = io.BytesIO()
    document.save(content)
    assert (read_word(content.getvalue()).title, read_word(content.getvalue()).author) == ("", "")


def table_of(*rows: str) -> str:
    made = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    return f"<w:tbl {W}><w:tblPr/><w:tblGrid/>{made}</w:tbl>"


def cell(*texts: str, span: int = 1) -> str:
    spanned = f'<w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>' if span > 1 else ""
    return f"<w:tc>{spanned}{''.join(paragraph(run(text)) for text in texts)}</w:tc>"


def test_two_header_rows_of_a_word_table_name_each_column_together() -> None:
    table = table_of(
        cell("Group") + cell("Ferritin", span=2),
        cell("") + cell("Low") + cell("High"),
        cell("Women") + cell("15") + cell("150"),
        cell("Men") + cell("30") + cell("400"),
    )
    rows = body_of(read(word_of(paragraph(run("Values:")), table), ".docx"))
    women = next(row for row in rows if "Women" in row)
    assert all(word in women for word in ("Ferritin", "Low", "High", "15", "150"))


def test_a_diagram_that_is_not_read_is_told() -> None:
    chart = '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/>'
    draft = read(word_of(paragraph(run("See below.")), paragraph(f"<w:r><w:drawing>{chart}</w:drawing></w:r>")), ".docx")
    assert "a chart are not read" in draft.doubts[0].reason


STRUCK = (
    '<style:style style:name="S"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="H"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="U"><style:text-properties style:text-position="super 58%"/></style:style>'
)


def test_marks_of_notes_that_were_typed_into_a_word_file_are_no_numbers_and_no_loss() -> None:
    raised = '<w:vertAlign w:val="superscript"/>'
    words = (
        run("People"),
        run("5,6", raised),
        run(" had 75"),
        "<w:r><w:footnoteReference w:id='2'/></w:r>",
        run(" in all."),
    )
    draft = read(word_of(paragraph(*words, run("7", raised))), ".docx")
    assert body_of(draft) == ["People had 75 in all."]
    assert draft.doubts == ()


def test_a_return_parts_words_and_what_is_read_above_a_sign_is_not_read_with_it() -> None:
    above = "<w:rt><w:r><w:t>leg</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>脚</w:t></w:r></w:rubyBase>"
    lines = paragraph("<w:r><w:t>Not five</w:t><w:cr/><w:t>tablets.</w:t></w:r>")
    draft = read(word_of(lines, paragraph(f"<w:r><w:ruby>{above}</w:ruby></w:r>", run(" hurts."))), ".docx")
    assert body_of(draft) == ["Not five tablets.", "脚 hurts."]
    assert draft.doubts == ()


def test_sections_and_rows_of_an_opendocument_that_are_hidden_are_told() -> None:
    cells = (
        "<table:table-cell><text:p>{}</text:p></table:table-cell><table:table-cell><text:p>{}</text:p></table:table-cell>"
    )
    row = f"<table:table-row>{cells}</table:table-row>"
    hidden = row.replace("row>", "row table:visibility='collapse'>", 1).format("Ghost", 9)
    body = (
        "<text:section text:display='none'><text:p>Secret.</text:p></text:section>"
        "<text:section text:display='condition' text:is-hidden='true'><text:p>Not now.</text:p></text:section>"
        "<text:p>Ask<text:placeholder>&lt;name&gt;</text:placeholder> first.</text:p>"
        f"<table:table>{row.format('Dose', '5 mg')}{hidden}{row.format('Most', '7 mg')}</table:table>"
    )
    draft = read(opendocument_of(body), ".odt")
    assert draft.text.split() == "Ask first. Dose: 5 mg. Most: 7 mg.".split()
    assert [words for _, words in told(draft)] == ["Secret.", "Not now.", "Ghost 9"]


@pytest.mark.parametrize("is_seen", [False, True])
def test_white_words_are_seen_only_on_a_colour(*, is_seen: bool) -> None:
    names = f'xmlns:fo="{OFFICE}:xsl-fo-compatible:1.0" fo:color="#FFFFFF"' + ' fo:background-color="#000000"' * is_seen
    style = f'<style:style style:name="W"><style:text-properties {names}/></style:style>'
    odt = read(
        opendocument_of('<text:p>Ask <text:span text:style-name="W">never</text:span>.</text:p>', styles=style), ".odt"
    )
    assert ("never" in odt.text) == is_seen
    colours = r"{\colortbl;\red255\green255\blue255;\red0\green0\blue0;}"
    rtf = read(rich_text_of(colours + r"\pard Ask {\cf1" + r"\highlight2" * is_seen + r" never}.\par"), ".rtf")
    assert ("never" in rtf.text) == is_seen


def test_letters_of_two_bytes_and_private_signs_of_rich_text_are_read() -> None:
    fonts = r"{\fonttbl{\f0 Arial;}{\f1\fnil\fcharset128 MS Mincho;}}"
    body = r"\pard {\f1\'8b\'72\'8br} is a leg; 10{\super 9} cells, {\up6 8} and \u-4051? 5.\par"
    draft = read(rf"{{\rtf1\ansi\deff0{fonts}{body}}}".encode(), ".rtf")
    assert "脚脚 is a leg; 10⁹ cells, ⁸ and − 5." in draft.text
    assert draft.doubts == ()


def test_a_raised_number_of_rich_text_is_no_doubt() -> None:
    draft = read(rich_text_of(r"\pard\s10 Iron\par\pard There were 10{\super 9} cells.\par"), ".rtf")
    assert (body_of(draft), draft.doubts) == (["There were 10⁹ cells."], ())


def test_what_nobody_sees_in_an_opendocument_text_is_no_text_and_raised_numbers_stay_raised() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Old.</text:p></text:deletion></text:changed-region>"
        '</text:tracked-changes><text:h text:outline-level="1">Iron</text:h>'
        '<text:p>Take <text:span text:style-name="S">four</text:span><text:s/>two, 10'
        '<text:span text:style-name="U">9</text:span>'
        " cells.<text:note><text:note-body><text:p>See 12.</text:p></text:note-body></text:note> "
        '<text:span text:style-name="H">Secret.</text:span></text:p>'
    )
    draft = read(opendocument_of(body, styles=STRUCK), ".odt")
    assert (draft.title, body_of(draft)) == ("Iron", ["Take two, 10⁹ cells."])
    assert told(draft) == [
        ("struck out, left out", "four"),
        ("hidden, left out", "Secret."),
        ("deleted in a tracked change, left out", "Old."),
        ("a note, left out", "See 12."),
    ]
    assert draft.doubts == ()


def test_what_nobody_sees_in_a_rich_text_file_is_no_text_and_signs_are_what_they_stand_for() -> None:
    body = (
        r"\pard\s10 Iron\par\pard Take {\strike four} two{\v  secretly}, 10{\super 9} cells; {\f1\'b3} 75 \u181?g/l.\par"
        r"\pard {\deleted Not this.}{\f2\'d7\'e0\'e9}.{\footnote A note.}\par"
    )
    draft = read(rich_text_of(body), ".rtf")
    assert (draft.title, body_of(draft)) == ("Iron", ["Take two, 10⁹ cells; ≥ 75 µg/l.", "Чай."])
    assert ("struck out, left out", "four") in told(draft)
    assert ("deleted in a tracked change, left out", "Not this.") in told(draft)
    assert ("a note, left out", "A note.") in told(draft)
    assert draft.doubts == ()


def test_a_book_is_read_in_the_order_of_its_spine_with_what_it_states_of_itself() -> None:
    chapters = [
        "<nav>Contents</nav><h1>Causes</h1><p>Iron is <s>high</s>low.</p>",
        '<h1>Help</h1><p>Walk<a epub:type="noteref" href="#n1">1</a>.</p><aside epub:type="footnote">Slowly.</aside>',
    ]
    draft = read(book_of(chapters, metadata="<dc:date>2024-03-05</dc:date><dc:publisher>Press</dc:publisher>"), ".epub")
    assert (draft.title, draft.author, str(draft.published), draft.publisher) == (TITLE, "Jane Roe", "2024-03-05", "Press")
    assert body_of(draft) == ["Causes", "Iron is low.", "Help", "Walk."]


def test_a_book_that_is_protected_against_copying_is_refused() -> None:
    method = '<encryption><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></encryption>'
    with pytest.raises(CorpusError, match="protected against copying"):
        read(book_of(["<p>x</p>"], others={"META-INF/encryption.xml": method}), ".epub")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.docx", OLE, "Word up to 2003"),
        ("a.docx", b"%PDF-1.4\n", "a.pdf"),
        ("a.docx", rb"{\rtf1 x}", "a.rtf"),
        ("a.pdf", b"<!doctype html><html><p>x", "a.html"),
        ("a.odt", word_of(paragraph(run("x"))), "a.docx"),
        ("a.md", rb"{\rtf1 x}", "a.rtf"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "locked by a password"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_told_so(name: str, data: bytes, said: str) -> None:
    with pytest.raises(CorpusError) as refused:
        read_bytes(data, PurePath(name))
    assert said in str(refused.value)


def test_a_file_of_old_word_is_refused_with_how_to_save_it() -> None:
    with pytest.raises(CorpusError, match=r"take the type “Word document \(\.docx\)”"):
        read_bytes(OLE, PurePath("a.doc"))


@pytest.mark.parametrize("ending", [".docx", ".odt", ".epub"])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", archive({"mimetype": "x"})])
def test_an_archive_that_lacks_its_parts_is_refused_without_the_name_of_an_error(ending: str, data: bytes) -> None:
    with pytest.raises(CorpusError, match="damaged, or is something else"):
        read(data, ending)


@pytest.mark.parametrize(("ending", "name"), [(".odt", "content.xml"), (".docx", "word/document.xml"), (".epub", "a")])
def test_an_archive_that_unpacks_to_too_much_is_refused(ending: str, name: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr(name, bytes(60_000_000))
    with pytest.raises(CorpusError, match="unpacks to more than"):
        read(content.getvalue(), ending)


def test_entities_of_a_part_are_not_expanded() -> None:
    whole = zipfile.ZipFile(io.BytesIO(opendocument_of("<text:p>Rest&#x2d;</text:p>"))).read("content.xml").decode()
    declared = f'<!DOCTYPE x [<!ENTITY a "Secret">]>{whole.replace("Rest", "Rest &a;")}'
    assert "Secret" not in read(archive({"content.xml": declared}), ".odt").text


def test_the_first_cell_of_a_table_is_shown_beside_its_sentences() -> None:
    document = docx.Document()
    document.add_heading("Iron", 0)
    document.add_paragraph("The table shows what was found.")
    table = document.add_table(rows=2, cols=3)
    for cell, text in zip(table._cells, CELLS, strict=True):
        cell.text = text
    content = io.BytesIO()
    document.save(content)
    shown = shown_by(content.getvalue(), PurePath("iron.docx"))
    assert [piece.text for piece in shown if piece.kind == "cell"] == CELLS
    assert "Dose — 500 mg: Improved — 52%; Unwell — none." in read_word(content.getvalue()).text
