"""Sentences by exact offsets: nothing lost or normalised, no heading among them; a table gives its passages back."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus import Document, Section, load_article
from corpus.readers import read
from corpus.readers.draft import Block, assemble
from index.passages import MOST_ITEMS, PassageTable, leads, leans, opening, previous_row, reading_texts, split
from settings import PROJECT
from tests.conftest import ARTICLE, make_document

FOLDER = PROJECT / "corpus" / "articles" / ARTICLE
OTHER_ARTICLES = sorted((PROJECT / "tests" / "questions" / "other-articles").glob("[a-z]*.md"))

# Sentence marks, abbreviations, white space and characters of one to four UTF-8 bytes, more often than chance has them.
pieces = st.one_of(
    st.sampled_from(["e.g. ", "vs. ", "B12. ", "J. R. ", ". ", "? ", "! ", "… ", "。", "”", "(", ")", " ", "\u00a0", "\t"]),
    st.sampled_from(
        ["é", "e\u0301", "ß", "ʼ", "日本", "😀", "👩\u200d🔬", "𝔘", "\ufeff", "\u2028", "\x85", "\r", "\x0b", "\x00"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=12),
)
paragraphs = st.lists(pieces, min_size=1, max_size=12).map("".join)


def article(blocks: list[Block]) -> Document:
    text, sections, _ = assemble("About tea", blocks)
    document = make_document()
    return Document(document.id, text, sections, document.source)


def sentences(paragraph: str) -> list[str]:
    document = make_document(paragraphs=[paragraph])
    return [document.text[passage.start : passage.end] for passage in split(document)]


def assert_whole_and_exact(document: Document) -> None:
    """Passages in reading order, each a slice of one paragraph of its section; between them only white space."""
    passages = split(document)
    edge = 0
    for passage in passages:
        quote = document.text[passage.start : passage.end]
        assert quote
        assert quote == quote.strip()
        assert "\n" not in quote
        assert passage.start >= edge
        assert passage.id == f"{document.id}:{passage.start}-{passage.end}"
        assert passage.document_id == document.id
        edge = passage.end
    for section in document.sections:
        inside = [passage for passage in passages if section.start <= passage.start and passage.end <= section.end]
        assert all(passage.section == section.heading for passage in inside)
        covered = "".join("".join(document.text[passage.start : passage.end].split()) for passage in inside)
        whole = "".join(document.text[section.start : section.end].split())
        assert whole.startswith(covered)
        assert whole == covered or leads(whole)  # a lead-in without its list is left out
    assert len(passages) == len({passage.id for passage in passages})
    assert all(any(s.start <= p.start and p.end <= s.end for s in document.sections) for p in passages)


@given(st.lists(st.builds(Block, paragraphs, st.booleans()), min_size=1, max_size=6))
@example([Block("A 😀 b. 𝔘nicode é. Ends", False), Block("Heading 😀. Two.", True), Block("日本。 Yes.", False)])
def test_passages_are_exact_slices_that_cover_every_section_whatever_the_characters(blocks: list[Block]) -> None:
    assert_whole_and_exact(article(blocks))


def test_offsets_count_code_points_behind_characters_of_any_width() -> None:
    document = make_document(paragraphs=["👩\u200d🔬 é 𝔘. Iron is low."])
    second = split(document)[1]
    assert document.text[second.start : second.end] == "Iron is low."
    assert second.start == document.text.index("Iron")


def test_the_projects_article_is_covered_whole() -> None:
    document = load_article(FOLDER)
    assert_whole_and_exact(document)
    assert {passage.section for passage in split(document)} == {section.heading for section in document.sections}


@pytest.mark.parametrize("path", OTHER_ARTICLES, ids=lambda path: path.stem)
def test_other_articles_are_covered_whole(path: Path) -> None:
    draft, source = read(path), make_document().source
    assert_whole_and_exact(Document(path.stem, draft.text, draft.sections, source))


def test_the_other_articles_are_there() -> None:
    assert len(OTHER_ARTICLES) == 12


def test_no_heading_and_no_chrome_is_a_passage_of_the_projects_article() -> None:
    document = load_article(FOLDER)
    quotes = [document.text[passage.start : passage.end] for passage in split(document)]
    for heading in (document.source.title, *(section.heading for section in document.sections)):
        assert not any(heading in quote for quote in quotes)
    for chrome in ("More>Health", "LonelyGrowth", "Comments (0)", "Login"):
        assert not any(chrome in quote for quote in quotes)


def test_a_heading_that_looks_like_a_sentence_is_no_passage() -> None:
    document = article([Block("Tea is hot.", False), Block("Is tea hot? Yes.", True), Block("It is.", False)])
    assert [document.text[p.start : p.end] for p in split(document)] == ["Tea is hot.", "It is."]
    assert [p.section for p in split(document)] == ["About tea", "Is tea hot? Yes."]


@pytest.mark.parametrize(
    "sentence",
    [
        "Primary vs. secondary forms differ.",
        "Some drugs, e.g. antihistamines, make it worse.",
        "Other causes, i.e. the secondary ones, come later.",
        "It was named by K. A. Ekbom in 1945.",
        "J. R. Smith and Dr. Ekbom agree.",
        "Ferritin below 0.5 or 75.3 ng/mL is low.",
        "In the U.S. it is common.",
    ],
)
def test_a_sentence_after_an_abbreviation_an_initial_or_a_number_is_not_split(sentence: str) -> None:
    assert sentences(f"Before it. {sentence} After it.") == ["Before it.", sentence, "After it."]


@pytest.mark.parametrize("end", ["vitamin B12.", "vitamin B9.", "iron!", "iron?", "ferritin (“iron”).", "40."])
def test_a_sentence_that_ends_ends_the_passage(end: str) -> None:
    assert sentences(f"Some lack {end} It matters.") == [f"Some lack {end}", "It matters."]


def test_two_sentences_with_the_same_words_are_two_passages() -> None:
    document = make_document(paragraphs=["Tea is hot.", "Tea is hot."])
    first, second = split(document)
    assert document.text[first.start : first.end] == document.text[second.start : second.end]
    assert first.id != second.id


def test_white_space_around_a_sentence_is_outside_its_span() -> None:
    assert sentences("  Tea is hot. \u00a0 It is green.\t") == ["Tea is hot.", "It is green."]


def test_white_space_of_several_bytes_ends_no_build() -> None:
    text = "B\u00a0.(\u2003J. \x1ce.g.Dr. e.g.\u061fDr. Iron is low."  # sentencex 1.0.32 panics at it as it stands
    assert "".join(sentences(text)).replace(" ", "").endswith("Ironislow.")


def test_a_blank_paragraph_gives_no_passage() -> None:
    assert sentences(" \t\u00a0 ") == []


# --- what a sentence is read with -----------------------------------------------------------------------------------


def read_as(*documents: Document) -> list[str]:
    passages = [passage for document in documents for passage in split(document)]
    return reading_texts(passages, {document.id: document for document in documents})


@pytest.mark.parametrize(
    "sentence",
    [
        "This is why.",
        "these drugs do.",
        "It is hot.",
        "IT is hot.",
        "They differ.",
        "However, tea helps.",
        "For example, tea.",
    ],
)
def test_a_sentence_that_points_back_leans(sentence: str) -> None:
    assert leans(sentence)


@pytest.mark.parametrize(
    "sentence", ["Iron is low.", "Items differ.", "Thistles are plants.", "Shed light.", "Tea helps, however.", ""]
)
def test_a_sentence_that_stands_by_itself_does_not_lean(sentence: str) -> None:
    assert not leans(sentence)


def test_the_row_before_is_that_of_the_sentence_before_across_paragraphs_of_a_section() -> None:
    passages = split(make_document(paragraphs=["Tea is hot. It is green.", "It is old."]))
    assert [previous_row(row, passages) for row in range(3)] == [None, 0, 1]


def test_no_row_comes_before_the_first_sentence_of_a_section_or_of_a_document() -> None:
    sections = article([Block("Tea is hot.", False), Block("Cups", True), Block("It is. It was.", False)])
    passages = [*split(sections), *split(make_document("ale", ["It is cold."]))]
    assert [previous_row(row, passages) for row in range(4)] == [None, None, 1, None]


def test_documents_with_the_same_heading_are_not_read_across() -> None:
    document = make_document()
    passages = [*split(document), *split(Document("other", document.text, document.sections, document.source))]
    assert [passage.section for passage in passages] == ["About tea"] * 4
    assert [previous_row(row, passages) for row in range(4)] == [None, 0, None, 2]


def test_a_sentence_is_read_below_its_heading_with_the_one_before_only_where_it_leans() -> None:
    assert read_as(make_document(paragraphs=["It is a drink. Tea is hot. It is green. This helps."])) == [
        "About tea: It is a drink.",
        "About tea: Tea is hot.",
        "About tea: Tea is hot. It is green.",
        "About tea: It is green. This helps.",
    ]


def test_each_sentence_is_read_in_its_own_document() -> None:
    assert read_as(make_document(), make_document("ale", ["Ale is cold. It is brown."])) == [
        "About tea: Tea is a drink.",
        "About tea: Tea is a drink. It is hot.",
        "About ale: Ale is cold.",
        "About ale: Ale is cold. It is brown.",
    ]


def test_no_passages_are_read_as_no_texts() -> None:
    assert read_as() == []


@given(st.lists(st.builds(Block, paragraphs, st.booleans()), min_size=1, max_size=6))
def test_every_text_ends_with_its_sentence_and_begins_with_its_heading(blocks: list[Block]) -> None:
    document = article(blocks)
    passages = split(document)
    for row, read_text in enumerate(read_as(document)):
        here, before = passages[row], previous_row(row, passages)
        assert read_text.startswith(opening(document.source.title, here.section))
        assert read_text.endswith(document.text[here.start : here.end])
        if before is not None:
            assert passages[before].section == here.section
            assert passages[before].end <= here.start


TEA = make_document("tea", ("Tea is a drink. It is hot.", "It is green. Milk goes into it."))
ALE = make_document("ale", ("Ale is cold. This is why.",))
TWICE = Document("twice", "Why\n\nOne.\n\nWhy\n\nIt is two.", (Section("Why", 5, 9), Section("Why", 16, 26)), TEA.source)
DOCUMENTS = [TEA, TWICE, ALE]
PASSAGES = [passage for document in DOCUMENTS for passage in split(document)]
TABLE = PassageTable.of(DOCUMENTS, PASSAGES)


def test_it_gives_the_passages_back() -> None:
    assert list(TABLE) == PASSAGES
    assert TABLE[-1] == PASSAGES[-1]
    assert TABLE[1:3] == PASSAGES[1:3]
    assert len(TABLE) == 8


def test_it_knows_their_text_and_what_the_encoder_reads() -> None:
    texts = {document.id: document.text for document in DOCUMENTS}
    assert [TABLE.text(row) for row in range(8)] == [texts[p.document_id][p.start : p.end] for p in PASSAGES]
    assert [TABLE.reading_text(row) for row in range(8)] == reading_texts(
        PASSAGES, {document.id: document for document in DOCUMENTS}
    )


def test_a_sentence_that_leans_is_quoted_with_the_one_before_in_its_paragraph() -> None:
    firsts = [TABLE.rows_to_quote(row)[0] for row in range(8)]
    assert firsts == [0, 0, 2, 3, 4, 5, 6, 6]
    assert [TABLE.rows_to_quote(row)[1] for row in range(8)] == list(range(8))


def quoted_with(row: int, *paragraphs: str) -> list[str]:
    """The sentences that must be quoted with a row of an article."""
    document = make_document("list", paragraphs)
    table = PassageTable.of([document], split(document))
    first, last = table.rows_to_quote(row)
    return [table.text(each) for each in range(first, last + 1)]


def test_a_chain_of_sentences_that_lean_is_quoted_from_where_it_begins() -> None:
    chain = ("Tea is hot. It is green. This helps.", "They sleep.")
    assert quoted_with(2, *chain) == ["Tea is hot.", "It is green.", "This helps."]
    assert quoted_with(1, *chain) == ["Tea is hot.", "It is green."]
    assert quoted_with(0, *chain) == ["Tea is hot."]
    assert quoted_with(3, *chain) == ["They sleep."]  # the paragraph before is not torn along


def test_a_lead_in_is_quoted_with_the_lines_of_its_list() -> None:
    assert quoted_with(0, "Causes include:", "Iron deficiency", "Kidney failure") == [
        "Causes include:",
        "Iron deficiency",
        "Kidney failure",
    ]
    assert quoted_with(0, "Causes include:", "- Low iron.", "- Tea.", "Doctors know more.") == [
        "Causes include:",
        "- Low iron.",
        "- Tea.",
    ]
    assert quoted_with(1, "Causes include:", "- Low iron.", "- Tea.") == ["- Low iron."]


HELP = "It differs. What helps:\nWalk. It warms the legs.\nThis bath: hot.\nRub them."


def test_a_line_below_a_lead_in_is_read_with_it_and_a_later_sentence_that_leans_with_the_one_before() -> None:
    assert read_as(make_document(paragraphs=[HELP, "Doctors know more."])) == [
        "About tea: It differs.",
        "About tea: What helps:",
        "About tea: What helps: Walk.",
        "About tea: Walk. It warms the legs.",
        "About tea: What helps: This bath: hot.",
        "About tea: What helps: Rub them.",
        "About tea: Doctors know more.",
    ]


def test_a_line_below_a_lead_in_is_quoted_from_it_and_the_lead_in_with_all_its_lines() -> None:
    paragraphs = (HELP, "Doctors know more.")
    assert quoted_with(1, *paragraphs) == ["What helps:", "Walk.", "It warms the legs.", "This bath: hot.", "Rub them."]
    assert quoted_with(3, *paragraphs) == ["What helps:", "Walk.", "It warms the legs."]
    assert quoted_with(5, *paragraphs) == quoted_with(1, *paragraphs)
    assert quoted_with(6, *paragraphs) == ["Doctors know more."]


def test_lines_below_a_whole_sentence_stand_for_themselves() -> None:
    lines = "Tea is a drink.\nMilk is white.\nAle is brown."
    assert read_as(make_document(paragraphs=[lines]))[1:] == ["About tea: Milk is white.", "About tea: Ale is brown."]
    assert quoted_with(2, lines) == ["Ale is brown."]


def test_a_lead_in_to_a_sentence_is_quoted_with_that_sentence() -> None:
    assert quoted_with(0, "One thing is known: Tea is hot.", "Milk is cold.") == ["One thing is known: Tea is hot."]
    assert quoted_with(0, "One thing is known:", "Tea is hot.", "Milk is cold.") == ["One thing is known:", "Tea is hot."]


def test_of_a_long_list_the_first_items_are_quoted() -> None:
    items = [f"Item {number}" for number in range(MOST_ITEMS + 5)]
    assert quoted_with(0, "They are:", *items) == ["They are:", *items[:MOST_ITEMS]]


def test_a_list_ends_with_its_section() -> None:
    document = article([Block("They are:", False), Block("Tea", False), Block("Cups", True), Block("Blue", False)])
    table = PassageTable.of([document], split(document))
    assert [table.text(row) for row in range(len(table))] == ["They are:", "Tea", "Blue"]
    assert table.rows_to_quote(0) == (0, 1)


@pytest.mark.parametrize("lead_ins", [["They include:"], ["They include:", "Among them are："]])
def test_a_lead_in_without_its_list_is_no_passage(lead_ins: list[str]) -> None:
    blocks = [Block("Tea is hot.", False), *(Block(text, False) for text in lead_ins), Block("Cups", True)]
    document = article([*blocks, Block("They are blue.", False)])
    assert [document.text[p.start : p.end] for p in split(document)] == ["Tea is hot.", "They are blue."]


def test_a_section_that_only_leads_somewhere_else_has_no_passage() -> None:
    assert split(article([Block("They include:", False)])) == []


def test_it_finds_the_rows_of_documents() -> None:
    assert TABLE.rows_of({"ale", "tea", "unknown"}).tolist() == [0, 1, 2, 3, 6, 7]
    assert TABLE.of_document("ale") == PASSAGES[6:]
    assert TABLE.of_document("unknown") == []


def test_sections_are_numbered_among_the_rows_that_are_asked_about() -> None:
    assert TABLE.sections([0, 1, 4, 5, 6]).tolist() == [0, 0, 1, 1, 2]
    assert TABLE.sections([6, 7]).tolist() == [0, 0]
