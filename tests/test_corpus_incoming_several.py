"""A folder, a ZIP archive and a list of addresses in one go: a table tells of each; nothing leads out of its place."""

import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import CorpusError, load_corpus
from corpus.incoming import __main__ as incoming
from corpus.incoming import several
from corpus.incoming.several import Found, PassedOver, in_archive, in_folder
from tests.command_lines import Run, runner
from tests.small_site import Page, Site, small_site
from tests.test_corpus_incoming_refreshing import HTML, LICENCE, RULES, TEA

IRON = "---\nlicence: CC0\n---\n# Iron\n\nIron is a metal that the body needs.\n"


@pytest.fixture
def site() -> Iterator[Site]:
    with small_site() as site:
        site.host = "example.org"
        site.pages["/tea"] = Page(f"<h1>Green tea</h1><p>{TEA}</p>".encode(), HTML)
        yield site


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], small_corpus: Path) -> Run:
    from corpus import __main__ as program  # noqa: PLC0415 - after the settings of this test

    monkeypatch.setenv("CORPUS_DIR", str(small_corpus))
    monkeypatch.setattr(incoming, "RULES", RULES)
    return runner(monkeypatch, capsys, program.app, "corpus")


def packed(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_a_folder_an_archive_and_a_list_come_in_together_and_a_table_tells_of_each(
    run: Run, site: Site, small_corpus: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "handed" / "more"
    folder.mkdir(parents=True)
    (folder / "iron.md").write_text(IRON, encoding="utf-8")
    (folder / "picture.png").write_bytes(b"x")
    (folder / "old.doc").write_bytes(b"x")
    (folder / "held.md").write_text(IRON.replace("Iron", "Zinc") + "\nThe weight is $$w^2$$.\n", encoding="utf-8")
    archive = packed(tmp_path / "a.zip", {"lead.md": IRON.replace("Iron", "Lead"), "__MACOSX/x.md": "x"})
    addresses = tmp_path / "urls.txt"
    addresses.write_text(f"{site.at('/tea')}\n{site.at('/gone')}\n", encoding="utf-8")
    outcome = run("add", str(tmp_path / "handed"), str(archive), str(addresses), *LICENCE, "--yes")
    assert sorted(document.id for document in load_corpus(small_corpus)) == ["green-tea", "iron", "lead", "tea"]
    *table, sums = outcome.out[outcome.out.rindex("\n\n") :].strip().splitlines()
    assert sorted(line.split("  ")[0] for line in table) == [
        *["added"] * 3, "held", "passed over", "passed over", "refused", "refused",
    ]  # fmt: skip
    assert sums == "1 held, 3 added, 2 refused, 2 passed over"
    assert "more/held.md" in outcome.out
    assert "Save as" in outcome.error
    assert outcome.exit_code == 2


def test_for_a_program_what_is_held_refused_or_passed_over_is_told_apart(run: Run, tmp_path: Path) -> None:
    files = {"zinc.md": IRON + "\nThe weight is $$w^2$$.\n", "old.doc": "x", "a.png": "x", "iron.md": IRON}
    result = json.loads(run("add", str(packed(tmp_path / "a.zip", files)), "--yes", "--json").out)
    assert [(row["name"], row["is_held"]) for row in result["refused"]] == [("zinc.md", True), ("old.doc", False)]
    assert [row["id"] for row in result["articles"]] == ["iron"]
    assert result["passed_over"] == [{"name": "a.png", "reason": "not a document"}]


@pytest.mark.parametrize("name", ["../x.md", "/etc/x.md", "a/../../x.md", "..\\x.md", "C:\\x.md", "a:b.md"])
def test_a_name_that_leads_out_of_an_archive_is_refused_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    (refused,) = in_archive(packed(tmp_path / "a.zip", {name: IRON}), into=into)
    assert isinstance(refused, CorpusError)
    assert "names a place outside" in str(refused)
    assert list(into.iterdir()) == []
    assert not (tmp_path / "x.md").exists()


def test_a_link_in_an_archive_is_refused_and_one_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link.md")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    (refused,) = in_archive(tmp_path / "a.zip", into=tmp_path)
    assert "is a link" in str(refused)
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "secret.md").write_text(IRON, encoding="utf-8")
    (folder / "link.md").symlink_to(outside / "secret.md")
    (folder / "below").symlink_to(outside)
    (folder / "round").symlink_to(folder)
    assert list(in_folder(folder)) == [PassedOver(name, "a link") for name in ("below", "link.md", "round")]


def test_what_unpacks_to_far_more_than_it_is_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bomb,) = in_archive(packed(tmp_path / "a.zip", {"x.md": "0" * 5_000_000}), into=tmp_path)
    assert "far more than a document" in str(bomb)
    monkeypatch.setattr(several, "LARGEST_UNPACKED", 100)
    with pytest.raises(CorpusError, match="unpacks to more than"):
        list(in_archive(packed(tmp_path / "b.zip", {"x.md": "0" * 60, "y.md": "0" * 60}), into=tmp_path))
    monkeypatch.setattr(several, "MOST_FILES", 1)
    with pytest.raises(CorpusError, match="holds 2 files"):
        list(in_archive(tmp_path / "b.zip", into=tmp_path))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"not a zip"])
def test_what_is_no_archive_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(CorpusError, match="is damaged, or is no ZIP archive"):
        list(in_archive(tmp_path / "a.zip", into=tmp_path))


def test_a_damaged_file_of_an_archive_does_not_stop_the_others(tmp_path: Path) -> None:
    archive = packed(tmp_path / "a.zip", {"a.md": IRON * 50, "b.md": IRON})
    data = bytearray(archive.read_bytes())
    data[60:70] = b"0123456789"
    archive.write_bytes(data)
    damaged, whole = in_archive(archive, into=tmp_path)
    assert isinstance(damaged, CorpusError)
    assert isinstance(whole, Found)
    assert whole.path.read_text(encoding="utf-8") == IRON
