"""A follow-up said in full: with the subject of an earlier turn instead of "they", or in that turn's own words. English.

Flows in: a question that leans, and the turn before it. Flows out: the questions that it may stand for. Which of them it is,
how surely each is answered tells: a plain question is read more surely than two turns at once.
"""

import re
from collections.abc import Callable, Iterator

from corpus.linear_patterns import question_pattern

MOST_SUBJECTS = 3  # of a turn
MOST_WORDS = 5  # of what "and …?" names
WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
# Words that say how things hang together: no turn is about them.
RELATIONS = frozenset(
    (
        "affect affects affected alone associate associated association bad based because big caused cause causes causing "
        "chance chances come comes common connected connection contribute contributes develop develops due effect effects "
        "enough factor factors fix give happen happens have help helps high higher influence involved kind kinds lead "
        "leads link linked links low lower major matter matters often one play plays possible reason reasons relate "
        "relation relationship result results risk role sort start starts strong take taking treat treated trigger "
        "triggers type types worsen worsens"
    ).split()
)
QUALIFIERS = frozenset("low high bad lower higher".split())  # kept where a subject follows: "low iron"
PRONOUNS = (
    question_pattern(r"\b(?:they|them|these|those|theirs?)\b", ignore_case=True),
    question_pattern(r"\b(?:that one|this one|the same|that|this|it)\b", ignore_case=True),
)
# Of two kinds the other: an answer about one leads to "and the other?".
OPPOSITES = (
    *(("primary", "secondary"), ("idiopathic", "secondary"), ("acute", "chronic"), ("men", "women"), ("boys", "girls")),
    *(("children", "adults"), ("type 1", "type 2"), ("benign", "malignant"), ("high", "low"), ("oral", "intravenous")),
)
OTHER = question_pattern(
    r"\b(?:the |that )?(?:other|second|opposite)(?: (?:one|type|kind|form|sort|group)s?)?\b", ignore_case=True
)
POINTS_BACK = question_pattern(r"\b(?:they|them|these|those|their|theirs|that|the same)\b", ignore_case=True)
AND = question_pattern(
    r"^(?:(?:and|but|or|so|then|also|ok|okay|what about|how about|same (?:for|with|goes for)|even|only|not)[\s,]+)+"
    r"(?:the |my |with |for |in |of |if |a |an )*(.+?)(?: too| as well| then| instead| either| also)*[\s?!.]*$",
    ignore_case=True,
    has_groups=True,
)


def holds_pronoun(text: str, /) -> bool:
    """Whether a text holds a pronoun that may stand for what another turn was about.

    >>> holds_pronoun("does topping it up help"), holds_pronoun("is iron enough")
    (True, False)
    """
    return any(pattern.search(text) is not None for pattern in PRONOUNS)


def points_back(text: str, /) -> bool:
    """Whether a question that leans cannot mean the condition: "it" may, "they" and "that" do not.

    >>> points_back("what do they do to you"), points_back("and how common is it")
    (True, False)
    """
    return POINTS_BACK.search(text) is not None


def named_alone(text: str, /) -> str | None:
    """What "and …?" names, if that is all that a text says.

    >>> named_alone("and RLS?"), named_alone("what about iron, then?"), named_alone("RLS?")
    ('RLS', 'iron', None)
    """
    found = AND.search(text)
    return found[1].strip(" ,") if found is not None and len(found[1].split()) <= MOST_WORDS else None


def in_full(text: str, before: str, is_subject: Callable[[str], bool], /) -> tuple[str, ...]:
    """The questions that a follow-up may stand for, in no order; none if it says nothing that can be put in full.

    Args:
        text: a question that leans.
        before: the turn before it, as it is read: with one name for what has several.
        is_subject: whether the corpus holds a word, in lower case, and the word says something.

    >>> in_full("what do they do to you", "can antihistamines make it worse", {"antihistamines"}.__contains__)
    ('what do antihistamines do to you',)
    >>> in_full("and the other kind?", "When does primary RLS start?", set().__contains__)
    ('and secondary?', 'When does secondary RLS start?')
    >>> in_full("and primary?", "What causes secondary RLS?", {"primary", "secondary"}.__contains__)
    ('What causes primary RLS?',)
    """
    if OTHER.search(text) is not None and (others := tuple(_of_the_other(text, before))):
        return others
    subjects = subjects_of(before, is_subject)
    return tuple(dict.fromkeys((*_without_pronoun(text, subjects), *_in_its_words(text, before, subjects))))


def subjects_of(turn: str, is_subject: Callable[[str], bool], /) -> list[str]:
    """What a turn is about: runs of words that the corpus holds, as they stand."""
    runs: list[list[re.Match[str]]] = []
    end = -1  # of the run that may go on
    for word in WORD.finditer(turn):
        is_subject_word = word[0].lower() in QUALIFIERS or _may_be_subject(word[0].lower(), is_subject)
        if is_subject_word and end >= 0 and turn[end : word.start()].isspace():
            runs[-1].append(word)
        elif is_subject_word:
            runs.append([word])
        end = word.end() if is_subject_word else -1
    named = [run for run in runs if run[-1][0].lower() not in QUALIFIERS]
    return [turn[run[0].start() : run[-1].end()] for run in named][:MOST_SUBJECTS]


def _may_be_subject(word: str, is_subject: Callable[[str], bool]) -> bool:
    return word not in RELATIONS and is_subject(word)


def _of_the_other(text: str, before: str) -> Iterator[str]:
    for one, other in (*OPPOSITES, *((other, one) for one, other in OPPOSITES)):
        named = re.search(rf"\b{one}\b", before, re.IGNORECASE)
        if named is not None:
            yield OTHER.sub(other, text)
            yield before[: named.start()] + other + before[named.end() :]


def _without_pronoun(text: str, subjects: list[str]) -> Iterator[str]:
    found = next((found for pattern in PRONOUNS if (found := pattern.search(text)) is not None), None)
    if found is not None:
        for subject in subjects:
            yield text[: found.start()] + subject + text[found.end() :]


def _in_its_words(text: str, before: str, subjects: list[str]) -> Iterator[str]:
    found = AND.search(text)
    if found is None or len(found[1].split()) > MOST_WORDS or WORD.search(found[1]) is None:
        return
    for subject in subjects:
        yield before.replace(subject, found[1])
