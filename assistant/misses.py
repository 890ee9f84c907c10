"""What is said where the corpus does not answer: the visitor's own word that it nowhere holds, and what it does cover."""

import re
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

from assistant.answer import Hit
from assistant.reading.english_words import how_common, is_english
from corpus import Document
from index.lexical import COMMON, stem

MOST_TOPICS = 7
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*(?:\d+)?")
SHORT_FORM = re.compile(r"\b\w+n['’]t\b|(?<=\w)['’](?:s|m|re|ve|ll|d)\b", re.IGNORECASE)  # "don't", "it's"
SHORTEST, LONGEST, ROOT, MOST_WORDS = 3, 30, 5, 14  # letters; words
# Words of a question that are not what it is about. A word this common is no subject either.
GENERIC = frozenset(
    "havent hasnt hadnt dont doesnt didnt cant couldnt wont wouldnt shouldnt isnt arent wasnt werent aint ive "
    "youre theyre whats kill kills killed killing die dies died dying dead death fatal hurt doctor doctors crawl "
    "put puts sick pains shooting cite cites "
    "drink drinking drinks eat eating eats "
    "two three four five "
    "six seven eight nine ten "
    "aunt auntie baby boyfriend brother dad daddy daughter father friend got gran grandad grandma grandpa grandson granny "
    "husband kid kids mother mom neighbour neighbor nan niece nephew partner sister son spouse uncle wife "
    "win won affect affected affects miss misses missing suffer suffers "
    "actually age ages ago anybody anyone anything article bad better bit bring called care common condition day days "
    "difference different disease does doing down else ever every everyone everything exactly explain feel feeling "
    "find first good guy guys happen happens hello help helps hey hi illness info information issue know last leg "
    "legs let like likely long look lot made main make many maybe mean meaning month months mum name near need never "
    "new nothing number often okay old one ones part people person please possible problem question quick read really "
    "reason related right rls said saying serious since somebody someone something sort start stuff syndrome take "
    "tell thank thanks thing things think today told trying type types usual usually want wanted way week weeks "
    "wonder wondering word work works worse wrong year years yes".split()
)
# Feelings, what is done, what is said with no meaning of its own, and short forms of texting: nobody asks about these,
# though a question may hold it. What ends in "-ed" or "-ly" is left out by its form, and "-ing" where it is no subject.
NO_SUBJECT = frozenset(
    "tired sleepy awake exhausted knackered shattered fed sad low down happy glad afraid scared worried sure angry "
    "mad upset cross lonely alone desperate awful terrible horrible dreadful bad nasty weird strange odd crazy insane "
    "mental silly stupid daft funny annoying annoyed sorry lucky unlucky nice lovely great fine okay alright "
    "brilliant amazing gross understood slept felt kept left lost woke woken went gone came seen saw knew known grew "
    "grown began begun stood sat lay lain ran drove flew fell fallen bought brought thought caught fought heard held "
    "built sent spent meant told sold shook shaken spoke spoken broke broken wrote written chose chosen gave given "
    "threw thrown drew drawn wore worn bit bitten swore sworn dealt drank drunk ate eaten cure cures heal heals fix "
    "fixes stop stops quit quits try tries ask asks answer wait waits believe believes guess bet reckon suppose hope "
    "wish hate hates love loves swear murder murders shoot shoots strangle scream screams cry cries laugh laughs "
    "smile joke jokes kidding joking annoy annoys bother bothers bug bugs boss bloke lad lads man men guy lady woman "
    "girl boy granddad grandfather grandmother grandparents grandparent parent parents cousin cousins stepdad stepmum "
    "fiance fiancee girlfriend mate mates bro buddy colleague neighbours folks hubby panic box money lights morning "
    "evening yesterday tomorrow tonight tonite nite nites nyt weekend hour hours minute moment while ago lot lots ton "
    "tons bunch couple rest kind god gosh damn bloody hell heck lol lmao lmfao rofl haha hahaha hehe omg wtf idk ngl "
    "tbh imo imho btw fyi smh ikr fml rn irl jk nvm asap wat wot wht wats wots wich wud cud shud wanna gonna gotta "
    "dunno kinda sorta lemme gimme innit aint yall smth smthn sth sumthing sumthin cuz bcuz coz cos bcos becuz ppl "
    "abt wid wiv plz pls thx tho thru rly srsly dat dis wrose wose meh nah nope yep yeah yup ugh argh duh hmm umm uhm "
    "err huh wow yay oops oi".split()
)
MEANT = {"meds": "medications", "med": "medication", "irn": "iron", "vits": "vitamins", "vit": "vitamin"}  # as it is typed
# Before what is done: "I'm bleeding money", "died laughing". Elsewhere "-ing" may be asked about: "does smoking matter".
BEFORE_ING = frozenset(
    "i am im he she we they is are was were be been being keep keeps kept start starts started stop stops stopped "
    "died die dying end ends ended go goes going went come me him her them us you my he's she's it's they're we're "
    "you're not just always still so really legs leg".split()
)
NOT_ED = frozenset("weed seed seeds seaweed linseed flaxseed rapeseed speed bed feed med red reed shed sled".split())
NOT_LY = frozenset("jelly belly family lily fly july italy ally melancholy anomaly homily".split())
FEWEST_ENGLISH = 2  # words of a question in which a word that English does not know is named: a drug's, such as ropinirole
TOO_COMMON = 60_000_000  # count in the list of English words: "people", "health"


def missing_word(text: str, is_mentioned: Callable[[str], bool], /) -> str | None:
    """The word of a question that it is about and that the corpus nowhere holds: the rarest such word, as it was typed.

    `is_mentioned` tells whether the corpus holds a word in any form.

    >>> missing_word("Can coffee cause RLS?", {"rls"}.__contains__)
    'coffee'
    >>> missing_word("warum?", set().__contains__), missing_word("can I take ropinirole", set().__contains__)
    (None, 'ropinirole')
    >>> missing_word("I nearly died laughing, is it the tight socks", {"tight"}.__contains__)
    'socks'
    """
    if len(text.split()) > MOST_WORDS:
        return None  # a story has many words, and says of none that it is what is asked for
    said = WORD.findall(SHORT_FORM.sub(" ", text))
    words = [word for word in said if SHORTEST <= len(word) <= LONGEST]
    done = {word for before, word in pairwise(said) if word.lower().endswith("ing") and before.lower() in BEFORE_ING}
    if len(said) > 1 and said[0].lower() in {"is", "are", "was", "were"}:  # "is vaping bad"
        done.discard(said[1])
    meant = [word for word in words if word not in done and _may_be_subject(word.lower())]
    rare = [word for word in dict.fromkeys(meant) if how_common(word.lower()) < TOO_COMMON]
    missing = [word for word in rare if not is_mentioned(MEANT.get(word.lower(), word.lower()))]
    if sum(map(is_english, map(str.lower, words))) < FEWEST_ENGLISH:  # "warum?" may be of another language, or misspelt
        missing = [word for word in missing if is_english(word.lower())]
    return min(missing, key=lambda word: how_common(word.lower()), default=None)


def _may_be_subject(word: str) -> bool:
    """Whether a lower-case word may be what is asked about: no verb, feeling or word of an idiom."""
    if word in COMMON or word in GENERIC or word in NO_SUBJECT:
        return False
    is_done = word.endswith("ed") and word not in NOT_ED
    is_how = word.endswith("ly") and word not in NOT_LY
    return not is_done and not is_how


class Mentions:
    """Which words some documents hold, in any form: "medicine" is mentioned by "medications". Safe for several threads.

    They are read when the first word is looked for.
    """

    def __init__(self, documents: Iterable[Document], /) -> None:
        self._documents = documents

    @cached_property
    def _words(self) -> list[str]:
        texts = (f"{document.source.title}\n{document.text}".lower().replace("-", " ") for document in self._documents)
        return sorted({word for text in texts for word in WORD.findall(text)})

    @cached_property
    def _roots(self) -> frozenset[str]:
        return frozenset(map(root, self._words))

    def __contains__(self, word: str) -> bool:
        return any(map(self._holds, WORD.findall(word.lower().replace("-", " "))))

    def _holds(self, word: str) -> bool:
        """Whether a word has the same root, or begins with this one: "genetic" mentions genes."""
        if root(word) in self._roots:
            return True
        single = word.removesuffix("s")
        place = bisect_left(self._words, single)
        return len(single) > SHORTEST and self._words[place : place + 1] != [] and self._words[place].startswith(single)


def root(word: str, /) -> str:
    """What the forms of a word have in common, roughly: rather too short, so that nothing is called missing that is there.

    >>> root("medicines") == root("medications"), root("coffee") == root("coffin")
    (True, False)
    """
    return stem(word)[:ROOT]


def covered(
    hits: Sequence[Hit], documents: Mapping[str, Document], among: Container[str], first: Iterable[str], /
) -> tuple[str, ...]:
    """The topics that the corpus covers: of the passages found, if their articles are `among` those that may be named, then
    the `first` of all; none if no question names a topic."""
    found = dict.fromkeys(
        question.topic
        for hit in (hits if len(documents) > 1 else ())  # one article's topics stand in its own order
        for question in documents[hit.passage.document_id].questions
        if question.section == hit.passage.section and question.topic and hit.passage.document_id in among
    )
    return tuple(dict.fromkeys((*found, *first)))[:MOST_TOPICS]


def first_topics(documents: Iterable[Document], /) -> tuple[str, ...]:
    """As many topics of articles as are named at most, in order."""
    found: dict[str, None] = {}
    for document in documents:  # no further than it takes: a corpus may have thousands of articles
        if len(found) >= MOST_TOPICS:
            break
        found |= dict.fromkeys(question.topic for question in document.questions if question.topic)
    return tuple(found)[:MOST_TOPICS]
