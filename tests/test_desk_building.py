"""A build in a process of its own: it can be stopped at any moment, and leaves nothing half done. Real model."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from desk import Desk, versions
from desk.building import FIRST, Builder
from index.published.layout import MANIFEST, VERSION_NAME, IndexLayout
from index.published.locking import publishing
from tests.conftest import CORPUS_DIR
from tests.desks import make_desk, taught

SECONDS = 60.0


@pytest.fixture
def desk(real_index: Path, tmp_path: Path) -> Desk:
    """The project's own article, published, and changed since."""
    shutil.copytree(CORPUS_DIR, tmp_path / "articles")
    shutil.copytree(real_index, tmp_path / "index")
    return taught(make_desk(tmp_path, tmp_path / "articles", tmp_path / "index"))


def nobody(_share: float, _told: str) -> None:
    """Hears nothing."""


def wait_for(holds: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def unfinished(desk: Desk) -> list[str]:
    folders = [path for path in desk.index_dir.iterdir() if path.is_dir() and VERSION_NAME.fullmatch(path.name)]
    return [path.name for path in folders if not (path / MANIFEST).exists()]


@pytest.mark.slow  # two processes that load the model
def test_a_build_that_is_stopped_while_it_writes_leaves_nothing_half_done_and_the_next_one_is_whole(desk: Desk) -> None:
    builder, published, refused = Builder(), desk.workshop.published_name, list[CorpusError]()
    layout = IndexLayout(desk.index_dir)

    def build() -> None:
        with pytest.raises(CorpusError) as told:
            builder.propose(desk, nobody)
        refused.append(told.value)

    thread = threading.Thread(target=build)
    thread.start()
    wait_for(layout.holder.exists)  # it has begun to write
    with pytest.raises(CorpusError, match="being built already"):
        builder.propose(desk, nobody)
    assert builder.stop()
    thread.join(SECONDS)
    assert refused[0].message.startswith("The build was stopped.")
    assert (builder.is_busy, builder.stop()) == (False, False)
    assert unfinished(desk) == []
    assert desk.workshop.published_name == published
    with publishing(desk.index_dir):
        pass  # the lock is free at once
    assert versions.last_report(desk) is None

    heard: list[tuple[float, str]] = []
    found = builder.propose(desk, lambda *told: heard.append(told))
    assert (found["published"], desk.workshop.published_name) == (published, published)
    assert desk.workshop.index.open(found["version"]).name == found["version"]
    assert versions.last_report(desk) is not None
    assert heard[0] == (0.0, FIRST)


def test_what_a_build_refuses_is_told_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    desk = make_desk(tmp_path, tmp_path / "articles", tmp_path / "index")
    with pytest.raises(CorpusError, match="article"):
        Builder().propose(desk, nobody)
