"""The command that does what the desk does, to be shown beside it, and to be copied."""

import shlex
from collections.abc import Sequence

from corpus.incoming.candidate import Stated
from index.published.pointer import Said

FIELDS = ("title", "author", "publisher", "published", "licence", "url")


def add(source: str, stated: Stated, /, *, is_replacing: bool, accepts_doubts: bool) -> str:
    """Adding one article.

    >>> add("my file.docx", Stated(id="tea", licence="CC0"), is_replacing=False, accepts_doubts=True)
    "python -m corpus add 'my file.docx' --id tea --licence CC0 --accept-doubts --yes"
    """
    flags = [*(["--replace"] if is_replacing else []), *(["--accept-doubts"] if accepts_doubts else []), "--yes"]
    options = [*(["--id", stated.id] if stated.id else []), *_stated(stated)]
    return corpus("add", source, *options, *flags)


def edit(slug: str, stated: Stated, /) -> str:
    """Changing what is said of an article."""
    return corpus("edit", slug, *_stated(stated), "--yes")


def questions(slug: str, /, *options: str) -> str:
    """Changing an article's questions or labels."""
    return corpus("questions", slug, *options, "--yes")


def corpus(*words: str) -> str:
    """Any command of the corpus."""
    return shlex.join(["python", "-m", "corpus", *words])


def publish(version: str, said: Said, /, *, key: str = "") -> str:
    """Publishing a version.

    >>> publish("20261130T170704Z-af02f5", Said(why="A new article"))
    "python -m index publish 20261130T170704Z-af02f5 --why 'A new article'"
    """
    options = [("--key", key), ("--by", said.by), ("--why", said.why)]
    words: Sequence[str] = [word for option, value in options if value for word in (option, value)]
    return shlex.join(["python", "-m", "index", "publish", version, *words])


def _stated(stated: Stated) -> list[str]:
    given = [(f"--{name}", getattr(stated, name)) for name in FIELDS]
    return [word for option, value in given if value for word in (option, value)]
