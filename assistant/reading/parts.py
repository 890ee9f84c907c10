"""What a question says beside what it asks: other questions, and what is to be left out. English alone.

Flows in: the text of a question. Flows out: the questions that it holds, the same asked of each of some things, or the
question without what it excludes. What is told beside a question, `assistant.reading.remarks` leaves out.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.reading.in_full import subjects_of
from corpus.linear_patterns import question_pattern

LONGEST = 60  # letters of what is excluded
SHORT = 60  # letters of a question about two things; a longer one says more of them
MOST_PARTS, MOST_LISTED = 4, 6  # questions that are read of one; things that are asked of one by one
OF_WHAT = r"(?:(?:at|in|for|from|by|to|with) )?(?:what|which|whom)"
ASKING = (
    rf"(?:{OF_WHAT}|whats|what's|who|how|why|when|where|is|are|was|do|does|did|can|could|should|shall|would|will|may|might"
    r"|must)\b"
)
HALF = question_pattern(
    rf"(?:[.?!;]+\s+|[,.?!;]*\s+(?:and|but|so|then|also)\s+(?:then |so |if so,? )?)({ASKING})"
    r"|[,.?!;]*\s+or\s+((?:does|do|can|could|will|would)\b[^?.!]{6,})",
    ignore_case=True,
    has_groups=True,
)
# After a comma alone "which", "who", "when" and "where" go on with the same question.
NEXT = question_pattern(
    r",\s+((?:(?:at|in|for|from) )?(?:what|whats|what's|how|why|is|are|do|does|can|could|will|would|should)\b)",
    ignore_case=True,
    has_groups=True,
)
ASKS = question_pattern(rf"^(?:(?:and|but|so|then|also)\s+)?{ASKING}", ignore_case=True)
QUESTION = question_pattern(rf"^(?:(?:and|but|so|then|also|[a-z]+,)\s+)?{ASKING}|\?\s*$", ignore_case=True)

PAIR = question_pattern(r"\b([^\W_][\w'’-]*)(?:(?:,? (?:and|or)| ?&|,) )([^\W_][\w'’-]*)", ignore_case=True, has_groups=True)
# "coffee, iron or tea": three things or more, a word each.
SEVERAL = question_pattern(
    r"\b([^\W_][\w'’-]*)((?:, [^\W_][\w'’-]*)+)(?:,? (?:and|or)| ?&) ([^\W_][\w'’-]*)", ignore_case=True, has_groups=True
)
# "which of these causes it: tea, iron": asked of each thing, whether it does. "Which is not linked" asks that as well.
LIST = question_pattern(
    r"^(?:and |so )?(?:which|what|whats|is it|are any|do any|does any)\b([^:?.]{0,80})(?::| [-–])\s*([^:]{3,160}?)[\s?.!]*$",
    ignore_case=True,
    has_groups=True,
)
CAUSES_IT = question_pattern(
    r"\b(?:caus\w*|trigger\w*|link\w*|associat\w*|worsen\w*|bring\w*|worse|contribut\w*|related|lead\w*|blame)\b",
    ignore_case=True,
)
ONE_OF_LIST = re.compile(r",? (?:and|or) (?:the |a )?|[,;] ?(?:the |a )?", re.IGNORECASE)
ASKED_OF_ONE = re.compile(r"^can (.+) cause it\?$")
LONGEST_LISTED = 4  # words of a thing in a list
# "and does B12", "what about magnesium": the question before, asked of another thing.
OF_ANOTHER = question_pattern(
    r"^(?:and |or |also |so )*(?:(?:does|do|is|are|can|could|will|would) (?:the |my )?"
    r"((?:(?:vitamin|folic|low|high) )?[\w-]+)"
    r"|(?:what|how) about (?:the |my )?([\w'’-]+(?: [\w'’-]+){0,2}))(?: too| as well| also)?[\s?!.]*$",
    ignore_case=True,
    has_groups=True,
)
POINTING = frozenset("it this that they them these those he she i you we there one".split())
EACH = question_pattern(
    r"\b(?:each|both|either)(?: (?:of (?:them|these|those|the two)|one|kind|type|form|sort))?\b", ignore_case=True
)
ALTERNATIVES = question_pattern(
    r"^(.+?),? or (?:the |a |my )?([\w'’-]+(?: [\w'’-]+){0,2})\s*[?.!]*$", ignore_case=True, has_groups=True
)
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
OTHER_WAY = question_pattern(r"\bor\b[^?.!]{0,24}\b(?:other way|opposite|reverse|vice versa)\b", ignore_case=True)
# A "not" behind one of these is no part of the question.
CONDITION = question_pattern(r"\b(?:if|when|whether|why|how)\b", ignore_case=True)


def halves(text: str, /) -> tuple[str, ...]:
    """The questions that a text asks one after the other; none if it asks only one.

    >>> halves("Why does low iron cause it and what should I take?")
    ('Why does low iron cause it', 'what should I take?')
    >>> halves("What is RLS, what causes it and is it inherited?")
    ('What is RLS', 'what causes it', 'is it inherited?')
    >>> halves("does it cause low iron or does low iron cause it")
    ('does it cause low iron', 'does low iron cause it')
    """
    found, start = [], 0
    for match in sorted((*HALF.finditer(text), *NEXT.finditer(text)), key=lambda match: match.start()):
        first = match.lastindex or 0
        is_next = match[0].startswith(",") and match[0][1:].lstrip().startswith(match[first])
        if is_next and ASKS.search(text[start : match.start()].lstrip()) is None:
            continue
        found.append(text[start : match.start()])
        start = match.start(first)
    asked = [part.strip() for part in (*found, text[start:]) if QUESTION.search(part.strip())]
    return tuple(asked) if found and len(asked) > 1 else ()


def completed(parts: Sequence[str], is_subject: Callable[[str], bool], /) -> tuple[str, ...]:
    """Questions that follow each other, each said in full: a shortened one in the words of the one before it, and one about
    "each" of two things for each.

    >>> completed(("Does iron matter", "does B12", "what about tea?"), {"iron", "b12"}.__contains__)
    ('Does iron matter', 'Does B12 matter', 'Does tea matter')
    >>> completed(("How do men and women differ", "when does each get it?"), {"men", "women"}.__contains__)
    ('How do men and women differ', 'when does men get it?', 'when does women get it?')
    """
    found: list[str] = []
    for part in parts:
        found += _said_in_full(part, found[-1], is_subject) if found else [part]
    return tuple(found[:MOST_PARTS])


def _said_in_full(part: str, before: str, is_subject: Callable[[str], bool]) -> Iterator[str]:
    shortened, pair = OF_ANOTHER.search(part), PAIR.search(before)
    another = "" if shortened is None else shortened[1] or shortened[2]
    subjects = subjects_of(before, is_subject) if another and another.lower() not in POINTING else []
    if subjects:
        yield before.replace(subjects[0], another)
    elif EACH.search(part) is not None and pair is not None and all(is_subject(one.lower()) for one in pair.groups()):
        yield from (EACH.sub(one, part) for one in (pair[1], pair[2]))
    else:
        yield part


def asked_of_listed(text: str, /) -> tuple[str, ...]:
    """A question that lists things and asks which of them cause it, or do not, asked of each; none if it lists nothing.

    >>> asked_of_listed("Which of these causes RLS: coffee, iron deficiency or tea?")
    ('can coffee cause it?', 'can iron deficiency cause it?', 'can tea cause it?')
    """
    found = LIST.search(text)
    if found is None or CAUSES_IT.search(found[1]) is None:
        return ()
    things = [thing.strip() for thing in ONE_OF_LIST.split(found[2]) if thing.strip()]
    if not 1 < len(things) <= MOST_LISTED or any(len(thing.split()) > LONGEST_LISTED for thing in things):
        return ()
    return tuple(f"can {thing} cause it?" for thing in things)


def thing_listed(asked: str, /) -> str:
    """The thing of which `asked_of_listed` asks a question; any other question as it is, without its last stop.

    >>> thing_listed("can vitamin D cause it?"), thing_listed("How many have it?")
    ('vitamin D', 'How many have it')
    """
    found = ASKED_OF_ONE.search(asked)
    return asked.rstrip(" .?!") if found is None else found[1]


def alternatives(text: str, is_subject: Callable[[str], bool], /) -> tuple[str, ...]:
    """A question that ends in two things of which one may be meant, asked of each; none if it does not.

    >>> alternatives("Is it Parkinson's or iron deficiency?", {"parkinson's", "iron", "deficiency"}.__contains__)
    ("Is it Parkinson's?", 'Is it iron deficiency?')
    """
    found = ALTERNATIVES.search(text)
    if found is None or BETWEEN.search(text) is not None or ASKS.search(found[2]) is not None:
        return ()
    words = found[1].split()
    start = len(words)
    while start and is_subject(words[start - 1].lower()):
        start -= 1
    if not 0 < start < len(words) or not any(map(is_subject, found[2].lower().split())):
        return ()
    return f"{found[1]}?", f"{' '.join(words[:start])} {found[2]}?"


def asked_of_each(text: str, word: str, is_subject: Callable[[str], bool], /) -> tuple[str, ...]:
    """A question about several things, asked of each: of the others, and of the `word`; none if it names no other subject.

    >>> asked_of_each("what about B12 and caffeine?", "caffeine", {"b12"}.__contains__)
    ('what about B12?', 'what about caffeine?')
    >>> asked_of_each("what links dopamine and caffeine", "caffeine", {"dopamine"}.__contains__)
    ()
    """
    if len(text) > SHORT or BETWEEN.search(text) is not None:
        return ()
    if (several := SEVERAL.search(text)) is not None:
        things = [several[1], *several[2].removeprefix(", ").split(", "), several[3]]
        others = [thing for thing in things if thing != word]
        if word in things and any(is_subject(other.lower()) for other in others):
            asked = (text[: several.start()] + thing + text[several.end() :] for thing in (*others, word))
            return tuple(asked)[:MOST_PARTS]
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
    >>> asks_what_it_causes("Does RLS cause anemia or the other way round?", {"RLS"}.__contains__)
    False
    """
    if OTHER_WAY.search(text) is not None:  # which of both, it asks
        return False
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
