"""index/documents.py: articles read from their file as they are asked for are the articles that were written."""

import gc
import json
import sys
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Document, SuggestedQuestion
from corpus.document import Composed, OwnerLabel
from corpus.library import documents_from, sha256_of
from index import IndexDamagedError, IndexVersion, build, current_version, open_version
from index import documents as module
from index.documents import KEY, Bytes, FiledDocuments, ListedDocuments, write_documents
from index.encoding import unit
from index.lexical import Integers
from index.passages import PassageTable, split
from index.published.manifest import sealed
from index.stores import DEFAULT_ENGINES, Engines
from tests.conftest import HashEncoder, make_document
from tests.milvus import engines_of, milvus

TEA = replace(
    make_document("tea", ['Tea “is” a \\ drink.\tIt is "hot", \x7f. 茶 🍵', "Some take milk."]),
    questions=(SuggestedQuestion("About tea", 'What, "text": is tea?', "tea"),),
    labels=(OwnerLabel("Is it hot?", ("Some take milk.",)),),
    composed=(Composed("list", 12, 20),),
)
MANY = [
    TEA,
    *(make_document(f"plant-{n}", [f"Plant {n} has {n} leaves. Gardeners number {n} like it."]) for n in range(400)),
]
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def filed(documents: Sequence[Document], folder: Path) -> FiledDocuments:
    records, texts, table = (folder / f"documents.{form}" for form in ("json", "txt", "npy"))
    write_documents(documents, records=records, texts=texts, table=table)
    mapped = np.load(table, mmap_mode="r", allow_pickle=False)
    return FiledDocuments(np.memmap(records, np.uint8, "r"), np.memmap(texts, np.uint8, "r"), mapped)


def in_memory(folder: Path) -> tuple[Bytes, Bytes, Integers]:
    records, texts = (np.fromfile(folder / f"documents.{form}", np.uint8) for form in ("json", "txt"))
    return records, texts, np.load(folder / "documents.npy")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> FiledDocuments:
    return filed(MANY, tmp_path_factory.mktemp("many"))


def test_what_is_read_is_what_was_written_by_id_by_number_and_in_order(many: FiledDocuments) -> None:
    listed = ListedDocuments(MANY)
    assert many == listed == {document.id: document for document in MANY}
    assert list(many) == [document.id for document in MANY]
    assert list(many.values()) == MANY
    assert list(many.items()) == [(document.id, document) for document in MANY]
    assert [*many.texts()] == [document.text for document in MANY]
    assert [many.head(number) for number in range(len(many))] == [listed.head(number) for number in range(len(listed))]
    assert all(many[document.id] == document and document.id in many for document in MANY)
    assert (many.known == listed.known).all()
    assert next(iter(many.values())) is many["tea"]


@given(id_=words, text=words, heading=words)
def test_any_letters_come_back(tmp_path_factory: pytest.TempPathFactory, id_: str, text: str, heading: str) -> None:
    document = make_document("x", [text])
    sections = tuple(replace(section, heading=heading) for section in document.sections)
    documents = [replace(document, id=id_, sections=sections, text=text), TEA]
    assert filed(documents, tmp_path_factory.mktemp("any")) == {one.id: one for one in documents}


def test_the_records_are_json_with_an_article_a_line_and_the_texts_are_text(tmp_path: Path) -> None:
    filed(MANY, tmp_path)
    records, texts = (tmp_path / "documents.json").read_bytes(), (tmp_path / "documents.txt").read_bytes()
    assert documents_from(records, texts) == MANY
    assert records.count(b"\n") == len(MANY) - 1
    assert texts.decode("utf-8") == "".join(document.text for document in MANY)


@pytest.mark.parametrize("id_", ["", "plant", "plant-400", "PLANT-1", "té", "\ud800", 5, None])
def test_an_id_that_is_not_there_is_not_found(many: FiledDocuments, id_: str) -> None:
    assert id_ not in many
    if isinstance(id_, str):
        with pytest.raises(KeyError):
            many[id_]
        assert (many.get(id_), many.lengths.of(id_)) == (None, -1)


def test_ids_with_the_same_key_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_key", len)
    documents = filed(MANY, tmp_path)
    assert all(documents[document.id] == document for document in MANY)
    assert "plant-x" not in documents


def test_some_of_them_stand_in_the_same_order(many: FiledDocuments) -> None:
    assert list(many.only({"plant-7", "tea", "nothing", "plant-2"})) == ["tea", "plant-2", "plant-7"]
    assert [*many.only(set()).values()] == []


def test_only_articles_with_questions_or_labels_are_read_for_these(many: FiledDocuments, tmp_path: Path) -> None:
    assert [*many.with_questions()] == [*many.with_labels()] == [TEA]
    fresh = filed(MANY, tmp_path)
    assert [*fresh.with_questions()] == [TEA]
    assert fresh._at.cache_info().misses == 1


def test_lengths_are_of_texts(many: FiledDocuments) -> None:
    assert all(many.lengths.of(document.id) == len(document.text) for document in MANY)


def test_a_few_articles_are_remembered_and_no_more(tmp_path: Path) -> None:
    documents = filed(MANY * 3, tmp_path)
    for document in documents.values():
        assert document.text
    assert documents._at.cache_info().currsize == module.DOCUMENTS_KEPT < len(documents)
    assert documents._text.cache_info().currsize == module.TEXTS_KEPT < len(documents)
    assert documents._head.cache_info().currsize <= module.HEADS_KEPT


def test_a_small_corpus_is_read_once(tmp_path: Path) -> None:
    documents = filed(MANY[:50], tmp_path)
    first = list(documents.values())
    assert all(one is other for one, other in zip(first, documents.values(), strict=True))
    assert documents._at.cache_info().misses == 50


def test_nothing_is_held_when_the_articles_are_gone(tmp_path: Path) -> None:
    documents = filed(MANY[:3], tmp_path)
    assert list(documents.values())
    gc.disable()
    try:
        gone = weakref.ref(documents._at)
        del documents
        assert gone() is None
    finally:
        gc.enable()


def test_many_threads_read_the_same(many: FiledDocuments) -> None:
    def read(first: int) -> bool:
        order = [*range(first, len(MANY)), *range(first)]
        return all(many.at(n) == MANY[n] == many[MANY[n].id] and many.text(n) == MANY[n].text for n in order)

    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(read, range(0, 400, 50)))
    finally:
        sys.setswitchinterval(switching)


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table[:-1],
        lambda table: table.astype(np.int32),
        lambda table: table.ravel(),
        lambda table: table + 10**6,
        lambda table: -table,
        lambda table: table[:, ::-1],
    ],
    ids=["a row less", "narrow", "flat", "past the file", "negative", "keys out of order"],
)
def test_a_table_of_another_file_is_refused(tmp_path: Path, change: Callable[[Integers], Integers]) -> None:
    filed(MANY[:9], tmp_path)
    records, texts, table = in_memory(tmp_path)
    with pytest.raises(ValueError, match=r"\(|no such record"):
        FiledDocuments(records, texts, change(table))


def test_an_article_that_cannot_be_read_is_told_with_the_remedy(tmp_path: Path) -> None:
    filed(MANY[:2], tmp_path)
    records, texts, table = in_memory(tmp_path)
    for records_now, texts_now in ((np.full_like(records, ord("x")), texts), (records, np.full_like(texts, 0xFF))):
        with pytest.raises(IndexDamagedError, match=r"an article of the index cannot be read\. Run `python -m index build`"):
            FiledDocuments(records_now, texts_now, table).at(1)


def built(index_dir: Path, engines: Engines = DEFAULT_ENGINES) -> str:
    return build(MANY, encoder=HashEncoder(), index_dir=index_dir, engines=engines, multilingual=HashEncoder()).version


def test_a_large_version_maps_its_articles_places_and_other_vectors_and_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = built(tmp_path)
    small = open_version(tmp_path, name)
    monkeypatch.setattr("index.published.version.LARGEST_READ_WHOLE", 100)
    large = open_version(tmp_path, name)
    assert all(map(is_mapped, (large.passages.places, large.documents.known, large.multilingual)))
    assert not any(map(is_mapped, (small.passages.places, small.documents.known, small.multilingual)))
    assert_same(small, large)


def is_mapped(array: object) -> bool:
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    return array is not None


def assert_same(one: IndexVersion, other: IndexVersion) -> None:
    assert one.documents == other.documents == {document.id: document for document in MANY}
    assert list(one.passages) == list(other.passages) == [passage for document in MANY for passage in split(document)]
    rows = range(len(one.passages))
    assert one.passages.words(np.array(rows)) == other.passages.words(np.array(rows))
    assert [*map(one.passages.reading_text, rows)] == [*map(other.passages.reading_text, rows)]
    for document in MANY[:20]:
        assert one.passages.of_document(document.id) == other.passages.of_document(document.id) == split(document)


def test_a_version_in_milvus_lite_gives_the_same_articles_passages_and_hits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.published.version.LARGEST_READ_WHOLE", 100)
    engines = engines_of(milvus())
    files, rows = open_version(tmp_path / "f", built(tmp_path / "f")), None
    try:
        name = built(tmp_path / "m", engines)
        rows = open_version(tmp_path / "m", name, engines=engines)
        assert_same(files, rows)
        (question,) = HashEncoder().encode(["Gardeners number 7 like it."])
        query = unit(question.pooled)
        found = [[v.passages.text(row) for row in v.store.search(query, count=5)[1].tolist()] for v in (files, rows)]
        assert found[0] == found[1]
    finally:
        engines.remove(tmp_path / "m" / current_version(tmp_path / "m"))


def test_rows_are_found_whatever_the_order_of_the_passages() -> None:
    table = PassageTable.of(MANY, [passage for document in MANY for passage in split(document)])
    back = PassageTable(MANY, table.places[::-1])
    for ids in ({"tea"}, {"plant-3", "plant-399", "none"}, set(), {document.id for document in MANY}):
        expected = [row for row, passage in enumerate(table) if passage.document_id in ids]
        assert table.rows_of(ids).tolist() == expected
        assert back.rows_of(ids).tolist() == sorted(len(table) - 1 - row for row in expected)


def test_places_are_checked_beyond_the_first_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.passages.CHECKED_AT_ONCE", 10)
    places = PassageTable.of(MANY, [passage for document in MANY for passage in split(document)]).places
    assert [passage.document_id for passage in PassageTable(MANY, places).of_document("plant-20")] == ["plant-20"] * 2
    places[500, 3] = 10**6
    with pytest.raises(ValueError, match="no such section or text"):
        PassageTable(MANY, places)


@pytest.mark.parametrize("large", [100, 4 * 2**20], ids=["mapped", "in memory"])
@pytest.mark.parametrize("file", ["documents.json", "documents.txt", "documents.npy", "passages.npy", "multilingual.npy"])
def test_a_damaged_file_is_refused_by_name_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, large: int
) -> None:
    monkeypatch.setattr("index.published.version.LARGEST_READ_WHOLE", large)
    name = build([TEA], encoder=HashEncoder(), index_dir=tmp_path, multilingual=HashEncoder()).version
    content = bytearray((tmp_path / name / file).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / name / file).write_bytes(content)
    with pytest.raises(IndexDamagedError, match=f"{file} is damaged or missing"):
        open_version(tmp_path, name)


def test_a_table_of_another_version_is_refused_even_with_a_hash_that_fits(tmp_path: Path) -> None:
    name, folder = build([TEA], encoder=HashEncoder(), index_dir=tmp_path).version, tmp_path
    np.save(folder / name / "documents.npy", np.zeros((KEY, 1), np.int64))
    record = json.loads((folder / name / "manifest.json").read_bytes())
    record["files"]["documents.npy"] = sha256_of((folder / name / "documents.npy").read_bytes())
    del record["sha256"]
    (folder / name / "manifest.json").write_bytes(sealed(record))
    with pytest.raises(IndexDamagedError, match="cannot be read by this program"):
        open_version(folder, name)
