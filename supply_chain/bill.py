"""`make bill`: the bill of materials in CycloneDX, out of the locks: what serving installs, with hashes, licences and graph.

The model's weights and our adapter are components as well. Nothing in it depends on the day or the machine but the
licences, which are read from the packages that are installed.
"""

import hashlib
import uuid
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, metadata

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from index.encoder import ADAPTER, DEFAULT_MODEL, DEFAULT_MODEL_SHA256
from supply_chain.locks import NVIDIA_LOCK, PROJECT, SERVING_LOCK, TORCH_LOCK, Locked, locked, pins

BILL = PROJECT / "sbom.cdx.json"
NAMESPACE = uuid.UUID("7d3c7a4e-3c0e-5a55-9a4c-2b1f3c1f8d10")  # of our serial numbers: the same content, the same number
LONGEST_LICENCE_NAME = 100  # characters; what is longer is a licence's whole text


def bill() -> str:
    """The bill as JSON."""
    packages = locked(PROJECT, (SERVING_LOCK, TORCH_LOCK, NVIDIA_LOCK))
    components = {f"{package.name}=={package.version}": component_of(package) for package in packages}
    by_name: dict[str, list[Component]] = {}
    for package in packages:
        by_name.setdefault(package.name, []).append(components[f"{package.name}=={package.version}"])
    weights = [
        weights_component(DEFAULT_MODEL, DEFAULT_MODEL_SHA256),
        weights_component("rls-assistant-adapter", hashlib.sha256(ADAPTER.read_bytes()).hexdigest()),
    ]
    root = Component(name="rls-assistant", type=ComponentType.APPLICATION, bom_ref="rls-assistant")
    materials = Bom(components=[*components.values(), *weights])
    materials.metadata.component = root
    materials.metadata.timestamp = None  # type: ignore[assignment]  # the same locks, the same bill
    materials.register_dependency(
        root, [one for name in pins(PROJECT / "requirements.txt") for one in by_name[name]] + weights
    )
    for name, wanted in wanted_by_each(packages).items():
        for one in by_name[name]:
            materials.register_dependency(one, [other for needed in wanted for other in by_name[needed]])
    content = "\n".join(sorted(components)) + "".join(str(package.hashes) for package in packages)
    materials.serial_number = uuid.uuid5(NAMESPACE, content)
    return make_outputter(materials, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1) + "\n"


def component_of(package: Locked, /) -> Component:
    """A locked package. Each hash is that of one of its files."""
    purl = PackageURL("pypi", None, package.name, package.version)
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(purl.to_string()),
        comment=f"only where {package.marker}" if package.marker else None,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=hash_) for hash_ in package.hashes],
    )
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        purl=purl,
        bom_ref=purl.to_string(),
        licenses=licences_of(package.name),
        external_references=[files],
    )


def weights_component(name: str, sha256: str, /) -> Component:
    """A file of weights, by its hash."""
    return Component(
        name=name,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref=f"weights:{name}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
    )


def licences_of(name: str, /) -> list[DisjunctiveLicense | LicenseExpression]:
    """What the installed package says about its licence; nothing if it is not installed or does not say."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return []
    if expression := said["License-Expression"]:
        return [LicenseExpression(expression)]
    classifiers = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier", []) if line.startswith("License :: ")]
    names = classifiers or [said["License"] or ""]
    return [DisjunctiveLicense(name=name) for name in names if 0 < len(name) <= LONGEST_LICENCE_NAME]


def wanted_by_each(packages: Iterable[Locked], /) -> dict[str, list[str]]:
    """Package → the packages that it depends on: the lock's own comments, turned round."""
    wanted: dict[str, list[str]] = {package.name: [] for package in packages}
    for package in packages:
        for dependant in package.wanted_by:
            if dependant in wanted:
                wanted[dependant].append(package.name)
    return wanted


if __name__ == "__main__":
    BILL.write_text(bill(), encoding="utf-8")
