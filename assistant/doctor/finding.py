"""The value that every check gives."""

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
