"""assistant/charts.py: every sentence of an article under one name, once."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.charts import Span, chart
from corpus import Document, SuggestedQuestion
from index.passages import split
from tests.conftest import ARTICLE, make_document


def quoted_by(assistant: Assistant, question: str) -> list[Span]:
    return [(found.start, found.end) for found in assistant.ask([question]).citations]


def test_the_map_of_the_article_holds_each_of_its_sentences_once_under_the_topics_on_offer(assistant: Assistant) -> None:
    document = assistant.version.documents[ARTICLE]
    passages = assistant.version.passages.of_document(ARTICLE)
    tiles = chart(document, passages, lambda question: quoted_by(assistant, question))
    spans = sorted(span for tile in tiles for span in tile.sentences)
    assert spans == [(passage.start, passage.end) for passage in passages]
    topics = list(dict.fromkeys(question.topic for question in document.questions))
    assert [tile.name for tile in tiles] == topics
    assert len(topics) == 8
    leads = {tile.name: document.text[slice(*tile.lead)] for tile in tiles}
    assert all(tile.lead in tile.sentences for tile in tiles)
    assert "iron" in leads["Iron"]
    assert leads["Kidneys"].startswith("Kidney failure")
    assert leads["What it is"].startswith("Restless Legs Syndrome (RLS)")
    sentences = {document.text[slice(*span)] for tile in tiles if tile.name == "Iron" for span in tile.sentences}
    assert not any(sentence.startswith("Understanding the diverse causes") for sentence in sentences)


def test_without_questions_each_section_is_a_tile(assistant: Assistant) -> None:
    document = replace(assistant.version.documents[ARTICLE], questions=())
    tiles = chart(document, assistant.version.passages.of_document(ARTICLE), lambda _: [])
    assert [tile.name for tile in tiles] == [section.heading for section in document.sections]
    assert [tile.lead for tile in tiles] == [tile.sentences[0] for tile in tiles]


@given(st.lists(st.integers(0, 5), max_size=6), st.integers(1, 4))
def test_whatever_is_quoted_no_sentence_is_lost_or_shown_twice(quoted: list[int], paragraphs: int) -> None:
    document: Document = make_document(paragraphs=["Tea is hot. It is green.", "Milk is white."] * paragraphs)
    heading = document.sections[0].heading
    questions = tuple(SuggestedQuestion(heading, f"Question {row}?", f"Topic {row % 2}") for row in quoted)
    passages = split(replace(document, questions=questions))
    sentences = [(passage.start, passage.end) for passage in passages]

    def quoted_for(question: str) -> list[Span]:
        return [sentences[int(question.split()[1][:-1]) % len(sentences)]]

    tiles = chart(replace(document, questions=questions), passages, quoted_for)
    assert sorted(span for tile in tiles for span in tile.sentences) == sentences
