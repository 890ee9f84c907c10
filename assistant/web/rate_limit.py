"""How often one address may ask. Counted in this process's memory, for a minute, under a keyed hash, and nowhere else.

An address is what the connection comes from, or, behind a proxy that the operator trusts, what that proxy says (uvicorn
reads `X-Forwarded-For` from the right, past the trusted ones). An IPv6 visitor owns a whole /64, so that is what counts.
"""

import math
import secrets
import time
from hashlib import blake2b
from ipaddress import IPv6Address, IPv6Network, ip_address

from fastapi import Request
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

BURST = 5  # at once; then the rate holds
BURST_SECONDS = 3
MINUTE = 60  # seconds
UNKNOWN = "unknown"  # every connection without an address, together


class RateLimit:
    """At most so many in any minute from one address, and at most `BURST` in any three seconds; 0 is no limit."""

    def __init__(self, a_minute: int, /) -> None:
        self._windows = (
            [RateLimitItemPerMinute(a_minute), RateLimitItemPerSecond(min(BURST, a_minute), BURST_SECONDS)]
            if a_minute
            else []
        )
        self._storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._last_seen: dict[str, float] = {}  # the oldest first
        self._secret = secrets.token_bytes(16)

    @property
    def is_on(self) -> bool:
        """Whether there is a limit."""
        return bool(self._windows)

    def seconds_to_wait(self, address: str, /) -> int:
        """0, and the request is counted; or whole seconds until one will be let through, and it is not."""
        self._forget()
        who = blake2b(address.encode(), digest_size=16, key=self._secret).hexdigest()
        full = [window for window in self._windows if not self._limiter.test(window, who)]
        if full:
            resets = [self._limiter.get_window_stats(window, who).reset_time for window in full]
            return max(1, math.ceil(max(resets) - time.time()))
        for window in self._windows:
            self._limiter.hit(window, who)
        if self._windows:
            self._last_seen.pop(who, None)
            self._last_seen[who] = time.time()
        return 0

    def _forget(self) -> None:
        """Drop whoever was last let through over a minute ago: the library itself never forgets a key."""
        while self._last_seen:
            who, seen = next(iter(self._last_seen.items()))
            if seen > time.time() - MINUTE:
                break
            del self._last_seen[who]
            for window in self._windows:
                self._storage.clear(window.key_for(who))


def address_of(request: Request, /) -> str:
    """Whom a request counts for.

    >>> from starlette.requests import Request
    >>> address_of(Request({"type": "http", "client": ("2001:db8::1:2:3:4", 1)}))
    '2001:db8::/64'
    """
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Network((int(address), 64), strict=False))
    return str(address)
