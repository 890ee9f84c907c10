"""Versions: what visitors will see, publishing with who and why, going back, the history, and what is served where.

What is published is what the editor saw: a report holds beside the version that it was compared with, and no longer.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from corpus import Document, ShownError, load_corpus
from corpus.difference import ArticleDifference, compare
from corpus.errors import CorpusError
from corpus.library import document_from
from desk import Desk
from index.errors import IndexDamagedError, IndexMissingError
from index.published.layout import DOCUMENTS, IndexLayout
from index.published.pointer import Said, publications, rollback_target
from index.published.signing import SigningKey
from index.published.version import current_version, list_versions

MOST_VERSIONS = 12  # of which it is told what changed
SECONDS_TO_ANSWER = 3.0


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the history."""

    version: str
    when: str
    who: str
    why: str
    what: str
    is_current: bool
    is_kept: bool


def propose(desk: Desk, /) -> dict[str, Any]:
    """Build a version beside the published one, and report what changes for visitors."""
    return desk.workshop.report(desk.questions, folder=desk.reports, sample=desk.sample)


def last_report(desk: Desk, /) -> dict[str, Any] | None:
    """The report on the newest version, if that was built and not published."""
    newest = max(list_versions(desk.index_dir), default="")
    if not newest or newest == desk.workshop.published_name or newest < desk.workshop.published_name:
        return None
    try:
        found = json.loads((desk.reports / f"refresh-{newest}.json").read_bytes())
    except (OSError, ValueError):
        return None
    is_whole = isinstance(found, dict) and {"version", "published", "answers", "passes"} <= found.keys()
    return found if is_whole and found["version"] == newest else None


def verdict(found: dict[str, Any], /) -> str:
    """The gate's verdict in a sentence."""
    if found["version"] == found["published"]:
        return "Nothing changes: visitors see the articles as they are."
    lost = sum(row["what"] == "lost" for row in found["answers"])
    gained = sum(row["what"] == "gained" for row in found["answers"])
    changed = len(found["answers"]) - lost - gained
    answers = f"{_count(lost, 'answer')} would be lost, {_count(changed, 'answer')} would change"
    answers += f", and {_count(gained, 'question')} would be answered that had no answer"
    if not found["passes"]:
        return f"It should not be published as it is: {found['faults'][0]} ({answers}.)"
    if not found["answers"]:
        return "It may be published: no answer changes."
    return f"It may be published: {answers}."


def behind(desk: Desk, version: str, /) -> str:
    """Why a report on a version is out of date; empty if it is not."""
    try:
        differs = compare(_documents(desk, version), load_corpus(desk.corpus_dir))
    except (ShownError, OSError, ValueError, KeyError):
        return "The articles cannot be compared with this version. Build again."
    return "The articles or labels changed since this version was built. Build again to see them in it." if differs else ""


def publish(desk: Desk, version: str, said: Said, /, *, beside: str | None) -> str:
    """Serve a version that was compared with `beside`, or with nothing (`None`). Returns a sentence on replicas, or nothing.

    Raises:
        CorpusError: another version was published meanwhile.
        ShownError: it is not whole, must be signed, or somebody else is publishing.
    """
    current = desk.workshop.published_name
    if current != (beside or ""):
        raise CorpusError(
            f"Another version was published meanwhile, by {_last_by(desk)}.", remedy="Build again, and look at what changes."
        )
    return desk.workshop.index.publish(version, key=SigningKey(desk.key) if desk.key else None, said=said)


def go_to(desk: Desk, version: str, said: Said, /) -> str:
    """Serve a version that was published before."""
    return desk.workshop.index.publish(version, key=SigningKey(desk.key) if desk.key else None, said=said)


def back_to(desk: Desk, /) -> str:
    """The version that a roll-back goes to; empty if there is none."""
    try:
        return rollback_target(desk.index_dir, engines=desk.workshop.index.engines)
    except IndexMissingError:
        return ""


def history(desk: Desk, /) -> list[Past]:
    """Every publication, newest first."""
    kept, current = set(list_versions(desk.index_dir)), desk.workshop.published_name
    what = dict(changes(desk))
    found = []
    past = publications(desk.index_dir)
    for number, one in enumerate(past):
        who = f"{one.by} ({one.user} on {one.host})" if one.by else f"{one.user} on {one.host}"
        before = past[number - 1].version if number else ""
        told = "went back" if one.version < before else what.get(one.version, "")
        is_current = one.version == current and number == len(past) - 1
        found.append(Past(one.version, one.since, who, one.why, told, is_current, one.version in kept))
    return found[::-1]


def changes(desk: Desk, /) -> Iterator[tuple[str, str]]:
    """What changed in each of the newest versions, against the kept one before it, in a few words."""
    names = list_versions(desk.index_dir)[-MOST_VERSIONS:]
    before: list[Document] | None = None
    for name in names:
        try:
            after = _documents(desk, name)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        yield name, "the oldest that is kept" if before is None else in_words(compare(before, after))
        before = after


def in_words(differences: list[ArticleDifference], /) -> str:
    """Differences in a few words.

    >>> in_words([ArticleDifference("tea", "added")])
    'tea added'
    """
    told = []
    for one in differences:
        counts = [(len(one.added), "added"), (len(one.changed), "changed"), (len(one.removed), "removed")]
        sentences = ", ".join(f"{_count(count, 'sentence')} {verb}" for count, verb in counts if count)
        inside = "; ".join(filter(None, [sentences, ", ".join(one.fields)]))
        told.append(f"{one.id} {one.state}" + (f" ({inside})" if one.state == "changed" and inside else ""))
    return "; ".join(told) or "no article changed"


def served(desk: Desk, /) -> list[tuple[str, str]]:
    """What each server that the settings name serves, or why that is not known."""

    def ask(server: str) -> tuple[str, str]:
        try:
            answer = httpx.get(f"{server}/version", timeout=SECONDS_TO_ANSWER, follow_redirects=False)
            found = answer.raise_for_status().json()
            return server, str(found["index_version"])
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
            return server, "no answer"

    if not desk.servers:
        return []
    with ThreadPoolExecutor(len(desk.servers)) as pool:
        return list(pool.map(ask, desk.servers))


def _documents(desk: Desk, version: str) -> list[Document]:
    rows = json.loads((IndexLayout(desk.index_dir).version(version) / DOCUMENTS).read_bytes())
    return [document_from(row, row["text"]) for row in rows]


def _last_by(desk: Desk) -> str:
    try:
        current = current_version(desk.index_dir)
    except (IndexMissingError, IndexDamagedError):
        return "somebody"
    last = next((one for one in reversed(publications(desk.index_dir)) if one.version == current), None)
    return "somebody" if last is None else f"{last.by or last.user} on {last.host} at {last.since}"


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}" + ("" if number == 1 else "s")
