"""The field's other names for what an article may say: put beside a visitor's word, so that both are read.

Flows in: a question. Flows out: the same with meanings in brackets. The groups are reviewed data, `field_terms.toml`.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")


def with_field_terms(text: str, /) -> str:
    """The text with the meaning behind each word that has one, unless the text says it already.

    >>> with_field_terms("does amitriptyline do it")
    'does amitriptyline (tricyclic antidepressant) do it'
    """

    def explained(match: re.Match[str]) -> str:
        meaning = meanings()[match[0].lower()]
        is_said = re.search(rf"\b{re.escape(meaning)}\b", text, re.IGNORECASE)
        return match[0] if is_said else f"{match[0]} ({meaning})"

    return _pattern().sub(explained, text)


@cache
def meanings() -> dict[str, str]:
    """What each lower-case word or phrase means.

    Raises:
        ValueError: a word stands in two groups.
    """
    found: dict[str, str] = {}
    for group in tomllib.loads(FILE.read_text(encoding="utf-8"))["group"]:
        for said in group["said"]:
            if said in found:
                raise ValueError(f"{FILE.name}: {said!r} stands in two groups")
            found[said] = group["means"]
    return found


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(meanings(), key=lambda said: (-len(said), said))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)
