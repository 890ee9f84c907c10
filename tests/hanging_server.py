"""app.py, watched as it is, with two questions that never end: one keeps the interpreter, one only its own thread."""

import os
import re
import threading
from collections.abc import Sequence

import supervisor

HANG = "Keep the interpreter"
WAIT = "Keep a thread"
HEARTBEAT = supervisor.supervised(os.environ) if __name__ == "__main__" else None

import app  # noqa: E402  the process that watches need not load it
from assistant import Assistant  # noqa: E402
from assistant.answer import Answer  # noqa: E402
from assistant.languages.wording import DEFAULT_LANGUAGE  # noqa: E402
from assistant.web.gate import admission  # noqa: E402


class HangingAssistant(Assistant):
    """The real one for every other question."""

    def ask(self, turns: Sequence[str], /, *, reader: str = DEFAULT_LANGUAGE) -> Answer:
        """Answer the last of the turns, or never."""
        if turns[-1] == HANG:
            re.fullmatch("(a+)+b", "a" * 60)  # for some centuries
        if turns[-1] == WAIT:
            threading.Event().wait()
        return super().ask(turns, reader=reader)


if __name__ == "__main__":
    app.Assistant = HangingAssistant  # type: ignore[attr-defined]
    admission.STUCK_SECONDS = 2.0
    app.main(HEARTBEAT)
