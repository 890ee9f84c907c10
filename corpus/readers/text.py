"""From the bytes of a file to its text: `decode` finds the encoding, `settle` undoes what was set for one layout.

An encoding is what a mark, a declaration or the bytes themselves say, in that order. Ligatures, soft hyphens and special
spaces become what was written; the words stay as they are.
"""

import codecs
import re

from charset_normalizer import from_bytes

from corpus.doubts import Doubt
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
# U+FB00 to U+FB06; other compatibility characters (², ™, ½) mean something and stay.
LIGATURES = dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
SPACES = dict.fromkeys("\t\v\f\x1c\x1d\x1e\x1f\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))), " ")
LINE_ENDS = dict.fromkeys("\x85\u2028\u2029", "\n")
INVISIBLE = dict.fromkeys("\xad" + SPLITTING, "")
HYPHENS = dict.fromkeys("\u2010\u2011", "-")
WITHOUT_SPLITTING = str.maketrans(dict.fromkeys(SPLITTING, ""))
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
    return _strictly(data, guess), (Doubt(f"Its encoding is not stated and was guessed to be {guess}."),)


def settle(text: str, /) -> str:
    r"""Resolve ligatures, soft hyphens, special spaces and line ends.

    Direction marks and joiners stay, since Arabic, Hindi and emoji need them; `corpus.hostile_text.faults` judges those.

    >>> settle("of\xad\nten di\ufb03cult")
    'often difficult'
    """
    return SOFT_HYPHEN_AT_LINE_END.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).translate(SETTLED)


def without_splitting(text: str, /) -> str:
    """The same without zero-width spaces and their like, for text whose entities (`&#8203;`) were decoded once settled."""
    return text if text.isascii() else text.translate(WITHOUT_SPLITTING)


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
    best = from_bytes(data, cp_isolation=COMMON).best()
    western = _try(data, "cp1252")
    # On a short text the many single-byte encodings look alike; where the common one reads as words, it is meant.
    if western is not None and (best is None or _reads_as_words(western)):
        return "cp1252"
    if best is None:
        raise CorpusError("no encoding fits the text.", remedy="Save it as UTF-8 and try again.")
    return best.encoding


# Of the hundred encodings there are, those that files of today come in; the rare ones only win by mistake.
COMMON = "cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 iso8859_2 koi8_r shift_jis euc_jp gb18030 big5 cp949".split()
TYPOGRAPHIC = set("‘’‚“”„–—…•€£©®°±²³µ·¼½¾«»× §¹º ")


def _reads_as_words(text: str) -> bool:
    """Whether what is not ASCII are letters next to ASCII letters, or typographic marks."""
    foreign = [i for i, letter in enumerate(text) if not letter.isascii()]
    return all(text[i] in TYPOGRAPHIC or (text[i].isalpha() and _beside_ascii_letter(text, i)) for i in foreign)


def _beside_ascii_letter(text: str, index: int) -> bool:
    return any(letter.isascii() and letter.isalpha() for letter in (text[index - 1 : index], text[index + 1 : index + 2]))
