"""Whether a Milvus is fit to hold versions: it is given collections of its own, asked, and left as it was found.

What is found is held against cosines computed here in double precision. Vectors are random, with a fixed seed.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corpus import ShownError
from index.encoder import Vectors
from index.milvus_server import MilvusServer
from index.milvus_store import MilvusStore, drop, has_collection, point_alias, pointed_at, reach
from index.store import Rows

DIMENSION = 384  # of the default model
QUERIES = 100
LEAST_RECALL = 0.99  # of the ten nearest
LEAST_SAME_FIRST = 0.99
TOLERANCE = 1e-5  # single precision over a few hundred dimensions
LONGEST_SEARCH = 1.0  # seconds, as the median; a question has ten, and may wait for others


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried, whether it held, and what was seen."""

    name: str
    holds: bool
    said: str


def examine(server: MilvusServer, /, *, rows: int) -> Iterator[Check]:
    """Every check, in an order in which the first failure explains the later ones. What they made is deleted afterwards.

    Args:
        rows: how many vectors to measure recall on.
    """
    server = replace(server, alias=f"{server.alias}_check_{secrets.token_hex(4)}")
    names = [f"{server.alias}_{part}" for part in ("awkward", "many", "fewer")]
    try:
        yield (answer := _tried("answers", lambda: _answers(server)))
        if not answer.holds:
            return
        yield _tried("contract", lambda: _contract(server, names[0]))
        yield _tried("recall", lambda: _recall(server, names[1], rows))
        yield _tried("deletion", lambda: _deletion(server, names[1], names[2]))
    finally:
        for name in names:
            with suppress(ShownError):
                drop(server, name)


def _tried(name: str, check: Callable[[], tuple[bool, str]]) -> Check:
    try:
        return Check(name, *check())
    except ShownError as error:
        return Check(name, holds=False, said=str(error))


def _answers(server: MilvusServer) -> tuple[bool, str]:
    reach(server)
    return True, f"Milvus at {server.uri} answers."


def _contract(server: MilvusServer, name: str) -> tuple[bool, str]:
    """Awkward vectors: of lengths from a hundredth to a thousand, equal ones, opposite ones, one of zeros."""
    random = np.random.default_rng(7)
    vectors = (random.standard_normal((40, DIMENSION)) * np.logspace(-2, 3, 40)[:, np.newaxis]).astype(np.float32)
    vectors[5], vectors[6], vectors[7] = vectors[4] * 3, -vectors[4], 0
    store = MilvusStore.build(vectors, server=server, collection=name)
    faults = []
    for row, count in [(row, count) for row in range(len(vectors)) for count in (1, 10, 100)]:
        scores, rows = store.search(vectors[row], count=count)
        again, _ = store.search(vectors[row], count=count)
        exact = _cosines(vectors, vectors[row])
        best = np.sort(exact)[::-1][: len(rows)]
        is_right = (
            len(rows) == len(set(rows.tolist())) == min(count, len(vectors))
            and np.allclose(scores, exact[rows], atol=TOLERANCE)
            and np.allclose(scores, best, atol=TOLERANCE)
            and again.tobytes() == scores.tobytes()
        )
        faults += [] if is_right else [f"row {row}, {count} wanted"]
    if faults:
        return False, f"{len(faults)} of 120 searches are not what exact cosines say, the first for {faults[0]}."
    return True, "120 searches of awkward vectors are what exact cosines say, twice the same; every row was read back."


def _recall(server: MilvusServer, name: str, count: int) -> tuple[bool, str]:
    """Vectors in groups, as sentences on the same subjects are, and queries near some of them."""
    vectors, queries = _grouped(count)
    store = MilvusStore.build(vectors, server=server, collection=name)
    found, seconds = [], []
    for query in queries:
        begun = time.perf_counter()
        found.append(store.search(query, count=10)[1])
        seconds.append(time.perf_counter() - begun)
    exact = [_nearest(vectors, query) for query in queries]
    recall = float(np.mean([np.isin(rows, best).mean() for rows, best in zip(found, exact, strict=True)]))
    first = float(np.mean([rows[0] == best[0] for rows, best in zip(found, exact, strict=True)]))
    middle = float(np.median(seconds))
    said = (
        f"of {count:,} vectors ({store.description['kind']}) {recall:.1%} of the ten nearest are found, the nearest first "
    )
    said += f"in {first:.1%} of {QUERIES} searches, in {middle * 1000:.0f} ms (median)."
    return recall >= LEAST_RECALL and first >= LEAST_SAME_FIRST and middle <= LONGEST_SEARCH, said


def _deletion(server: MilvusServer, many: str, fewer: str) -> tuple[bool, str]:
    """What a removed article needs: the alias moves at once, its vectors are found no more, the old collection is gone."""
    vectors, _ = _grouped(1_000)
    removed, kept = vectors[:100], vectors[100:]
    point_alias(server, many)
    store = MilvusStore.build(kept, server=server, collection=fewer)
    point_alias(server, fewer)
    has_moved = pointed_at(server) == fewer
    drop(server, many)
    is_gone = not has_collection(server, many)
    # A vector that is not there is found with the cosine of another one, never with 1.
    leaks = sum(float(store.search(vector, count=1)[0][0]) > 1 - TOLERANCE for vector in removed)
    said = f"the alias {'moved' if has_moved else 'did not move'}, {leaks} of 100 removed vectors are found, "
    return has_moved and is_gone and not leaks, f"{said}the old collection is {'gone' if is_gone else 'still there'}."


def _grouped(count: int) -> tuple[Vectors, Vectors]:
    random = np.random.default_rng(11)
    centres = random.standard_normal((max(1, count // 50), DIMENSION))
    vectors = centres[random.integers(len(centres), size=count)] + 0.7 * random.standard_normal((count, DIMENSION))
    chosen = vectors[random.integers(count, size=QUERIES)]
    queries = chosen + 0.3 * random.standard_normal(chosen.shape)
    return vectors.astype(np.float32), queries.astype(np.float32)


def _nearest(vectors: Vectors, query: Vectors) -> Rows:
    nearest: Rows = np.argsort(-_cosines(vectors, query), kind="stable")[:10]
    return nearest


def _cosines(vectors: Vectors, query: Vectors) -> npt.NDArray[np.float64]:
    wide, other = vectors.astype(np.float64), query.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1) * np.linalg.norm(other)
    cosines: npt.NDArray[np.float64] = np.divide(wide @ other, lengths, out=np.zeros(len(wide)), where=lengths > 0)
    return cosines
