"""What was aimed at, and what a run found: ratios of figures of one run, never of two."""

from dataclasses import dataclass
from typing import Any

Found = dict[str, Any]
EACH = "server_processor_ms_an_answer"


@dataclass(frozen=True, slots=True)
class Aim:
    """A ratio that should be at most, or with `is_least` at least, `limit`; `None`: a part of it was not measured."""

    figure: str
    limit: float
    ratio: float | None
    is_least: bool = False

    @property
    def is_held(self) -> bool | None:
        """Whether the aim is reached; `None`: not measured."""
        if self.ratio is None:
            return None
        return self.ratio >= self.limit if self.is_least else self.ratio <= self.limit


def aims(found: Found, sizes: Found, /) -> list[Aim]:
    """Every aim that a run of `make bench`, and the last one of `make sizes`, can tell of."""
    process, servers = found["in_process"], found["servers"]
    peers = [row for name, row in process.items() if name in found["peers"]]
    rows = [
        _aim(
            "processor time a question, of the fastest peer's retrieval alone",
            0.55,
            "processor_ms_p50",
            process,
            "ours, fp32",
            peers,
        ),
        _aim("the same in int8", 0.55, "processor_ms_p50", process, "ours, int8", peers),
    ]
    for precision in ("fp32", "int8"):
        floor = [process.get(f"floor, {precision}", {})]
        rows.append(_aim(f"of the bare floor in {precision}", 1.5, "processor_ms_p50", process, f"ours, {precision}", floor))
    grown = {row["passages"]: row["times_small"] for row in sizes.get("sizes", ()) if "times_small" in row}
    for passages, most in ((30_000, 1.5), (1_000_000, 3.0)):
        rows.append(Aim(f"at {passages:,} passages, of that at the article's", most, _nearest(grown, passages)))
    for name, start, memory in (("ours, fp32", 0.6, 0.65), ("ours, fp32, PAGE=off", 0.15, 0.45)):
        server = servers.get(name, {})
        for unit, what in (("s", "seconds"), ("processor_s", "processor seconds")):
            told = _most(server.get(f"first_answer_{unit}"), server.get(f"first_page_{unit}"))
            least = _least(peers, f"first_answer_{unit}")
            rows.append(
                Aim(f"{name}: {what} to the first answer and page, of the fastest peer's", start, _ratio(told, least))
            )
        told, least = server.get("memory_after_load_mb"), _least(peers, "memory_mb")
        rows.append(Aim(f"{name}: memory after the load, of the smallest peer's", memory, _ratio(told, least)))
    for what, kind, precision, fewest in (
        ("distinct questions", "distinct_64", "fp32", 2.5),
        ("distinct questions", "distinct_64", "int8", 4.0),
        ("repeated questions", "repeated_64", "fp32", 10.0),
    ):
        ours, naive = (servers.get(name, {}).get(kind, {}) for name in (f"ours, {precision}", "naive FastAPI"))
        figure = f"64 clients, {what}, {precision}, of the naive server's"
        pairs = (
            (f"{figure} answers a second", _ratio(ours.get("answers_a_second"), naive.get("answers_a_second"))),
            (f"{figure} answers in the same processor time", _ratio(naive.get(EACH), ours.get(EACH))),
        )
        rows += [Aim(name, fewest, ratio, is_least=True) for name, ratio in pairs]
    return rows


def _aim(figure: str, limit: float, key: str, process: Found, name: str, others: list[Found]) -> Aim:
    return Aim(figure, limit, _ratio(process.get(name, {}).get(key), _least(others, key)))


def _ratio(ours: float | None, theirs: float | None) -> float | None:
    return ours / theirs if ours is not None and theirs else None


def _nearest(by_number: dict[int, float], number: int) -> float | None:
    """What was measured at a number, give or take a tenth."""
    near = [value for key, value in by_number.items() if abs(key - number) <= number / 10]
    return near[0] if near else None


def _least(rows: list[Found], key: str) -> float | None:
    """Of those that were measured; none if one failed would flatter nobody: the rest still count."""
    return min((row[key] for row in rows if key in row), default=None)


def _most(*values: float | None) -> float | None:
    return max((value for value in values if value is not None), default=None)
