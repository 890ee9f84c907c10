"""What can be seen on this machine: model, index, articles, permissions, disk, clock. Nothing is changed by looking."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar

from assistant.assistant import Assistant
from assistant.doctor import Finding, Status
from corpus import CorpusError, Document, ShownError, load_corpus
from corpus.check import check_corpus
from corpus.site import load_site
from index import Encoder, IndexVersion, current_version, encoder_for, load_encoder, open_version
from index.build import fingerprint_inputs
from index.encoding.weights import DEFAULT_MODEL, DEFAULT_MODEL_SHA256
from index.published.manifest import Manifest
from index.stores import DEFAULT_ENGINES, Engines

# A publication writes a version beside those that are kept, and the cache of encodings grows by as much again.
VERSIONS_OF_FREE_SPACE = 3
LEAST_FREE = 200 * 2**20  # bytes
CLOCK_TOLERANCE = timedelta(minutes=5)
ROOT = 0
Part = TypeVar("Part")


def examine_machine(
    *,
    model: str,
    corpus_dir: Path,
    index_dir: Path,
    feedback_file: Path,
    region: str,
    engines: Engines = DEFAULT_ENGINES,
) -> Iterator[Finding]:
    """Every check that needs no network, in the order in which a start needs them."""
    version, not_open = _tried("index", lambda: open_version(index_dir, current_version(index_dir), engines=engines))
    encoder, finding = _tried("model", lambda: _encoder(model, index_dir, version))
    yield finding or Finding("model", Status.OK, _model_is(model))
    yield not_open or _index(version, encoder, region)
    yield _articles(corpus_dir, version)
    yield _permissions(corpus_dir=corpus_dir, index_dir=index_dir, feedback_file=feedback_file)
    yield _disk(index_dir, version)
    yield examine_clock(version, now=datetime.now(UTC))


def _tried(check: str, load: Callable[[], Part]) -> tuple[Part | None, Finding | None]:
    try:
        return load(), None
    except ShownError as error:
        return None, Finding(check, Status.FAIL, error.message, error.remedy)


def _encoder(model: str, index_dir: Path, version: IndexVersion | None) -> Encoder:
    return load_encoder(model) if version is None else encoder_for(version, index_dir, model=model)


def _model_is(model: str) -> str:
    if model == DEFAULT_MODEL:
        return f"{model}, the published weights (sha256 {DEFAULT_MODEL_SHA256[:12]}…), loads."
    return f"{model} loads."


def _index(version: IndexVersion | None, encoder: Encoder | None, region: str) -> Finding:
    assert version is not None  # noqa: S101  else there was a finding
    if encoder is not None:
        _, finding = _tried("index", lambda: Assistant(version, encoder, region=region))
        if finding is not None:
            return finding
    return Finding(
        "index", Status.OK, f"version {version.name}, {len(version.passages)} passages; every file is what its hash says."
    )


def _articles(corpus_dir: Path, version: IndexVersion | None) -> Finding:
    try:
        faults = check_corpus(corpus_dir)
        documents, site = ([], "") if faults else (load_corpus(corpus_dir), load_site(corpus_dir))
    except CorpusError as error:
        faults = [error]
    if faults:
        others = f" ({len(faults) - 1} more: `python -m corpus check`)" if len(faults) > 1 else ""
        return Finding("articles", Status.FAIL, f"{faults[0].message}{others}", faults[0].remedy)
    if version is not None and not _is_built_from(documents, site, version.manifest):
        return Finding(
            "articles",
            Status.WARN,
            "the articles are not those of the published version.",
            "Publish them: `python -m index build`.",
        )
    return Finding("articles", Status.OK, f"{len(documents)} in {corpus_dir}{'' if version is None else ', as published'}.")


def _is_built_from(documents: list[Document], site: str, manifest: Manifest) -> bool:
    engine = manifest.store["engine"]
    made_with = {"model": manifest.model, "multilingual": manifest.multilingual}
    return fingerprint_inputs(documents, **made_with, engine=engine, site=site) == manifest.inputs


def _permissions(*, corpus_dir: Path, index_dir: Path, feedback_file: Path) -> Finding:
    for path in (corpus_dir, index_dir):
        for entry in [path, *path.glob("*")]:
            if entry.exists() and not entry.is_symlink() and entry.stat().st_mode & stat.S_IWOTH:
                return Finding(
                    "permissions", Status.FAIL, f"anybody on this machine may change {entry}.", f"Run `chmod -R o-w {path}`."
                )
    kept_in = feedback_file if feedback_file.exists() else _nearest_existing(feedback_file.parent)
    if not os.access(kept_in, os.W_OK):
        return Finding(
            "permissions",
            Status.FAIL,
            f"verdicts cannot be kept: {kept_in} may not be written.",
            "Set FEEDBACK_FILE, or give the folder to the user that serves.",
        )
    if os.geteuid() == ROOT:
        return Finding(
            "permissions",
            Status.WARN,
            "this is root, so what the serving user may do was not checked.",
            "Run the doctor as the user that serves, and do not serve as root.",
        )
    return Finding("permissions", Status.OK, "only the owner may change articles and index.")


def _disk(index_dir: Path, version: IndexVersion | None) -> Finding:
    free = shutil.disk_usage(_nearest_existing(index_dir)).free
    size = 0 if version is None else sum(path.stat().st_size for path in (index_dir / version.name).iterdir())
    needed = max(LEAST_FREE, VERSIONS_OF_FREE_SPACE * size)
    said = f"{free / 2**30:.1f} GiB free where versions are published"
    if free < needed:
        return Finding("disk", Status.FAIL, f"{said}; a publication may need {needed / 2**30:.1f}.", "Free some space.")
    return Finding("disk", Status.OK, f"{said}.")


def examine_listening(host: str, /, *, proxies: Sequence[str]) -> Finding:
    """Whether strangers reach the server itself; a proxy has more room for slow and silent ones, and speaks https."""
    if proxies:
        return Finding("proxy", Status.OK, f"visitors come through {', '.join(proxies)}.")
    if host == "localhost" or _is_loopback(host):
        return Finding("proxy", Status.OK, f"the server listens on this machine only ({host}).")
    return Finding(
        "proxy",
        Status.WARN,
        f"HOST={host} can be reached from other machines, and TRUSTED_PROXIES is empty.",
        "Put a proxy before the server (deploy/nginx.conf.template) and set TRUSTED_PROXIES to its address.",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False  # a name, which may stand for any address


def examine_clock(version: IndexVersion | None, /, *, now: datetime) -> Finding:
    """Whether this machine's clock can be right: nothing was built in its future."""
    if version is not None:
        published = datetime.strptime(version.name.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if published > now + CLOCK_TOLERANCE:
            return Finding(
                "clock",
                Status.FAIL,
                f"it is {now:%Y-%m-%d %H:%M} UTC here, before the published version was built ({published:%Y-%m-%d %H:%M}).",
                "Set the clock, and let it be kept right: `timedatectl set-ntp true`.",
            )
    return Finding("clock", Status.OK, f"{now:%Y-%m-%d %H:%M} UTC.")


def _nearest_existing(path: Path) -> Path:
    return next(folder for folder in [path, *path.absolute().parents] if folder.exists())
