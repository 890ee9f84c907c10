"""A question as the encoder reads it, in serving and in training alike: in its context, and piece by piece.

Flows in: a question. Flows out: its readings: without courtesies, with spelling corrected, with the corpus's own name for
what has several, and with the field's term after the visitor's own word.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.reading.field_terms import FieldTerms, groups
from assistant.reading.spelling import WORD, Spelling
from corpus.linear_patterns import question_pattern
from index.encoding import TURN

ENDS = frozenset(".!?…。！？।؟")
LAST_LATIN = 0x2FF  # code point; later scripts put no space after a sentence
LONGEST = 32  # words of a piece; longer sentences are read in windows
WINDOW, STEP = 25, 15  # words
LONGEST_UNSPACED = 60  # characters of a word read whole; without spaces, words get longer
MOST_PIECES = 48  # of a text; a longer text keeps its first and last half of these


@dataclass(frozen=True, slots=True)
class Readings:
    """What the encoder reads: the question `in_context`, and its `pieces`, each judged for danger by itself."""

    in_context: str
    pieces: tuple[str, ...]


class QuestionReader:
    """Reads questions asked of some texts. Safe to call from several threads."""

    def __init__(self, texts: Iterable[str], /) -> None:
        """Read the texts, once: together they may be more than fits."""
        words: set[str] = set()
        self._terms = FieldTerms(_noting(texts, words))
        self._spelling = Spelling([*words, *(name for group in groups() for name in group.names)])

    def readings(self, text: str, before: str | None = None, /, *, language: str | None = None) -> Readings:
        """The question, with the turns `before` it if it is asked in their context, and its pieces.

        The language is detected only if it is not given and matters.

        >>> QuestionReader(["iron"]).readings("And haemodialysis?", "Does irn matter?").in_context
        'And haemodialysis [SEP] Does iron matter'
        """
        asked = self._right(text, language=language)
        context = "" if before is None else f" {TURN} {self._right(before)}"
        pieces = pieces_of(text)
        return Readings(asked + context, (asked,) if len(pieces) == 1 else tuple(map(self._right, pieces)))

    def as_read(self, word: str, /) -> str:
        """A word or phrase as a question that holds it is read."""
        return self._right(word)

    def _right(self, turn: str, /, *, language: str | None = None) -> str:
        return self._terms.explained(self._spelling.correct(without_courtesies(turn), language=language))


def _noting(texts: Iterable[str], words: set[str]) -> Iterator[str]:
    """The texts, while their words are put into a set."""
    for text in texts:
        words.update(WORD.findall(text))
        yield text


# What may stand before and after a question without changing it. English; other languages keep theirs.
IF = r"(?: if| whether| about)?"
COURTESIES = (
    r"hi|hello|hey|hiya|good (?:morning|afternoon|evening)|dear \w+|thanks|thank you|thx|cheers|ok|okay|um+|er+",
    r"excuse me|sorry|please|pls|plz|(?:a )?(?:quick|simple|silly|stupid|daft|another|one) question",
    rf"just (?:a )?(?:quick )?(?:question|wondering|curious|asking)|(?:i am|i'm|im|i was)? ?(?:just )?wondering{IF}",
    rf"i(?:'d| would|d)? (?:like|want|need) to (?:know|ask|find out){IF}|(?:please )?tell me{IF}",
    rf"(?:can|could|would|will) you (?:please |kindly )?(?:tell|explain to|inform) (?:me|us){IF}",
    rf"(?:do you (?:happen to )?know|(?:does )?(?:any|some)(?:body| ?one) know){IF}",
)
# Courtesies only where a stop follows.
SET_OFF = (
    r"(?:well|right|great|fine|alright|all right|cool|nice|interesting|fair enough|got it|i see|makes sense|whatever|ugh+"
    r"|hm+|wow|question|(?:a )?quick one|another one)\s*[,:;.!…]\s*"
)
BEFORE = question_pattern(
    rf"^(?:(?:{'|'.join(COURTESIES)})(?: (?:there|all|everyone|again|so much|very much|for that|mate|please))*"
    rf"(?:[\s,:;.!…]+(?:[–-]\s+)?|$)|{SET_OFF})+",
    ignore_case=True,
)
AFTER = question_pattern(
    r"(?:[\s,.!?…。？！؟।]|\b(?:please|pls|plz|thanks|thank you|thx|ta|cheers)"
    r"(?: (?:in advance|so much|very much|a lot))?[\s,.!?]*$)+$",
    ignore_case=True,
)


def without_courtesies(text: str, /) -> str:
    """The text without a greeting, a "please" or a "do you know if" around the question, and without its last stops.

    A text that is nothing else stays.

    >>> without_courtesies("Hi! Quick question: can iron help, please?")
    'can iron help'
    """
    kept: str = AFTER.sub("", BEFORE.sub("", text))
    return kept or text


def pieces_of(text: str, /) -> list[str]:
    """The sentences of a text, long ones in windows that overlap; a short text is one piece.

    >>> pieces_of("My legs hurt. I cannot sleep!")
    ['My legs hurt.', 'I cannot sleep!']
    """
    found = [piece for sentence in _sentences(text) for piece in _windows(sentence)] or [""]
    return some_of(found, MOST_PIECES)


def some_of(pieces: list[str], most: int, /) -> list[str]:
    """So many of the pieces, the first and the last half."""
    return pieces if len(pieces) <= most else pieces[: most // 2] + pieces[-most // 2 :]


def _sentences(text: str) -> list[str]:
    found, start = [], 0
    for place, character in enumerate(text):
        following = text[place + 1 : place + 2]
        is_end = character in ENDS and (not following or following.isspace() or ord(character) > LAST_LATIN)
        if is_end or character == "\n":
            found.append(text[start : place + 1])
            start = place + 1
    return [*found, text[start:]]


def _windows(sentence: str) -> list[str]:
    words = [part for word in sentence.split() for part in _parts(word)]
    if len(words) <= LONGEST:
        return [" ".join(words)] if words else []
    starts = range(0, len(words) - WINDOW + STEP, STEP)
    return [" ".join(words[start : start + WINDOW]) for start in starts]


def _parts(word: str) -> list[str]:
    return [word[start : start + LONGEST_UNSPACED] for start in range(0, len(word), LONGEST_UNSPACED)]
