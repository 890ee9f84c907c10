"""Whom to call, by region: emergency numbers, crisis lines, poison lines. Reviewed data in `help_lines.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from corpus import ShownError

ANYWHERE = "INT"
# Wording key → whose lines help there.
LINES_FOR = {"urgent.crisis": "crisis", "urgent.unsure": "crisis", "urgent.poison": "poison"}


@cache
def regions() -> dict[str, dict[str, Any]]:
    """The table of each region, by its code."""
    return tomllib.loads((files(__package__) / "help_lines.toml").read_text(encoding="utf-8"))


def check_region(region: str, /) -> str:
    """The region, if there are help lines for it.

    Raises:
        ShownError: there are none; the message lists the regions that have some.
    """
    if region not in regions():
        raise ShownError(f"REGION={region!r} has no help lines.", remedy=f"Choose one of {', '.join(regions())}.")
    return region


def help_lines(region: str, wording_key: str, /, *, emergency_label: str) -> list[str]:
    """Lines such as `Samaritans: 116 123` to show below urgent wording; the emergency number is first.

    Where the region is not known, the numbers of the larger regions already stand in the wording itself.
    """
    table = regions()[region]
    lines = [] if region == ANYWHERE else [f"{emergency_label}: {table['emergency']}"]
    helpers = table.get(LINES_FOR.get(wording_key, ""), [])
    return lines + [f"{helper['name']}: {helper.get('number') or helper['web']}" for helper in helpers]
