"""The hazard log holds what it must, and names no proof that is not there."""

import ast
import re
from collections.abc import Iterator

import pytest

from settings import PROJECT

LOG = (PROJECT / "SAFETY.md").read_text(encoding="utf-8")
HAZARDS = dict(re.findall(r"^### (H\d+)\. [^\n]+\n(.*?)(?=^### |\Z)", LOG, re.MULTILINE | re.DOTALL))
RISK = r"- \*\*{}:\*\* (?P<severity>\w+) × (?P<likelihood>[\w ]+) → (?P<rating>\d)"


def names_of_tests() -> Iterator[str]:
    for path in (PROJECT / "tests").glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield node.name


def matrix() -> dict[tuple[str, str], int]:
    """(likelihood, severity) → rating, as the table in the log says."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in LOG.splitlines() if line.startswith("| ")]
    (_, *severities), _, *others = rows
    return {(row[0], severity): int(rating) for row in others for severity, rating in zip(severities, row[1:], strict=True)}


def test_every_test_that_the_hazard_log_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", LOG))
    assert len(named) > 40
    assert named - set(names_of_tests()) == set()


@pytest.mark.parametrize("hazard", HAZARDS)
def test_a_hazard_has_effect_causes_controls_that_are_proved_and_ratings_of_the_matrix(hazard: str) -> None:
    text = HAZARDS[hazard]
    for part in ("Effect", "Causes", "Controls"):
        assert f"- **{part}:**" in text
    controls = re.findall(r"^  - (.*)$", text, re.MULTILINE)
    assert controls
    assert [control for control in controls if "`test_" not in control] == []
    for moment, worst in (("Before controls", 5), ("Residual", 3)):  # what is above 3 is not acceptable
        risk = re.search(RISK.format(moment), text)
        assert risk, moment
        assert int(risk["rating"]) == matrix()[risk["likelihood"], risk["severity"]] <= worst


def test_hazards_are_numbered_without_a_gap() -> None:
    assert list(HAZARDS) == [f"H{number}" for number in range(1, len(HAZARDS) + 1)]
