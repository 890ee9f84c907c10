"""The contract of a vector store: one suite for every store, held against cosines computed in double precision."""

from pathlib import Path
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from index.encoding import Rows, Vectors, unit
from index.stores import VectorStore
from index.stores.faiss import FaissStore
from tests.milvus import InMilvus

TOLERANCE = 1e-5  # single precision over a few hundred dimensions

numbers = st.integers(-1000, 1000).map(lambda n: n / 8)  # far from where single precision underflows
shapes = st.tuples(st.integers(1, 24), st.integers(1, 12))


class StoreInAFile(VectorStore, Protocol):
    """What this suite needs of a store beyond the contract."""

    @classmethod
    def build(cls, vectors: Vectors, /) -> Self: ...

    @classmethod
    def load(cls, path: Path, /) -> Self: ...

    def save(self, path: Path, /) -> None: ...


class BruteForceStore:
    """Every cosine, sorted."""

    def __init__(self, vectors: Vectors, /) -> None:
        self._vectors = vectors

    @classmethod
    def build(cls, vectors: Vectors, /) -> Self:
        return cls(unit(vectors))

    @classmethod
    def load(cls, path: Path, /) -> Self:
        with path.open("rb") as file:
            return cls(np.load(file, allow_pickle=False))

    def save(self, path: Path, /) -> None:
        with path.open("wb") as file:
            np.save(file, self._vectors, allow_pickle=False)

    def check(self) -> None:
        """All of it lies in the file."""

    def search(self, query: Vectors, /, *, count: int, among: Rows | None = None) -> tuple[Vectors, Rows]:
        scores = self._vectors @ unit(query)
        order = np.argsort(-scores, kind="stable")
        rows = order[np.isin(order, among)][:count] if among is not None else order[:count]
        return scores[rows], rows


class InvertedFaissStore(FaissStore):
    """As for a large corpus, however few the vectors are."""

    @classmethod
    def build(cls, vectors: Vectors, /, *, flat_up_to: int = 0) -> Self:
        return super().build(vectors, flat_up_to=flat_up_to)


STORES: list[type[StoreInAFile]] = [BruteForceStore, FaissStore, InvertedFaissStore, InMilvus]
every_store = pytest.mark.parametrize("store_type", STORES, ids=lambda store: store.__name__)


def cosines(vectors: Vectors, query: Vectors) -> npt.NDArray[np.float64]:
    """The definition, in double precision; a zero vector has the cosine 0 with everything."""
    wide, other = vectors.astype(np.float64), query.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1) * np.linalg.norm(other)
    return np.where(lengths > 0, wide @ other / np.where(lengths > 0, lengths, 1), 0)


def some_vectors(count: int = 40, dimension: int = 16) -> Vectors:
    """Rows of lengths from a hundredth to a thousand."""
    random = np.random.default_rng(7)
    rows = random.standard_normal((count, dimension)) * np.logspace(-2, 3, count)[:, np.newaxis]
    return rows.astype(np.float32)


@every_store
@given(data=st.data())
def test_search_gives_the_highest_cosines_best_first(store_type: type[StoreInAFile], data: st.DataObject) -> None:
    vectors = data.draw(arrays.arrays(np.float32, shapes, elements=numbers))
    query = data.draw(arrays.arrays(np.float32, vectors.shape[1], elements=numbers))
    count = data.draw(st.integers(1, 30))
    expected = cosines(vectors, query)
    scores, rows = store_type.build(vectors).search(query, count=count)
    assert len(scores) == len(rows) == len(set(rows.tolist())) == min(count, len(vectors))
    np.testing.assert_allclose(scores, expected[rows], atol=TOLERANCE)
    np.testing.assert_allclose(scores, np.sort(expected)[::-1][: len(rows)], atol=TOLERANCE)
    assert (np.diff(scores) <= 0).all()


@every_store
def test_a_long_vector_does_not_win_by_its_length(store_type: type[StoreInAFile]) -> None:
    vectors = np.array([[1000, 1000], [0.001, 0]], dtype=np.float32)
    scores, rows = store_type.build(vectors).search(np.array([5, 0], dtype=np.float32), count=2)
    assert rows.tolist() == [1, 0]
    np.testing.assert_allclose(scores, [1, 2**-0.5], atol=TOLERANCE)


@every_store
def test_every_row_finds_itself_first_with_the_score_1(store_type: type[StoreInAFile]) -> None:
    vectors = some_vectors()
    store = store_type.build(vectors)
    for row, vector in enumerate(vectors):
        scores, rows = store.search(vector, count=3)
        assert rows[0] == row
        assert scores[0] == pytest.approx(1, abs=TOLERANCE)


@every_store
def test_the_opposite_direction_scores_minus_1_and_comes_last(store_type: type[StoreInAFile]) -> None:
    vectors = np.array([[-3, 0], [0, 2], [1, 1]], dtype=np.float32)
    scores, rows = store_type.build(vectors).search(np.array([4, 0], dtype=np.float32), count=3)
    assert rows.tolist() == [2, 1, 0]
    np.testing.assert_allclose(scores, [2**-0.5, 0, -1], atol=TOLERANCE)


@every_store
def test_a_zero_row_scores_0_between_better_and_worse_ones(store_type: type[StoreInAFile]) -> None:
    vectors = np.array([[-1, 0], [0, 0], [1, 0]], dtype=np.float32)
    scores, rows = store_type.build(vectors).search(np.array([2, 0], dtype=np.float32), count=3)
    assert (rows.tolist(), scores.tolist()) == ([2, 1, 0], [1, 0, -1])


@every_store
def test_a_zero_query_scores_0_everywhere(store_type: type[StoreInAFile]) -> None:
    scores, rows = store_type.build(some_vectors(5)).search(np.zeros(16, dtype=np.float32), count=5)
    assert scores.tolist() == [0] * 5
    assert sorted(rows.tolist()) == [0, 1, 2, 3, 4]


@every_store
@pytest.mark.parametrize("count", [1, 4, 5, 6, 1000])
def test_as_many_are_returned_as_asked_for_and_there_are(store_type: type[StoreInAFile], count: int) -> None:
    scores, rows = store_type.build(some_vectors(5)).search(some_vectors()[9], count=count)
    assert scores.shape == rows.shape == (min(count, 5),)
    assert (rows >= 0).all()


@every_store
def test_two_equal_rows_are_both_found(store_type: type[StoreInAFile]) -> None:
    vectors = np.array([[1, 2], [3, -1], [2, 4]], dtype=np.float32)
    _, rows = store_type.build(vectors).search(vectors[0], count=2)
    assert sorted(rows.tolist()) == [0, 2]


@every_store
def test_scores_are_single_precision_and_rows_are_integers(store_type: type[StoreInAFile]) -> None:
    scores, rows = store_type.build(some_vectors()).search(some_vectors()[0], count=3)
    assert (str(scores.dtype), str(rows.dtype)) == ("float32", "int64")


@every_store
def test_what_was_saved_is_what_is_loaded(store_type: type[StoreInAFile], tmp_path: Path) -> None:
    vectors = some_vectors()
    store = store_type.build(vectors)
    path = tmp_path / "a store é"
    store.save(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a store é"]
    loaded = store_type.load(path)
    for query in vectors:
        before, after = store.search(query, count=7), loaded.search(query, count=7)
        assert [part.tobytes() for part in before] == [part.tobytes() for part in after]


@every_store
def test_the_same_search_gives_the_same_bytes(store_type: type[StoreInAFile]) -> None:
    store, query = store_type.build(some_vectors()), some_vectors()[3]
    first, second = store.search(query, count=9), store.search(query, count=9)
    assert [part.tobytes() for part in first] == [part.tobytes() for part in second]


@every_store
def test_building_and_searching_leave_the_given_vectors_alone(store_type: type[StoreInAFile]) -> None:
    vectors, query = some_vectors(), some_vectors()[5]
    store_type.build(vectors).search(query, count=2)
    assert vectors.tobytes() == some_vectors().tobytes()
    assert query.tobytes() == some_vectors()[5].tobytes()


@every_store
@pytest.mark.parametrize(
    "among", [[3], [0, 1, 2], [1, 5, 6, 9], [*range(4, 20)], [*range(20)]], ids=["one", "first", "few", "many", "all"]
)
def test_among_some_rows_the_nearest_of_those_are_found(store_type: type[StoreInAFile], among: list[int]) -> None:
    vectors = some_vectors()
    query, allowed = vectors[7] + vectors[3], np.array(among, np.int64)
    scores, rows = store_type.build(vectors).search(query, count=4, among=allowed)
    exact = cosines(vectors, query)[allowed]
    expected = np.sort(exact)[::-1][:4]
    assert set(rows.tolist()) <= set(among)
    assert len(rows) == min(4, len(among))
    np.testing.assert_allclose(scores, expected, atol=TOLERANCE)


@every_store
def test_vectors_that_are_not_contiguous_in_memory_give_the_same_scores(store_type: type[StoreInAFile]) -> None:
    vectors = some_vectors()
    scores, rows = store_type.build(np.asfortranarray(vectors)).search(vectors[::2].T[:, 4], count=5)
    expected_scores, expected_rows = store_type.build(vectors).search(vectors[8], count=5)
    assert rows.tolist() == expected_rows.tolist()
    np.testing.assert_allclose(scores, expected_scores, atol=TOLERANCE)


def test_unit_scales_every_row_to_length_1_and_leaves_a_zero_row_zero() -> None:
    vectors = np.vstack([some_vectors(), np.zeros((1, 16), dtype=np.float32)])
    lengths = np.linalg.norm(unit(vectors), axis=1)
    np.testing.assert_allclose(lengths[:-1], 1, atol=TOLERANCE)
    assert lengths[-1] == 0


def passage_vectors(count: int, dimension: int = 24) -> Vectors:
    """Directions in clusters, as sentences of articles are."""
    random = np.random.default_rng(11)
    subjects = random.standard_normal((count // 20, dimension))
    return (subjects[random.integers(0, len(subjects), count)] + random.standard_normal((count, dimension)) / 2).astype(
        np.float32
    )


@pytest.fixture(scope="module")
def inverted() -> tuple[Vectors, FaissStore]:
    vectors = passage_vectors(20_000)
    return vectors, FaissStore.build(vectors, flat_up_to=1_000)


def test_a_large_store_goes_through_some_of_its_lists_and_finds_nearly_all_that_comparing_everything_finds(
    inverted: tuple[Vectors, FaissStore],
) -> None:
    vectors, store = inverted
    told, flat = store.description, FaissStore.build(vectors, flat_up_to=len(vectors))
    assert (told["kind"], flat.description) == ("ivf-sq8", {"kind": "flat"})
    assert 1 <= told["probes"] < told["lists"]
    queries = passage_vectors(20_300)[-300:]
    for count, least in ((10, 0.99), (256, 0.98)):
        found = [np.isin(flat.search(query, count=count)[1], store.search(query, count=count)[1]) for query in queries]
        recall = float(np.mean(found))
        print(f"recall@{count} {recall:.4f}")
        assert recall >= least


def test_what_a_large_store_finds_has_exact_cosines(inverted: tuple[Vectors, FaissStore]) -> None:
    vectors, store = inverted
    scores, rows = store.search(vectors[5] + vectors[6], count=40)
    np.testing.assert_allclose(scores, cosines(vectors, vectors[5] + vectors[6])[rows], atol=TOLERANCE)


def test_more_than_the_lists_gone_through_hold_is_found_in_the_others(inverted: tuple[Vectors, FaissStore]) -> None:
    vectors, store = inverted
    _, rows = store.search(vectors[0], count=20_000)
    assert sorted(rows.tolist()) == list(range(20_000))


def test_of_a_large_store_any_rows_can_be_searched_alone(inverted: tuple[Vectors, FaissStore]) -> None:
    vectors, store = inverted
    for among in (np.arange(300, 420), np.arange(0, 20_000, 3), np.arange(1, 20_000)):
        queries = passage_vectors(20_040)[-40:]
        found = [store.search(query, count=10, among=among) for query in queries]
        assert all(np.isin(rows, among).all() and len(rows) == 10 for _, rows in found)
        best = [np.sort(cosines(vectors, query)[among])[-10:] for query in queries]
        hit = np.mean(
            [
                np.isclose(np.sort(scores), exact, atol=TOLERANCE).mean()
                for (scores, _), exact in zip(found, best, strict=True)
            ]
        )
        assert hit >= 0.9


def test_the_same_vectors_give_the_same_large_store(inverted: tuple[Vectors, FaissStore], tmp_path: Path) -> None:
    vectors, store = inverted
    store.save(tmp_path / "one")
    again = FaissStore.build(vectors, flat_up_to=1_000)
    again.save(tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert again.description == store.description


def test_a_mapped_store_gives_the_same_bytes(
    inverted: tuple[Vectors, FaissStore], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors, store = inverted
    store.save(tmp_path / "store")
    monkeypatch.setattr("index.stores.faiss.MAPPED_FROM", 0)
    mapped = FaissStore.load(tmp_path / "store")
    for query in vectors[:20]:
        before, after = store.search(query, count=7), mapped.search(query, count=7)
        assert [part.tobytes() for part in before] == [part.tobytes() for part in after]


def test_the_nearest_of_many_are_found_by_milvus_whatever_its_index() -> None:
    vectors, queries = passage_vectors(5_000, 384), passage_vectors(5_100, 384)[-100:]
    store, flat = InMilvus.build(vectors), FaissStore.build(vectors)
    found = [(flat.search(query, count=10)[1], store.search(query, count=10)[1]) for query in queries]
    assert float(np.mean([np.isin(exact, rows) for exact, rows in found])) >= 0.99
    assert float(np.mean([exact[0] == rows[0] for exact, rows in found])) >= 0.99
