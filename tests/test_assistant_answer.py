"""assistant/answer.py: the public contract of one answer."""

import json
import re
from dataclasses import FrozenInstanceError, replace

import pytest

from assistant.answer import RECOGNISED, Answer, Citation, Kind
from assistant.retrieval.learned import learned
from assistant.retrieval.outcomes import OUTCOMES
from assistant.triage.rules import OTHERS, URGENT
from assistant.web.routes.feedback import ANSWER_ID
from settings import PROJECT

# As in the design's example of one answer: other programs rely on these names and this order.
ANSWER_FIELDS = ["kind", "message", "citations", "suggestions", "confidence", "index_version"]
CITATION_FIELDS = ["n", "quote", "article", "title", "section", "start", "end", "url", "score"]

CITATION = Citation(1, "Tea is “hot”.", "tea", "About tea", "Heat", 11, 24, "/articles/tea#:~:text=Tea", 0.91)
ANSWER = Answer(Kind.ANSWER, "The article says:", (CITATION,), ("What is tea?",), 0.94, "20261122T101500Z-3f9a1c")


@pytest.mark.parametrize("kind", Kind)
def test_an_answer_has_citations_exactly_when_its_kind_is_answer(kind: Kind) -> None:
    right, wrong = ((CITATION,), ()) if kind is Kind.ANSWER else ((), (CITATION,))
    assert Answer(kind, "", right, (), 1.0, "").citations == right
    with pytest.raises(ValueError, match=f"kind {kind} with {len(wrong)} citations"):
        Answer(kind, "", wrong, (), 1.0, "")


def test_the_kinds_are_those_of_the_contract() -> None:
    assert [str(kind) for kind in Kind] == ["answer", "unanswered", "advice", "urgent", "chat"]
    assert [kind.number for kind in Kind] == list(range(len(Kind)))
    assert [Kind(kind.value) for kind in Kind] == list(Kind)


def test_everything_that_counts_kinds_reads_them_from_where_they_are_declared() -> None:
    heads, kinds = learned().heads, [kind.value for kind in Kind]
    assert (*kinds, "lost") == OUTCOMES
    assert (heads.kinds.shape[0], heads.bias.shape) == (len(RECOGNISED), (2 + len(RECOGNISED),))
    assert set(RECOGNISED) == {*URGENT, *OTHERS}
    assert [kind for kind in kinds if not re.match(ANSWER_ID, kind)] == []
    assert not re.match(ANSWER_ID, "lost")
    sources = [path for path in (PROJECT / "assistant").rglob("*.py") if path.name != "answer.py"]
    lines = [f"{path}: {line}" for path in sources for line in path.read_text("utf-8").splitlines()]
    assert [line for line in lines if {*kinds} <= {*re.findall("[a-z]+", line.partition(": ")[2])}] == []


def test_the_json_object_has_the_contracts_fields_in_the_contracts_order() -> None:
    found = json.loads(ANSWER.as_json())
    assert list(found) == ANSWER_FIELDS
    assert list(found["citations"][0]) == CITATION_FIELDS


def test_the_json_object_says_what_the_answer_says() -> None:
    assert json.loads(ANSWER.as_json()) == {
        "kind": "answer",
        "message": "The article says:",
        "citations": [
            {
                "n": 1,
                "quote": "Tea is “hot”.",
                "article": "tea",
                "title": "About tea",
                "section": "Heat",
                "start": 11,
                "end": 24,
                "url": "/articles/tea#:~:text=Tea",
                "score": 0.91,
            }
        ],
        "suggestions": ["What is tea?"],
        "confidence": 0.94,
        "index_version": "20261122T101500Z-3f9a1c",
    }


def test_a_quote_that_was_made_of_a_table_says_so_in_the_json_and_any_other_has_no_such_field() -> None:
    made = replace(ANSWER, citations=(replace(CITATION, made_of="table"),))
    assert json.loads(made.as_json())["citations"][0]["made_of"] == "table"
    assert "made_of" not in ANSWER.as_json()


def test_the_json_object_is_one_line_of_readable_text() -> None:
    assert "\n" not in ANSWER.as_json()
    assert "“hot”" in ANSWER.as_json()


def test_an_answer_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        ANSWER.message = "I think:"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        CITATION.quote = "Tea is cold."  # type: ignore[misc]
