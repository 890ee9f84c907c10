"""What a question says beside what it asks: another half, and what is to be left out. English; no other language is read so.

Flows in: the text of a question. Flows out: its halves, the same asked of each of two things, or the question without what
it excludes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from corpus.linear_patterns import question_pattern

LONGEST = 60  # letters of what is excluded
SHORT = 60  # letters of a question about two things; a longer one says more of them
ASKING = r"(?:what|which|who|how|why|when|where|is|are|was|do|does|did|can|could|should|shall|would|will|may|might|must)\b"
HALF = question_pattern(
    rf"(?:[.?!;]+\s+|[,.?!;]*\s+(?:and|but|so|then|also)\s+(?:then |so |if so,? )?)({ASKING})",
    ignore_case=True,
    has_groups=True,
)
QUESTION = question_pattern(rf"^(?:(?:and|but|so|then|also|[a-z]+,)\s+)?{ASKING}|\?\s*$", ignore_case=True)

PAIR = question_pattern(r"\b([^\W_][\w'’-]*)(?:(?:,? (?:and|or)| ?&|,) )([^\W_][\w'’-]*)", ignore_case=True, has_groups=True)
# What holds between two things is asked of neither alone.
BETWEEN = question_pattern(
    r"\b(?:between|link|links|linked|connect\w*|differen\w*|relat\w*|both|together|versus|vs|mix\w*)\b", ignore_case=True
)

# "besides iron", "my iron is fine, what else", "if it is not the iron, what", "causes that are not iron". Where `asked` is
# no group, what is asked stands around the match.
BESIDES = (
    r"(?:besides?|other than|others? than|else than|apart from|aside from|aside of|except(?: for)?|excluding"
    r"|leav(?:e|ing) (?:out|aside)|not counting|not including|without counting|everything but|anything but)"
)
THEN_ASKED = rf"[,.;]*\s*(?:so |and |but )?(?P<asked>(?:any\b|{ASKING}).*\b(?:else|others?)\b.*)$"
THEN = r"(?:,| then| so)\s+"
END = rf"(?:,|[?.!]|$|\b{ASKING}|\b(?:that|causes?|triggers?|makes?|please)\b)"
TO_DO_WITH = r"(?:the |my |from |about |to do with |because of )*"
THAT_ARE_NOT = r"(?: that| which)?(?: aren't| arent| are not| not)"
IT_IS_NOT = r"(?:it'?s not|it is not|it isn'?t)"
IN_ORDER = r"(?:all |working |quite |perfectly |still )*(?:fine|normal|ok|okay|good|in order|well)"
OF_CAUSES = r"^(?P<asked>.*\b(?:else|others?|causes|reasons|triggers)\b.*?)"
CAUSES = r"(?:causes|reasons|triggers|factors)\b"
EXCLUDING = [
    question_pattern(pattern, ignore_case=True, has_groups=True)
    for pattern in (
        rf"[,\s]*\b{BESIDES}\s+(?:the |my |a |just |only )*(?P<without>.+?)\s*{END}",
        rf"^(?:no,? )?(?:if )?(?:it'?s |it is )?not {TO_DO_WITH}(?P<without>.+?){THEN}(?P<asked>(?:{ASKING}|the ).*)$",
        rf"^(?:my |the )?(?P<without>.+?) (?:is|are|was|were) {IN_ORDER}\b{THEN_ASKED}",
        rf"^i (?:do not|don't|dont) (?:have|take|lack) (?:any )?(?P<without>.+?)\b{THEN_ASKED}",
        rf"^i (?:have|take|am on|lack) no (?P<without>.+?)\b{THEN_ASKED}",
        rf"(?P<asked>^.*\b{CAUSES}(?: (?:of|for) \w+)?){THAT_ARE_NOT} {TO_DO_WITH}(?P<without>[\w -]+?)\s*[?.!]*$",
        rf"{OF_CAUSES},? if {IT_IS_NOT} {TO_DO_WITH}(?P<without>[\w -]+?)\s*[?.!]*$",
        rf"^(?:there are |there is |with )?no (?P<without>.+?)(?: involved| at all)?,{THEN_ASKED}",
        r"^leaving (?:the )?(?P<without>.+?) (?:aside|out)[, ]+(?P<asked>.+)$",
        r"^(?P<asked>.+?), (?:but )?leav(?:e|ing) (?:the )?(?P<without>.+?) (?:aside|out)\s*[.?!]*$",
        rf"\bnon[- ](?P<without>[\w-]+) (?P<asked>{CAUSES}.*)$",
    )
]
MAY_EXCLUDE = question_pattern(
    rf"\b(?:{BESIDES}|leav(?:e|ing)|causes|reasons|triggers|else|others?|not)\b", ignore_case=True
)
NOT = r"(?:(?:do|does|did|are|is|will|wo|can|ca) ?n[o']?t|cannot|not|never)"
NEGATED = question_pattern(
    rf"\b(?:which|what|any|are there|is there|name)\b[^.?!]{{0,40}}\b{NOT}\s+(?:\w+ ){{0,2}}?"
    r"(?:caus|trigger|worsen|mak|affect|bring|set|aggravat|link|associat|interfer|lead|start|giv|safe|involv|relat|hav)",
    ignore_case=True,
)
# "Does RLS cause anemia?" asks the reverse of "does anemia cause RLS?", which an encoder hardly tells from it. What the
# condition does to sleep, mood and legs is no cause turned round.
EFFECTS = (
    r"(?:sleep\w*|insomnia|tired\w*|fatigue|exhaust\w*|rest\b|quality|life|well|mood|discomfort|sensation\w*|urge|mov\w*|pain\w*"
    r"|symptom\w*|legs?|distress|anx\w*|days?|nights?)"
)
CAUSE = (
    r"(?:cause|lead to|result in|bring on|bring about|trigger|produce|damage|harm|give (?:you|me|one|people)|turn into"
    r"|become|develop into|worsen)"
)
OF_WHAT_CAUSES = (
    r"(?:caused by|due to|a (?:result|consequence|complication) of|the (?:result|consequence) of|triggered by"
    r"|come from|result from)"
)
MAY = r"(?:does|do|did|can|could|may|might|will|would)"
IT_CAUSES = rf"{MAY}(?: having)? (?:the )?(?P<named>.+?)(?: symptoms?)?(?: ever| also)? {CAUSE}\s+(?P<object>[^?.!]+)"
CAUSED_BY_IT = rf"(?:is|are|{MAY})\s+(?P<object>.+?) (?:be )?{OF_WHAT_CAUSES} (?:the |having )?(?P<named>[^?.!]+)"
CAUSES_OTHERS = [
    question_pattern(rf"^(?:and |so |but )?{pattern}", ignore_case=True, has_groups=True)
    for pattern in (IT_CAUSES, CAUSED_BY_IT)
]
CAUSING = question_pattern(
    rf"^(?:the )?(.+?)(?: also| often| may| can| could| might| will)* "
    rf"(?:{CAUSE}|{CAUSE}s|causes|leads to|results in|raises|increases|affects)\b",
    ignore_case=True,
    has_groups=True,
)
ONLY_EFFECTS = question_pattern(rf"\b{EFFECTS}", ignore_case=True)
# A "not" behind one of these is no part of the question.
CONDITION = question_pattern(r"\b(?:if|when|whether|why|how)\b", ignore_case=True)


def halves(text: str, /) -> tuple[str, ...]:
    """The questions that a text asks one after the other; none if it asks only one.

    >>> halves("Why does low iron cause it and what should I take?")
    ('Why does low iron cause it', 'what should I take?')
    """
    found, start = [], 0
    for match in HALF.finditer(text):
        found.append(text[start : match.start()])
        start = match.start(1)
    asked = [part.strip() for part in (*found, text[start:]) if QUESTION.search(part.strip())]
    return tuple(asked) if found and len(asked) > 1 else ()


def asked_of_each(text: str, word: str, is_subject: Callable[[str], bool], /) -> tuple[str, ...]:
    """A question about two things, asked of each: of the other one, and of the `word`; none if it names no other subject.

    >>> asked_of_each("what about B12 and caffeine?", "caffeine", {"b12"}.__contains__)
    ('what about B12?', 'what about caffeine?')
    >>> asked_of_each("what links dopamine and caffeine", "caffeine", {"dopamine"}.__contains__)
    ()
    """
    if len(text) > SHORT or BETWEEN.search(text) is not None:
        return ()
    for pair in PAIR.finditer(text):
        other = pair[1] if word == pair[2] else pair[2]
        if word in pair.groups() and is_subject(other.lower()):
            return tuple(text[: pair.start()] + named + text[pair.end() :] for named in (other, word))
    return ()


@dataclass(frozen=True, slots=True)
class Excluding:
    """A question without what it excludes: `asked`, and the words for what is left out, empty if it is said in no words."""

    asked: str
    without: str


def excluding(text: str, /) -> Excluding | None:
    """The question without what it excludes, if it excludes something.

    >>> excluding("What causes RLS apart from iron?")
    Excluding(asked='What causes RLS', without='iron')
    """
    if not MAY_EXCLUDE.search(text):
        return None
    for pattern in EXCLUDING:
        match = pattern.search(text)
        if match is None or not 0 < len(without := match["without"].strip(" ,")) <= LONGEST:
            continue
        rest = text[match.start() :].partition(without)[2]
        around = f"{text[: match.start()]} {rest.lstrip(' ,.;?!')}"
        return Excluding(match.groupdict().get("asked") or " ".join(around.split()), without)
    return None


def asks_what_it_causes(text: str, is_the_condition: Callable[[str], bool], /) -> bool:
    """Whether the text asks if the condition causes something else, a thing that is not one of its own complaints.

    >>> asks_what_it_causes("Does RLS cause anemia?", {"RLS"}.__contains__)
    True
    >>> asks_what_it_causes("Does anemia cause RLS?", {"RLS"}.__contains__)
    False
    >>> asks_what_it_causes("Does RLS cause bad sleep?", {"RLS"}.__contains__)
    False
    """
    found = next((match for match in (pattern.search(text) for pattern in CAUSES_OTHERS) if match is not None), None)
    return found is not None and is_the_condition(found["named"].strip()) and ONLY_EFFECTS.search(found["object"]) is None


def says_what_it_causes(text: str, is_the_condition: Callable[[str], bool], /) -> bool:
    """Whether a sentence begins with what the condition causes.

    >>> says_what_it_causes("RLS can cause low mood.", {"RLS"}.__contains__)
    True
    >>> says_what_it_causes("Low mood can cause RLS.", {"RLS"}.__contains__)
    False
    """
    found = CAUSING.search(text)
    return found is not None and is_the_condition(found[1])


def asks_what_does_not(text: str, /) -> bool:
    """Whether the text asks which of some things does not do something: no sentence on those that do answers it.

    >>> asks_what_does_not("Which medicines do not cause it?"), asks_what_does_not("Why do they not know the cause?")
    (True, False)
    """
    match = NEGATED.search(text)
    return match is not None and CONDITION.search(match[0]) is None
