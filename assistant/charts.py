"""The map of an article: every sentence of it under one of a few names, so that one glance shows all that it says.

Flows in: an article's sentences, the topics of its questions on offer, and what is quoted to each. Flows out: tiles.
A sentence belongs to the first topic that it is quoted for; one that is never quoted goes with its neighbour in the
paragraph, else with what its section is about. A section without topics is a tile of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from corpus import Document
from index import Passage

SHORTEST_WORD = 4  # letters of a topic's word by which the sentence that stands for it is found

Span = tuple[int, int]  # start and end in the article's text
Quoted = Callable[[str], Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Tile:
    """A name, the sentences below it in reading order, and the one that stands for them."""

    name: str
    sentences: tuple[Span, ...]
    lead: Span


def chart(document: Document, passages: Iterable[Passage], quoted: Quoted, /) -> list[Tile]:
    """The tiles of an article, in the order of its questions and then of its sections.

    `quoted` gives the spans that answer a question, best first.
    """
    sentences = [(passage.start, passage.end) for passage in passages]
    owners: dict[Span, str] = {}
    for question in document.questions:
        if question.topic:
            for start, end in quoted(question.question):
                owners |= {s: owners.get(s, question.topic) for s in sentences if start <= s[0] and s[1] <= end}
    cited = dict(owners)
    topics = {question.topic: None for question in document.questions if question.topic}
    for section in document.sections:
        within = [s for s in sentences if section.start <= s[0] < section.end]
        own = {question.topic for question in document.questions if question.section == section.heading} - {""}
        # What nothing quotes in a section of several topics is said of the whole, such as a closing paragraph.
        fallback = own.pop() if len(own) == 1 else next(iter(topics)) if own else section.heading
        for _, group in groupby(within, key=lambda s: document.text.count("\n\n", 0, s[0])):
            _give_to_neighbours(list(group), owners, fallback)
    names = dict.fromkeys([*topics, *owners.values()])
    tiles = {name: tuple(sorted(s for s in owners if owners[s] == name)) for name in names}
    return [Tile(name, spans, _lead(document, name, spans, cited)) for name, spans in tiles.items() if spans]


def _give_to_neighbours(paragraph: Sequence[Span], owners: dict[Span, str], fallback: str) -> None:
    """Every sentence of a paragraph gets the owner of the one before it, the first ones that of the one after."""
    owner = next((owners[s] for s in paragraph if s in owners), fallback)
    for sentence in paragraph:
        owner = owners.setdefault(sentence, owner)


def _lead(document: Document, name: str, spans: Sequence[Span], cited: Mapping[Span, str]) -> Span:
    """The shortest sentence that has a word of the topic; without one, the first that is quoted for it."""
    quoted = [s for s in spans if cited.get(s) == name]
    words = [word.casefold().rstrip("s").rstrip("’'") for word in name.split()] if quoted else []
    words = [word for word in words if len(word) >= SHORTEST_WORD]
    named = [s for s in spans if any(word in document.text[s[0] : s[1]].casefold() for word in words)]
    return min(named, key=lambda s: s[1] - s[0]) if named else (quoted or spans)[0]
