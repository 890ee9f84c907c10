"""Files of word processors, and books: Word, OpenDocument, RTF and EPUB.

Each reader settles what its format hides (tracked changes, struck and hidden runs, symbol fonts, equations) and makes HTML
of the rest; `from_markup` makes a draft of that, so that lists, tables and raised numbers are settled in one place for all.
"""
