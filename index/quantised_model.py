"""An exported model in eight bits, kept only if it is judged to be no worse.

Flows in: a version whose model is exported in fp32, and whoever judges: the index knows no questions. Flows out:
`models/<fingerprint>-int8/`, or a sentence that says what fell. Passages keep the vectors that they have.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from index.encoder import Encoder
from index.exported_model import MODEL, TOKENIZER, WEIGHTS, damaged, put_in_place, read_record, verified, write_record
from index.layout import IndexLayout
from index.locking import publishing
from index.onnx_encoder import OnnxEncoder
from index.quantising import BLOCKS, quantise
from index.versions import IndexVersion

# The model in fp32 and in int8 → what is worse with the second, one sentence each.
Judge = Callable[[Encoder, Encoder], list[str]]
PRECISION: Final = "int8"
KEPT = "In int8, too: no figure of the evaluation fell."
NOTHING_TO_QUANTISE = "There is no int8 without an export in fp32."


def quantise_if_missing(version: IndexVersion, index_dir: Path, /, *, judge: Judge) -> str:
    """Make a version's model in int8 unless that was done and judged on this very version; what came of it, as a sentence.

    One that was judged on another version is judged again: what an encoder is good for depends on what is asked of it.
    """
    layout, fingerprint = IndexLayout(index_dir), version.manifest.model
    final, source = layout.model(fingerprint, PRECISION), layout.model(fingerprint)
    known, record = read_record(layout, fingerprint, PRECISION), read_record(layout, fingerprint)
    if record is None:
        return NOTHING_TO_QUANTISE
    if known is not None and known["judged_on"] == version.name and not damaged(final, known):
        return ""
    full = verified(source, record)
    fallen: list[str] = []
    for block in BLOCKS:
        with tempfile.TemporaryDirectory(dir=index_dir, prefix=".export-") as name:
            folder = Path(name) / "model"
            folder.mkdir()
            quantise(source / MODEL, folder / MODEL, weights=WEIGHTS, block=block)
            shutil.copyfile(source / TOKENIZER, folder / TOKENIZER)
            fallen = judge(full, OnnxEncoder(folder / MODEL, folder / TOKENIZER, fingerprint=fingerprint))
            if not fallen:
                write_record(folder, _about(record, version, block))
                with publishing(index_dir):
                    put_in_place(folder, final)
                return KEPT
    with publishing(index_dir):
        shutil.rmtree(final, ignore_errors=True)
    return f"int8 is refused, so that fp32 serves: {' '.join(fallen)}"


def _about(record: dict[str, Any], version: IndexVersion, block: int) -> dict[str, Any]:
    shared = {name: record[name] for name in ("identity", "model")}
    return shared | {"precision": PRECISION, "block": block, "judged_on": version.name}
