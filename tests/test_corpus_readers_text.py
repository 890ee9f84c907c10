"""Bytes in the encodings that people's files have come out as the text that was written."""

import pytest

from corpus import CorpusError
from corpus.readers.text import decode, settle, undoubled

GERMAN = (
    "Das Syndrom der ruhelosen Beine – auch „Restless Legs“ genannt – stört den Schlaf. Häufig fehlt Eisen; 75 µg/l genügen."
)
RUSSIAN = "Синдром беспокойных ног мешает уснуть. Часто причиной бывает недостаток железа в крови, и это можно проверить."
JAPANESE = "むずむず脚症候群は、夜になると脚を動かしたくなる病気です。鉄分の不足が原因になることがあります。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_a_german_text_is_read_in_every_encoding_without_being_told(encoding: str) -> None:
    text, doubt = decode(GERMAN.encode(encoding))
    assert text == GERMAN
    assert bool(doubt) == (encoding in {"utf-16-le", "utf-16-be", "cp1252"})


@pytest.mark.parametrize("text", ["Thé\n\nIl est chaud.", "It’s 5 °C", "naïve café", "100 £"])
def test_a_short_western_text_is_read_as_windows_1252(text: str) -> None:
    read, (doubt,) = decode(text.encode("cp1252"))
    assert read == text
    assert doubt.reason == "Its encoding is not stated and was guessed to be cp1252; is this line right?"
    assert doubt.sentence in text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Über Füße: es kostet 5 € – “ja”", "mac_roman"),
        ("Die Füße kribbeln, sagt Müller, für 5 €.", "iso8859_15"),
        ("Die Füße kribbeln, sagt Müller; das hält niemand aus.", "cp850"),
        ("À l’hôpital, la fièvre a été élevée.", "mac_roman"),
    ],
)
def test_what_older_programs_wrote_is_read_and_its_line_is_shown(text: str, encoding: str) -> None:
    read, (doubt,) = decode(text.encode(encoding))
    assert (read, doubt.sentence) == (text, text)


def test_text_that_was_encoded_twice_is_put_right_and_shown_beside_what_the_file_has() -> None:
    garbled = "It doesn’t cost 5 €. Müller says so.".encode().decode("cp1252")
    text, (alteration,) = undoubled(f"# Iron\n\n{garbled}\n")
    assert text == "# Iron\n\nIt doesn’t cost 5 €. Müller says so.\n"
    assert (alteration.original, alteration.kept) == (garbled, "It doesn’t cost 5 €. Müller says so.")


@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, JAPANESE, "Ä — â, Ã and € stand alone; naïve café."])
def test_text_that_was_encoded_once_stays_as_it_is(text: str) -> None:
    assert undoubled(text) == (text, ())


def test_a_letter_that_was_lost_does_not_make_the_rest_unreadable() -> None:
    damaged = "It doesn’t help – Müller says".encode() + b"\xff so."
    assert decode(damaged) == ("It doesn’t help – Müller says\ufffd so.", ())


@pytest.mark.parametrize(("text", "encoding"), [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (JAPANESE, "euc_jp")])
def test_other_scripts_are_recognised(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(("text", "encoding"), [(RUSSIAN, "koi8-r"), (JAPANESE, "iso-2022-jp"), (GERMAN, "cp1252")])
def test_a_declared_encoding_is_believed_and_leaves_no_doubt(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), declared=encoding) == (text, ())


def test_latin_1_means_windows_1252_as_in_browsers() -> None:
    assert decode("“quoted” – 5 €".encode("cp1252"), declared="ISO-8859-1") == ("“quoted” – 5 €", ())


def test_utf_8_that_is_declared_something_else_is_still_utf_8() -> None:
    assert decode(GERMAN.encode(), declared="iso-8859-1") == (GERMAN, ())


def test_an_unknown_declaration_is_ignored() -> None:
    assert decode(GERMAN.encode(), declared="klingon") == (GERMAN, ())


def test_a_mark_that_the_rest_contradicts_is_refused() -> None:
    with pytest.raises(CorpusError, match=r"begins like utf-16 but is not valid utf-16\. Save it as UTF-8"):
        decode(b"\xff\xfe\x00")


@pytest.mark.parametrize(
    ("raw", "settled"),
    [
        ("ﬁve oﬃces, ﬂoor, eﬀect, waﬄe", "five offices, floor, effect, waffle"),
        ("rest\xadless", "restless"),
        ("rest\xad\n  less", "restless"),
        ("75\xa0µg/l\u2009a\u202fday", "75 µg/l a day"),
        ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
        ("re\u2011take", "re-take"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("10² m ½ ™ ﷺ", "10² m ½ ™ ﷺ"),
        ("👩‍⚕️ क्‍ष", "👩‍⚕️ क्‍ष"),
    ],
)
def test_letters_set_for_the_eye_are_put_back_and_nothing_else(raw: str, settled: str) -> None:
    assert settle(raw) == settled
