"""Questions that an article's headings suggest, for a maintainer to take, change or skip. Rules of English, no model."""

import re
from collections.abc import Callable

from corpus.document import Document, SuggestedQuestion
from corpus.linear_patterns import LinearPattern, Match
from corpus.questions import same

WORD = LinearPattern(r"[\pL\p{Nl}\p{No}]+(?:['’][\pL\p{Nl}\p{No}]+)?")
ASKS = re.compile(r"(?:who|what|when|where|why|how|which|can|could|does|do|is|are|will|should|may)\b", re.IGNORECASE)
# The first that matches a whole heading.
RULES: tuple[tuple[LinearPattern, Callable[[Match], str]], ...] = tuple(
    (LinearPattern(f"(?i){pattern}"), make)
    for pattern, make in (
        (r"(?P<noun>.+?) vs?\.? (?P<rest>.+)", lambda m: f"What is the difference between {m['noun']} and {m['rest']}?"),
        (
            r"(?:the )?(?P<noun>(?:role|effects?|impact|importance|history|link|relationship)\b.+)",
            lambda m: f"What {_be(m['noun'])} the {m['noun']}?",
        ),
        (r"(?P<noun>.+?) that (?P<rest>.+)", lambda m: f"Which {m['noun']} {m['rest']}?"),
        (
            r"(?P<noun>.+?) (?P<rest>(?:linked|related|connected) to .+|associated with .+|caused by .+|found in .+)",
            lambda m: f"Which {m['noun']} are {m['rest']}?",
        ),
        (
            r"(?P<noun>diagnos|treat|prevent|measur)ing (?P<rest>.+)",
            lambda m: f"How is {m['rest']} {m['noun']}ed?",
        ),
        (
            r"(?P<noun>(?:common |main |possible )?(?:causes|symptoms|signs|risk factors|triggers|treatments|types)\b.*)",
            lambda m: f"What are the {m['noun']}?",
        ),
    )
)


def proposed(document: Document, /) -> list[SuggestedQuestion]:
    """One for each section that holds text, in reading order, those that are there already left out.

    >>> text = "Tea may trigger hiccups."
    >>> source = Source("Tea", "", "", "", None, date(2026, 1, 2), "CC0", "")
    >>> document = Document("tea", text, (Section("Drinks That Trigger Hiccups", 0, 24),), source)
    >>> [own.question for own in proposed(document)]
    ['Which drinks trigger hiccups?']
    """
    bodies = "\n".join(document.text[section.start : section.end] for section in document.sections)
    names = words_within(bodies)
    found: list[SuggestedQuestion] = []
    for section in document.sections:
        if not document.text[section.start : section.end].strip():
            continue
        question = question_of(as_written(section.heading, names))
        if not any(same(own.question, question) for own in (*document.questions, *found)):
            topic = next((own.topic for own in document.questions if own.section == section.heading), "")
            found.append(SuggestedQuestion(section.heading, question, topic))
    return found


def words_within(text: str, /) -> set[str]:
    """The words that stand within a sentence, as they are written there: after a small letter or a comma and a space."""
    return {
        match[0]
        for match in WORD.finditer(text)
        if (before := text[max(0, match.start() - 2) : match.start()])[1:] == " "
        and (before[0] == "," or "a" <= before[0] <= "z")
    }


def as_written(heading: str, names: set[str], /) -> str:
    """A heading in capitals as a sentence has it: only names and abbreviations keep theirs.

    >>> as_written("The Role of Iron in Parkinson's and RLS", {"Parkinson's"})
    "the role of iron in Parkinson's and RLS"
    """
    return WORD.sub(lambda m: m[0] if m[0] in names or m[0][1:] != m[0][1:].lower() else m[0].lower(), heading.strip())


def question_of(heading: str, /) -> str:
    """The question that a heading suggests."""
    main = heading.split(":", maxsplit=1)[0].strip(" .?!")
    if heading.endswith("?"):
        return f"{heading[0].upper()}{heading[1:]}"
    if not ASKS.match(main):
        for pattern, make in RULES:
            if match := pattern.fullmatch(main):
                return make(match)
        return f"What does the article say about {main}?"
    return f"What does the article say about {main[0].lower()}{main[1:]}?"


def _be(noun: str) -> str:
    return "are" if noun.split(maxsplit=1)[0].lower().endswith("effects") else "is"
