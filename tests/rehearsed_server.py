"""Runs app.py with questions rehearsed: three quotes (after a gentle word or without), eight, quotes by row, one that
takes its time, one that fails.
"""

import re
import time
from collections.abc import Sequence

import app
from assistant import Assistant
from assistant.answer import Answer, Kind
from assistant.languages.wording import DEFAULT_LANGUAGE, wording
from assistant.retrieval.quoting import citation
from tests.browsers import EIGHT, FAULT, SLOW, THREE, TIRED

ROWS = (2, 12, 19)  # of the passages that are quoted
MANY_ROWS = (2, 3, 5, 7, 12, 15, 19, 23)  # two of them in one section
BOUNDARY = "Whether this is so for you, a doctor or pharmacist can tell."
SECONDS = 1.5
OFFERED = "Samaritans: 116 123"


def quote_rows(*rows: int) -> str:
    """The question that is answered with these passages."""
    return f"Quote the rows {' '.join(map(str, rows))}"


class RehearsedAssistant(Assistant):
    """The real one for every other question."""

    def ask(self, turns: Sequence[str], /, *, reader: str = DEFAULT_LANGUAGE) -> Answer:
        """Answer the last of the turns."""
        if turns[-1].startswith(FAULT):
            raise ValueError(turns[-1])
        asked_for = tuple(map(int, re.findall(r"\d+", turns[-1]))) if turns[-1].startswith(quote_rows()) else ()
        if turns[-1] not in {THREE, EIGHT, SLOW, TIRED} and not asked_for:
            return super().ask(turns, reader=reader)
        if turns[-1] == SLOW:
            time.sleep(SECONDS)
        rows = MANY_ROWS if turns[-1] == EIGHT else ROWS
        citations = tuple(
            citation(n, (row, row), 0.9, self.version, self._link_to) for n, row in enumerate(asked_for or rows, 1)
        )
        message = wording()["answer.several"]
        if turns[-1] == EIGHT:
            message = f"{message}\n{BOUNDARY}"
        if turns[-1] == TIRED:
            message = "\n".join([wording()["gentle.message"], wording()["gentle.offer"], OFFERED, "", message])
        return Answer(Kind.ANSWER, message, citations, self.starters()[:3], 0.9, self.version.name)


if __name__ == "__main__":
    app.Assistant = RehearsedAssistant  # type: ignore[attr-defined]
    app.main()
