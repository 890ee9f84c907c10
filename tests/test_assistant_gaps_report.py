"""`python -m assistant gaps`: the table and the page tell the counts, and no small one."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.request import pathname2url

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from assistant.__main__ import app
from assistant.gaps.recorder import Counts, add_counts, today_utc, week_of
from assistant.gaps.report import FEWER, as_html, as_text, gaps_report, save
from assistant.gaps.topics import names
from tests.browsers import DESKTOP, PHONE
from tests.command_lines import assert_one_line_error, runner

TODAY = date(2026, 11, 23)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def counted(weeks: int = 12) -> Counts:
    """Every subject, the n-th of them n times, spread over the weeks."""
    counts: Counts = Counter()
    for number, topic in enumerate(names()):
        for question in range(number):
            counts[week_of(TODAY - timedelta(weeks=question % weeks)), topic] += 1
    return counts


def test_the_table_holds_every_count_of_five_or_more_the_largest_first_and_only_names_the_others() -> None:
    rows = gaps_report(counted(), weeks=12, today=TODAY)["topics"]
    expected: dict[str, int | None] = {
        topic: number if number >= 5 else None for number, topic in enumerate(names()) if number
    }
    assert {row["topic"]: row["questions"] for row in rows} == expected
    often = [row["questions"] for row in rows if row["questions"] is not None]
    assert often == sorted(often, reverse=True)
    assert [row["topic"] for row in rows[len(often) :]] == sorted(names()[1:5])  # their order tells nothing


def test_only_the_weeks_that_are_asked_for_are_told() -> None:
    counts: Counts = Counter({("2026-W48", "Caffeine"): 6, ("2026-W47", "Caffeine"): 7, ("2026-W46", "Caffeine"): 100})
    found = gaps_report(counts, weeks=2, today=TODAY)
    assert found["topics"] == [{"topic": "Caffeine", "questions": 13}]
    assert found["weeks"] == [{"week": "2026-W47", "at_least": 5}, {"week": "2026-W48", "at_least": 5}]


@pytest.mark.parametrize("rare", [1, 2, 3, 4])
def test_a_small_count_can_be_told_neither_directly_nor_by_taking_one_sum_from_another(rare: int) -> None:
    counts: Counts = Counter({("2026-W48", "Caffeine"): 23, ("2026-W48", "Cancer"): rare})
    shown = [gaps_report(counts, weeks=1, today=TODAY)]
    other = Counter(counts)
    other["2026-W48", "Cancer"] = 1
    shown.append(gaps_report(other, weeks=1, today=TODAY))
    assert shown[0]["topics"] == shown[1]["topics"]
    assert all(row["at_least"] % 5 == 0 for found in shown for row in found["weeks"])


def test_the_text_and_the_page_say_what_the_values_say() -> None:
    found = gaps_report(counted(), weeks=12, today=TODAY)
    html, text = as_html(found), as_text(found)
    table = re.findall(
        r'<tr><th scope="row">([^<]+)</th><td class="number bar" [^>]+>([^<]+)</td></tr>', html.split("By week")[0]
    )
    expected = [(row["topic"], FEWER if row["questions"] is None else str(row["questions"])) for row in found["topics"]]
    assert [(topic.replace("&#39;", "'"), count) for topic, count in table] == expected
    assert [tuple(reversed(line.strip().split("  "))) for line in text.split("\n")[2:]] == expected


def test_a_bar_is_as_long_as_its_count() -> None:
    counts: Counts = Counter({("2026-W48", "Caffeine"): 40, ("2026-W48", "Alcohol"): 10, ("2026-W47", "Alcohol"): 10})
    html = as_html(gaps_report(counts, weeks=12, today=TODAY))
    shares = [float(share) for share in re.findall(r'style="--share: ([\d.]+)"', html)]
    assert shares == [1.0, 0.5, *[0.0] * 10, 0.2, 1.0]  # two subjects, then twelve weeks


@pytest.mark.parametrize("counts", [Counter(), Counter({("2026-W48", "Caffeine"): 3})])
def test_few_or_no_counts_make_a_page_all_the_same(counts: Counts) -> None:
    found = gaps_report(counts, weeks=12, today=TODAY)
    assert ("None was counted" in as_html(found)) is (not counts)


def test_the_command_prints_the_table_or_json_and_keeps_the_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run = runner(monkeypatch, capsys, app, "assistant")
    monkeypatch.setenv("FEEDBACK_FILE", str(tmp_path / "kept" / "feedback.jsonl"))
    assert_one_line_error(run("gaps"), "nothing was counted yet", "RECORD_GAPS=1")
    add_counts(tmp_path / "kept" / "gaps.json", {(week_of(today_utc()), "Caffeine"): 12})
    told = run("gaps", "--report", str(tmp_path / "reports"))
    assert told.exit_code == 0
    assert "12  Caffeine" in told.out
    assert "Caffeine" in (tmp_path / "reports" / "unanswered-subjects.html").read_text(encoding="utf-8")
    found = json.loads(run("gaps", "--json", "--weeks", "3", "--report", str(tmp_path / "reports")).out)
    assert found["topics"] == [{"topic": "Caffeine", "questions": 12}]
    assert json.loads((tmp_path / "reports" / "unanswered-subjects.json").read_text(encoding="utf-8")) == found
    (tmp_path / "kept" / "gaps.json").write_text("{}", encoding="utf-8")
    assert_one_line_error(run("gaps"), "does not hold counts")


@pytest.fixture(params=["light", "dark"])
def opened(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page in a browser with everything open."""
    kept = save(gaps_report(counted(), weeks=12, today=TODAY), folder=tmp_path)
    with browser.new_context(viewport=DESKTOP, color_scheme=request.param) as context:
        page = context.new_page()
        page.goto(f"file://{pathname2url(str(kept))}")
        page.evaluate("document.querySelectorAll('details').forEach((own) => { own.open = true })")
        yield page


def test_axe_finds_nothing_and_no_phone_scrolls_sideways(opened: Page) -> None:
    for size in (DESKTOP, PHONE):
        opened.set_viewport_size(size)
        found = Axe().run(opened, options={"runOnly": {"type": "tag", "values": RULES}})
        assert found.response["violations"] == []
        assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
