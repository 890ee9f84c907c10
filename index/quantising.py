"""An exported model in eight bits. The only module that imports onnx, and not before a model is quantised: a host that only
serves has none.

Weights are integers in blocks that have a scale each. ONNX Runtime rounds the other side of a product in the same way, block
by block, so that one large value costs its own block only. Rounding whole matrices, as `quantize_dynamic` does, is quicker
(0.41 of the time in fp32 where this takes 0.63) and thirty times further off (a question's cosine with fp32 is 0.992 on
average, here 0.9998), and answers change with it.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.onnx_encoder import optimise

BLOCKS = (32, 16)  # how many weights share a scale: quicker, and closer; the operator takes no fewer
# Of a layer's products those of the values lose most when they are rounded, 40 % of all, and are a twelfth of the work.
KEPT = re.compile(r"/(value|v)/MatMul$")
LEAST_ROWS = 1024  # of a table that is looked up and is worth it
LARGEST, ZERO = 127, 128  # of a byte; what MatMulNBits takes for zero
COMPUTE_IN_INTEGERS = 4  # `accuracy_level` of MatMulNBits: what is multiplied is rounded to eight bits, too
DOMAIN = "com.microsoft"


def quantise(model: Path, to: Path, /, *, weights: str, block: int) -> None:
    """Write a model with its large matrices in eight bits, and its weights in a file beside it, named `weights`."""
    import onnx  # noqa: PLC0415  see above

    whole = onnx.load(model)
    _Quantiser(whole.graph, block).run()
    if all(entry.domain != DOMAIN for entry in whole.opset_import):
        whole.opset_import.append(onnx.helper.make_opsetid(DOMAIN, 1))
    raw = to.with_name("quantised.onnx")
    onnx.save(whole, raw)
    optimise(raw, to, weights=weights)
    raw.unlink()


def rounded(rows: Vectors, /) -> tuple[npt.NDArray[np.int8], Vectors]:
    """Rows of numbers as bytes, and the scale of each row: row ≈ bytes · scale.

    >>> rounded(np.array([[127.0, -63.6, 0.0]], np.float32))
    (array([[127, -64,   0]], dtype=int8), array([1.], dtype=float32))
    """
    scales = np.maximum(np.abs(rows).max(axis=-1), np.finfo(np.float32).tiny).astype(np.float32) / np.float32(LARGEST)
    return np.rint(rows / scales[..., None]).astype(np.int8), scales


class _Quantiser:
    """Replaces products with matrices and look-ups in large tables, in an ONNX graph that it changes."""

    def __init__(self, graph: Any, block: int) -> None:
        self._graph = graph
        self._block = block
        self._tensors = {tensor.name: tensor for tensor in graph.initializer}

    def run(self) -> None:
        nodes = [new for node in self._graph.node for new in self._replaced(node)]
        used = {name for node in nodes for name in node.input}
        kept = [tensor for name, tensor in self._tensors.items() if name in used]
        for part, values in ((self._graph.node, nodes), (self._graph.initializer, kept)):
            del part[:]
            part.extend(values)

    def _replaced(self, node: Any) -> list[Any]:
        if node.op_type == "MatMul" and (matrix := self._matrix(node.input[1])) and not KEPT.search(node.name):
            return [self._product(node, matrix)]
        if node.op_type == "Gather" and (table := self._matrix(node.input[0])) and table.dims[0] >= LEAST_ROWS:
            return self._look_up(node, table)
        return [node]

    def _matrix(self, name: str) -> Any:
        tensor = self._tensors.get(name)
        return tensor if tensor is not None and len(tensor.dims) == 2 else None

    def _product(self, node: Any, matrix: Any) -> Any:
        """The same product with the matrix (k, n) in blocks along k; what k lacks to whole blocks is zero."""
        from onnx import helper, numpy_helper  # noqa: PLC0415  see above

        columns = numpy_helper.to_array(matrix).T
        n, k = columns.shape
        integers, scales = rounded(np.pad(columns, ((0, 0), (0, -k % self._block))).reshape(n, -1, self._block))
        names = [
            self._added(f"{matrix.name}.bytes", (integers.astype(np.int16) + ZERO).astype(np.uint8)),
            self._added(f"{matrix.name}.scales", scales.reshape(-1)),
        ]
        about = {"K": k, "N": n, "bits": 8, "block_size": self._block, "accuracy_level": COMPUTE_IN_INTEGERS}
        return helper.make_node("MatMulNBits", [node.input[0], *names], node.output, node.name, domain=DOMAIN, **about)

    def _look_up(self, node: Any, table: Any) -> list[Any]:
        """The same look-up in a table whose rows have a scale each."""
        from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415  see above

        integers, scales = rounded(numpy_helper.to_array(table))
        rows, scale = self._added(f"{table.name}.bytes", integers), self._added(f"{table.name}.scales", scales[:, None])
        (to,) = node.output
        return [
            helper.make_node("Gather", [rows, node.input[1]], [f"{to}.bytes"]),
            helper.make_node("Gather", [scale, node.input[1]], [f"{to}.scale"]),
            helper.make_node("Cast", [f"{to}.bytes"], [f"{to}.numbers"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{to}.numbers", f"{to}.scale"], [to], node.name),
        ]

    def _added(self, name: str, values: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper  # noqa: PLC0415  see above

        self._tensors[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name
