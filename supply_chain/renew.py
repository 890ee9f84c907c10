"""`make lock`: renew the locks out of the lists. uv resolves for every platform at once and takes the hashes of every file.

A package stands in exactly one lock: what serving needs, torch, its NVIDIA libraries, what development needs beyond that.
What is locked already keeps its version if it can; with `--upgrade` everything that no list pins is taken at its newest.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from supply_chain.locks import (
    DEVELOPMENT_LOCK,
    LOCKS,
    NVIDIA_LOCK,
    ONLY_SERVING_LOCK,
    PROJECT,
    SERVING_LOCK,
    TORCH_LOCK,
    Locked,
    pins,
    read_lock,
)

PYTHON = "3.11"  # the oldest that is supported
ONLY_NVIDIA = re.compile(r"(nvidia|cuda)-|triton$")
# Builds that other indexes offer under the same version, by their sha256. torch's processor-only build, as it was
# installed where this was written (CPython 3.11, Linux, x86-64); who uses another one adds the hash that `pip hash` prints.
OTHER_BUILDS = {"torch==2.13.0": ("6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b",)}
HEADINGS = {
    ONLY_SERVING_LOCK: "What requirements-serve.txt needs: a part of requirements.lock, with the same files.",
    SERVING_LOCK: "What requirements.txt needs, but for torch; with the hashes of every file that may be installed.",
    TORCH_LOCK: "torch: PyPI's builds, and the processor-only build that other indexes offer.",
    NVIDIA_LOCK: "What PyPI's build of torch for Linux needs; its processor-only build does without.",
    DEVELOPMENT_LOCK: "What requirements-dev.txt needs beyond what serving needs.",
}


def resolve(list_file: Path, /, *, folder: Path, like: Path | None = None) -> list[Locked]:
    """Every package that a list needs; `like` holds versions that must be kept."""
    out = folder / f"{list_file.stem}.out"
    if "--upgrade" not in sys.argv:  # uv keeps the versions that its output file already names
        out.write_text("".join((PROJECT / lock).read_text(encoding="utf-8") for lock in LOCKS if (PROJECT / lock).is_file()))
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-config", "--no-header", "--universal"]
    command += ["--generate-hashes", "--python-version", PYTHON, "--output-file", str(out), list_file.name]
    if like is not None:
        command += ["--constraint", str(like)]
    subprocess.run(command, check=True, cwd=list_file.parent)  # noqa: S603  our own arguments
    return list(read_lock(re.sub(r"\n    #   -c .*", "", out.read_text(encoding="utf-8"))))


def lock_of(name: str, /) -> str:
    """The lock in which a package that serving needs belongs."""
    if name == "torch":
        return TORCH_LOCK
    return NVIDIA_LOCK if ONLY_NVIDIA.match(name) else SERVING_LOCK


def needed_by(names: set[str], packages: list[Locked], /) -> list[Locked]:
    """Those of the packages that have these names, and all that they need."""
    while more := {package.name for package in packages if names & {*package.wanted_by}} - names:
        names = names | more
    return [package for package in packages if package.name in names]


def with_other_builds(package: Locked, /) -> str:
    """The package's block, with the hashes of its builds that PyPI does not offer."""
    others = OTHER_BUILDS.get(f"{package.name}=={package.version}", ())
    hashes = [hash_ for hash_ in others if hash_ not in package.hashes]  # uv keeps those of a version that it keeps
    first, rest = package.lines.split("\n", maxsplit=1)
    return "\n".join([first, *(f"    --hash=sha256:{hash_} \\" for hash_ in hashes), rest])


def write(lock: str, packages: list[Locked], /) -> None:
    """Write a lock whole."""
    heading = f"# {HEADINGS[lock]}\n# Made by `make lock`; never edited by hand.\n"
    blocks = "\n".join(with_other_builds(package) for package in packages)
    (PROJECT / lock).write_text(f"{heading}{blocks}\n", encoding="utf-8")


def main() -> None:
    """Resolve both lists and write the locks."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        development = resolve(PROJECT / "requirements-dev.txt", folder=folder)
        versions = folder / "versions.txt"
        versions.write_text(
            "".join(f"{p.name}=={p.version}{f' ; {p.marker}' if p.marker else ''}\n" for p in development), encoding="utf-8"
        )
        serving = resolve(PROJECT / "requirements.txt", folder=folder, like=versions)
    served = {package.name for package in serving}
    by_lock: dict[str, list[Locked]] = {lock: [] for lock in LOCKS}
    for package in serving:
        by_lock[lock_of(package.name)].append(package)
    only_serving = set(pins(PROJECT / "requirements-serve.txt"))
    by_lock[ONLY_SERVING_LOCK] = needed_by(only_serving, by_lock[SERVING_LOCK])
    by_lock[DEVELOPMENT_LOCK] = [package for package in development if package.name not in served]
    for lock, packages in by_lock.items():
        write(lock, packages)


if __name__ == "__main__":
    main()
