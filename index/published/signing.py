"""Signed versions: where INDEX_PUBLIC_KEY is set, a signature is checked before anything is parsed.

Flows in: a public key, the exact bytes of a manifest or of a model's record, and the signature beside it. Flows out: an
error, or nothing. A version older than the newest one seen is refused as well, unless a signed order names it. Ed25519
(RFC 8032), by the package cryptography, which is loaded only where there is a key.
"""

import base64
import binascii
import json
import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.durable import write_durably
from corpus.regular_files import read_regular
from index.errors import SignatureError
from index.published.layout import VERSION_NAME, IndexLayout

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SUFFIX = ".sig"  # of the file beside what is signed
LARGEST = 512  # bytes of a signature, of an order, of what was seen
LARGEST_KEY = 4096  # bytes of a key in a file
SIGN_COMMAND = "Run `python -m index sign VERSION --key FILE` where the key is, and send it again."
ORDER = re.compile(rf"roll back to ({VERSION_NAME.pattern}) from ({VERSION_NAME.pattern}) at (\d{{8}}T\d{{12}}Z)")


@dataclass(frozen=True, slots=True)
class Order:
    """Serve `to` and withdraw what is newer, up to `withdrawn`, the newest at that time. `at` tells orders apart."""

    to: str
    withdrawn: str
    at: str

    def __str__(self) -> str:
        return f"roll back to {self.to} from {self.withdrawn} at {self.at}"


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest version that was served here, and the time of the newest order that was followed."""

    newest: str = ""
    order: str = ""


class Trust:
    """What is trusted: everything without a key, else only what is signed with it. Safe to use from several threads."""

    def __init__(self, key: "Ed25519PublicKey | None" = None, /) -> None:
        self._key = key
        self._seen: dict[Path, Seen] = {}  # by index folder; kept here too, since not every folder can be written

    @classmethod
    def of(cls, setting: str, /) -> "Trust":
        """As INDEX_PUBLIC_KEY says: empty, the 32 bytes in base64 or hexadecimal digits, or the path of a PEM file.

        Raises:
            SignatureError: it is none of these.
        """
        if not setting:
            return cls()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

        with suppress(ValueError, binascii.Error):
            is_hexadecimal = re.fullmatch(r"[0-9a-fA-F]{64}", setting)
            raw = bytes.fromhex(setting) if is_hexadecimal else base64.b64decode(setting, validate=True)
            return cls(Ed25519PublicKey.from_public_bytes(raw))  # ValueError: not 32 bytes
        with suppress(OSError, ValueError):
            key = load_pem_public_key(Path(setting).read_bytes()[:LARGEST_KEY])
            if isinstance(key, Ed25519PublicKey):
                return cls(key)
        said = f"INDEX_PUBLIC_KEY={setting[:80]!r} is neither an Ed25519 key of 32 bytes in base64 or hexadecimal digits"
        raise SignatureError(
            f"{said}, nor the path of a PEM file that holds one.", remedy="Set what `python -m index keygen FILE` prints."
        )

    @property
    def is_on(self) -> bool:
        """Whether signatures are asked for."""
        return self._key is not None

    def check_file(self, path: Path, data: bytes, /, *, what: str) -> None:
        """Check what was read from a file against the signature beside it.

        Raises:
            SignatureError: there is none, or it does not fit the content and the key.
        """
        if not self.is_on:
            return
        try:
            signature = read_regular(signature_of(path), most=LARGEST)
        except OSError:
            raise SignatureError(f"{what} has no signature.", remedy=SIGN_COMMAND) from None
        self._check(data, signature, what=what)

    def check_age(self, index_dir: Path, name: str, /) -> None:
        """Refuse a version older than the newest one seen, and one that was withdrawn, unless a signed order asks for it.

        Raises:
            SignatureError: it is older, or what was seen cannot be read.
        """
        if not self.is_on:
            return
        seen, order = self._seen_at(index_dir), self.order(index_dir)
        if order is not None and order.withdrawn >= seen.newest and order.at >= seen.order:
            is_wanted = name == order.to or name > order.withdrawn
        else:
            is_wanted = name >= seen.newest
        if not is_wanted:
            raise SignatureError(
                f"version {name} is older than one that was served here, or was withdrawn, and no signed order asks for it.",
                remedy="Run `python -m index rollback --key FILE` where the key is, or publish a newer version.",
            )

    def saw(self, index_dir: Path, name: str, /) -> None:
        """Remember that a version is served; in a folder that cannot be written, for as long as this process lives."""
        if not self.is_on:
            return
        seen, order = self._seen_at(index_dir), self.order(index_dir)
        now = replace(seen, newest=max(seen.newest, name))
        if order is not None and order.to == name:
            now = replace(now, newest=max(now.newest, order.withdrawn), order=max(now.order, order.at))
        if now != seen:
            self._seen[index_dir] = now
            with suppress(OSError):
                write_durably(IndexLayout(index_dir).seen, json.dumps(asdict(now)).encode())

    def order(self, index_dir: Path, /) -> Order | None:
        """The order that stands in a folder, if it is signed with the key."""
        try:
            return self.parsed_order(read_regular(IndexLayout(index_dir).order, most=LARGEST))
        except (OSError, SignatureError):
            return None

    def parsed_order(self, data: bytes, /) -> Order:
        """An order out of the content of its file: one line, and its signature in another.

        Raises:
            SignatureError: it is not signed with the key.
        """
        line, _, signature = data.partition(b"\n")
        self._check(line, signature, what="the order to roll back")
        if not (found := ORDER.fullmatch(line.decode("ascii", errors="replace"))):
            raise SignatureError(
                "the order to roll back cannot be read.",
                remedy="Run `python -m index rollback --key FILE` again, where the key is.",
            )
        return Order(*found.groups())

    def _check(self, data: bytes, signature: bytes, *, what: str) -> None:
        if self._key is None:
            return
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415

        try:
            self._key.verify(base64.b64decode(signature.strip(), validate=True), data)
        except (InvalidSignature, binascii.Error, ValueError):
            raise SignatureError(f"{what} is not signed with the key of INDEX_PUBLIC_KEY.", remedy=SIGN_COMMAND) from None

    def _seen_at(self, index_dir: Path) -> Seen:
        known = self._seen.get(index_dir, Seen())
        try:
            kept = Seen(**json.loads(read_regular(IndexLayout(index_dir).seen, most=LARGEST)))
            return Seen(max(kept.newest, known.newest), max(kept.order, known.order))
        except FileNotFoundError:
            return known
        except (OSError, ValueError, TypeError):
            raise SignatureError(
                f"{IndexLayout(index_dir).seen} cannot be read, so it is not known which version is the newest.",
                remedy="Delete it if you trust the published version.",
            ) from None


class SigningKey:
    """The private key in a PEM file, which only those who publish have."""

    def __init__(self, path: Path, /) -> None:
        """Read it.

        Raises:
            SignatureError: it is not an Ed25519 key.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise SignatureError(
                f"{path} holds no private Ed25519 key without a password.",
                remedy="Make one with `python -m index keygen FILE`.",
            )
        self._key: Ed25519PrivateKey = key

    def sign_file(self, path: Path, /) -> None:
        """Write the signature of a file beside it."""
        write_durably(signature_of(path), base64.b64encode(self._key.sign(path.read_bytes())) + b"\n")

    def order(self, index_dir: Path, to: str, /, *, withdrawn: str) -> None:
        """Write the order to go back to a version from the newest one."""
        line = str(Order(to, withdrawn, f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}")).encode()
        write_durably(IndexLayout(index_dir).order, line + b"\n" + base64.b64encode(self._key.sign(line)) + b"\n")


def signature_of(path: Path, /) -> Path:
    """Where the signature of a file stands.

    >>> signature_of(Path("manifest.json")).name
    'manifest.json.sig'
    """
    return path.with_name(path.name + SUFFIX)


def make_key(path: Path, /) -> str:
    """Write a new private key to a file that only its owner may read; its public half in base64.

    Raises:
        SignatureError: there is such a file, or it cannot be written.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    key = Ed25519PrivateKey.generate()
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    data = key.private_bytes(encoding, form, serialization.NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise SignatureError(
            f"{path} cannot be written: {error.strerror}.", remedy="Name a file that is not there yet."
        ) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


NO_KEY = Trust()
