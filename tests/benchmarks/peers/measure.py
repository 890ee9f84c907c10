"""One contender in a process of its own: `measure.py MODULE MODEL INPUT BEGUN` prints what was measured as JSON.

INPUT is a JSON file with `passages` and `questions`, BEGUN the time at which the process was started, in seconds since the
epoch. Needs nothing but the contender's own packages.
"""

import importlib
import json
import statistics
import sys
import time
from pathlib import Path


def main() -> None:
    given = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
    ask = importlib.import_module(sys.argv[1]).load(given["passages"], sys.argv[2])
    ask(given["questions"][0])
    started, start_processor = time.time() - float(sys.argv[4]), time.process_time()
    processor, wall = [], []
    for question in given["questions"][1:]:
        clock, used = time.perf_counter(), time.process_time()
        ask(question)
        processor.append((time.process_time() - used) * 1e3)
        wall.append((time.perf_counter() - clock) * 1e3)
    rollup = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in rollup if line.endswith("kB")}
    figures = {
        "first_answer_s": started,
        "first_answer_processor_s": start_processor,
        "processor_ms_p50": statistics.median(processor),
        "processor_ms_p95": statistics.quantiles(processor, n=20)[-1],
        "wall_ms_p50": statistics.median(wall),
        "wall_ms_p95": statistics.quantiles(wall, n=20)[-1],
        "memory_mb": kilobytes["Rss"] / 1024,
        "memory_shared_mb": kilobytes["Pss"] / 1024,
    }
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


main()
