"""What a server without the page loads, and how much memory it holds: regressions that no answer shows."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from settings import PROJECT

# Another one costs every start and every server: add it here with a reason.
PACKAGES = frozenset(
    "annotated_doc annotated_types anyio cachetools click dotenv faiss fastapi filelock httptools idna jinja2 "
    "markupsafe numpy onnxruntime opentelemetry orjson packaging prometheus_client py3langid pydantic pydantic_core "
    "pydantic_settings python_multipart rapidfuzz re2 sentencex starlette symspellpy tokenizers tqdm "
    "typing_extensions typing_inspection uvicorn uvloop".split()
)
MOST_MEGABYTES = 400  # it was 358 on 2026-11-30: 57 for recognising languages, 13 for English words, rules for sixteen
SERVED = """
import asyncio, json, sys
from pathlib import Path
import app
from settings import Settings

server = app.create_app(Settings())

async def ask():
    body = json.dumps({"turns": ["How is iron linked to dopamine?"]}).encode()
    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/api/ask", "headers": headers, "query_string": b""}
    sent = []

    async def receive():
        return {"type": "http.request", "body": body}

    async def send(message):
        sent.append(message)

    await server(scope | {"http_version": "1.1", "scheme": "http", "root_path": "", "client": None, "server": None},
                 receive, send)
    return json.loads(b"".join(message.get("body", b"") for message in sent))["kind"]

kind = asyncio.run(ask())
files = {name.split(".")[0]: getattr(module, "__file__", None) or "" for name, module in list(sys.modules.items())}
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(json.dumps({
    "kind": kind,
    "packages": sorted(name for name, file in files.items() if "site-packages" in file),
    "megabytes": int(status["VmRSS"].split()[0]) // 1024,
}))
"""


@pytest.fixture(scope="module")
def served(real_index: Path) -> dict[str, object]:
    """One question asked of a server without the page, in a process of its own."""
    environment = os.environ | {"INDEX_DIR": str(real_index), "PAGE": "off"}
    ended = subprocess.run([sys.executable, "-c", SERVED], cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    found: dict[str, object] = json.loads(ended.stdout.splitlines()[-1])
    assert found["kind"] == "answer"
    return found


def test_without_the_page_only_what_answers_and_serves_is_loaded(served: dict[str, object]) -> None:
    packages = served["packages"]
    assert isinstance(packages, list)
    assert {str(name) for name in packages if not str(name).startswith("_")} - PACKAGES == set()


def test_a_server_without_the_page_holds_no_more_memory_than_it_may(served: dict[str, object]) -> None:
    megabytes = served["megabytes"]
    assert isinstance(megabytes, int)
    assert megabytes <= MOST_MEGABYTES


def test_the_page_is_imported_without_pandas_and_leaves_no_stand_in() -> None:
    program = """
import inspect, sys
import app
getfile = inspect.getfile
with app._light_import():
    import assistant.web.routes.chat
assert inspect.getfile is getfile
print([name for name in sys.modules if name.split(".")[0] == "pandas"])
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, "[]\n"), ended.stderr


MOST_MEGABYTES_OF_MCP = 15
WITH_MCP = """
import json, re, sys
from pathlib import Path
from fastapi.testclient import TestClient
import app
from settings import Settings

def megabytes():
    return int(re.findall(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[0]) / 1024

def of_the_sdk():
    return [name for name in sys.modules if name.partition(".")[0] in {"mcp", "mcp_types", "sse_starlette", "jwt"}]

headers = {"Accept": "application/json, text/event-stream"}
with TestClient(app.create_app(Settings(_env_file=None)), headers=headers) as client:
    client.post("/api/ask", json={"turns": ["How is iron linked to dopamine?"]})
    loaded, before = of_the_sdk(), megabytes()
    arguments = {"question": "How is iron linked to dopamine?"}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": arguments}}
    for version in ("2025-06-18", "2025-11-25"):
        said = client.post("/mcp", json=call, headers={"MCP-Protocol-Version": version})
    print(json.dumps([loaded, megabytes() - before, said.json()["result"]["structuredContent"]["kind"]]))
"""


def test_the_sdk_of_mcp_is_loaded_when_it_is_used_and_takes_no_more_memory_than_it_may(real_index: Path) -> None:
    environment = os.environ | {"INDEX_DIR": str(real_index), "PAGE": "off", "RATE_LIMIT": "0"}
    ended = subprocess.run([sys.executable, "-c", WITH_MCP], cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    loaded, more, kind = json.loads(ended.stdout.splitlines()[-1])
    assert (loaded, kind) == ([], "answer")
    assert more <= MOST_MEGABYTES_OF_MCP
