"""What a visitor tells beside a question: "it passed, it was a panic. What causes it?" In other languages than English only
exaggerations are known: "I'm dying of tiredness haha, and the iron?"

Flows in: the text of a question. Flows out: what it asks, without a sentence that only tells something.
"""

import re

from assistant.reading.in_full import POINTS_BACK, holds_pronoun
from assistant.reading.parts import ASKS, BETWEEN
from assistant.reading.taking_back import PIECE
from assistant.triage.disguises import plain_text
from assistant.triage.rules import exaggerates
from corpus.linear_patterns import question_pattern

FEWEST_WORDS = 3  # of what is told: "RLS, what is it?" tells nothing
SENTENCE = re.compile(r"(?<=[.?!;…])\s+")
ASKED_AFTER = question_pattern(
    r"(?:,| [-–])\s+(?:(?:so|and|but) )?((?:what|whats|what's|how|why|is|are|do|does|did|can|could|will|would)\b.*)$",
    ignore_case=True,
    has_groups=True,
)
# Somebody of whom something is told.
TELLS = question_pattern(
    r"\b(?:i|i'm|i’m|im|i've|ive|i'd|my|me|he|she|he's|she's|we|we're|they|our|his|her|it's|it|this|that|that's|was|were|is"
    r"|are)\b",
    ignore_case=True,
)
# What narrows the question down, or what it is about.
NARROWS = question_pattern(
    r"^(?:and |but |so |ok |well )*(?:if|when|whenever|since|as|because|after|before|while|although|though|given|suppos\w+"
    r"|assum\w+|besides?|apart|aside|other|except\w*|without|not|no|leaving|excluding|imagine|pretend|say|let)\b",
    ignore_case=True,
)
# Something that a later "it" may mean: "I have gout. What causes it?"; not "he had it", nor somebody: "my boss is cross".
HAD = question_pattern(
    r"\b(?:(?:have|has|had|got|get|gets|having) (?:it|this|that|rls|restless legs?(?: syndrome)?)"
    r"|(?:my|our|his|her) (?:boss|manager|mum|mom|mother|dad|father|wife|husband|partner|son|daughter|sister"
    r"|brother|gran\w*|nan|friend|doctor|gp|kids?|uncle|aunt|neighbou?r|mate|colleague|teacher|flatmate|girlfriend|boyfriend)"
    r" (?:is|are|was|were))\b",
    ignore_case=True,
)
BRINGS_UP = question_pattern(
    r"\b(?:have|has|had|having|got|get|gets|getting|suffer\w*|diagnos\w*|with|tak(?:e|es|ing)|took|on|drink\w*|eat\w*"
    r"|us(?:e|es|ing)|smok\w*|start(?:ed|s)?|stopp\w*|read|heard|about|called|(?:is|was|am|are) an?|i'm an?|from|caus\w*"
    r"|trigger\w*|love|like|tried|try|pregnant|said|says|told|thinks?|(?:my|his|her) \w+ (?:is|are|was|were))\b",
    ignore_case=True,
)


# "is it a trigger", "can it bring on RLS": what causes something, and so not the condition.
THIS_CAUSES = question_pattern(
    r"\bthis\b|\bthe two\b|\bto do with\b|\b(?:is|was) it\s*[?.!]*$"
    r"|\bit (?:\w+ )?(?:caus\w*|trigger\w*|bring\w*|giv\w*|mak\w*|lead\w*|link\w*|worsen\w*|help\w*|work\w*|a trigger"
    r"|a cause|the cause|to blame|do it|why|because|related|connected|involved|matter)\b",
    ignore_case=True,
)


def without_remarks(text: str, /) -> str:
    """What a text asks, without what it tells beside; the text itself where it tells nothing, or what is asked may need it.

    >>> without_remarks("It passed, it was just a panic. What causes it?")
    'What causes it?'
    >>> without_remarks("I have gout. What causes it?"), without_remarks("If I nap, is it worse?")
    ('I have gout. What causes it?', 'If I nap, is it worse?')
    """
    asked: list[str] = []
    told: list[str] = []  # before anything is asked
    has_remark = False
    for sentence in SENTENCE.split(text):
        after = None if ASKS.search(sentence) is not None else ASKED_AFTER.search(sentence)
        before = sentence if after is None else sentence[: after.start()]
        if ASKS.search(sentence) is not None:
            asked.append(sentence)
            continue
        if not _tells(before) or (after is None and sentence.rstrip().endswith("?")):
            return text
        has_remark = True
        told += [] if asked else [before]
        asked += [] if after is None else [after[1]]
    if not asked or not has_remark or (told and _means_what_is_told(asked[0], told)):
        return text
    return " ".join(asked)


def without_exaggerations(text: str, /) -> str:
    """A text in another language without the parts between stops and commas that only exaggerate.

    >>> without_exaggerations("me muero de sueño jaja, y el hierro?")
    'y el hierro?'
    """
    pieces = PIECE.findall(text)
    return "".join(piece for piece in pieces if not exaggerates(plain_text(piece)) or "?" in piece).strip() or text


def _tells(sentence: str) -> bool:
    return len(sentence.split()) >= FEWEST_WORDS and TELLS.search(sentence) is not None and NARROWS.search(sentence) is None


def _means_what_is_told(asked: str, told: list[str]) -> bool:
    """Whether an "it" or a "that" of what is asked may mean something that was told before."""
    if any(pattern.search(asked) is not None for pattern in (POINTS_BACK, THIS_CAUSES, BETWEEN)):
        return True
    return holds_pronoun(asked) and any(BRINGS_UP.search(HAD.sub("", one)) is not None for one in told)
