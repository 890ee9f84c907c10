"""Answers given before: answers are deterministic, so that the same turns need no second reading.

Flows in: turns. Flows out: their answer, if it is among the last that were given. Turns are kept as hashes with a key that
dies with the process, so that no word of a visitor stays in memory.
"""

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence

from assistant.answer import Answer

MOST_KEPT = 2_000  # answers, of some three kilobytes each


class AnswerCache:
    """The answers of one assistant on one version, least recently used given up first. Safe to use from several threads."""

    def __init__(self, most: int = MOST_KEPT, /) -> None:
        self._most = most
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()
        self._lock = threading.Lock()  # held while the table is looked at, never while a question is answered
        self._secret = secrets.token_bytes(32)

    def get(self, turns: Sequence[str], /) -> Answer | None:
        """The answer to these very turns, if it is kept."""
        key = self._key(turns)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def keep(self, turns: Sequence[str], answer: Answer, /) -> None:
        """Remember an answer."""
        key = self._key(turns)
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            if len(self._answers) > self._most:
                self._answers.popitem(last=False)

    def __len__(self) -> int:
        return len(self._answers)

    def _key(self, turns: Sequence[str]) -> bytes:
        digest = hashlib.blake2b(key=self._secret, digest_size=32)
        for turn in turns:
            text = turn.encode("utf-8")
            digest.update(len(text).to_bytes(4, "big") + text)
        return digest.digest()
