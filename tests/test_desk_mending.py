"""The buttons below an answer that was lost: each does what its command does, and the row counts as dealt with."""

from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.refresh.reasons import Remedy
from corpus.errors import CorpusError
from corpus.library import load_article
from corpus.questions import with_added
from desk import Desk, articles
from desk.page.seen import SeenTab, _does
from tests.desks import make_desk

QUESTION = "Is tea hot?"
REMEDIES = (
    Remedy("Accept it.", "python -m index publish v", "publish"),
    Remedy(
        "No longer offer it (tea).", "python -m corpus questions tea --remove 'Is tea hot?'", "withdraw", "tea", QUESTION
    ),
    Remedy("Say that this sentence answers it.", "python -m corpus …", "label", "tea", QUESTION, "It is hot."),
    Remedy("Say that tea does not answer it.", "python -m corpus …", "silence", "tea", QUESTION),
)
ROW: dict[str, Any] = {"turns": [QUESTION], "what": "lost", "remedies": [asdict(remedy) for remedy in REMEDIES]}


@pytest.fixture
def tab(small_corpus: Path, tmp_path: Path) -> tuple[SeenTab, Desk]:
    desk = make_desk(tmp_path, small_corpus, tmp_path / "index")
    articles.change_questions(desk, "tea", lambda d: with_added(d, QUESTION, section=d.sections[0].heading))
    seen: Any = object.__new__(SeenTab)  # what its buttons do, without a page that draws them
    seen._shared = SimpleNamespace(desk=desk)
    return seen, desk


@pytest.mark.parametrize(
    ("number", "offered", "labels"),
    [(0, [QUESTION], []), (1, [], []), (2, [QUESTION], [("It is hot.",)]), (3, [QUESTION], [()])],
    ids=["accept", "withdraw", "label", "silence"],
)
def test_a_remedy_does_what_its_command_does(
    tab: tuple[SeenTab, Desk], number: int, offered: list[str], labels: list[tuple[str, ...]]
) -> None:
    seen, desk = tab
    told, command = seen._remedying(ROW["remedies"][number])()
    assert told
    assert command == REMEDIES[number].command
    article = load_article(desk.corpus_dir / "tea")
    assert [own.question for own in article.questions] == offered
    assert [own.answers for own in article.labels] == labels


def test_each_remedys_button_says_in_plain_words_what_it_does() -> None:
    assert [_does(asdict(remedy), {"tea": "All about tea"}) for remedy in REMEDIES] == [
        "Accept that it has no answer",
        "No longer offer this question (“All about tea”)",
        "This sentence answers it: “It is hot.”",
        "“All about tea” does not answer it",
    ]


def test_another_question_is_offered_in_the_place_of_one_that_was_lost(tab: tuple[SeenTab, Desk]) -> None:
    seen, desk = tab
    seen._instead(ROW["remedies"][1])("How warm is tea?")
    article = load_article(desk.corpus_dir / "tea")
    assert [(own.question, own.section) for own in article.questions] == [("How warm is tea?", article.sections[0].heading)]
    with pytest.raises(CorpusError, match="offers no question"):
        seen._remedying(ROW["remedies"][1])()


def test_what_should_not_be_published_is_published_only_by_who_says_so(tab: tuple[SeenTab, Desk]) -> None:
    seen, _ = tab
    stopped = {"version": "v", "published": None, "passes": False, "faults": ["wrong"], "answers": []}
    with pytest.raises(CorpusError, match="It should not be published as it is"):
        seen._publish(stopped, "", "", False)
    with pytest.raises(CorpusError, match="Nothing was built"):
        seen._publish(None, "", "", True)
