"""Kinds of lists, tables, marks and boxes that files hold, each read as a person sees it, or told."""

from pathlib import PurePath

import pytest

from corpus.readers import Draft, read_bytes
from tests.test_corpus_readers_office import paragraph, run, word_of
from tests.test_corpus_readers_web import TITLE, page
from tests.written_documents import book_of, opendocument_of


def read(text: str, name: str) -> Draft:
    return read_bytes(text.encode(), PurePath(name))


CHILDREN = "<tr><td colspan=3>Not for children.</td></tr>"
SPANNED = f"<tr><td>Men</td><td colspan=2>not measured</td></tr>{CHILDREN}"
SEEN = {
    # What spans two columns holds for both; a sentence across the table is a sentence.
    f"<table><tr><th>Group</th><th>Low</th><th>High</th></tr>{SPANNED}</table>": (
        "Group — Men: Low — not measured; High — not measured.\n\nNot for children."
    ),
    # The corner of a table with names above and beside is often an ordinary cell.
    "<table><tr><td></td><th>Adults</th><th>Teens</th></tr><tr><th>Night</th><td>2</td><td>none</td></tr></table>": (
        "Night: Adults — 2; Teens — none."
    ),
    "<dl><dt>High</dt><dd><ul><li>over 400</li><li>over 500 in men</li></ul></dd></dl>": "High: over 400; over 500 in men.",
    "<dl><dt>Iron</dt><dd>Not with tea.<dl><dt>Men</dt><dd>30</dd></dl></dd></dl>": "Iron: Not with tea.\n\nMen: 30.",
    "<table><tr><th>Drug</th><th>Not with</th></tr><tr><td>Iron</td><td>Tea<br>Coffee</td></tr></table>": (
        "Drug — Iron: Not with — Tea; Coffee."
    ),
    "<table><tr><th>Drug</th><th>Safe</th></tr><tr><td>Iron</td><td><img src=x alt='no'></td></tr></table>": (
        "Drug — Iron: Safe — no."
    ),
    "<p>Not with:</p><div role=list><div role=listitem>tea</div><div role=listitem>milk</div></div>": "Not with: tea; milk.",
    "<div role=table><div role=row><span role=columnheader>Group</span><span role=columnheader>Low</span></div>"
    "<div role=row><span role=cell>Men</span><span role=cell>30</span></div></div>": "Group — Men: Low — 30.",
    "<aside class='callout warning'><p>Do not exceed five tablets a day.</p></aside>": "Do not exceed five tablets a day.",
    "<p>Before: <label><input type=checkbox> Do not drive.</label></p>": "Before: Do not drive.",
    "<p>It was 45.<sup>3,4</sup> The next was not.</p>": "It was 45. The next was not.",
    "<style>.e{vertical-align:super}</style><p>There were 10<span class=e>9</span> cells.</p>": "There were 10⁹ cells.",
    "<p style='font-size: 0.9em'>Not more than five, whatever they say.</p>": "Not more than five, whatever they say.",
    "<p>It is un&shy;safe at 5&#8201;mg in all of them.</p>": "It is unsafe at 5 mg in all of them.",
}


@pytest.mark.parametrize("inner", SEEN)
def test_a_page_is_read_as_it_is_seen(inner: str) -> None:
    draft = page(inner)
    assert SEEN[inner] in draft.text
    assert draft.doubts == ()


def test_a_cell_with_only_a_picture_is_told() -> None:
    rows = "<tr><th>Drug</th><th>Safe</th><th>Dose</th></tr><tr><td>Iron</td><td><img src=x></td><td>65 mg</td></tr>"
    assert "only a picture" in str(page(f"<table>{rows}</table>").doubts[0])


def test_prose_in_a_box_beside_the_article_is_left_out_and_told() -> None:
    draft = page("<aside><p>Never take it together with tea or with milk.</p></aside>")
    assert [each.original for each in draft.alterations] == ["Never take it together with tea or with milk."]


def test_a_table_within_a_table_is_told() -> None:
    inner = "<table><tr><td>1</td><td>2</td></tr></table>"
    table = f"<table><tr><td>Drug</td><td>Dose</td></tr><tr><td>Iron</td><td>{inner}</td></tr></table>"
    assert any("a table within a table" in str(doubt) for doubt in page(table).doubts)


def test_stars_between_digits_are_told_since_markdown_drops_them() -> None:
    assert "stars between numbers" in str(read("# Dose\n\nTake 5*3*2 drops.\n", "a.md").doubts[0])


@pytest.mark.parametrize("table", ["+---+----+\n| a | 5 |\n+---+----+", "Men | 30 | 40\n--- ----\n", "| Men | 30 |"])
def test_a_table_drawn_with_signs_is_told(table: str) -> None:
    assert any("drawn with signs" in str(doubt) for doubt in read(f"Dose\n\nIron is taken.\n\n{table}\n", "a.txt").doubts)


def test_tabs_letters_and_boxes_of_a_plain_text_are_a_table_and_lists() -> None:
    draft = read("Dose\n\nDo not:\na) drive\nb) swim\n\nBefore:\n[ ] eat\n[x] sleep\n\nName\tDose\nIron\t65 mg\n", "a.txt")
    assert "Do not: drive; swim." in draft.text
    assert "Before: eat; sleep." in draft.text
    assert "Iron: 65 mg." in draft.text
    assert "columns of a table" in str(draft.doubts[0])


def test_a_line_that_only_parts_a_plain_text_is_no_heading() -> None:
    draft = read("Dose\n\n1. Wait.\n2. Ring.\n\n-----\n\n* * *\n\nNever more than 5.\n", "a.txt")
    assert draft.text == "Dose\n\nWait.\n\nRing.\n\nNever more than 5."
    assert draft.doubts == ()


def test_a_hyphen_at_a_line_end_that_belongs_to_the_word_or_to_two_numbers_stays() -> None:
    draft = read("Dose\n\nFerritin is low-\nnormal at 10-\n20, and inter-\nmittent doses help.\n", "a.txt")
    assert "low-normal at 10-20, and intermittent doses help." in draft.text


def test_a_number_raised_by_its_position_in_word_is_raised() -> None:
    draft = read_bytes(
        word_of(paragraph(run("There were 10"), run("9", '<w:position w:val="6"/>'), run(" cells."))), PurePath("a.docx")
    )
    assert "There were 10⁹ cells." in draft.text
    assert draft.doubts == ()


def test_what_a_simple_field_of_word_shows_is_read() -> None:
    field = f'<w:fldSimple w:instr="DOCPROPERTY dose">{run("not 5")}</w:fldSimple>'
    draft = read_bytes(word_of(paragraph(run("Take "), field, run(" tablets."))), PurePath("a.docx"))
    assert "Take not 5 tablets." in draft.text


def test_a_text_box_of_an_opendocument_is_read() -> None:
    inside = "<draw:text-box><text:p>Never exceed five.</text:p></draw:text-box>"
    box = f"<text:p>Ask first.<draw:frame>{inside}</draw:frame></text:p>"
    draft = read_bytes(opendocument_of(box), PurePath("a.odt"))
    assert "Ask first.\n\nNever exceed five." in draft.text
    assert draft.doubts == ()


def test_an_ordinary_font_of_rich_text_needs_no_character_set() -> None:
    fonts = r"{\fonttbl{\f0 Times;}{\f1\froman\fcharset2 Symbol;}{\f2\fnil{\*\panose 02}Arial;}}"
    draft = read(r"{\rtf1\ansi\deff0" + fonts + r"{\b Iron and legs\par}\pard Not {\f1\'a3} 75 in \f2 all.\par}", "a.rtf")
    assert draft.title == "Iron and legs"
    assert "Not ≤ 75 in all." in draft.text


def test_a_book_whose_pages_hide_words_or_have_an_empty_title_is_read() -> None:
    page_ = "<p>Iron is needed&nbsp;here. <b class='x'>Safe.</b></p>"
    draft = read_bytes(book_of([page_], head="<title/><style>.x{display:none}</style>"), PurePath("a.epub"))
    assert "Iron is needed here." in draft.text
    assert "Safe" not in draft.text
    assert [each.original for each in draft.alterations] == ["Safe."]


def test_only_what_is_doubtful_in_the_article_is_told_of_a_page() -> None:
    table = (
        "<table><tr><td>Prev</td><td></td><td>Next</td></tr><tr><td>Chapter 1</td><td></td><td>Chapter 3</td></tr></table>"
    )
    inside = "<table><tr><td>Group</td><td>Low</td><td>High</td></tr><tr><td>Men</td><td>30</td><td>400</td></tr></table>"
    assert page(before=f"<nav>{table}</nav>").doubts == ()
    assert "name the table's columns" in str(page(inside).doubts[0])


def test_headings_with_marks_of_their_own_are_no_list_of_articles_and_the_mark_is_no_part_of_the_title() -> None:
    headings = "".join(
        f"<h2>Part {n}<a href='#p{n}'>¶</a></h2><p>Iron is needed by cells of part {n} and by others.</p>" for n in "abcdef"
    )
    assert page(headings, heading=f"<h1>1. {TITLE}<a href='#x'>¶</a></h1>").doubts == ()


@pytest.mark.parametrize(
    "prose", ["It costs $5 or $7 in $HOME/a_b.", "Set $Config{arch} (now /usr/lib/x) and $Config{lib} then."]
)
def test_a_dollar_is_no_formula(prose: str) -> None:
    assert page(f"<p>{prose}</p>").doubts == ()


@pytest.mark.parametrize("name", ["Social anxiety", "Copyright information", "Other tags", "2. Related conditions"])
def test_a_section_whose_id_was_made_of_its_heading_is_no_frame_of_the_page(name: str) -> None:
    id_ = name.removeprefix("2. ").lower().replace(" ", "-")
    draft = page(f"<section id='{id_}'><h2>{name}</h2><p>Never take it together with tea or with milk.</p></section>")
    assert f"{name}\n\nNever take it together with tea or with milk." in draft.text


def test_a_heading_that_heads_only_other_headings_stays() -> None:
    draft = page("<h2>Side effects</h2><h3>Common ones</h3><p>Nausea is common, and it goes within some days.</p>")
    assert "Side effects\n\nCommon ones\n\nNausea" in draft.text
