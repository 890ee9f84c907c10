"""assistant/retrieval.py: the nearest passages, held against brute force."""

from pathlib import Path

import numpy as np
import pytest

from assistant.retrieval import CANDIDATES, query_text, retrieve
from index import IndexVersion, build, current_version, open_version
from index.build import embedding_text
from tests.conftest import HashEncoder, make_document

SENTENCES = [f"Tea number {number} comes from garden {number % 5} in the {number % 3} hills." for number in range(12)]


@pytest.fixture
def version(tmp_path: Path, hash_encoder: HashEncoder) -> IndexVersion:
    build([make_document("tea", SENTENCES), make_document("milk")], encoder=hash_encoder, index_dir=tmp_path)
    return open_version(tmp_path, current_version(tmp_path))


def test_hits_are_the_nearest_passages_by_cosine_best_first(version: IndexVersion, hash_encoder: HashEncoder) -> None:
    question = "Which garden in the 2 hills?"
    texts = [embedding_text(passage, version.documents[passage.document_id].text) for passage in version.passages]
    rows = hash_encoder.encode([question, *texts]).astype(float)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = rows[1:] @ rows[0]
    hits = retrieve([question], version=version, encoder=hash_encoder)
    assert [hit.score for hit in hits] == pytest.approx(sorted(cosines, reverse=True)[:CANDIDATES], abs=1e-5)
    assert [hit.score for hit in hits] == pytest.approx([cosines[version.passages.index(h.passage)] for h in hits], abs=1e-5)
    assert len({hit.passage.id for hit in hits}) == CANDIDATES


def test_scores_are_plain_numbers_that_json_can_hold(version: IndexVersion, hash_encoder: HashEncoder) -> None:
    assert {type(hit.score) for hit in retrieve(["tea"], version=version, encoder=hash_encoder)} == {float}


def test_a_corpus_smaller_than_the_candidates_gives_all_its_passages(tmp_path: Path, hash_encoder: HashEncoder) -> None:
    build([make_document("tea")], encoder=hash_encoder, index_dir=tmp_path)
    version = open_version(tmp_path, current_version(tmp_path))
    assert len(retrieve(["tea"], version=version, encoder=hash_encoder)) == len(version.passages) == 2


def test_a_question_is_read_with_the_turn_before_it_and_no_other() -> None:
    assert query_text(["What is tea?"]) == "What is tea?"
    assert query_text(["What is milk?", "What is tea?", "Is it hot?"]) == "Is it hot? What is tea?"


def test_a_question_is_encoded_once(version: IndexVersion) -> None:
    fresh = HashEncoder()
    retrieve(["What is tea?", "Is it hot?"], version=version, encoder=fresh)
    assert fresh.encoded == [query_text(["What is tea?", "Is it hot?"])]
