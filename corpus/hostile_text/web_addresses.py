"""Which addresses an article may link to: pages of public sites whose names are what they seem to be."""

import unicodedata
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from corpus.addresses import is_public

# Scripts whose letters are taken for each other's. Others mix lawfully: a Japanese name holds three scripts.
ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
# Small letters that pass for Latin ones, as browsers have it: https://chromium.googlesource.com/chromium/src/+/main/docs/idn.md
PASSES_FOR_LATIN = frozenset("асԁеһіјӏорԛѕԝхуѵαικνρυωηοτ")
LONGEST_NAME, LONGEST_LABEL = 253, 63  # characters, https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4
MEANS_HERE = "localhost"  # the computer that the reader sits at, https://www.rfc-editor.org/rfc/rfc6761#section-6.3


def is_web_address(url: str, /) -> bool:
    """Whether it is the address of a page of a public site, and nothing else."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port  # a port that is none raises
    except ValueError:
        return False
    is_plain = not any(letter.isspace() or letter in "<>\"'`{}|\\^" or not letter.isprintable() for letter in url)
    is_link = parts.scheme in {"http", "https"} and port != 0 and "@" not in parts.netloc
    return is_link and is_plain and (_is_public_number(host) if _is_number(host) else _is_honest_name(host))


def _is_number(host: str) -> bool:
    """Whether browsers take it for an address in numbers, https://url.spec.whatwg.org/#ends-in-a-number-checker."""
    last = host.removesuffix(".").rpartition(".")[2]
    return (
        ":" in host or last.isdecimal() or (last.startswith("0x") and all(sign in "0123456789abcdef" for sign in last[2:]))
    )


def _is_public_number(host: str) -> bool:
    try:
        return is_public(str(ip_address(host)))
    except ValueError:  # 127.1, 0x7f.1, 2130706433: browsers understand them, honest links have no need of them
        return False


def _is_honest_name(host: str) -> bool:
    written = host.removesuffix(".").split(".")
    if len(host) > LONGEST_NAME or any(len(label) > LONGEST_LABEL for label in written):
        return False
    try:
        labels = [_shown(label) for label in written]
    except UnicodeError:
        return False
    if not all(labels) or labels[-1] == MEANS_HERE:
        return False
    return all(_is_honest(label, is_foreign=labels[-1].isascii()) for label in labels)


def _shown(label: str) -> str:
    """A label as a browser may show it."""
    return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label


def _is_honest(label: str, *, is_foreign: bool) -> bool:
    """Whether a label's letters are of one script and, under a Latin ending, not foreign ones that look Latin."""
    if label.isascii():
        return all(letter.isalnum() or letter in "-_" for letter in label)
    is_written = all(letter.isalnum() or letter in "-_·" or unicodedata.category(letter)[0] == "M" for letter in label)
    scripts = _scripts(label)
    if not is_written or unicodedata.normalize("NFKC", label) != label or len(scripts) > 1:
        return False
    return not (is_foreign and all(letter.isascii() or letter in PASSES_FOR_LATIN for letter in label))


def _scripts(letters: Iterable[str]) -> set[str]:
    names = {unicodedata.name(letter, "").split(maxsplit=1)[0] for letter in letters if letter.isalpha()}
    return names.intersection(ALIKE)
