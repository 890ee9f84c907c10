"""`/mcp`: the Model Context Protocol over streamable HTTP, one message a request, without sessions, read only.

The only module that imports the SDK, and only at the first message: it weighs half a second and 14 MB. Nobody who does not
use it pays for it.

A message passes what every request passes (size, time, headers, counting), then: POST only, since no stream has to stay
open; no page of a foreign site, which keeps out DNS rebinding (a browser names the page's origin on every POST, also to
a name that was rebound, while programs send none); a limit of its own, wider than that of questions; and, for a question,
the same admission as `/api/ask`. The SDK's own check of `Host` stays off: the name that a proxy passes on is not known here.

Source: https://modelcontextprotocol.io/specification, transports and security; SDK 2.3.
"""

import asyncio
import contextlib
import json
import logging
import re
import sys
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.languages.wording import DEFAULT_LANGUAGE, wording
from assistant.question import QuestionError
from assistant.web.agents.tools import INSTRUCTIONS, TOOLS, Said, Tools, answer_schema
from assistant.web.gate.admission import Admission, RefusedError
from assistant.web.gate.asked import Asked, unescaped
from assistant.web.gate.asking import answer_to
from assistant.web.gate.body import LARGEST_BODY, is_cut, read_json, replayed
from assistant.web.gate.origins import AllowedOrigins
from assistant.web.gate.rate_limit import address_of
from assistant.web.gate.responses import refusal
from assistant.web.process.live import LiveAssistant

PATH = "/mcp"
# Packages of the SDK whose __init__ would load its clients and its larger server: twice the memory.
SHELLS = ("mcp", "mcp.server", "mcp.server.lowlevel")
MESSAGE_ID = re.compile(r'"id"\s*:\s*(\d{1,15}|"[\w-]{1,64}")')


class McpEndpoint:
    """Answers at `/mcp`; what serves it is loaded at the first message. To be used from one event loop."""

    def __init__(self, live: LiveAssistant, admission: Admission, /, *, allowed: AllowedOrigins) -> None:
        self._live = live
        self._admission = admission
        self._allowed = allowed
        self._loading = asyncio.Lock()
        self._serving: asyncio.Task[None] | None = None
        self._app: ASGIApp | None = None
        self._stop = asyncio.Event()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While the server runs; what was begun ends with it."""
        try:
            yield
        finally:
            self._stop.set()
            if self._serving is not None:
                await self._serving

    async def respond(self, request: Request) -> Response:
        """The response to one message."""
        if request.method != "POST":
            no_stream = refusal(405, "Messages are sent with POST; there is no stream.", "Send a POST request.")
            no_stream.headers["Allow"] = "POST"
            return no_stream
        origin = request.headers.get("Origin")
        if origin is not None and not self._admits(origin):
            return refusal(403, "Pages of other sites cannot use this address.", "Add the site to ALLOWED_ORIGINS.")
        if (said := await self._said_to_danger(request)) is not None:
            return said
        try:
            self._admission.check_messages(f"mcp {address_of(request)}")
        except RefusedError as error:
            return await self._helped(request, error) or refusal(
                error.status, error.message, error.remedy, retry_after=error.retry_after, code=error.code
            )
        return Passed(await self._loaded(), await request.body())

    def _admits(self, origin: str) -> bool:
        public = self._live.current.public_url
        return self._allowed.admits(origin) or bool(public and f"{public}/".startswith(f"{origin}/"))

    async def _said_to_danger(self, request: Request) -> Response | None:
        """What is said to a body that is too large or no JSON: help if it tells of danger; else that it is too large."""
        if is_cut(request.scope):
            message = f"The request is larger than {LARGEST_BODY} bytes."
            error = QuestionError(message, remedy="Ask in fewer words.", code="too_long")
            return await self._helped(request, error) or refusal(413, error.message, error.remedy, code=error.code)
        try:
            await read_json(request)
        except ValueError:
            return await self._helped(request, QuestionError("This is no JSON.", remedy="Send JSON.", code="not_text"))
        return None

    async def _helped(self, request: Request, error: QuestionError | RefusedError) -> Response | None:
        """Urgent help as a tool's result, if what was sent tells of danger."""
        text = unescaped(await request.body())
        wrong = error if isinstance(error, QuestionError) else QuestionError(error.message, remedy=error.remedy, code="busy")
        asked = Asked((), None, DEFAULT_LANGUAGE, text, wrong)
        try:
            answer, _ = await answer_to(asked, self._live.current, self._admission, address=address_of(request))
        except (QuestionError, RefusedError):
            return None
        return result_of(answer, text)

    async def _loaded(self) -> ASGIApp:
        async with self._loading:
            if self._app is None:
                manager = await run_in_threadpool(_manager, Tools(self._live, self._admission), self._live.current)
                ready = asyncio.Event()

                async def serve() -> None:
                    async with manager.run():
                        ready.set()
                        await self._stop.wait()

                self._serving = asyncio.create_task(serve())
                await ready.wait()
                self._app = manager.handle_request
            return self._app


class Passed(Response):
    """A response that another application sends; it is given the body, which was read before."""

    def __init__(self, app: ASGIApp, sent: bytes, /) -> None:
        super().__init__()
        self._app = app
        self._sent = sent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it send."""
        await self._app(scope, replayed(self._sent, receive), send)


def result_of(answer: Answer, message: str, /) -> Response:
    """An answer as the result of a tool, without the SDK; `message` is what was sent, or what came of it."""
    id_, text = MESSAGE_ID.search(message), answer.as_json()
    content = {"content": [{"type": "text", "text": text}], "structuredContent": json.loads(text)}
    result = {"jsonrpc": "2.0", "id": json.loads(id_[1]) if id_ else None, "result": content}
    return Response(json.dumps(result, ensure_ascii=False), media_type="application/json")


def mcp_routes(endpoint: McpEndpoint, /) -> APIRouter:
    """The route."""
    router = APIRouter()
    router.add_api_route(PATH, endpoint.respond, methods=["GET", "POST", "DELETE"], include_in_schema=False)
    return router


def _manager(tools: Tools, served: Assistant, /) -> Any:
    """The SDK's server over the tools, and what brings it HTTP: JSON responses, no session, no stream."""
    # Of what is wrong with a message it logs parts, which may be somebody's words.
    logging.getLogger("mcp").setLevel(logging.CRITICAL + 1)
    with _without_its_clients():
        import mcp_types as types  # noqa: PLC0415
        from mcp.server.lowlevel.server import Server  # noqa: PLC0415
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager  # noqa: PLC0415

    read_only = types.ToolAnnotations(readOnlyHint=True, destructiveHint=False, idempotentHint=True, openWorldHint=False)
    offered = [
        types.Tool(
            name=tool.name,
            title=tool.title,
            description=tool.description,
            inputSchema=tool.input_schema,
            outputSchema=answer_schema() if tool.name == "ask" else None,
            annotations=read_only,
        )
        for tool in TOOLS
    ]

    async def list_tools(_context: Any, _params: Any) -> Any:
        return types.ListToolsResult(tools=offered)

    async def call_tool(context: Any, params: Any) -> Any:
        said: Said = await tools.call(params.name, params.arguments or {}, address=address_of(context.request))
        content = [types.TextContent(text=said.text)]
        return types.CallToolResult(content=content, structuredContent=said.value, isError=said.is_error)

    server = Server(
        "rls-assistant",
        version=served.version.name,
        title=wording(DEFAULT_LANGUAGE, served.site)["page.title"],
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
    return StreamableHTTPSessionManager(server, json_response=True, stateless=True, max_request_body_size=LARGEST_BODY)


@contextlib.contextmanager
def _without_its_clients() -> Iterator[None]:
    """While the SDK's server is imported: its packages are empty shells, so that nothing else of it is loaded.

    Afterwards the shells are gone: whoever imports the SDK as usual gets all of it.
    """
    made = []
    for name in SHELLS:
        if name not in sys.modules:
            spec = find_spec(name) if "." not in name else None
            shell = ModuleType(name)
            parent, _, last = name.rpartition(".")
            places = (
                spec.submodule_search_locations if spec else [f"{place}/{last}" for place in sys.modules[parent].__path__]
            )
            shell.__path__ = list(places or [])
            sys.modules[name] = shell
            made.append(name)
    try:
        yield
    finally:
        for name in made:
            del sys.modules[name]
