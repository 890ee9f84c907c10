"""From one question to an answer: triage, retrieve, decide, quote, and the words around it. Knows no earlier answer.

The same question on the same version gets the same bytes. What a conversation changes of them, `assistant.assistant` does.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from typing import Self

from assistant.answer import FEW_CITATIONS, MOST_JOINED, RECOGNISED, Answer, Citation, Kind
from assistant.gaps.recorder import GapRecorder
from assistant.languages.detecting import WORD, Reading, words_for_the_condition
from assistant.languages.starters import offered
from assistant.languages.terms import as_search, terms_in
from assistant.languages.wording import DEFAULT_LANGUAGE, MORE, wording
from assistant.misses import GENERIC, Mentions, covered, first_topics, missing_word
from assistant.question import Question, read
from assistant.reading.follow_ups import Leaning, leaning
from assistant.reading.in_full import named_alone
from assistant.reading.parts import (
    alternatives,
    asked_of_each,
    asked_of_listed,
    asks_what_does_not,
    asks_what_it_causes,
    completed,
    excluding,
    halves,
    says_what_it_causes,
    thing_listed,
)
from assistant.reading.remarks import without_exaggerations, without_remarks
from assistant.record import FACTS, on_record
from assistant.retrieval.found import Found, Miss
from assistant.retrieval.outcomes import SURELY_URGENT, decide, sounds_distressed
from assistant.retrieval.quoting import SCORE_DIGITS, Link, quote
from assistant.retrieval.retriever import Retriever
from assistant.suggestions import MOST_CONSIDERED, Span, near, spans, starters
from assistant.triage.urgent import kind_word, urgent_answer, with_care
from index import IndexVersion
from index.documents import Documents
from index.lexical import COMMON

NEAR_HITS = 3  # passages whose sections' questions are offered
LONGEST_NAMED = 60  # letters of a question that is named as what the corpus does not say
SURE_ELSEWHERE = 0.9  # from which the multilingual reading counts where the English one finds nothing
SURE_IN_OTHER = 0.9  # below which a short question in another language is searched by its terms
ABOUT = "chat.about"  # the wording that says what is stored


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and the subject that its question is counted as if nothing answers it and subjects are counted. `is_other`:
    the question might have been English, and was not."""

    answer: Answer
    subject: str = ""
    is_other: bool = False


class Answering:
    """Answers single questions from the articles that may be quoted. Safe to call from several threads."""

    def __init__(
        self,
        version: IndexVersion,
        retriever: Retriever,
        link: Link,
        /,
        *,
        region: str,
    ) -> None:
        """Join what is found with what is said of it."""
        self._version, self._retriever, self._link = version, retriever, link
        self._region, self._site = region, version.manifest.site
        self._gaps: GapRecorder | None = None
        self._mentions = Mentions(version.documents.values())  # of the whole corpus, whatever may be quoted
        self._limit_to(version.documents)

    def _limit_to(self, documents: Documents) -> None:
        """Quote these only. What needs a look at many of them is kept."""
        self._documents = documents
        self._first_topics = lru_cache(1)(lambda: first_topics(documents.with_questions()))
        self._on_record = lru_cache(len(FACTS))(lambda key: on_record(key, documents.values()))

    def over(self, retriever: Retriever, documents: Documents, /, *, gaps: GapRecorder | None) -> Self:
        """The same over other passages of the version, at next to no cost; with `gaps` it tells subjects."""
        other = copy(self)
        other._retriever, other._gaps = retriever, gaps
        other._limit_to(documents)
        return other

    def answer(self, question: Question, /) -> Kept:
        """The answer, with more suggestions than are shown."""
        ruled = question.triage
        if ruled is not None and ruled.kind is not Kind.ADVICE:
            return Kept(self._fixed(ruled.wording, question, ruled.kind, confidence=1.0))
        found = self.found(question)
        is_spoken_to = question.is_distressed and question.help_language != DEFAULT_LANGUAGE
        is_other = (found.is_multilingual or is_spoken_to) and question.language == DEFAULT_LANGUAGE
        question = question.in_other_language() if is_other else question
        answer = self._judged(found, question)
        if self._gaps is None or answer.kind is not Kind.UNANSWERED:
            return Kept(answer, is_other=is_other)
        is_english = question.language == DEFAULT_LANGUAGE
        return Kept(answer, self._gaps.subject_of(found.question, is_english=is_english), is_other)

    def _judged(self, found: Found, question: Question) -> Answer:
        ruled = question.triage
        if ruled is not None:  # a request for advice, in which danger may be told as well
            if found.danger.urgent >= SURELY_URGENT:
                return self.help(question, Kind.URGENT.wording)
            return self._in_parts(question) or self._fixed(ruled.wording, question, ruled.kind, confidence=1.0, found=found)
        kind, is_told = self._kind(found, question), question.is_distressed
        parts = None if kind in {Kind.URGENT, Kind.CHAT} else self._in_parts(question, is_answered=kind is Kind.ANSWER)
        aside = self._without_remarks(question, kind) if parts is None else None
        answer = parts or aside or self._said(kind, found, question)
        is_read = found.is_multilingual or question.language == DEFAULT_LANGUAGE
        is_guessed = is_read and not question.is_everyday and sounds_distressed(found.danger)
        if kind is Kind.URGENT or not (is_told or is_guessed):
            return answer
        return with_care(answer, kind_word(question.language, region=self._region))

    def _kind(self, found: Found, question: Question) -> Kind:
        return decide(
            found.outcomes,
            found.danger,
            is_english=question.language == DEFAULT_LANGUAGE,
            is_multilingual=found.is_multilingual,
            is_distressed=question.is_known,
        )

    def found(self, question: Question) -> Found:
        """What is found for a question, read in its language; where that cannot be told, in English, unless nothing there
        answers it and the other reading is surer."""
        reading = question.recognised.reading
        if reading is Reading.OTHER:
            other = self._retriever.find_in_other_language(question)
            return self._retriever.find(question) if other is None else self._surer_as_search(other, question)
        found = self._found_in_english(question)
        if reading is Reading.ENGLISH or (kind := self._kind(found, question)) is Kind.ANSWER:
            return found
        other = self._retriever.find_in_other_language(question)
        if other is None:
            return found
        other = self._surer_as_search(other, question)
        other_kind = self._kind(other, question)
        if kind is Kind.URGENT:  # what no rule knows; "la carence en fer" is no English
            return other if other_kind is Kind.ANSWER and other.outcomes[other_kind] >= SURE_ELSEWHERE else found
        if other_kind in {kind, Kind.UNANSWERED}:
            return found
        # The English reading of Dutch is sure that nothing is said; what misspelt English asks is often not said either.
        is_found = kind is Kind.UNANSWERED and other_kind in {Kind.ANSWER, Kind.URGENT}
        return other if is_found or other.outcomes[other_kind] >= max(found.outcomes[kind], SURE_ELSEWHERE) else found

    def _surer_as_search(self, found: Found, question: Question) -> Found:
        """What is found for a question in another language, or for its terms in English, where these are most of what it
        says, and surer: an encoder makes little of "and the iron?"."""
        kind = self._kind(found, question)
        unsure = kind is not Kind.URGENT and found.outcomes[kind] < SURE_IN_OTHER and not question.is_distressed
        search = as_search(question.text, question.recognised.written) if unsure else ""
        if not search:
            return found
        english = self._retriever.find(read(search))
        said = max((Kind.ANSWER, Kind.UNANSWERED), key=english.outcomes.__getitem__)
        if english.outcomes[said] < found.outcomes[kind]:
            return found
        return replace(english, danger=found.danger, is_multilingual=True)

    def _found_in_english(self, question: Question) -> Found:
        """What is found for a question; without what it excludes, if it excludes something."""
        if asks_what_does_not(question.text):
            return self._retriever.find(question).unanswered(Miss.NEGATED)
        if asks_what_it_causes(question.text, self._is_the_condition):
            found = self._retriever.find(question)
            best = self._retriever.hits(found, count=1)[0].passage
            text = self._version.documents[best.document_id].text[best.start : best.end]
            return found if says_what_it_causes(text, self._is_the_condition) else found.unanswered(Miss.NOT_SAID)
        if (asked := excluding(question.text)) is None:
            return self._retriever.find(question)
        return self._retriever.find_without(replace(question, text=asked.asked), asked.without)

    def _in_parts(self, question: Question, *, is_answered: bool = False) -> Answer | None:
        """One answer to a question of several parts: what is said of each, or of the first that is answered what is said,
        and that the other is not. `None` where it has no parts or none is answered. Only English is parted.

        A question that `is_answered` as a whole is parted only where each part stands by itself.
        """
        is_english = question.language == DEFAULT_LANGUAGE
        asked = self._parts_of(question, each_alone=is_answered) if is_english else []
        answers = [self.answer(part).answer for part in asked]
        ruled = (answer for part, answer in zip(asked, answers, strict=True) if part.triage and answer.kind is Kind.CHAT)
        said = [answer for answer in answers if answer.kind is Kind.ANSWER]
        if any(answer.kind is Kind.URGENT for answer in answers):
            return None
        if not said:
            return next(ruled, None)
        joined = self._joined(said)
        if (missed := self._missed(asked, answers)) is not None:
            joined = replace(joined, message=f"{joined.message}\n{missed}")
        is_advice = any(answer.kind is Kind.ADVICE for answer in answers)
        return self.bounded(joined, question) if is_advice else joined

    def _missed(self, asked: Sequence[Question], answers: Sequence[Answer]) -> str | None:
        """What is said of those parts of a question that are not answered, if there are any."""
        missed = [part for part, answer in zip(asked, answers, strict=True) if answer.kind is Kind.UNANSWERED]
        if not missed:
            return None
        text = wording(DEFAULT_LANGUAGE, self._site)
        names = [self.missing(part) or thing_listed(part.text) for part in missed]
        if any(len(name) > LONGEST_NAMED for name in names):
            return text["unanswered.message"]
        return named(text["unanswered.missing"], "”, “".join(dict.fromkeys(names)))

    def _parts_of(self, question: Question, *, each_alone: bool) -> list[Question]:
        """The questions that one holds: one after the other, or about things of a list, or of which the corpus lacks one."""
        if listed := asked_of_listed(question.text):
            return list(map(read, listed))
        asked = halves(question.text) or halves(without_remarks(question.text))
        parts = list(map(read, completed(asked, self._is_other_subject)))
        standing = [part for part in parts if leaning(part) is Leaning.NOT]
        missing = None if standing else self.missing(question)
        # "and twitchy legs": of a name, no word is a thing of its own.
        if missing is None or missing.lower() not in self._retriever.reader.as_read(question.text).lower():
            return [] if each_alone and len(standing) < len(parts) else standing
        return list(map(read, asked_of_each(question.text, missing, self._is_other_subject)))

    def _without_remarks(self, question: Question, kind: Kind) -> Answer | None:
        """The answer to what is asked, where something is told beside it that nothing answers or that, in another language
        than English, makes of "cut my legs off, is it iron?" a request for advice."""
        if kind not in {Kind.UNANSWERED, Kind.ADVICE}:
            return None
        is_english = question.language == DEFAULT_LANGUAGE
        asked = without_remarks(question.text) if is_english else without_exaggerations(question.text)
        if asked == question.text or leaning(part := read(asked, reader=question.language)) is Leaning.WHOLLY:
            return None
        if kind is Kind.ADVICE and (is_english or not as_search(asked, part.recognised.written)):
            return None
        answer = self.answer(part).answer
        if answer.kind is not Kind.ANSWER:
            return None
        return self.bounded(answer, question) if question.is_personal else answer

    def _joined(self, answers: Sequence[Answer]) -> Answer:
        """The answers to all parts as one: the best quote of each first. A list of the whole topic stays whole, between the
        best quotes of the others."""
        whole = next((place for place, one in enumerate(answers) if len(one.citations) > FEW_CITATIONS), None)
        if whole is not None:
            listed = [one.citations if place == whole else one.citations[:1] for place, one in enumerate(answers)]
            inside = set(map(_place, answers[whole].citations))
            quotes = [
                one for place, some in enumerate(listed) for one in some if place == whole or _place(one) not in inside
            ]
            return replace(answers[whole], citations=_numbered(quotes, most=MOST_JOINED))
        ranked = [
            one for same_rank in zip_longest(*(one.citations for one in answers)) for one in same_rank if one is not None
        ]
        quotes = list({_place(one): one for one in ranked}.values())[: max(FEW_CITATIONS, len(answers))]
        best = max(answers, key=lambda one: len(one.citations))
        if len(quotes) > len(best.citations):
            several = wording(DEFAULT_LANGUAGE, self._site)["answer.several"]
            _, *more = best.message.split("\n")
            best = replace(best, message="\n".join([several, *more]))
        return replace(best, citations=_numbered(quotes, most=len(quotes)))

    def _with_the_other(self, answer: Answer, question: Question) -> Answer:
        """An answer to a question about one thing or another, with what is said of the other."""
        asked = alternatives(question.text, self._is_other_subject) if question.language == DEFAULT_LANGUAGE else ()
        others = [self.answer(read(one)).answer for one in asked]
        if len(answer.citations) > FEW_CITATIONS or not any(one.kind is Kind.ANSWER for one in others):
            return answer
        return self._joined([answer, *(one for one in others if one.kind is Kind.ANSWER)])

    def bounded(self, answer: Answer, question: Question, /) -> Answer:
        """The answer with the boundary: what it means for the visitor, others can tell."""
        boundary = wording(question.language, self._site)["answer.boundary"]
        return answer if boundary in answer.message else replace(answer, message=f"{answer.message}\n{boundary}")

    def _said(self, kind: Kind, found: Found, question: Question) -> Answer:
        confidence = round(found.outcomes[kind], SCORE_DIGITS)
        if kind in RECOGNISED:
            is_sad = kind is Kind.CHAT and (question.is_distressed or sounds_distressed(found.danger))
            key = MORE if is_sad else kind.wording  # who is in distress is not told who we are
            return self._fixed(key, question, kind, confidence=confidence, found=found)
        text, suggestions = wording(question.language, self._site), self._near(found)
        if kind is Kind.UNANSWERED:
            lines = self._miss(question, found)
            return Answer(kind, "\n".join(lines), (), suggestions, confidence, self._version.name)
        citations = quote(found, self._version, self._retriever.sections(found), self._link)
        message = text["answer.whole" if found.parts else "answer.one" if len(citations) == 1 else "answer.several"]
        answer = Answer(kind, message, citations, suggestions, confidence, self._version.name)
        answer = self._with_the_other(answer, question)
        return self.bounded(answer, question) if question.is_personal else answer

    def _miss(self, question: Question, found: Found) -> list[str]:
        """What is said where nothing answers: the word that the corpus lacks, if there is one, and what it covers."""
        text = wording(question.language, self._site)
        if question.recognised.reading is Reading.OTHER and not found.is_multilingual:
            return [text["unanswered.foreign"]]
        if found.miss is Miss.ALL_EXCLUDED:
            return [text["unanswered.excluded"]]
        missing = self.missing(question) if found.miss is Miss.NOT_SAID else None
        first = text["unanswered.message"] if missing is None else named(text["unanswered.missing"], missing)
        hits = self._retriever.hits(found, count=NEAR_HITS)
        topics = covered(hits, self._version.documents, self._documents, self._first_topics())
        own = [offered(topic, question.language)[0] for topic in topics]
        return [first, text["unanswered.covers"].replace("{topics}", ", ".join(own))] if topics else [first]

    def missing(self, question: Question, /) -> str | None:
        """The visitor's own word that the corpus nowhere holds, under that or another name."""
        if question.recognised.reading is Reading.OTHER:
            named_here = terms_in(question.text, question.recognised.written).items()
            return next((own for own, english in named_here if english not in self._mentions), None)
        read_as = self._retriever.reader.as_read
        text = without_remarks(question.text)
        return missing_word(text, lambda word: word in self._mentions or read_as(word) in self._mentions)

    def may_be_subject(self, word: str, /) -> bool:
        """Whether a turn may be about a lower-case word: the corpus holds it, and it says something."""
        return word not in COMMON and word not in GENERIC and word in self._mentions

    def _is_other_subject(self, word: str) -> bool:
        """Whether a lower-case word is a subject of its own, and not what all of this is about."""
        names = (word, self._retriever.reader.as_read(word))
        return any(map(self.may_be_subject, names)) and word not in words_for_the_condition()

    def condition_alone(self, question: Question, /) -> str | None:
        """The condition's name as it was typed, if "and" it is all that a question asks."""
        name = named_alone(question.text) if question.language == DEFAULT_LANGUAGE else None
        return name if name is not None and self._is_the_condition(name) else None

    def _is_the_condition(self, name: str) -> bool:
        """Whether a name is one of what all of this is about."""
        words = WORD.findall(name.lower())
        return bool(words) and words_for_the_condition().issuperset(words)

    def _near(self, found: Found) -> tuple[str, ...]:
        hits = self._retriever.hits(found, count=NEAR_HITS)
        return near(hits, self._version.documents, self._documents.with_questions())

    def _fixed(
        self, key: str, question: Question, kind: Kind, /, *, confidence: float, found: Found | None = None
    ) -> Answer:
        """Fixed wording. Who asks for advice on a subject is offered what the article says of it."""
        if kind is Kind.URGENT:
            return self.help(question, key)
        text = wording(question.language, self._site)
        key, record = self._on_record(key) if key in FACTS else (key, [])
        counted = [text["privacy.gaps"]] if key == ABOUT and self._gaps is not None else []
        message = "\n".join([text[key], *counted, *record])
        if kind is Kind.ADVICE and found is not None:
            suggestions = self._near(found)
        else:
            suggestions = starters(self._documents.with_questions(), most=MOST_CONSIDERED)
        answer = Answer(kind, message, (), suggestions, confidence, self._version.name)
        return with_care(answer, kind_word(question.language, region=self._region)) if question.is_distressed else answer

    def listening(self, question: Question, /) -> Answer:
        """What is said to somebody who asks nothing."""
        return self._fixed(MORE, question, Kind.CHAT, confidence=1.0)

    def help(self, question: Question, key: str, /) -> Answer:
        """Help, in the wording of that key."""
        return urgent_answer(key, question.help_language, region=self._region, index_version=self._version.name)

    def quoted(self, question: str, /) -> frozenset[Span]:
        """What is quoted for a question on offer; nothing if it gets no answer."""
        asked = read(question)
        found = self.found(asked) if asked.triage is None else None
        if found is None or self._kind(found, asked) is not Kind.ANSWER:
            return frozenset()
        return spans(quote(found, self._version, self._retriever.sections(found), self._link))


def _place(one: Citation) -> tuple[str, int, int]:
    return one.article, one.start, one.end


def _numbered(quotes: Sequence[Citation], *, most: int) -> tuple[Citation, ...]:
    """The first of some quotes, each once, numbered in their order."""
    once = {_place(one): one for one in quotes}.values()
    return tuple(replace(one, n=n) for n, one in enumerate(list(once)[:most], 1))


def named(text: str, word: str, /) -> str:
    """The text with the visitor's own word in its place."""
    return text.replace("{word}", word)
