"""Web pages, PDF and Word files: the article without what stands around it, each value still what was written."""

import re
from pathlib import Path

import pytest

from corpus import CorpusError
from corpus.doubts import Alteration
from corpus.readers import Draft, read
from corpus.readers.lists_and_tables import LONGEST_TOGETHER, list_paragraphs, table_sentences
from corpus.readers.markup import read_page
from corpus.readers.markup.blocks import blocks
from corpus.readers.office.word import read_word
from corpus.readers.pdf import read_pdf
from corpus.readers.web.page import read_web_page
from tests.article_files import HEAD, lines_of, pdf_article, two_columns, word_article

PAGES = Path(__file__).parent / "samples"
BOILERPLATE = ["Subscribe", "Home", "Cookie", "Share on", "Great post", "All rights reserved", "Related articles", "alert("]


def told(markup: str) -> list[str]:
    return [block.text for block in blocks(read_page(markup).root)]


def sections(draft: Draft) -> dict[str, str]:
    return {section.heading: draft.text[section.start : section.end] for section in draft.sections}


@pytest.fixture(scope="module")
def magazine() -> Draft:
    return read(PAGES / "magazine.html")


def test_a_web_page_gives_its_article_with_headings_as_sections(magazine: Draft) -> None:
    assert magazine.title == "Restless legs and iron"
    assert list(sections(magazine)) == ["Restless legs and iron", "What ferritin tells", "Values", "Where to read more"]
    assert sections(magazine)["Restless legs and iron"].startswith("Iron is needed to make dopamine. Low iron")


@pytest.mark.parametrize("boilerplate", BOILERPLATE)
def test_what_stands_around_the_article_of_a_page_is_gone(magazine: Draft, boilerplate: str) -> None:
    assert boilerplate in (PAGES / "magazine.html").read_text(encoding="utf-8")
    assert boilerplate not in magazine.text


def test_a_web_page_tells_its_provenance(magazine: Draft) -> None:
    assert (magazine.author, str(magazine.published), magazine.publisher) == ("Jane Roe", "2024-03-05", "Sleep Site")
    assert (magazine.licence, magazine.url) == ("CC BY 4.0", "https://sleep.example/iron")


def test_the_tables_and_lists_of_a_page_can_be_quoted(magazine: Draft) -> None:
    values = sections(magazine)["Values"]
    assert "Ferritin by group: Group — Women: Low — below 15; Normal — 15 to 150." in values
    assert "What lowers iron: giving blood; pregnancy (the third trimester most of all); kidney failure." in magazine.text
    assert "Ferritin: A protein that stores iron." in magazine.text


def test_a_raised_number_of_a_page_keeps_its_meaning_and_a_footnote_is_no_number(magazine: Draft) -> None:
    assert "5 × 10⁹ cells a litre" in magazine.text
    assert "below 75 µg/L may matter in restless legs syndrome" in magazine.text


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_a_page_is_read_in_the_encoding_that_it_declares(encoding: str) -> None:
    page = f'<meta charset="{encoding}"><title>T</title><h1>Thé</h1><p>Il est très chaud – “oui”.</p>'
    assert read_web_page(page.encode(encoding)).text == "Thé\n\nIl est très chaud – “oui”."


def test_the_encoding_of_the_response_is_believed_before_that_of_the_page() -> None:
    page = '<meta charset="utf-8"><h1>Чай</h1><p>Он горячий.</p>'
    assert read_web_page(page.encode("koi8-r"), charset="koi8-r").text == "Чай\n\nОн горячий."


def test_a_short_page_keeps_its_structure_and_is_doubted() -> None:
    draft = read_web_page(
        b"<!doctype html><nav>Menu</nav><h1>Tea</h1><p>Tea is hot.</p><h2>Kinds</h2><p>Green.</p><footer>(c)</footer>"
    )
    assert sections(draft) == {"Tea": "Tea is hot.", "Kinds": "Green."}
    assert "Little text was found" in draft.doubts[0].reason


def test_the_title_of_a_page_that_states_none_is_asked_for() -> None:
    draft = read_web_page(b"<p>Tea is hot.</p>")
    assert (draft.title, list(sections(draft).values())) == ("", ["Tea is hot."])


@pytest.mark.parametrize(
    ("markup", "texts"),
    [
        ("<p>10<sup>9</sup>/L, H<sub>2</sub>O, Fe<sup>3+</sup></p>", ["10⁹/L, H₂O, Fe³⁺"]),
        ("<p>legs<sup><a href='#n1'>1</a></sup> move<sup>[2]</sup>.</p>", ["legs move."]),
        ("<p>the 1<sup>st</sup> day</p>", ["the 1st day"]),
        ("<div>one<p>two</p>three<br>four</div>", ["one", "two", "three four"]),
        ("<p>a<script>b</script>c<style>d</style></p>", ["ac"]),
        ("<p>seen<span style='display:none'>unseen</span><b hidden>unseen</b></p>", ["seen"]),
        ("<ul><li><a href='#a'>Causes</a></li><li><a href='#b'>Help</a></li></ul><p>x</p>", ["x"]),
        ("<p>Do:</p><ol><li>Rest. Sleep.</li><li>Walk.</li></ol>", ["Do:\nRest. Sleep.\nWalk."]),
        (
            "<p>Do:</p><ul><li>rest<ul><li>by day</li><li>late</li></ul></li><li>walk</li></ul>",
            ["Do: rest (by day; late); walk."],
        ),
        (
            "<dl><dt>Iron</dt><dt>Fe</dt><dd>Metal</dd><dt>Tin</dt><dd>Too.</dd></dl>",
            ["Iron or Fe: Metal.", "Tin: Too."],
        ),
        ("<pre>two\n  lines</pre>", ["two lines"]),
        ("<table><tr><td>Iron<td>low</table>", ["Iron: low."]),
        ("<table><tr><th>A<th>B<tr><td rowspan=2>x<td>1<tr><td>2</table>", ["A — x: B — 1.", "A — x: B — 2."]),
        ("<table><tr><th>A<th colspan=2>B<tr><td>x<td>1<td>2</table>", ["A — x: B — 1; B — 2."]),
        ("<table><tr><th>A<th>B<tr><td>x<td></table><p>y", ["y"]),
        ("<h2>What lowers it?</h2><ul><li>tea<li>milk</ul>", ["What lowers it?", "What lowers it: tea; milk."]),
        ("<p>It may include</p><ul><li>tea<li>milk</ul>", ["It may include: tea; milk."]),
        (
            "<p>Do:</p><ul><li>At night:<ul><li>Rest.</li><li>Sleep.</li></ul></li><li>By day, walk.</li></ul>",
            ["Do: At night:\nRest.\nSleep.", "Do: By day, walk."],
        ),
        ("<h2>Iron</h2><table><tr><td>Women<td>low</table>", ["Iron", "Iron: Women: low."]),
        (
            "<p>It differs. Its <b>grades</b> are:</p><table><tr><th>Score<th>Grade<tr><td>5<td>mild</table>",
            ["It differs.", "Its grades are: Score — 5: Grade — mild."],
        ),
        (
            "<p>It is seen.</p><table><tr><th>Score<th>Grade<tr><td>5<td>mild</table>",
            ["It is seen.", "Score — 5: Grade — mild."],
        ),
        (
            "<p><b>Grades</b></p><table><tr><td><b>Score</b><td><b>Grade</b><tr><td>5<td>mild</table>",
            ["Grades", "Grades: Score — 5: Grade — mild."],
        ),
        (
            "<figure><table><tr><th>Score<th>Grade<tr><td>5<td>mild</table><figcaption>Table 1: Grades</figcaption>",
            ["Grades: Score — 5: Grade — mild."],
        ),
        (
            "<table><tr><th colspan=2>Grades<tr><th>Score<th>Grade<tr><td colspan=2>Children<tr><td>5<td>mild</table>",
            ["Grades: Children: Score — 5: Grade — mild."],
        ),
        ("<table><tr><td><p>A layout</p><td><p>of a page</p></table>", ["A layout", "of a page"]),
        ("<table><tr><td colspan=999999999999>x<td rowspan=-1>y</table>", ["x: y."]),
    ],
)
def test_a_piece_of_markup_becomes_paragraphs(markup: str, texts: list[str]) -> None:
    assert told(markup) == texts


@pytest.mark.parametrize("stop", ["", "."], ids=["fragments", "sentences"])
def test_a_long_list_is_told_in_parts_that_its_lead_in_opens(stop: str) -> None:
    items = [f"reason number {number} of very many{stop}" for number in range(40)]
    parts = list_paragraphs(items, "There are many. The reasons are:")
    assert parts[0].startswith("There are many. The reasons are:")
    assert len(parts) > 1
    assert all(part.startswith("The reasons are:") for part in parts[1:])
    assert all(len(part) < 2 * LONGEST_TOGETHER for part in parts)
    assert [item for part in parts for item in re.findall(r"reason number \d+ of very many", part)] == [
        item.removesuffix(".") for item in items
    ]


def test_an_item_that_is_long_is_a_paragraph_that_its_lead_in_opens() -> None:
    long = "It goes on. " * 60
    assert list_paragraphs(["Rest.", long, "Walk", "Sit."], "Do:") == [
        "Do: Rest.",
        f"Do: {long.strip()}",
        "Do:\nWalk.\nSit.",
    ]


def test_a_row_whose_cells_are_sentences_stays_one_sentence() -> None:
    rows = [["Iron.", "It may help. Ask first."], ["", "Nothing known."], ["", ""]]
    assert table_sentences(rows, header=["What", "Use:"]) == [
        "What — Iron: Use — It may help; Ask first.",
        "What: Use — Nothing known.",
    ]


PAGE_1 = [
    ("title", "Iron and restless legs"),
    *lines_of("Iron is needed to make dopamine. Low iron is the most com-\nmon cause that can be treated, and a long-"),
    *lines_of("standing one. It is an un-\nusual finding."),
    ("gap", ""),
    *lines_of("A second paragraph of the text stands here and goes on over the\nend of the page, since the sentence"),
]
PAGE_2 = [
    *lines_of("does not end there. Common, long-standing troubles pass."),
    ("gap", ""),
    ("heading", "What lowers iron"),
    ("line", "Common reasons are:"),
    ("bullet", "giving blood,"),
    ("bullet", "pregnancy"),
    ("gap", ""),
    ("bold", "Numbers"),
    ("line", "Its values stand below."),
]
TABLE = [["Group", "Low", "Normal"], ["Women", "15", "150"], ["Men", "30", "400"]]


@pytest.fixture(scope="module")
def paper() -> Draft:
    return read_pdf(pdf_article([PAGE_1, PAGE_2], title="made-by-a-program.doc", table=TABLE))


def test_a_pdf_gives_its_headings_as_sections(paper: Draft) -> None:
    assert paper.title == "Iron and restless legs"
    assert list(sections(paper)) == ["Iron and restless legs", "What lowers iron", "Numbers"]


def test_words_of_a_pdf_are_whole_again_and_their_own_hyphens_stay(paper: Draft) -> None:
    first, second = sections(paper)["Iron and restless legs"].split("\n\n")
    assert first.endswith("the most common cause that can be treated, and a long-standing one. It is an unusual finding.")
    assert second.endswith("since the sentence does not end there. Common, long-standing troubles pass.")


def test_a_word_that_was_joined_without_proof_is_shown_to_the_maintainer(paper: Draft) -> None:
    assert paper.alterations == (Alteration("joined across a line end", "un-usual", "unusual"),)


def test_running_heads_and_page_numbers_of_a_pdf_are_gone(paper: Draft) -> None:
    assert HEAD not in paper.text
    assert "Page" not in paper.text


def test_lists_and_tables_of_a_pdf_can_be_quoted(paper: Draft) -> None:
    assert sections(paper)["What lowers iron"] == "Common reasons are: giving blood; pregnancy."
    assert sections(paper)["Numbers"].endswith(
        "Group — Women: Low — 15; Normal — 150.\n\nGroup — Men: Low — 30; Normal — 400."
    )


def test_columns_of_a_pdf_are_read_one_after_the_other() -> None:
    left = ["Iron is stored in the body as", "ferritin, and low stores may", "make the legs rest-"]
    draft = read_pdf(two_columns("Iron stores", left, ["less at night. A blood test", "shows it."]))
    assert draft.text == (
        "Iron stores\n\nIron is stored in the body as ferritin, and low stores may make the legs restless at night. "
        "A blood test shows it."
    )


def test_raised_numbers_of_a_pdf_keep_their_meaning() -> None:
    draft = read_pdf(two_columns("Cells", ["There are 5 x 10^9 cells and H_2O", "in it."], []))
    assert "5 x 10⁹ cells and H₂O in it." in draft.text


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF" * 99, pdf_article([PAGE_1])[:900], b"PK\x03\x04"])
def test_what_is_not_a_whole_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(CorpusError):
        read_pdf(data)


def test_a_pdf_of_pictures_is_refused_with_what_to_do() -> None:
    with pytest.raises(CorpusError, match=r"no text, only pictures of it\. Run text recognition"):
        read_pdf(two_columns("", [], []))


@pytest.mark.parametrize("has_bold_headings", [True, False])
def test_a_word_file_gives_its_headings_and_its_sentences(*, has_bold_headings: bool) -> None:
    draft = read_word(word_article(has_bold_headings=has_bold_headings))
    assert (draft.title, draft.author) == ("Iron and restless legs", "Jane Roe")
    assert sections(draft) == {
        "Iron and restless legs": "Iron is needed to make dopamine. It is stored as ferritin.",
        "What lowers iron": "Common reasons are: giving blood; pregnancy; kidney failure.\n\n"
        "Red cells number 5 × 10¹² a litre."
        "\n\nGroup — Women: Low — 15; Normal — 150.\n\nGroup — Men: Low — 30; Normal — 400.",
    }


def test_the_header_of_a_word_file_is_not_quotable() -> None:
    assert "Confidential" not in read_word(word_article()).text


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", word_article()[:900], b"Tea is hot."])
def test_what_is_not_a_whole_word_file_is_refused(data: bytes) -> None:
    with pytest.raises(CorpusError, match="is not a Word file"):
        read_word(data)
