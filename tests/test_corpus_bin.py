"""What was removed or replaced lies in the bin for thirty days and comes back whole, or not at all."""

import signal
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus import CorpusError, load_article, load_corpus
from corpus.bin import BIN, drop_expired, entries
from corpus.changing import changing, put_article, remove_article, restore_article
from corpus.library import removed_articles
from tests.conftest import make_document
from tests.ending import child, first_line

NEW = make_document(paragraphs=["Tea is a leaf."])
LABELS = '[{"question": "Is it hot?", "answers": ["It is hot."]}]'


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def remove(corpus_dir: Path) -> None:
    with changing(corpus_dir):
        remove_article("tea", corpus_dir=corpus_dir)


def restore(corpus_dir: Path, name: str = "tea", *, is_replacing: bool = False) -> None:
    with changing(corpus_dir):
        restore_article(name, corpus_dir=corpus_dir, is_replacing=is_replacing)


def test_a_removed_article_comes_back_to_the_byte_with_its_labels_and_is_gone_no_longer(small_corpus: Path) -> None:
    (small_corpus / "tea" / "labels.json").write_text(LABELS, encoding="utf-8")
    before = contents(small_corpus / "tea")
    remove(small_corpus)
    assert [entry.id for entry in entries(small_corpus)] == ["tea"]
    restore(small_corpus)
    assert contents(small_corpus / "tea") == before
    assert removed_articles(small_corpus) == {}
    assert entries(small_corpus) == []


def test_a_replaced_article_lies_in_the_bin_and_may_be_exchanged_for_the_new_one(small_corpus: Path, tmp_path: Path) -> None:
    old = load_article(small_corpus / "tea")
    with changing(small_corpus):
        put_article(NEW, original=tmp_path / "tea.txt", corpus_dir=small_corpus)
    with pytest.raises(CorpusError, match="tea is in the corpus"):
        restore(small_corpus)
    restore(small_corpus, is_replacing=True)
    assert load_article(small_corpus / "tea") == old
    (entry,) = entries(small_corpus)
    assert load_article(entry.folder).text == NEW.text


def test_of_several_entries_the_newest_comes_back_unless_another_is_named(small_corpus: Path, tmp_path: Path) -> None:
    for text in ("One.", "Two.", "Three."):
        with changing(small_corpus):
            document = make_document(paragraphs=[text])
            put_article(document, original=tmp_path / "tea.txt", corpus_dir=small_corpus)
    remove(small_corpus)
    oldest = entries(small_corpus)[-2].name
    restore(small_corpus)
    assert "Three." in load_article(small_corpus / "tea").text
    restore(small_corpus, oldest, is_replacing=True)
    assert "One." in load_article(small_corpus / "tea").text


def test_a_damaged_entry_is_refused_and_stays_and_so_does_what_stands(small_corpus: Path) -> None:
    remove(small_corpus)
    (entry,) = entries(small_corpus)
    (entry.folder / "text.txt").write_text("Tea cures.", encoding="utf-8")
    with pytest.raises(CorpusError, match="is not the file that was recorded"):
        restore(small_corpus)
    assert not (small_corpus / "tea").exists()
    assert len(entries(small_corpus)) == 1


@pytest.mark.parametrize("name", ["ale", "../tea", ".bin", ""])
def test_what_is_not_in_the_bin_is_said_to_be_none(small_corpus: Path, name: str) -> None:
    with pytest.raises(CorpusError, match="in the bin"):
        restore(small_corpus, name)


def test_after_thirty_days_an_entry_goes_and_not_before(small_corpus: Path) -> None:
    remove(small_corpus)
    drop_expired(small_corpus, now=datetime.now(UTC) + timedelta(days=29, hours=23))
    assert len(entries(small_corpus)) == 1
    drop_expired(small_corpus, now=datetime.now(UTC) + timedelta(days=30, hours=1))
    assert entries(small_corpus) == []
    assert not (small_corpus / BIN).exists()


def test_a_removal_that_was_cut_off_ends_in_the_bin(small_corpus: Path) -> None:
    (small_corpus / ".outgoing").mkdir()
    (small_corpus / "tea").rename(small_corpus / ".outgoing" / "tea")
    (small_corpus / "removed.json").write_text('{"tea": "2026-01-01"}', encoding="utf-8")
    with changing(small_corpus):
        pass
    assert [entry.id for entry in entries(small_corpus)] == ["tea"]


CHANGER = """
import sys
from pathlib import Path
from corpus.changing import changing, remove_article, restore_article
corpus_dir = Path(sys.argv[1])
with changing(corpus_dir):
    print("ready", flush=True)
    for _ in range(100_000):
        remove_article("tea", corpus_dir=corpus_dir)
        restore_article("tea", corpus_dir=corpus_dir)
"""


def test_killed_at_any_moment_an_article_stands_or_lies_in_the_bin_and_is_whole(small_corpus: Path, tmp_path: Path) -> None:
    with changing(small_corpus):
        put_article(replace(NEW, id="ale"), original=tmp_path / "tea.txt", corpus_dir=small_corpus)
    expected = load_article(small_corpus / "tea")
    for turn in range(6):
        with child([sys.executable, "-c", CHANGER, str(small_corpus)]) as process:
            assert first_line(process) == "ready"
            time.sleep(0.003 + 0.0041 * turn)
            process.send_signal(signal.SIGKILL)
        with changing(small_corpus):
            standing = {document.id: document for document in load_corpus(small_corpus)}
            binned = [entry for entry in entries(small_corpus) if entry.id == "tea"]
            assert ("tea" in standing) != bool(binned)
            if "tea" not in standing:
                assert "tea" in removed_articles(small_corpus)
                restore_article("tea", corpus_dir=small_corpus)
        assert load_article(small_corpus / "tea") == expected
    assert not (small_corpus / ".outgoing").exists()
