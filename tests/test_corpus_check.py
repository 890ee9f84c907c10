"""`check_corpus`: each fault of a corpus is found, with what is wrong and what to do."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus import CorpusError
from corpus.check import check_corpus
from settings import PROJECT


def set_field(folder: Path, field: str, value: object) -> None:
    record = json.loads((folder / "article.json").read_bytes())
    record[field] = value
    (folder / "article.json").write_text(json.dumps(record), encoding="utf-8")


def drop_licence(folder: Path) -> None:
    record = json.loads((folder / "article.json").read_bytes())
    del record["source"]["licence"]
    (folder / "article.json").write_text(json.dumps(record), encoding="utf-8")


def blank_the_text(folder: Path) -> None:
    set_field(folder, "sections", [{"heading": "About tea", "start": 9, "end": 10}])


def test_the_projects_own_corpus_is_in_order() -> None:
    assert check_corpus(PROJECT / "corpus" / "articles") == []


def test_an_article_as_it_was_saved_is_in_order(small_corpus: Path) -> None:
    assert check_corpus(small_corpus) == []


@pytest.mark.parametrize(
    ("harm", "fault", "remedy"),
    [
        (drop_licence, "tea: article.json lacks source.licence.", "Add that to article.json"),
        (lambda f: (f / "text.txt").write_bytes(b"x"), "tea: text.txt is not the file that was recorded.", "Restore it"),
        (lambda f: (f / "article.json").unlink(), "its provenance is unknown.", "add the article again"),
        (blank_the_text, "tea: the article is empty.", "add its text"),
        (lambda f: set_field(f, "id", "water"), "tea: its id is 'water'.", "the same name"),
        (lambda f: f.rename(f.with_name("Green Tea")), "Green Tea: its id is 'tea'.", "the same name"),
        (
            lambda f: set_field(f, "sections", [{"heading": "About tea", "start": 11, "end": 9999}]),
            "section 'About tea' lies outside the text or overlaps another.",
            "Add the article again",
        ),
        (
            lambda f: set_field(f, "sections", [{"heading": h, "start": 11, "end": 20} for h in ("About tea", "B")]),
            "section 'B' lies outside the text or overlaps another.",
            "Add the article again",
        ),
        (
            lambda f: (f / "questions.json").write_text('[{"section": "Coffee", "questions": ["Why?"]}]', encoding="utf-8"),
            "names a section 'Coffee' that the article does not have.",
            "Its sections: About tea.",
        ),
    ],
    ids=["provenance", "drift", "no-record", "empty", "id", "folder", "outside", "overlap", "question"],
)
def test_a_fault_is_named_with_its_remedy(
    small_corpus: Path, harm: Callable[[Path], object], fault: str, remedy: str
) -> None:
    harm(small_corpus / "tea")
    (found,) = check_corpus(small_corpus)
    assert found.message.endswith(fault)
    assert remedy in found.remedy


def test_duplicate_ids_are_found_and_counted(small_corpus: Path) -> None:
    shutil.copytree(small_corpus / "tea", small_corpus / "tea-again")
    faults = [str(fault) for fault in check_corpus(small_corpus)]
    assert "2 articles have the id 'tea'. Give each its own id, the name of its folder." in faults
    assert any(fault.startswith("tea-again: its id is 'tea'.") for fault in faults)


def test_the_faults_of_every_article_are_found_not_only_the_first(small_corpus: Path) -> None:
    shutil.copytree(small_corpus / "tea", small_corpus / "water")
    set_field(small_corpus / "water", "id", "water")
    for folder in small_corpus.iterdir():
        (folder / "text.txt").unlink()
    assert [fault.message for fault in check_corpus(small_corpus)] == [
        "tea: text.txt is missing.",
        "water: text.txt is missing.",
    ]


def test_a_corpus_without_articles_is_a_fault(tmp_path: Path) -> None:
    (fault,) = check_corpus(tmp_path)
    assert "holds no article" in fault.message


def test_a_corpus_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="there is no corpus"):
        check_corpus(tmp_path / "nowhere")
