"""What the head of a Rich Text file declares: its fonts with their character sets, and the styles that are headings."""

import codecs

from corpus.linear_patterns import LinearPattern
from corpus.readers.office.word_styles import level_by_name
from corpus.readers.symbols import SYMBOL_FONTS

SYMBOL_CHARSET = "2"
STYLES = LinearPattern(r"\{\\s(\d+)((?:\\[a-z]+-?\d* ?)*)([^\\;{}]+);\}")
FONT = LinearPattern(r"\\f(?P<number>\d+)(?P<words>(?:\\[a-z]+-?\d* ?|\{\\\*[^{}]*\}|\s)*)(?P<name>[^\\;{}]+)")
CHARSET = LinearPattern(r"\\fcharset(\d+)")
OUTLINE = LinearPattern(r"\\outlinelevel(\d)")
WHITE = ("\\red255", "\\green255", "\\blue255")
LOWEST_HEADING = 6


def fonts_in(table: str, /) -> dict[str, tuple[str, str]]:
    """Each font's number with its character set and its name; most files leave out the set of ordinary fonts."""
    found = {}
    for entry in FONT.finditer(table):
        charset = CHARSET.search(entry["words"])
        found[str(entry["number"])] = (charset[1] if charset else "0", entry["name"].strip())
    return found


def heading_levels(text: str, /) -> dict[str, int]:
    """Styles that are headings, by number: their names say so, or their level in the outline."""
    start = text.find("{\\stylesheet")
    sheet = text[start : start + 200_000] if start >= 0 else ""
    levels = {}
    for number, words, name in (found.groups() for found in STYLES.finditer(sheet)):
        outline = OUTLINE.search(words)
        level = level_by_name(name.strip())
        if level is None and outline and int(outline[1]) < LOWEST_HEADING:
            level = int(outline[1]) + 1
        if level is not None:
            levels[number] = level
    return levels


def white_colours(text: str, /) -> set[str]:
    """The numbers of the colours that are white."""
    start = text.find("{\\colortbl")
    table = text[start : text.find("}", start)].split(";") if start >= 0 else []
    return {str(number) for number, words in enumerate(table) if all(sign in words for sign in WHITE)}


def is_symbol(charset: str, name: str, /) -> bool:
    """Whether the letters of a font stand for signs."""
    return charset == SYMBOL_CHARSET or name in SYMBOL_FONTS


def encoding_named(name: str, /) -> str:
    """Python's name of a code page; Windows' Western one for a page that is none."""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
