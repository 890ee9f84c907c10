"""What visitors get: asked of PUBLIC_URL over the network, through whatever stands before the server.

Each check yields what may be wrong, in the order in which it matters, and last that all is well: the first one counts.
"""

import json
import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from assistant.doctor import Finding, Status

SECONDS_TO_WAIT = 10
LARGEST_BODY = 32 * 1024  # bytes; what is larger must be refused
LARGEST_READ = 2**20  # bytes of a response
CLOCK_TOLERANCE = timedelta(minutes=1)
OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}
STRANGER = "https://rls-doctor.invalid"
NEEDED_HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy")
# `/openapi.json`, `/config` and `/gradio_api/info` are the assistant's own: programs ask by them.
CLOSED = ("/metrics", "/monitoring", "/gradio_api/openapi.json", "/gradio_api/config", "/gradio_api/app_id")
REFUSED = {403, 404, 405}
OK, WARN, FAIL = Status

Told = Iterator[tuple[Status, str, str]]  # status, message, remedy


def examine_public_address(url: str, /, *, allowed_origins: str, published: str) -> Iterator[Finding]:
    """Every check through the public address; `published` is the version that should be served, or empty."""
    url, scheme = url.rstrip("/"), urlsplit(url).scheme
    if scheme not in {"http", "https"}:
        message, remedy = (
            "PUBLIC_URL is not set, so nothing was checked from outside.",
            "Set it to the address that visitors see.",
        )
        yield Finding("public url", WARN, message, remedy)
        return
    origins = [origin for origin in re.split(r"[\s,]+", allowed_origins.lower()) if origin]
    trusted = ssl.create_default_context()  # by this machine, as a visitor's browser does
    try:
        with httpx.Client(base_url=url, verify=trusted, timeout=SECONDS_TO_WAIT) as client:  # follows no redirect
            ready, body = _sent(client, "GET", "/readyz")
            yield Finding("public url", *next(_reached(url, ready, body, published)))
            if ready.status_code == 200:
                yield Finding("headers", *next(_headers(client, is_encrypted=scheme == "https")))
                yield Finding("surface", *next(_surface(client)))
                yield Finding("bodies", *next(_body_limit(client)))
                yield Finding("origins", *next(_origins(client, origins)))
                yield Finding("their clock", *next(_clock(ready, now=datetime.now(UTC))))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        yield Finding(
            "public url", FAIL, f"{url} does not answer: {error}.", "Look at the name, the certificate and the proxy."
        )


def _sent(client: httpx.Client, method: str, path: str, /, **sent: Any) -> tuple[httpx.Response, bytes]:
    """The response to a request below the address, and the beginning of its body."""
    with client.stream(method, path, **sent) as response:
        return response, next(response.iter_bytes(LARGEST_READ), b"")


def _reached(url: str, ready: httpx.Response, body: bytes, published: str) -> Told:
    if ready.status_code != 200:
        remedy = "Look at the server's log, and whether the proxy passes requests on to it."
        yield FAIL, f"{url}/readyz answered {ready.status_code}, not 200.", remedy
    try:
        served = str(json.loads(body)["index_version"])
    except (ValueError, KeyError, TypeError):
        yield FAIL, f"what answers at {url} is not the assistant.", "Correct PUBLIC_URL or the proxy."
        return
    if published and served != published:
        remedy = "Does the server read this INDEX_DIR? Its log and /readyz say why it does not take over a version."
        yield FAIL, f"{url} serves version {served}; {published} is published here.", remedy
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in OWN_MACHINE:
        yield FAIL, "questions about health travel unencrypted.", "Serve by https: deploy/nginx.conf.template shows how."
    yield OK, f"{url} serves version {served}.", ""


def _headers(client: httpx.Client, *, is_encrypted: bool) -> Told:
    page, _ = _sent(client, "GET", "/")
    if missing := ", ".join(name for name in NEEDED_HEADERS if name not in page.headers):
        yield FAIL, f"the page comes without {missing}.", "The proxy must pass the server's headers on."
    if is_encrypted and "Strict-Transport-Security" not in page.headers:
        remedy = "Let the proxy add it: deploy/nginx.conf.template shows how."
        yield WARN, "the page comes without Strict-Transport-Security.", remedy
    yield OK, "the page comes with its security headers.", ""


def _surface(client: httpx.Client) -> Told:
    statuses = {path: _sent(client, "GET", path)[0].status_code for path in CLOSED}
    if is_open := ", ".join(f"{path} ({status})" for path, status in statuses.items() if status not in REFUSED):
        yield FAIL, f"should be closed and is not: {is_open}.", "Only the assistant may answer there."
    yield OK, "metrics, descriptions and monitoring are closed.", ""


def _body_limit(client: httpx.Client) -> Told:
    response, _ = _sent(client, "POST", "/api/ask", content=b" " * (LARGEST_BODY + 1))
    if response.status_code != 413:
        remedy = "Let the proxy pass it to the assistant, or refuse it: `client_max_body_size 32k`."
        yield FAIL, f"a body over 32 KB was answered with {response.status_code}, not refused with 413.", remedy
    yield OK, "over 32 KB are refused.", ""


def _origins(client: httpx.Client, origins: list[str]) -> Told:
    def admitted(origin: str) -> httpx.Headers:
        headers = {"Origin": origin, "Content-Type": "text/plain"}
        return _sent(client, "POST", "/api/ask", headers=headers)[0].headers

    stranger, no_proxy_headers = admitted(STRANGER), "The proxy must not add CORS headers."
    if "Access-Control-Allow-Credentials" in stranger:
        yield FAIL, "credentials of other sites' visitors are asked for.", no_proxy_headers
    if "*" in origins:
        yield WARN, "any site may embed the assistant (ALLOWED_ORIGINS=*).", "List the sites, unless you mean it."
    if "Access-Control-Allow-Origin" in stranger and "*" not in origins:
        yield FAIL, f"a site that is not listed ({STRANGER}) is let in.", no_proxy_headers
    sites = [origin for origin in origins if origin != "localhost"]
    for site in sites:
        if admitted(site).get("Access-Control-Allow-Origin") != site:
            remedy = "Restart the server with the same setting, and let the proxy pass Origin on."
            yield FAIL, f"{site} is in ALLOWED_ORIGINS here and is not let in there.", remedy
    yield OK, f"let in: {', '.join(sites) or 'no other site'}; strangers are not.", ""


def _clock(ready: httpx.Response, *, now: datetime) -> Told:
    try:
        theirs = parsedate_to_datetime(ready.headers["Date"])
    except (KeyError, ValueError):
        yield WARN, "the response has no date.", "Let the proxy send the Date header."
        return
    if abs(theirs - now) > CLOCK_TOLERANCE:
        remedy = "Set the clock that is wrong: `timedatectl set-ntp true`."
        yield WARN, f"it is {theirs:%Y-%m-%d %H:%M} UTC there and {now:%Y-%m-%d %H:%M} here.", remedy
    yield OK, "agrees with this one.", ""
