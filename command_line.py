"""`rls-assistant`: the commands under one name, once `pip install .` has installed the project.

`rls-assistant corpus …`, `index …` and `assistant …` are `python -m corpus …` and so on; `serve` is `python app.py`; what
belongs to none of them (`ask`, `settings`, `doctor` …) is the assistant's.
"""

import runpy
import sys

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
    module = MODULES.get(name, "assistant")
    sys.argv[1:] = rest if name in MODULES else [name, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
