"""The refresh report as plain values, kept as JSON and as a page."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

import pyphen

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.evaluation import page
from assistant.evaluation.figures import figures
from assistant.evaluation.labelled import LabelledQuestion
from assistant.refresh.alike import alike
from assistant.refresh.answers import (
    Asked,
    Pair,
    ask_both,
    broken_links,
    broken_quotes,
    judged,
    labelled,
    offered,
    outcomes,
)
from assistant.refresh.gate import compared, faults
from assistant.refresh.reasons import is_without, reasons, remedies
from corpus import Document
from corpus.difference import compare, sentences_of
from index import IndexVersion

MOST_LABELLED = 300
MOST_OFFERED = 300
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
ORDER = ("lost", "unanswered", "other kind", "other quotes", "gained")  # what a maintainer should look at first


def refresh_report(
    old: Assistant | None,
    new: Assistant,
    questions: Sequence[LabelledQuestion],
    /,
    *,
    most_labelled: int = MOST_LABELLED,
    most_offered: int = MOST_OFFERED,
) -> dict[str, Any]:
    """A version beside the published one: what changes for visitors, and whether it may be published.

    Labels hold where their sentences stand. When too few of these are left in the new version, it has no second opinion of
    labelled neighbours, and the figures of both are taken without it: like is compared with like.
    """
    before = old.version if old else None
    changes = compare(_documents(before), _documents(new.version))
    asked = labelled(questions, before, new.version, changes, most=most_labelled)
    asked += offered(before, new.version, changes, most=most_offered)
    pairs = ask_both(old, new, asked)
    loses_labels = old is not None and old.uses_labels and not new.uses_labels
    sound = judged(pairs, changes)
    baseline = _baseline(old.without_labels(), sound) if old and loses_labels else _old_answers(sound)
    text = "\n\n".join(document.text for document in new.version.documents.values())
    old_text = "\n\n".join(document.text for document in before.documents.values()) if before else ""
    rows = compared(
        figures(outcomes(baseline), article=old_text or " ") if baseline else {},
        figures(outcomes((pair.asked, pair.new) for pair in sound), article=text),
    )
    wrong = faults(new.version, rows, broken_quotes(new.version, (pair.new for pair in pairs)))
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "published": before.name if before else None,
        "version": new.version.name,
        "passes": not wrong,
        "faults": wrong,
        "articles": [change.to_json() | {"title": _title(change.id, before, new.version)} for change in changes],
        "unchanged": len(new.version.documents) - sum(change.state != "removed" for change in changes),
        "answers": [_plain(pair, old, new) for pair in pairs if pair.what != "same"],
        "asked": {
            "labelled": sum(not pair.asked.is_offered for pair in pairs),
            "judged": len(sound),
            "offered": sum(pair.asked.is_offered for pair in pairs),
        },
        "links": broken_links(pairs, new.version),
        "alike": [asdict(pair) for pair in alike(new.version, changes)],
        "reading": _reading(old, new, {change.id for change in changes}),
        "figures": rows,
        "loses_labels": loses_labels,
    }


def save(found: dict[str, Any], /, *, folder: Path) -> Path:
    """Write `refresh-<version>.json` and `.html`; returns the path of the page."""
    return page.save(found, as_html(found), folder / f"refresh-{found['version']}.html")


def as_html(found: dict[str, Any], /) -> str:
    """The page."""
    groups = [(what, [row for row in found["answers"] if row["what"] == what]) for what in ORDER]
    shown = [(what, rows) for what, rows in groups if rows]
    return page.render("refresh/refresh.html", found=found, answers=shown, word_changes=word_changes)


def _documents(version: IndexVersion | None) -> list[Document]:
    return list(version.documents.values()) if version else []


def _title(id_: str, *versions: IndexVersion | None) -> str:
    return next(v.documents[id_].source.title for v in reversed(versions) if v and id_ in v.documents)


def _old_answers(pairs: list[Pair]) -> list[tuple[Asked, Answer]]:
    return [(pair.asked, pair.old) for pair in pairs if pair.old]


def _baseline(old: Assistant, pairs: list[Pair]) -> list[tuple[Asked, Answer]]:
    return [(pair.asked, pair.new) for pair in ask_both(None, old, [pair.asked for pair in pairs])]


def lost_offers(old: Assistant, new: Assistant, /, *, most: int = MOST_OFFERED) -> list[dict[str, Any]]:
    """The questions on offer that a version answered and another does not: as in the report, with reasons and remedies."""
    changes = compare(_documents(old.version), _documents(new.version))
    pairs = ask_both(old, new, offered(old.version, new.version, changes, most=most))
    return [_plain(pair, old, new) for pair in pairs if pair.what == "lost"]


def _plain(pair: Pair, old: Assistant | None, new: Assistant) -> dict[str, Any]:
    without = is_without(pair)
    return {
        "turns": list(pair.asked.question.turns),
        "what": pair.what,
        "offered": pair.asked.is_offered,
        "label_holds": pair.asked.holds,
        "expect": pair.asked.question.expect,
        "old": _shown(pair.old) if pair.old else None,
        "new": _shown(pair.new),
        "why": reasons(pair, old, new) if without else [],
        "remedies": [asdict(remedy) for remedy in remedies(pair, new)] if without else [],
    }


def _shown(answer: Answer) -> dict[str, Any]:
    quotes = [{"article": c.article, "quote": c.quote, "url": c.url} for c in answer.citations]
    return {"kind": str(answer.kind), "confidence": answer.confidence, "quotes": quotes}


def _reading(old: Assistant | None, new: Assistant, changed: set[str]) -> list[dict[str, Any]]:
    """The grade of every article that is new or changed, and of all when they are few."""
    few = len(new.version.documents) <= 20
    return [
        {
            "id": id_,
            "title": document.source.title,
            "old": grade(sentences_of(old.version.documents[id_])) if old and id_ in old.version.documents else None,
            "new": grade(sentences_of(document)),
        }
        for id_, document in new.version.documents.items()
        if few or id_ in changed
    ]


def grade(sentences: Sequence[str], /) -> float:
    """The US school grade of Flesch and Kincaid, 0 of no sentence.

    Source: J. P. Kincaid et al., "Derivation of new readability formulas for Navy enlisted personnel", 1975. Syllables are
    counted by Pyphen's hyphenation patterns, as textstat does.

    >>> round(grade(["The cat sat on the mat."]), 1)
    -1.4
    """
    words = [word for sentence in sentences for word in WORD.findall(sentence)]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


@cache
def _patterns() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US")


def _syllables(word: str) -> int:
    return len(_patterns().positions(word.lower())) + 1


def word_changes(old: str, new: str, /) -> list[tuple[str, str]]:
    """The words of both sentences in pieces, each with how it changed: equal, delete or insert.

    >>> word_changes("Tea is hot.", "Tea is cold.")
    [('equal', 'Tea is'), ('delete', 'hot.'), ('insert', 'cold.')]
    """
    before, after = old.split(), new.split()
    pieces: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("equal", " ".join(before[a:b])))
            continue
        pieces += [("delete", " ".join(before[a:b]))] if a < b else []
        pieces += [("insert", " ".join(after[c:d]))] if c < d else []
    return pieces
