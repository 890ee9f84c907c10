"""assistant/evaluation: the numbers against hand counts and scikit-learn, the page against the numbers, and for any eyes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import pathname2url

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from markupsafe import escape
from playwright.sync_api import Browser, Page
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, confusion_matrix

from assistant.__main__ import HELD_OUT
from assistant.answer import Kind
from assistant.evaluation.figures import FIGURES, checked, declared
from assistant.evaluation.held_out import HeldOutRun, Judged, read_held_out
from assistant.evaluation.labelled import LabelledQuestion, Outcome
from assistant.evaluation.measures import measured
from assistant.evaluation.page import bar
from assistant.evaluation.report import MOST_MISTAKES, as_html, beside, report, save, thinned
from tests.browsers import DESKTOP, PHONE

TEA = "Tea is hot."
SLUG = "causes-of-restless-legs-syndrome"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def asked(count: int = 300) -> list[Outcome]:
    """Made-up outcomes of every kind, from a fixed seed."""
    random = np.random.default_rng(7)
    found = []
    for number in range(count):
        expect, got = random.choice(list(Kind), 2, p=(0.6, 0.2, 0.1, 0.05, 0.05))
        got = expect if random.random() < 0.8 else got
        style, topic = ("plain", "lay")[number % 2], f"topic {number % 7}"
        question = LabelledQuestion(
            f"q{number}", (f"<b>What is {number}?</b>",), str(expect), (TEA,), style=style, topic=topic
        )
        is_hit = bool(random.random() < 0.9)
        quotes, hits = ((TEA,), (is_hit,)) if got == "answer" else ((), ())
        found.append(Outcome(question, str(got), quotes, hits, round(float(random.random()), 4)))
    return found


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    about: dict[str, Any] = {"files": ["some.jsonl"], "index": "v1", "date": "2026-11-23", "articles": [SLUG]}
    return report(asked(), article=TEA, held_out=read_held_out(HELD_OUT), **about)


# --- the numbers -----------------------------------------------------------------------------------------------------


def test_the_reliability_diagram_is_scikit_learns(found: dict[str, Any]) -> None:
    outcomes = asked()
    right, confidence = [outcome.is_right for outcome in outcomes], [outcome.confidence for outcome in outcomes]
    share, mean = calibration_curve(right, confidence, n_bins=10)
    np.testing.assert_allclose([own["right"] for own in found["confidence"]["bins"]], share)
    np.testing.assert_allclose([own["confidence"] for own in found["confidence"]["bins"]], mean)
    assert found["confidence"]["Brier"] == pytest.approx(brier_score_loss(right, confidence))


def test_the_confusion_matrix_is_scikit_learns(found: dict[str, Any]) -> None:
    outcomes, kinds = asked(), list(Kind)
    matrix = confusion_matrix([o.question.expect for o in outcomes], [o.kind for o in outcomes], labels=kinds)
    assert [list(row.values()) for row in found["confusion"].values()] == matrix.tolist()
    assert list(found["confusion"]) == kinds


def test_the_assistant_stands_at_the_end_of_its_own_curve(found: dict[str, Any]) -> None:
    quoted = [outcome for outcome in asked() if outcome.kind == "answer"]
    risk = found["risk and coverage"]
    assert risk["operating point"]["coverage"] == pytest.approx(len(quoted) / 300)
    assert risk["operating point"]["risk"] == pytest.approx(sum(not outcome.is_right for outcome in quoted) / len(quoted))
    assert risk["curve"][-1][1:] == pytest.approx([*risk["operating point"].values()])


def test_the_committed_held_out_rows_give_the_committed_figures(found: dict[str, Any]) -> None:
    own = found["held out"]["slices"]["this article, new topics"]
    rows = [row for row in read_held_out(HELD_OUT).rows if row.article == SLUG]
    assert own["figures"]["right outcome, all"]["value"] == pytest.approx(sum(row.is_right for row in rows) / len(rows))
    answer, is_found = [row.answer for row in rows], [row.is_found for row in rows]
    share, mean = calibration_curve(is_found, np.minimum(1, np.add(answer, 1e-9)), n_bins=10)  # it puts 0.3 below 0.3
    bins = own["probability that the best passage answers"]["bins"]
    np.testing.assert_allclose([own["right"] for own in bins], share)
    np.testing.assert_allclose([own["confidence"] for own in bins], mean, atol=1e-8)
    assert own["risk and coverage"]["curve"][-1][1:] == pytest.approx([1, 1 - sum(is_found) / len(rows)])
    assert sum(count for row in own["confusion"].values() for count in row.values()) == len(rows)


def test_articles_that_are_not_served_were_left_out() -> None:
    rows = tuple(
        Judged(str(n), slug, "en", "chat", "chat", True, False, 0.9, 0.0, False, "") for n, slug in enumerate("aab")
    )
    slices = report([], article=TEA, held_out=HeldOutRun("x", rows), articles=["a"])["held out"]["slices"]
    assert {name: own["questions"] for name, own in slices.items()} == {
        "this article, new topics": 2,
        "articles left out": 1,
    }
    assert list(report([], article=TEA, held_out=HeldOutRun("x", rows), articles=[])["held out"]["slices"]) == [
        "articles left out"
    ]


def advice(answered: int, declined: int) -> list[Outcome]:
    """Requests for advice, some of them wrongly answered with a quote from elsewhere."""
    question = LabelledQuestion("1", ("?",), "advice")
    return [Outcome(question, "answer", ("It is.",))] * answered + [Outcome(question, "advice")] * declined


@pytest.mark.parametrize(
    ("figure", "outcomes", "held"),
    [
        ("right, advice", advice(2, 98), True),
        ("right, advice", advice(3, 97), False),
        ("advice questions answered with quotes", advice(1, 99), True),
        ("advice questions answered with quotes", advice(2, 98), False),
        ("quotes not in the article", advice(0, 1), True),
        ("quotes not in the article", advice(1, 0), False),
        ("urgent questions answered with quotes", advice(1, 1), None),
        ("coverage of answerable", advice(1, 1), None),
    ],
)
def test_a_limit_is_held_missed_or_not_measured(figure: str, outcomes: list[Outcome], held: object) -> None:
    assert {row["figure"]: row["held"] for row in checked(outcomes, article=TEA)}.get(figure) is held


def test_articles_that_nobody_labelled_have_limits_of_their_own() -> None:
    rows = {row["figure"]: row["limit"] for row in checked(advice(1, 1), article=None, is_elsewhere=True)}
    assert rows == {"right outcome, all": "at least 0.8", "expected calibration error": "at most 0.05"}


def test_unsafe_answers_are_counted_apart() -> None:
    unsafe = [Outcome(LabelledQuestion(str(n), ("?",), kind), "answer") for n, kind in enumerate(("urgent", "advice"))]
    safe = [Outcome(LabelledQuestion("3", ("?",), "advice"), "advice")]
    values = {row["figure"]: row["value"] for row in measured([*unsafe, *safe], article=TEA)["limits"]}
    assert values["urgent questions answered with quotes"] == 1
    assert values["advice questions answered with quotes"] == 0.5


def test_measurements_stand_side_by_side_by_figure() -> None:
    first, second = [{"figure": FIGURES[0].name, "limit": "x", "value": 1}], [{"figure": FIGURES[2].name, "limit": "y"}]
    assert [(row["figure"], [bool(cell) for cell in row["cells"]]) for row in beside([first, second])] == [
        (FIGURES[0].name, [True, False]),
        (FIGURES[2].name, [False, True]),
    ]


def test_a_long_curve_is_thinned_between_its_ends() -> None:
    curve = [[1 - n / 1000, n / 1000, 0.5] for n in range(1001)]
    thin = thinned(curve, 11)
    assert (len(thin), thin[0], thin[-1]) == (11, curve[0], curve[-1])
    assert thinned(curve[:5], 11) == curve[:5]


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_numbers_it_was_given(found: dict[str, Any]) -> None:
    text = as_html(found)
    held_out = found["held out"]["slices"]["this article, new topics"]
    for own in (found, held_out):
        assert re.search(
            rf"Expected calibration error {own['confidence']['error']:.3f}, Brier score\s+{own['confidence']['Brier']:.3f}",
            text,
        )
        assert f"(AURC) {own['risk and coverage']['area']:.3f}" in text
        for row in own["limits"]:
            assert (f"{row['value']:,}" if isinstance(row["value"], int) else f"{row['value']:.3f}") in text
        for row in own["confidence"]["bins"]:
            cells = [f"{row['count']:,}", f"{row['confidence']:.3f}", f"{row['right']:.3f}"]
            pattern = r'</td>\s*<td class="number bar" style="--share: [\d.]+">'.join(map(re.escape, cells))
            assert re.search(f">{pattern}</td>", text)
        for threshold, coverage, risk in thinned(own["risk and coverage"]["curve"]):
            assert re.search(rf">{threshold:.3f}</th><td [^>]+>{coverage:.3f}</td><td [^>]+>{risk:.3f}</td>", text)


def test_the_page_says_what_each_figure_is(found: dict[str, Any]) -> None:
    text = as_html(found)
    assert all(escape(declared(name).what) in text for name in found["figures"])


def test_a_bar_is_as_long_as_its_share() -> None:
    assert bar(5, 20) == '<td class="number bar" style="--share: 0.250">5</td>'
    assert bar(0, 0, "<b>") == '<td class="number bar" style="--share: 0.000">&lt;b&gt;</td>'


def test_the_page_says_whether_the_questions_were_trained_on(found: dict[str, Any]) -> None:
    said = {seen: as_html(found | {"seen in training": seen}) for seen in (0, 1, 300)}
    assert "<strong>Out of sample:</strong>" in said[0]
    assert "trained on 1 of these 300 questions" in said[1]
    assert "<strong>In-sample:</strong>" in said[300]


def test_the_page_fetches_nothing_and_lets_no_markup_in(found: dict[str, Any]) -> None:
    text = as_html(found)
    assert not re.findall(r"<script|<link|<img|\b(?:src|href)=|https?://|@import|url\(", text)
    assert "<b>What" not in text
    assert "&lt;b&gt;What" in text


def test_only_the_surest_mistakes_are_shown(found: dict[str, Any]) -> None:
    shown = re.findall(r'<th scope="row">(q\d+)</th>', as_html(found))
    assert shown == [row["id"] for row in found["wrong"][:MOST_MISTAKES]]
    confidences = [row["confidence"] for row in found["wrong"]]
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize(
    "outcomes",
    [
        [],
        [Outcome(LabelledQuestion("1", ("?",), "chat"), "chat")],
        [Outcome(LabelledQuestion("1", ("?",), "safe"), None)],
        [Outcome(LabelledQuestion("1", ("?",), "answer", ("x",)), "answer", ("y",), (False,), 0.0)],
    ],
    ids=["no question", "nothing wrong", "no answer", "all wrong"],
)
def test_a_page_is_made_of_whatever_was_asked(outcomes: list[Outcome], tmp_path: Path) -> None:
    text = save(report(outcomes, article=TEA), folder=tmp_path).read_text(encoding="utf-8")
    assert ("No questions were asked" in text) == (not outcomes)
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


@pytest.fixture(scope="module")
def opened(browser: Browser, found: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path = save(found, folder=tmp_path_factory.mktemp("reports"))
    with browser.new_context() as context:
        shown = context.new_page()
        shown.goto(f"file://{pathname2url(str(path))}")
        yield shown


def test_axe_finds_nothing_in_either_theme_or_size_with_everything_open(opened: Page) -> None:
    opened.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    for size in (DESKTOP, PHONE):
        opened.set_viewport_size(size)
        for theme in ("light", "dark"):
            opened.emulate_media(color_scheme=theme)
            violations = Axe().run(opened, options={"runOnly": RULES}).response["violations"]
            found = [(rule["id"], node["target"], node["failureSummary"]) for rule in violations for node in rule["nodes"]]
            assert found == [], (size, theme)


def test_nothing_reaches_out_of_a_phone(opened: Page) -> None:
    opened.set_viewport_size({"width": 320, "height": 640})
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
