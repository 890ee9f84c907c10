"""The widget's addresses: its script as a line of HTML and as a module, what that loads later, its words, its declarations.

The built files are read once; each stands at an address with its hash in it, beside the one that always has the newest.
"""

import base64
import hashlib
import importlib.resources
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.languages.starters import offered_among
from assistant.languages.wording import DEFAULT_LANGUAGE, languages, unfilled, wording
from assistant.triage.urgent import ANYWHERE
from assistant.web.routes.words import help_in_sight

WEB = Path(str(importlib.resources.files("assistant.web")))
BUILT = WEB / "static" / "widget"
TOKENS = WEB / "static" / "tokens.css"
DECLARATIONS = WEB / "widget" / "widget.d.ts"
ABOUT_THE_SITE = ("page.title",)
HASH_LENGTH = 12  # hexadecimal digits
JAVASCRIPT = "text/javascript; charset=utf-8"
SHORTLY = "public, max-age=300, stale-while-revalidate=86400"
FOREVER = "public, max-age=31536000, immutable"
# Any site may load the files; which site may read answers is decided by CORS, whose header differs by origin.
EMBEDDED = {"Cross-Origin-Resource-Policy": "cross-origin", "Vary": "Origin"}


@dataclass(frozen=True)
class WidgetFiles:
    """What is served at addresses of its own: the script, and the JSON file of each language by its code."""

    script: bytes
    more: bytes  # what it loads when it has a use for it
    module: bytes  # both, as an ES module
    frame: bytes  # the script of the isolated mode
    words: Mapping[str, bytes]

    @classmethod
    def read(cls, folder: Path = BUILT, /) -> "WidgetFiles":
        """The files that the build put into a folder."""
        words = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.json"))}
        script, more, module, frame = (
            (folder / name).read_bytes() for name in ("widget.js", "more.js", "widget.mjs", "frame.js")
        )
        return cls(script, more, module, frame, words)

    def telling(
        self, *, is_counting: bool, region: str = ANYWHERE, site: str = "", questions: frozenset[str] = frozenset()
    ) -> "WidgetFiles":
        """The same files with what this server knows: whom to call, whether it counts subjects, what its articles are about,
        and the other languages' wordings of the questions that they offer.

        All languages with the lines of one region, put in here, are smaller than the lines of all regions in each file.
        """
        said = {language: _said(language, is_counting=is_counting, region=region, site=site) for language in languages()}
        words = {
            language: _with(_telling(content, said[language]), offered_among(questions, language))
            for language, content in self.words.items()
        }
        hashes = {self.words_hash.encode(): replace(self, words=words).words_hash.encode()}
        script, module, frame = (
            _telling(_telling(each, said[DEFAULT_LANGUAGE]), hashes) for each in (self.script, self.module, self.frame)
        )
        return replace(self, script=script, module=module, frame=frame, words=words)

    @cached_property
    def script_hash(self) -> str:
        """The hash in the address of this very script."""
        return content_hash(self.script)

    @cached_property
    def more_hash(self) -> str:
        """The hash in the address of what it loads later."""
        return content_hash(self.more)

    @cached_property
    def words_hash(self) -> str:
        """The hash in the addresses of these very words."""
        return words_hash({f"{language}.json": content for language, content in self.words.items()})

    @cached_property
    def integrity(self) -> str:
        """The script's hash in the form of Subresource Integrity."""
        return f"sha384-{base64.b64encode(hashlib.sha384(self.script).digest()).decode()}"


def widget_routes(files: Callable[[], WidgetFiles], /) -> APIRouter:
    """The routes; `files` says what is served at the moment."""
    router = APIRouter()

    @router.get("/widget.js", include_in_schema=False)
    async def current_script(request: Request) -> Response:
        """The newest script, for sites that want updates without a new line."""
        built = files()
        tag = f'W/"{built.script_hash}"'
        headers = {"Cache-Control": SHORTLY, "ETag": tag, **EMBEDDED}
        if tag in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        return Response(built.script, media_type=JAVASCRIPT, headers=headers)

    @router.get("/widget.mjs", include_in_schema=False)
    async def module() -> Response:
        """The newest script as an ES module; nothing stands on a page until it mounts it."""
        return Response(files().module, media_type=JAVASCRIPT, headers={"Cache-Control": SHORTLY, **EMBEDDED})

    @router.get("/widget-more-{more_hash}.js", include_in_schema=False)
    async def more(more_hash: str) -> Response:
        """What a script loads later. One of another version gets the present one, which knows the same functions."""
        caching = FOREVER if more_hash == files().more_hash else "no-cache"
        return Response(files().more, media_type=JAVASCRIPT, headers={"Cache-Control": caching, **EMBEDDED})

    @router.get("/widget-{script_hash}.js", include_in_schema=False)
    async def one_script(script_hash: str) -> Response:
        """The script with this very hash, or nothing."""
        built = files()
        if script_hash != built.script_hash:
            return Response("There is no such version of the widget.", status_code=404, media_type="text/plain")
        return Response(built.script, media_type=JAVASCRIPT, headers={"Cache-Control": FOREVER, **EMBEDDED})

    @router.get("/widget-{language}-{words_hash}.json", include_in_schema=False)
    async def words(language: str, words_hash: str) -> Response:
        """The widget's words in a language. A script of another version gets the present ones, which it can use."""
        built = files()
        if language not in built.words:
            return Response("There are no words in this language.", status_code=404, media_type="text/plain")
        caching = FOREVER if words_hash == built.words_hash else "no-cache"
        return Response(built.words[language], media_type="application/json", headers={"Cache-Control": caching, **EMBEDDED})

    @router.get("/widget.d.ts", include_in_schema=False)
    async def declarations() -> Response:
        """TypeScript declarations of `window.RLSAssistant` and its events."""
        return Response(DECLARATIONS.read_bytes(), media_type="text/plain; charset=utf-8")

    return router


def colours() -> dict[str, tuple[str, str]]:
    """The colours of tokens.css by name: of the light theme and of the dark one."""
    found = re.findall(r"--([\w-]+): light-dark\((\S+), (\S+)\);", TOKENS.read_text(encoding="utf-8"))
    return {name: (light, dark) for name, light, dark in found}


def content_hash(content: bytes, /) -> str:
    """The hash in the address of a file."""
    return hashlib.sha256(content).hexdigest()[:HASH_LENGTH]


def words_hash(files: Mapping[str, bytes], /) -> str:
    """One hash of all languages' files by name: the widget, which names it, then needs to know one only."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name] + b"\0")
    return digest.hexdigest()[:HASH_LENGTH]


def _said(language: str, *, is_counting: bool, region: str, site: str) -> dict[bytes, bytes]:
    """What is built in, and what this server says in its place. Both stand in quotation marks, as in JSON and scripts."""
    text, built_in_texts = wording(language, site), unfilled(language)
    stores = text["page.stores"]
    said = {help_in_sight(ANYWHERE, language).as_text: help_in_sight(region, language).as_text}
    said |= {built_in_texts[key]: text[key] for key in ABOUT_THE_SITE}
    if is_counting:
        said[stores] = f"{stores} {text['privacy.gaps']}"
    return {_quoted(built_in): _quoted(own) for built_in, own in said.items()}


def _quoted(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode()


def _with(content: bytes, texts: Mapping[str, str]) -> bytes:
    """A JSON object with more texts, as the build writes it."""
    return json.dumps({**json.loads(content), **texts}, ensure_ascii=False, separators=(",", ":")).encode()


def _telling(content: bytes, said: Mapping[bytes, bytes]) -> bytes:
    for built_in, own in said.items():
        content = content.replace(built_in, own)
    return content
