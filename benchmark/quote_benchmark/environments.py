"""An environment for each system: made on demand, with the packages that its list pins."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:")
NOBODY_CALLS_HOME = {
    "HF_HUB_OFFLINE": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "GRADIO_ANALYTICS_ENABLED": "False",
}
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1")


def environment_variables() -> dict[str, str]:
    """One thread for everybody, and no telemetry."""
    return {**os.environ, **ONE_THREAD, **NOBODY_CALLS_HOME}


def python_with(packages: Path, folder: Path, /, *, also: Sequence[str] = (), beside: Path | None = None) -> Path:
    """The interpreter of an environment in `folder` that holds the pinned `packages` (a file) and `also` these.

    `beside` is a site-packages whose packages need not be installed again: torch is large. An environment is made anew when
    the file has changed.
    """
    python, done = folder / "bin" / "python", folder / "installed.txt"
    if not done.exists() or done.read_bytes() != packages.read_bytes():
        sys.stderr.write(f"Installing {packages.stem} …\n")
        venv.create(folder, with_pip=True, clear=True)
        if beside is not None:
            (site,) = folder.glob("lib/python*/site-packages")
            (site / "beside.pth").write_text(f"{beside}\n", encoding="utf-8")
        subprocess.run([python, *INSTALL, *also, "-r", packages], check=True)  # noqa: S603  a pinned list of our own
        shutil.copyfile(packages, done)
    return python
