"""published/signing.py: with a public key set, only what is signed with it is loaded, and nothing older than was seen."""

import base64
import json
import pickle
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from fastapi.testclient import TestClient

import app
from assistant.web.process.starting import NothingToServeError
from corpus import load_corpus
from index import Encoder, build, current_version, open_version
from index.errors import SignatureError
from index.published.layout import MANIFEST, IndexLayout
from index.published.locking import publishing
from index.published.manifest import sealed
from index.published.model import RECORD, encoder_for, export_if_missing
from index.published.pointer import publish
from index.published.signing import NO_KEY, SigningKey, Trust, make_key, signature_of
from index.published.version import list_versions
from index.replication.following import Mirror
from index.replication.object_store import ObjectStore
from index.replication.sending import share
from settings import PROJECT, Settings
from tests.conftest import HashEncoder, make_document


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "index.pem"
    make_key(path)
    return path


@pytest.fixture(scope="module")
def key(key_file: Path) -> SigningKey:
    return SigningKey(key_file)


@pytest.fixture
def trust(key_file: Path) -> Trust:
    return Trust.of(public(key_file)[0].hex())


@pytest.fixture
def other(tmp_path: Path) -> SigningKey:
    make_key(tmp_path / "other.pem")
    return SigningKey(tmp_path / "other.pem")


@pytest.fixture
def index_dir(tmp_path: Path, key: SigningKey) -> Path:
    """Three versions, all signed, the newest published."""
    for text in ("One.", "Two.", "Three."):
        name = build([make_document(paragraphs=[text])], encoder=HashEncoder(), index_dir=tmp_path / "index").version
        key.sign_file(tmp_path / "index" / name / MANIFEST)
    return tmp_path / "index"


def publish_trusting(index_dir: Path, name: str, trust: Trust) -> None:
    with publishing(index_dir) as layout:
        publish(layout, name, trust=trust)


def public(key_file: Path) -> tuple[bytes, bytes]:
    """The raw public key, and it in PEM."""
    key = serialization.load_pem_private_key(key_file.read_bytes(), None).public_key()
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return raw, key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def test_a_key_is_taken_in_base64_in_hexadecimal_digits_or_as_a_file(
    key_file: Path, index_dir: Path, tmp_path: Path
) -> None:
    raw, pem = public(key_file)
    (tmp_path / "public.pem").write_bytes(pem)
    for setting in (base64.b64encode(raw).decode(), raw.hex(), raw.hex().upper(), str(tmp_path / "public.pem")):
        open_version(index_dir, current_version(index_dir), trust=Trust.of(setting))
    assert not Trust.of("").is_on


@pytest.mark.parametrize("setting", ["x", "00" * 31, "00" * 33, base64.b64encode(b"x" * 31).decode(), "/no/such.pem", "/"])
def test_what_is_no_key_is_refused_with_a_remedy(setting: str) -> None:
    with pytest.raises(SignatureError, match=r"INDEX_PUBLIC_KEY=.* is neither .*`python -m index keygen FILE`"):
        Trust.of(setting)


def test_a_private_key_is_for_its_owner_only_and_never_written_over(key_file: Path, tmp_path: Path) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600
    before = key_file.read_bytes()
    with pytest.raises(SignatureError, match="cannot be written"):
        make_key(key_file)
    assert key_file.read_bytes() == before
    (tmp_path / "no.pem").write_bytes(public(key_file)[1])
    for path in (tmp_path / "no.pem", tmp_path / "nowhere.pem", tmp_path):
        with pytest.raises(SignatureError, match="holds no private Ed25519 key"):
            SigningKey(path)


def test_a_signed_version_opens_and_without_a_key_nothing_is_asked(index_dir: Path, trust: Trust) -> None:
    for name in list_versions(index_dir):
        assert open_version(index_dir, name, trust=trust).name == name
        signature_of(index_dir / name / MANIFEST).unlink()
        assert open_version(index_dir, name, trust=NO_KEY).name == name


@pytest.mark.parametrize("spoil", ["missing", "another key", "another file", "garbage", "empty", "long", "link"])
def test_a_version_without_the_right_signature_is_refused_before_anything_is_parsed(
    index_dir: Path, trust: Trust, other: SigningKey, tmp_path: Path, spoil: str
) -> None:
    older, *_, name = list_versions(index_dir)
    manifest = index_dir / name / MANIFEST
    signature = signature_of(manifest)
    whole = signature.read_bytes()
    manifest_before = manifest.read_bytes()
    if spoil == "another key":
        other.sign_file(manifest)
    elif spoil == "another file":
        signature.write_bytes(signature_of(index_dir / older / MANIFEST).read_bytes())
    elif spoil == "link":
        (tmp_path / "elsewhere").write_bytes(whole)
        signature.unlink()
        signature.symlink_to(tmp_path / "elsewhere")
    elif spoil == "missing":
        signature.unlink()
    else:
        signature.write_bytes({"garbage": b"\xff" * 64, "empty": b"", "long": whole * 100}[spoil])
    manifest.write_bytes(b"{not json")  # who parses it says something else
    with pytest.raises(SignatureError, match=rf"version {name} (has no signature|is not signed with the key)") as refused:
        open_version(index_dir, name, trust=trust)
    assert "python -m index sign" in refused.value.remedy
    manifest.write_bytes(manifest_before)
    with pytest.raises(SignatureError):
        open_version(index_dir, name, trust=trust)


def test_a_manifest_that_was_changed_and_sealed_anew_is_refused(index_dir: Path, trust: Trust, tmp_path: Path) -> None:
    name = current_version(index_dir)
    (index_dir / name / "passages.npy").write_bytes(pickle.dumps("x"))
    record = json.loads((index_dir / name / MANIFEST).read_bytes())
    del record["sha256"]
    record["files"]["passages.npy"] = "0" * 64
    (index_dir / name / MANIFEST).write_bytes(sealed(record))
    with pytest.raises(SignatureError):
        open_version(index_dir, name, trust=trust)


def test_nothing_unsigned_is_published(index_dir: Path, trust: Trust) -> None:
    published = current_version(index_dir)
    name = build([make_document(paragraphs=["Four."])], encoder=HashEncoder(), index_dir=index_dir, publish_it=False).version
    with pytest.raises(SignatureError):
        publish_trusting(index_dir, name, trust)
    assert current_version(index_dir) == published


def test_nothing_older_than_what_was_seen_is_admitted_not_even_by_another_process(
    index_dir: Path, key_file: Path, trust: Trust
) -> None:
    older, middle, newest = list_versions(index_dir)
    trust.check_age(index_dir, older)  # nothing was seen yet
    trust.saw(index_dir, middle)
    for process in (trust, Trust.of(public(key_file)[0].hex())):
        process.check_age(index_dir, middle)
        process.check_age(index_dir, newest)
        with pytest.raises(SignatureError, match=rf"version {older} is older .* no signed order asks for it"):
            process.check_age(index_dir, older)
    NO_KEY.check_age(index_dir, older)


def test_a_signed_order_goes_back_and_withdraws_until_something_newer_comes(
    index_dir: Path, key: SigningKey, trust: Trust, other: SigningKey, key_file: Path
) -> None:
    older, middle, newest = list_versions(index_dir)
    trust.saw(index_dir, newest)
    other.order(index_dir, older, withdrawn=newest)
    with pytest.raises(SignatureError):
        trust.check_age(index_dir, older)
    key.order(index_dir, older, withdrawn=newest)
    publish_trusting(index_dir, older, trust)
    for withdrawn in (middle, newest):
        with pytest.raises(SignatureError):
            trust.check_age(index_dir, withdrawn)
    trust.check_age(index_dir, "29990101T000000Z-aaaaaa")
    order = IndexLayout(index_dir).order.read_bytes()
    key.order(index_dir, newest, withdrawn=newest)  # another order: the newest is all right after all
    publish_trusting(index_dir, newest, trust)
    IndexLayout(index_dir).order.write_bytes(order)  # somebody plays the earlier one again
    with pytest.raises(SignatureError):
        Trust.of(public(key_file)[0].hex()).check_age(index_dir, older)
    key.order(index_dir, older, withdrawn=middle)  # of a time at which the newest was not there
    with pytest.raises(SignatureError):
        trust.check_age(index_dir, older)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"newest": 1}', b"x" * 10_000])
def test_when_it_is_not_known_what_was_seen_nothing_is_admitted(index_dir: Path, trust: Trust, content: bytes) -> None:
    IndexLayout(index_dir).seen.write_bytes(content)
    with pytest.raises(SignatureError, match=r"SEEN cannot be read"):
        trust.check_age(index_dir, current_version(index_dir))


def test_a_model_is_signed_as_well(real_index: Path, key: SigningKey, trust: Trust, tmp_path: Path) -> None:
    index_dir = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(real_index), str(index_dir)], check=True)
    name = current_version(index_dir)
    key.sign_file(index_dir / name / MANIFEST)
    version = open_version(index_dir, name, trust=trust)
    with pytest.raises(SignatureError, match=r"the exported model .* has no signature"):
        encoder_for(version, index_dir, model="all-MiniLM-L6-v2", trust=trust)
    key.sign_file(IndexLayout(index_dir).model(version.manifest.model) / RECORD)
    assert encoder_for(version, index_dir, model="all-MiniLM-L6-v2", trust=trust).fingerprint == version.manifest.model


@pytest.fixture
def source(tmp_path: Path) -> ObjectStore:
    return ObjectStore((tmp_path / "source").as_uri())


def test_signatures_go_with_a_version_to_the_source_and_on_to_a_mirror(
    index_dir: Path, source: ObjectStore, trust: Trust, tmp_path: Path
) -> None:
    newest = current_version(index_dir)
    share(source, index_dir, newest)
    mirror = Mirror(source, tmp_path / "replica", trust=trust)
    mirror.pull()
    assert current_version(tmp_path / "replica") == newest
    open_version(tmp_path / "replica", newest, trust=trust)


def test_a_mirror_fetches_nothing_unsigned_and_what_is_signed_later(
    index_dir: Path, source: ObjectStore, key: SigningKey, trust: Trust, tmp_path: Path
) -> None:
    newest, replica = current_version(index_dir), tmp_path / "replica"
    signature_of(index_dir / newest / MANIFEST).unlink()
    share(source, index_dir, newest)
    Mirror(source, replica).pull()  # at a time when no signature was asked for
    assert current_version(replica) == newest
    strict = Mirror(source, replica, trust=trust)
    strict.doubted = newest  # as a server does that could not open it
    empty = Mirror(source, tmp_path / "empty", trust=trust)
    for mirror in (strict, empty):
        with pytest.raises(SignatureError, match=f"version {newest} has no signature"):
            mirror.pull()
    assert list_versions(tmp_path / "empty") == []
    key.sign_file(index_dir / newest / MANIFEST)
    share(source, index_dir, newest)
    for folder in (replica, tmp_path / "empty"):
        later = Mirror(source, folder, trust=trust)
        later.doubted = newest
        later.pull()
        assert open_version(folder, newest, trust=trust).name == newest


def test_a_mirror_goes_back_by_a_signed_order_only(
    index_dir: Path, source: ObjectStore, key: SigningKey, trust: Trust, tmp_path: Path
) -> None:
    older, _, newest = list_versions(index_dir)
    replica = tmp_path / "replica"
    mirror = Mirror(source, replica, trust=trust)
    for name in (older, newest):
        share(source, index_dir, name)
        mirror.pull()
        trust.saw(replica, name)
    share(source, index_dir, older)
    for order in (None, b"roll back to anything\nunsigned\n"):
        if order:
            source.write("ROLLBACK", order)
        with pytest.raises(SignatureError, match="no signed order asks for it"):
            mirror.pull()
        assert current_version(replica) == newest
    assert not IndexLayout(replica).order.exists()
    key.order(index_dir, older, withdrawn=newest)
    share(source, index_dir, older)
    mirror.pull()
    assert current_version(replica) == older


def test_a_server_with_a_key_serves_signed_versions_only_and_builds_none(
    key_file: Path, key: SigningKey, tmp_path: Path, encoder: Encoder
) -> None:
    index_dir = tmp_path / "index"
    raw, _ = public(key_file)
    own = Settings.model_validate({"index_dir": index_dir, "page": "off", "index_public_key": raw.hex()})
    with pytest.raises(NothingToServeError, match="no index"):
        app.create_app(own)
    assert list_versions(index_dir) == []
    name = build(load_corpus(PROJECT / "corpus" / "articles"), encoder=encoder, index_dir=index_dir).version
    export_if_missing(encoder, open_version(index_dir, name), index_dir)
    with pytest.raises(NothingToServeError) as nothing:
        app.create_app(own)
    assert f"version {name} has no signature" in str(nothing.value)
    for record in (index_dir / name / MANIFEST, IndexLayout(index_dir).model(encoder.fingerprint) / RECORD):
        key.sign_file(record)
    with TestClient(app.create_app(own)) as client:
        assert client.get("/readyz").json() == {"status": "ok", "index_version": name}
        unsigned = build([make_document("gout")], encoder=encoder, index_dir=index_dir).version
        deadline = time.monotonic() + 60
        while "not_loaded" not in (ready := client.get("/readyz").json()):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert (ready["index_version"], ready["wanted_version"]) == (name, unsigned)
        assert "has no signature" in ready["not_loaded"]
    assert json.loads(IndexLayout(index_dir).seen.read_bytes())["newest"] == name


def test_without_a_key_the_package_is_not_loaded() -> None:
    code = "import sys, app; from index.published.signing import Trust; Trust.of(''); print('cryptography' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"
