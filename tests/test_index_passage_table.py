"""index/passage_table.py: a table of numbers gives back the very passages that it was made of."""

from corpus import Document, Section
from index.passage_table import PassageTable
from index.passages import reading_texts, split
from tests.conftest import make_document

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
    assert [TABLE.reading_text(row) for row in range(8)] == reading_texts(PASSAGES, texts)


def test_a_sentence_leans_on_the_one_before_in_its_paragraph() -> None:
    assert [TABLE.leans_on(row) for row in range(8)] == [None, 0, None, None, None, None, None, 6]


def test_it_finds_the_rows_of_documents() -> None:
    assert TABLE.rows_of({"ale", "tea", "unknown"}).tolist() == [0, 1, 2, 3, 6, 7]
    assert TABLE.of_document("ale") == PASSAGES[6:]
    assert TABLE.of_document("unknown") == []


def test_sections_are_numbered_among_the_rows_that_are_asked_about() -> None:
    assert TABLE.sections([0, 1, 4, 5, 6]).tolist() == [0, 0, 1, 1, 2]
    assert TABLE.sections([6, 7]).tolist() == [0, 0]


def test_some_rows_stand_alone_with_their_documents() -> None:
    few = TABLE.only(TABLE.rows_of({"ale"}), [ALE])
    assert list(few) == PASSAGES[6:]
    assert few.sections([0, 1]).tolist() == [0, 0]
