"""The assistant's own words: fixed, reviewed, one file a language, `<code>/wording.toml`.

No other file holds a sentence that a visitor reads as the assistant's, and no code composes one. `site.toml` fills in what a
text says of the corpus's subject; a place such as {about} that it does not fill is left out.

A text may be a list of wordings that mean the same, so that a conversation need not repeat one. The first has the key
itself, the others are `key.2`, `key.3`. `reply` chooses.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain, count, takewhile
from types import MappingProxyType

from assistant.languages import WORDING, language_files
from corpus.site import PHRASES

DEFAULT_LANGUAGE = "en"
SITES_KEPT = 64  # wordings of a language for a site; a server has one site at a time
SITE_TABLE = "site."
MORE = "chat.more"  # small talk when all wordings of its own were said


@lru_cache(SITES_KEPT)
def wording(language: str = DEFAULT_LANGUAGE, site: str = "", /) -> Mapping[str, str]:
    """The texts of a language by dotted key, such as `urgent.crisis`; `language` is its name, `direction` `ltr` or `rtl`.

    `site` is the text of the corpus's `site.toml` (`corpus.site.load_site`).

    >>> wording("de", '[en]\\ntitle = "Tea"\\nsubject = "tea"\\n[de]\\nsubject = "Tee"')["page.welcome"][:40]
    'Stellen Sie eine Frage zum Thema „Tee“. '

    Raises:
        KeyError: the language has no wording; the message lists those that have.
    """
    phrases = _phrases(language, site)
    texts = {key: text for key, text in unfilled(language).items() if not key.startswith(SITE_TABLE)}
    return MappingProxyType({key: _filled(text, phrases) for key, text in texts.items()})


@cache
def unfilled(language: str, /) -> Mapping[str, str]:
    """The texts of a language, with places such as {title} not yet filled.

    Raises:
        KeyError: the language has no wording.
    """
    if language not in languages():
        raise KeyError(f"no wording in {language!r}; there is {', '.join(languages())}")
    texts: dict[str, str] = {}
    for name, entry in language_files(WORDING)[language].items():
        table = {name: entry} if isinstance(entry, str) else {f"{name}.{key}": text for key, text in entry.items()}
        for key, text in table.items():
            first, *others = [text] if isinstance(text, str) else text
            texts |= {key: first} | {f"{key}.{number}": other for number, other in enumerate(others, start=2)}
    return MappingProxyType(texts)


def reply(text: Mapping[str, str], key: str, /, *, before: Sequence[str]) -> str:
    """The wording of a key for a conversation in which the keys `before` were answered: the first that was not said yet.

    A text with one wording is always the same. One with several is followed by those that all small talk shares.

    >>> reply({"chat.ok": "Fine.", "chat.ok.2": "Good.", "chat.more": "Go on."}, "chat.ok", before=["chat.ok", "chat.ok"])
    'Go on.'
    """
    own, said = wordings(text, key), Counter(before)
    if said[key] < len(own) or len(own) == 1:
        return own[min(said[key], len(own) - 1)]
    if (shared := wordings(text, MORE)) and key.startswith("chat."):
        lists = {other: len(wordings(text, other)) for other in said}
        return shared[sum(said[other] - size for other, size in lists.items() if 1 < size < said[other]) % len(shared)]
    return own[said[key] % len(own)]


def wordings(text: Mapping[str, str], key: str, /) -> list[str]:
    """All wordings of a key."""
    others = (f"{key}.{number}" for number in count(2))
    return [text[name] for name in takewhile(text.__contains__, chain([key], others))]


@cache
def languages() -> tuple[str, ...]:
    """Codes of the supported languages: those with wording."""
    return tuple(language_files(WORDING))


def _phrases(language: str, site: str) -> dict[str, str]:
    texts, tables = unfilled(language), tomllib.loads(site)
    english = {name: text for name, text in tables.get(DEFAULT_LANGUAGE, {}).items() if name in ("title", "subject")}
    own = english | tables.get(language, {})
    phrases = dict.fromkeys(PHRASES, "") | {"title": texts["widget.open"], "asked": texts[f"{SITE_TABLE}anything"]}
    if subject := own.pop("subject", ""):
        patterns = {name: texts[SITE_TABLE + name] for name in PHRASES if SITE_TABLE + name in texts}
        phrases |= {name: pattern.replace("{subject}", subject) for name, pattern in patterns.items()}
    phrases |= own
    return phrases


def _filled(text: str, phrases: Mapping[str, str]) -> str:
    for name, phrase in phrases.items():
        text = text.replace(f"{{{name}}}", phrase) if phrase else text.replace(f" {{{name}}}", "").replace(f"{{{name}}}", "")
    return text.strip()
