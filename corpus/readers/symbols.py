"""Signs of symbol fonts as the letters that they stand for: Symbol's 0xB3 is ≥. The table is mammoth's."""

from mammoth.docx.dingbats import dingbats

from corpus.readers.unreadable import UNREADABLE

SYMBOL_FONTS = ("Symbol", "Wingdings", "Wingdings 2", "Wingdings 3", "Webdings")
PRIVATE = range(0xE000, 0xF900)
OFFSET = 0xF000  # where such fonts put their signs among Unicode's private characters


def meant_by(font: str, code: int, /) -> str:
    """The letter that a font's sign stands for; the mark of what cannot be read if nobody knows.

    >>> meant_by("Symbol", 0xF0B3), meant_by("Arial", 0x41)
    ('≥', 'A')
    """
    is_symbol = font in SYMBOL_FONTS
    if not is_symbol and code not in PRIVATE:
        return chr(code) if code else UNREADABLE
    fonts = [font] if is_symbol else ["Symbol"]
    found = next(
        (sign for name in fonts for sign in (dingbats.get((name, code)), dingbats.get((name, code - OFFSET))) if sign), 0
    )
    return chr(found) if found else UNREADABLE


def written_out(text: str, font: str, /) -> str:
    """A text in which each sign of a symbol font, and each private character, is the letter that it stands for."""
    if font not in SYMBOL_FONTS and not any(ord(letter) in PRIVATE for letter in text):
        return text
    return "".join(letter if letter.isspace() else meant_by(font, ord(letter)) for letter in text)
