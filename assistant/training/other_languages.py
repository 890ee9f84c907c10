"""What serving needs for questions in other languages, from the committed labels: voters, means, two outcome models.

Flows in: labels, and the multilingual encoder. Flows out: `learned/multilingual.npz` and `.json`, and figures. All labels
vote; the models are fitted on those that the encoder's tuning did not see (`multilingual.py`), since it has brought the
others together. They are fitted on each question of the main article twice: as one on something new in a new language, with
votes in which labels in its own language, and on its topic in any other but English, have no part; and as most visitors'
questions, which others have asked before, with the votes of all but itself. The figures are those of the first kind alone,
and for them the question's language is left out of the fit, too; on other articles, their site.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from assistant.answer import Kind
from assistant.evaluation.figures import Rate
from assistant.languages.detecting import Reading, recognised
from assistant.languages.terms import with_english_name
from assistant.languages.wording import DEFAULT_LANGUAGE
from assistant.question import read as asked
from assistant.reading.follow_ups import in_context
from assistant.retrieval.learned.multilingual import PARAMETERS, QUESTIONS
from assistant.retrieval.neighbours import LabelledQuestions
from assistant.retrieval.other_languages import (
    GENERAL,
    LABELLED_FEATURES,
    SENTENCE_FEATURES,
    Centres,
    ForeignVotes,
    MultilingualModel,
    Voters,
    nearest,
    votes_of,
)
from assistant.retrieval.outcomes import OUTCOMES, Danger, OutcomeModel, decide, is_long
from assistant.training.fitting import fit_outcome_model
from assistant.training.labels import Labels, Question, site_name
from assistant.training.saving import outcome_table, question_arrays, save_json
from index import Encoder
from index.encoding import Vectors, unit
from index.encoding.cache import encode_with_cache
from index.lexical import Flags, Integers

LATIN_HINDI = "hi-latn"
FEW = 20  # questions; the mean of a language that has less is mostly that of all
Votes = Mapping[str, Sequence[ForeignVotes]]  # of the questions in each language
MAIN_SHARE = 0.2  # weight of the main article's questions in the model for articles without labels


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions (m) with the code of each one's language, and their vectors (m, d), not centred."""

    questions: tuple[Question, ...]
    languages: tuple[str, ...]
    vectors: Vectors
    is_new: Flags  # which of them the encoder did not learn from (m,)

    def of(self, code: str, /) -> Integers:
        """The numbers of those in a language."""
        return np.flatnonzero(np.array(self.languages) == code)

    def new(self, code: str, /) -> Integers:
        """Those of them that the encoder did not learn from."""
        own = self.of(code)
        return own[self.is_new[own]]

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages but English."""
        return tuple(sorted(set(self.languages) - {DEFAULT_LANGUAGE}))


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a visitor would have got for a question, and the passage that would be quoted first."""

    question: Question
    language: str
    got: Kind
    best: int

    @property
    def is_right(self) -> bool:
        """Whether the kind is right and, of an answer, the first quote."""
        if self.got is Kind.ANSWER and self.question.expect is Kind.ANSWER:
            return self.best in self.question.gold
        return self.got in self.question.label.allowed


def learn(
    labels: Labels, encoder: Encoder, folder: Path, /, *, cache: Path, is_new: Callable[[Question], bool]
) -> dict[str, Any]:
    """Write both files into the folder, and return the figures.

    Args:
        labels: all of them, in all languages.
        encoder: the multilingual one.
        folder: where the files are written.
        cache: a file of encodings, as an index keeps one.
        is_new: whether the encoder did not learn from a question.
    """
    main = encoded(labels.asked_main, encoder, cache, is_new=is_new)
    others = encoded([question for question in labels.asked_others if is_new(question)], encoder, cache, is_new=is_new)
    slugs = {labels.main, *(question.slug for question in others.questions)}
    sentences = {slug: _vectors(labels.articles[slug].reading_texts, encoder, cache) for slug in sorted(slugs)}
    centres = centres_of(main)
    questions = voters(labels, main, centres)
    unseen = {code: list(unseen_votes(questions, main, code)) for code in main.codes}
    predictions = [
        prediction
        for code in tqdm(main.codes, desc="Leaving out", unit="language", delay=2)
        for prediction in predicted(labelled_model(main, unseen, without=code), main, code, unseen[code])
    ]
    known = {code: list(known_votes(questions, main, code)) for code in main.codes}
    rows = [
        *rows_on_main(main, unseen, questions, sentences[labels.main]),
        *rows_on_others(others, questions, centres, sentences),
    ]
    models = labelled_model(main, unseen, known), sentence_model(rows, labels.main)
    save(MultilingualModel(encoder.fingerprint, questions, centres, *models), folder)
    return report(predictions) | {"other articles": report(list(predicted_on_others(rows, labels.main)))}


def encoded(questions: Sequence[Question], encoder: Encoder, cache: Path, /, *, is_new: Callable[[Question], bool]) -> Asked:
    """Questions as the multilingual encoder reads them."""
    codes = tuple(map(language_of_label, questions))
    texts = [with_english_name(as_typed(question), code) for question, code in zip(questions, codes, strict=True)]
    return Asked(
        tuple(questions), codes, _vectors(texts, encoder, cache), np.array([*map(is_new, questions)], dtype=np.bool_)
    )


def as_typed(question: Question, /) -> str:
    """The question behind the turn that it leans on."""
    *earlier, last = question.label.turns
    before = in_context(asked(last), [asked(turn) for turn in earlier]).before if earlier else None
    return " ".join(f"{before or ''} {last}".split())


def language_of_label(question: Question, /) -> str:
    """The folder of its language; what is labelled as English may still be seen to be in another."""
    text, code = question.label.turns[-1], question.label.asked_in
    if code == "hi" and text.isascii():
        return LATIN_HINDI
    found = recognised(text) if code == DEFAULT_LANGUAGE and not text.isascii() else None
    return found.written if found is not None and found.reading is Reading.OTHER and found.written else code


def labelled_model(main: Asked, *of: Votes, without: str = "") -> OutcomeModel:
    """The model for the labelled article, fitted on these votes without those in one language."""
    rows = [
        (main.questions[row], vote)
        for votes in of
        for code in main.codes
        if code != without
        for row, vote in zip(main.new(code).tolist(), votes[code], strict=True)
    ]
    features = np.stack([vote.labelled_features for _, vote in rows])
    return _fitted(features, [outcome_of(question, vote.passages) for question, vote in rows], [1.0] * len(rows))


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """A question on an article as if nobody had labelled it: its language, the votes, its sentences' cosines (n,)."""

    question: Question
    language: str
    votes: ForeignVotes
    cosines: Vectors


def rows_on_main(main: Asked, votes: Votes, questions: LabelledQuestions, sentences: Vectors, /) -> Iterator[SentenceRow]:
    """The questions in other languages on the main article; its sentences' vectors (n, d)."""
    centred = _centred(sentences)
    for code in main.codes:
        for row, vote in zip(main.new(code).tolist(), votes[code], strict=True):
            yield SentenceRow(main.questions[row], code, vote, centred @ questions.pooled[row])


def rows_on_others(
    others: Asked, questions: LabelledQuestions, centres: Centres, sentences: Mapping[str, Vectors], /
) -> Iterator[SentenceRow]:
    """The questions on other articles, in all languages; each article's sentences' vectors (n, d)."""
    known, centred = Voters(questions), {slug: _centred(vectors) for slug, vectors in sentences.items()}
    for question, code, vector in zip(others.questions, others.languages, others.vectors, strict=True):
        own = centres.centred(vector, code)
        vote = known.votes(own, is_long=is_long(question.label.turns[-1]))
        yield SentenceRow(question, code, vote, centred[question.slug] @ own)


def sentence_model(rows: Sequence[SentenceRow], main: str, /) -> OutcomeModel:
    """The model for articles without labels, fitted on these questions; `main` is the slug of the labelled one."""
    features = np.stack([row.votes.sentence_features(row.cosines) for row in rows])
    outcomes = [outcome_of(row.question, row.cosines) for row in rows]
    return _fitted(features, outcomes, [_importance(row, main) for row in rows])


def predicted_on_others(rows: Sequence[SentenceRow], main: str, /) -> Iterator[Prediction]:
    """What visitors who ask in other languages would get on articles that nobody labelled, by a model that saw none of
    their site."""
    asked = [row for row in rows if row.question.slug != main and row.language != DEFAULT_LANGUAGE]
    for site in sorted({site_name(row.question.slug) for row in asked}):
        model = sentence_model([row for row in rows if site_name(row.question.slug) != site], main)
        for row in asked:
            if site_name(row.question.slug) == site:
                outcomes = model.probabilities(row.votes.sentence_features(row.cosines))
                yield _prediction(row.question, row.language, outcomes, row.votes, int(row.cosines.argmax()))


def centres_of(main: Asked, /) -> Centres:
    """The mean vector of each language's questions, that of few drawn towards the mean of all but English."""
    foreign = np.flatnonzero([code != DEFAULT_LANGUAGE for code in main.languages])
    general = main.vectors[foreign].mean(axis=0)
    found = {GENERAL: general, DEFAULT_LANGUAGE: main.vectors[main.of(DEFAULT_LANGUAGE)].mean(axis=0)}
    for code in main.codes:
        own = main.vectors[main.of(code)]
        found[code] = (own.sum(axis=0) + FEW * general) / (len(own) + FEW)
    return Centres(tuple(found), np.stack(list(found.values())).astype(np.float32))


def voters(labels: Labels, main: Asked, centres: Centres, /) -> LabelledQuestions:
    """The labelled questions with centred vectors."""
    sentences = labels.articles[labels.main].sentences
    gold = np.zeros((len(main.questions), len(sentences)), dtype=np.float32)
    for row, question in enumerate(main.questions):
        gold[row, list(question.gold)] = 1.0
    vectors = np.zeros_like(main.vectors)
    for code in {*main.codes, DEFAULT_LANGUAGE}:
        rows = main.of(code)
        vectors[rows] = centres.centred(main.vectors[rows], code)
    kinds = np.array([question.expect.number for question in main.questions])
    gentle = np.array([question.label.level == "gentle" for question in main.questions], np.float32)
    return LabelledQuestions(tuple(sentences), vectors, gold, kinds, gentle)


def unseen_votes(questions: LabelledQuestions, main: Asked, code: str, /) -> Iterator[ForeignVotes]:
    """The votes on each question in a language of the labels that are neither in it nor, in any other but English, on its
    topic."""
    languages, topics = np.array(main.languages), np.array([question.label.topic for question in main.questions])
    _, topic = np.unique(topics, return_inverse=True)
    is_foreign, rows = languages != DEFAULT_LANGUAGE, main.new(code)
    cosines = questions.pooled[rows] @ questions.pooled.T
    cosines[:, languages == code] = -1
    for row, own in zip(rows.tolist(), cosines, strict=True):
        own[is_foreign & (topic == topic[row])] = -1
        nearby = nearest(own)
        yield votes_of(questions, nearby, own[nearby], is_long=is_long(main.questions[row].label.turns[-1]))


def known_votes(questions: LabelledQuestions, main: Asked, code: str, /) -> Iterator[ForeignVotes]:
    """The votes of all other labels on each question in a language."""
    rows = main.new(code)
    cosines = questions.pooled[rows] @ questions.pooled.T
    cosines[np.arange(len(rows)), rows] = -1
    for row, own in zip(rows.tolist(), cosines, strict=True):
        nearby = nearest(own)
        yield votes_of(questions, nearby, own[nearby], is_long=is_long(main.questions[row].label.turns[-1]))


def predicted(model: OutcomeModel, main: Asked, code: str, votes: Sequence[ForeignVotes], /) -> Iterator[Prediction]:
    """What visitors who ask in a language would get, the rules of triage in front."""
    for row, vote in zip(main.new(code).tolist(), votes, strict=True):
        outcomes = model.probabilities(vote.labelled_features)
        yield _prediction(main.questions[row], code, outcomes, vote, int(vote.passages.argmax()))


def report(predictions: Sequence[Prediction], /) -> dict[str, Any]:
    """Right outcomes by language and by kind, urgent ones caught, harmless ones alarmed, unsafe ones."""
    by_language, by_kind = defaultdict(list), defaultdict(list)
    for prediction in predictions:
        by_language[prediction.language].append(prediction.is_right)
        by_kind[str(prediction.question.expect)].append(prediction.is_right)
    danger = [p for p in predictions if p.question.expect is Kind.URGENT]
    harmless = [p for p in predictions if Kind.URGENT not in p.question.label.allowed]
    unsafe = [
        p
        for p in predictions
        if p.got is Kind.ANSWER and p.question.expect in {Kind.ADVICE, Kind.URGENT} and p.got not in p.question.label.allowed
    ]
    return {
        "right outcome": _rate([p.is_right for p in predictions]),
        "urgent caught": _rate([p.got is Kind.URGENT for p in danger]),
        "harmless alarmed": _rate([p.got is Kind.URGENT for p in harmless]),
        "unsafe": len(unsafe),
        "by language": {code: _rate(right) for code, right in sorted(by_language.items())},
        "by kind": {kind: _rate(right) for kind, right in sorted(by_kind.items())},
    }


def save(model: MultilingualModel, folder: Path, /) -> None:
    """Write what serving reads."""
    questions = model.questions
    np.savez(
        folder / QUESTIONS,
        **question_arrays(questions),
        gentle=np.packbits(questions.gentle > 0),
        centres=model.centres.vectors.astype(np.float16),
    )
    table = {
        "encoder": model.encoder,
        "labelled_sentences": list(questions.sentences),
        "labelled_features": list(LABELLED_FEATURES),
        "sentence_features": list(SENTENCE_FEATURES),
        "centres": list(model.centres.codes),
        "labelled": outcome_table(model.labelled),
        "any_article": outcome_table(model.any_article),
    }
    save_json(table, folder / PARAMETERS)


def outcome_of(question: Question, scores: Vectors, /) -> int:
    """The outcome, as a place in OUTCOMES, where the best of these scores (n,) would be quoted."""
    is_lost = question.expect is Kind.ANSWER and int(scores.argmax()) not in question.gold
    return OUTCOMES.index("lost" if is_lost else question.expect)


def _prediction(question: Question, code: str, outcomes: dict[str, float], votes: ForeignVotes, best: int, /) -> Prediction:
    typed = asked(question.label.turns[-1])
    danger = Danger(outcomes[Kind.URGENT], outcomes[Kind.URGENT] + votes.distress, is_multilingual=True)
    kind = decide(outcomes, danger, is_multilingual=True, is_distressed=typed.is_known)
    return Prediction(question, code, typed.triage.kind if typed.triage is not None else kind, best)


def _importance(row: SentenceRow, main: str) -> float:
    return MAIN_SHARE if row.question.slug == main and row.question.expect in {Kind.ANSWER, Kind.UNANSWERED} else 1.0


def _fitted(features: Vectors, outcomes: Sequence[int], importance: Sequence[float]) -> OutcomeModel:
    return fit_outcome_model(features, np.array(outcomes), np.array(importance, np.float32))


def _centred(vectors: Vectors) -> Vectors:
    return unit(vectors - vectors.mean(axis=0))


def _vectors(texts: Sequence[str], encoder: Encoder, cache: Path) -> Vectors:
    return encode_with_cache(texts, encoder=encoder, cache=cache)[0].pooled


def _rate(right: Sequence[bool]) -> dict[str, float]:
    return Rate(sum(right), len(right)).as_dict()
