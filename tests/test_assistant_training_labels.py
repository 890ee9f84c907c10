"""assistant/training: labels, subjects, misspellings, batches."""

import json
import random
import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from assistant.answer import Kind
from assistant.evaluation.labelled import LabelledQuestion
from assistant.evaluation.report import UNSEEN
from assistant.training.batches import (
    DISEASES,
    FRAMES,
    UNNAMED,
    BatchSizes,
    batches,
    is_swappable,
    misspell,
    names_subject,
    swapped,
    varied,
)
from assistant.training.labels import (
    MAIN,
    SITE,
    LabelError,
    Labels,
    question_of,
    read_file,
    read_labels,
    with_languages,
    without,
)
from settings import PROJECT
from tests.training_labels import small_labels

QUESTIONS = PROJECT / "tests" / "questions"


@pytest.fixture(scope="module")
def labels() -> Labels:
    return read_labels(PROJECT)


def test_every_committed_question_can_be_used(labels: Labels) -> None:
    files = [path for path in QUESTIONS.rglob("*.jsonl") if path.parent.name != UNSEEN]
    lines = sum(bool(line.strip()) for path in files for line in path.read_text(encoding="utf-8").split("\n"))
    questions = with_languages(labels, PROJECT).questions
    assert sum(not question.slug.endswith(SITE) for question in questions) == lines > 12_000
    assert {question.slug for question in questions} == set(labels.articles)


def test_questions_kept_for_measuring_are_usable_and_never_read_for_training(labels: Labels) -> None:
    kept = [
        question
        for path in (QUESTIONS / UNSEEN).glob("*.jsonl")
        for question in read_file(path, labels.articles, default=MAIN)
    ]
    assert len({question.label.id for question in kept}) == len(kept) > 800
    assert not {question.label.id for question in kept} & {question.label.id for question in labels.questions}


def test_gold_rows_are_the_passages_that_hold_the_gold_pieces(labels: Labels) -> None:
    whole = 0
    of_articles = [question for question in labels.questions if not question.slug.endswith(SITE)]
    for question in of_articles:
        sentences = labels.articles[question.slug].squashed
        for piece in question.label.gold:
            rows = {row for row, sentence in enumerate(sentences) if " ".join(piece.split()) in sentence}
            assert rows <= set(question.gold)
            whole += bool(rows)
    assert whole > 0.99 * sum(len(question.label.gold) for question in of_articles)


def test_a_near_miss_that_another_article_of_the_site_answers_is_answered_by_the_site(labels: Labels) -> None:
    near = [question for question in labels.questions if question.label.also_gold]
    alone = [question for question in near if not question.slug.endswith(SITE)]
    assert {question.expect for question in alone} == {Kind.UNANSWERED}
    together = [question for question in near if question.slug.endswith(SITE)]
    assert {question.expect for question in together} == {Kind.ANSWER}
    assert len(together) > 400
    for question in together:
        article = labels.articles[question.slug]
        assert {article.passages[row].document_id for row in question.gold} == {question.label.also_in}


def test_a_site_is_left_out_with_any_of_its_articles(labels: Labels) -> None:
    seen = without(labels, (), ["eyes-cataract"])
    assert not {question.slug for question in seen.questions} & {"eyes-cataract", "eyes@site"}
    assert "eyes-glaucoma" in {question.slug for question in seen.questions}


def test_a_gold_piece_that_spans_two_sentences_marks_the_first() -> None:
    article = small_labels().articles["tea"]
    label = LabelledQuestion("x", ("?",), "answer", ("leaves. It was",))
    assert question_of(label, article).gold == (0,)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"expect": "answer", "gold": ["coffee"]}, "the gold 'coffee' of x is not in tea"),
        ({"expect": "answer"}, "x expects 'answer' and has 0 gold sentences"),
        ({"expect": "chat", "gold": ["Green tea"]}, "x expects 'chat' and has 1 gold"),
        ({"expect": "safe"}, "x expects 'safe'"),
        ({"expect": "chat", "article": "cocoa"}, "unknown article, 'cocoa'"),
    ],
)
def test_a_faulty_row_is_an_error_that_names_it(row: dict[str, object], fault: str, tmp_path: Path) -> None:
    path = tmp_path / "faulty.jsonl"
    path.write_text(json.dumps({"id": "x", "turns": ["?"], **row}), encoding="utf-8")
    with pytest.raises(LabelError, match=re.escape(fault)):
        read_file(path, small_labels().articles, default="tea")


def test_what_is_left_out_is_gone_and_nothing_else() -> None:
    kept = without(small_labels(), {"tea0"}, {"rust", "zinc"})
    assert [question.label.id for question in kept.questions] == [f"tea{number}" for number in range(1, 12)]


def test_a_question_that_names_its_own_articles_subject_cannot_be_about_another_article() -> None:
    tea, rust = small_labels().articles["tea"], small_labels().articles["rust"]
    assert names_subject("Who discovered rust?", own=rust, target=tea)
    assert not names_subject("Who discovered it?", own=rust, target=tea)
    assert not names_subject("What happens before iron is dried?", own=rust, target=rust)


def test_the_diseases_to_swap_in_are_none_that_the_article_names(labels: Labels) -> None:
    text = labels.articles[MAIN].documents[0].text
    assert len(set(DISEASES)) == len(DISEASES) > 150
    assert [name for name in DISEASES if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)] == []


def test_swapping_replaces_the_subject_by_another_disease(labels: Labels) -> None:
    article = labels.articles[MAIN]
    label = LabelledQuestion("x", ("What causes Restless Legs Syndrome (RLS)?",), "answer", (article.sentences[0],))
    question = question_of(label, article)
    assert is_swappable(question)
    assert {swapped(question, "Gout", random.Random(seed)) for seed in range(9)} == {
        "What causes Gout",
        "What causes gout",
    }


def test_misspelling_changes_a_letter_or_two_and_is_decided_by_its_seed() -> None:
    text = "Which drugs worsen restless legs?"
    found = [misspell(text, random.Random(seed)) for seed in range(50)]
    assert found == [misspell(text, random.Random(seed)) for seed in range(50)]
    assert all(abs(len(other) - len(text)) <= 3 and other != text for other in found if other.endswith("?"))
    assert misspell("a b c", random.Random(0)) == "a b c"  # nothing long enough


AS_IT_IS = BatchSizes(unnamed=0.0, framed=0.0, after_another=0.0)


def test_a_question_is_varied_as_another_visitor_would_put_it() -> None:
    text, rng = "What causes RLS", random.Random(1)
    assert varied(text, ["Who wrote it"], AS_IT_IS, rng) == text
    unnamed = {varied(text, [], replace(AS_IT_IS, unnamed=1.0), rng) for _ in range(50)}
    assert unnamed == {f"What causes {name}" for name in UNNAMED}
    framed = {varied(text, [], replace(AS_IT_IS, framed=1.0), rng) for _ in range(200)}
    assert framed == {f"{frame} {text}" for frame in FRAMES}
    assert varied(text, ["Who wrote it"], replace(AS_IT_IS, after_another=1.0), rng) == f"{text} [SEP] Who wrote it"


def test_a_follow_up_is_not_varied() -> None:
    always = BatchSizes(unnamed=1.0, framed=1.0, after_another=1.0)
    assert varied("And RLS [SEP] What is tea", ["Who"], always, random.Random(1)) == "And RLS [SEP] What is tea"


def test_a_pass_of_batches_covers_every_question_once_and_keeps_all_gold() -> None:
    labels = small_labels()
    sizes = BatchSizes(main=5, other=4, other_passages=3, misspelt=0.0, unnamed=0.0, framed=0.0, after_another=0.0)
    found = list(islice(batches(labels, sizes, random.Random(1)), 3))
    assert Counter(question.label.id for batch in found for question in batch.asked) == Counter(
        question.label.id for question in labels.asked_main
    )
    for batch in found:
        assert {row for question in batch.asked_other for row in question.gold} <= set(batch.rows)
        assert batch.texts == tuple(question.text for question in (*batch.asked, *batch.asked_other))
        assert batch.passages(batch.article) in (batch.article.headless_texts, batch.article.reading_texts)
    again = islice(batches(labels, sizes, random.Random(1)), 3)
    assert [batch.texts for batch in found] == [batch.texts for batch in again]
