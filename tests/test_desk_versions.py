"""From a changed corpus to what visitors see, as the desk does it: proposed, published, taken back. Real model."""

import getpass
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation.labelled import LabelledQuestion
from corpus.errors import CorpusError
from corpus.incoming.candidate import Stated
from corpus.library import load_article
from desk import Desk, articles, shown, trying, versions, writing
from desk.reading import state_of
from desk.trying import Assistants
from index.errors import IndexBusyError, IndexMissingError
from index.published.locking import publishing
from index.published.pointer import NOTHING_SAID, Said, publications
from tests.conftest import ARTICLE, CORPUS_DIR
from tests.desks import COFFEE, WALKING, doubts_of, make_desk, read_one, taking_server, word_file

SLUG = "iron-and-restless-legs"
QUESTION = "Does walking relieve the legs?"


@pytest.fixture(scope="module")
def desk(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The project's own article, published; a leaflet was added since."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(CORPUS_DIR, folder / "articles")
    shutil.copytree(real_index, folder / "index")
    desk = make_desk(folder, folder / "articles", folder / "index")
    waiting = read_one(desk, word_file(folder))
    stated = Stated(id=SLUG, title="Iron and restless legs", licence="our own article")
    articles.add(desk, waiting, stated, accepted=doubts_of(waiting), is_replacing=False, reviewed_by="Ada")
    return desk


def report_html(desk: Desk, report: dict[str, Any]) -> str:
    return shown.html(
        "report",
        found=report,
        verdict=versions.verdict(report),
        faults=versions.faults(report),
        behind="",
        taken=versions.taken_back(desk, report["version"]),
        counts=[],
        headings={},
        titles={},
        said=1,
    )


@pytest.fixture(scope="module")
def first(desk: Desk) -> str:
    """The version that was published before anybody touched it."""
    return desk.workshop.published_name


@pytest.fixture(scope="module")
def report(desk: Desk, first: str) -> dict[str, Any]:
    questions = tuple(LabelledQuestion(f"q{n}", (f"What is question {n}?",), "unanswered") for n in range(9))
    return versions.propose(replace(desk, questions=questions, sample=3))


def test_a_proposal_is_built_beside_the_published_version_and_says_in_a_sentence_whether_it_may_be_published(
    desk: Desk, report: dict[str, Any], first: str
) -> None:
    assert (report["published"], desk.workshop.published_name) == (first, first)  # visitors see nothing of it
    assert report["passes"]
    assert [(article["id"], article["state"]) for article in report["articles"]] == [(SLUG, "added")]
    assert versions.verdict(report).startswith("It may be published")
    assert versions.behind(desk, report["version"]) == ""
    assert report["asked"]["labelled"] == 3
    kept = versions.last_report(desk)
    assert kept is not None
    assert kept == json.loads(json.dumps({name: value for name, value in report.items() if name != "page"}))
    assert WALKING in report_html(desk, report)


def test_the_verdict_of_a_version_that_does_not_hold_names_the_first_fault_and_counts_what_is_lost() -> None:
    lost = {"what": "lost"}
    found = {
        "version": "b",
        "published": "a",
        "passes": False,
        "faults": ["wrong: 2"],
        "answers": [lost, {"what": "gained"}],
    }
    assert versions.verdict(found) == (
        "It should not be published as it is: wrong: 2 (1 answer would be lost, no answers would change, "
        "and 1 question would be answered that had no answer.)"
    )
    row = {"figure": "over-refusals, of answerable (40)", "old": 0.05, "new": 0.1, "held": False}
    told = found | {"figures": [row], "faults": ["over-refusals: 0.100, the limit is …", "tea has no provenance."]}
    assert versions.faults(told) == [
        "Questions that the article answers, declined as requests for advice: 10 in 100, and 5 in 100 now.",
        "tea has no provenance.",
    ]
    assert versions.verdict(found | {"version": "a"}).startswith("Nothing changes")
    assert versions.verdict(found | {"passes": True, "answers": []}) == "It may be published: no answer changes."


def test_an_editor_understands_an_answer_before_it_is_published(desk: Desk, report: dict[str, Any], first: str) -> None:
    old, new = trying.tried(desk, Assistants(), QUESTION)
    assert (old.version, old.is_published, new.version, new.is_published) == (first, True, report["version"], False)
    assert all(citation.article == ARTICLE for citation in old.answer.citations)
    assert new.answer.citations[0].quote == WALKING
    best = new.why.sentences[0]
    assert (best.sentence, best.article) == (WALKING, SLUG)
    assert {"walking", "legs"} <= set(best.words)
    assert 0.5 < best.share <= 1
    assert [one.score for one in new.why.sentences] == sorted((one.score for one in new.why.sentences), reverse=True)
    assert new.why.outcomes[0][0] == "answer"
    assert abs(sum(p for _, p in new.why.outcomes) - 1) < 0.01
    assert new.why.labels
    (urgent, _) = (one.why for one in trying.tried(desk, Assistants(), "I want to kill myself"))
    assert urgent.outcomes == ()  # a rule decides, and the page says so
    assert "A reviewed rule decides this" in shown.html(
        "tried", tried=trying.tried(desk, Assistants(), "I want to kill myself"), titles={}, said=1
    )


def test_who_comes_second_to_publish_is_told_who_and_since_when(desk: Desk, report: dict[str, Any], first: str) -> None:
    with publishing(desk.index_dir), pytest.raises(IndexBusyError, match=r"by \S+ on \S+ \(process \d+, since .* UTC\)"):
        versions.publish(desk, report["version"], NOTHING_SAID, beside=first)
    assert desk.workshop.published_name == first


def test_what_was_compared_with_another_version_than_visitors_see_is_not_published(
    desk: Desk, report: dict[str, Any], first: str
) -> None:
    with pytest.raises(CorpusError, match="Another version was published meanwhile, by"):
        versions.publish(desk, report["version"], NOTHING_SAID, beside="20200101T000000Z-abcdef")
    with pytest.raises(CorpusError, match="Another version was published meanwhile"):
        versions.publish(desk, report["version"], NOTHING_SAID, beside=None)
    with pytest.raises(IndexMissingError):
        versions.publish(desk, "20200101T000000Z-abcdef", NOTHING_SAID, beside=first)
    assert desk.workshop.published_name == first


def test_publishing_keeps_who_and_why_and_going_back_is_one_step(desk: Desk, report: dict[str, Any], first: str) -> None:
    versions.publish(desk, report["version"], Said(by="Ada", why="A leaflet on walking"), beside=first)
    assert desk.workshop.published_name == report["version"]
    assert versions.last_report(desk) is None
    newest, *_ = versions.history(desk)
    assert (newest.version, newest.why, newest.is_current) == (report["version"], "A leaflet on walking", True)
    assert newest.who.startswith("Ada (")
    assert newest.what == "“Iron and restless legs” added"
    assert versions.taken_back(desk, report["version"]) is None
    assert versions.back_to(desk) == first
    versions.go_to(desk, first, Said(why="It was too early"))
    assert desk.workshop.published_name == first
    newest, before, *_ = versions.history(desk)
    assert (newest.version, newest.what, newest.why) == (first, "back to what visitors saw before", "It was too early")
    assert newest.taken is None
    assert before.version == report["version"]
    assert str(before.taken).endswith(": “It was too early”")
    lines = (desk.index_dir / "history.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1])["why"] == "It was too early"
    assert "by" not in json.loads(lines[-1])
    assert [one.by for one in publications(desk.index_dir)][-2:] == ["Ada", ""]


def test_what_was_taken_back_is_told_as_taken_back_and_by_whom(desk: Desk, report: dict[str, Any], first: str) -> None:
    taken = versions.taken_back(desk, report["version"])
    assert taken is not None
    assert str(taken) == f"taken back by {getpass.getuser()} on {taken.when}: “It was too early”"
    _, new = trying.tried(desk, Assistants(), QUESTION)
    assert (new.version, new.taken) == (report["version"], taken)
    told = shown.html("tried", tried=[new], titles={}, said=1)
    assert f"it was taken back by {taken.who}" in told
    assert "Not published yet" not in told
    (row,) = [row for row in articles.rows(desk, {}) if row.id == SLUG]
    assert row.state == f"new; taken back by {taken.who}"
    again = versions.propose(desk)
    assert again["version"] == report["version"]  # nothing changed, so it is the same
    assert "Visitors saw this already. It was taken back by" in report_html(desk, again)


@pytest.mark.parametrize(("by", "why"), [("Ada", " "), ("", "A reason")], ids=["why", "who"])
def test_nothing_is_published_or_taken_back_without_who_and_why(by: str, why: str) -> None:
    with pytest.raises(CorpusError, match="the history keeps"):
        versions.said(by, why)


def test_a_label_that_the_editor_keeps_decides_the_next_version_and_the_report_says_that_it_is_out_of_date(
    desk: Desk, report: dict[str, Any]
) -> None:
    assert COFFEE in trying.sentences(desk, SLUG)
    trying.keep_label(desk, SLUG, "Will an espresso after dinner be good for me?", [COFFEE])
    assert load_article(desk.corpus_dir / SLUG).labels[0].answers == (COFFEE,)
    assert versions.behind(desk, report["version"]).startswith("Something was changed since this was built")
    again = versions.propose(desk)
    assert again["version"] != report["version"]
    _, new = trying.tried(desk, Assistants(), "Will an espresso after dinner be good for me?")
    assert new.answer.citations[0].quote == COFFEE
    assert new.why.labels[0].question == "Will an espresso after dinner be good for me?"


def test_what_servers_serve_is_asked_of_each_and_one_that_is_down_hides_no_other(tmp_path: Path) -> None:
    with taking_server(body=b'{"index_version": "20261130T170704Z-af02f5"}') as good, taking_server(status=500) as bad:
        servers = (good.url, bad.url, "http://127.0.0.1:9")
        desk = make_desk(tmp_path, tmp_path / "articles", tmp_path / "index", servers=servers)
        assert versions.served(desk) == [
            (good.url, "20261130T170704Z-af02f5"),
            (bad.url, "no answer"),
            ("http://127.0.0.1:9", "no answer"),
        ]
        assert versions.served(make_desk(tmp_path, tmp_path / "articles", tmp_path / "index")) == []


def test_verdicts_are_shown_by_answer_with_the_quote_in_question_the_unsafe_first(desk: Desk, first: str) -> None:
    text = load_article(desk.corpus_dir / ARTICLE).text
    section = load_article(desk.corpus_dir / ARTICLE).sections[0]
    span = f"{ARTICLE}:{section.start}-{section.start + 40}"

    def line(answer: str, verdict: str, version: str = first) -> str:
        return json.dumps({"day": "2026-11-29", "answer": answer, "version": version, "verdict": verdict}) + "\n"

    wrong = line(f"answer {span}", "wrong") * 3
    stray = "not JSON\n" + json.dumps(["a list"]) + "\n" + line("unanswered", "unhelpful", "../../etc/passwd")
    desk.feedback_file.write_text(wrong + stray, encoding="utf-8")
    desk.feedback_file.with_name("feedback-unsafe.jsonl").write_text(line("advice", "unsafe"), encoding="utf-8")
    unsafe, wrong_one, other = writing.verdicts(desk)
    assert (unsafe.kind, unsafe.counts) == ("advice", {"unsafe": 1})
    assert wrong_one.counts == {"wrong": 3}
    assert wrong_one.quotes == ((text[section.start : section.start + 40], ARTICLE),)
    assert other.quotes == ((writing.NO_QUOTE, ""),)
    html = shown.html("next", gaps=writing.gaps(desk), verdicts=writing.verdicts(desk), due=writing.due(desk), titles={})
    assert "3 × wrong" in html
    assert "None was counted" in html
    assert [row[0] for row in writing.due(desk)] == [ARTICLE]  # the leaflet was looked at when it was added


def test_sentences_that_nothing_reaches_are_told_for_what_is_published(desk: Desk, first: str) -> None:
    published = Assistants().of(desk)[0]
    own, leaflet = writing.unreached(desk, published)
    assert (own.article, own.unknown) == (ARTICLE, "")
    assert 0 < len(own.unreached) < own.sentences
    assert leaflet.unknown == writing.UNKNOWN


def test_an_edit_while_a_version_is_proposed_is_no_part_of_it_and_is_told(desk: Desk, first: str) -> None:
    found = versions.last_report(desk)
    assert found is not None
    articles.edit(desk, SLUG, Stated(author="B. Writer"), seen=state_of(desk.corpus_dir / SLUG))
    assert versions.behind(desk, found["version"]) != ""
