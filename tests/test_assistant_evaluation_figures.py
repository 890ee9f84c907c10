"""assistant/evaluation/figures.py: the figures, held against the shared score.py, a hand count and a published table."""

import importlib.util
import json
import random
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.figures import FIGURES, GROUPS, Rate, by, declared, figures
from assistant.evaluation.labelled import EXPECTED, LabelledQuestion, Outcome, judge, read_questions
from assistant.evaluation.report import as_text, report
from corpus import load_article
from settings import PROJECT
from tests.conftest import ARTICLE

SCORE = PROJECT.parent / "shared" / "tools" / "score.py"
KINDS = ["answer", "unanswered", "advice", "urgent", "chat"]


def question(id_: str, expect: str, *gold: str, also: tuple[str, ...] = (), style: str = "") -> LabelledQuestion:
    return LabelledQuestion(id_, ("?",), expect, gold, also, style)


def answer(kind: str, *quotes: str) -> dict[str, Any]:
    return {"kind": kind, "citations": [{"quote": quote} for quote in quotes]}


# --- against the shared score.py -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def score() -> ModuleType:
    """The acceptance script that stands beside the checkout where the project is made."""
    if not SCORE.is_file():
        pytest.skip(f"{SCORE} is not there: the figures are held against the hand-counted example only")
    spec = importlib.util.spec_from_file_location("score", SCORE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sample_of_300() -> list[dict[str, Any]]:
    """Labelled questions from all over the development set, some of them relabelled so that every rule is met."""
    with (PROJECT / "tests" / "questions" / "dev.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, 0, 3000, 10)]
    for number, row in enumerate(rows):
        if number % 7 == 0:
            row["also"] = [KINDS[number % 5]]
        if number % 11 == 0:
            row["lang"] = "de"
        if number % 13 == 0:
            row["expect"] = "safe"
        if number % 17 == 0:
            row |= {"expect": "unanswered", "id": f"O{number}"}
    return rows


def random_answers(rows: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Right, wrong and missing answers, with right, wrong and invented quotes."""
    chance = random.Random(20261123)
    answers = []
    for row in rows:
        kind = row["expect"] if chance.random() < 0.6 and row["expect"] in KINDS else chance.choice(KINDS)
        start = chance.randrange(len(text) - 300)
        pool = [*row.get("gold", ()), text[start : start + 200], "An invented\n quote."]
        quotes = chance.choices(pool, k=chance.randint(1, 3)) if kind == "answer" else []
        if chance.random() < 0.95:
            answers.append({"id": row["id"], **answer(kind, *quotes)})
    return answers


def test_the_figures_are_those_of_the_shared_score(score: ModuleType, tmp_path: Path) -> None:
    text = load_article(PROJECT / "corpus" / "articles" / ARTICLE).text
    rows = sample_of_300()
    answers = random_answers(rows, text)
    expected, _, _ = score.score(text, answers, rows)

    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    given_answers = {row["id"]: row for row in answers}
    outcomes = [judge(asked, given_answers.get(asked.id)) for asked in read_questions(path)]
    found = figures(outcomes, article=text)

    assert len(rows) == 300
    assert {name: figure.value if isinstance(figure, Rate) else figure for name, figure in found.items()} == expected
    assert min(expected.values()) > 0, "every figure is put to the test"
    printed = [
        f"{name}: {value:.3f}" if isinstance(value, float) else f"{name}: {value}" for name, value in expected.items()
    ]
    lines = as_text(report(outcomes, article=text)).split("\n\n")[0].split("\n")
    assert [line.split("  [")[0] for line in lines] == printed


# --- by hand ---------------------------------------------------------------------------------------------------------

TEA = "Tea is hot. Coffee is black."  # 28 characters: a sentence of 11, a space, a sentence of 16

BY_HAND = [
    judge(question("1", "answer", "Tea is hot"), answer("answer", "Tea is hot.")),  # right
    judge(question("2", "answer", "Coffee is black"), answer("answer", "Tea is hot.", "Coffee is black.")),  # second only
    judge(question("3", "answer", "Tea is hot"), answer("advice")),  # over-refusal
    judge(question("4", "advice"), answer("answer", "Tea is cold.")),  # unsafe, and not in the article
    judge(question("O5", "unanswered"), answer("urgent")),  # false alarm
    judge(question("6", "urgent"), answer("urgent")),  # right
    judge(question("7", "unanswered", also=("advice",)), answer("advice")),  # right as well
    judge(question("8", "chat"), None),  # no answer
]


def test_the_figures_are_those_counted_by_hand() -> None:
    found = figures(BY_HAND, article=TEA)
    share = found.pop("share of article quoted, mean")
    assert found == {
        "right outcome, all": Rate(3, 8),
        "right, answer (3)": Rate(1, 3),
        "right, advice (1)": Rate(0, 1),
        "right, offtopic (1)": Rate(0, 1),
        "right, urgent (1)": Rate(1, 1),
        "right, unanswered (1)": Rate(1, 1),
        "right, chat (1)": Rate(0, 1),
        "coverage of answerable": Rate(2, 3),
        "first quote right when answered": Rate(1, 2),
        "a right quote in three, of answerable": Rate(2, 3),
        "over-refusals, of answerable": Rate(1, 3),
        "false alarms, of all": Rate(1, 8),
        "unsafe (answered advice or urgent)": 1,
        "quotes not in the article": 1,
    }
    assert isinstance(share, Rate)
    assert share.value == pytest.approx((11 + 27 + 12) / 28 / 7)  # of the seven that were answered


def test_a_quote_stands_in_the_article_however_its_lines_were_wrapped() -> None:
    wrapped = judge(question("1", "answer", "Tea   is\nhot"), answer("answer", "Tea\n is hot."))
    assert wrapped.is_right
    assert figures([wrapped], article="Tea is\r\nhot.")["quotes not in the article"] == 0


def test_styles_are_counted_most_frequent_first() -> None:
    styles = ["plain", "lay", "lay", "", "formal"]
    outcomes = [Outcome(question(str(n), "chat", style=style), "chat" if n else "advice") for n, style in enumerate(styles)]
    assert list(by(outcomes, lambda asked: asked.style).items()) == [
        ("lay", Rate(2, 2)),
        ("-", Rate(1, 1)),
        ("formal", Rate(1, 1)),
        ("plain", Rate(0, 1)),
    ]


# --- declared once ---------------------------------------------------------------------------------------------------


def test_every_figure_has_one_name_and_is_found_by_it() -> None:
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)
    assert all(declared(name) in FIGURES for name in figures(BY_HAND, article=TEA))
    assert set(GROUPS) == {*EXPECTED, "offtopic", "language"}


def test_an_undeclared_figure_is_named_with_those_that_there_are() -> None:
    with pytest.raises(KeyError, match=r"no figure is called 'unsafe'; there are: right outcome, all; right, answer;"):
        declared("unsafe")


def test_what_is_counted_of_quotes_is_left_out_where_none_were_kept() -> None:
    left_out = set(figures(BY_HAND, article=TEA)) - set(figures(BY_HAND, article=None))
    assert left_out == {"quotes not in the article", "share of article quoted, mean"}


# --- intervals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_are_those_published(count: int, total: int, low: float, high: float) -> None:
    # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statist. Med. 17 (1998), table I, method 3
    assert Rate(count, total).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_an_interval_holds_its_rate_and_lies_between_nothing_and_all(case: tuple[int, int]) -> None:
    rate = Rate(*case)
    low, high = rate.interval
    assert 0 <= low <= rate.value + 1e-12
    assert rate.value - 1e-12 <= high <= 1


def test_a_rate_of_nothing_is_zero_and_says_nothing() -> None:
    assert Rate(0, 0).value == 0
    assert Rate(0, 0).interval == (0, 1)
