"""Runs app.py with questions rehearsed: three quotes, quotes by row, one that takes its time, one that fails."""

import re
import time
from collections.abc import Sequence

import app
from assistant import Assistant
from assistant.answer import Answer, Kind
from assistant.wording import wording
from tests.browsers import FAULT, SLOW, THREE

ROWS = (2, 12, 20)  # of the passages that are quoted
SECONDS = 1.5


def quote_rows(*rows: int) -> str:
    """The question that is answered with these passages."""
    return f"Quote the rows {' '.join(map(str, rows))}"


class RehearsedAssistant(Assistant):
    """The real one for every other question."""

    def ask(self, turns: Sequence[str], /) -> Answer:
        """Answer the last of the turns."""
        if turns[-1].startswith(FAULT):
            raise ValueError(turns[-1])
        asked_for = tuple(map(int, re.findall(r"\d+", turns[-1]))) if turns[-1].startswith(quote_rows()) else ()
        if turns[-1] not in {THREE, SLOW} and not asked_for:
            return super().ask(turns)
        if turns[-1] == SLOW:
            time.sleep(SECONDS)
        citations = tuple(self._citation(n, row, row, 0.9) for n, row in enumerate(asked_for or ROWS, 1))
        return Answer(Kind.ANSWER, wording()["answer.several"], citations, self.starters()[:3], 0.9, self.version.name)


if __name__ == "__main__":
    app.Assistant = RehearsedAssistant  # type: ignore[attr-defined]
    app.main()
