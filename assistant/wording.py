"""The assistant's own words: fixed, reviewed, one TOML file a language in `assistant/wording/`.

Nothing else in the project holds a sentence that a visitor reads as the assistant's, and nothing composes one.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

DEFAULT_LANGUAGE = "en"


@cache
def wording(language: str = DEFAULT_LANGUAGE, /) -> Mapping[str, str]:
    """The texts of a language by dotted key, such as `urgent.crisis`.

    Raises:
        KeyError: there is no wording in that language; the message names those there are.
    """
    if language not in languages():
        raise KeyError(f"no wording in {language!r}; there is {', '.join(languages())}")
    tables = tomllib.loads((files(__package__) / "wording" / f"{language}.toml").read_text(encoding="utf-8"))
    texts = {"language": tables.pop("language")}
    texts |= {f"{table}.{key}": text for table, entries in tables.items() for key, text in entries.items()}
    return MappingProxyType(texts)


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that there is wording in."""
    folder = files(__package__) / "wording"
    return tuple(sorted(path.name.removesuffix(".toml") for path in folder.iterdir() if path.name.endswith(".toml")))
