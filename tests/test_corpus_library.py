"""Articles on disk: what was saved is what is loaded, byte for byte, or a fault with its remedy."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus import CorpusError, Document, Section, Source, SuggestedQuestion, load_article, load_corpus
from corpus.changing import save_article
from corpus.incoming.slugs import free_slug
from corpus.library import SLUG, document_from, record_of
from settings import PROJECT
from tests.conftest import ARTICLE, make_document

Record = dict[str, Any]

MALFORMED = [
    "",
    "{",
    "\xff",
    "[1]",
    '{"About tea": ["What is tea?"]}',
    '[{"questions": ["What is tea?"]}]',
    '[{"section": "About tea"}]',
    '[{"section": "About tea", "questions": "What is tea?"}]',
    '[{"section": "About tea", "questions": [1]}]',
]

characters = st.characters(codec="utf-8")
texts = st.text(characters, max_size=80)
filled = st.text(characters, min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
sources = st.builds(
    Source,
    title=filled,
    author=texts,
    publisher=texts,
    url=texts,
    published=st.none() | st.dates(),
    retrieved=st.dates(),
    licence=filled,
    sha256=st.just(""),
    topics=st.lists(texts, max_size=3).map(tuple),
)


def edit_record(folder: Path, change: Callable[[Record], None]) -> None:
    record = json.loads((folder / "article.json").read_bytes())
    change(record)
    (folder / "article.json").write_text(json.dumps(record), encoding="utf-8")


@example(source=make_document().source, text="a\r\nb\rc\x85d\u2028e 😀 \ufeff\x00 ")
@given(source=sources, text=st.text(characters, min_size=3, max_size=200))
@settings(max_examples=50)
def test_an_article_comes_back_as_it_was_saved(tmp_path_factory: pytest.TempPathFactory, source: Source, text: str) -> None:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "in.txt").write_bytes(text.encode())
    document = Document("tea", text, (Section("A heading", 1, len(text)),), source)
    saved = save_article(document, original=folder / "in.txt", corpus_dir=folder / "articles")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    assert load_article(saved) == replace(document, source=replace(source, sha256=sha256))
    assert (saved / "text.txt").read_bytes() == text.encode()


def test_the_original_is_kept_byte_for_byte_and_its_hash_is_the_files(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfTea\r\n\r\nIt is hot.\r\n\x00\xff"
    (tmp_path / "in.TXT").write_bytes(content)
    folder = save_article(make_document(), original=tmp_path / "in.TXT", corpus_dir=tmp_path / "articles")
    assert (folder / "original.TXT").read_bytes() == content
    assert load_article(folder).source.sha256 == hashlib.sha256(content).hexdigest()


def test_the_projects_article_has_the_hash_of_the_file_as_it_was_handed_over() -> None:
    source = load_article(PROJECT / "corpus" / "articles" / ARTICLE).source
    assert source.sha256 == "c6f5b19a256f3c7294031792b1f008773f2c5482a1327b168302349a7a80a9e1"
    assert source.licence == "supplied by the site owner"


def test_a_record_and_a_document_are_each_others_inverse() -> None:
    document = replace(make_document(), questions=(SuggestedQuestion("About tea", "What is tea?"),))
    assert document_from(record_of(document), document.text) == document


def test_articles_are_loaded_in_the_order_of_their_folders_names(small_corpus: Path, tmp_path: Path) -> None:
    for id_ in ("water", "ale"):
        save_article(make_document(id_), original=tmp_path / "tea.txt", corpus_dir=small_corpus)
    assert [document.id for document in load_corpus(small_corpus)] == ["ale", "tea", "water"]


def test_hidden_folders_and_loose_files_are_no_articles(small_corpus: Path) -> None:
    (small_corpus / ".git").mkdir()
    (small_corpus / "README.md").write_text("# Notes", encoding="utf-8")
    assert [document.id for document in load_corpus(small_corpus)] == ["tea"]


def test_suggested_questions_are_read_in_the_order_of_the_file(small_corpus: Path) -> None:
    questions = [
        {"section": "About tea", "topic": "Tea", "questions": ["What is tea?", "Is tea hot?"]},
        {"section": "Milk", "questions": ["Who takes milk?"]},
    ]
    (small_corpus / "tea" / "questions.json").write_text(json.dumps(questions), encoding="utf-8")
    (document,) = load_corpus(small_corpus)
    assert document.questions == (
        SuggestedQuestion("About tea", "What is tea?", "Tea"),
        SuggestedQuestion("About tea", "Is tea hot?", "Tea"),
        SuggestedQuestion("Milk", "Who takes milk?"),
    )


@pytest.mark.parametrize("content", MALFORMED)
def test_malformed_questions_are_refused_with_what_to_do(small_corpus: Path, content: str) -> None:
    (small_corpus / "tea" / "questions.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(CorpusError, match=r"questions.json is not a list of sections.*or delete it"):
        load_article(small_corpus / "tea")


@pytest.mark.parametrize("file", ["text.txt", "original.txt"])
def test_one_changed_byte_is_a_hash_that_drifted(small_corpus: Path, file: str) -> None:
    path = small_corpus / "tea" / file
    path.write_bytes(path.read_bytes().replace(b"hot", b"hat"))
    with pytest.raises(CorpusError, match=f"tea: {file} is not the file that was recorded. Restore it .*corpus add"):
        load_article(small_corpus / "tea")


@pytest.mark.parametrize("file", ["text.txt", "original.txt", "article.json"])
def test_a_missing_file_is_named(small_corpus: Path, file: str) -> None:
    (small_corpus / "tea" / file).unlink()
    with pytest.raises(CorpusError, match=f"tea: {file} is missing.*Restore it"):
        load_article(small_corpus / "tea")


@pytest.mark.parametrize("field", ["title", "licence", "retrieved", "sha256"])
@pytest.mark.parametrize("value", [None, "", "  ", 7])
def test_missing_provenance_is_refused_by_the_fields_name(small_corpus: Path, field: str, value: object) -> None:
    edit_record(small_corpus / "tea", lambda record: record["source"].update({field: value}))
    with pytest.raises(CorpusError, match=rf"article.json lacks source\.{field}\. Add that to article.json"):
        load_article(small_corpus / "tea")


def test_everything_that_a_record_lacks_is_named_at_once(small_corpus: Path) -> None:
    (small_corpus / "tea" / "article.json").write_text('{"format": 1, "source": "me"}', encoding="utf-8")
    lacks = r"id, original_suffix, text_sha256, sections, source\.title, source\.licence, source\.retrieved, source\.sha256"
    with pytest.raises(CorpusError, match=f"lacks {lacks}"):
        load_article(small_corpus / "tea")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", "is not JSON"),
        ("\xff\xfe", "is not JSON"),
        ("[]", "is not of format 1"),
        ('{"format": 2}', "is not of format 1"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused(small_corpus: Path, content: str, fault: str) -> None:
    (small_corpus / "tea" / "article.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(CorpusError, match=f"tea: article.json {fault}.*Restore it"):
        load_article(small_corpus / "tea")


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record["source"].update(retrieved="yesterday"),
        lambda record: record["source"].update(published="11.10.2025"),
        lambda record: record["source"].update(colour="green"),
        lambda record: record.update(sections=["About tea"]),
        lambda record: record.update(sections=[{"heading": "About tea"}]),
    ],
    ids=["retrieved", "published", "unknown", "section", "span"],
)
def test_an_unusable_field_is_refused_not_raised_as_it_is(small_corpus: Path, change: Callable[[Record], None]) -> None:
    edit_record(small_corpus / "tea", change)
    with pytest.raises(CorpusError, match=r"article.json has an unusable field"):
        load_article(small_corpus / "tea")


def test_a_corpus_that_is_not_there_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"there is no corpus at .*Set CORPUS_DIR"):
        load_corpus(tmp_path / "nowhere")


def test_a_corpus_without_articles_says_how_to_add_one(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"holds no article.*python -m corpus add"):
        load_corpus(tmp_path)


def test_an_id_that_is_taken_is_refused_and_the_article_stays(small_corpus: Path, tmp_path: Path) -> None:
    before = load_article(small_corpus / "tea")
    with pytest.raises(CorpusError, match=r"tea is in the corpus already. Choose another --id"):
        save_article(make_document(paragraphs=["Other."]), original=tmp_path / "tea.txt", corpus_dir=small_corpus)
    assert load_article(small_corpus / "tea") == before


@pytest.mark.parametrize("id_", ["", "Tea", "green tea", "../tea", "tea-", "té", "tea\n"])
def test_an_id_that_is_no_slug_is_refused_and_nothing_is_written(tmp_path: Path, id_: str) -> None:
    (tmp_path / "tea.txt").write_text("Tea", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"is not a slug. Use small letters"):
        save_article(make_document(id_), original=tmp_path / "tea.txt", corpus_dir=tmp_path / "articles")
    assert not (tmp_path / "articles").exists()


def test_an_article_that_was_cut_off_while_saving_is_incomplete_and_can_be_added_again(small_corpus: Path) -> None:
    expected = load_article(small_corpus / "tea")
    (small_corpus / "tea" / "article.json").unlink()
    save_article(make_document(), original=small_corpus / "tea" / "original.txt", corpus_dir=small_corpus)
    assert load_article(small_corpus / "tea") == expected


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Causes of RLS: Understanding", "causes-of-rls"), ("  Tea & Co. ", "tea-co"), ("B12", "b12"), ("Äpfel", "apfel"),
        ("Беспокойные ноги", "bespokoynye-nogi"), ("むずむず脚", "muzumuzujiao"),
        ("The doctor’s advice", "the-doctors-advice"),
        ("→ ¿?", "article"), (f"{'long ' * 40}", "-".join(["long"] * 16)), ("鉄：原因", "zhi"), ("x" * 200, "x" * 80),
    ],
)  # fmt: skip
def test_a_slug_is_the_title_up_to_its_colon_in_latin_letters(title: str, slug: str) -> None:
    assert free_slug(title, {}) == slug
    assert SLUG.fullmatch(slug)


def test_articles_of_different_titles_never_share_a_slug() -> None:
    taken: dict[str, str] = {}
    for title in ("Iron: causes", "Iron: treatment", "Iron – treatment", "Iron. Treatment!"):
        taken[free_slug(title, taken)] = title
    assert list(taken) == ["iron", "iron-treatment", "iron-treatment-2", "iron-treatment-3"]
    assert free_slug("Iron: causes", taken) == "iron"


def test_a_date_survives_as_a_date() -> None:
    document = make_document()
    assert record_of(document)["source"]["published"] == "2026-01-02"
    assert document_from(record_of(document), document.text).source.published == date(2026, 1, 2)
