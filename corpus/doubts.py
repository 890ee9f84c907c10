"""What a maintainer is told of a file before its article may be quoted.

A `Doubt` holds the article back until a maintainer has looked: something may have been lost, or may not belong there. It
comes from a reader, from the comparison of the file with the text (`corpus.readers.losses`), or from the judgement of the
text (`corpus.hostile_text`). `--yes` does not pass over it, `--accept-doubts` does, and the record names what was accepted.

An `Alteration` holds nothing back: the reader knows what is right, did it, and shows the file's words beside the text's.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to look into: `reason` says what may be wrong and what to do, in a maintainer's words.

    `sentence` holds the file's own words that it is about, and `place` where they stand ("page 3", "under “Dosage”",
    "line 12"); both are empty where the doubt is about the whole file.
    """

    reason: str
    sentence: str = ""
    place: str = ""

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        sentence = f" “{self.sentence}”" if self.sentence else ""
        return f"{place}{self.reason}{sentence}"


@dataclass(frozen=True, slots=True)
class Alteration:
    """What became of some of the file's words: `kept` is what the text has in their place, empty if they were left out."""

    reason: str
    original: str
    kept: str = ""
    place: str = ""
