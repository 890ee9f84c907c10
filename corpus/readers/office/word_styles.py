"""The styles of a Word file: which are headings, in any language, and which strike out or hide what is set in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.linear_patterns import LinearPattern

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VALUE = f"{WORD}val"
# Names of heading styles as Word writes them in several languages; where a name is other, its outline level tells.
HEADING = LinearPattern(
    r"(?i)(?:heading|header|ü?berschrift|titre|titolo|t[íi]tulo|ttulo|kop|rubrik|overskrift|otsikko|nag[łl]?[óo]?wek|nadpis|"
    r"заголовок|başlık|balk|intestazione|encabezado|cabeçalho|标题|標題|見出し|제목)\s*([1-6])"
)
TITLE = LinearPattern(r"(?i)(?:title|titel|titre|titolo|t[íi]tulo|tytuł|otsikko|название|标题|表題)")
CONTENTS = LinearPattern(r"(?i)(?:toc|verzeichnis|tm|indice|inhopg|sommario|tdc)\s*\d|toc ?heading|inhaltsverzeichnis.*")
HIDING = ("vanish", "specVanish", "webHidden")
STRIKING = ("strike", "dstrike")
LOWEST_HEADING = 6


@dataclass(frozen=True, slots=True)
class Styles:
    """What the styles of a file mean, by their ids; an id that the file does not define is judged by its name alone."""

    levels: dict[str, int]  # 0: the title
    contents: frozenset[str]
    unseen: dict[str, str]  # "struck out" or "hidden"

    @classmethod
    def of(cls, tree: Any | None, /) -> "Styles":
        """Read `styles.xml`; without one, names alone tell."""
        defined = (
            {str(style.get(f"{WORD}styleId")): style for style in tree.iter(f"{WORD}style")} if tree is not None else {}
        )
        levels, unseen, contents = {}, {}, set()
        for name in defined:
            chain = list(_chain(defined, name))
            names = [_name_of(style) for style in chain]
            if (level := _level_of(chain, names, name)) is not None:
                levels[name] = level
            if any(CONTENTS.fullmatch(one) for one in [name, *names[:1]]):
                contents.add(name)
            reasons = (reason for style in chain if (reason := unseen_by(style.find(f"{WORD}rPr"))) is not None)
            if reason := next(reasons, ""):
                unseen[name] = reason
        return cls(levels, frozenset(contents), unseen)

    def level_of(self, paragraph: Any, /) -> int | None:
        """The level of a heading, 0 of the title; `None` of any other paragraph."""
        properties = paragraph.find(f"{WORD}pPr")
        if properties is None:
            return None
        name = _value(properties, "pStyle")
        if name in self.levels:
            return self.levels[name]
        if (outline := _value(properties, "outlineLvl")).isdigit() and int(outline) < LOWEST_HEADING:
            return int(outline) + 1
        return level_by_name(name)


def unseen_by(properties: Any | None, /) -> str | None:
    """How a run's properties hide it: "struck out", "hidden", empty if they say that it is seen, `None` if nothing."""
    if properties is None:
        return None
    said = None
    for names, reason in ((STRIKING, "struck out"), (HIDING, "hidden")):
        for name in names:
            if (mark := properties.find(f"{WORD}{name}")) is not None:
                if mark.get(VALUE) not in {"0", "false", "off"}:
                    return reason
                said = ""
    return said


def _chain(defined: dict[str, Any], name: str) -> Iterator[Any]:
    """A style and those that it is based on."""
    passed: set[str] = set()
    while name in defined and name not in passed:
        passed.add(name)
        yield defined[name]
        name = _value(defined[name], "basedOn")


def _level_of(chain: list[Any], names: list[str], style_id: str) -> int | None:
    for name in [style_id, *names]:
        if (level := level_by_name(name)) is not None:
            return level
    for style in chain:
        properties = style.find(f"{WORD}pPr")
        outline = "" if properties is None else _value(properties, "outlineLvl")
        if outline.isdigit():
            return int(outline) + 1 if int(outline) < LOWEST_HEADING else None
    return None


def level_by_name(name: str, /) -> int | None:
    """The level of a heading style of this name, 0 of the title's; `None` of any other style."""
    if TITLE.fullmatch(name):
        return 0
    found = HEADING.fullmatch(name)
    return int(found[1]) if found else None


def _name_of(style: Any) -> str:
    return _value(style, "name")


def _value(element: Any, name: str) -> str:
    child = element.find(f"{WORD}{name}")
    return "" if child is None else str(child.get(VALUE) or "")
