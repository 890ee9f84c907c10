"""Our own words can be read by an eighth-grader; quotes stay as the article has them."""

import pytest
import textstat

from assistant.languages.wording import wording
from tests.conftest import SITE

HARDEST_GRADE = 8  # US school grade, Flesch-Kincaid
SENTENCES = {key: text for key, text in wording("en", SITE).items() if len(text.split()) >= 5}


def test_there_are_sentences_to_measure() -> None:
    assert len(SENTENCES) > 20


@pytest.mark.parametrize("key", SENTENCES)
def test_a_fixed_sentence_is_at_or_below_grade_eight(key: str) -> None:
    assert textstat.flesch_kincaid_grade(SENTENCES[key]) <= HARDEST_GRADE
