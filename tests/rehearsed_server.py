"""Runs app.py with two questions rehearsed: three quotes, whatever retrieval finds, and one that takes its time."""

import time
from collections.abc import Sequence

import app
from assistant import Assistant
from assistant.answer import Answer, Kind
from assistant.wording import wording
from tests.browsers import SLOW, THREE

ROWS = (2, 12, 20)  # of the passages that are quoted
SECONDS = 1.5


class RehearsedAssistant(Assistant):
    """The real one for every other question."""

    def ask(self, turns: Sequence[str], /) -> Answer:
        """Answer the last of the turns."""
        if turns[-1] not in {THREE, SLOW}:
            return super().ask(turns)
        if turns[-1] == SLOW:
            time.sleep(SECONDS)
        citations = tuple(self._citation(n, row, row, 0.9) for n, row in enumerate(ROWS, 1))
        return Answer(Kind.ANSWER, wording()["answer.several"], citations, self.starters()[:3], 0.9, self.version.name)


app.Assistant = RehearsedAssistant  # type: ignore[attr-defined]
app.main()
