"""corpus/site.py: what a corpus is about, in one file beside its articles."""

from pathlib import Path

import pytest

from corpus import CorpusError
from corpus.check import check_corpus
from corpus.site import SITE, load_site
from settings import PROJECT

TEA = '[en]\ntitle = "All about tea"\nsubject = "tea"\n'


def test_a_corpus_without_the_file_is_about_nothing_in_particular(small_corpus: Path) -> None:
    assert load_site(small_corpus) == ""
    assert check_corpus(small_corpus) == []


def test_the_file_is_kept_as_it_stands(small_corpus: Path) -> None:
    (small_corpus / SITE).write_text(TEA, encoding="utf-8")
    assert load_site(small_corpus) == TEA
    assert check_corpus(small_corpus) == []


def test_our_own_corpus_says_what_it_is_about() -> None:
    assert 'subject = "the causes of Restless Legs Syndrome"' in load_site(PROJECT / "corpus" / "articles")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[en", "site.toml cannot be read"),
        ('title = "Tea"', r"\[title\] is not a table of texts"),
        ("[en]", r"\[en\] is not a table of texts"),
        ("[en]\ntitle = 1", r"\[en\] is not a table of texts"),
        ('[de]\ntitle = " "', r"\[de\] is not a table of texts"),
        ('[de]\nthema = "Tee"', r"\[de\] has 'thema'.*about, asked, aspect, examples, question, says, subject, title"),
    ],
)
def test_what_nothing_would_read_is_a_fault_of_the_corpus(text: str, fault: str, small_corpus: Path) -> None:
    (small_corpus / SITE).write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=fault):
        load_site(small_corpus)
    assert len(check_corpus(small_corpus)) == 1


def test_a_file_that_is_not_text_is_a_fault_of_the_corpus(small_corpus: Path) -> None:
    (small_corpus / SITE).write_bytes(b"\xff\xfe")
    with pytest.raises(CorpusError, match="cannot be read"):
        load_site(small_corpus)
