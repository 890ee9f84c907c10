"""How often one address may ask. Counted in this process's memory, for a minute, and nowhere else.

An address is what the connection comes from, or, behind a proxy that the operator trusts, what that proxy says (uvicorn
reads `X-Forwarded-For` from the right, past the trusted ones). An IPv6 visitor owns a whole /64, so that is what counts.
"""

import math
import time
from ipaddress import IPv6Address, IPv6Network, ip_address

from fastapi import Request
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

BURST = 5  # at once; then the rate holds
BURST_SECONDS = 3
UNKNOWN = "unknown"  # every connection without an address, together


class RateLimit:
    """At most so many in any minute from one address, and at most `BURST` in any three seconds; 0 is no limit."""

    def __init__(self, a_minute: int, /) -> None:
        self._windows = (
            [RateLimitItemPerMinute(a_minute), RateLimitItemPerSecond(min(BURST, a_minute), BURST_SECONDS)]
            if a_minute
            else []
        )
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def seconds_to_wait(self, address: str, /) -> int:
        """0, and the request is counted; or whole seconds until one will be let through, and it is not."""
        full = [window for window in self._windows if not self._limiter.test(window, address)]
        if full:
            resets = [self._limiter.get_window_stats(window, address).reset_time for window in full]
            return max(1, math.ceil(max(resets) - time.time()))
        for window in self._windows:
            self._limiter.hit(window, address)
        return 0


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
