"""What to write next: subjects asked for in vain, visitors' verdicts, sentences that nothing reaches, reviews due."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.gaps.recorder import read_counts, today_utc
from assistant.gaps.report import gaps_report
from assistant.reach import reached_by
from assistant.web.routes.feedback import SPAN, UNSAFE, VERDICTS, older_file, unsafe_file
from corpus import load_corpus
from corpus.editing import why_due
from corpus.errors import CorpusError, ShownError
from corpus.library import documents_from
from desk import Desk
from index.published.layout import DOCUMENTS, TEXTS, IndexLayout

WEEKS = 12
MOST_VERDICTS = 100
GONE = "(the version that gave it is no longer kept)"
LARGEST = 32 * 1024 * 1024  # bytes of verdicts that are read
UNKNOWN = "Visitors do not see it as it is now, so what its questions reach is not known."
NO_QUOTE = "(an answer without a quote)"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What visitors said of one answer: `counts` by verdict, and the quotes in question with their articles."""

    quotes: tuple[tuple[str, str], ...]
    kind: str
    counts: dict[str, int]
    last: str  # day
    version: str


@dataclass(frozen=True, slots=True)
class Unreached:
    """The sentences of an article that no question on offer reaches, or why that is not known."""

    article: str
    title: str
    sentences: int
    unreached: tuple[str, ...]
    unknown: str = ""


def gaps(desk: Desk, /) -> dict[str, Any] | None:
    """What visitors asked for in vain; `None` if nothing was counted.

    Raises:
        GapsError: the counts cannot be read.
    """
    counts = read_counts(desk.gaps_file, is_needed=False)
    return gaps_report(counts, weeks=WEEKS, today=today_utc()) if counts else None


def verdicts(desk: Desk, /) -> list[Verdict]:
    """By answer, those called unsafe first, then by how many spoke."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    last: dict[tuple[str, str], str] = {}
    files = [unsafe_file(desk.feedback_file), desk.feedback_file]
    for file in [*files, *map(older_file, files)]:
        for row in _lines(file):
            key = (row["answer"], row["version"])
            counts.setdefault(key, Counter())[row["verdict"]] += 1
            last[key] = max(last.get(key, ""), row["day"])
    texts: dict[str, dict[str, str]] = {}
    ordered = sorted(counts, key=lambda key: (-counts[key][UNSAFE], -counts[key].total(), key))
    return [
        Verdict(
            quotes=_quotes(desk, answer, version, texts),
            kind=answer.partition(" ")[0],
            counts=dict(counts[answer, version]),
            last=last[answer, version],
            version=version,
        )
        for answer, version in ordered[:MOST_VERDICTS]
    ]


def unreached(desk: Desk, assistant: Assistant, /) -> list[Unreached]:
    """Every article of the corpus, asked as visitors ask."""
    found = []
    for document in load_corpus(desk.corpus_dir):
        try:
            reach = reached_by(assistant, document)
        except CorpusError:
            found.append(Unreached(document.id, document.source.title, 0, (), UNKNOWN))
            continue
        texts = tuple(document.text[passage.start : passage.end] for passage in reach.unreached)
        found.append(Unreached(document.id, document.source.title, reach.sentences, texts))
    return found


def due(desk: Desk, /) -> list[tuple[str, str, str]]:
    """Articles that are due for a review: id, title, why."""
    today = date.today()
    rows = [(document, why_due(desk.corpus_dir / document.id, today=today)) for document in load_corpus(desk.corpus_dir)]
    return [(document.id, document.source.title, why) for document, why in rows if why]


def _lines(file: Path) -> list[dict[str, str]]:
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ShownError(f"{file} cannot be read ({error.strerror}).", remedy="Make it readable for the desk.") from None
    found = []
    for line in data.decode("utf-8", errors="replace").splitlines():
        try:
            row = {name: str(json.loads(line)[name]) for name in ("day", "answer", "version", "verdict")}
        except (ValueError, KeyError, TypeError):
            continue  # a damaged line costs its own verdict only
        found += [row] if row["verdict"] in VERDICTS else []
    return found


def _quotes(desk: Desk, answer: str, version: str, texts: dict[str, dict[str, str]]) -> tuple[tuple[str, str], ...]:
    if version not in texts:
        texts[version] = _texts(desk, version)
    spans = [(article, int(start), int(end)) for article, start, end in SPAN.findall(answer)]
    if not spans:
        return ((NO_QUOTE, ""),)
    return tuple((texts[version].get(article, "")[start:end] or GONE, article) for article, start, end in spans)


def _texts(desk: Desk, version: str) -> dict[str, str]:
    """The articles' texts of a version, if it is kept; a version's name comes from a stranger."""
    layout = IndexLayout(desk.index_dir)
    if version not in {path.name for path in desk.index_dir.iterdir()}:
        return {}
    try:
        folder = layout.version(version)
        found = documents_from((folder / DOCUMENTS).read_bytes(), (folder / TEXTS).read_bytes())
        return {document.id: document.text for document in found}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
