"""`rls-assistant`: the commands under one name, once `pip install .` has installed the project.

`rls-assistant corpus …`, `index …` and `assistant …` are `python -m corpus …` and so on; `serve` is `python app.py`; what
belongs to none of them (`ask`, `settings`, `doctor` …) is the assistant's. Where there is no index yet, `ask` builds it
first, as `serve` does; danger gets help before that.
"""

import os
import runpy
import subprocess
import sys
from collections.abc import Sequence

from assistant.triage.urgent import urgent_help
from corpus import ShownError
from index import IndexMissingError, current_version
from settings import PROJECT, Settings

MODULES = {"corpus": "corpus", "index": "index", "assistant": "assistant", "serve": "app"}
OF_CORPUS = {"desk", "watch"}
USAGE = """Usage: rls-assistant COMMAND …

  serve                    serve the page, the API and the widget
  ask "…"                  answer one question
  desk                     open the maintainer's desk in a browser
  watch                    refresh the sources and propose what changed
  corpus …                 articles: add, check, refresh, remove
  index …                  versions: build, publish, roll back
  settings, doctor …       what else `rls-assistant assistant --help` names
"""


def main() -> None:
    """Run the command that the arguments name, as `python -m` would."""
    name, *rest = sys.argv[1:] or ["--help"]
    if name in OF_CORPUS:
        name, rest = "corpus", [name, *rest]
    if name in {"--help", "-h"}:
        sys.stdout.write(USAGE)
        return
    if name == "ask" and is_index_needed(rest):
        build_index()
    module = MODULES.get(name, "assistant")
    sys.argv[1:] = rest if name in MODULES else [name, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def is_index_needed(arguments: Sequence[str], /) -> bool:
    """Whether a question is asked that tells of no danger, and there is no index of any kind to answer from."""
    if "--help" in arguments or any(urgent_help(argument) for argument in arguments):
        return False
    try:
        settings = Settings.from_environment()
        current_version(settings.index_dir)
    except IndexMissingError:
        return not settings.index_source
    except ShownError:
        pass  # the command says what is wrong
    return False


def build_index() -> None:
    """Build in a process of its own, so that torch never enters this one; what it says goes where errors go."""
    sys.stderr.write("There is no index yet. Building it now.\n")
    places = os.pathsep.join([str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "index", "build"]
    ended = subprocess.run(command, env=os.environ | {"PYTHONPATH": places}, stdout=sys.stderr, check=False)  # noqa: S603
    if ended.returncode:
        sys.exit(ended.returncode)
