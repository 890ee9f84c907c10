"""Why a question lost its answer, and what an editor can do about it. Real model, real versions."""

import shlex
from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant import Assistant
from assistant.answer import Kind
from assistant.evaluation.labelled import LabelledQuestion
from assistant.refresh import lost_offers, refresh_report
from assistant.refresh.answers import Asked, Pair
from assistant.refresh.reasons import first_words, reasons, remedies
from assistant.refresh.report import as_html
from corpus import Document, load_corpus
from corpus.document import OwnerLabel, SuggestedQuestion
from index import Encoder, build, open_version
from settings import PROJECT
from tests.conftest import ARTICLE, make_document

RUST = (
    "Rust is an oxide of iron.",
    "It forms when iron meets water and air.",
    "Zinc protects a fence against rust for thirty years.",
    "Paint keeps water away.",
)
QUESTION = "What protects a fence against rust?"

Make = Callable[..., Assistant]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Make:
    """An assistant on any documents; what was encoded once is not encoded again."""
    index_dir = tmp_path_factory.mktemp("index")

    def make(*documents: Document) -> Assistant:
        name = build(list(documents), encoder=encoder, index_dir=index_dir).version
        return Assistant(open_version(index_dir, name), encoder)

    return make


def rust(*sentences: str, labels: tuple[OwnerLabel, ...] = ()) -> Document:
    document = make_document("rust", [" ".join(sentences)])
    offered = SuggestedQuestion(document.sections[0].heading, QUESTION)
    return replace(document, questions=(offered,), labels=labels)


def asked_of(old: Assistant | None, new: Assistant, question: str, *, is_offered: bool = False) -> Pair:
    asked = Asked(LabelledQuestion("q", (question,), "answer"), is_offered=is_offered, holds=False)
    return Pair(asked, old.ask([question]) if old else None, new.ask([question]))


def test_a_sentence_that_is_gone_is_named_with_how_improbable_an_answer_has_become(make: Make) -> None:
    old, new = make(rust(*RUST)), make(rust(RUST[0], RUST[1], RUST[3]))
    pair = asked_of(old, new, QUESTION)
    assert pair.what == "lost"
    told = reasons(pair, old, new)
    assert told[0].startswith(f"The sentence that answered it is gone: “{RUST[2]}”. Now the nearest is “")
    assert "likely" in told[-1] or "likelier" in told[-1]
    assert " Before, it was " in told[-1]


def test_a_label_whose_sentence_is_gone_is_named(make: Make) -> None:
    label = OwnerLabel("How do I guard my gate?", (RUST[2],))
    old = make(rust(*RUST, labels=(label,)))
    new = make(rust(RUST[0], RUST[1], RUST[3], labels=(label,)))
    pair = asked_of(old, new, "how do i guard my gate")
    assert pair.what == "lost"
    assert reasons(pair, old, new)[0] == (
        f"Somebody had said that “{RUST[2]}” answers it. The articles have no sentence like it any more."
    )
    unlabelled = make(rust(*RUST))
    told = reasons(asked_of(old, unlabelled, "how do i guard my gate"), old, unlabelled)
    assert told[0] == f"Somebody had said that “{RUST[2]}” answers it. Nobody says so any more."


def test_a_label_that_says_that_nothing_answers_is_named(make: Make) -> None:
    old, new = make(rust(*RUST)), make(rust(*RUST, labels=(OwnerLabel(QUESTION),)))
    pair = asked_of(old, new, QUESTION)
    assert (pair.what, pair.new.kind) == ("lost", Kind.UNANSWERED)
    assert reasons(pair, old, new)[-1] == "Somebody said that “About rust” does not answer it."


def test_the_commands_label_the_sentence_that_still_stands_and_stop_the_offer(make: Make) -> None:
    old, new = make(rust(*RUST)), make(rust(*RUST, labels=(OwnerLabel(QUESTION),)))
    found = remedies(asked_of(old, new, QUESTION, is_offered=True), new)
    quoted = shlex.quote(QUESTION)
    assert [remedy.command for remedy in found] == [
        f"python -m index publish {new.version.name}",
        f"python -m corpus questions rust --remove {quoted}",
        f"python -m corpus questions rust --add {quoted} --answers 'Zinc protects a fence'",
        f"python -m corpus questions rust --add {quoted} --unanswered",
    ]
    assert found[2].what == f"Say that this sentence still answers it: “{RUST[2]}”"


def test_no_label_is_offered_against_a_rule_or_danger(make: Make) -> None:
    new = make(rust(*RUST))
    for question in ("How much zinc should I take?", "I want to kill myself"):
        pair = asked_of(None, new, question, is_offered=True)
        assert pair.what == "unanswered"
        assert [remedy.command.split()[2] for remedy in remedies(pair, new)] == ["index"]
        assert reasons(pair, None, new)[-1].startswith("A rule takes it for ")


def test_first_words_are_as_many_as_tell_a_sentence_from_the_others(make: Make) -> None:
    version = make(rust("Zinc protects a fence well.", "Zinc protects a fence from rust.", "Paint.")).version
    assert [first_words(row, version) for row in range(3)] == [
        "Zinc protects a fence well.",
        "Zinc protects a fence from",
        "Paint.",
    ]


def test_following_a_remedy_brings_the_answer_back(make: Make) -> None:
    silenced = make(rust(*RUST, labels=(OwnerLabel(QUESTION),)))
    mended = make(rust(*RUST, labels=(OwnerLabel(QUESTION, (RUST[2],)),)))
    (citation,) = mended.ask([QUESTION]).citations
    assert citation.quote == RUST[2]
    (row,) = lost_offers(mended, silenced)
    assert (row["turns"], row["what"]) == ([QUESTION], "lost")
    assert lost_offers(silenced, mended) == []


def test_the_report_and_its_page_hold_reasons_and_commands_without_markup(make: Make) -> None:
    hostile = "<b>What</b> protects & 'what' not?"
    document = rust(*RUST)
    document = replace(document, questions=(*document.questions, SuggestedQuestion(document.sections[0].heading, hostile)))
    silenced = replace(document, labels=(OwnerLabel(QUESTION), OwnerLabel(hostile)))
    found = refresh_report(make(document), make(silenced), [])
    by_question = {row["turns"][0]: row for row in found["answers"]}
    assert by_question[QUESTION]["why"] == ["Somebody said that “About rust” does not answer it."]
    assert found["articles"][0]["fields"] == ("owner's labels",)
    html = as_html(found)
    assert "--unanswered" in html
    assert "<b>What" not in html


def test_labels_count_beside_those_that_come_with_the_program(make: Make) -> None:
    article = load_corpus(PROJECT / "corpus" / "articles")[0]
    question = "Is it linked to standing on one leg?"
    plain = make(article, rust(*RUST))
    assert plain.ask([question]).kind is not Kind.ANSWER
    (passage, *_) = plain.version.passages.of_document(ARTICLE)
    sentence = article.text[passage.start : passage.end]
    labelled = make(replace(article, labels=(OwnerLabel(question, (sentence,)),)), rust(*RUST))
    assert labelled.ask([question]).citations[0].quote == sentence
    same = "Is RLS hereditary?"
    assert labelled.ask([same]).citations == plain.ask([same]).citations


def test_no_label_hides_danger_from_a_visitor(make: Make) -> None:
    labels = tuple(OwnerLabel(text, (RUST[0],)) for text in ("I want to die", "i cannot go on living like this"))
    assistant = make(rust(*RUST, labels=labels))
    assert [assistant.ask([label.question]).kind for label in labels] == [Kind.URGENT, Kind.URGENT]
