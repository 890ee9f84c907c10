"""The page of a run's results: every table and picture out of its JSON, so that none can contradict it.

What somebody wrote below `BY_HAND` in the page of the same day is kept.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from settings import PROJECT
from tests.benchmarks import plots
from tests.benchmarks.aims import Aim, aims
from tests.benchmarks.servers import CLIENTS, KINDS

RESULTS = PROJECT / "tests" / "benchmarks" / "results"
BY_HAND = "<!-- Written by hand from here on; kept when the page is made anew. -->"
NAMES = {
    "bare_sentence_transformers": "bare script, SentenceTransformer",
    "langchain_memory": "LangChain",
    "chroma": "Chroma",
}
NAMES |= {"llama_index_memory": "LlamaIndex", "haystack_memory": "Haystack", "txtai_vectors": "txtai"}
IN_PROCESS = """\
One thread each, the article's passages, {questions} questions that no rule of triage settles. Peers do retrieval alone,
with the published weights; ours does everything. The lowest of {rounds} rounds, for everybody alike. A peer's first answer
includes encoding the passages. Memory is resident; in brackets pages that other processes have, too, count in part."""
IN_PROCESS_HEAD = ("", "processor ms, p50 (p95)", "wall ms, p50 (p95)", "s to the first answer (processor s)", "memory MB")
AS_SERVER = """\
Clients wait for their answer before they ask again, for {seconds:g} seconds; one that is told to come back later waits as
long as it was told. Only answers count. Questions are distinct, or 20 over and over. Through the page: what its script
sends; of the naive page Gradio's own event, and the stream that brings its result. There is no rate limit, since all clients
have one address. All servers are up and are loaded in turn, {rounds} rounds, of which the best counts, for everybody alike;
so it does of three starts. The clients share the cores with the server; what they used stands beside."""
BY_SIZE = """\
Out of `{file}`, a run of `make sizes` at commit {commit}: processor time a question with everything included, each size
beside the project's article in one process, question by question; the ratio is of those two."""
SIZE_COLUMNS = (
    ("processor ms, p50", "question_ms_p50"),
    ("p95", "question_ms_p95"),
    ("times the article's", "times_small"),
    ("s to load", "load_seconds"),
    ("memory MB", "memory_mb"),
    ("of it not mapped", "memory_own_mb"),
    ("disk MB", "size_mb"),
    ("processor s to write", "write_processor_seconds"),
    ("recall at 10", "recall_at_10"),
)
FEW_DIGITS_FROM = 100
START_HEAD = ("", "s to the first answer / page (processor s)", "memory MB at rest / after the load")
CROWD_HEAD = ("at 64 clients", "wall ms, p50 / p95", "refused a second", "clients' share of a core")
Found = dict[str, Any]


def write_page(file: Path, /) -> Path:
    """The page of a JSON file of results, beside it, with its pictures."""
    found = json.loads(file.read_text(encoding="utf-8"))
    to = file.with_name(f"{found['date']}-speed.md")
    written = to.read_text(encoding="utf-8").partition(BY_HAND)[2] if to.exists() else ""
    sizes = latest_sizes(file.parent)
    pictures = draw(found, to.with_suffix(""), sizes=sizes)
    to.write_text(f"{text(found, file.name, pictures, sizes=sizes)}\n{BY_HAND}{written or chr(10)}", encoding="utf-8")
    return to


def text(found: Found, source: str, pictures: dict[str, str], /, *, sizes: Found) -> str:
    """The page up to what is written by hand."""
    process = {NAMES.get(name, name): row for name, row in found["in_process"].items()}
    servers = found["servers"]
    parts = [
        f"# Speed and size, {found['date']}",
        _about(found, source),
        "## Against what was aimed at",
        _table(("figure", "aim", "here", "held"), map(_aim_row, aims(found, sizes))),
        "## In one process",
        IN_PROCESS.format(**found),
        _table(IN_PROCESS_HEAD, (_process_row(name, row) for name, row in sorted(process.items(), key=_by_time))),
        _picture(pictures, "question", "Processor time a question"),
        "## Where the time goes",
        _stages_about(found),
        _table(("processor ms, median", *found["stages"]), _stage_rows(found["stages"])),
        _picture(pictures, "stages", "Processor time of one question, stage by stage"),
        "## As a server",
        AS_SERVER.format(**found),
        _table(START_HEAD, (_server_row(name, row) for name, row in servers.items())),
        _picture(pictures, "memory", "Resident memory"),
        _table(("answers a second (server's processor ms each)", *map(_clients, CLIENTS)), _load_rows(servers)),
        _picture(pictures, "load", "Answers a second, distinct questions"),
        _table(CROWD_HEAD, _crowd_rows(servers)),
        "## int8",
        _int8(found),
        *(_by_size(sizes, pictures) if sizes else []),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def draw(found: Found, stem: Path, /, *, sizes: Found) -> dict[str, str]:
    """Every picture that the results are enough for: its name, and its file's."""
    files = {name: stem.with_name(f"{stem.name}-{name}.svg") for name in ("question", "stages", "memory", "load", "sizes")}
    process = {NAMES.get(name, name): row for name, row in found["in_process"].items()}
    plots.bars(process, "processor_ms_p50", "processor ms a question, median", files["question"])
    servers = {f"{name}, server": {"memory_mb": row.get("memory_after_load_mb")} for name, row in found["servers"].items()}
    told = process | {name: row for name, row in servers.items() if row["memory_mb"]}
    plots.bars(told, "memory_mb", "memory, MB; of servers after the load", files["memory"])
    stages = {precision: row["processor_ms"] for precision, row in found["stages"].items() if "failed" not in row}
    plots.stacked(stages, "processor ms, median", files["stages"])
    carried = {
        f"{name}{' (its page)' if 'distinct_1' not in row else ''}": [
            (float(n), row[key]["answers_a_second"]) for n in CLIENTS if (key := _first_load(row, n)) in row
        ]
        for name, row in found["servers"].items()
        if "failed" not in row
    }
    plots.lines(carried, "clients", "answers a second", files["load"])
    if sizes:
        plots.lines(_size_lines(sizes), "passages", "processor ms a question", files["sizes"], is_log=True)
    return {name: file.name for name, file in files.items() if file.exists() and (name != "sizes" or sizes)}


def latest_sizes(folder: Path, /) -> Found:
    """What `tests.benchmarks.sizes` kept last; nothing if it was never run."""
    files = sorted(folder.glob("sizes-*.json"), key=lambda file: file.stat().st_mtime)
    return json.loads(files[-1].read_text(encoding="utf-8")) | {"file": files[-1].name} if files else {}


def _size_lines(sizes: Found) -> dict[str, list[tuple[float, float]]]:
    named = {"median": "question_ms_p50", "95th percentile": "question_ms_p95"}
    return {name: [(row["passages"], row[key]) for row in sizes["sizes"] if key in row] for name, key in named.items()}


def _size_rows(sizes: Found) -> Iterable[tuple[str, ...]]:
    for row in sizes["sizes"]:
        yield f"{row['passages']:,}", *(_shown(row, key) for _, key in SIZE_COLUMNS)


def _shown(row: Found, key: str) -> str:
    value = row.get(key)
    return "" if value is None else f"{value:,.0f}" if value >= FEW_DIGITS_FROM else f"{value:.3g}"


def _first_load(row: Found, clients: int) -> str:
    return f"distinct_{clients}" if "distinct_1" in row else f"page_{clients}"


def _about(found: Found, source: str) -> str:
    before, after = (" / ".join(map(str, found.get(name, ["?"]))) for name in ("load_average", "load_average_after"))
    return (
        f"`make bench`, commit {found['commit']} (`{source}`): {found['cores']} cores, {found['processor']}; load of the "
        f"machine {before} before, {after} after. Where other work shares the machine, processor times and ratios are what "
        "to read. How good the answers are: `make evaluate`; what int8 changes of it stands below."
    )


def _clients(count: int) -> str:
    return f"{count} client{'s' * (count > 1)}"


def _aim_row(aim: Aim) -> tuple[str, ...]:
    sign = "≥" if aim.is_least else "≤"
    here = "not measured" if aim.ratio is None else f"{aim.ratio:.2f}"
    return aim.figure, f"{sign} {aim.limit:g}", here, {True: "yes", False: "**no**", None: "–"}[aim.is_held]


def _by_time(item: tuple[str, Found]) -> float:
    value: float = item[1].get("processor_ms_p50", float("inf"))
    return value


def _process_row(name: str, row: Found) -> tuple[str, ...]:
    if "failed" in row:
        return name, f"failed: {row['failed']}", "", "", ""
    return (
        f"**{name}**" if name.startswith("ours") else name,
        f"{row['processor_ms_p50']:.1f} ({row['processor_ms_p95']:.1f})",
        f"{row['wall_ms_p50']:.1f} ({row['wall_ms_p95']:.1f})",
        f"{row['first_answer_s']:.2f} ({row['first_answer_processor_s']:.2f})",
        f"{row['memory_mb']:.0f} ({row['memory_shared_mb']:.0f})",
    )


def _stages_about(found: Found) -> str:
    failed = [f"{name}: {row['failed']}" for name, row in found["stages"].items() if "failed" in row]
    asked = [row["questions"] for row in found["stages"].values() if "failed" not in row]
    return " ".join([f"One question, ours, the article; medians of {asked[0]} questions." if asked else "", *failed]).strip()


def _stage_rows(stages: Found) -> Iterable[tuple[str, ...]]:
    told = {name: row for name, row in stages.items() if "failed" not in row}
    names = dict.fromkeys(stage for row in told.values() for stage in row["processor_ms"])
    for stage in names:
        yield stage, *(f"{told[n]['processor_ms'].get(stage, 0):.2f}" if n in told else "" for n in stages)
    yield "**the whole question**", *(f"**{told[n]['whole_ms']:.2f}**" if n in told else "failed" for n in stages)


def _server_row(name: str, row: Found) -> tuple[str, ...]:
    if "failed" in row:
        return name, f"failed: {row['failed']}", ""
    starts = [
        f"{row[f'{what}_s']:.2f} ({row[f'{what}_processor_s']:.2f})" if f"{what}_s" in row else "–"
        for what in ("first_answer", "first_page")
    ]
    return name, " / ".join(starts), f"{row['memory_mb']:.0f} / {row['memory_after_load_mb']:.0f}"


def _load_rows(servers: Found) -> Iterable[tuple[str, ...]]:
    for name, row in _loads(servers):
        yield (
            name,
            *(f"{one['answers_a_second']:,.0f} ({one['server_processor_ms_an_answer']:.1f})" if one else "" for one in row),
        )


def _crowd_rows(servers: Found) -> Iterable[tuple[str, ...]]:
    for name, (*_, one) in _loads(servers):
        if one:
            wall = f"{one['wall_ms_p50']:,.0f} / {one['wall_ms_p95']:,.0f}"
            yield name, wall, f"{one['refused_a_second']:.0f}", f"{one['clients_share_of_a_core']:.2f}"


def _loads(servers: Found) -> Iterable[tuple[str, list[Found | None]]]:
    """What each server was asked, and what it carried at each number of clients."""
    for kind in KINDS:
        for name, row in servers.items():
            carried = [row.get(f"{kind}_{clients}") for clients in CLIENTS]
            if any(carried):
                yield f"{name}, {'through the page' if kind == 'page' else kind}", carried


def _int8(found: Found) -> str:
    told = found["int8"]
    size = " and ".join(f"{value:.0f} MB in {name}" for name, value in found["export_mb"].items())
    if not told.get("questions"):
        return f"{told['said']} The exported model takes {size}."
    rows = [(name, f"{old:.4f}", f"{new:.4f}") for name, (old, new) in told["figures"].items()]
    same = f"{told['same_kind_and_first_quote']:.2%}"
    return (
        f"{told['said']} Of {told['questions']:,} labelled questions {same} got the same kind and first quote in both "
        f"precisions. The exported model takes {size}.\n\n{_table(('evaluation', 'fp32', 'int8'), rows)}"
    )


def _by_size(sizes: Found, pictures: dict[str, str]) -> list[str]:
    head = ("passages", *(name for name, _ in SIZE_COLUMNS))
    picture = _picture(pictures, "sizes", "Processor time a question by number of passages")
    return ["## By number of passages", BY_SIZE.format(**sizes), _table(head, _size_rows(sizes)), picture]


def _picture(pictures: dict[str, str], name: str, what: str) -> str:
    return f"![{what}]({pictures[name]})" if name in pictures else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
