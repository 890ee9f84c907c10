"""The paragraphs, lists and tables of a Rich Text file as HTML, in the order in which they end."""


class Written:
    """What was written so far, and the cells of the row that is being read."""

    def __init__(self) -> None:
        self.has_items = False
        self.is_header = False  # the row that is being read
        self._found: list[str] = []
        self._cells: list[str] = []

    def markup(self) -> str:
        """All of it."""
        return "".join(self._found)

    def add(self, text: str, /, *, level: int | None, is_item: bool) -> None:
        """A paragraph, which ends the table before it; `level` is a heading's."""
        self._end_table()
        if not text:
            return
        tag = "li" if is_item else f"h{max(level, 1)}" if level is not None else "p"
        made = f"<{tag}>{text}</{tag}>"
        if tag == "li":
            self.has_items = True
            made = f"<ul>{made}</ul>"
            if self._found and self._found[-1].endswith("</li></ul>"):
                made = self._found.pop().removesuffix("</ul>") + made.removeprefix("<ul>")
        self._found.append(made)

    def add_in_cell(self, text: str, /) -> None:
        """A paragraph of a cell that goes on."""
        self._cells.append(f"<p>{text}</p>")
        self._cells.append("")

    def end_cell(self, text: str, /) -> None:
        """The last words of a cell."""
        self._cells.append(f"\0{''.join(self._open_cell())}{text}")

    def end_row(self) -> None:
        """The cells that ended become a row, of the table above if one stands right above."""
        tag = "th" if self.is_header else "td"
        cells = "".join(f"<{tag}>{cell[1:]}</{tag}>" for cell in self._cells if cell.startswith("\0"))
        self._cells.clear()
        row = f"<tr>{cells}</tr>"
        if self._found and self._found[-1].startswith("<table>"):
            self._found[-1] = self._found[-1].removesuffix("</table>") + f"{row}</table>"
        else:
            self._found.append(f"<table>{row}</table>")

    def _open_cell(self) -> list[str]:
        """The paragraphs of a cell that has not ended yet."""
        opened = []
        while self._cells and not self._cells[-1].startswith("\0"):
            opened.append(self._cells.pop())
        return opened[::-1]

    def _end_table(self) -> None:
        if self._cells:
            self.end_row()
