"""Building: rebuilt whole, encoded incrementally, published at once or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus import Document, SuggestedQuestion, load_corpus
from index import IndexVersion, build, current_version, open_version
from index.build import BuildResult, fingerprint_inputs
from index.encoding import Encoding, unit
from index.encoding.vectors import in_eight_bits
from index.passages import leans, opening, reading_texts
from index.published.version import list_versions
from settings import PROJECT
from tests.conftest import HashEncoder, arrays_of, make_document

PARAGRAPHS = ("Tea is a drink. It is hot.", "Some take milk.")


class FailingEncoder(HashEncoder):
    """Fails as soon as it is asked."""

    def encode(self, _texts: Sequence[str], /) -> list[Encoding]:
        raise MemoryError


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    return tmp_path / "an index"


def served(index_dir: Path) -> IndexVersion:
    return open_version(index_dir, current_version(index_dir))


def rebuild(documents: list[Document], index_dir: Path) -> tuple[BuildResult, list[str]]:
    """Build with an encoder that has seen nothing; the result, and what had to be encoded."""
    encoder = HashEncoder()
    return build(documents, encoder=encoder, index_dir=index_dir), encoder.encoded


def test_the_first_build_encodes_every_sentence_and_publishes(index_dir: Path) -> None:
    result, encoded = rebuild([make_document(paragraphs=PARAGRAPHS)], index_dir)
    assert result == BuildResult(current_version(index_dir), is_new=True, passages=3, encoded=3)
    assert sorted(encoded) == [
        "About tea: Some take milk.",
        "About tea: Tea is a drink.",
        "About tea: Tea is a drink. It is hot.",
    ]


def test_an_unchanged_corpus_builds_nothing(index_dir: Path) -> None:
    first, _ = rebuild([make_document()], index_dir)
    before = {path: path.stat().st_mtime_ns for path in index_dir.rglob("*")}
    second, encoded = rebuild([make_document()], index_dir)
    assert second == BuildResult(first.version, is_new=False, passages=2, encoded=0)
    assert encoded == []
    assert {path: path.stat().st_mtime_ns for path in index_dir.rglob("*")} == before


def test_an_edit_encodes_only_the_sentence_that_is_new(index_dir: Path) -> None:
    rebuild([make_document(paragraphs=PARAGRAPHS)], index_dir)
    edited = ("Tea is a drink. It is served hot.", "Some take milk.")
    result, encoded = rebuild([make_document(paragraphs=edited)], index_dir)
    assert (result.is_new, result.passages, result.encoded) == (True, 3, 1)
    assert encoded == ["About tea: Tea is a drink. It is served hot."]


def test_an_edit_encodes_the_sentence_that_leans_on_it_as_well(index_dir: Path) -> None:
    rebuild([make_document(paragraphs=PARAGRAPHS)], index_dir)
    _, encoded = rebuild([make_document(paragraphs=["Tea is a plant. It is hot.", "Some take milk."])], index_dir)
    assert sorted(encoded) == ["About tea: Tea is a plant.", "About tea: Tea is a plant. It is hot."]


def test_removing_a_paragraph_encodes_nothing(index_dir: Path) -> None:
    rebuild([make_document(paragraphs=PARAGRAPHS)], index_dir)
    result, encoded = rebuild([make_document(paragraphs=PARAGRAPHS[1:])], index_dir)
    assert (result.is_new, result.passages, encoded) == (True, 1, [])


def test_taking_an_edit_back_is_a_new_version_that_encodes_nothing(index_dir: Path) -> None:
    first, _ = rebuild([make_document()], index_dir)
    rebuild([make_document(paragraphs=["Other."])], index_dir)
    third, encoded = rebuild([make_document()], index_dir)
    assert third.is_new
    assert third.version != first.version
    assert encoded == []


def test_a_sentence_under_another_heading_is_encoded_again(index_dir: Path) -> None:
    document = make_document()
    rebuild([document], index_dir)
    renamed = replace(document, sections=tuple(replace(section, heading="Hot drinks") for section in document.sections))
    _, encoded = rebuild([renamed], index_dir)
    before = "About tea. Hot drinks:"
    assert sorted(encoded) == [f"{before} Tea is a drink.", f"{before} Tea is a drink. It is hot."]


@pytest.mark.parametrize(
    "change",
    [
        {"source": replace(make_document().source, url="https://example.org/tea")},
        {"source": replace(make_document().source, licence="CC BY 4.0")},
        {"questions": (SuggestedQuestion("About tea", "What is tea?"),)},
    ],
    ids=["url", "licence", "questions"],
)
def test_a_change_around_the_text_is_a_new_version_that_encodes_nothing(index_dir: Path, change: dict[str, object]) -> None:
    rebuild([make_document()], index_dir)
    changed = replace(make_document(), **change)  # type: ignore[arg-type]
    result, encoded = rebuild([changed], index_dir)
    assert (result.is_new, encoded) == (True, [])
    assert served(index_dir).documents["tea"] == changed


def test_another_model_encodes_everything_anew(index_dir: Path) -> None:
    rebuild([make_document()], index_dir)
    other = HashEncoder("sha256:other")
    assert build([make_document()], encoder=other, index_dir=index_dir).encoded == 2
    assert served(index_dir).manifest.model == "sha256:other"


def test_every_row_belongs_to_its_passage(index_dir: Path) -> None:
    documents = [make_document("tea", PARAGRAPHS), make_document("ale", ["Ale is cold. It is hot."])]
    rebuild(documents, index_dir)
    version = served(index_dir)
    vectors = arrays_of(version)
    texts = reading_texts(version.passages, {document.id: document for document in documents})
    for row, encoding in enumerate(HashEncoder().encode(texts)):
        np.testing.assert_array_equal(vectors.pooled[row], encoding.pooled)
        expected = in_eight_bits(unit(encoding.tokens).astype(np.float16))
        np.testing.assert_array_equal(vectors.kept_tokens_of([row])[0], expected)
    for row, vector in enumerate(vectors.pooled):
        assert version.store.search(vector, count=1)[1].tolist() == [row]
    assert [passage.document_id for passage in version.passages] == ["tea"] * 3 + ["ale"] * 2


def test_the_same_sentence_twice_is_encoded_once_and_stays_two_passages(index_dir: Path) -> None:
    result, encoded = rebuild([make_document(paragraphs=["Tea is hot. Tea is hot."])], index_dir)
    assert (result.passages, result.encoded, len(encoded)) == (2, 1, 1)
    first, second = served(index_dir).passages
    assert first.end <= second.start


def test_a_damaged_version_is_built_anew_from_the_cache(index_dir: Path) -> None:
    first, _ = rebuild([make_document()], index_dir)
    (index_dir / first.version / "store.faiss").write_bytes(b"damaged")
    second, encoded = rebuild([make_document()], index_dir)
    assert (second.is_new, encoded) == (True, [])
    assert served(index_dir).name == second.version != first.version


@pytest.mark.parametrize("content", [None, b"garbage"])
def test_without_a_usable_pointer_a_version_is_built_and_published(index_dir: Path, content: bytes | None) -> None:
    rebuild([make_document()], index_dir)
    (index_dir / "CURRENT").unlink()
    if content is not None:
        (index_dir / "CURRENT").write_bytes(content)
    result, _ = rebuild([make_document()], index_dir)
    assert result.is_new
    assert current_version(index_dir) == result.version


def test_the_cache_of_encodings_may_be_deleted_at_any_time(index_dir: Path) -> None:
    rebuild([make_document()], index_dir)
    before = arrays_of(served(index_dir))
    (index_dir / "encodings.sqlite").unlink()
    assert not rebuild([make_document()], index_dir)[0].is_new
    (index_dir / "CURRENT").unlink()
    assert rebuild([make_document()], index_dir)[0].encoded == 2
    after = arrays_of(served(index_dir))
    for part in ("pooled", "tokens", "spans"):
        np.testing.assert_array_equal(getattr(after, part), getattr(before, part))


def test_what_a_killed_build_left_is_removed_and_nothing_else(index_dir: Path) -> None:
    first, _ = rebuild([make_document()], index_dir)
    unfinished = index_dir / "20250101T000000Z-aaaaaa"
    unfinished.mkdir()
    (unfinished / "vectors.npy").write_bytes(b"half")
    (index_dir / "notes").mkdir()
    rebuild([make_document()], index_dir)
    assert not unfinished.exists()
    assert (index_dir / "notes").is_dir()
    assert list_versions(index_dir) == [first.version]


def test_a_build_that_fails_leaves_the_published_version(index_dir: Path) -> None:
    first, _ = rebuild([make_document()], index_dir)
    with pytest.raises(MemoryError):
        build([make_document(paragraphs=["New."])], encoder=FailingEncoder(), index_dir=index_dir)
    assert current_version(index_dir) == first.version
    assert list_versions(index_dir) == [first.version]
    assert rebuild([make_document(paragraphs=["New."])], index_dir)[0].is_new


def test_versions_of_one_second_have_their_own_names_in_the_order_of_their_age(index_dir: Path) -> None:
    built = [rebuild([make_document(paragraphs=[text])], index_dir)[0].version for text in ("One.", "Two.", "One.", "Six.")]
    assert list_versions(index_dir) == built


def test_the_projects_own_corpus_is_indexed_with_quotes_that_are_slices(index_dir: Path) -> None:
    documents = load_corpus(PROJECT / "corpus" / "articles")
    rebuild(documents, index_dir)
    version = served(index_dir)
    assert version.documents == {document.id: document for document in documents}
    texts = {document.id: document.text for document in documents}
    assert len(version.passages) > 20
    for passage, read in zip(version.passages, reading_texts(version.passages, version.documents), strict=True):
        sentence = texts[passage.document_id][passage.start : passage.end]
        before = opening(version.documents[passage.document_id].source.title, passage.section)
        assert read.startswith(before)
        assert read.endswith(sentence)
        assert leans(sentence) or read == f"{before}{sentence}"


def test_the_inputs_name_the_engine_so_that_another_one_means_a_new_version() -> None:
    documents = [make_document()]
    faiss, other = (fingerprint_inputs(documents, model="m", engine=engine) for engine in ("faiss", "milvus"))
    assert faiss != other


def test_what_the_corpus_is_about_is_part_of_a_version(index_dir: Path) -> None:
    encoder, site = HashEncoder(), '[en]\nsubject = "tea"\n'
    first = build([make_document()], encoder=encoder, index_dir=index_dir)
    assert served(index_dir).manifest.site == ""
    second = build([make_document()], encoder=encoder, index_dir=index_dir, site=site)
    assert (second.is_new, second.encoded) == (True, 0)
    assert served(index_dir).manifest.site == site
    assert (
        build([make_document()], encoder=encoder, index_dir=index_dir, site=site).version == second.version != first.version
    )
