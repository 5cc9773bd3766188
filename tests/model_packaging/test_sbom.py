"""The bill of materials is valid CycloneDX, says what is in an artifact, and nothing of the moment."""

import json
import re
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from model_packaging.artifact.keys import BuildInputs
from model_packaging.artifact.manifest import FileRecord
from model_packaging.sbom import sbom_of
from spec import Model

DIGESTS = {
    name: letter * 64
    for letter, name in zip("abcdef", ("model", "config", "source", "w", "v", "key"), strict=True)
}
FILES = (
    FileRecord("m/1/model.pt", 0o644, 10, DIGESTS["model"]),
    FileRecord("m/config.pbtxt", 0o644, 10, DIGESTS["config"]),
)
INPUTS = BuildInputs(
    "0" * 64,
    (("zoo/m.py", DIGESTS["source"]),),
    (("python", "3.11.9"), ("seatrial-packaging", "1"), ("torch", "2.13.0+cpu")),
)


def section(digest: str = DIGESTS["w"], place: str = "weights/m.safetensors") -> Model:
    return Model.model_validate(
        {
            "export": {
                "from": "zoo.m:factory",
                "to": "torchscript",
                "how": "trace",
                "weights": {"from": place, "sha256": digest},
            },
            "triton": {"max_batch_size": 4},
        }
    )


def text(*sections: Model) -> str:
    return sbom_of("m", sections or (section(),), DIGESTS["key"], FILES, INPUTS)


@pytest.fixture
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text())
    return found


def test_it_is_valid_cyclonedx() -> None:
    """By the standard's own schema, without a field that it does not know."""
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text()) is None


def test_the_model_is_named_by_its_content(document: dict[str, Any]) -> None:
    """And holds the archive's files by their digests."""
    model = document["metadata"]["component"]
    assert (model["type"], model["name"], model["version"]) == ("machine-learning-model", "m", DIGESTS["key"])
    assert [(each["name"], each["hashes"]) for each in model["components"]] == [
        ("m/1/model.pt", [{"alg": "SHA-256", "content": DIGESTS["model"]}]),
        ("m/config.pbtxt", [{"alg": "SHA-256", "content": DIGESTS["config"]}]),
    ]
    assert {"name": "seatrial:build_key", "value": INPUTS.build_key} in model["properties"]


def test_what_it_was_made_from_is_there_and_not_in_it(document: dict[str, Any]) -> None:
    """Sources and weights by digest, packages by their address at PyPI; all out of scope."""
    found = {each["bom-ref"]: each for each in document["components"]}
    assert found["source:zoo/m.py"]["hashes"][0]["content"] == DIGESTS["source"]
    assert found[f"weights:{DIGESTS['w']}:weights/m.safetensors"]["hashes"][0]["content"] == DIGESTS["w"]
    assert found["tool:torch"]["purl"] == "pkg:pypi/torch@2.13.0%2Bcpu"
    assert found["tool:python"]["version"] == "3.11.9"
    assert "purl" not in found["tool:python"]
    assert "purl" not in found["tool:seatrial-packaging"]
    assert len(found) == 5
    assert {each["scope"] for each in found.values()} == {"excluded"}
    depends = {each["ref"]: each.get("dependsOn", []) for each in document["dependencies"]}
    assert sorted(depends["model:m"]) == sorted(found)


def test_members_bring_their_weights() -> None:
    """Each digest once, though two declare it; two files of one name are two."""
    sections = (section(), section(), section(DIGESTS["v"]))
    weights = [each for each in json.loads(text(*sections))["components"] if "weights" in each["bom-ref"]]
    assert sorted(each["hashes"][0]["content"] for each in weights) == [DIGESTS["w"], DIGESTS["v"]]


def test_a_models_file_is_there_by_its_digest() -> None:
    """Wherever it came from."""
    model = Model.model_validate(
        {
            "file": {"from": "s3://bucket/m.onnx", "sha256": DIGESTS["v"]},
            "triton": {"max_batch_size": 4},
        }
    )
    names = [each["name"] for each in json.loads(text(model))["components"]]
    assert "s3://bucket/m.onnx" in names


def test_equal_inputs_give_equal_documents(document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """No clock, no chance: only the date that reproducible builds agree on."""
    assert text() == text()
    assert "timestamp" not in document["metadata"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", document["serialNumber"])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1600000000")
    dated = json.loads(text())
    assert dated["metadata"].pop("timestamp") == "2020-09-13T12:26:40+00:00"
    assert dated == document
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text()) is None


def test_other_inputs_have_another_serial_number(document: dict[str, Any]) -> None:
    """It names one document."""
    other = sbom_of("m", (section(),), "9" * 64, FILES, INPUTS)
    assert json.loads(other)["serialNumber"] != document["serialNumber"]
