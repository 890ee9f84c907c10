"""`python -m assistant.training.beginnings`: after a change of the rules of triage, what their patterns begin with."""

from pathlib import Path

from assistant.kept_beginnings import FILE, as_file
from assistant.triage import rules

RULES = Path(__file__).parents[1] / "triage_rules"

if __name__ == "__main__":
    (RULES / FILE).write_text(as_file(pattern for rule in rules() for pattern in rule.patterns), encoding="utf-8")
