"""How often one address may ask, and how much is done a second whoever asks. Addresses are counted in this process's memory,
for a minute, under a keyed hash, and nowhere else.

An address is what the connection comes from, or, behind a proxy that the operator trusts, what that proxy says (uvicorn
reads `X-Forwarded-For` from the right, past the trusted ones). An IPv6 visitor owns a whole /64, so that is what counts.
"""

import math
import secrets
import time
from collections import deque
from hashlib import blake2b
from ipaddress import IPv6Address, IPv6Network, ip_address

from fastapi import Request

BURST = 5  # at once; then the rate holds
BURST_SECONDS = 3
MINUTE = 60  # seconds
UNKNOWN = "unknown"  # every connection without an address, together


class RateLimit:
    """At most so many in any minute from one address, and at most `burst` in any three seconds; 0 is no limit."""

    def __init__(self, a_minute: int, /, *, burst: int = BURST) -> None:
        self._most = a_minute
        self._windows = ((a_minute, MINUTE), (min(burst, a_minute), BURST_SECONDS)) if a_minute else ()  # counts, seconds
        self._let_through: dict[str, deque[float]] = {}  # when each was, at most `a_minute` times; who was last stands last
        self._secret = secrets.token_bytes(16)

    @property
    def is_on(self) -> bool:
        """Whether there is a limit."""
        return self._most > 0

    def wider(self, times: int, /) -> "RateLimit":
        """Another limit that lets so many times as much through."""
        return RateLimit(self._most * times, burst=BURST * times)

    def seconds_to_wait(self, address: str, /) -> int:
        """0 if the request is let through, which counts it; else whole seconds until one will be."""
        if not self.is_on:
            return 0
        now = time.monotonic()
        self._forget(now - MINUTE)
        who = blake2b(address.encode(), digest_size=16, key=self._secret).hexdigest()
        times = self._let_through.get(who) or deque(maxlen=self._most)
        wait = max((times[-count] + seconds - now for count, seconds in self._windows if len(times) >= count), default=0.0)
        if wait > 0:
            return math.ceil(wait)
        times.append(now)
        self._let_through.pop(who, None)
        self._let_through[who] = times
        return 0

    def _forget(self, before: float) -> None:
        """Drop whoever was last let through before that time."""
        while self._let_through:
            who, times = next(iter(self._let_through.items()))
            if times[-1] > before:
                break
            del self._let_through[who]


class Pace:
    """So many a second, and at most `burst` of them at once, whoever asks."""

    def __init__(self, a_second: int, /, *, burst: int) -> None:
        self._a_second = a_second
        self._burst = burst
        self._taken_until = 0.0  # by the monotonic clock

    def has_time(self) -> bool:
        """Whether there is time for one more, which takes it."""
        now = time.monotonic()
        begin = max(now, self._taken_until)
        if begin - now > self._burst / self._a_second:
            return False
        self._taken_until = begin + 1 / self._a_second
        return True


def address_of(request: Request, /) -> str:
    """Whom a request counts for.

    >>> from starlette.requests import Request
    >>> address_of(Request({"type": "http", "client": ("2001:db8::1:2:3:4", 1)}))
    '2001:db8::/64'
    """
    return address_of_host(request.client.host if request.client else "")


def address_of_host(host: str, /) -> str:
    """Whom a connection from there counts for."""
    try:
        address = ip_address(host)
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Network((int(address), 64), strict=False))
    return str(address)
