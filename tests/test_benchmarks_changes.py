"""tests/benchmarks/changes.py: an edited article and its questions still agree."""

from assistant.training.labels import MAIN
from corpus import load_article
from settings import PROJECT
from tests.benchmarks.changes import edits
from tests.second_hand import second_hand


def test_in_every_edited_article_sections_and_gold_stand_where_they_should() -> None:
    article, questions = load_article(PROJECT / "corpus" / "articles" / MAIN), second_hand("varied")
    edited = list(edits(article, questions))
    assert len(edited) > 20
    for document, sentence, asked in edited:
        assert sentence in document.text
        assert sentence not in article.text
        assert [s.heading for s in document.sections] == [s.heading for s in article.sections]
        assert all(document.text[s.start : s.end] == document.text[s.start : s.end].strip() for s in document.sections)
        golds = [
            (new, old)
            for one, before in zip(asked, questions, strict=True)
            for new, old in zip(one.gold, before.gold, strict=True)
        ]
        assert [old for new, old in golds if old in article.text and new not in document.text] == []
