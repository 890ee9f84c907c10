"""What a process uses: processor time and memory, read from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """In MB. `resident` counts every page that is there; `proportional` shares those that other processes have, too."""

    resident: float
    proportional: float


def processor_seconds(pid: int, /) -> float:
    """Spent so far by all threads of a process, in steps of a hundredth."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int | str, /) -> Memory:
    """Of a process, as it is now."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    kilobytes = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines) if "kB" in value}
    return Memory(round(kilobytes["Rss"] / 1024, 1), round(kilobytes["Pss"] / 1024, 1))
