"""What visitors get: asked of PUBLIC_URL over the network, through whatever stands before the server."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from assistant.doctor.finding import Finding, Status

SECONDS_TO_WAIT = 10
LARGEST_BODY = 32 * 1024  # bytes; what is larger must be refused
LARGEST_READ = 2**20  # bytes of a response
CLOCK_TOLERANCE = timedelta(minutes=1)
OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}
STRANGER = "https://rls-doctor.invalid"
NEEDED_HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy")
CLOSED = ("/metrics", "/openapi.json", "/monitoring", "/gradio_api/openapi.json", "/gradio_api/info", "/config")
REFUSED = {403, 404, 405}


@dataclass(frozen=True, slots=True)
class Response:
    """A response, whatever its status."""

    status: int
    headers: Message
    body: bytes


class _NotFollowing(HTTPRedirectHandler):
    """A redirect is a response like any other: what is asked about is this address."""

    def redirect_request(self, *_: object) -> None:
        """Do not follow."""


class PublicAddress:
    """One deployment, as the network sees it."""

    def __init__(self, url: str, /) -> None:
        self.url = url.rstrip("/")
        self._opener = build_opener(_NotFollowing)

    def get(self, path: str, /) -> Response:
        """GET a path below the address."""
        return self.send("GET", path)

    def send(
        self, method: str, path: str, /, *, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Response:
        """Send a request.

        Raises:
            OSError, HTTPException: nobody answered, or not in HTTP.
        """
        request = Request(f"{self.url}{path}", data=body, headers=headers or {}, method=method)  # noqa: S310  checked below
        try:
            with self._opener.open(request, timeout=SECONDS_TO_WAIT) as answer:
                return Response(answer.status, answer.headers, answer.read(LARGEST_READ))
        except HTTPError as answer:
            with answer:
                return Response(answer.code, answer.headers, answer.read(LARGEST_READ))


def examine_public_address(url: str, /, *, allowed_origins: str, published: str) -> Iterator[Finding]:
    """Every check through the public address; `published` is the version that should be served, or empty."""
    if urlsplit(url).scheme not in {"http", "https"}:
        yield Finding(
            "public url",
            Status.WARN,
            "PUBLIC_URL is not set, so nothing was checked from outside.",
            "Set it to the address that visitors see.",
        )
        return
    deployment = PublicAddress(url)
    try:
        ready = deployment.get("/readyz")
        yield _reached(deployment, ready, published)
        if ready.status == 200:
            yield _headers(deployment)
            yield _surface(deployment)
            yield _body_limit(deployment)
            yield _origins(deployment, [origin for origin in re.split(r"[\s,]+", allowed_origins.lower()) if origin])
            yield _clock(ready, now=datetime.now(UTC))
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        yield Finding(
            "public url",
            Status.FAIL,
            f"{url} does not answer: {reason}.",
            "Look at the name, the certificate and the proxy.",
        )


def _reached(deployment: PublicAddress, ready: Response, published: str) -> Finding:
    if ready.status != 200:
        return Finding(
            "public url",
            Status.FAIL,
            f"{deployment.url}/readyz answered {ready.status}, not 200.",
            "Look at the server's log, and whether the proxy passes requests on to it.",
        )
    try:
        served = str(json.loads(ready.body)["index_version"])
    except (ValueError, KeyError, TypeError):
        return Finding(
            "public url",
            Status.FAIL,
            f"what answers at {deployment.url} is not the assistant.",
            "Mend PUBLIC_URL or the proxy.",
        )
    if published and served != published:
        return Finding(
            "public url",
            Status.FAIL,
            f"{deployment.url} serves version {served}; {published} is published here.",
            "Does the server read this INDEX_DIR? Its log and /readyz say why a version is not taken over.",
        )
    address = urlsplit(deployment.url)
    if address.scheme != "https" and address.hostname not in OWN_MACHINE:
        return Finding(
            "public url",
            Status.FAIL,
            "questions about health travel unencrypted.",
            "Serve by https: deploy/nginx.conf.template shows how.",
        )
    return Finding("public url", Status.OK, f"{deployment.url} serves version {served}.")


def _headers(deployment: PublicAddress) -> Finding:
    found = deployment.get("/").headers
    missing = [name for name in NEEDED_HEADERS if name not in found]
    if missing:
        return Finding(
            "headers",
            Status.FAIL,
            f"the page comes without {', '.join(missing)}.",
            "The proxy must pass the server's headers on.",
        )
    if urlsplit(deployment.url).scheme == "https" and "Strict-Transport-Security" not in found:
        return Finding(
            "headers",
            Status.WARN,
            "the page comes without Strict-Transport-Security.",
            "Let the proxy add it: deploy/nginx.conf.template shows how.",
        )
    return Finding("headers", Status.OK, "the page comes with its security headers.")


def _surface(deployment: PublicAddress) -> Finding:
    statuses = {path: deployment.get(path).status for path in CLOSED}
    if is_open := [f"{path} ({status})" for path, status in statuses.items() if status not in REFUSED]:
        return Finding(
            "surface",
            Status.FAIL,
            f"should be closed and is not: {', '.join(is_open)}.",
            "Only the assistant may answer there.",
        )
    return Finding("surface", Status.OK, "metrics, descriptions and monitoring are closed.")


def _body_limit(deployment: PublicAddress) -> Finding:
    status = deployment.send("POST", "/api/ask", body=b" " * (LARGEST_BODY + 1)).status
    if status != 413:
        return Finding(
            "bodies",
            Status.FAIL,
            f"a body over 32 KB was answered with {status}, not refused with 413.",
            "Let the proxy pass it to the assistant, or refuse it: `client_max_body_size 32k`.",
        )
    return Finding("bodies", Status.OK, "over 32 KB are refused.")


def _origins(deployment: PublicAddress, origins: list[str]) -> Finding:
    def admitted(origin: str) -> Message:
        headers = {"Origin": origin, "Content-Type": "text/plain"}
        return deployment.send("POST", "/api/ask", body=b"", headers=headers).headers

    stranger = admitted(STRANGER)
    if "Access-Control-Allow-Credentials" in stranger:
        return Finding(
            "origins",
            Status.FAIL,
            "credentials of other sites' visitors are asked for.",
            "The proxy must not add CORS headers.",
        )
    if "*" in origins:
        return Finding(
            "origins",
            Status.WARN,
            "any site may embed the assistant (ALLOWED_ORIGINS=*).",
            "List the sites, unless you mean it.",
        )
    if "Access-Control-Allow-Origin" in stranger:
        return Finding(
            "origins",
            Status.FAIL,
            f"a site that is not listed ({STRANGER}) is let in.",
            "The proxy must not add CORS headers.",
        )
    sites = [origin for origin in origins if origin != "localhost"]
    for site in sites:
        if admitted(site).get("Access-Control-Allow-Origin") != site:
            return Finding(
                "origins",
                Status.FAIL,
                f"{site} is in ALLOWED_ORIGINS here and is not let in there.",
                "Restart the server with the same setting, and let the proxy pass Origin on.",
            )
    return Finding("origins", Status.OK, f"let in: {', '.join(sites) or 'no other site'}; strangers are not.")


def _clock(ready: Response, *, now: datetime) -> Finding:
    try:
        theirs = parsedate_to_datetime(ready.headers["Date"])
    except (TypeError, ValueError):
        return Finding("their clock", Status.WARN, "the response has no date.", "Let the proxy send the Date header.")
    if abs(theirs - now) > CLOCK_TOLERANCE:
        return Finding(
            "their clock",
            Status.WARN,
            f"it is {theirs:%Y-%m-%d %H:%M} UTC there and {now:%Y-%m-%d %H:%M} here.",
            "Set the clock that is wrong: `timedatectl set-ntp true`.",
        )
    return Finding("their clock", Status.OK, "agrees with this one.")
