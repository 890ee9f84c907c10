"""assistant/web/routes/copies.py: what is the same for everybody is rendered once, and the copies have a bound."""

import asyncio

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.testclient import TestClient

from assistant.web.routes.copies import Copies, Copy

PAGE = "<p>The article says é.</p>" * 100


def test_a_page_that_many_ask_for_at_once_is_made_once() -> None:
    made: list[int] = []

    async def make() -> Copy:
        made.append(1)
        await asyncio.sleep(0.01)
        return Copy.of(PAGE)

    async def ask() -> list[Copy]:
        copies = Copies()
        return await asyncio.gather(*(copies.of("page", make) for _ in range(50)))

    assert len({id(copy) for copy in asyncio.run(ask())}) == 1
    assert made == [1]


def test_copies_take_no_more_than_their_bytes_and_the_one_unused_longest_goes_first() -> None:
    made: list[str] = []

    async def ask(*keys: str) -> None:
        copies = Copies(2 * len(Copy.of("a").compressed))
        for key in keys:

            async def make(key: str = key) -> Copy:
                made.append(key)
                return Copy.of(key)

            await copies.of(key, make)

    asyncio.run(ask("a", "b", "a", "c", "a", "b"))
    assert made == ["a", "b", "c", "b"]


def test_a_page_that_cannot_be_made_is_tried_again() -> None:
    async def fail() -> Copy:
        raise ValueError("nothing to render")

    async def make() -> Copy:
        return Copy.of(PAGE)

    async def ask() -> Copy:
        copies = Copies()
        with pytest.raises(ValueError, match="nothing"):
            await copies.of("page", fail)
        return await copies.of("page", make)

    assert asyncio.run(ask()) == Copy.of(PAGE)


@pytest.mark.parametrize("encoding", ["gzip, br", "identity"])
def test_a_copy_is_the_page_for_every_browser_and_is_not_sent_twice(encoding: str) -> None:
    server = FastAPI()

    @server.get("/")
    async def page(request: Request) -> Response:
        return Copy.of(PAGE, {"Content-Language": "en"}).response(request)

    with TestClient(server, headers={"Accept-Encoding": encoding}) as client:
        first = client.get("/")
        assert first.text == PAGE
        assert first.headers.get("Content-Encoding") == ("gzip" if "gzip" in encoding else None)
        assert (first.headers["Content-Language"], first.headers["Vary"]) == ("en", "Accept-Encoding")
        again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
