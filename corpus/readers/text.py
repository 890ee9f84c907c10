"""From the bytes of a file to its text: `decode` finds the encoding, `settle` undoes what was set for one layout.

An encoding is what a mark, a declaration or the bytes themselves say, in that order. Ligatures, soft hyphens and special
spaces become what was written; the words stay as they are.
"""

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes
from ftfy import fix_encoding
from ftfy.badness import is_bad

from corpus.doubts import Alteration, Doubt
from corpus.errors import CorpusError
from corpus.hostile_text.disguises import SPLITTING

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What pages say and what they mean, as browsers have it: https://encoding.spec.whatwg.org/#names-and-labels
MEANT = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
SHOWN = 60  # characters around what a maintainer is to look at
# U+FB00 to U+FB06; other compatibility characters (², ™, ½) mean something and stay.
LIGATURES = dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
SPACES = dict.fromkeys("\t\v\f\x1c\x1d\x1e\x1f\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))), " ")
LINE_ENDS = dict.fromkeys("\x85\u2028\u2029", "\n")
# What begins words with a hyphen of their own, and never is the first half of another word.
BEFORE_A_HYPHEN = {*"self low high well long short half ex cross mid double single first second third slow fast".split()}
INVISIBLE = dict.fromkeys("\xad" + SPLITTING, "")
HYPHENS = dict.fromkeys("\u2010\u2011", "-")
SETTLED = str.maketrans({**LIGATURES, **SPACES, **LINE_ENDS, **INVISIBLE, **HYPHENS})
# On `re`, since no repeat can take the soft hyphen or the line end beside it: there is nothing to go back to.
SOFT_HYPHEN_AT_LINE_END = re.compile("\xad[^\\S\n]*\n[^\\S\n]*")


def decode(data: bytes, /, *, declared: str = "") -> tuple[str, tuple[Doubt, ...]]:
    """The text, and what is doubtful about its letters.

    Args:
        data: the whole file.
        declared: the encoding that a header or the file itself names; believed unless the bytes contradict it.

    Raises:
        CorpusError: no encoding fits.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding), ()
    is_wide = b"\0" in data
    if not is_wide and not data.isascii() and (text := _try(data, "utf-8")) is not None:
        return text, ()  # other encodings never look like this by chance
    if (meant := _known(declared)) and (text := _try(data, meant)) is not None:
        return text, ()
    if not is_wide and (text := _try(data, "utf-8")) is not None:
        return text, ()
    guess = _wide(data) if is_wide else _guess(data)
    if guess == "utf-8":
        return data.decode("utf-8", "replace"), ()  # `corpus.hostile_text` names each sentence with a lost letter
    text = _strictly(data, guess)
    return text, (
        Doubt(f"Its encoding is not stated and was guessed to be {guess}; is this line right?", _foreign_line(text)),
    )


def undoubled(text: str, /) -> tuple[str, tuple[Alteration, ...]]:
    """The text with what was encoded twice put right ("doesnâ€™t" → "doesn’t"), and each line that was, beside it."""
    lines = text.split("\n")
    changed = [
        (line, fixed) for line in lines if not line.isascii() and is_bad(line) and (fixed := fix_encoding(line)) != line
    ]
    mended = dict(changed)
    reason = "encoded twice in the file, put right"
    alterations = tuple(Alteration(reason, *_differing(line, fixed)) for line, fixed in changed)
    return "\n".join(mended.get(line, line) for line in lines), alterations


def _differing(one: str, other: str) -> tuple[str, str]:
    """Two lines from where they begin to differ, as much as can be looked at."""
    start = max(0, next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0) - SHOWN)
    return one[start : start + 3 * SHOWN].strip(), other[start : start + 3 * SHOWN].strip()


def _foreign_line(text: str) -> str:
    """The first line with letters whose encoding matters."""
    line = next((line for line in text.splitlines() if not line.isascii()), "")
    start = max(0, next((at for at, letter in enumerate(line) if not letter.isascii()), 0) - SHOWN)
    return line[start : start + 3 * SHOWN].strip()


def settle(text: str, /) -> str:
    r"""Resolve ligatures, soft hyphens, special spaces and line ends.

    Direction marks and joiners stay, since Arabic, Hindi and emoji need them; `corpus.hostile_text.faults` judges those.

    >>> settle("of\xad\nten di\ufb03cult")
    'often difficult'
    """
    return SOFT_HYPHEN_AT_LINE_END.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).translate(SETTLED)


def settle_entities(text: str, /) -> str:
    """The same for words whose entities (`&shy;`, `&#8203;`) were decoded after the text was settled."""
    return text if text.isascii() else text.translate(SETTLED)


def _known(label: str) -> str:
    try:
        name = codecs.lookup(label.strip()).name
    except (LookupError, ValueError):
        return ""
    return MEANT.get(name, name)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _strictly(data: bytes, encoding: str) -> str:
    text = _try(data, encoding)
    if text is None:
        raise CorpusError(
            f"the text begins like {encoding} but is not valid {encoding}.", remedy="Save it as UTF-8 and try again."
        )
    return text


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: in most texts, the zero bytes stand on one side."""
    return "utf-16-le" if data[1::2].count(0) >= data[::2].count(0) else "utf-16-be"


def _guess(data: bytes) -> str:
    if _is_damaged_utf8(data):
        return "utf-8"
    # On a short text the many single-byte encodings look alike; the first of the common ones that reads as words is meant.
    for encoding in WESTERN:
        if (text := _try(data, encoding)) is not None and _reads_as_words(text):
            return encoding
    best = from_bytes(data, cp_isolation=COMMON).best()
    if best is None and _try(data, "cp1252") is None:
        raise CorpusError("no encoding fits the text.", remedy="Save it as UTF-8 and try again.")
    return best.encoding if best else "cp1252"


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether it is UTF-8 but for a few letters: others never hold as many sequences that are whole."""
    text = data.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    return 0 < 2 * lost <= sum(not letter.isascii() for letter in text) - lost


WESTERN = ("cp1252", "iso8859_15", "mac_roman", "cp850")
# Of the hundred encodings there are, those that files of today come in; the rare ones only win by mistake.
COMMON = "cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 iso8859_2 koi8_r shift_jis euc_jp gb18030 big5 cp949".split()
MOST_FOREIGN = 0.3  # of the letters of a text that is written in Latin ones
TYPOGRAPHIC = set("‘’‚“”„–—…•€£©®°±²³µ·¼½¾«»×÷ §¹º¡¿")
WORDS_OF_ONE = set("àÀéÉèÈóÓêÊøØåÅ")
WITHIN_WORDS = set("’–—·")
BEFORE_WORDS = set("‘“„‚«¡¿•–—’·°µ§\xa0")


def _reads_as_words(text: str) -> bool:
    """Whether what is not ASCII are letters of words, or typographic marks where those stand."""
    letters = [letter for letter in text if letter.isalpha()]
    foreign = sum(not letter.isascii() for letter in letters)
    is_western = foreign <= MOST_FOREIGN * len(letters)
    return is_western and all(letter.isascii() or _is_in_place(text, at) for at, letter in enumerate(text))


def _is_in_place(text: str, at: int) -> bool:
    before, letter, after = text[at - 1 : at] if at else "", text[at], text[at + 1 : at + 2]
    if letter.isalpha() and letter not in TYPOGRAPHIC:
        is_capital_within = letter.isupper() and (before.islower() or (before.isalpha() and after.islower()))
        is_word = before.isalpha() or after.isalpha() or letter in WORDS_OF_ONE
        return is_word and not is_capital_within and unicodedata.name(letter).startswith("LATIN")
    if letter not in TYPOGRAPHIC:
        return False
    if before.isalpha() and after.isalpha():
        return letter in WITHIN_WORDS
    return not after.isalpha() or letter in BEFORE_WORDS
