"""Reading the lists of requirements and their locks, and saying where a lock is stale.

Flows in: `requirements*.txt` (the lists that people edit) and `requirements*.lock` (every package, with the hashes of
its files). Flows out: what is wrong. Runs before anything is installed, so it knows the standard library only:
`python -m supply_chain.locks` ends with exit code 2 and one line when `make setup` must not go on.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SERVING_LOCK = "requirements.lock"  # what requirements.txt needs, but for the next two
TORCH_LOCK = "requirements-torch.lock"  # torch alone: which of its builds is installed depends on the indexes at hand
NVIDIA_LOCK = "requirements-nvidia.lock"  # what PyPI's build of torch for Linux needs and the processor-only build does not
DEVELOPMENT_LOCK = "requirements-dev.lock"  # what requirements-dev.txt needs beyond serving
ONLY_SERVING_LOCK = "requirements-serve.lock"  # the part of the first that requirements-serve.txt needs, over again
LOCKS = (SERVING_LOCK, TORCH_LOCK, NVIDIA_LOCK, DEVELOPMENT_LOCK)
# Each list, with the locks that together hold what it names.
LISTS = {
    "requirements-serve.txt": (ONLY_SERVING_LOCK,),
    "requirements.txt": (SERVING_LOCK, TORCH_LOCK),
    "requirements-s3.txt": (DEVELOPMENT_LOCK,),
    "requirements-train.txt": (SERVING_LOCK, TORCH_LOCK, DEVELOPMENT_LOCK),
    "requirements-milvus.txt": (SERVING_LOCK, DEVELOPMENT_LOCK),
    "requirements-dev.txt": (SERVING_LOCK, TORCH_LOCK, DEVELOPMENT_LOCK),
}
REMEDY = "`make lock bill` renews the locks and the bill of materials."

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)\s*(?:;\s*(?P<marker>[^\\#]*[^\\#\s]))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VIA = re.compile(r"#\s+(?:via\s+)?([A-Za-z0-9][A-Za-z0-9._-]*)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Locked:
    """One locked package: normalised name, version, environment marker or "", sha256 of every file that may be installed.

    `wanted_by` names the packages that depend on it; `lines` is the block as it stands in the lock.
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...]
    lines: str


def normalised(name: str, /) -> str:
    """A package's name as indexes compare it (PEP 503): `Foo._Bar` → `foo-bar`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(list_file: Path, /) -> dict[str, str]:
    """Name → version of every line that pins a package; lists that it includes are not followed."""
    found = (_PIN.match(line) for line in list_file.read_text(encoding="utf-8").splitlines())
    return {normalised(pin["name"]): pin["version"] for pin in found if pin}


def read_lock(text: str, /) -> Iterator[Locked]:
    """Every package of a lock, in its order. A block begins at the margin; what is indented belongs to it."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        if pin := _PIN.match(block):
            hashes = tuple(_HASH.findall(block))
            wanted_by = tuple(sorted({normalised(name) for name in _VIA.findall(block) if name != "via"}))
            yield Locked(normalised(pin["name"]), pin["version"], pin["marker"] or "", hashes, wanted_by, block.rstrip("\n"))


def locked(project: Path, locks: Iterable[str], /) -> list[Locked]:
    """The packages of several locks."""
    return [package for lock in locks for package in read_lock((project / lock).read_text(encoding="utf-8"))]


def stale(project: Path, /) -> list[str]:
    """What a list pins and its locks do not hold, and what a lock holds without a hash; one sentence each."""
    if missing := [lock for lock in (*LOCKS, ONLY_SERVING_LOCK) if not (project / lock).is_file()]:
        return [f"{lock} is missing." for lock in missing]
    wrong = [
        f"{list_file} pins {name}=={version}, and {' and '.join(locks)} do not hold it."
        for list_file, locks in LISTS.items()
        for name, version in pins(project / list_file).items()
        if (name, version) not in {(package.name, package.version) for package in locked(project, locks)}
    ]
    wrong += [f"{package.name} is locked without a hash." for package in locked(project, LOCKS) if not package.hashes]
    return wrong


if __name__ == "__main__":
    if problems := stale(PROJECT):
        sys.stderr.write(f"{' '.join(problems)} {REMEDY}\n")
        sys.exit(2)
