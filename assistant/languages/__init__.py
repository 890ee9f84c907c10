"""The supported languages: one folder each, with everything the language needs. No other list exists.

    <code>/wording.toml   what the assistant says, its name and its direction of writing; the same keys in each
    <code>/triage.toml    rules for danger, requests for advice and small talk; the plainest phrases of danger
    <code>/terms.toml     what visitors call the condition, and the article's terms in English
    <code>/starters.toml  the questions on offer and their topics; English has none, since they are its own

A folder without `wording.toml` is a way of writing that is read but not answered in: `emoji`.

To add a language that py3langid recognises (`https://github.com/adbar/py3langid` lists its codes):

1. copy `en/wording.toml` to `<code>/wording.toml` and translate it;
2. write `<code>/triage.toml`; the head of `en/triage.toml` explains its form;
3. write `<code>/terms.toml` and `<code>/starters.toml`, as the other languages have them;
4. write the language's sentences in `tests/samples/`, which test the rules;
5. run `make widget`, which puts the language into the widget, and `make test`.

What a site is about in that language stands beside its articles, in `site.toml`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
WORDING, TRIAGE, TERMS, STARTERS = "wording.toml", "triage.toml", "terms.toml", "starters.toml"


@cache
def language_files(name: str, /) -> Mapping[str, Mapping[str, Any]]:
    """The contents of each language's file of that name, by language code.

    >>> language_files(WORDING)["ar"]["direction"]
    'rtl'
    """
    paths = sorted(FOLDER.glob(f"*/{name}"))
    return {path.parent.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in paths}
