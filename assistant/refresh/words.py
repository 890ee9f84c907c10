"""Which words of a sentence went and which came, for the eye."""

from difflib import SequenceMatcher

Piece = tuple[str, str]  # how it changed (equal, delete, insert), and its words


def word_changes(old: str, new: str, /) -> list[Piece]:
    """The words of both sentences, those that went and those that came marked.

    >>> word_changes("Tea is hot.", "Tea is cold.")
    [('equal', 'Tea is'), ('delete', 'hot.'), ('insert', 'cold.')]
    """
    before, after = old.split(), new.split()
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("equal", " ".join(before[a:b])))
            continue
        pieces += [("delete", " ".join(before[a:b]))] if a < b else []
        pieces += [("insert", " ".join(after[c:d]))] if c < d else []
    return pieces
