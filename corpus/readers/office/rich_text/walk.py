"""From the tokens of a Rich Text file to paragraphs. striprtf knows tokens, destinations and code pages; the walk is ours,
since it has to know what is struck out, hidden, raised, a heading or a cell.

Source of the control words: Rich Text Format 1.9.1 (Microsoft).
"""

import codecs
from dataclasses import replace
from html import escape

from striprtf.striprtf import (
    PATTERN,
    charset_map,
    destinations,
    font_table_group,
    specialchars,
)

from corpus.doubts import Alteration
from corpus.readers.office.rich_text.forms import CHARACTERS, State, joined, whole
from corpus.readers.office.rich_text.head import (
    LOWEST_HEADING,
    encoding_named,
    fonts_in,
    heading_levels,
    is_symbol,
    white_colours,
)
from corpus.readers.office.rich_text.written import Written
from corpus.readers.symbols import PRIVATE, SYMBOL_FONTS, written_out
from corpus.readers.unreadable import UNREADABLE

MOST_DEPTH = 500  # groups within groups
BOXES = {"shp", "shpinst", "shptxt", "dptxbxtext"}  # what a text box is made of; its words are seen
MARKS = {"listtext", "pntext"}  # the mark of an item, as text
NOTES = {"footnote", "annotation"}
NOT_TEXT = (destinations | {"listtext", "pntext"}) - BOXES
BREAKS = {"par", "sect", "page", "cell", "nestcell", "row", "nestrow"}


class Walk:
    """A walk over the tokens: what was written so far, and the words of the paragraph that is being read."""

    def __init__(self, text: str) -> None:
        self.alterations: list[Alteration] = []
        self.written = Written()
        self.said: dict[str, str] = {}
        self._text = text
        self._fonts = fonts_in(font_table_group(text))  # type: ignore[no-untyped-call]
        self._levels = heading_levels(text)
        self._encoding = "cp1252"
        self._state = State()
        self._stack: list[State] = []
        self._bytes = bytearray()
        self._runs: list[tuple[State, str]] = []
        self._level: int | None = None
        self._to_skip = 0  # letters that stand for the sign before them
        self.has_symbols = False
        self._white = white_colours(text)
        self._is_shaded = self._is_item = self._is_in_table = self._is_starred = False

    def read(self) -> str:
        """The whole file as HTML."""
        for match in PATTERN.finditer(self._text):
            word, argument, code, sign, brace, letter = match.groups()
            if letter and self._is_half_a_letter():
                self._bytes.append(ord(letter))
                continue
            if code is None or self._to_skip:
                self._flush_bytes()
            if brace:
                self._brace(brace)
            elif word:
                self._word(word, argument)
            elif sign and sign != "*":
                self._add(str(specialchars.get(sign, "")))
            elif code or letter:
                self._letter(letter or chr(int(code, 16)), is_code=bool(code))
            if word or brace or sign:
                self._to_skip = self._state.skipped if word == "u" and argument else 0
            self._is_starred = sign == "*"
        self._end_paragraph()
        return self.written.markup()

    def _brace(self, brace: str) -> None:
        if brace == "}":
            self._end_group()
            return
        self._stack.append(self._state)
        if len(self._stack) > MOST_DEPTH:
            raise RecursionError

    def _letter(self, letter: str, *, is_code: bool) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif is_code or ord(letter) > 0x7F:
            self._bytes.append(ord(letter))
        else:
            self._flush_bytes()
            self._add(letter)

    def _is_half_a_letter(self) -> bool:
        """Whether the second byte of a letter is still to come, as in the encodings of Japan and China; it may be ASCII."""
        if not self._bytes:
            return False
        decoder = codecs.getincrementaldecoder(self._encoding_now())("replace")
        decoder.decode(bytes(self._bytes))
        return bool(decoder.getstate()[0])

    def _encoding_now(self) -> str:
        charset, name = self._fonts.get(self._state.font, ("0", ""))
        if is_symbol(charset, name):
            return "latin-1"
        return str(charset_map.get(int(charset), self._encoding)) if charset not in {"0", "1"} else self._encoding

    def _flush_bytes(self) -> None:
        if self._bytes:
            text = bytes(self._bytes).decode(self._encoding_now(), "replace")
            self._bytes.clear()
            self._add(text)

    def _add(self, text: str) -> None:
        charset, name = self._fonts.get(self._state.font, ("0", ""))
        if is_symbol(charset, name) or any(ord(letter) in PRIVATE for letter in text):
            self.has_symbols = True
            text = written_out(text, name if name in SYMBOL_FONTS else "Symbol")
        self._runs.append((self._state, text))

    def _end_group(self) -> None:
        self._flush_bytes()
        ended = self._state
        self._state = self._stack.pop() if self._stack else State()
        if ended.destination in {"title", "author"} and self._state.destination != ended.destination:
            self.said[ended.destination] = self._taken(ended.destination)
        elif ended.destination in NOTES and self._state.destination not in NOTES:
            self.alterations.append(Alteration("a note, left out", self._taken(ended.destination)))

    def _taken(self, destination: str) -> str:
        """The words that were read into a destination; they leave the paragraph."""
        text = "".join(text for state, text in self._runs if state.destination == destination)
        self._runs = [(state, text) for state, text in self._runs if state.destination != destination]
        return " ".join(whole(text).split())

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
            self.written.end_row()
        else:
            self._end_paragraph()

    def _paragraph_word(self, word: str, argument: str | None) -> None:
        if word == "pard":
            self._level, self._is_in_table, self._is_shaded = None, False, False
        elif word in {"cbpat", "shading"}:
            self._is_shaded = argument != "0"
        elif word == "s":
            self._level = self._levels.get(argument or "")
        elif word == "outlinelevel":
            self._level = int(argument or 0) + 1 if int(argument or 0) < LOWEST_HEADING else None
        elif word == "intbl":
            self._is_in_table = True
        elif word in {"trowd", "trhdr"}:
            self.written.is_header = word == "trhdr"
        elif word == "ansicpg" and argument:
            self._encoding = encoding_named(f"cp{argument}")

    def _taken_paragraph(self) -> str:
        """The paragraph that was read, as HTML; what nobody sees of it is told."""
        self._flush_bytes()
        parts: list[str] = []
        waiting = [(state, text) for state, text in self._runs if state.destination in NOTES | {"title", "author"}]
        runs = [(state, text) for state, text in self._runs if not state.destination]
        self._runs = waiting
        for state, text in joined(runs):
            is_white = state.colour in self._white and not (state.is_backed or self._is_shaded or self._is_in_table)
            if reason := state.unseen or ("white on white, left out" if is_white else ""):
                if text.strip():
                    self.alterations.append(Alteration(reason, " ".join(text.split())))
                continue
            made = escape(text, quote=False).replace("\n", "<br>")
            made = f"<b>{made}</b>" if state.is_bold and text.strip() else made
            parts.append(f"<{state.position}>{made}</{state.position}>" if state.position and text.strip() else made)
        return "".join(parts).strip()

    def _end_paragraph(self) -> None:
        text = self._taken_paragraph()
        if self._is_in_table:
            self.written.add_in_cell(text)
        else:
            self.written.add(text, level=self._level, is_item=self._is_item)
        self._is_item = False

    def _end_cell(self) -> None:
        self.written.end_cell(self._taken_paragraph())
        self._is_item = False
