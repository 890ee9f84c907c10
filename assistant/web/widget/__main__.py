"""`python -m assistant.web.widget`: builds the widget's files out of its sources and the assistant's wording.

Flows in: the sources of this folder, `assistant/wording/*.toml`, `urgent.toml`. Flows out, to
`assistant/web/static/widget/`, where it is committed: `widget.js`; `frame.js`, its counterpart for the isolated mode; and
one JSON file for each language but English. Needs node, and `npm ci` in this folder.
"""

import json
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.web.widget_files import BUILT, words_hash
from assistant.wording import DEFAULT_LANGUAGE, languages, wording
from corpus import ShownError, command_line

HERE = Path(__file__).parent
BUNDLE = ("--bundle", "--target=es2022", "--charset=utf8")
SHORTEN = (
    "--ecma",
    "2022",
    "--mangle",
    "--toplevel",
    "--compress",
    "passes=3,keep_fargs=false,unsafe_arrows,reduce_funcs=false",
)
# The name of a text in the widget, and its key in the wording.
WORDS = {
    "title": "page.title",
    "welcome": "page.welcome",
    "label": "page.input_label",
    "send": "page.send",
    "caution": "page.not_advice",
    "stores": "page.stores",
    "show": "page.show_in_article",
    "source": "page.open_source",
    "suggestions": "page.suggestions_label",
    "starters": "page.starters",
    "looking": "page.looking",
    "retry": "page.retry",
    "quote": "page.quote",
    "answer": "page.kind_answer",
    "unanswered": "page.kind_unanswered",
    "advice": "page.kind_advice",
    "urgent": "page.kind_urgent",
    "chat": "page.kind_chat",
    "unsure": "urgent.unsure",
    "open": "widget.open",
    "close": "widget.close",
    "away": "widget.away",
    "slow": "widget.slow",
    "busy": "widget.busy",
    "blocked": "widget.blocked",
}

app = typer.Typer(help="Build the widget.", add_completion=False, rich_markup_mode=None)


class BuildError(ShownError):
    """The widget cannot be built on this machine, or its sources are faulty."""


@app.command()
def build(folder: Annotated[Path, typer.Argument(help="where the files are put")] = BUILT) -> None:
    """Write the files of the widget."""
    phrases = tomllib.loads((HERE / "urgent.toml").read_text(encoding="utf-8"))
    texts = {language: words_of(language, phrases) for language in languages()}
    english = texts.pop(DEFAULT_LANGUAGE)
    files = {f"{language}.json": _json(words).encode() for language, words in texts.items()}
    constants = {
        "WORDS": english,
        "LANGUAGES": ",".join(texts),
        "WORDS_HASH": words_hash(files),
        "WIDGET_CSS": minified_css("widget.css"),
        "HOST_CSS": minified_css("page.css"),
    }
    files["widget.js"] = minified_script("main.js", {"IN_FRAME": False, **constants})
    files["frame.js"] = minified_script("main.js", {"IN_FRAME": True, **constants})
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def words_of(language: str, phrases: Mapping[str, list[str]], /) -> dict[str, str]:
    """The texts that the widget shows in a language, and the expression that finds its plainest urgent phrases."""
    text = wording(language)
    return {name: text[key] for name, key in WORDS.items()} | {"phrases": "|".join(phrases[language])}


def minified_css(name: str, /) -> str:
    """A style sheet, short, as one line."""
    return run("esbuild", name, "--minify").decode().strip()


def minified_script(name: str, constants: Mapping[str, Any], /) -> bytes:
    """A script with all that it imports, short; constants are put in by name."""
    defined = [f"--define:{key}={_json(value)}" for key, value in constants.items()]
    bundle = run("esbuild", name, *BUNDLE, "--minify-syntax", *defined)
    return run("terser", *SHORTEN, source=bundle)


def run(tool: str, /, *arguments: str, source: bytes = b"") -> bytes:
    """What a tool, of the version that package-lock.json names, puts out in this folder.

    Raises:
        BuildError: it is not there, or the file is faulty.
    """
    if not (HERE / "node_modules").exists() or shutil.which("npx") is None:
        raise BuildError(f"{tool} is not there.", remedy=f"Install node, and run `npm ci` in {HERE}.")
    command = ["npx", "--no-install", tool, *arguments]
    made = subprocess.run(command, cwd=HERE, input=source, capture_output=True, check=False)  # noqa: S603
    if made.returncode:
        raise BuildError(made.stderr.decode(), remedy="Mend the source.")
    return made.stdout


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    command_line.run(app, name="python -m assistant.web.widget")
