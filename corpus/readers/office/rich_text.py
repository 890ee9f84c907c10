"""A Rich Text file (RTF) as HTML. striprtf knows its tokens, its destinations and its code pages; the walk is ours, since it
has to know what is struck out, hidden, raised, a heading or a cell.

Source of the control words: Rich Text Format 1.9.1 (Microsoft).
"""

import codecs
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape

from striprtf.striprtf import (
    PATTERN,
    charset_map,
    destinations,
    font_table_group,
    remove_pict_groups,
    rtf_to_text,
    specialchars,
)

from corpus.doubts import Alteration
from corpus.errors import CorpusError
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Draft
from corpus.readers.losses import Piece, without_left_out
from corpus.readers.office.from_markup import draft_of
from corpus.readers.office.word_styles import level_by_name
from corpus.readers.properties import stated_author, stated_title
from corpus.readers.symbols import SYMBOL_FONTS, written_out
from corpus.readers.unreadable import UNREADABLE

BEGINS = b"{\\rtf"
MOST_DEPTH = 500  # groups within groups
BOXES = {"shp", "shpinst", "shptxt", "dptxbxtext"}  # what a text box is made of; its words are seen
MARKS = {"listtext", "pntext"}  # the mark of an item, as text
NOTES = {"footnote", "annotation"}
NOT_TEXT = (destinations | {"listtext", "pntext"}) - BOXES
SYMBOL_CHARSET = "2"
STYLES = LinearPattern(r"\{\\s(\d+)((?:\\[a-z]+-?\d* ?)*)([^\\;{}]+);\}")
FONT = LinearPattern(r"\\f(?P<number>\d+)(?P<words>(?:\\[a-z]+-?\d* ?|\{\\\*[^{}]*\}|\s)*)(?P<name>[^\\;{}]+)")
CHARSET = LinearPattern(r"\\fcharset(\d+)")
RAISING = LinearPattern(r"\\(?:super|sub|nosupersub|up\d+|dn\d+) ?")
ITEM = LinearPattern(r"^(?:[•·▪\-–]|\(?(?:\d{1,2}|[a-z])[.)])\s+")
OUTLINE = LinearPattern(r"\\outlinelevel(\d)")
BREAKS = {"par", "sect", "page", "cell", "nestcell", "row", "nestrow"}
LOWEST_HEADING = 6


@dataclass(frozen=True, slots=True)
class _State:
    """What holds for the words of a group."""

    destination: str = ""  # a destination whose words are not text
    font: str = ""
    skipped: int = 1  # letters after a Unicode sign that stand for it in old programs
    unseen: str = ""
    position: str = ""
    is_bold: bool = False


def read_rich_text(data: bytes, /) -> Draft:
    """Read an article whose title is its first heading, or is stated by the file's properties.

    Raises:
        CorpusError: the file is not RTF.
    """
    if not data.lstrip().startswith(BEGINS):
        raise CorpusError("the file is not RTF.", remedy="Save it as Rich Text Format (.rtf), and add that.")
    reading = _Reading(remove_pict_groups(data.decode("latin-1")))  # type: ignore[no-untyped-call]  # one character a byte, whatever its encoding is
    markup = reading.read()
    return draft_of(
        markup,
        title=stated_title(reading.said.get("title")),
        author=stated_author(reading.said.get("author")),
        alterations=reading.alterations,
        seen=reading.read_again(),
        has_numbers=reading.has_items,
    )


class _Reading:
    """A walk over the tokens: the HTML that was made so far, and the words of the paragraph that is being read."""

    def __init__(self, text: str) -> None:
        self.alterations: list[Alteration] = []
        self.said: dict[str, str] = {}
        self._text = text
        self._fonts = _fonts(font_table_group(text))  # type: ignore[no-untyped-call]
        self._levels = _levels(text)
        self._encoding = "cp1252"
        self._state = _State()
        self._stack: list[_State] = []
        self._bytes = bytearray()
        self._runs: list[tuple[_State, str]] = []
        self._found: list[str] = []
        self._cells: list[str] = []
        self._level: int | None = None
        self._to_skip = 0  # letters that stand for the sign before them
        self.has_items = self._has_symbols = False
        self._is_item = self._is_in_table = self._is_header = self._is_starred = False

    def read(self) -> str:
        """The whole file as HTML."""
        for match in PATTERN.finditer(self._text):
            word, argument, code, sign, brace, letter = match.groups()
            if code is None or self._to_skip:
                self._flush_bytes()
            if brace:
                self._brace(brace)
            elif word:
                self._word(word, argument)
            elif sign and sign != "*":
                self._add(str(specialchars.get(sign, "")))
            elif code or letter:
                self._letter(letter or chr(int(code, 16)))
            if word or brace or sign:
                self._to_skip = self._state.skipped if word == "u" and argument else 0
            self._is_starred = sign == "*"
        self._end_paragraph()
        return "".join(self._found)

    def read_again(self) -> list[Piece] | None:
        """What striprtf reads, which walks by itself; `None` where it cannot know the letters of a symbol font."""
        if self._has_symbols:
            return None
        plain = str(rtf_to_text(RAISING.sub(r"\g<0>\'20 ", self._text), errors="replace"))  # type: ignore[no-untyped-call]
        lines = (ITEM.sub("", part.strip()) for line in plain.split("\n") for part in line.split("|"))
        rows = [Piece("cell" if "|" in plain else "paragraph", line) for line in lines]
        return without_left_out(rows, [alteration.original for alteration in self.alterations])

    def _brace(self, brace: str) -> None:
        if brace == "}":
            self._end_group()
            return
        self._stack.append(self._state)
        if len(self._stack) > MOST_DEPTH:
            raise RecursionError

    def _letter(self, letter: str) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif ord(letter) > 0x7F:
            self._bytes.append(ord(letter))
        else:
            self._flush_bytes()
            self._add(letter)

    def _flush_bytes(self) -> None:
        if self._bytes:
            charset, name = self._fonts.get(self._state.font, ("0", ""))
            encoding = charset_map.get(int(charset), self._encoding) if charset not in {"0", "1"} else self._encoding
            text = bytes(self._bytes).decode("latin-1" if _is_symbol(charset, name) else encoding, "replace")
            self._bytes.clear()
            self._add(text)

    def _add(self, text: str) -> None:
        charset, name = self._fonts.get(self._state.font, ("0", ""))
        if _is_symbol(charset, name):
            self._has_symbols = True
            text = written_out(text, name if name in SYMBOL_FONTS else "Symbol")
        self._runs.append((self._state, text))

    def _end_group(self) -> None:
        self._flush_bytes()
        ended = self._state
        self._state = self._stack.pop() if self._stack else _State()
        if ended.destination in {"title", "author"} and self._state.destination != ended.destination:
            self.said[ended.destination] = self._taken(ended.destination)
        elif ended.destination in NOTES and self._state.destination not in NOTES:
            self.alterations.append(Alteration("a note, left out", self._taken(ended.destination)))

    def _taken(self, destination: str) -> str:
        """The words that were read into a destination; they leave the paragraph."""
        text = "".join(text for state, text in self._runs if state.destination == destination)
        self._runs = [(state, text) for state, text in self._runs if state.destination != destination]
        return " ".join(_whole(text).split())

    def _word(self, word: str, argument: str | None) -> None:
        if word in MARKS:
            self._is_item = True
        if word == "moMath" and self._state.destination != "moMath":
            self._state = replace(self._state, destination="")
            self._add(UNREADABLE)  # an equation
        if word in NOT_TEXT or (self._is_starred and word not in BOXES):
            is_said = self._state.destination == "info"
            self._state = replace(self._state, destination=word if is_said else self._state.destination or word)
        elif self._state.destination:
            return
        elif word in CHARACTERS:
            self._state = CHARACTERS[word](self._state, argument)
        elif word in BREAKS:
            self._breaks(word)
        elif word == "u" and argument:
            self._add(chr(int(argument) % 0x10000))
        elif word in specialchars:
            self._add(str(specialchars[word]))
        else:
            self._paragraph_word(word, argument)

    def _breaks(self, word: str) -> None:
        if word in {"cell", "nestcell"}:
            self._end_cell()
        elif word in {"row", "nestrow"}:
            self._end_row()
        else:
            self._end_paragraph()

    def _paragraph_word(self, word: str, argument: str | None) -> None:
        if word == "pard":
            self._level, self._is_in_table = None, False
        elif word == "s":
            self._level = self._levels.get(argument or "")
        elif word == "outlinelevel":
            self._level = int(argument or 0) + 1 if int(argument or 0) < LOWEST_HEADING else None
        elif word == "intbl":
            self._is_in_table = True
        elif word in {"trowd", "trhdr"}:
            self._is_header = word == "trhdr"
        elif word == "ansicpg" and argument:
            self._encoding = _encoding(f"cp{argument}")

    def _taken_paragraph(self) -> str:
        """The paragraph that was read, as HTML; what nobody sees of it is told."""
        self._flush_bytes()
        parts: list[str] = []
        waiting = [(state, text) for state, text in self._runs if state.destination in NOTES | {"title", "author"}]
        runs = [(state, text) for state, text in self._runs if not state.destination]
        self._runs = waiting
        for state, text in _joined(runs):
            if state.unseen:
                if text.strip():
                    self.alterations.append(Alteration(state.unseen, " ".join(text.split())))
                continue
            made = escape(text, quote=False).replace("\n", "<br>")
            made = f"<b>{made}</b>" if state.is_bold and text.strip() else made
            parts.append(f"<{state.position}>{made}</{state.position}>" if state.position and text.strip() else made)
        return "".join(parts).strip()

    def _end_paragraph(self) -> None:
        if self._is_in_table:
            text = self._taken_paragraph()
            self._cells.append(f"<p>{text}</p>")
            self._cells.append("")  # the cell goes on
            self._is_item = False
            return
        self._end_table()
        if text := self._taken_paragraph():
            tag = "li" if self._is_item else f"h{max(self._level, 1)}" if self._level is not None else "p"
            made = f"<{tag}>{text}</{tag}>"
            if tag == "li":
                self.has_items = True
                made = f"<ul>{made}</ul>"
                if self._found and self._found[-1].endswith("</li></ul>"):
                    made = self._found.pop().removesuffix("</ul>") + made.removeprefix("<ul>")
            self._found.append(made)
        self._is_item = False

    def _end_cell(self) -> None:
        inside = "".join(self._open_cell()) + self._taken_paragraph()
        self._cells.append(f"\0{inside}")
        self._is_item = False

    def _open_cell(self) -> list[str]:
        """The paragraphs of a cell that has not ended yet."""
        opened = []
        while self._cells and not self._cells[-1].startswith("\0"):
            opened.append(self._cells.pop())
        return opened[::-1]

    def _end_row(self) -> None:
        tag = "th" if self._is_header else "td"
        cells = "".join(f"<{tag}>{cell[1:]}</{tag}>" for cell in self._cells if cell.startswith("\0"))
        self._cells.clear()
        row = f"<tr>{cells}</tr>"
        if self._found and self._found[-1].startswith("<table>") and not self._found[-1].endswith("</table>\0"):
            self._found[-1] = self._found[-1].removesuffix("</table>") + f"{row}</table>"
        else:
            self._found.append(f"<table>{row}</table>")

    def _end_table(self) -> None:
        if self._cells:
            self._end_row()


def _unseen(reason: str) -> Callable[[_State, str | None], _State]:
    return lambda state, argument: replace(state, unseen="" if argument == "0" else f"{reason}, left out")


def _placed(position: str) -> Callable[[_State, str | None], _State]:
    return lambda state, argument: replace(state, position="" if argument == "0" else position)


# What changes the form of the words that follow.
CHARACTERS: dict[str, Callable[[_State, str | None], _State]] = {
    "f": lambda state, argument: replace(state, font=argument or ""),
    "deff": lambda state, argument: replace(state, font=argument or ""),
    "uc": lambda state, argument: replace(state, skipped=int(argument or 1)),
    "b": lambda state, argument: replace(state, is_bold=argument != "0"),
    "plain": lambda state, _: replace(state, unseen="", position="", is_bold=False),
    "v": _unseen("hidden"),
    "deleted": _unseen("deleted in a tracked change"),
    "strike": _unseen("struck out"),
    "striked": _unseen("struck out"),
    "super": _placed("sup"),
    "up": _placed("sup"),
    "sub": _placed("sub"),
    "dn": _placed("sub"),
    "nosupersub": _placed(""),
}


def _joined(runs: list[tuple[_State, str]]) -> list[tuple[_State, str]]:
    """Runs of the same form as one; halves of a sign beyond the first 65,536 put together."""
    joined: list[tuple[_State, str]] = []
    for state, text in runs:
        form = replace(state, font="", skipped=1)
        if joined and joined[-1][0] == form:
            joined[-1] = (form, joined[-1][1] + text)
        else:
            joined.append((form, text))
    return [(state, _whole(text)) for state, text in joined]


def _whole(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _fonts(table: str) -> dict[str, tuple[str, str]]:
    """Each font's number with its character set and its name; most files leave out the set of ordinary fonts."""
    found = {}
    for entry in FONT.finditer(table):
        charset = CHARSET.search(entry["words"])
        found[str(entry["number"])] = (charset[1] if charset else "0", entry["name"].strip())
    return found


def _levels(text: str) -> dict[str, int]:
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


def _is_symbol(charset: str, name: str) -> bool:
    return charset == SYMBOL_CHARSET or name in SYMBOL_FONTS


def _encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
