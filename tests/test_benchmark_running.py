"""benchmark/quote_benchmark: a stranger's system in few lines, one that fails, one at an address; the page; the wheel."""

import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from quote_benchmark.running import SYSTEMS, SystemFailedError, run, system_names
from quote_benchmark.sets import Labelled, QuestionSet
from quote_benchmark.system import Document
from quote_benchmark.table import MEANING, measured, page
from settings import PROJECT

TEA = Document("tea", "Tea", "# Tea\n\nGreen tea comes from Japan and China.\n\nBlack tea is fermented for some hours.\n")
QUESTIONS = (
    Labelled("1", ("where does green tea come from",), "answer", ("from Japan and China",), topic="origin"),
    Labelled("2", ("for how long is black tea fermented",), "answer", ("for some hours",), topic="time"),
    Labelled("3", ("who won the football match yesterday",), "unanswered", topic="sports"),
)
SET = QuestionSet("tea", "one article on tea", "Nobody has seen it.", (TEA,), QUESTIONS)
BY_WORDS = """\
from quote_benchmark.system import searching, serve


def load(sentences):
    def words(text):
        return set(text.lower().strip(".").split())

    def search(question):
        scores = [len(words(question) & words(sentence)) for sentence in sentences]
        return sorted(enumerate(scores), key=lambda pair: -pair[1])[:3]

    return search


serve(searching(load, threshold=2))
"""


@pytest.fixture
def system(tmp_path: Path) -> Path:
    file = tmp_path / "my_system.py"
    file.write_text(BY_WORDS, encoding="utf-8")
    return file


def test_a_stranger_adds_a_system_in_thirty_lines(system: Path, tmp_path: Path) -> None:
    found = run(str(system), SET, environments=tmp_path)
    assert len(BY_WORDS.splitlines()) <= 30
    assert [one.is_right for one in found.outcomes] == [True, True, True]
    assert all(all(one.exact) for one in found.outcomes)
    assert found.changed.count == 0  # it looks at the last turn only
    assert found.changed.total > 0
    assert all(one.milliseconds > 0 for one in found.outcomes)


def test_an_answer_that_hangs_on_what_was_asked_before_is_counted(system: Path, tmp_path: Path) -> None:
    unsteady = """\
from quote_benchmark.system import SILENT


def unsteady(documents):
    ask = searching(load, threshold=2)(documents)
    return lambda turns: ask(turns) if len(turns) == 1 else SILENT


serve(unsteady)
"""
    system.write_text(BY_WORDS.replace("serve(searching(load, threshold=2))\n", unsteady), encoding="utf-8")
    found = run(str(system), SET, environments=tmp_path)
    assert found.changed.count == found.changed.total > 0


def test_what_a_library_prints_breaks_no_answer(system: Path, tmp_path: Path) -> None:
    noisy = BY_WORDS.replace("        scores =", "        print('noise')\n        scores =")
    assert noisy != BY_WORDS
    system.write_text(noisy, encoding="utf-8")
    assert run(str(system), SET, environments=tmp_path).outcomes[0].is_right


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_package\n", "No module named 'no_such_package'"),
        (BY_WORDS.replace("    return search", "    return lambda question: 1 / 0"), "ZeroDivisionError"),
    ],
)
def test_a_system_that_breaks_says_why(system: Path, tmp_path: Path, source: str, reason: str) -> None:
    system.write_text(source, encoding="utf-8")
    with pytest.raises(SystemFailedError, match=reason):
        run(str(system), SET, environments=tmp_path)


def test_a_system_that_nobody_knows_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(SystemFailedError, match="txtai_search"):
        run("no-such-system", SET, environments=tmp_path)


@contextmanager
def address(status: int = 200) -> Iterator[str]:
    """Answers every question with the same quote, in the contract's form."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            json.loads(self.rfile.read(int(self.headers["Content-Length"])))["turns"]
            citation = {"n": 1, "quote": "Green tea comes from Japan and China.", "article": "tea", "start": 0, "end": 1}
            body = json.dumps({"kind": "answer", "message": "", "citations": [citation], "confidence": 0.9}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/ask"
        server.shutdown()


def test_whatever_answers_the_contract_at_an_address_can_be_measured(tmp_path: Path) -> None:
    with address() as url:
        assert [one.is_right for one in run(url, SET, environments=tmp_path).outcomes] == [True, False, False]
    with address(500) as url, pytest.raises(SystemFailedError, match="gave no answer"):
        run(url, SET, environments=tmp_path)


def test_a_page_has_a_column_a_system_and_the_reason_of_one_that_failed(system: Path, tmp_path: Path) -> None:
    about = {"date": "2026-11-30", "commit": "abc", "python": "Python 3.11", "cores": 2, "load": "0.1"}
    row = measured(run(str(system), SET, environments=tmp_path))
    told = page(about, [SET], {"tea": {"mine": row, "theirs": {"failed": "no model"}}})
    assert "|  | mine | theirs |" in told
    assert "| right | 1.00 of 3 | failed |" in told
    assert "theirs failed: no model" in told
    assert "Nobody has seen it." in told
    assert all(f"**{name}**" in told for name in MEANING)
    assert row["right"]["interval"][0] < 1


def test_every_system_but_ours_pins_its_packages() -> None:
    assert {"ours", "txtai_search", "haystack_search", "cairn_assistant", "cairn_pipeline"} <= set(system_names())
    for name in set(system_names()) - {"ours"}:
        lines = (SYSTEMS / f"{name}.txt").read_text(encoding="utf-8").split()
        assert lines
        assert all("==" in line for line in lines)


def test_the_wheel_holds_the_questions_and_not_the_article(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    ended = subprocess.run([*command, "--wheel-dir", tmp_path, PROJECT / "benchmark"], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    (wheel,) = tmp_path.glob("quote_benchmark-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    assert not list((tmp_path / "installed").rglob("text.txt"))
    program = "from quote_benchmark.sets import read_set as r; print(len(r('skin-and-teeth').questions)); r('causes')"
    told = subprocess.run([sys.executable, "-c", program], cwd=tmp_path / "installed", capture_output=True, text=True)
    assert told.stdout.strip() == "312"
    assert "Name a checkout of the project with --root." in told.stderr
