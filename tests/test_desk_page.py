"""The desk in a browser, from a clean start: an editor with a Word file, and nobody who knows a command.

One desk and one page for all tests, in the order of an editor's day; DESK_SCREENSHOTS names a folder that keeps every step.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from corpus import load_corpus
from corpus.changing import changing
from corpus.editing import review_of
from desk.__main__ import alone
from index import current_version, open_version
from index.errors import IndexBusyError
from index.published.layout import MANIFEST, VERSION_NAME
from index.published.locking import publishing
from index.published.pointer import publications
from settings import PROJECT
from tests.browsers import DESKTOP, free_port
from tests.conftest import ARTICLE, CORPUS_DIR
from tests.desks import WALKING, make_desk, word_file

SLUG = "iron-and-restless-legs"
TABS = ("Articles", "What visitors will see", "Try it", "History", "What to write next")
MOST_CLICKS, MOST_SECONDS = 10, 300
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
START_SECONDS = 120


@dataclass
class OpenDesk:
    """A desk in a process of its own, and an editor's page of it, who counts clicks."""

    process: subprocess.Popen[bytes]
    url: str
    folder: Path
    page: Page
    clicks: int = 0
    elsewhere: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def index_dir(self) -> Path:
        return self.folder / "index"

    def click(self, locator: Locator) -> None:
        self.clicks += 1
        locator.click()

    def shot(self, name: str) -> None:
        if kept := os.environ.get("DESK_SCREENSHOTS"):
            time.sleep(0.5)  # for what moves
            self.page.screenshot(path=Path(kept) / f"{name}.png", full_page=True)

    def tab(self, name: str) -> None:
        self.click(self.page.get_by_role("tab", name=name))

    def opens(self, title: str) -> None:
        """Choose an article to change. What stands above may still be moving, so that a click could miss."""
        self.page.locator("#chosen input").click()
        self.page.get_by_role("option", name=title).dispatch_event("mousedown")
        self.page.locator("#changing h3").get_by_text(title).wait_for()

    def told(self, place: str) -> str:
        """What is told just below what was pressed: in view, told aloud, and nothing else that was said is left standing."""
        notice = self.page.locator(f"{place} .desk-notice")
        notice.wait_for()
        self.page.wait_for_timeout(700)  # until it is scrolled to
        expect(notice).to_be_in_viewport(ratio=1)
        assert self.page.locator(".desk-notice:not(#note *)").count() == 1
        text = notice.locator("p, li").first.inner_text()
        assert notice.get_attribute("role") == "alert" or self.page.locator("#desk-said").text_content() == text
        return notice.inner_text()

    def violations(self) -> list[str]:
        """What axe finds serious or critical. Of Gradio's own there was nothing left once its colours were set."""
        self.page.wait_for_timeout(400)  # colours change slowly, and a half of one has too little contrast
        found = Axe().run(self.page, options={"runOnly": RULES}).response["violations"]
        grave = [one for one in found if one["impact"] in {"serious", "critical"}]
        return [f"{one['id']}: {node['html'][:300]}" for one in grave for node in one["nodes"]]


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    own = {
        "CORPUS_DIR": str(folder / "articles"),
        "INDEX_DIR": str(folder / "index"),
        "FEEDBACK_FILE": str(folder / "feedback.jsonl"),
    }
    command = [sys.executable, "-m", "corpus", "desk", "--port", str(port), "--no-browser", "--sample", "3"]
    command += ["--report", str(folder / "reports")]
    process = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **own}, stderr=subprocess.DEVNULL)
    begun = time.monotonic()
    while True:
        try:
            urlopen(f"http://127.0.0.1:{port}/", timeout=10).close()
        except (URLError, TimeoutError):
            assert process.poll() is None, "the desk ended at once"
            assert time.monotonic() - begun < START_SECONDS
            time.sleep(0.1)
        else:
            return process


@pytest.fixture(scope="module")
def desk(browser: Browser, real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDesk]:
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(CORPUS_DIR, folder / "articles")
    shutil.copytree(real_index, folder / "index")
    port = free_port()
    process = start(folder, port)
    try:
        with browser.new_context(viewport=DESKTOP, color_scheme="light", locale="en-GB") as context:
            page = context.new_page()
            page.set_default_timeout(60_000)
            desk = OpenDesk(process, f"http://127.0.0.1:{port}/", folder, page)
            page.on("pageerror", lambda error: desk.faults.append(str(error)))
            inside = (desk.url, "data:", "blob:")
            page.on("request", lambda r: None if r.url.startswith(inside) else desk.elsewhere.append(r.url))
            page.goto(desk.url)
            page.locator("#article-list table").wait_for()
            yield desk
    finally:
        process.kill()
        process.wait(timeout=20)


def test_an_empty_desk_lists_what_is_there_and_every_tab_of_it_can_be_used_by_anybody(desk: OpenDesk) -> None:
    assert "as published" in desk.page.locator("#article-list").inner_text()
    found = []
    for name in TABS:
        desk.tab(name)
        desk.page.get_by_role("heading", name=name, level=2).wait_for()
        desk.shot(f"empty-{TABS.index(name) + 1}")
        found += [f"{name}: {violation}" for violation in desk.violations()]
    desk.page.goto(f"{desk.url}?__theme=dark")
    desk.page.locator("#article-list table").wait_for()
    desk.shot("empty-dark")
    found += [f"dark: {violation}" for violation in desk.violations()]
    desk.page.goto(desk.url)
    desk.page.locator("#article-list table").wait_for()
    assert found == []


def test_from_a_word_file_to_visitors_in_ten_clicks_and_five_minutes(desk: OpenDesk, tmp_path: Path) -> None:
    page, begun = desk.page, time.monotonic()
    before, desk.clicks = current_version(desk.index_dir), 1  # choosing the file
    page.locator("#add-files input[type=file]").set_input_files(word_file(tmp_path))
    page.locator("#add").wait_for()
    page.locator("#waiting").get_by_text(WALKING).first.wait_for()
    desk.shot("1-read")
    doubts = desk.violations()
    desk.click(page.locator("#doubts input").first)
    desk.clicks += 1  # into the field
    page.locator("#field-licence :is(input, textarea)").fill("our own article")
    desk.shot("2-filled")
    desk.click(page.locator("#add"))
    page.locator("#adding-notice").get_by_text("is in.").wait_for()
    page.locator("#adding-notice summary").click()  # not one of the editor's clicks: no command is needed
    assert "python -m corpus add leaflet.docx" in page.locator("#adding-notice").inner_text()
    desk.shot("3-added")
    loaded = desk.violations()
    assert current_version(desk.index_dir) == before
    desk.click(page.locator("#adding-onward"))
    page.locator("#report").get_by_text("It may be published").wait_for(timeout=240_000)
    desk.shot("4-report")
    reported = desk.violations()
    desk.clicks += 1  # into the field
    page.locator("#publish-why :is(input, textarea)").fill("A leaflet on walking")
    desk.click(page.locator("button#publish"))
    page.locator("#publish-notice").get_by_text("Published.").wait_for()
    desk.told("#publish-notice")
    desk.shot("5-published")
    seconds = time.monotonic() - begun
    version = open_version(desk.index_dir, current_version(desk.index_dir))
    assert WALKING in version.documents[SLUG].text
    print(f"\nfrom a Word file to visitors: {desk.clicks} clicks, {seconds:.0f} s")
    assert desk.clicks <= MOST_CLICKS
    assert seconds <= MOST_SECONDS
    assert review_of(desk.folder / "articles" / SLUG) is None  # nobody said to have read it whole
    assert publications(desk.index_dir)[-1].why == "A leaflet on walking"
    assert {"doubts": doubts, "loaded": loaded, "report": reported} == {"doubts": [], "loaded": [], "report": []}


def test_an_answer_is_tried_and_taught_by_a_label(desk: OpenDesk) -> None:
    page = desk.page
    desk.tab("Try it")
    page.locator("#try-question textarea").fill("Is coffee a good idea at night?")
    desk.click(page.locator("#try-ask"))
    page.locator("#tried").get_by_text("What visitors see now").wait_for()
    desk.shot("6-tried")
    page.locator("#label-article input").click()
    page.get_by_role("option", name="Iron and restless legs").click()
    page.locator("#label-sentence input").click()
    page.get_by_role("option", name="Coffee in the evening does not help.").click()
    desk.click(page.locator("#keep-label"))
    page.locator("#label-notice").get_by_text("Kept: “Coffee in the evening").wait_for()
    assert desk.violations() == []
    labels = {document.id: document.labels for document in load_corpus(desk.folder / "articles")}[SLUG]
    assert [(label.question, label.answers) for label in labels] == [
        ("Is coffee a good idea at night?", ("Coffee in the evening does not help.",))
    ]


def test_an_error_is_told_with_its_remedy_and_changes_nothing(desk: OpenDesk, tmp_path: Path) -> None:
    page = desk.page
    desk.tab("Articles")
    page.locator("#add-addresses textarea").fill("ftp://example.org/article")
    desk.click(page.locator("#read-addresses"))
    desk.told("#adding-notice")
    page.locator("#adding-notice [role=alert]").get_by_text("Begin it with https://").wait_for()
    (tmp_path / "broken.pdf").write_bytes(b"not a PDF")
    page.locator("#add-files input[type=file]").set_input_files(tmp_path / "broken.pdf")
    page.locator("#adding-notice [role=alert]").get_by_text("broken.pdf").wait_for()
    desk.shot("7-error")
    assert desk.violations() == []


def test_who_comes_second_is_told_who_and_since_when(desk: OpenDesk) -> None:
    page = desk.page
    desk.opens("Iron and restless legs")
    page.locator("#save").wait_for()
    page.locator("#edit-author :is(input, textarea)").fill("A. Writer")
    with changing(desk.folder / "articles"):  # a command at the same time
        desk.click(page.locator("#save"))
        page.locator("#edit-notice [role=alert]").get_by_text("is being changed by").wait_for()
        assert f"(process {os.getpid()}, since " in desk.told("#edit-notice")
        desk.shot("8-second")
    desk.click(page.locator("#save"))
    page.locator("#edit-notice").get_by_text("is saved").wait_for()
    assert "The command for this" in desk.told("#edit-notice")
    page.locator("#edit-notice summary").click()
    assert f"python -m corpus edit {SLUG}" in page.locator("#edit-notice").inner_text()
    for accordion in page.locator("#changing button.label-wrap").all()[1:]:
        accordion.click()
    page.get_by_text("What the file shows").last.wait_for()
    desk.shot("9-changing")
    assert desk.violations() == []


def test_removing_asks_first_and_taking_back_asks_why(desk: OpenDesk) -> None:
    page = desk.page
    desk.click(page.locator("button#remove"))
    page.locator("#remove-notice [role=alert]").get_by_text("Tick the box").wait_for()
    desk.told("#remove-notice")
    assert (desk.folder / "articles" / SLUG).is_dir()
    page.locator("#sure input").check()
    desk.click(page.locator("button#remove"))
    page.locator("#changing-notice").get_by_text("is removed").wait_for()
    desk.told("#changing-notice")
    assert not (desk.folder / "articles" / SLUG).exists()
    page.locator("#binned input").click()
    page.get_by_role("option", name="Iron and restless legs").first.click()
    desk.click(page.locator("button#restore"))
    page.locator("#bin-notice").get_by_text("is back").wait_for()
    desk.told("#bin-notice")
    assert (desk.folder / "articles" / SLUG).is_dir()
    desk.shot("9b-restored")
    desk.tab("History")
    page.locator("#past").get_by_text("visitors see this one").wait_for()
    desk.shot("10-history")
    now = current_version(desk.index_dir)
    desk.click(page.locator("button#go-back"))
    page.locator("#history-notice [role=alert]").get_by_text("No reason is given").wait_for()
    assert current_version(desk.index_dir) == now
    page.locator("#back-why :is(input, textarea)").fill("It was too early")
    desk.click(page.locator("button#go-back"))
    page.locator("#history-notice").get_by_text("Visitors see again").wait_for()
    desk.told("#history-notice")
    assert current_version(desk.index_dir) < now
    assert [one.why for one in publications(desk.index_dir)][1:] == ["A leaflet on walking", "It was too early"]
    page.locator("#past").get_by_text("taken back by").wait_for()
    desk.shot("11-back")
    assert desk.violations() == []


def test_nothing_came_from_elsewhere_and_no_script_went_wrong(desk: OpenDesk) -> None:
    assert desk.elsewhere == []
    assert desk.faults == []


def is_free(desk: OpenDesk) -> bool:
    try:
        with publishing(desk.index_dir):
            return True
    except IndexBusyError:
        return False


def builders_of(desk: OpenDesk) -> list[int]:
    """The processes in which a desk builds, by their ids."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            if parent == desk.process.pid and b"spawn_main" in path.with_name("cmdline").read_bytes():
                found.append(int(path.parent.name))
    return found


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + START_SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_build_can_be_stopped_and_nothing_of_it_is_left(desk: OpenDesk) -> None:
    page, now = desk.page, current_version(desk.index_dir)
    desk.tab("Articles")
    desk.opens("Iron and restless legs")
    page.locator("#edit-author :is(input, textarea)").fill("B. Writer")  # else there is nothing to build
    desk.click(page.locator("#save"))
    page.locator("#edit-notice").get_by_text("is saved").wait_for()
    desk.click(page.locator("#edit-onward"))
    wait_for(lambda: bool(builders_of(desk)))
    desk.shot("12-building")
    desk.click(page.locator("button#stop-build"))
    page.locator("#build-notice [role=alert]").get_by_text("The build was stopped.").wait_for()
    desk.told("#build-notice")
    expect(page.locator("button#stop-build")).to_be_hidden()
    versions = [path for path in desk.index_dir.iterdir() if VERSION_NAME.fullmatch(path.name)]
    assert [path.name for path in versions if not (path / MANIFEST).exists()] == []
    assert is_free(desk)
    assert current_version(desk.index_dir) == now


def test_a_second_desk_says_that_another_is_open_and_one_that_is_killed_leaves_nothing_half_done(desk: OpenDesk) -> None:
    now = current_version(desk.index_dir)
    with alone(make_desk(desk.folder, desk.folder / "articles", desk.index_dir)) as note:
        assert f"process {desk.process.pid}, since" in note
    desk.click(desk.page.locator("button#build"))
    wait_for(lambda: bool(builders_of(desk)))
    builders = builders_of(desk)
    time.sleep(2)
    desk.process.send_signal(signal.SIGKILL)
    desk.process.wait(timeout=20)
    assert current_version(desk.index_dir) == now
    open_version(desk.index_dir, now)
    wait_for(lambda: not any(is_running(pid) for pid in builders))  # the process that built ends by itself
    with changing(desk.folder / "articles"), publishing(desk.index_dir):
        pass
    assert {document.id for document in load_corpus(desk.folder / "articles")} == {ARTICLE, SLUG}
