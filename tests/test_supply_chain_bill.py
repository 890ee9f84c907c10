"""The bill of materials: valid CycloneDX, of what is locked now, with a licence for what is installed."""

import json
import re
from importlib.metadata import distributions
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from index.encoder import DEFAULT_MODEL, DEFAULT_MODEL_SHA256
from supply_chain.bill import BILL, bill
from supply_chain.locks import NVIDIA_LOCK, PROJECT, REMEDY, SERVING_LOCK, TORCH_LOCK, locked, normalised

COPYLEFT = re.compile(r"(?<!L)GPL|GNU General|Affero", re.IGNORECASE)


@pytest.fixture(scope="module")
def materials() -> dict[str, Any]:
    return dict(json.loads(BILL.read_text(encoding="utf-8")))


def without_licences(materials: dict[str, Any]) -> dict[str, Any]:
    """Licences are read where the bill is made, from what is installed there."""
    components = [{key: value for key, value in one.items() if key != "licenses"} for one in materials["components"]]
    return {**materials, "components": components}


def choices(component: dict[str, Any]) -> list[str]:
    """The licences between which a user may choose; several classifiers are alternatives."""
    said = [
        one.get("expression") or one["license"].get("name") or one["license"]["id"] for one in component.get("licenses", [])
    ]
    return [choice for one in said for choice in one.split(" OR ")]


def test_the_bill_is_valid_cyclonedx() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(BILL.read_text(encoding="utf-8")) is None


def test_the_bill_is_of_what_is_locked_now(materials: dict[str, Any]) -> None:
    assert without_licences(json.loads(bill())) == without_licences(materials), REMEDY


def test_every_package_that_serving_installs_stands_in_it_with_the_hashes_of_its_files(materials: dict[str, Any]) -> None:
    listed = {
        (one["name"], one["version"]): {hash_["content"] for hash_ in one["externalReferences"][0]["hashes"]}
        for one in materials["components"]
        if one["type"] == "library"
    }
    packages = locked(PROJECT, (SERVING_LOCK, TORCH_LOCK, NVIDIA_LOCK))
    assert listed == {(package.name, package.version): set(package.hashes) for package in packages}


def test_the_weights_of_the_model_stand_in_it_by_their_hash(materials: dict[str, Any]) -> None:
    (weights,) = [one for one in materials["components"] if one["name"] == DEFAULT_MODEL]
    assert weights["hashes"] == [{"alg": "SHA-256", "content": DEFAULT_MODEL_SHA256}]


def test_what_is_installed_has_a_licence_that_lets_the_project_be_passed_on(materials: dict[str, Any]) -> None:
    installed = {normalised(one.metadata["Name"]) for one in distributions()}
    said = {one["name"]: choices(one) for one in materials["components"] if one["name"] in installed}
    assert [name for name, licences in said.items() if not licences] == []
    assert {name: licences for name, licences in said.items() if all(map(COPYLEFT.search, licences))} == {}
