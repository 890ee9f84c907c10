"""The styles of an OpenDocument text, and the names of its elements: what a style does to the words that are set in it."""

from collections.abc import Iterator
from typing import Any

NAMESPACE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
OFFICE, TEXT, TABLE, STYLE, DRAW = (NAMESPACE % name for name in ("office", "text", "table", "style", "drawing"))
FORMAT = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
WHITE = "#ffffff"


class Styles:
    """What styles do to the words that are set in them, a style's parents included."""

    def __init__(self, *trees: Any) -> None:
        self._styles = {style.get(f"{STYLE}name"): style for tree in trees for style in tree.iter(f"{STYLE}style")}

    def names(self, name: str | None) -> Iterator[str]:
        """A style's name and those of its parents."""
        passed: set[str] = set()
        while name is not None and name in self._styles and name not in passed:
            passed.add(name)
            yield name
            name = self._styles[name].get(f"{STYLE}parent-style-name")

    def property(self, name: str | None, *keys: str) -> str:
        """The first of some text properties that a style or one of its parents sets; empty if none does."""
        for one in self.names(name):
            properties = self._styles[one].find(f"{STYLE}text-properties")
            for key in keys if properties is not None else ():
                if (value := properties.get(key)) is not None:
                    return str(value)
        return ""

    def has_background(self, name: str | None) -> bool:
        """Whether a style or one of its parents puts a colour behind words."""
        key = f"{FORMAT}background-color"
        colours = (part.get(key) for one in self.names(name) for part in self._styles[one] if isinstance(part.tag, str))
        return any(colour not in {None, "transparent", WHITE} for colour in colours)

    def unseen(self, name: str | None) -> str:
        """Why nobody sees what is set in a style; empty if it is seen."""
        if self.property(name, f"{STYLE}text-line-through-style", f"{STYLE}text-line-through-type") not in {"", "none"}:
            return "struck out, left out"
        return "hidden, left out" if self.property(name, f"{TEXT}display") == "none" else ""

    def position(self, name: str | None) -> str:
        """`sup` or `sub` where a style raises or lowers."""
        place = self.property(name, f"{STYLE}text-position").split(" ", maxsplit=1)[0]
        return "" if place in {"", "0%"} else "sub" if place == "sub" or place.startswith("-") else "sup"
