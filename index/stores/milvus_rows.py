"""A row of a collection: what is sent of a passage, and what comes back. Nothing here asks Milvus.

Milvus has no field for bytes, so word pieces' vectors, a byte a coordinate, are text in base64: in as many fields as the
longest passage of a version needs.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.encoding import Rows, Vectors
from index.encoding.vectors import PassageVectors, TokenVectors, in_eight_bits
from index.stores.milvus_connection import LONGEST_TEXT

BYTES_A_FIELD = LONGEST_TEXT // 4 * 3  # base64 makes four characters of three bytes
Stored = list[tuple[Vectors, bytes]]  # of some rows: the vector at unit length, and its word pieces


@dataclass(frozen=True, slots=True)
class RowForm:
    """How rows look: vectors of so many dimensions, and so many fields for word pieces."""

    dimension: int
    count: int = 1

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields of word pieces."""
        return tuple(f"pieces_{number}" for number in range(self.count))

    def records(self, rows: Sequence[int], stored: Stored, /) -> list[dict[str, Any]]:
        """What is sent of these rows."""
        records = []
        for row, (vector, pieces) in zip(rows, stored, strict=True):
            parts = (pieces[number * BYTES_A_FIELD :][:BYTES_A_FIELD] for number in range(self.count))
            texts = {field: base64.b64encode(part).decode() for field, part in zip(self.fields, parts, strict=True)}
            records.append({"id": row, "vector": vector} | texts)
        return records

    def pieces(self, record: Mapping[str, Any], /) -> TokenVectors:
        """The word pieces' vectors (t, d) of a row that was read."""
        sent = base64.b64decode("".join(record[field] for field in self.fields))
        return np.frombuffer(sent, np.int8).reshape(-1, self.dimension)


def fields_for(most_bytes: int, /) -> int:
    """How many fields hold so many bytes."""
    return max(1, -(-most_bytes // BYTES_A_FIELD))


def sent_of(vectors: PassageVectors, rows: Sequence[int], /) -> Stored:
    """Some rows as they are sent, to the last bit."""
    tokens = [vectors.kept_tokens_of([row])[0] for row in rows]
    pieces = [(each if each.dtype == np.int8 else in_eight_bits(each)).tobytes() for each in tokens]
    return list(zip(vectors.pooled_of(rows), pieces, strict=True))


def hash_of(rows: Stored, /) -> str:
    """The hash of rows, one after the other."""
    digest = hashlib.sha256()
    for vector, pieces in rows:
        digest.update(vector.tobytes() + pieces)
    return digest.hexdigest()


def within(rows: Rows | None, /) -> str:
    """The condition that an id is one of these, as few stretches of them: an article's passages are one; empty for all.

    >>> within(np.array([3, 4, 5, 9]))
    '(id >= 3 and id <= 5) or (id >= 9 and id <= 9)'
    """
    if rows is None:
        return ""
    stretches = np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1)
    return " or ".join(f"(id >= {stretch[0]} and id <= {stretch[-1]})" for stretch in stretches)
