"""The model that an index was built with, exported beside its versions, so that serving needs no training library.

Flows in: the encoder of a build, and the version that it made. Flows out: `models/<fingerprint>/`, whose record is written
last and holds the hash of every file; later the encoder that serves a version. An export that disagrees with the encoder
that it is of, is refused, and that encoder serves.
"""

import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np

from corpus import Document
from index.durable import sync, write_durably
from index.encoder import Encoder, Encoding, SentenceTransformerEncoder, identity_of, load_encoder
from index.errors import IndexDamagedError, ModelError
from index.layout import IndexLayout, Precision
from index.locking import publishing
from index.manifest import BUILD_COMMAND, NO_SEAL, read_manifest, sealed
from index.onnx_encoder import OnnxEncoder, optimise
from index.store import unit
from index.versions import IndexVersion, list_versions

FORMAT = 1  # bump when an older program would misread an export
MODEL, WEIGHTS, TOKENIZER, RECORD = "model.onnx", "weights.bin", "tokenizer.json", "model.json"
LEAST_COSINE = 0.9999  # of the same text's vectors from both encoders
MOST_COMPARED = (
    2_000  # passages, spread over the version: encoding all of a large one again would take as long as building it
)

EXPORTED = "Exported the model: serving needs neither torch nor sentence-transformers."
logger = logging.getLogger(__name__)


def export_if_missing(encoder: Encoder, version: IndexVersion, index_dir: Path, /) -> str:
    """Export a version's model unless that was done; what came of it, as a sentence."""
    layout = IndexLayout(index_dir)
    if not isinstance(encoder, SentenceTransformerEncoder):
        return ""
    record = read_record(layout, encoder.fingerprint)
    if record is not None and not damaged(layout.model(encoder.fingerprint), record):
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


def encoder_for(version: IndexVersion, index_dir: Path, /, *, model: str, precision: Precision = "fp32") -> Encoder:
    """The encoder that serves a version: its exported model, or sentence-transformers if there is none of MODEL.

    In int8 where that is wanted and there is one; else in fp32, which is said.

    Raises:
        IndexDamagedError: a file of the export is not what its record says.
        ModelError: there is no export, and the model cannot be loaded.
    """
    layout, fingerprint = IndexLayout(index_dir), version.manifest.model
    identity = identity_of(model)
    if precision != "fp32":
        record = read_record(layout, fingerprint, precision)
        if record is not None and record["identity"] == identity:
            return verified(layout.model(fingerprint, precision), record)
        logger.warning(
            "version %s has no model in %s that stood the evaluation: fp32 serves it (`python -m index build` tries)",
            version.name,
            precision,
        )
    record = read_record(layout, fingerprint)
    if record is None or record["identity"] != identity:
        logger.warning("version %s has no exported model of %s: sentence-transformers serves it", version.name, model)
        return load_encoder(model)
    return verified(layout.model(fingerprint), record)


def verify_export(version: IndexVersion, index_dir: Path, /) -> bool:
    """Whether a version's model is exported.

    Raises:
        IndexDamagedError: a file of the export is not what its record says.
    """
    layout, fingerprint = IndexLayout(index_dir), version.manifest.model
    records = {precision: read_record(layout, fingerprint, precision) for precision in get_args(Precision)}
    for precision, record in records.items():
        if record is not None:
            verified(layout.model(fingerprint, precision), record)
    return records["fp32"] is not None


def remove_unused(layout: IndexLayout, /) -> None:
    """Delete exports that no version names. Call it inside `locking.publishing`."""
    fingerprints = {read_manifest(layout.root, name).model for name in list_versions(layout.root)}
    used = {layout.model(fingerprint, precision) for fingerprint in fingerprints for precision in get_args(Precision)}
    for folder in layout.models.glob("*"):
        if folder not in used:
            shutil.rmtree(folder)


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
    optimise(raw, folder / MODEL, weights=WEIGHTS)
    exported = OnnxEncoder(folder / MODEL, folder / TOKENIZER, fingerprint=encoder.fingerprint)
    questions = [question for document in version.documents.values() for question in _questions(document)]
    texts, vectors = _some_passages(version)
    asked = [(encoding.pooled, encoding.tokens) for encoding in encoder.encode(questions)]
    least = agreement(exported.encode([*texts, *questions]), [*vectors, *asked])
    if least < LEAST_COSINE:
        raise ModelError(
            f"the export of MODEL={encoder.name} disagrees with it (cosine {least:.4f}).",
            remedy="It can be served all the same.",
        )
    write_record(folder, {"identity": identity_of(encoder.name), "model": encoder.fingerprint, "precision": "fp32"})


def write_record(folder: Path, about: dict[str, Any], /) -> None:
    """Write what an export is, with the hash of every file: from now on it counts as whole."""
    files = {path.name: _sha256(path) for path in sorted(folder.iterdir())}
    for name in files:
        sync(folder / name)
    write_durably(folder / RECORD, sealed({"format": FORMAT, **about, "files": files}))


def put_in_place(folder: Path, final: Path, /) -> None:
    """Move a whole export to where it is looked for, instead of what is there. Call it inside `locking.publishing`."""
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
    return texts, [(vectors.pooled[row], vectors.tokens_of([row])[0]) for row in rows]


def read_record(layout: IndexLayout, fingerprint: str, precision: Precision = "fp32", /) -> dict[str, Any] | None:
    """The record of an export, if there is one that this program can read and nobody changed."""
    try:
        data = (layout.model(fingerprint, precision) / RECORD).read_bytes()
        record: dict[str, Any] = json.loads(data)
        seal = str(record["sha256"])
        is_whole = hashlib.sha256(data.replace(seal.encode(), NO_SEAL.encode(), 1)).hexdigest() == seal
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return record if is_whole and record["format"] == FORMAT and record["model"] == fingerprint else None


def verified(folder: Path, record: dict[str, Any], /) -> OnnxEncoder:
    """The encoder of an export.

    Raises:
        IndexDamagedError: a file of it is not what its record says.
    """
    for name in damaged(folder, record):
        raise IndexDamagedError(f"the exported model's {name} is damaged or missing.", remedy=BUILD_COMMAND)
    return OnnxEncoder(folder / MODEL, folder / TOKENIZER, fingerprint=record["model"])


def damaged(folder: Path, record: dict[str, Any], /) -> list[str]:
    """Files that are not what the record says."""
    return [name for name, expected in record["files"].items() if _sha256(folder / name) != expected]


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "missing"
