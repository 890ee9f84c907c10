"""Runs the application on several ports, as replicas would stand there: `python -m tests.replicas LOG PORT...`.

Each says in `X-Replica` who answered, and writes the head of each request that reached it to LOG, one JSON a line.
"""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import create_app
from settings import Settings


@dataclass(frozen=True, slots=True)
class Replica:
    """The application on one port."""

    app: ASGIApp
    port: int
    log: Path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-replica", str(self.port).encode())]
            await send(message)

        if scope["type"] == "http":
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            with self.log.open("a", encoding="utf-8") as log:
                log.write(json.dumps({"path": scope["path"], "headers": headers}) + "\n")
        await self.app(scope, receive, signed)


async def serve(log: Path, ports: list[int], /) -> None:
    """Serve on all of them until told to stop; the application starts and ends with the first."""
    app = create_app(Settings.from_environment())
    servers = [
        uvicorn.Server(
            uvicorn.Config(
                Replica(app, port, log),
                port=port,
                log_level="warning",
                access_log=False,
                lifespan="off" if number else "on",
                timeout_graceful_shutdown=2,
            )
        )
        for number, port in enumerate(ports)
    ]
    await asyncio.gather(*(server.serve() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
