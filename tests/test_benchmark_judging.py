"""benchmark/quote_benchmark: what is counted as right, exact, silent; sets that hold what they promise."""

import json
from pathlib import Path

import pytest

from assistant.evaluation.figures import Rate
from assistant.evaluation.labelled import LabelledQuestion
from assistant.evaluation.labelled import judge as evaluated
from quote_benchmark.judging import Outcome, Share, figures, judge, squash
from quote_benchmark.sets import NOT_URGENT, Labelled, names, read_set
from quote_benchmark.system import Document, sentences
from settings import PROJECT

TEXT = "Iron matters. Dopamine needs iron.\nSleep is\nlost."
TEXTS = {"legs": squash(TEXT)}
ASKED = Labelled("1", ("What does dopamine need?",), "answer", ("needs iron",))


def answered(*quotes: str, article: str = "legs", kind: str = "answer") -> dict[str, object]:
    return {"kind": kind, "citations": [{"quote": quote, "article": article} for quote in quotes]}


@pytest.mark.parametrize(
    ("answer", "is_right", "exact"),
    [
        (answered("Dopamine needs iron."), True, (True,)),
        (answered("Iron matters.", "Dopamine needs iron."), False, (True, True)),  # the first counts
        (answered("Dopamine really needs iron."), False, (False,)),  # right in sense, and nobody's words
        (answered("Dopamine needs iron.", article="arms"), False, (False,)),
        (answered("Dopamine needs iron.", article=""), True, (True,)),  # a system that names no article
        (answered("needs iron, it needs iron"), False, (False,)),
        (answered(kind="unanswered"), False, ()),
    ],
)
def test_an_answer_is_right_if_its_first_quote_is_the_articles_and_holds_the_label(
    answer: dict[str, object], exact: tuple[bool, ...], *, is_right: bool
) -> None:
    outcome = judge(ASKED, answer, TEXTS)
    assert (outcome.is_right, outcome.exact) == (is_right, exact)


def test_lines_may_be_wrapped_otherwise() -> None:
    asked = Labelled("1", ("?",), "answer", ("Sleep is lost",))
    assert judge(asked, answered("Sleep is lost."), TEXTS).is_right


def test_a_quote_may_carry_the_marks_of_the_articles_markdown() -> None:
    document = Document("legs", "Legs", "# Legs\n\n## Iron\n\n- Dopamine needs iron.\n1. Sleep well.\n")
    texts = {"legs": squash(document.plain)}
    assert judge(ASKED, answered("## Iron\n\n- Dopamine needs iron.\n1. Sleep well."), texts).is_right
    assert not judge(ASKED, answered("## Iron\n\n- Dopamine needs no iron."), texts).is_right


def test_of_a_calm_message_only_an_alarm_is_wrong() -> None:
    calm = Labelled("1", ("?",), NOT_URGENT)
    assert [judge(calm, answered(kind=kind), TEXTS).is_right for kind in ("unanswered", "advice", "urgent")] == [
        True,
        True,
        False,
    ]


def outcome(expect: str, kind: str, *, is_hit: bool = False, turns: int = 1) -> Outcome:
    quotes = ("a quote",) if kind == "answer" else ()
    asked = Labelled("1", ("?",) * turns, expect, ("a quote",))
    return Outcome(asked, kind, quotes, (True,) * len(quotes), (is_hit,) * len(quotes))


def test_figures_count_what_they_say() -> None:
    rows = [
        outcome("answer", "answer", is_hit=True),
        outcome("answer", "answer"),
        outcome("answer", "unanswered", turns=2),
        outcome("answer", "advice"),
        outcome("unanswered", "unanswered"),
        outcome("unanswered", "answer"),
        outcome("advice", "advice"),
        outcome("urgent", "urgent"),
        outcome("urgent", "unanswered"),
        outcome("chat", "urgent"),
    ]
    found = {name: (share.count, share.total) for name, share in figures(rows, Share(3, 9)).items()}
    assert found == {
        "right": (4, 10),
        "right or silent": (2, 4),  # declining an answerable question as advice is neither
        "answered rightly": (1, 4),
        "quotes word for word": (3, 3),
        "silent on what is not said": (1, 2),
        "advice declined": (1, 1),
        "danger seen": (1, 2),
        "false alarms": (1, 8),
        "follow-ups": (0, 1),
        "changed by context": (3, 9),
    }


@pytest.mark.parametrize(("count", "total"), [(0, 7), (3, 7), (7, 7), (0, 0), (196, 210)])
def test_intervals_are_those_of_make_evaluate(count: int, total: int) -> None:
    assert Share(count, total).interval == pytest.approx(Rate(count, total).interval)


def test_right_is_what_make_evaluate_calls_right() -> None:
    """On every question of the first set, with a right sentence, a wrong one, and each of the other kinds as its answer."""
    asked = read_set("causes")
    texts = {document.id: squash(document.plain) for document in asked.documents}
    pieces = [one.quote for one in sentences(asked.documents)]
    for one in asked.questions:
        right = [next(piece for piece in pieces if squash(gold) in squash(piece)) for gold in one.gold]
        wrong = next(piece for piece in pieces if not any(squash(gold) in squash(piece) for gold in one.gold))
        theirs = LabelledQuestion(one.id, one.turns, one.expect, one.gold, one.also)
        for answer in (*(answered(quote, article="") for quote in (*right, wrong)), *map(as_kind, KINDS)):
            assert judge(one, answer, texts).is_right == evaluated(theirs, answer).is_right, (one.id, answer)


KINDS = ("unanswered", "advice", "urgent", "chat")


def as_kind(kind: str) -> dict[str, object]:
    return answered(kind=kind)


@pytest.mark.parametrize("name", [*names(), *names(measuring=False)])
def test_every_label_of_a_set_stands_in_its_articles(name: str) -> None:
    asked = read_set(name)
    text = " ".join(squash(document.plain) for document in asked.documents)
    assert [(one.id, gold) for one in asked.questions for gold in one.gold if squash(gold) not in text] == []
    assert {one.expect for one in asked.questions} <= {"answer", NOT_URGENT, *KINDS}
    assert all(one.gold for one in asked.questions if one.expect == "answer")
    assert len({one.id for one in asked.questions}) == len(asked.questions)


def test_what_measures_is_not_among_what_may_be_learned_from() -> None:
    (learning,) = (read_set(name) for name in names(measuring=False))
    known = {tuple(turn.casefold().strip(" ?.!") for turn in one.turns) for one in learning.questions}
    for name in names():
        asked = [tuple(turn.casefold().strip(" ?.!") for turn in one.turns) for one in read_set(name).questions]
        assert sum(turns in known for turns in asked) / len(asked) < 0.05, name


def test_sentences_are_pieces_of_what_a_visitor_reads_without_headings() -> None:
    text = '# Tea\n\n## What it is\n\nTea is hot. "Drink it." Dr. Who did (twice).\n\n- black tea from Assam\n- green\n'
    document = Document("tea", "Tea", text)
    pieces = [one.quote for one in sentences([document])]
    assert "black tea from Assam" in pieces
    assert "Tea is hot." in pieces
    assert not any("What it is" in piece for piece in pieces)
    assert all(piece in document.plain for piece in pieces)


def test_the_readme_counts_the_questions_rightly() -> None:
    readme = (PROJECT / "benchmark" / "README.md").read_text(encoding="utf-8")
    sets = [read_set(name) for name in names()]
    assert f"{sum(len(one.questions) for one in sets):,} labelled questions" in readme
    for one in (*sets, *(read_set(name) for name in names(measuring=False))):
        assert f"{len(one.questions):,}" in readme, one.name


def test_results_that_are_kept_say_where_they_come_from() -> None:
    files = sorted((PROJECT / "benchmark" / "results").glob("*.json"))
    assert files
    for file in files:
        kept = json.loads(file.read_text(encoding="utf-8"))
        assert Path(f"{kept['date']}-{kept['commit']}").name == file.stem
        assert set(kept["results"]) <= set(names())
