"""From a file as it was handed over to a draft: canonical text, sections, and what the file says of its origin.

A reader never guesses provenance that is not in the file; `None` or an empty string says "not there", and the
maintainer fills it in. Nothing outside this package knows about file formats.
"""

from collections.abc import Callable
from pathlib import Path

from corpus.errors import CorpusError
from corpus.readers.draft import Draft
from corpus.readers.markdown import read_markdown
from corpus.readers.plain_text import read_plain_text

READERS: dict[str, Callable[[str], Draft]] = {".txt": read_plain_text, ".md": read_markdown}


def read(path: Path, /) -> Draft:
    """Read an article by its file's ending.

    Raises:
        CorpusError: the format is unknown, the file cannot be read or is not UTF-8, or nothing quotable is in it.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise CorpusError(
            f"{path.name}: no reader for {path.suffix or 'a file without an ending'}.",
            remedy=f"Known formats: {', '.join(sorted(READERS))}.",
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CorpusError(f"{path} does not exist.", remedy="Check the path.") from None
    except OSError as error:
        raise CorpusError(f"{path} cannot be read ({error.strerror}).", remedy="Name a file that you may read.") from None
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path.name} is not UTF-8 (byte {error.start}).", remedy="Save it as UTF-8 and try again."
        ) from None
    draft = reader(text)
    if not any(section.end > section.start for section in draft.sections):
        raise CorpusError(f"{path.name} holds no paragraph that could be quoted.", remedy="Add the article's text.")
    return draft


__all__ = ["Draft", "read"]
