"""What a file visibly holds against what came out of it: the same check for every reader.

A reader lists the pieces that a reader of the file sees (headings, paragraphs, list items, cells), in their order, found in
another way than its text was, as far as that is possible. Flows out: a doubt for each piece that did not come out whole, for
numbers and short cells that came out less often than they were seen, and for numbers that the file does not hold.

Words are compared without the spaces, hyphens and punctuation between them, so that lines that were joined and lists that
became sentences are the same as what was written. A number is compared with its sign and with `< > ≤ ≥ ± %` beside it, and
10⁹ is never 109.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sentencex import segment

from corpus.doubts import Doubt

NEAR = 3_000  # letters around the place that was reached, within which a short piece has to stand
SHORT = 24  # letters; a longer piece stands nowhere by chance
FEW = 3  # words of a cell or an item that are counted, since they may stand nearby by chance
MOST_DOUBTS = 100
RAISED = re.compile("[⁺⁻⁼]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[₊₋₌]?[₀₁₂₃₄₅₆₇₈₉]+")  # one class with one repeat each
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
# A number with its sign and its thousands or decimals; a sign that changes what a number means; a word. On `re`: classes
# with one repeat each, and a repeat that needs a digit at each turn.
TOKEN = re.compile(r"(?:(?<![\w)\]-])-)?\d+(?:[.,:]\d+)*|[<>≤≥±%‰]|[^\W\d_]+")
NUMBERED = re.compile(r"Table \d{1,3}[.:]?", re.IGNORECASE)
LAST_AND = re.compile(r"[,;]\s*(?:and|or)\s*\Z")  # `lists_and_tables` leaves it out at the end of an item


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words as the file shows them: `kind` is "heading", "paragraph", "list item" or "cell"."""

    kind: str
    text: str
    place: str = ""  # "page 3"; where it is empty, the heading above names the place


def without_left_out(pieces: Iterable[Piece], left_out: Iterable[str], /) -> list[Piece]:
    """Pieces of a reading that knows nothing of hidden and struck words, without those that were left out and told."""
    kept = [Piece(piece.kind, " ".join(piece.text.split()), piece.place) for piece in pieces]
    for words in left_out:
        at = next((at for at, piece in enumerate(kept) if words in piece.text), -1)
        if words and at >= 0:
            piece = kept[at]
            kept[at] = Piece(piece.kind, " ".join(piece.text.replace(words, " ", 1).split()), piece.place)
    return [piece for piece in kept if any(map(str.isalnum, piece.text))]


def losses(pieces: Sequence[Piece], text: str, /) -> tuple[Doubt, ...]:
    """Compare the pieces of a file with its canonical text; no pieces, no doubts.

    >>> items = [Piece("list item", "pregnant"), Piece("list item", "under 12")]
    >>> [doubt.sentence for doubt in losses(items, "Not if you are pregnant.")]
    ['under 12']
    """
    out = _Tokens(text)
    found: list[Doubt] = []
    region = _Region("", 0)
    regions = [region]
    reached = 0
    for piece in pieces:
        seen = _Tokens(LAST_AND.sub("", piece.text))
        at = out.find(seen.letters, reached)
        if at < 0:
            found += _missing(piece, out, reached, region.heading)
            continue
        line = out.line(seen.letters, reached) if piece.kind == "heading" else -1
        if line >= 0:
            region = _Region(piece.text, line)
            regions.append(region)
            reached = line + len(seen.letters)
        elif len(seen.letters) > SHORT and at - reached < NEAR + len(seen.letters):
            # A short one may have been found in the next row, or by chance; one far away says nothing of where we are.
            reached = max(reached, at + len(seen.letters))
        region.add(piece, seen.tokens)
    for region, following in pairwise([*regions, _Region("", len(out.letters))]):
        found += region.fewer(out.between(region.start, following.start))
    found += _made_up(pieces, out.tokens)
    if len(found) > MOST_DOUBTS:
        rest = Doubt(f"{len(found) - MOST_DOUBTS} more places of the file differ from the text.")
        found = [*found[:MOST_DOUBTS], rest]
    return tuple(found)


class _Tokens:
    """The tokens of a text, and the string that they make when put together, in which pieces are searched."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        self._starts = [0]
        self._lines: dict[str, list[int]] = {}  # of whole lines, where they begin
        marked: list[str] = []
        for line in text.split("\n"):
            begin = len(marked)
            for token in _tokens(line):
                self.tokens.append(token)
                marked.append(f"|{token}|" if _is_number(token) else token)
                self._starts.append(self._starts[-1] + len(marked[-1]))
            self._lines.setdefault("".join(marked[begin:]), []).append(self._starts[begin])
        self.letters = "".join(marked)

    def line(self, letters: str, reached: int) -> int:
        """Where a whole line of these letters begins behind the place that was reached; -1 if there is none."""
        return next((at for at in self._lines.get(letters, ()) if at >= reached), -1)

    def between(self, start: int, end: int) -> list[str]:
        """The tokens that begin in a range of the letters."""
        return self.tokens[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def find(self, letters: str, reached: int) -> int:
        """Where a piece stands: best behind the place that was reached, else before it; a short one only nearby."""
        near = (reached - NEAR, reached + NEAR + len(letters))
        ranges = [(reached, near[1]), near] + ([] if len(letters) <= SHORT else [(0, len(self.letters))])
        places = (self.letters.find(letters, max(0, start), end) for start, end in ranges)
        return next((at for at in places if at >= 0), -1)


class _Region:
    """What stands under one heading, as the file shows it."""

    def __init__(self, heading: str, start: int) -> None:
        self.heading = heading
        self.start = start
        self._seen: Counter[str] = Counter()
        self._first: dict[str, Piece] = {}

    def add(self, piece: Piece, tokens: Sequence[str]) -> None:
        is_counted = piece.kind in {"cell", "list item"} and len(tokens) <= FEW
        counted = [token for token in tokens if is_counted or _is_number(token)]
        self._seen.update(counted)
        for token in counted:
            self._first.setdefault(token, piece)

    def fewer(self, came_out: Iterable[str]) -> Iterator[Doubt]:
        """A doubt for each word that was seen more often than it came out."""
        for token in self._seen - Counter(came_out):
            piece = self._first[token]
            reason = f"“{token}” stands in the text less often than in the file; first in the {piece.kind}:"
            yield Doubt(reason, piece.text, piece.place or _under(self.heading))


def _missing(piece: Piece, out: _Tokens, reached: int, heading: str) -> Iterator[Doubt]:
    """A doubt for a piece that did not come out whole; of a paragraph, for each sentence that did not."""
    sentences = [sentence.strip() for sentence in segment("en", piece.text)] if piece.kind == "paragraph" else [piece.text]
    lost = [sentence for sentence in sentences if out.find(_Tokens(sentence).letters, reached) < 0]
    if lost and all(map(NUMBERED.fullmatch, lost)):
        return  # the number of a table, which none of its rows repeats
    for sentence in lost or [piece.text]:
        yield Doubt(f"This {piece.kind} did not come out as the file has it:", sentence, piece.place or _under(heading))


def _made_up(pieces: Sequence[Piece], came_out: Iterable[str]) -> Iterator[Doubt]:
    """A doubt for each number that the file does not hold, as 103.5 for 10 and 3.5."""
    if pieces:
        held = {token for piece in pieces for token in _tokens(piece.text)}
        for number in dict.fromkeys(token for token in came_out if _is_number(token) and token not in held):
            yield Doubt(f"The text has the number {number}, which does not stand in the file so.")


def _tokens(text: str) -> list[str]:
    apart = RAISED.sub(lambda found: f" {unicodedata.normalize('NFKC', found[0])} ", text)
    plain = unicodedata.normalize("NFKC", apart).translate(DASHES)
    return [found[0].casefold() for found in TOKEN.finditer(plain)]


def _is_number(token: str) -> bool:
    return token[-1].isdigit()


def _under(heading: str) -> str:
    return f"under “{heading}”" if heading else ""
