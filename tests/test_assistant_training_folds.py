"""assistant/training/folds.py: nothing that is held out has a paraphrase in what is trained on."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.labelled import LabelledQuestion
from assistant.training.folds import HeldOut, group_folds, hold_out, paraphrase_groups, topics_of
from assistant.training.labels import Article, Labels, Question, question_of
from index.encoding import unit
from tests.training_labels import small_labels


def questions_on(topics: list[int]) -> list[Question]:
    """A question a topic number; the same number is the same topic and gold."""
    article = small_labels().articles["tea"]
    gold = article.sentences
    labels = [LabelledQuestion(f"q{n}", ("?",), "answer", (gold[t % 5],), topic=f"t{t}") for n, t in enumerate(topics)]
    return [question_of(label, article) for label in labels]


@given(st.lists(st.integers(0, 9), min_size=20, max_size=60), st.integers(2, 6), st.integers(0, 5))
def test_paraphrases_never_fall_into_two_folds(topics: list[int], folds: int, seed: int) -> None:
    questions = questions_on(topics)
    vectors = unit(np.random.default_rng(seed).standard_normal((len(topics), 6)).astype(np.float32))
    groups = paraphrase_groups(questions, vectors)
    numbers = group_folds(groups, folds=folds, seed=seed)
    close = vectors @ vectors.T >= 0.9
    for a, topic in enumerate(topics):
        for b, other in enumerate(topics):
            if topic == other or close[a, b]:
                assert groups[a] == groups[b]
                assert numbers[a] == numbers[b]
    assert set(numbers.tolist()) <= set(range(folds))


def test_a_topic_is_named_by_the_first_of_its_paraphrases() -> None:
    questions = questions_on([4, 7, 4, 8, 7])
    vectors = np.eye(5, dtype=np.float32)
    vectors[3] = vectors[0]  # asks another topic in the same words
    topics = topics_of(questions, paraphrase_groups(questions, vectors))
    assert topics == {"q0": "q0", "q1": "q1", "q2": "q0", "q3": "q0", "q4": "q1"}


def test_questions_of_two_articles_are_never_paraphrases() -> None:
    labels = small_labels()
    questions = [labels.asked_main[-1], labels.asked_others[-1]]  # two greetings
    assert len(set(paraphrase_groups(questions, np.ones((2, 1), np.float32)).tolist())) == 2


def test_folds_are_about_as_large_as_each_other_and_decided_by_the_seed() -> None:
    groups = np.repeat(np.arange(40), 5)
    numbers = group_folds(groups, folds=4, seed=3)
    assert np.bincount(numbers).tolist() == [50, 50, 50, 50]
    assert (numbers == group_folds(groups, folds=4, seed=3)).all()
    assert (numbers != group_folds(groups, folds=4, seed=4)).any()


def test_what_is_held_out_is_two_folds_and_whole_articles() -> None:
    small = small_labels()
    labels = Labels(small.articles, (*questions_on(list(range(10)) * 3), *small.asked_others), main="tea")
    vectors = np.eye(30, dtype=np.float32)
    held = hold_out(labels, vectors, slugs=("rust", "zinc"), folds=5)
    assert len(held.ids) == 12
    assert [q in held for q in labels.asked_others] == [True] * len(labels.asked_others)
    assert {q.label.id for q in labels.questions if q in HeldOut(held.ids, ())} == held.ids


def test_a_site_is_held_out_with_all_of_its_articles() -> None:
    small = small_labels()
    site = Article("warm@site", small.articles["tea"].documents + small.articles["rust"].documents, ())
    labels = Labels({**small.articles, site.slug: site}, small.questions, small.main)
    vectors = np.eye(len(labels.asked_main), dtype=np.float32)
    assert "warm@site" in hold_out(labels, vectors, slugs=("tea", "rust"), folds=4).slugs
    assert "warm@site" not in hold_out(labels, vectors, slugs=("rust",), folds=4).slugs
