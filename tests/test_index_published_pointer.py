"""Publishing, rolling back, pruning: which version is served, and which may go."""

import json
from pathlib import Path

import pytest

from index import IndexMissingError, build, current_version
from index.published.layout import IndexLayout
from index.published.locking import hold, publishing
from index.published.manifest import FORMAT
from index.published.model import remove_unused
from index.published.pointer import prunable, publish, published_before, remove, rollback_target, rows, unreadable_versions
from index.published.version import list_versions, open_version
from tests.conftest import HashEncoder, make_document


def add_version(index_dir: Path, text: str, *, publish_it: bool = True) -> str:
    document = make_document(paragraphs=[text])
    return build([document], encoder=HashEncoder(), index_dir=index_dir, publish_it=publish_it).version


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_a_version_that_was_only_built_is_never_rolled_back_to(index_dir: Path) -> None:
    first = add_version(index_dir, "One.")
    rejected = add_version(index_dir, "Two.", publish_it=False)
    third = add_version(index_dir, "Three.")
    assert list_versions(index_dir) == [first, rejected, third]
    assert [row.was_published for row in rows(index_dir)] == [True, False, True]
    assert rollback_target(index_dir) == first


def test_rolling_back_skips_a_damaged_version(index_dir: Path) -> None:
    first, second, _ = (add_version(index_dir, text) for text in ("One.", "Two.", "Three."))
    (index_dir / second / "passages.npy").write_text("[]", encoding="utf-8")
    assert rollback_target(index_dir) == first


def test_with_a_damaged_pointer_the_newest_whole_version_is_rolled_back_to(index_dir: Path) -> None:
    _, second = add_version(index_dir, "One."), add_version(index_dir, "Two.")
    (index_dir / "CURRENT").write_bytes(b"\x00")
    assert rollback_target(index_dir) == second


def test_rolling_back_twice_goes_back_twice(index_dir: Path) -> None:
    names = [add_version(index_dir, text) for text in ("One.", "Two.", "Three.")]
    for expected in (names[1], names[0]):
        with publishing(index_dir) as layout:
            publish(layout, rollback_target(index_dir))
        assert current_version(index_dir) == expected
    with pytest.raises(IndexMissingError, match="no version to go back to"):
        rollback_target(index_dir)


def test_a_damaged_line_of_the_history_costs_its_own_entry_only(index_dir: Path) -> None:
    first, second = add_version(index_dir, "One."), add_version(index_dir, "Two.")
    history = index_dir / "history.jsonl"
    lines = history.read_text(encoding="utf-8").splitlines()
    history.write_text("\n".join([lines[0], "{half", "[]", lines[1]]), encoding="utf-8")
    assert published_before(index_dir) == {first, second}


def test_neither_the_newest_three_nor_the_current_nor_a_served_one_is_deleted(index_dir: Path) -> None:
    names = [add_version(index_dir, text) for text in ("1.", "2.", "3.", "4.", "5.", "6.")]
    with publishing(index_dir) as layout:
        publish(layout, names[0])
    with hold(index_dir, names[1]):
        assert prunable(index_dir) == [names[2]]
    assert prunable(index_dir) == [names[1], names[2]]
    with pytest.raises(ValueError, match="2"):
        prunable(index_dir, keep=2)


def test_a_removal_that_is_killed_half_way_leaves_what_the_next_build_clears(index_dir: Path) -> None:
    names = [add_version(index_dir, text) for text in ("1.", "2.", "3.", "4.")]
    (index_dir / names[0] / "manifest.json").unlink()  # what `remove` does first
    assert list_versions(index_dir) == names[1:]
    add_version(index_dir, "5.")
    assert not (index_dir / names[0]).exists()
    with publishing(index_dir) as layout:
        remove(layout, names[1])
    assert not (index_dir / names[1]).exists()
    assert open_version(index_dir, current_version(index_dir)).name == list_versions(index_dir)[-1]


def of_an_older_format(index_dir: Path, name: str) -> None:
    """As an earlier release of this program wrote it."""
    path = index_dir / name / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"format": FORMAT - 1}), encoding="utf-8")


def test_what_cannot_be_read_is_not_deleted_and_is_named(index_dir: Path) -> None:
    names = [add_version(index_dir, text) for text in ("1.", "2.", "3.", "4.", "5.", "6.")]
    of_an_older_format(index_dir, names[0])
    (index_dir / names[1] / "manifest.json").write_bytes(b"\xff")
    assert prunable(index_dir) == [names[2]]
    assert unreadable_versions(index_dir) == {
        names[0]: f"version {names[0]}: its manifest is of another format or version.",
        names[1]: f"the manifest of version {names[1]} cannot be read.",
    }


def test_a_model_that_a_version_of_an_older_format_names_is_kept(index_dir: Path) -> None:
    older, newer = add_version(index_dir, "1."), add_version(index_dir, "2.")
    of_an_older_format(index_dir, older)
    layout = IndexLayout(index_dir)
    for fingerprint in ("sha256:hash-encoder", "sha256:stray"):
        layout.model(fingerprint).mkdir(parents=True)
    with publishing(index_dir):
        remove_unused(layout)
    assert [path.name for path in layout.models.iterdir()] == [layout.model("sha256:hash-encoder").name]
    layout.model("sha256:stray").mkdir()
    (index_dir / newer / "manifest.json").write_bytes(b"{}")
    with publishing(index_dir):
        remove_unused(layout)  # nobody knows what that one needs
    assert len(list(layout.models.iterdir())) == 2
