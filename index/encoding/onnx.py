"""Text to vectors with ONNX Runtime, in eight bits: what serves. The only module that imports onnxruntime.

Texts are encoded one by one, so that a text has the same bytes alone and among others. One thread a text: several are
encoded at once by the threads that ask.
"""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

# From 1.29 on ONNX Runtime reports to its makers which model is loaded, and writes a number for the machine when it is
# imported. So it is told not to before that: `disable_telemetry_events` comes too late.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

from index.encoding import Encoding
from index.encoding.pieces import Vocabulary
from index.encoding.sentence_transformer import EXPORTED_OUTPUTS

BLOCK = 32  # how many weights share a scale
COMPUTE_IN_INTEGERS = 4  # `accuracy_level`: activations are rounded to eight bits too
LEAST_BYTES_OUTSIDE = 1024  # of a tensor in the file of weights, which is mapped instead of read
ONLY_ERRORS = 3


class OnnxEncoder:
    """An exported model in this process, on the processor. Safe to call from several threads."""

    def __init__(self, model: Path, tokenizer: Path, /, *, fingerprint: str) -> None:
        self._session = onnxruntime.InferenceSession(model, _options(), providers=["CPUExecutionProvider"])
        self._inputs = [entry.name for entry in self._session.get_inputs()]
        self._vocabulary = Vocabulary.from_file(tokenizer)
        self.fingerprint = fingerprint

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        """See `Encoder.encode`."""
        return [self._encoding(text) for text in texts]

    def _encoding(self, text: str) -> Encoding:
        pieces = self._vocabulary.read(text)
        columns = {"input_ids": pieces.ids, "attention_mask": pieces.attention_mask, "token_type_ids": pieces.type_ids}
        given = {name: np.array([columns[name]], dtype=np.int64) for name in self._inputs}
        tokens, pooled = self._session.run(EXPORTED_OUTPUTS, given)
        own = tokens[0, self._vocabulary.own(len(pieces.ids))]
        # not every model ends in a normalisation
        return Encoding(pooled[0] / max(float(np.linalg.norm(pooled[0])), 1e-12), own, *self._vocabulary.words(pieces))


def quantise(model: Path, to: Path, /, *, weights: str) -> None:
    """Write an ONNX model with its matrices in eight bits, its operations fused, its weights in a file beside it.

    Weights are integers in blocks that share a scale; activations are rounded in the same way. Rounding whole matrices, as
    `quantize_dynamic` does, errs thirty times more.

    Args:
        model: in fp32.
        to: the file that is written.
        weights: name of the file beside it.

    Raises:
        ModuleNotFoundError: the quantiser is not installed; only a build needs it.
    """
    root, silent = logging.getLogger(), logging.NullHandler()
    root.addHandler(silent)  # else the module sets up logging for the whole process
    try:
        from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer  # noqa: PLC0415  see above
    finally:
        root.removeHandler(silent)

    quantiser = MatMulNBitsQuantizer(
        str(model), bits=8, block_size=BLOCK, is_symmetric=True, accuracy_level=COMPUTE_IN_INTEGERS
    )
    quantiser.process()
    raw = to.with_name("quantised.onnx")
    quantiser.model.save_model_to_file(str(raw))
    options = _options()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED  # the same on every machine
    options.optimized_model_filepath = str(to)
    options.add_session_config_entry("session.optimized_model_external_initializers_file_name", weights)
    options.add_session_config_entry(
        "session.optimized_model_external_initializers_min_size_in_bytes", str(LEAST_BYTES_OUTSIDE)
    )
    onnxruntime.InferenceSession(raw, options, providers=["CPUExecutionProvider"])
    raw.unlink()


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = ONLY_ERRORS
    return options
