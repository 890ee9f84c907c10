"""What a turn asks beside taking back the danger that was told before it: "it was a joke. does iron matter?".

The rules that take back are reviewed data, `languages/<code>/triage.toml`, [taken_back].
"""

import re

from assistant.triage.disguises import plain_text
from assistant.triage.rules import takes_back

PIECE = re.compile(r"[^.!?;,…。！？、，،؟।\n]+[.!?;,…。！？、，،؟।\n]*")
ASKS = re.compile(r"[?？؟]\s*$")
LONG = 9  # words; a longer piece that takes back may ask something as well
ASKED = re.compile(r"\b(?:what|which|why|how|does|can|could)\s+\S+\s+\S+.*$", re.IGNORECASE)  # "jk what about iron"


def asked_beside(text: str, /) -> str:
    """What is asked after, or else before, the words that take back; empty if nothing is.

    >>> asked_beside("it was a joke, sorry. does iron matter?"), asked_beside("she's fine, the box was empty")
    ('does iron matter?', '')
    """
    pieces = [piece.strip() for piece in PIECE.findall(text)]
    taking = [place for place, piece in enumerate(pieces) if takes_back(plain_text(piece))]
    if not taking:  # taken back across pieces
        return text if ASKS.search(text) else ""
    after, before = pieces[taking[-1] + 1 :], pieces[: taking[0]]
    while after and not ASKS.search(after[0]) and len(after) > 1 and len(after[0].split()) == 1:
        after = after[1:]  # "sorry"
    if after and (len(after) > 1 or len(after[0].split()) > 1 or ASKS.search(after[0])):
        return " ".join(after)
    if any(map(ASKS.search, before)):
        return " ".join(before)
    if (asked := ASKED.search(pieces[taking[-1]])) is not None:
        return asked.group()
    return text if len(pieces[taking[-1]].split()) >= LONG else ""
