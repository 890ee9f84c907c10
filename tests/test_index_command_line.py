"""`python -m index`: build, verify, publish, versions; errors of one line."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus import load_corpus
from corpus.changing import save_article
from index import build, current_version
from index.__main__ import app
from index.published.manifest import read_manifest
from index.published.model import EXPORTED
from index.published.version import list_versions
from settings import PROJECT
from tests.command_lines import Run, assert_one_line_error, runner
from tests.conftest import HashEncoder, make_document


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    return tmp_path / "versions"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], small_corpus: Path, index_dir: Path) -> Run:
    """Run the command line on the small corpus in this process, as `__main__` does."""
    monkeypatch.setenv("CORPUS_DIR", str(small_corpus))
    monkeypatch.setenv("INDEX_DIR", str(index_dir))
    monkeypatch.delenv("MODEL", raising=False)

    return runner(monkeypatch, capsys, app, "index")


@pytest.fixture
def versions(small_corpus: Path, index_dir: Path) -> list[str]:
    """Two versions, oldest first, the newer one published."""
    for documents in ([make_document(paragraphs=["Old."])], load_corpus(small_corpus)):
        build(documents, encoder=HashEncoder(), index_dir=index_dir)
    return list_versions(index_dir)


def test_build_publishes_with_the_real_model_and_a_second_build_has_nothing_to_do(run: Run, index_dir: Path) -> None:
    first, second = run("build"), run("build")
    version = current_version(index_dir)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.out == f"Published {version}: 2 sentences, 2 of them encoded now. {EXPORTED}\n"
    assert second.out == f"Nothing to do: {version} was built from this very corpus and model.\n"
    assert run("verify").out == f"{version} is whole: 1 articles, 2 sentences; its model is exported.\n"


def test_build_takes_what_the_corpus_is_about_from_beside_its_articles(
    run: Run, small_corpus: Path, index_dir: Path
) -> None:
    (small_corpus / "site.toml").write_text('[en]\nsubject = "tea"\n', encoding="utf-8")
    assert run("build").exit_code == 0
    assert read_manifest(index_dir, current_version(index_dir)).site == '[en]\nsubject = "tea"\n'
    (small_corpus / "site.toml").write_text("[en]", encoding="utf-8")
    assert_one_line_error(run("build"), "[en] is not a table of texts")


def test_build_of_a_corpus_that_is_not_in_order_is_one_line_and_builds_nothing(
    run: Run, small_corpus: Path, index_dir: Path
) -> None:
    (small_corpus / "tea" / "text.txt").write_text("drifted", encoding="utf-8")
    assert_one_line_error(run("build"), "text.txt is not the file that was recorded")
    assert not index_dir.exists()


def test_build_with_a_model_that_cannot_be_loaded_is_one_line_and_builds_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, small_corpus: Path, index_dir: Path
) -> None:
    monkeypatch.setenv("MODEL", str(small_corpus))
    assert_one_line_error(run("build"), "holds no .safetensors file")
    assert not index_dir.exists()


def test_build_names_the_questions_on_offer_that_it_lost_and_how_to_go_back(
    run: Run, small_corpus: Path, index_dir: Path
) -> None:
    def label(*answers: str) -> None:
        (small_corpus / "tea" / "labels.json").write_text(
            json.dumps([{"question": "What is tea?", "answers": answers}]), encoding="utf-8"
        )

    offered = [{"section": "About tea", "questions": ["What is tea?"]}]
    (small_corpus / "tea" / "questions.json").write_text(json.dumps(offered), encoding="utf-8")
    label("Tea is a drink.")
    assert "lost" not in run("build").out  # nothing was published before
    before = current_version(index_dir)
    label()
    told = run("build").out
    assert current_version(index_dir) != before  # it goes on publishing
    assert "\nQuestions on offer that lost their answer: 1.\n  What is tea?\n" in told
    assert "    Somebody said that “About tea” does not answer it.\n" in told
    assert "    python -m corpus questions tea --add 'What is tea?' --answers 'Tea is a drink.'\n" in told
    assert told.endswith("Go back: `python -m index rollback`. A label counts at the next build.\n")
    label("Tea is a drink.")
    assert json.loads(run("build", "--json").out)["lost"] == []


def test_versions_are_listed_oldest_first_with_a_mark_at_the_published_one(run: Run, versions: list[str]) -> None:
    older, newer = versions
    assert run("versions").out == f"  {older}\n* {newer}\n"


def test_publish_rolls_back_to_an_older_version(run: Run, versions: list[str]) -> None:
    older, newer = versions
    assert run("publish", older).out == f"Published {older}.\n"
    assert run("versions").out == f"* {older}\n  {newer}\n"


def test_publish_of_a_damaged_version_is_one_line_and_changes_nothing(
    run: Run, versions: list[str], index_dir: Path
) -> None:
    older, newer = versions
    (index_dir / older / "passages.npy").write_text("[]", encoding="utf-8")
    assert_one_line_error(run("publish", older), f"version {older}: passages.npy is damaged or missing")
    assert current_version(index_dir) == newer


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize("name", ["20250101T000000Z-aaaaaa", "latest", "../../x"])
def test_publish_of_an_unknown_version_is_one_line(run: Run, name: str) -> None:
    assert_one_line_error(run("publish", name), f"there is no version {name}")


def test_verify_names_the_damaged_file(run: Run, versions: list[str], index_dir: Path) -> None:
    (index_dir / versions[-1] / "vectors.npy").unlink()
    assert_one_line_error(run("verify"), "vectors.npy is damaged or missing", "python -m index build")


@pytest.mark.parametrize("command", ["verify", "versions"])
def test_without_an_index_the_line_says_what_to_run(run: Run, command: str) -> None:
    assert_one_line_error(run(command), "there is no index at", "Run `python -m index build`.")


def test_versions_are_listed_when_the_pointer_is_damaged(run: Run, versions: list[str], index_dir: Path) -> None:
    (index_dir / "CURRENT").write_bytes(b"\xff damaged")
    outcome = run("versions")
    assert (outcome.exit_code, outcome.out) == (0, "".join(f"  {name}\n" for name in versions))


def test_versions_as_json_say_what_is_wrong_with_one(run: Run, versions: list[str], index_dir: Path) -> None:
    (index_dir / versions[0] / "manifest.json").write_bytes(b"{")
    older, newer = json.loads(run("versions", "--json").out)
    assert (older["version"], newer["version"]) == tuple(versions)
    assert "cannot be read" in older["fault"]
    assert newer == {"version": versions[1], "is_current": True, "was_published": True, "passages": 2, "fault": ""}


def test_rollback_is_one_command_and_goes_back_to_what_was_published_before(
    run: Run, versions: list[str], index_dir: Path
) -> None:
    older, newer = versions
    assert run("rollback", "--dry-run").out == f"Would publish {older}, which is whole.\n"
    assert current_version(index_dir) == newer
    assert run("rollback").out == f"Published {older}.\n"
    assert current_version(index_dir) == older
    assert_one_line_error(run("rollback"), "there is no version to go back to")


def test_a_version_that_was_rolled_back_is_published_by_no_build_until_something_changes(
    run: Run, versions: list[str], index_dir: Path, small_corpus: Path, questions: Path, tmp_path: Path
) -> None:
    older, _ = versions
    newest = json.loads(run("build", "--json").out)["version"]
    run("publish", older)
    built = run("build")
    assert (built.exit_code, f"{newest} was built from this very corpus and was rolled back" in built.out) == (0, True)
    assert current_version(index_dir) == older
    options = ("--questions", str(questions), "--report", str(tmp_path / "reports"), "--publish")
    refreshed = run("refresh", *options)
    assert (refreshed.exit_code, "it stays so until something changes" in refreshed.out) == (0, True)
    assert current_version(index_dir) == older
    save_article(make_document("ale", ["Ale is cold."]), original=Path(__file__), corpus_dir=small_corpus)
    changed = json.loads(run("build", "--json").out)
    assert changed["is_new"]
    assert current_version(index_dir) == changed["version"] > newest


def test_build_without_publishing_waits_and_a_further_build_publishes_the_same(
    run: Run, index_dir: Path, versions: list[str], small_corpus: Path
) -> None:
    shutil.rmtree(small_corpus / "tea")
    save_article(make_document("ale", ["Ale is cold."]), original=Path(__file__), corpus_dir=small_corpus)
    built = json.loads(run("build", "--no-publish", "--json").out)
    assert built["is_new"]
    assert current_version(index_dir) == versions[-1]
    assert f"  {built['version']}  never published\n" in run("versions").out
    assert not json.loads(run("build", "--no-publish", "--json").out)["is_new"]
    assert run("build").out == f"Published {built['version']}: 1 sentences, 0 of them encoded now.\n"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """One labelled question on the small corpus."""
    row = {"id": "t1", "turns": ["How much iron should I take?"], "expect": "advice"}
    (tmp_path / "questions.jsonl").write_text(json.dumps(row), encoding="utf-8")
    return tmp_path / "questions.jsonl"


def test_a_refresh_reports_and_publishes_only_when_told_to(
    run: Run, index_dir: Path, small_corpus: Path, questions: Path, tmp_path: Path
) -> None:
    options = ("--questions", str(questions), "--report", str(tmp_path / "reports"))
    first = run("build")
    save_article(make_document("ale", ["Ale is cold."]), original=Path(__file__), corpus_dir=small_corpus)
    reported = run("report", *options)
    assert reported.exit_code == 0, reported
    assert "articles: 1 added, 0 changed, 0 removed" in reported.out
    assert "The gate holds." in reported.out
    assert run("refresh", *options).out.endswith("Nothing was published.\n")  # nobody was there to say yes
    assert current_version(index_dir) in first.out
    told = json.loads(run("refresh", *options, "--publish", "--json").out)
    assert told == {"version": current_version(index_dir), "published": True, "faults": []}
    (page,) = (tmp_path / "reports").glob("*.html")
    assert json.loads(page.with_suffix(".json").read_bytes())["version"] == told["version"]
    again = run("refresh", *options, "--publish")
    assert "articles: 0 added, 0 changed, 0 removed" in again.out
    assert again.out.endswith("Nothing was published.\n")


def test_a_version_that_the_gate_stops_is_not_published_and_the_exit_code_says_so(
    run: Run, index_dir: Path, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run("build")
    monkeypatch.setattr("assistant.refresh.report.faults", lambda *_: ["tea has no provenance: licence missing."])
    stopped = run("refresh", "--questions", str(questions), "--report", str(tmp_path / "reports"), "--publish")
    assert stopped.exit_code == 1
    assert "The gate does not hold:\n  tea has no provenance: licence missing.\n" in stopped.out
    assert current_version(index_dir) in first.out


def test_prune_asks_and_deletes_the_oldest_only(run: Run, index_dir: Path, versions: list[str]) -> None:
    assert run("prune", "--yes").out == "Nothing to delete.\n"
    for text in ("Three.", "Four.", "Five."):
        build([make_document(paragraphs=[text])], encoder=HashEncoder(), index_dir=index_dir)
    assert (
        run("prune", "--dry-run", "--json").out == json.dumps({"deleted": versions, "dry_run": True, "skipped": {}}) + "\n"
    )
    assert run("prune", given=b"n\n").out.strip() == f"Would delete {', '.join(versions)}."
    assert len(list_versions(index_dir)) == 5
    assert run("prune", "--yes").out == f"Deleted {', '.join(versions)}.\n"
    assert len(list_versions(index_dir)) == 3
    assert run("prune", "--keep", "2").exit_code == 2


def test_prune_skips_and_names_what_it_cannot_read(run: Run, index_dir: Path, versions: list[str]) -> None:
    for text in ("Three.", "Four.", "Five."):
        build([make_document(paragraphs=[text])], encoder=HashEncoder(), index_dir=index_dir)
    (index_dir / versions[0] / "manifest.json").write_bytes(b"{}")
    said = run("prune", "--yes")
    assert said.exit_code == 0
    assert said.out == (
        f"Deleted {versions[1]}.\nSkipped {versions[0]}: the manifest of version {versions[0]} cannot be read. "
        "Delete its folder yourself if no older program needs it.\n"
    )
    assert list(json.loads(run("prune", "--dry-run", "--json").out)["skipped"]) == [versions[0]]


def test_a_version_is_signed_published_and_gone_back_from_with_a_key(
    run: Run, index_dir: Path, tmp_path: Path, versions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    older, newer = versions
    made = run("keygen", str(tmp_path / "key.pem"), "--json")
    monkeypatch.setenv("INDEX_PUBLIC_KEY", json.loads(made.out)["public_key"])
    assert_one_line_error(run("verify"), f"version {newer} has no signature", "python -m index sign VERSION --key FILE")
    assert_one_line_error(run("publish", newer), "has no signature")
    key = ("--key", str(tmp_path / "key.pem"))
    assert run("sign", *key).out == f"Signed {newer}.\n"
    assert run("publish", newer).out == f"Published {newer}.\n"
    assert run("sign", older, *key).exit_code == 0
    assert_one_line_error(run("rollback"), f"version {older} is older", "python -m index rollback --key FILE")
    assert current_version(index_dir) == newer
    assert run("rollback", *key).out == f"Published {older}.\n"
    assert run("verify").exit_code == 0
    assert_one_line_error(run("publish", newer), "was withdrawn")
    assert run("publish", newer, *key).out == f"Published {newer}.\n"
    assert_one_line_error(run("sign", "--key", str(tmp_path)), "holds no private Ed25519 key")
    assert_one_line_error(run("keygen", str(tmp_path / "key.pem")), "cannot be written: File exists")


def test_a_build_with_a_key_publishes_last_and_without_one_publishes_nothing(
    run: Run, index_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INDEX_PUBLIC_KEY", json.loads(run("keygen", str(tmp_path / "key.pem"), "--json").out)["public_key"])
    assert_one_line_error(run("build"), "has no signature")
    assert not (index_dir / "CURRENT").exists()
    assert run("build", "--key", str(tmp_path / "key.pem")).exit_code == 0
    version = current_version(index_dir)
    assert run("verify").out == f"{version} is whole: 1 articles, 2 sentences; its model is exported.\n"


@pytest.mark.parametrize(
    "command", ["build", "verify", "publish", "versions", "rollback", "prune", "report", "refresh", "sign", "keygen"]
)
def test_help_of_every_command_says_what_it_does(run: Run, command: str) -> None:
    outcome = run(command, "--help")
    assert outcome.exit_code == 0
    assert f"Usage: python -m index {command}" in outcome.out


def test_the_module_ends_as_a_program_with_2_and_one_line(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "index", "verify"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env={"INDEX_DIR": str(tmp_path / "no\nwhere")},
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert "there is no index at" in ended.stderr
