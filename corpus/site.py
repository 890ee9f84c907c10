"""What a corpus is about: `site.toml` beside the articles, so that another subject needs one file and no wording of its own.

    [en]
    title = "All about tea"
    subject = "tea"

There may be a table for each language. Its other keys are `PHRASES`, which `assistant.languages.wording` puts into the
assistant's texts; the corpus's own file shows them all.
"""

import tomllib
from pathlib import Path

from corpus.errors import CorpusError

SITE = "site.toml"
PHRASES = ("title", "asked", "about", "says", "question", "aspect", "examples")
KEYS = {"subject", *PHRASES}


def load_site(corpus_dir: Path, /) -> str:
    """The file as it stands, checked; empty if there is none.

    Raises:
        CorpusError: it is not TOML, or holds what nothing reads.
    """
    try:
        text = (corpus_dir / SITE).read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise CorpusError(f"{SITE} cannot be read ({error}).", remedy=f"Correct it: {corpus_dir / SITE}") from None
    for language, table in tables.items():
        texts = table if isinstance(table, dict) else {}
        unknown = sorted(texts.keys() - KEYS)
        if unknown or not texts or not all(isinstance(text, str) and text.strip() for text in texts.values()):
            raise CorpusError(
                f"{SITE}: [{language}] {f'has {unknown[0]!r}' if unknown else 'is not a table of texts'}.",
                remedy=f"A table holds texts by these names: {', '.join(sorted(KEYS))}.",
            )
    return text
