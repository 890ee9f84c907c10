"""Question text in the forms that triage matches against; never shown, stored or quoted.

What is typed can be disguised, by a keyboard, a phone or on purpose. Everything here is deterministic folding by small
reviewed tables (look-alikes after Unicode's confusables, UTS #39), so that a rule is written once, in plain letters.
"""

import re
import unicodedata

INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f"
    r"\ufeff\uffa0\U000e0000-\U000e01ef]"
)

# look-alike -> what it stands for; after NFKC, before lower case
_LOOK_ALIKES = str.maketrans(
    dict(
        zip(
            "абвгеёзийкмнопрстуфхьѕіјһԁԛԝӏԍѵ" + "АБВГЕЁЗИЙКМНОПРСТУФХЬЅІЈҺԀԚԜӀԌѴ",
            "abbreeeuukmhonpctyoxbsijhdqwlgv" * 2,
            strict=True,
        )
    )
    | dict(zip("αβγδεζηικλμνοπρςστυχω", "abydezniklmvonpsotuxw", strict=True))
    | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx", strict=True))
    | dict(
        zip("ɑɐəɛɡɢɦɪıɩʟɭɱɴɲŋøᴀʙᴄᴅᴇꜰɢʜᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢłđħþⅼ", "aaeeggiiiillmnnnoabcdefghjklmnoprstuvwyzldhpl", strict=False)
    )
    | {"æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "Ø": "o", "Ł": "l", "Đ": "d", "ƒ": "f"}
)
# one way of writing for letters that a language writes in several, as far as the rules use them
_VARIANTS = str.maketrans(
    "ىيیکةهٱ" + "殺過藥氣劇說話沒體動斷結麼還離開個顆塊壓醫臉腫難嚨覺療養關發勁樓繩遺書貓燒炭邊攤癱沖電聲媽爺寶劃",
    "يييكهها" + "杀过药气剧说话没体动断结么还离开个颗块压医脸肿难咙觉疗养关发劲楼绳遗书猫烧炭边摊瘫冲电声妈爷宝划",
)
_DROPPED = re.compile(r"['\u0640`´]")  # apostrophes and the Arabic stretching stroke
_SPACES = re.compile(r"[\s\-‐-―_\"“”„«»()\[\]]+")
_LEET_WORD = re.compile(r"(?<!\S)(?=\S*[a-z])(?=\S*[0-9@$!|+€])\S+")
_LEET = str.maketrans("013457@$!|8€+*", "oieastasilbeti")
_SINGLE_LETTERS = re.compile(r"(?<![^\W_])[^\W\d_](?:(?P<between>[ ._*\-/|,~+])[^\W\d_](?:(?P=between)[^\W\d_])+)(?![^\W_])")
_SPACED_OUT = re.compile(r"(?<![^\W_])[^\W\d_][\W_][^\W\d_][\W_][^\W\d_](?![^\W_])")
_STRETCHED_OUT = re.compile(r"([^\W\d_])\1\1")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_DISGUISED = re.compile("|".join(pattern.pattern for pattern in (_LEET_WORD, _SPACED_OUT, _STRETCHED_OUT)))
# combining classes that are stripped: overlays, nukta, Arabic vowel signs, accents above and below. Kept are the virama
# and the vowel signs of Indic scripts and the voicing mark of kana, which make another letter.
_STRIPPED_CLASSES = frozenset({1, 7, *range(27, 37), *range(200, 241)})


def normalise(text: str, /) -> str:
    """Text for matching, never for showing: NFKC, invisible characters gone, plain apostrophes, single spaces.

    >>> normalise("ｋｉｌｌ\u200b  my’self")
    "kill my'self"
    """
    return " ".join(_visible_letters(text).split())


def plain_text(text: str, /) -> str:
    """Lower case without accents, apostrophes, hyphens and quotation marks; look-alike letters as the Latin ones.

    >>> plain_text("Ｉ  cаn’t… Não-quero")
    'i cant... nao quero'
    """
    return " ".join(_SPACES.sub(" ", _DROPPED.sub("", fold_letters(_visible_letters(text)))).split())


def fold_letters(text: str, /) -> str:
    """Lower case, accents stripped, look-alikes and variants as one letter. Also made of the rules themselves."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(
        c for c in decomposed if unicodedata.combining(c) not in _STRIPPED_CLASSES and unicodedata.category(c) != "Me"
    )
    recomposed = unicodedata.normalize("NFC", kept)
    return recomposed.translate(_LOOK_ALIKES).translate(_VARIANTS).casefold().replace("ँ", "ं")


def undisguised_texts(text: str, /) -> tuple[str, ...]:
    """Readings of a disguised text, the plain one first: leetspeak, spaced-out and stretched letters undone.

    They are for urgent rules alone: folding digits would turn "B12" into another word.

    >>> undisguised_texts("k1ll m y s e l f")
    ('k1ll m y s e l f', 'kill myself', 'klll myself', 'kil myself', 'kl myself')
    """
    plain = plain_text(text)
    letters = fold_letters(_visible_letters(text))
    readings = [plain]
    if _DISGUISED.search(letters):
        for one in ("i", "l"):
            joined = _SINGLE_LETTERS.sub(_join, " ".join(_SINGLE_LETTERS.sub(_join, _unleet(letters, one)).split()))
            readings += [plain_text(_STRETCHED.sub(replacement, joined)) for replacement in (r"\1\1", r"\1")]
    return tuple(dict.fromkeys(readings))


def _visible_letters(text: str) -> str:
    plain = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return _unsquared(plain).replace("\u2019", "'").replace("\u2018", "'").replace("\u02bc", "'")


def _unsquared(text: str) -> str:
    """Letters of emoji alphabets, which NFKC leaves: negative circled, negative squared, regional indicators."""
    if text.isascii():
        return text
    return re.sub(
        "[\U0001f150-\U0001f169\U0001f170-\U0001f189\U0001f1e6-\U0001f1ff]",
        lambda match: chr(ord("a") + (ord(match[0]) - (0x1F1E6 if ord(match[0]) >= 0x1F1E6 else 0x1F150)) % 32),
        text,
    )


def _unleet(text: str, one: str) -> str:
    table = _LEET | {ord("1"): one, ord("!"): one if one == "i" else "i"}
    return _LEET_WORD.sub(lambda match: match[0].translate(table), text)


def _join(match: re.Match[str]) -> str:
    return match[0].replace(match["between"], "")
