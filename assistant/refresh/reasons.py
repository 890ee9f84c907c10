"""Why a question gets no answer from a version, and what an editor can do about it, as commands to copy.

Flows in: a question with the answers of both versions, and both assistants. Flows out: sentences and commands. A reason is
what was found, never a guess: a label that no longer counts, another sentence that ranks first, how probable an answer is.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.answer import Citation, Kind
from assistant.assistant import Assistant
from assistant.refresh.answers import Pair
from assistant.retrieval.found import Found, Miss
from assistant.retrieval.neighbours import matched
from assistant.retrieval.outcomes import ANSWER_FROM
from index import IndexVersion

FEWEST_WORDS = 4  # of a sentence that a command names
MISSES = {
    Miss.ALL_EXCLUDED: "Every sentence that would answer it is about what it leaves out.",
    Miss.NEGATED: "It asks what does not do something, and the corpus says only what does.",
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """What an editor can do, and the command that does it.

    `does` is "publish", "withdraw", "label" or "silence"; but for the first, `article` and `question` say of what, and
    `sentence` is the one that a label names.
    """

    what: str
    command: str
    does: str
    article: str = ""
    question: str = ""
    sentence: str = ""


def is_without(pair: Pair, /) -> bool:
    """Whether a question had an answer or is on offer, and gets none."""
    return pair.what in {"lost", "unanswered"}


def reasons(pair: Pair, old: Assistant | None, new: Assistant, /) -> list[str]:
    """Why the new version does not answer a question; those that hold, the plainest first."""
    found = new.found(pair.asked.question.turns)
    quoted = pair.old.citations[0] if pair.old and pair.old.citations else None
    told = [] if old is None or quoted is None else list(_gone(quoted, old, new))
    if found is None:
        return [*told, f"A rule takes it for {_named(pair.new.kind)}."]
    told += _other_first(quoted, found, new.version)
    if silent := new.retriever.owners_silence(found.question):
        titles = " and ".join(f"“{new.version.documents[id_].source.title}”" for id_ in sorted(silent))
        return [*told, f"Somebody said that {titles} does not answer it."]
    before = old.found(pair.asked.question.turns) if old is not None and quoted is not None else None
    return [*told, _improbable(pair.new.kind, found, before)]


def remedies(pair: Pair, new: Assistant, /) -> list[Remedy]:
    """What an editor can do about it: accept it, no longer offer the question, or label it."""
    version, question = new.version, pair.asked.question.turns[-1]
    found = [Remedy("Accept it: publish this version as it is.", f"python -m index publish {version.name}", "publish")]
    if pair.asked.is_offered:
        slugs = [id_ for id_, document in version.documents.items() if question in {q.question for q in document.questions}]
        found += [
            Remedy(f"No longer offer it ({slug}).", _questions(slug, "--remove", question), "withdraw", slug, question)
            for slug in slugs
        ]
    judged = new.found(pair.asked.question.turns)
    if judged is None or pair.new.kind is Kind.URGENT or len(pair.asked.question.turns) > 1 or not judged.rows:
        return found  # no label counts against a rule or danger, or for what leans on another turn
    quoted = pair.old.citations[0] if pair.old and pair.old.citations else None
    row = None if quoted is None else row_now(quoted, version)
    best = judged.rows[int(judged.scores.argmax())]
    what = "Say that this sentence still answers it" if row is not None else "If this sentence answers it, say so"
    row = best if row is None else row
    slug, text = version.passages[row].document_id, version.passages.text(row)
    label = _questions(slug, "--add", question)
    return [
        *found,
        Remedy(
            f"{what}: “{text}”", f"{label} --answers {shlex.quote(first_words(row, version))}", "label", slug, question, text
        ),
        Remedy(f"Say that {slug} does not answer it.", f"{label} --unanswered", "silence", slug, question),
    ]


def row_now(quoted: Citation, version: IndexVersion, /) -> int | None:
    """The row of a quote's last sentence in another version, word for word or nearly so."""
    rows = version.passages.rows_of({quoted.article}).tolist()
    texts = [version.passages.text(row) for row in rows]
    inside = [row for row, text in zip(rows, texts, strict=True) if quoted.quote.endswith(text)]
    if inside:
        return int(inside[0])
    found = matched([quoted.quote], texts)
    return int(rows[found[0]]) if found else None


def first_words(row: int, version: IndexVersion, /) -> str:
    """The fewest first words, of four or more, with which no other sentence of its article begins."""
    passage = version.passages[row]
    others = [
        version.passages.text(other) for other in version.passages.rows_of({passage.document_id}).tolist() if other != row
    ]
    words = version.passages.text(row).split()
    beginnings = [" ".join(words[:count]) for count in range(min(FEWEST_WORDS, len(words)), len(words) + 1)]
    folded = [" ".join(other.split()).casefold() for other in others]
    alone = (own for own in beginnings if not any(other.startswith(own.casefold()) for other in folded))
    return next(alone, beginnings[-1])


def _gone(quoted: Citation, old: Assistant, new: Assistant) -> Iterator[str]:
    """Labels of the quoted sentences that count in the old version alone."""
    now, standing = new.retriever.labelled_sentences, _sentences(quoted.article, new.version)
    for sentence, row in old.retriever.labelled_sentences.items():
        passage = old.version.passages[row]
        is_quoted = passage.document_id == quoted.article and quoted.start <= passage.start < quoted.end
        if is_quoted and sentence not in now:
            why = "Nobody says so any more." if sentence in standing else "The articles have no sentence like it any more."
            yield f"Somebody had said that “{sentence}” answers it. {why}"


def _other_first(quoted: Citation | None, found: Found, version: IndexVersion) -> list[str]:
    if not found.rows:
        return ["There is no sentence that may be quoted."]
    best = found.rows[int(found.scores.argmax())]
    article = version.documents[version.passages[best].document_id].source.title
    first = f"“{version.passages.text(best)}” (in “{article}”)"
    if quoted is None:
        return [f"The sentence that comes nearest is {first}."]
    row = row_now(quoted, version)
    if row == best:
        return []
    if row is None:
        return [f"The sentence that answered it is gone: “{quoted.quote}”. Now the nearest is {first}."]
    return [f"Another sentence now comes nearest: {first}."]


def _improbable(kind: Kind, found: Found, before: Found | None) -> str:
    outcomes = found.outcomes
    if kind is not Kind.UNANSWERED:
        return f"It is taken for {_named(kind)}, which is {_in_100(outcomes[kind])} likely."
    if found.miss in MISSES:
        return MISSES[found.miss]
    said = outcomes[Kind.ANSWER] + outcomes["lost"]
    was = "" if before is None else f" Before, it was {_in_100(before.outcomes[Kind.ANSWER] + before.outcomes['lost'])}."
    if said < ANSWER_FROM:
        return f"That the articles answer it is {_in_100(said)} likely; it takes {_in_100(ANSWER_FROM)}.{was}"
    likelier = f"It is likelier that nothing answers it ({_in_100(outcomes[kind])})"
    return f"{likelier} than that the nearest sentence does ({_in_100(outcomes[Kind.ANSWER])}).{was}"


def _in_100(probability: float) -> str:
    """As people say it; rounded down, so that what falls short of a limit is seen to.

    >>> _in_100(0.499)
    '49 in 100'
    """
    return f"{int(probability * 100 + 1e-9)} in 100"


def _sentences(article: str, version: IndexVersion) -> set[str]:
    return {version.passages.text(row) for row in version.passages.rows_of({article}).tolist()}


def _named(kind: Kind) -> str:
    return {
        Kind.ADVICE: "a request for advice",
        Kind.URGENT: "a message of danger",
        Kind.CHAT: "small talk",
        Kind.UNANSWERED: "one that nothing answers",
        Kind.ANSWER: "one that is answered",
    }[kind]


def _questions(slug: str, option: str, question: str) -> str:
    return f"python -m corpus questions {slug} {option} {shlex.quote(question)}"
