"""Versions: what visitors will see, publishing with who and why, going back, the history, and what is served where.

What is published is what the editor saw: a report holds beside the version that it was compared with, and no longer.
"""

import getpass
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from assistant.evaluation.figures import declared
from corpus import Document, ShownError, load_corpus
from corpus.difference import ArticleDifference, compare
from corpus.errors import CorpusError
from corpus.library import documents_from
from desk import Desk
from index.errors import IndexDamagedError, IndexMissingError
from index.published.layout import DOCUMENTS, TEXTS, IndexLayout
from index.published.pointer import Said, is_withdrawn, publications, rollback_target
from index.published.signing import SigningKey
from index.published.version import current_version, list_versions

MOST_VERSIONS = 12  # of which it is told what changed
SECONDS_TO_ANSWER = 3.0
OF_FIELDS = {"owner's labels": "what was said of questions", "url": "address", "published": "date", "sha256": "its file"}


@dataclass(frozen=True, slots=True)
class TakenBack:
    """That a version which visitors saw was taken back: when, by whom, and why, if that was said."""

    when: str
    who: str
    why: str

    def __str__(self) -> str:
        why = f": “{self.why}”" if self.why else ""
        return f"taken back by {self.who} on {self.when}{why}"


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the history. `taken` is `None` where it was not taken back."""

    version: str
    when: str
    who: str
    why: str
    what: str
    is_current: bool
    is_kept: bool
    taken: TakenBack | None


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
        return f"It should not be published as it is: {faults(found)[0]} ({answers}.)"
    if not found["answers"]:
        return "It may be published: no answer changes."
    return f"It may be published: {answers}."


def faults(found: dict[str, Any], /) -> list[str]:
    """Why a version should not be published, in an editor's words: each figure that fell, and each article at fault."""
    fallen = [row for row in found.get("figures", ()) if not row["held"]]
    told = [f"{declared(row['figure']).what}: {_told(row['new'])}, and {_told(row['old'])} now." for row in fallen]
    return [*(line[0].upper() + line[1:] for line in told), *found["faults"][len(fallen) :]]


def behind(desk: Desk, version: str, /) -> str:
    """Why a report on a version is out of date; empty if it is not."""
    try:
        differs = compare(documents_of(desk, version), load_corpus(desk.corpus_dir))
    except (ShownError, OSError, ValueError, KeyError):
        return "The articles cannot be compared with this version. Build again."
    return "Something was changed since this was built, and is not in it. Build again to see it." if differs else ""


def said(by: str, why: str, /) -> Said:
    """Who and why, for the history, which names the user of this machine anyway.

    Raises:
        CorpusError: either is missing.
    """
    by, why = " ".join(by.split()), " ".join(why.split())
    if not by:
        raise CorpusError("Nobody is named.", remedy="Write your name under “Who”; the history keeps it.")
    if not why:
        raise CorpusError("No reason is given.", remedy="Write a few words under “Why”; the history keeps them.")
    with suppress(KeyError, OSError):  # a container may run under a number without a name
        by = "" if by == getpass.getuser() else by
    return Said(by, why)


def taken_back(desk: Desk, version: str, /) -> TakenBack | None:
    """Who took a version back that visitors saw; `None` if nobody did, or if it is what they see."""
    if not is_withdrawn(desk.index_dir, version):
        return None
    past = publications(desk.index_dir)
    last = max(number for number, one in enumerate(past) if one.version == version)
    by = next((one for one in past[last + 1 :] if one.version < version), None)
    return None if by is None else TakenBack(by.since, by.by or by.user, by.why)


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
    taken = {name: taken_back(desk, name) for name in {one.version for one in publications(desk.index_dir)}}
    found = []
    past = publications(desk.index_dir)
    for number, one in enumerate(past):
        who = f"{one.by} ({one.user} on {one.host})" if one.by else f"{one.user} on {one.host}"
        before = past[number - 1].version if number else ""
        told = "back to what visitors saw before" if one.version < before else what.get(one.version, "")
        is_current = one.version == current and number == len(past) - 1
        is_last = one.version not in {later.version for later in past[number + 1 :]}
        back = taken[one.version] if is_last else None
        found.append(Past(one.version, one.since, who, one.why, told, is_current, one.version in kept, back))
    return found[::-1]


def changes(desk: Desk, /) -> Iterator[tuple[str, str]]:
    """What changed in each of the newest versions, against the kept one before it, in a few words."""
    names = list_versions(desk.index_dir)[-MOST_VERSIONS:]
    before: list[Document] | None = None
    for name in names:
        try:
            after = documents_of(desk, name)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        titles = {document.id: document.source.title for document in (*(before or ()), *after)}
        yield name, "the oldest that is kept" if before is None else in_words(compare(before, after), titles)
        before = after


def in_words(differences: list[ArticleDifference], titles: Mapping[str, str], /) -> str:
    """Differences in a few words.

    >>> in_words([ArticleDifference("tea", "added")], {"tea": "All about tea"})
    '“All about tea” added'
    """
    told = []
    for one in differences:
        counts = [(len(one.added), "added"), (len(one.changed), "changed"), (len(one.removed), "removed")]
        sentences = ", ".join(f"{_count(count, 'sentence')} {verb}" for count, verb in counts if count)
        inside = "; ".join(filter(None, [sentences, ", ".join(OF_FIELDS.get(name, name) for name in one.fields)]))
        told.append(
            f"“{titles.get(one.id, one.id)}” {one.state}" + (f" ({inside})" if one.state == "changed" and inside else "")
        )
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


def documents_of(desk: Desk, version: str, /) -> list[Document]:
    """The articles of a version that is kept."""
    folder = IndexLayout(desk.index_dir).version(version)
    return documents_from((folder / DOCUMENTS).read_bytes(), (folder / TEXTS).read_bytes())


def _last_by(desk: Desk) -> str:
    try:
        current = current_version(desk.index_dir)
    except (IndexMissingError, IndexDamagedError):
        return "somebody"
    last = next((one for one in reversed(publications(desk.index_dir)) if one.version == current), None)
    return "somebody" if last is None else f"{last.by or last.user} on {last.host} at {last.since}"


def _told(value: float) -> str:
    """A share as people say it, a count as it is."""
    return f"{value}" if isinstance(value, int) else f"{value * 100:.3g} in 100"


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}" + ("" if number == 1 else "s")
