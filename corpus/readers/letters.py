"""Letters that were set for the eye of one layout, put back to what was written. The words stay as they are."""

import re

# U+FB00 to U+FB06; other compatibility characters (², ™, ½) mean something and stay.
LIGATURES = dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
SPACES = dict.fromkeys("\t\v\f\x1c\x1d\x1e\x1f\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))), " ")
LINE_ENDS = dict.fromkeys("\x85\u2028\u2029", "\n")
INVISIBLE = dict.fromkeys("\xad\u200b\u2060\ufeff", "")  # soft hyphen, zero-width space, word joiner, byte order mark
HYPHENS = dict.fromkeys("\u2010\u2011", "-")
SETTLED = str.maketrans({**LIGATURES, **SPACES, **LINE_ENDS, **INVISIBLE, **HYPHENS})
SOFT_HYPHEN_AT_LINE_END = re.compile("\xad[^\\S\n]*\n[^\\S\n]*")


def settle(text: str, /) -> str:
    r"""Resolve ligatures, soft hyphens, special spaces and line ends.

    Direction marks and joiners stay, since Arabic, Hindi and emoji need them; `corpus.hostile_text` judges those.

    >>> settle("of\xad\nten di\ufb03cult")
    'often difficult'
    """
    return SOFT_HYPHEN_AT_LINE_END.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).translate(SETTLED)
