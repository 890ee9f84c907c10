"""`python -m assistant.web.widget`: builds the scripts of widget and page out of their sources and the assistant's wording.

Flows in: the sources of this folder, those of the page and of both in `static/`, the files of `assistant/languages/`. Flows
out, to `assistant/web/static/widget/`, where it is committed: `widget.js`; `more.js`, which that loads when it has a use
for it; `widget.mjs`, both as an ES module; `frame.js`, their counterpart for the isolated mode; `page.js`, the script of the
page at `/`; and one JSON file for each language but English. Needs node, and `npm ci` in this folder.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from assistant.answer import Kind
from assistant.languages.wording import DEFAULT_LANGUAGE, languages, unfilled
from assistant.web.routes.widget import BUILT, colours, content_hash, words_hash
from assistant.web.routes.words import CONVERSATION, words_of
from corpus import ShownError, command_line

HERE = Path(__file__).parent
BUNDLE = ("--bundle", "--target=es2022", "--charset=utf8")
SHORTEN = (
    "--ecma",
    "2022",
    "--mangle",
    "--toplevel",
    "--compress",
    "passes=3,keep_fargs=false,unsafe_arrows,reduce_funcs=false,unsafe",
)
# What only our own scripts call by name, and may call by a shorter one.
OWN_NAMES = (
    *("captions", "arranged", "spoken", "problem", "report", "cite", "post"),
    *("settled", "begun", "framed", "cannot", "offer", "box"),
)
# Beside those of every conversation: the name of a text in the widget, and its key in the wording.
WORDS = {name: key for name, key in CONVERSATION.items() if name != Kind.CHAT} | {  # small talk needs no label
    "direction": "direction",
    "title": "page.title",
    "disclosure": "page.disclosure",
    "label": "page.input_label",
    "send": "page.send",
    "brief": "page.brief",
    "stores": "page.stores",
    "starters": "page.starters",
    "open": "widget.open",
    "close": "widget.close",
    "blocked": "widget.blocked",
    "all": "widget.all",
}

# Beside those in every other language: what is said of quotes that are English.
ELSEWHERE = {"translate": "page.translate"}

PAGE = "../static/chat/main.js"  # the page's script, in one piece: on a slow network each file more is a wait more

app = typer.Typer(help="Build the widget.", add_completion=False, rich_markup_mode=None)


class BuildError(ShownError):
    """The widget cannot be built on this machine, or its sources are faulty."""


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(help="where the files are put")] = BUILT,
    package: Annotated[Path | None, typer.Option(help="put the npm package together in this folder, too")] = None,
) -> None:
    """Write the files of the widget."""
    texts = {language: widget_words(language) for language in languages()}
    english = texts.pop(DEFAULT_LANGUAGE)
    files = {f"{language}.json": _json(words).encode() for language, words in texts.items()}
    constants = {
        "WORDS": english,
        "LANGUAGES": f"^({'|'.join(sorted(texts, reverse=True))})",  # the script of "hi-Latn" before its language
        "WORDS_HASH": words_hash(files),
        "WIDGET_CSS": minified_css("widget.css"),
        "HOST_CSS": minified_css("page.css"),
        "ACCENT_CSS": minified_css("accent.css"),
        "PEEK_CSS": minified_css("peek.css"),
        "FRAME_CSS": minified_css("frame.css"),
        "IN_FRAME": False,
        "IS_WHOLE": False,
    }
    with TemporaryDirectory() as temporary:
        names = Path(temporary) / "names.json"  # both files call each other by the same short names
        files["more.js"] = minified_script("more.js", constants, names=names, is_module=True)
        constants["MORE_HASH"] = content_hash(files["more.js"])
        files["widget.js"] = minified_script("main.js", constants, names=names)
        files["frame.js"] = minified_script("in_frame.js", constants | {"IN_FRAME": True}, names=names)
        files["widget.mjs"] = minified_script("module.js", constants | {"IS_WHOLE": True}, names=names, is_module=True)
    files["page.js"] = minified_script(PAGE, {})
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    if package:
        put_together(package, files)


def put_together(folder: Path, files: Mapping[str, bytes], /) -> None:
    """The npm package: the files as they are served, types, and what makes a React component of them."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in (*(HERE / "package").glob("*.*"), HERE / "widget.d.ts"):
        shutil.copy(source, folder)
    for name in ("widget.js", "widget.mjs"):
        (folder / name).write_bytes(files[name])


def widget_words(language: str, /) -> dict[str, str]:
    """What is built in. Whom to call is what helps anywhere; a server puts in what it knows (`WidgetFiles.telling`)."""
    names = WORDS if language == DEFAULT_LANGUAGE else WORDS | ELSEWHERE
    return words_of(unfilled(language), names, language=language, phrases_of=(language,))


def minified_css(name: str, /) -> str:
    """A style sheet, short, as one line. `light(--ink)` and `dark(--ink)` are the colours of a token; custom properties keep
    their first letters."""
    pairs = colours()

    def colour(match: re.Match[str]) -> str:
        light, dark = pairs[match[2]]
        return light if match[1] == "light" else dark

    css = re.sub(r"(light|dark)\(--([\w-]+)\)", colour, (HERE / name).read_text(encoding="utf-8"))
    css = re.sub(r"--([a-z])[a-z]+", r"--\1", css)
    return run("esbuild", "--loader=css", "--minify", source=css.encode()).decode().strip()


def minified_script(
    name: str, constants: Mapping[str, Any], /, *, names: Path | None = None, is_module: bool = False
) -> bytes:
    """A script, or a module, with all that it imports, short; constants are put in by name. `names` keeps those
    of OWN_NAMES."""
    defined = [f"--define:{key}={_json(value)}" for key, value in constants.items()]
    bundle = run("esbuild", name, *BUNDLE, "--minify-syntax", f"--format={'esm' if is_module else 'iife'}", *defined)
    own = () if names is None else ("--mangle-props", f"regex=/^({'|'.join(OWN_NAMES)})$/", "--name-cache", str(names))
    return run("terser", *SHORTEN, *own, *(["--module"] if is_module else []), source=bundle)


def run(tool: str, /, *arguments: str, source: bytes = b"") -> bytes:
    """The output of a tool, run in this folder in the version that package-lock.json names.

    Raises:
        BuildError: the tool is not installed, or a source is faulty.
    """
    if not (HERE / "node_modules").exists() or shutil.which("npx") is None:
        raise BuildError(f"{tool} is not installed.", remedy=f"Install node, and run `npm ci` in {HERE}.")
    command = ["npx", "--no-install", tool, *arguments]
    made = subprocess.run(command, cwd=HERE, input=source, capture_output=True, check=False)  # noqa: S603
    if made.returncode:
        raise BuildError(made.stderr.decode(), remedy="Correct the line of the source that it names.")
    return made.stdout


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    command_line.run(app, name="python -m assistant.web.widget")
