"""Which addresses belong to the public internet: what may be fetched, and what an article may link to.

The rules are those of OWASP's sheet on server-side request forgery: an address is judged after it was resolved, as
numbers, so that no spelling of it matters.

Two rooms ask this. It stands by itself because `corpus.hostile_text.web_addresses` serves visitors, who must not wait
for the library that `corpus.incoming` fetches with.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# What `is_global` of some Python versions lets pass, by the registries of special addresses (RFC 6890 and its heirs).
NOT_PUBLIC_4 = tuple(
    map(IPv4Network, ("0.0.0.0/8", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/3", "168.63.129.16/32"))
)
PUBLIC_6 = IPv6Network("2000::/3")  # all that was ever handed out; mapped, translated and local addresses lie outside
NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


def is_public(address: str, /) -> bool:
    """Whether an address, written as numbers, belongs to the public internet.

    >>> is_public("93.184.215.14"), is_public("169.254.169.254"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return found.is_global and not any(found in network for network in NOT_PUBLIC_4)
    return _is_public_6(found)


def _is_public_6(address: IPv6Address) -> bool:
    is_given = address in PUBLIC_6 and address.scope_id is None
    return is_given and address.is_global and not any(address in network for network in NOT_PUBLIC_6)
