"""The model that an index was built with, exported beside its versions in eight bits: serving needs no training library.

Flows in: the encoder of a build, and the version that it made. Flows out: `models/<fingerprint>-int8/`, whose record is
written last and holds the hash of every file; later the encoder that serves a version. An export is compared with its
encoder before its weights are rounded and after. If they disagree, it is refused, and the encoder itself serves.
"""

import json
import logging
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from corpus import Document
from corpus.durable import sync, write_durably
from corpus.regular_files import LARGEST_RECORD, read_regular
from index.encoding import Encoder, Encoding, Vectors, unit
from index.encoding.onnx import OnnxEncoder, quantise
from index.encoding.sentence_transformer import SentenceTransformerEncoder, load_encoder
from index.encoding.vectors import at_unit_length, in_eight_bits
from index.encoding.weights import identity_of
from index.errors import BUILD_COMMAND, IndexDamagedError, ModelError
from index.published.layout import MANIFEST, IndexLayout
from index.published.locking import publishing
from index.published.manifest import is_sealed, sealed
from index.published.signing import NO_KEY, Trust
from index.published.version import IndexVersion, damaged_files, list_versions, sha256_of_file

FORMAT = 1  # bump when an older program would misread an export
MODEL, WEIGHTS, TOKENIZER, RECORD = "model.onnx", "weights.bin", "tokenizer.json", "model.json"
# Between the vectors of one text from both encoders, before the weights are rounded and after.
LEAST_COSINE, LEAST_ROUNDED_COSINE = 0.9999, 0.99
MOST_COMPARED = (
    2_000  # passages, spread over the version: encoding all of a large one again would take as long as building it
)

EXPORTED = "Exported the model: serving needs neither torch nor sentence-transformers."
logger = logging.getLogger(__name__)


def export_if_missing(encoder: Encoder, version: IndexVersion, index_dir: Path, /) -> str:
    """Export a version's model unless that was done. Returns a sentence on it; empty if nothing was done."""
    layout = IndexLayout(index_dir)
    if not isinstance(encoder, SentenceTransformerEncoder):
        return ""
    record = read_record(layout, encoder.fingerprint)
    if record is not None and not damaged_files(layout.model(encoder.fingerprint), record["files"]):
        return ""
    with publishing(index_dir), tempfile.TemporaryDirectory(dir=index_dir, prefix=".export-") as name:
        folder = Path(name) / "model"
        folder.mkdir()
        try:
            _export(encoder, version, folder)
        except ModelError as error:
            return f"{error.message} It will be served with sentence-transformers."
        put_in_place(folder, layout.model(encoder.fingerprint))
    return EXPORTED


def encoder_for(version: IndexVersion, index_dir: Path, /, *, model: str, trust: Trust = NO_KEY) -> Encoder:
    """The encoder that serves a version: its exported model, or sentence-transformers if there is none of MODEL.

    Raises:
        IndexDamagedError: a file of the export is not what its record says.
        SignatureError: there is a key, and the record is not signed with it.
        ModelError: there is no export, and the model cannot be loaded.
    """
    layout, fingerprint = IndexLayout(index_dir), version.manifest.model
    record = read_record(layout, fingerprint, trust=trust)
    if record is None or record["identity"] != identity_of(model):
        logger.warning("version %s has no exported model of %s: sentence-transformers serves it", version.name, model)
        return load_encoder(model)
    return verified(layout.model(fingerprint), record)


def verify_export(version: IndexVersion, index_dir: Path, /, *, trust: Trust = NO_KEY) -> bool:
    """Whether a version's model is exported.

    Raises:
        IndexDamagedError: a file of the export is not what its record says.
    """
    layout, fingerprint = IndexLayout(index_dir), version.manifest.model
    record = read_record(layout, fingerprint, trust=trust)
    if record is not None:
        verified(layout.model(fingerprint), record)
    return record is not None


def remove_unused(layout: IndexLayout, /) -> None:
    """Delete exports that no version names. Call it inside `locking.publishing`.

    If a version's model is not known, none is deleted.
    """
    fingerprints = {model_named(layout, name) for name in list_versions(layout.root)}
    if "" in fingerprints:
        return
    used = {layout.model(fingerprint) for fingerprint in fingerprints}
    for folder in layout.models.glob("*"):
        if folder not in used:
            shutil.rmtree(folder)


def model_named(layout: IndexLayout, name: str, /) -> str:
    """The fingerprint of a version's model, whatever format the version has; empty if its manifest does not tell."""
    try:
        model = json.loads(read_regular(layout.version(name) / MANIFEST, most=LARGEST_RECORD))["model"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ""
    return model if isinstance(model, str) else ""


def agreement(found: Sequence[Encoding], expected: Sequence[tuple[Any, Any]], /) -> float:
    """The smallest cosine between the vectors of the same texts, pooled or of any word piece; -1 if pieces differ."""
    least = 1.0
    for one, (pooled, tokens) in zip(found, expected, strict=True):
        if one.tokens.shape != tokens.shape:
            return -1.0
        cosines = (unit(one.tokens) * unit(tokens.astype(np.float32))).sum(axis=1)
        least = min([least, float(unit(one.pooled) @ unit(pooled)), *cosines.tolist()])
    return least


def _export(encoder: SentenceTransformerEncoder, version: IndexVersion, folder: Path) -> None:
    raw = folder.with_name("raw.onnx")
    encoder.export(raw, folder / TOKENIZER)
    questions = [question for document in version.documents.values() for question in _questions(document)]
    texts, expected = _some_passages(version)
    expected += [(encoding.pooled, encoding.tokens) for encoding in encoder.encode(questions)]

    def check(model: Path, least: float) -> None:
        exported = OnnxEncoder(model, folder / TOKENIZER, fingerprint=encoder.fingerprint)
        passages = [replace(one, tokens=_as_kept(one.tokens)) for one in exported.encode(texts)]
        if (found := agreement([*passages, *exported.encode(questions)], expected)) < least:
            raise ModelError(
                f"the export of MODEL={encoder.name} disagrees with it (cosine {found:.4f}).",
                remedy="Serve it with sentence-transformers.",
            )

    check(raw, LEAST_COSINE)
    try:
        quantise(raw, folder / MODEL, weights=WEIGHTS)
    except ModuleNotFoundError as error:
        raise ModelError(f"the export needs {error.name}, which is not installed.", remedy="Run `make setup`.") from None
    check(folder / MODEL, LEAST_ROUNDED_COSINE)
    write_record(folder, {"identity": identity_of(encoder.name), "model": encoder.fingerprint})


def _as_kept(tokens: Vectors) -> Vectors:
    """Word pieces' vectors as a version keeps them, in eight bits: alone, that rounding tilts them by up to 0.0003."""
    return at_unit_length(in_eight_bits(tokens))


def write_record(folder: Path, about: dict[str, Any], /) -> None:
    """Write the record of an export, with the hash of every file: from now on it counts as whole."""
    files = {path.name: sha256_of_file(path) for path in sorted(folder.iterdir())}
    for name in files:
        sync(folder / name)
    write_durably(folder / RECORD, sealed({"format": FORMAT, **about, "files": files}))


def put_in_place(folder: Path, final: Path, /) -> None:
    """Replace the folder `final` with a whole one. Call it inside `locking.publishing`."""
    shutil.rmtree(final, ignore_errors=True)
    final.parent.mkdir(exist_ok=True)
    folder.replace(final)
    sync(final.parent)


def _questions(document: Document) -> list[str]:
    return [question.question for question in document.questions] + [section.heading for section in document.sections]


def _some_passages(version: IndexVersion) -> tuple[list[str], list[tuple[Any, Any]]]:
    """What the encoder read for the passages, and the vectors that it made of them."""
    vectors = version.vectors
    rows = sorted({int(row) for row in np.linspace(0, len(version.passages) - 1, MOST_COMPARED)})
    texts = [version.passages.reading_text(row) for row in rows]
    return texts, [(vectors.pooled_of([row])[0], vectors.tokens_of([row])[0]) for row in rows]


def read_record(layout: IndexLayout, fingerprint: str, /, *, trust: Trust = NO_KEY) -> dict[str, Any] | None:
    """The record of an export; None if there is none, it was changed, or this program cannot read it.

    Raises:
        SignatureError: there is a key, and it is not signed with that.
    """
    path = layout.model(fingerprint) / RECORD
    try:
        data = read_regular(path, most=LARGEST_RECORD)
    except OSError:
        return None
    trust.check_file(path, data, what=f"the exported model {path.parent.name}")
    try:
        record: dict[str, Any] = json.loads(data)
        is_whole = is_sealed(data, str(record["sha256"]))
    except (ValueError, TypeError, KeyError):
        return None
    return record if is_whole and record["format"] == FORMAT and record["model"] == fingerprint else None


def verified(folder: Path, record: dict[str, Any], /) -> OnnxEncoder:
    """The encoder of an export.

    Raises:
        IndexDamagedError: a file of it is not what its record says.
    """
    for name in damaged_files(folder, record["files"]):
        raise IndexDamagedError(f"the exported model's {name} is damaged or missing.", remedy=BUILD_COMMAND)
    return OnnxEncoder(folder / MODEL, folder / TOKENIZER, fingerprint=record["model"])
