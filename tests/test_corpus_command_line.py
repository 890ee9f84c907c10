"""`python -m corpus`: what it prints, its exit codes, and errors of one line."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from corpus import load_article
from corpus.__main__ import app
from corpus.library import accepted_doubts_of
from settings import PROJECT
from tests.command_lines import Outcome, Run, assert_one_line_error, runner


def articles(corpus_dir: Path) -> list[str]:
    return sorted(path.name for path in corpus_dir.iterdir() if path.is_dir() and not path.name.startswith("."))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], small_corpus: Path, tmp_path: Path) -> Run:
    """Run the command line on the small corpus in this process, as `__main__` does."""
    monkeypatch.setenv("CORPUS_DIR", str(small_corpus))
    monkeypatch.chdir(tmp_path)

    return runner(monkeypatch, capsys, app, "corpus")


def test_list_prints_a_line_an_article(run: Run) -> None:
    assert run("list") == Outcome(0, "tea  2026-01-02  About tea\n", "")


def test_list_as_json_is_one_object_an_article(run: Run) -> None:
    outcome = run("list", "--json")
    (row,) = json.loads(outcome.out)
    assert (row["id"], row["title"], row["published"], row["licence"]) == ("tea", "About tea", "2026-01-02", "CC0")
    assert row["is_fetched"] is False


def test_show_prints_provenance_sections_and_the_text(run: Run, small_corpus: Path) -> None:
    outcome = run("show", "tea")
    document = load_article(small_corpus / "tea")
    assert outcome.exit_code == 0
    assert outcome.out.endswith(f"\n\n{document.text}\n")
    for part in ("A. Writer", "2026-01-02", "CC0", document.source.sha256, "11-37", "publisher  -"):
        assert part in outcome.out


def test_show_as_json_gives_the_text_that_the_spans_refer_to(run: Run) -> None:
    record = json.loads(run("show", "tea", "--json").out)
    (section,) = record["sections"]
    assert record["text"][section["start"] : section["end"]] == "Tea is a drink. It is hot."
    assert record["source"]["licence"] == "CC0"


@pytest.mark.parametrize("slug", ["coffee", "../nowhere", "tea\nbag"])
def test_show_of_an_unknown_article_is_one_line_with_the_remedy(run: Run, slug: str) -> None:
    assert_one_line_error(run("show", slug), "there is no article", "python -m corpus list")


def test_check_of_a_good_corpus_says_so(run: Run) -> None:
    assert run("check") == Outcome(0, "The corpus is in order.\n", "")


def test_check_prints_each_fault_on_a_line_and_exits_with_1(run: Run, small_corpus: Path) -> None:
    (small_corpus / "tea" / "text.txt").write_text("drifted", encoding="utf-8")
    (small_corpus / "water").mkdir()
    outcome = run("check")
    assert outcome.exit_code == 1
    first, second = outcome.out.splitlines()
    assert first.startswith("tea: text.txt is not the file that was recorded. Restore it")
    assert second.startswith("water: article.json is missing")


def test_list_of_a_drifted_corpus_is_refused(run: Run, small_corpus: Path) -> None:
    (small_corpus / "tea" / "text.txt").write_text("drifted", encoding="utf-8")
    assert_one_line_error(run("list"), "text.txt is not the file that was recorded")


def test_add_saves_an_article_with_what_the_file_says_of_itself(run: Run, tmp_path: Path, small_corpus: Path) -> None:
    content = b"Home>Drinks\r\n\r\nCoffee: a guide\r\n\r\nIt is black.\r\n\r\nBarista2025-10-11 08:56:30\r\nComments (0)\r\n"
    (tmp_path / "coffee.txt").write_bytes(content)
    outcome = run("add", "coffee.txt", "--licence", "supplied by the site owner", "--yes")
    assert (outcome.exit_code, outcome.error) == (0, "")
    assert "Coffee: a guide (12 characters)" in outcome.out
    assert outcome.out.endswith("\nAdded coffee: 1 sections, 29 characters.\n")
    document = load_article(small_corpus / "coffee")
    assert document.text == "Coffee: a guide\n\nIt is black."
    assert (document.source.author, document.source.published) == ("Barista", date(2025, 10, 11))
    assert (document.source.topics, document.source.retrieved) == (("Home", "Drinks"), date.today())
    assert (small_corpus / "coffee" / "original.txt").read_bytes() == content
    assert run("check").exit_code == 0


def test_an_option_of_add_overrides_what_the_file_says(run: Run, tmp_path: Path, small_corpus: Path) -> None:
    (tmp_path / "x.md").write_text("# Coffee\n\nIt is black.", encoding="utf-8")
    options = {
        "--id": "brew",
        "--title": "Brew",
        "--author": "B.",
        "--published": "2024-02-29",
        "--url": "https://example.org",
    }
    run(
        "add",
        "x.md",
        "--licence",
        "CC0",
        "--publisher",
        "Press",
        "--yes",
        *[part for option in options.items() for part in option],
    )
    source = load_article(small_corpus / "brew").source
    assert (source.title, source.author, source.publisher) == ("Brew", "B.", "Press")
    assert (source.published, source.url) == (date(2024, 2, 29), "https://example.org")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["missing.txt"], "missing.txt does not exist"),
        (["tea.xyz"], "tea.xyz: a file that ends in .xyz cannot be read. Give its name the ending of what it is"),
        (["tea.txt"], "'---' is not a slug"),
        (["tea.txt", "--id", "tea"], "tea is in the corpus already"),
        (["tea.txt", "--id", "new", "--published", "11.10.2025"], "--published '11.10.2025' is not a date"),
    ],
)
def test_add_refuses_in_one_line_and_adds_nothing(run: Run, small_corpus: Path, arguments: list[str], part: str) -> None:
    if "--id" not in arguments:
        arguments = [*arguments, "--id", "---"]
    assert_one_line_error(run("add", *arguments, "--licence", "CC0", "--yes"), part)
    assert articles(small_corpus) == ["tea"]


def test_a_title_by_option_is_enough_for_a_text_without_headings(run: Run, tmp_path: Path, small_corpus: Path) -> None:
    (tmp_path / "x.md").write_text("Iron is needed.\n\nIt is a metal.", encoding="utf-8")
    refused = run("add", "x.md", "--licence", "CC0", "--yes")
    assert (refused.exit_code, refused.error) == (2, "x.md lacks its title. State it: --title TEXT.\n")
    assert run("add", "x.md", "--licence", "CC0", "--title", "Iron", "--yes").exit_code == 0
    iron = load_article(small_corpus / "iron")
    assert iron.text == "Iron\n\nIron is needed.\n\nIt is a metal."
    assert [(s.heading, iron.text[s.start : s.end]) for s in iron.sections] == [("Iron", iron.text[6:])]


def test_yes_stops_at_a_doubt_and_names_it_and_the_record_names_one_that_was_accepted(
    run: Run, tmp_path: Path, small_corpus: Path
) -> None:
    sentence = "Never ignore the rules of your clinic."
    (tmp_path / "x.md").write_text(f"# Rules\n\n{sentence}\n", encoding="utf-8")
    held = run("add", "x.md", "--licence", "CC0", "--yes")
    assert held.exit_code == 2
    assert held.error.startswith("rules is held back by 1 doubt: reads like an order to a machine")
    assert sentence in held.error
    assert articles(small_corpus) == ["tea"]
    assert run("add", "x.md", "--licence", "CC0", "--yes", "--accept-doubts").exit_code == 0
    (accepted,) = accepted_doubts_of(small_corpus / "rules")
    assert accepted.sentence == sentence
    assert run("check").exit_code == 0


def test_the_preview_shows_doubts_first_and_what_was_left_out_beside_what_is_in_its_place(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("# Tablets\n\nTake ~~four~~ two. Values (<LOD) and (>LOQ) stay.", encoding="utf-8")
    shown = run("add", "x.md", "--licence", "CC0", "--dry-run").out
    assert shown.startswith("doubt      looks like markup")
    assert "struck out in the file, so left out\n    file: four\n    text: -\n" in shown


def test_add_without_a_licence_is_refused(run: Run, small_corpus: Path) -> None:
    outcome = run("add", "tea.txt", "--id", "new", "--yes")
    assert (outcome.exit_code, outcome.error) == (2, "new lacks its licence. State it: --licence TEXT.\n")
    assert articles(small_corpus) == ["tea"]


def test_a_setting_that_cannot_be_used_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "seven")
    assert_one_line_error(run("list"), "PORT='seven' cannot be used")


def test_a_corpus_that_is_not_there_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CORPUS_DIR", str(tmp_path / "no\nwhere"))
    for command in (["list"], ["check"]):
        assert_one_line_error(run(*command), "there is no corpus at", "Set CORPUS_DIR")


@pytest.mark.parametrize("command", ["list", "show", "check", "add", "remove", "refresh", "diff"])
def test_help_of_every_command_says_what_it_does(run: Run, command: str) -> None:
    outcome = run(command, "--help")
    assert outcome.exit_code == 0
    assert f"Usage: python -m corpus {command}" in outcome.out


def test_the_module_runs_as_a_program_on_the_projects_corpus() -> None:
    ended = subprocess.run([sys.executable, "-m", "corpus", "check"], cwd=PROJECT, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "The corpus is in order.\n", "")


def test_the_module_ends_as_a_program_with_2_and_one_line() -> None:
    ended = subprocess.run([sys.executable, "-m", "corpus", "show", "x"], cwd=PROJECT, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "there is no article 'x'. `python -m corpus list` shows all articles.\n"
