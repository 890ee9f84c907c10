"""The desk's articles: read, added, edited, removed, as the commands do it; and nobody's change is written over."""

import json
import shlex
import shutil
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from corpus import load_article, load_corpus
from corpus.__main__ import app as corpus_app
from corpus.changing import changing
from corpus.editing import DUE_AFTER_DAYS, keep_review, review_of, why_due
from corpus.errors import CorpusError
from corpus.incoming.candidate import Stated
from corpus.incoming.fetching import FetchRules
from corpus.library import accepted_doubts_of
from corpus.questions import with_added, with_removed
from desk import Desk, articles, commands, shown
from desk.reading import Side, Waiting, read_in, side_by_side, state_of, stated_of
from desk.trying import keep_label
from index import build, current_version
from index.build import fingerprint_inputs
from tests.command_lines import runner
from tests.conftest import HashEncoder, make_document
from tests.desks import COFFEE, WALKING, doubts_of, make_desk, read_one, word_file
from tests.small_site import Page, Site, small_site

LICENCE = "our own article"
RULES = FetchRules(may_connect=lambda address: address == "127.0.0.1", resolve=lambda *_: ["127.0.0.1"], ports=None)
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def desk(small_corpus: Path, tmp_path: Path) -> Desk:
    return make_desk(tmp_path, small_corpus, tmp_path / "index", rules=RULES)


def add(desk: Desk, waiting: Waiting, **stated: str) -> str:
    own = replace(stated_of(waiting, desk.corpus_dir), **({"licence": LICENCE} | stated))
    return articles.add(desk, waiting, own, accepted=doubts_of(waiting), is_replacing=bool(waiting.standing)).id


def states(desk: Desk) -> dict[str, str]:
    return {row.id: row.state for row in articles.rows(desk, {})}


def test_the_list_says_how_each_article_stands_to_what_visitors_see(desk: Desk, tmp_path: Path) -> None:
    assert states(desk) == {"tea": articles.NEW}
    published = [make_document("tea"), make_document("ale")]
    build([load_article(desk.corpus_dir / "tea"), published[1]], encoder=HashEncoder(), index_dir=desk.index_dir)
    assert states(desk) == {"tea": articles.AS_PUBLISHED, "ale": articles.REMOVED}
    articles.edit(desk, "tea", Stated(author="B. Writer"), seen=state_of(desk.corpus_dir / "tea"))
    assert states(desk)["tea"] == articles.CHANGED
    (desk.corpus_dir / "tea" / "text.txt").write_text("drifted", encoding="utf-8")
    assert states(desk)["tea"].startswith("damaged: tea: text.txt is not the file")


def test_a_word_file_is_read_with_its_doubts_and_shown_beside_its_text(desk: Desk, tmp_path: Path) -> None:
    waiting = read_one(desk, word_file(tmp_path))
    assert len(waiting.candidate.doubts) == 1
    sides = side_by_side(waiting.shown, waiting.candidate.document)
    assert Side(COFFEE, COFFEE, same=True) in sides
    (items,) = [side for side in sides if "pregnant" in side.original]  # a list and the sentence that was made of it
    assert "pregnant" in items.text
    assert "under 12" in items.text


def test_a_word_that_the_text_lacks_is_marked_on_the_files_side() -> None:
    left, right = shown.marked(Side("Coffee does not help, not at all.", "Coffee does help, not at all <b>.", same=False))
    assert left == "Coffee does <mark>not</mark> help, <mark>not</mark> at all."
    assert right == "Coffee does help, not at all &lt;<mark>b</mark>&gt;."


def test_an_article_is_added_only_whole_with_every_doubt_accepted_and_never_over_another(desk: Desk, tmp_path: Path) -> None:
    waiting = read_one(desk, word_file(tmp_path))
    own = stated_of(waiting, desk.corpus_dir)
    with pytest.raises(CorpusError, match="The licence of the article must be stated"):
        articles.add(desk, waiting, own, accepted=doubts_of(waiting), is_replacing=False)
    own = replace(own, licence=LICENCE)
    with pytest.raises(CorpusError, match="1 doubt is not ticked"):
        articles.add(desk, waiting, own, accepted=[], is_replacing=False)
    with pytest.raises(CorpusError, match="There is an article 'tea' already"):
        articles.add(desk, waiting, replace(own, id="tea"), accepted=doubts_of(waiting), is_replacing=False)
    assert [document.id for document in load_corpus(desk.corpus_dir)] == ["tea"]
    articles.add(desk, waiting, own, accepted=doubts_of(waiting), is_replacing=False)
    folder = desk.corpus_dir / "iron-and-restless-legs"
    assert WALKING in load_article(folder).text
    assert [str(doubt) for doubt in accepted_doubts_of(folder)] == doubts_of(waiting)
    assert not waiting.handed.path.exists()  # the desk keeps no copy


def test_adding_is_no_review_unless_somebody_says_to_have_read_it(desk: Desk, tmp_path: Path) -> None:
    slug = add(desk, read_one(desk, word_file(tmp_path)))
    assert review_of(desk.corpus_dir / slug) is None
    waiting = read_one(desk, word_file(tmp_path))
    own = replace(stated_of(waiting, desk.corpus_dir), licence=LICENCE)
    articles.add(desk, waiting, own, accepted=doubts_of(waiting), is_replacing=True, reviewed_by="Ada")
    review = review_of(desk.corpus_dir / slug)
    assert review is not None
    assert (review.by, review.day) == ("Ada", date.today())


def test_a_file_that_cannot_be_read_is_named_and_stops_no_other(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"no PDF at all")
    found = list(read_in(desk, [str(tmp_path / "bad.pdf"), str(word_file(tmp_path)), str(tmp_path / "gone.docx")]))
    assert [type(one) for one in found] == [CorpusError, Waiting, CorpusError]
    assert "bad.pdf" in str(found[0])


def test_a_corrected_file_takes_the_place_of_its_article_and_keeps_what_the_file_does_not_say(
    desk: Desk, tmp_path: Path
) -> None:
    add(desk, read_one(desk, word_file(tmp_path)), author="A. Writer", url="https://example.org/legs")
    keep_label(desk, "iron-and-restless-legs", "Does coffee help?", [COFFEE])
    waiting = read_one(desk, word_file(tmp_path))
    assert waiting.standing == "iron-and-restless-legs"
    assert stated_of(waiting, desk.corpus_dir).author == "A. Writer"
    add(desk, waiting)
    article = load_article(desk.corpus_dir / waiting.standing)
    assert (article.source.author, article.source.url) == ("A. Writer", "https://example.org/legs")
    assert [label.question for label in article.labels] == ["Does coffee help?"]


def test_what_somebody_else_changed_is_not_written_over(desk: Desk, tmp_path: Path) -> None:
    add(desk, read_one(desk, word_file(tmp_path)))
    folder = desk.corpus_dir / "iron-and-restless-legs"
    seen, waiting = state_of(folder), read_one(desk, word_file(tmp_path))
    articles.change_questions(desk, folder.name, lambda d: with_added(d, "What helps?", section="What helps"))
    with pytest.raises(CorpusError, match="Somebody changed “Iron and restless legs” since you opened it"):
        articles.edit(desk, folder.name, Stated(author="Z"), seen=seen)
    with pytest.raises(CorpusError, match="Somebody changed “Iron and restless legs” since you opened it"):
        add(desk, waiting)
    assert load_article(folder).source.author == ""


def test_who_comes_second_is_told_who_is_at_it_and_since_when(desk: Desk, tmp_path: Path) -> None:
    waiting = read_one(desk, word_file(tmp_path))
    own = replace(stated_of(waiting, desk.corpus_dir), licence=LICENCE)
    told = r"is being changed by \S+ on \S+ \(process \d+, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)\. Try again"
    with changing(desk.corpus_dir):  # a command, or another desk
        for act in (
            lambda: articles.add(desk, waiting, own, accepted=doubts_of(waiting), is_replacing=False),
            lambda: articles.edit(desk, "tea", Stated(author="Z"), seen=state_of(desk.corpus_dir / "tea")),
            lambda: articles.remove(desk, "tea"),
            lambda: keep_label(desk, "tea", "Is tea hot?", []),
            lambda: articles.ask_sources(desk),
        ):
            with pytest.raises(CorpusError, match=told):
                act()
    assert states(desk) == {"tea": articles.NEW}


def test_an_edit_changes_what_is_said_and_not_a_letter_of_the_text_but_the_title(desk: Desk) -> None:
    before = load_article(desk.corpus_dir / "tea")
    stated = Stated(title="All about tea and its leaves", author="-", published="2026-05-06", licence="CC BY 4.0")
    articles.edit(desk, "tea", stated, seen=state_of(desk.corpus_dir / "tea"))
    after = load_article(desk.corpus_dir / "tea")
    assert (after.source.title, after.source.author, after.source.licence) == (stated.title, "", "CC BY 4.0")
    assert after.source.published == date(2026, 5, 6)
    quotable = [document.text[document.sections[0].start : document.sections[0].end] for document in (before, after)]
    assert quotable[0] == quotable[1]
    assert after.text.startswith(stated.title)
    assert (after.source.sha256, after.source.retrieved) == (before.source.sha256, before.source.retrieved)
    with pytest.raises(CorpusError, match="tea needs its title"):
        articles.edit(desk, "tea", Stated(title="-"), seen=state_of(desk.corpus_dir / "tea"))
    with pytest.raises(CorpusError, match="is not a date"):
        articles.edit(desk, "tea", Stated(published="in May"), seen=state_of(desk.corpus_dir / "tea"))


def test_a_review_is_due_where_there_was_none_a_year_passed_or_the_text_changed(desk: Desk) -> None:
    folder, today = desk.corpus_dir / "tea", date.today()
    assert why_due(folder, today=today) == "never reviewed"
    articles.review(desk, "tea", by="Ada")
    assert why_due(folder, today=today) == ""
    assert "365 days" in why_due(folder, today=today + timedelta(days=DUE_AFTER_DAYS + 1))
    articles.edit(desk, "tea", Stated(title="Tea again"), seen=state_of(folder))
    assert why_due(folder, today=today) == "its text changed since it was reviewed"
    with changing(desk.corpus_dir):
        keep_review(folder, by="Ada")
    assert why_due(folder, today=today) == ""


def test_what_was_removed_or_replaced_comes_back_from_the_bin(desk: Desk, tmp_path: Path) -> None:
    keep_label(desk, "tea", "Is tea hot?", [])
    before = load_article(desk.corpus_dir / "tea")
    articles.remove(desk, "tea")
    assert states(desk) == {}
    (shown_as, name) = articles.binned(desk)[0]
    assert shown_as.startswith("About tea, as it was until ")
    assert articles.restore(desk, name) == "tea"
    assert load_article(desk.corpus_dir / "tea") == before
    assert articles.binned(desk) == []
    articles.edit(desk, "tea", Stated(author="B. Writer"), seen=state_of(desk.corpus_dir / "tea"))
    (_, name) = articles.binned(desk)[0]
    with pytest.raises(CorpusError, match="tea is in the corpus"):
        articles.restore(desk, name)
    articles.restore(desk, name, is_replacing=True)
    assert load_article(desk.corpus_dir / "tea") == before
    with changing(desk.corpus_dir), pytest.raises(CorpusError, match="is being changed by"):
        articles.restore(desk, "tea")


def test_an_archive_is_read_file_by_file_and_what_is_no_document_is_named(desk: Desk, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "leaflets.zip", "w") as archive:
        archive.write(word_file(tmp_path), "legs/leaflet.docx")
        archive.writestr("legs/notes.xyz", "no document")
    found = list(read_in(desk, [str(tmp_path / "leaflets.zip")]))
    (waiting,) = [one for one in found if isinstance(one, Waiting)]
    assert waiting.name.endswith("leaflet.docx")
    assert ["notes.xyz" in str(one) for one in found if isinstance(one, CorpusError)] == [True]


@pytest.fixture
def site(desk: Desk) -> Iterator[Site]:
    with small_site() as site:
        site.host = "example.org"
        body = "".join(f"<p>{WALKING} {COFFEE} It is said in part {part}.</p>" for part in range(9))
        site.pages["/legs"] = Page(f"<h1>Legs at rest</h1>{body}".encode(), HTML)
        waiting = read_one(desk, site.at("/legs"))
        add(desk, waiting)
        yield site


def test_sources_are_asked_and_what_they_have_now_is_taken_over_or_named(desk: Desk, site: Site) -> None:
    assert articles.ask_sources(desk)["legs-at-rest"].state == "source unchanged"
    page = site.pages["/legs"]
    site.pages["/legs"] = replace(page, body=page.body.replace(b"ten minutes", b"eleven minutes"))
    asked = articles.ask_sources(desk)["legs-at-rest"]
    assert (asked.state, asked.waiting is not None) == ("source changed", True)
    assert "ten minutes" in load_article(desk.corpus_dir / "legs-at-rest").text  # asking changes nothing
    assert asked.waiting is not None
    articles.add(desk, asked.waiting, Stated(), accepted=doubts_of(asked.waiting), is_replacing=True)
    assert "eleven minutes" in load_article(desk.corpus_dir / "legs-at-rest").text
    site.pages["/legs"] = Page(status=410)
    assert articles.ask_sources(desk)["legs-at-rest"].state == "source gone"
    site.pages["/legs"] = Page(status=500)
    assert articles.ask_sources(desk)["legs-at-rest"].state.startswith("source cannot be read")


def test_the_same_change_by_the_desk_and_by_the_commands_that_it_shows_gives_the_same_version(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "by-commands"
    shutil.copytree(desk.corpus_dir, other)
    word_file(tmp_path)
    shown_commands = []

    waiting = read_one(desk, tmp_path / "leaflet.docx")
    own = replace(stated_of(waiting, desk.corpus_dir), licence=LICENCE, author="A. Writer", published="2026-04-05")
    articles.add(desk, waiting, own, accepted=doubts_of(waiting), is_replacing=False)
    shown_commands.append(commands.add("leaflet.docx", own, is_replacing=False, accepts_doubts=True))

    slug, edited = waiting.candidate.document.id, Stated(title="Legs: what helps", publisher="Us", author="-")
    articles.edit(desk, slug, edited, seen=state_of(desk.corpus_dir / slug))
    shown_commands.append(commands.edit(slug, edited))

    articles.change_questions(desk, slug, lambda d: with_added(d, "What helps?", section="What helps"))
    shown_commands.append(commands.questions(slug, "--add", "What helps?", "--section", "What helps"))
    articles.change_questions(desk, slug, lambda d: with_added(d, "Whom does it suit?", section="What helps"))
    shown_commands.append(commands.questions(slug, "--add", "Whom does it suit?", "--section", "What helps"))
    articles.change_questions(desk, slug, lambda d: with_removed(d, "What helps?"))
    shown_commands.append(commands.questions(slug, "--remove", "What helps?"))
    keep_label(desk, slug, "Does coffee help at night?", [COFFEE])
    shown_commands.append(commands.questions(slug, "--add", "Does coffee help at night?", "--answers", COFFEE))
    keep_label(desk, slug, "Does it hurt?", [])
    shown_commands.append(commands.questions(slug, "--add", "Does it hurt?", "--unanswered"))
    articles.review(desk, slug, by="Ada")
    shown_commands.append(commands.corpus("review", slug))
    articles.remove(desk, "tea")
    shown_commands.append(commands.corpus("remove", "tea", "--yes"))
    articles.restore(desk, "tea")
    shown_commands.append(commands.corpus("restore", "tea"))
    articles.remove(desk, "tea")
    shown_commands.append(commands.corpus("remove", "tea", "--yes"))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CORPUS_DIR", str(other))
    monkeypatch.setenv("INDEX_DIR", str(tmp_path / "index"))
    run = runner(monkeypatch, capsys, corpus_app, "corpus")
    for command in shown_commands:
        python, dash, module, *arguments = shlex.split(command)
        assert (python, dash, module) == ("python", "-m", "corpus")
        outcome = run(*arguments)
        assert (outcome.exit_code, outcome.error) == (0, ""), command
    documents = [load_corpus(folder) for folder in (desk.corpus_dir, other)]
    assert documents[0] == documents[1]
    inputs = [fingerprint_inputs(one, model="m", engine="faiss") for one in documents]
    assert inputs[0] == inputs[1]
    build(documents[0], encoder=HashEncoder(), index_dir=tmp_path / "index")
    name = current_version(tmp_path / "index")
    assert build(documents[1], encoder=HashEncoder(), index_dir=tmp_path / "index").version == name


def test_edit_and_review_are_commands_of_their_own(
    small_corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CORPUS_DIR", str(small_corpus))
    run = runner(monkeypatch, capsys, corpus_app, "corpus")
    dry = run("edit", "tea", "--author", "B. Writer", "--dry-run")
    assert dry.out == "author     A. Writer → B. Writer\n"
    assert load_article(small_corpus / "tea").source.author == "A. Writer"
    done = run("edit", "tea", "--author", "B. Writer", "--yes", "--json")
    assert json.loads(done.out) == {"id": "tea", "changes": {"author": ["A. Writer", "B. Writer"]}, "written": True}
    assert load_article(small_corpus / "tea").source.author == "B. Writer"
    assert run("edit", "tea", "--author", "B. Writer", "--yes").out == "Nothing changes.\n"
    assert run("review", "tea", "--by", "Ada").out == f"Reviewed tea on {date.today()}, by Ada.\n"
    assert json.loads(run("review", "tea", "--json").out)[0]["id"] == "tea"


def test_desk_and_watch_go_on_as_a_program_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr("corpus.editing.__main__.os.execv", lambda program, arguments: became.append([program, *arguments]))
    for command in ("desk", "watch"):
        monkeypatch.setattr(sys, "argv", ["corpus", command, "--help", "--port", "80"])
        with pytest.raises(SystemExit):
            corpus_app(prog_name="corpus")
    told = [[sys.executable, sys.executable, "-m", "desk", what, "--help", "--port", "80"] for what in ("open", "watch")]
    assert became == told
