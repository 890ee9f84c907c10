"""Question text in the forms that triage matches against; never shown, stored or quoted.

A keyboard, a phone or intent can disguise text. Small reviewed tables fold it, so a rule is written once, in plain letters.
Each step reads the text once; no pattern can backtrack.
"""

import html
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from urllib.parse import unquote

from corpus.linear_patterns import question_pattern

MOST_READ = 32_768  # characters; a longer text is read at its beginning and end
APOSTROPHES = "'`´"
_INVISIBLE = frozenset(
    map(
        chr,
        [
            *(0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFEFF, 0xFFA0),
            *range(0x180B, 0x1810),
            *range(0x200B, 0x2010),
            *range(0x202A, 0x202F),
            *range(0x2060, 0x2070),
            *range(0xFE00, 0xFE10),
            *range(0xFFF9, 0xFFFD),
            *range(0xE0000, 0xE01F0),
        ],
    )
)
_LUNATE = str.maketrans("ϲϹ", "cC")  # NFKC would make them sigmas
_TURNED_ROUND = frozenset("\u202d\u202eɐɔǝƃɥᴉɾʞɹʇʌʍʎ")  # signs that a text is written backwards

# Letters that look like a Latin one: Unicode's confusables (UTS #39), which a test compares with this table, and some that
# are read as one (Cyrillic н as h, but я as none). Applied after NFKC, before lower case.
_LOOK_ALIKES = str.maketrans(
    {
        look_alike: letter
        for letter, look_alikes in {
            "a": "ɐɑΑαАаᎪᗅᴀⱭⱯꓮꭺ𐊠𖽀",
            "b": "ƁƄƅɓʙΒβБВЬбвьᏏᏴᏼᑲᖯᗷꓐꞴꞵꮟ𐊂𐊡𐌁",
            "c": "ƆɔϲϹСсᏟᴄⲤⲥꓚꮯ𐊢𐌂𐐕𐐽𐔜",
            "d": "ĐđΔδԀԁᎠᏧᑯᗞᗪᴅꓒꓓꭰꮷ",
            "e": "ƎƏƐǝɘəɛΕεЁЕЗезёҼҽᎬᴇⴹꓰꬲꭼ𐊆𑢦𑢮𑣆𑣎",
            "f": "ƑƒɟϜϝՔքᖴẝꓝꜰꞘꞙꬵ𐊇𐊥𐔥𑢢𑣂",
            "g": "ƂƃƍɡɢԌԍՑցᏀᏳᏻᶃꓖꞬꮐ",
            "h": "ĦħɥɦʜΗНнҺһՀհᎻᏂᕼⲎⲏꓧꞍꞪꮋꮒ𐋏",
            "i": "ıɩɪͺΙιІіӀᎥᛁᴉιⲒⲓⵏꓲꙆꙇꞮꭵ𐊊𐌉𐔦𑣃",
            "j": "ɾʝͿϳЈјᎫᒍᴊꓙꞲꭻ",
            "k": "ʞΚκКкᏦᛕᴋⲔⲕꓗꞰꮶ𐔘",
            "l": "ŁłƖǀɭʟΛλӏᏞᒪⅼⳐⳑꓡꮮ𐐛𐑃𑢣𑢲𑣒𖼖𖼨",
            "m": "ɱΜμϺϻМмᎷᗰᛖᴍⱮⲘⲙꓟꮇ𐊰𐌑",
            "n": "ŊŋƝɲɴΝΠηπПпՈՌոռⲚⲛꓠ𐔓",
            "o": "ØøΟΣοσОФофՕօჿᲿᴏᴑⲞⲟⵔꓳꬽ𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑢨𑢵𑢷𑣈𑣕𑣗",
            "p": "ΡρϱРрᏢᑭᴘⲢⲣꓑꮲ𐊕",
            "q": "ԚԛԳԶգզⵕ",
            "r": "ƦɹɿʀГгᎡᎱᏒᖇᴦⲄⲅꓣꭇꭈꭱꮁꮢ𐒴𐓜𖼵",
            "s": "ƧƨƼƽςЅѕՏտᏕᏚꓢꜱꮥꮪ𐊖𐐠𐑈𑢡𑣁𖼺",
            "t": "ʇΤτТтᎢᴛⲦⲧꓔꞱꭲ𐊗𐊱𐌕𑢼𖼊",
            "u": "ƲʋυИЙийՍսᑌᴜꓴꞞꞟꭎꭒ𐓎𐓶𑢸𑣘𖽂",
            "v": "ɅʌνѴѵᏙᐯᴠⴸꓦꮩ𐔝𑢠𑣀𖼈",
            "w": "ƜɯʍΩωѠѡԜԝԱաᎳᏔᴡꓪꮃꮤ",
            "x": "ΧχХхᕁᕽᚷⲬⲭⵝꓫꞳꭓ𐊐𐊴𐌗𐔧",
            "y": "ƔɣʎʏΓΥγϒУуҮүყᎩᎽᲧᶌỾỿⲨⲩꓬꭚꭹꮍ𐊲𑢤𑣜𖽃",
            "z": "ΖζᏃᴢꓜꮓ𑢩𑣄𑣉",
        }.items()
        for look_alike in look_alikes
    }
    | {"æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe"}
)
# One form for letters with several, as far as the rules use them.
_VARIANTS = str.maketrans(
    "ىيیکةهٱ" + "殺過藥氣劇說話沒體動斷結麼還離開個顆塊壓醫臉腫難嚨覺療養關發勁樓繩遺書貓燒炭邊攤癱沖電聲媽爺寶劃",
    "يييكهها" + "杀过药气剧说话没体动断结么还离开个颗块压医脸肿难咙觉疗养关发劲楼绳遗书猫烧炭边摊瘫冲电声妈爷宝划",
)
# What separates words, and what is dropped: apostrophes, the Arabic tatweel, control characters.
_PLAIN = str.maketrans(
    dict.fromkeys('-‐‑‒–—―_/\\|"“”„«»()[]', " ")
    | dict.fromkeys(
        [*APOSTROPHES, "\u0640", *(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if not chr(code).isspace())]
    )
)
_THREE_SINGLES = question_pattern(r"(?:^|[^a-z0-9])(?:[a-z0-9][^a-z0-9]{1,3}){2}[a-z0-9](?:[^a-z0-9]|$)")
_SIGN_IN_A_WORD = question_pattern(r"[a-z0-9][^a-z0-9\s'`´][a-z0-9]")
_LEET = str.maketrans("013457@$!|8€+*", "oieastasilbeti")
_LEET_SIGNS = frozenset("0123456789@$!|+€*")
_STRETCH = 3  # equal letters in a row that make a word stretched
_SINGLES = 3  # single letters in a row that count as a spaced-out word
_LONGEST_BETWEEN = 3  # characters between two of them
# Combining classes that are stripped: overlays, nukta, Arabic vowel signs, accents above and below. The virama and vowel
# signs of Indic scripts and the voicing mark of kana stay, since they make another letter.
_STRIPPED_CLASSES = frozenset({1, 7, *range(27, 37), *range(200, 241)})


def ends_of(text: str, /) -> str:
    """The text; if it is longer than MOST_READ, its beginning and its end."""
    return text if len(text) <= MOST_READ else f"{text[: MOST_READ // 2]}\n{text[-MOST_READ // 2 :]}"


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
    return _plain(fold_letters(_visible_letters(text)))


def fold_letters(text: str, /) -> str:
    """Lower case without accents; look-alikes, variants and digits in one form. Rules are folded the same way."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(_digit(c) for c in decomposed if not _is_stripped(c))
    recomposed = unicodedata.normalize("NFC", kept)
    return recomposed.translate(_LOOK_ALIKES).translate(_VARIANTS).casefold().replace("ँ", "ं")


def undisguised_texts(text: str, /) -> tuple[str, ...]:
    """Readings of a disguised text, the plain one first: leetspeak, spaced-out, stretched and turned letters undone.

    Only urgent rules read them all: folding digits would turn "B12" into another word.

    >>> undisguised_texts("k1ll m y s e l f")
    ('k1ll m y s e l f', 'kill myself', 'kll myself', 'kl myself')
    """
    readings = []
    for written in dict.fromkeys((text, _decoded(text))):
        is_turned = not _TURNED_ROUND.isdisjoint(written)
        letters = fold_letters(_visible_letters(written.replace("ɯ", "m") if is_turned else written))
        readings += [_plain(letters), _plain(letters[::-1])] if is_turned else [_plain(letters)]
        joined = _with_singles_joined(letters) if _THREE_SINGLES.search(letters) else letters
        if joined != letters or _is_leet(letters) or _stretched(letters):
            unleet = [_unleet(joined, one) for one in ("i", "l")] if "1" in joined else [_unleet(joined, "i")]
            readings += [reading for one in unleet for reading in _unstretched(one)]
        if _SIGN_IN_A_WORD.search(letters):
            readings.append(_plain(_without_signs_in_words(letters)))
    first, *others = dict.fromkeys(readings)
    return (first, *others)


def _visible_letters(text: str) -> str:
    if text.isascii():
        return text
    composed = ends_of(
        unicodedata.normalize("NFKC", _whole_characters(text).translate(_LUNATE))
    )  # one letter may become eighteen
    plain = "".join(c for c in composed if c not in _INVISIBLE)
    return _unsquared(plain).replace("\u2019", "'").replace("\u2018", "'").replace("\u02bc", "'")


def _whole_characters(text: str) -> str:
    """Surrogate pairs joined; a lone surrogate becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _plain(letters: str) -> str:
    """Folded letters without apostrophes, words separated by single spaces."""
    return " ".join(letters.translate(_PLAIN).split())


def _is_stripped(character: str) -> bool:
    return unicodedata.combining(character) in _STRIPPED_CLASSES or unicodedata.category(character) in {"Me", "Co"}


def _digit(character: str) -> str:
    """A digit of any script as the ASCII one."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _decoded(text: str) -> str:
    """What a page or an address would show: entities and percent signs undone, tags gone."""
    found = html.unescape(text) if "&" in text else text
    found = unquote(found) if "%" in found else found
    return _without_tags(found) if "<" in found else found


def _without_tags(text: str) -> str:
    first, *rest = text.split("<")
    return first + "".join(piece.partition(">")[2] if ">" in piece else f"<{piece}" for piece in rest)


def _unsquared(text: str) -> str:
    """Letters of emoji alphabets, which NFKC leaves: negative circled, negative squared, regional indicators."""
    return text.translate(_SQUARED)


def _is_leet(text: str) -> bool:
    return bool(_LEET_SIGNS.intersection(text)) and any(map(_is_leet_word, text.split()))


def _is_leet_word(word: str) -> bool:
    return bool(_LEET_SIGNS.intersection(word)) and any("a" <= c <= "z" for c in word)


def _unleet(text: str, one: str) -> str:
    table = _LEET | {ord("1"): one, ord("!"): one if one == "i" else "i"}
    words = text.replace("|<", "k").split()
    return " ".join(word.translate(table) if _is_leet_word(word) else word for word in words)


def _stretched(text: str) -> list[str]:
    """The letters that stand somewhere three times in a row or more."""
    return [letter for letter in sorted(set(text)) if letter.isalpha() and letter * _STRETCH in text]


def _unstretched(text: str) -> Iterator[str]:
    """The plain text; for stretched text two readings, with repeated letters at most twice and at most once."""
    stretched = _stretched(text)
    for most in (2, 1) if stretched else ():
        for letter in stretched:
            while letter * (most + 1) in text:
                text = text.replace(letter * (most + 1), letter * most)
        yield _plain(text)
    if not stretched:
        yield _plain(text)


def _with_singles_joined(text: str) -> str:
    """`k i l l`, `k.i.l.l` and `(k)(i)(l)(l)` as a word; wider gaps separate words."""
    runs = ["".join(run) for _, run in groupby(text, key=str.isalnum)]
    found: list[str] = []
    chain: list[str] = []  # single letters and what is between them, alternating
    for run in runs:
        if (run.isalnum() and len(run) == 1) or (chain and not run.isalnum() and len(run) <= _LONGEST_BETWEEN):
            chain.append(run)
            continue
        found += [*_joined(chain), run]
        chain = []
    return "".join([*found, *_joined(chain)])


def _joined(chain: list[str]) -> Iterator[str]:
    letters, between = chain[::2], chain[1::2]
    if len(letters) < _SINGLES:
        yield from chain
        return
    inner = between[: len(letters) - 1]
    narrowest = min(sum(map(str.isspace, gap)) for gap in inner)
    for letter, gap in zip(letters, [*inner, ""], strict=True):
        yield letter
        yield " " if sum(map(str.isspace, gap)) > narrowest else ""
    yield from between[len(inner) :]


def _without_signs_in_words(text: str) -> str:
    """`ki-ll` and `ki.ll` as a word; apostrophes are dropped elsewhere."""
    kept = []
    for place, character in enumerate(text):
        is_sign = not character.isalnum() and not character.isspace() and character not in APOSTROPHES
        if not (is_sign and 0 < place < len(text) - 1 and text[place - 1].isalnum() and text[place + 1].isalnum()):
            kept.append(character)
    return "".join(kept)


_SQUARED = {
    start + place: letter
    for start in (0x1F150, 0x1F170, 0x1F1E6)  # negative circled, negative squared, regional indicators
    for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz")
}
