"""`python -m tests.benchmarks.conversation`: how steady answers are in a conversation, how right on the plainest questions.

Flows in: tests/questions/second-hand/, which training never reads, and what the page offers to ask. Flows out: a table with
Wilson intervals. Questions that training has word for word are left out wherever being right is counted.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from tqdm import tqdm

from assistant import Answer, Assistant, Kind
from assistant.evaluation.figures import Rate
from assistant.evaluation.labelled import LabelledQuestion, Outcome, judge, squash
from tests.second_hand import NAMES, names_it, plainly, renamed, second_hand, trained_on

SEED = 20261130
STANDING_ALONE = 120  # questions, each asked after
CONVERSATIONS = 15  # unrelated earlier ones, of
MOST_EARLIER = 6  # turns at most
VARIED_TURNS = 50  # before what the page offers is asked
SHOWN = 3  # quotes that a visitor sees at once

# What must not be quoted where a question leaves a cause out: words of the sentences on it.
LEFT_OUT = {
    "iron": ("iron",),
    "genes": ("run in families", "genetic"),
    "medicines": ("Certain drugs", "medications"),
    "kidneys": ("Kidney", "renal"),
    "parkinsons": ("Parkinson",),
    "vitamins": ("vitamin",),
}

T = TypeVar("T")
Row = tuple[str, Rate]
Asking = Callable[[Sequence[str]], Answer]


def main() -> None:
    """Ask everything and print the table."""
    assistant = Assistant.load()
    print("| measure | count | of | share | 95 % |")
    print("| --- | --- | --- | --- | --- |")
    for name, rate in measured(assistant):
        low, high = rate.interval
        print(f"| {name} | {rate.count} | {rate.total} | {rate.value:.1%} | {low:.1%} to {high:.1%} |", flush=True)


def measured(assistant: Assistant, /) -> Iterator[Row]:
    """Every measure, as soon as it is counted."""
    rng = random.Random(SEED)
    plain = [question for question in second_hand("plain") if question.expect == Kind.ANSWER]
    yield from steadiness(assistant.ask, plain, earlier_turns(assistant.ask), rng)
    yield from offers(assistant, rng)
    yield from rightness(assistant.ask)
    yield from names(assistant.ask, unseen(plain))


def earlier_turns(ask: Asking, /) -> list[list[LabelledQuestion]]:
    """What may have been typed before: plain questions, near misses, requests for advice, small talk; never danger.

    After danger, help stays in sight on purpose.
    """
    asked = [question for stem in ("plain", "real", "whole") for question in second_hand(stem)]
    calm = [question for question in asked if ask(question.turns).kind is not Kind.URGENT]
    return [[q for q in calm if q.expect == kind] for kind in (Kind.ANSWER, Kind.UNANSWERED, Kind.ADVICE, Kind.CHAT)]


def steadiness(
    ask: Asking, plain: Sequence[LabelledQuestion], earlier: Sequence[Sequence[LabelledQuestion]], rng: random.Random, /
) -> Iterator[Row]:
    """Answers that change with what was asked before, of questions that stand for themselves and of those with "it"."""
    named = [question for question in plain if names_it(question.turns[-1])]
    pronominal = [question for question in plain if not names_it(question.turns[-1])]
    for what, pool in (("that name the condition", named), ('with "it" or no name', pronominal)):
        kinds, quotes, messages, total = 0, 0, 0, 0
        for question in _asking(rng.sample(pool, min(STANDING_ALONE, len(pool)))):
            alone = ask(question.turns)
            others = [[q.turns[-1] for q in of_kind if q.topic != question.topic] for of_kind in earlier]
            for _ in range(CONVERSATIONS):
                before = [rng.choice(rng.choice(others)) for _ in range(rng.randint(1, MOST_EARLIER))]
                answer = ask([*before, *question.turns])
                kinds += answer.kind != alone.kind
                quotes += answer.kind == alone.kind and quoted(answer) != quoted(alone)
                messages += answer.message != alone.message
                total += 1
        yield f"questions {what}: another kind after other turns", Rate(kinds, total)
        yield f"questions {what}: same kind, other quotes", Rate(quotes, total)
        yield f"questions {what}: another message", Rate(messages, total)


def offers(assistant: Assistant, rng: random.Random, /) -> Iterator[Row]:
    """Starters and suggestions that get the answer they are offered for, after varied turns."""
    meant = {q.question: q.section for document in assistant.version.documents.values() for q in document.questions}
    asked = [question.turns[-1] for stem in ("plain", "real", "whole") for question in second_hand(stem)]
    calm = [turn for turn in asked if assistant.ask([turn]).kind is not Kind.URGENT]
    before = rng.sample(calm, VARIED_TURNS)

    def is_met(turn: str, offered: str) -> bool:
        answer = assistant.ask([turn, offered])
        return bool(answer.citations) and answer.citations[0].section == meant.get(offered, offered)

    starters = [is_met(turn, offered) for turn in _asking(before) for offered in assistant.starters()]
    yield "starters that get their answer", _rate(starters)
    suggested = [is_met(turn, offered) for turn in _asking(before) for offered in assistant.ask([turn]).suggestions]
    yield "suggestions that get their answer", _rate(suggested)


def rightness(ask: Asking, /) -> Iterator[Row]:
    """Right answers, by the kind of question."""
    follow_ups = outcomes(ask, unseen(second_hand("follow-ups")))
    yield f"follow-ups right: kind, and a right quote of the first {SHOWN}", _rate(map(_is_right_in_three, follow_ups))

    plain, real = outcomes(ask, unseen(second_hand("plain"))), outcomes(ask, unseen(second_hand("real")))
    yield from of_file("plain", plain)
    yield from of_file("real people's", real)

    whole = outcomes(ask, unseen(second_hand("whole")))
    all_of_it = [outcome for outcome in whole if outcome.question.topic == "whole"]
    inverted = [outcome for outcome in whole if outcome.question.topic.startswith("whole without")]
    yield "whole-topic questions: every cause is shown", _rate(map(shows_all, all_of_it))
    yield "all causes but one: answered, that one not quoted", _rate(map(leaves_out, inverted))
    yield "all causes but one: the same, and the first quote right", _rate(o.is_right and leaves_out(o) for o in inverted)
    others = [outcome for outcome in whole if not outcome.question.topic.startswith("whole")]
    chat = [outcome for outcome in others if outcome.question.expect == Kind.CHAT]
    narrow = [outcome for outcome in others if outcome.question.expect == Kind.ANSWER]
    yield "personal and two-part questions, inversions of a fact: right", _rate(outcome.is_right for outcome in narrow)
    yield "small talk and questions about the assistant: right", _rate(outcome.is_right for outcome in chat)


def of_file(name: str, found: Sequence[Outcome], /) -> Iterator[Row]:
    """What is counted of plain and of real people's questions."""
    answerable = [outcome for outcome in found if outcome.question.expect == Kind.ANSWER]
    near = [outcome for outcome in found if outcome.question.expect == Kind.UNANSWERED]
    advice = [outcome for outcome in found if outcome.question.expect == Kind.ADVICE]
    yield f"{name} questions: right, of all", _rate(outcome.is_right for outcome in found)
    yield f"{name} questions: right, of answerable", _rate(outcome.is_right for outcome in answerable)
    yield f"{name} questions: a right quote of the first {SHOWN}", _rate(map(_is_right_in_three, answerable))
    yield f"{name} questions: answered, of answerable (coverage)", _rate(outcome.is_answered for outcome in answerable)
    yield f"{name} questions: declined as advice, of answerable", _rate(o.kind == Kind.ADVICE for o in answerable)
    yield f"{name} near misses: unanswered", _rate(outcome.kind == Kind.UNANSWERED for outcome in near)
    yield f"{name} near misses: answered with a quote", _rate(outcome.kind == Kind.ANSWER for outcome in near)
    if advice:
        yield f"{name} requests for advice: declined", _rate(outcome.is_right for outcome in advice)


def names(ask: Asking, plain: Sequence[LabelledQuestion], /) -> Iterator[Row]:
    """Plain questions right under each name of the condition, and under all of them."""
    named = [q for q in plain if names_it(q.turns[-1]) and q.topic != "other-name"]  # there the name is what is asked for
    right = {
        name: [judge(q, ask([renamed(q.turns[-1], name)]).as_dict()).is_right for q in _asking(named)] for name in NAMES
    }
    for name, flags in right.items():
        yield f"plain questions with the name “{name}”: right", _rate(flags)
    yield "plain questions right under every name", _rate(map(all, zip(*right.values(), strict=True)))


def unseen(questions: Iterable[LabelledQuestion], /) -> list[LabelledQuestion]:
    """Those that training does not hold word for word."""
    return [question for question in questions if plainly(question.turns) not in trained_on()]


def outcomes(ask: Asking, questions: Sequence[LabelledQuestion], /) -> list[Outcome]:
    """Every question, asked and judged."""
    return [judge(question, ask(question.turns).as_dict()) for question in _asking(questions)]


def quoted(answer: Answer, /) -> list[tuple[str, int, int]]:
    """What an answer cites: article, start and end of each quote."""
    return [(citation.article, citation.start, citation.end) for citation in answer.citations]


def shows_all(outcome: Outcome, /) -> bool:
    """Whether every gold sentence is quoted."""
    return all(any(squash(gold) in squash(quote) for quote in outcome.quotes) for gold in outcome.question.gold)


def leaves_out(outcome: Outcome, /) -> bool:
    """Whether it is answered without a sentence on what the question leaves out."""
    words = LEFT_OUT[outcome.question.topic.removeprefix("whole without ")]
    return outcome.is_answered and not any(word in quote for quote in outcome.quotes for word in words)


def _is_right_in_three(outcome: Outcome) -> bool:
    return outcome.is_right or (outcome.is_answered and any(outcome.hits[:SHOWN]))


def _rate(flags: Iterable[bool]) -> Rate:
    counted = list(flags)
    return Rate(sum(counted), len(counted))


def _asking(what: Sequence[T]) -> Iterable[T]:
    return tqdm(what, desc="Asking", unit="question", delay=2, leave=False)


if __name__ == "__main__":
    main()
