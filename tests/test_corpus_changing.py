"""Changing a corpus: each article whole before and after, removed ones remembered, one maintainer at a time."""

import json
import os
import signal
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock

from corpus import CorpusError, load_article, load_corpus
from corpus.changing import changing, keep_fetched, put_article, remove_article
from corpus.document import Fetched
from corpus.library import fetched_of, removed_articles
from tests.conftest import make_document
from tests.ending import child, first_line

NEW = make_document(paragraphs=["Tea is a leaf."])


def hidden(corpus_dir: Path) -> set[str]:
    return {path.name for path in corpus_dir.iterdir() if path.name.startswith(".")}


def test_a_replaced_article_is_the_new_one_and_keeps_its_questions(small_corpus: Path, tmp_path: Path) -> None:
    (small_corpus / "tea" / "questions.json").write_text(
        '[{"section": "About tea", "questions": ["Why?"]}]', encoding="utf-8"
    )
    with changing(small_corpus):
        put_article(NEW, original=tmp_path / "tea.txt", corpus_dir=small_corpus, fetched=Fetched("https://a.b/", '"1"'))
    (document,) = load_corpus(small_corpus)
    assert (document.text, document.questions[0].question) == (NEW.text, "Why?")
    assert fetched_of(small_corpus / "tea") == Fetched("https://a.b/", '"1"')
    assert hidden(small_corpus) <= {".lock", ".bin"}


def test_a_newer_response_is_remembered_without_touching_the_article(small_corpus: Path) -> None:
    before = load_article(small_corpus / "tea")
    keep_fetched(small_corpus / "tea", Fetched("https://a.b/", '"2"'))
    assert fetched_of(small_corpus / "tea") == Fetched("https://a.b/", '"2"')
    assert load_article(small_corpus / "tea") == before


def test_a_removed_article_is_remembered_until_it_comes_back(small_corpus: Path, tmp_path: Path) -> None:
    with changing(small_corpus):
        remove_article("tea", corpus_dir=small_corpus)
    assert removed_articles(small_corpus) == {"tea": date.today()}
    assert not (small_corpus / "tea").exists()
    with changing(small_corpus):
        put_article(NEW, original=tmp_path / "tea.txt", corpus_dir=small_corpus)
    assert removed_articles(small_corpus) == {}
    assert json.loads((small_corpus / "removed.json").read_bytes()) == {}


def test_an_article_has_reached_the_disk_before_it_takes_its_place(
    small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, rename = os.fsync, Path.rename
    synced: set[Path] = set()

    def note_synced(descriptor: int) -> None:
        fsync(descriptor)
        synced.add(Path(f"/proc/self/fd/{descriptor}").readlink())

    def checked_rename(path: Path, target: Path) -> Path:
        if path.parent.name == ".incoming":
            assert {path, *path.iterdir()} <= synced
            synced.clear()
        return rename(path, target)

    monkeypatch.setattr("os.fsync", note_synced)
    monkeypatch.setattr(Path, "rename", checked_rename)
    put_article(NEW, original=tmp_path / "tea.txt", corpus_dir=small_corpus)
    assert small_corpus in synced


@pytest.mark.parametrize("id_", ["coffee", "../articles/tea", ".", ""])
def test_what_is_no_article_is_not_removed(small_corpus: Path, id_: str) -> None:
    with pytest.raises(CorpusError, match="there is no article"):
        remove_article(id_, corpus_dir=small_corpus)
    assert load_article(small_corpus / "tea")


@pytest.mark.parametrize("content", ["[]", "{", '{"tea": 7}', '{"tea": "monday"}'])
def test_a_damaged_list_of_removed_articles_is_refused(small_corpus: Path, content: str) -> None:
    (small_corpus / "removed.json").write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"removed\.json is not a list"):
        removed_articles(small_corpus)


def test_a_replacement_that_was_cut_off_is_refused_and_then_taken_back(small_corpus: Path) -> None:
    expected = load_article(small_corpus / "tea")
    (small_corpus / ".outgoing").mkdir()
    (small_corpus / "tea").rename(small_corpus / ".outgoing" / "tea")
    with pytest.raises(CorpusError, match="tea is being changed, or its change was cut off"):
        load_corpus(small_corpus)
    with changing(small_corpus):
        pass
    assert load_corpus(small_corpus) == [expected]


def test_a_removal_that_was_cut_off_is_finished(small_corpus: Path, tmp_path: Path) -> None:
    with changing(small_corpus):
        put_article(make_document("ale"), original=tmp_path / "tea.txt", corpus_dir=small_corpus)
    (small_corpus / ".outgoing").mkdir()
    (small_corpus / "tea").rename(small_corpus / ".outgoing" / "tea")
    (small_corpus / "removed.json").write_text('{"tea": "2026-01-01"}', encoding="utf-8")
    with changing(small_corpus):
        pass
    assert [document.id for document in load_corpus(small_corpus)] == ["ale"]


CHANGER = """
import sys
from dataclasses import replace
from pathlib import Path
from corpus import load_article
from corpus.changing import changing, put_article
corpus_dir, original = map(Path, sys.argv[1:])
with changing(corpus_dir):
    standing = load_article(corpus_dir / "tea")
    print("ready", flush=True)
    for turn in range(100_000):
        text = standing.text[:11] + ("Tea is a leaf." if turn % 2 else "Tea is a drink.")
        put_article(replace(standing, text=text), original=original, corpus_dir=corpus_dir)
"""


def test_a_change_that_is_killed_at_any_moment_leaves_the_old_article_or_the_new(small_corpus: Path, tmp_path: Path) -> None:
    texts = {
        make_document(paragraphs=[text]).text for text in ("Tea is a leaf.", "Tea is a drink.", "Tea is a drink. It is hot.")
    }
    command = [sys.executable, "-c", CHANGER, str(small_corpus), str(tmp_path / "tea.txt")]
    for turn in range(8):
        with child(command) as process:
            assert first_line(process) == "ready"
            time.sleep(0.003 + 0.0037 * turn)
            process.send_signal(signal.SIGKILL)
        with changing(small_corpus):
            (document,) = load_corpus(small_corpus)
        assert document.text in texts


def try_to_change(corpus_dir: Path) -> None:
    with changing(corpus_dir):
        pass


def test_of_two_maintainers_one_wins_and_the_other_is_told_who(small_corpus: Path) -> None:
    with (
        changing(small_corpus),
        pytest.raises(CorpusError, match=rf"is being changed by .* on .* \(process {os.getpid()}, since 20"),
    ):
        try_to_change(small_corpus)
    with FileLock(small_corpus / ".lock"), pytest.raises(CorpusError, match="is being changed by another process"):
        try_to_change(small_corpus)


def test_a_corpus_that_cannot_be_written_is_one_line_and_stays_as_it_was(small_corpus: Path, tmp_path: Path) -> None:
    expected = load_corpus(small_corpus)
    with changing(small_corpus), pytest.raises(FileNotFoundError):
        put_article(NEW, original=tmp_path / "none.txt", corpus_dir=small_corpus)
    assert load_corpus(small_corpus) == expected


def test_the_id_of_a_new_article_must_be_a_slug(small_corpus: Path, tmp_path: Path) -> None:
    with changing(small_corpus), pytest.raises(CorpusError, match="is not a slug"):
        put_article(replace(NEW, id="../x"), original=tmp_path / "tea.txt", corpus_dir=small_corpus)
