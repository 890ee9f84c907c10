"""`python -m assistant.prepared.child NAME KEY`: make arrays and write them to standard output; `assistant.prepared` asks.

It loads what the arrays are made of, and ends: nothing of that stays in the process that serves.
"""

import sys
from io import BytesIO
from typing import Any

import numpy as np

from assistant import language, spelling
from assistant.prepared import KEY
from assistant.prepared.english_words import english_words
from assistant.prepared.language_model import narrowed
from assistant.wording import languages

MAKERS = {language.MODEL: lambda: narrowed(languages()), spelling.ENGLISH: english_words}


def main(name: str, key: str, /) -> None:
    """Write the arrays and their key, as `numpy.savez` does, not packed: they are read at every start."""
    arrays: dict[str, Any] = {KEY: np.array(key), **MAKERS[name]()}
    data = BytesIO()
    np.savez(data, **arrays)
    sys.stdout.buffer.write(data.getvalue())


if __name__ == "__main__":
    main(*sys.argv[1:])
