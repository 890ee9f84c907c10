"""Numbers of a list that a sentence refers to ("Repeat step 3"): the items are in the text, their numbers are not."""

from sentencex import segment

from corpus.doubts import Doubt
from corpus.linear_patterns import LinearPattern, Match

REFERENCE = LinearPattern(r"(?i)\b(?P<what>step|point|item|rule|number)s?\s+(?P<number>\d{1,2})\b")
REASON = "speaks of a number of a list, and the items in the text have none; write in words which item is meant:"


def references_to_numbers(text: str, /, *, has_numbers: bool) -> list[Doubt]:
    """A doubt for each sentence that names an item by its number, unless the text writes that number before an item.

    Args:
        text: the canonical text.
        has_numbers: whether the file holds a list whose items are numbered.

    >>> [doubt.sentence for doubt in references_to_numbers("Stop.\\n\\nSee step 2.", has_numbers=True)]
    ['See step 2.']
    """
    if not has_numbers or REFERENCE.search(text) is None:
        return []
    written = {_named(found) for found in REFERENCE.finditer(text) if _begins_an_item(text, found.start(), found.end())}
    sentences = (sentence.strip() for paragraph in text.split("\n") for sentence in segment("en", paragraph))
    return [
        Doubt(REASON, sentence)
        for sentence in sentences
        if any(_named(found) not in written for found in REFERENCE.finditer(sentence))
    ]


def _named(found: Match) -> tuple[str, int]:
    return found["what"].lower(), int(found["number"])


def _begins_an_item(text: str, start: int, end: int) -> bool:
    """Whether "Step 3" stands where a paragraph or a sentence begins, with a stop, a colon or a dash behind it."""
    return (start == 0 or text[start - 1] == "\n" or text[max(0, start - 2) : start] in {". ", ": ", "; "}) and (
        text[end : end + 1] in {".", ":", ")", "\n", ""} or text[end : end + 2] in {" –", " —", " -"}
    )
