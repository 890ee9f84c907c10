"""assistant/evaluation/held_out.py: held-out rows, written and read."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.evaluation.figures import Rate, figures
from assistant.evaluation.held_out import COLUMNS, HeldOutRun, Judged, read_held_out, write_held_out
from corpus import ShownError

RIGHT = Judged("a1", "tea", "en", "answer", "answer", True, True, 0.91238, 0.91238, True, "", topic="a0")
WRONG = Judged("w1", "tea", "de", "unanswered", "answer", False, False, 0.7, 0.7, False, "Tee ist „heiß“.")


def test_rows_are_read_as_they_were_written_but_for_digits(tmp_path: Path) -> None:
    path = tmp_path / "results" / "held-out.json"
    write_held_out(HeldOutRun("a run", (RIGHT, WRONG)), path)
    found = read_held_out(path)
    assert (found.run, found.rows[1]) == ("a run", WRONG)
    assert (found.rows[0].confidence, found.rows[0].topic) == (0.9124, "a0")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 8  # one row a line


def test_rows_that_were_written_before_topics_were_have_none(tmp_path: Path) -> None:
    path = tmp_path / "held-out.json"
    columns, values = COLUMNS[:-1], ["a1", "tea", "en", "answer", "answer", True, True, 0.9, 0.9, True, "", []]
    path.write_text(json.dumps({"run": "x", "columns": columns, "rows": [values]}), encoding="utf-8")
    assert read_held_out(path).rows[0] == replace(RIGHT, confidence=0.9, answer=0.9, topic="")


def test_a_run_without_rows_can_be_kept(tmp_path: Path) -> None:
    write_held_out(HeldOutRun("none", ()), tmp_path / "held-out.json")
    assert read_held_out(tmp_path / "held-out.json") == HeldOutRun("none", ())


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"run": "x", "columns": ["id"], "rows": [["a1"]]}'])
def test_what_holds_no_rows_is_named_with_the_remedy(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "held-out.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ShownError, match=r"held-out\.json holds no held-out rows"):
        read_held_out(path)


def test_rows_give_the_figures_of_the_outcomes_that_they_were_made_from() -> None:
    third = Judged("a2", "tea", "en", "answer", "answer", False, True, 0.8, 0.8, False, "Tea is wet.")
    refused = Judged("a3", "tea", "en", "answer", "advice", False, False, 1.0, 0.4, True, "")
    found = figures([row.outcome for row in (RIGHT, third, refused, WRONG)], article=None)
    rates = {name: figure.count for name, figure in found.items() if isinstance(figure, Rate)}
    assert rates["right outcome, all"] == rates["right, answer (3)"] == rates["first quote right when answered"] == 1
    assert rates["a right quote in three, of answerable"] == rates["coverage of answerable"] == 2
    assert rates["over-refusals, of answerable"] == 1
    assert rates["right, language (1)"] == 0
