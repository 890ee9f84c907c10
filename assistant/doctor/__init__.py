"""What is wrong with a deployment, one finding a check, each with what to do about it. Nothing is changed by looking.

machine          this machine: model, index, articles, permissions, disk, clock
public_address   what visitors get, asked of PUBLIC_URL over the network
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """`warn` works, and somebody should look at it; `fail` does not work, or is not safe."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `remedy` is empty exactly when the status is ok."""

    check: str
    status: Status
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{self.status:<4}  {self.check:<11}  {self.message}"
        return " ".join(f"{line} {self.remedy}".rstrip().split("\n"))
