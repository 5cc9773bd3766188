"""The rules about what models ask of their image."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from model_packaging.artifact import MANIFEST_FILE_NAME, write_manifest
from model_packaging.artifact.image_needs import ImageNeeds
from preflight import Finding

RULES = {*(f"SEA{number}" for number in range(438, 443)), "SEA444"}
Found = Callable[..., list[Finding]]


@pytest.fixture
def found(project: object) -> Found:
    """Return what the rules find of a model with these needs, served in this release or this image."""

    def of(needs: ImageNeeds, *, container: str = "") -> list[Finding]:
        if container:
            project.edit("    export:", f"    container: {{{container}}}\n    export:")  # type: ignore[attr-defined]
        manifest = project.package()  # type: ignore[attr-defined]
        folder: Path = project.model_folder  # type: ignore[attr-defined]
        write_manifest(replace(manifest, image_needs=needs), folder / MANIFEST_FILE_NAME)
        return [each for each in project.check().findings if each.rule in RULES]  # type: ignore[attr-defined]

    return of


def test_what_every_release_has_is_no_finding(found: Found) -> None:
    """Fields, operators and syntax of the oldest."""
    needs = ImageNeeds(("ModelConfig.backend",), ("onnxruntime", "python"), 19, 9, 10)
    assert found(needs, container='triton_release: "23.12"') == []


DEFAULT = 'triton_release: "24.09"'


def assert_told(findings: list[Finding], rule: str, what: str, allowed: str) -> None:
    """Assert that there is one finding, at the release."""
    [finding] = findings
    assert (finding.rule, finding.what, finding.allowed) == (rule, what, allowed)
    assert finding.subject == "models.classifier"
    assert finding.location is not None
    assert finding.location.line is not None


def test_sea438_field_newer_than_the_image(found: Found) -> None:
    """A configuration of a newer Triton."""
    assert_told(
        found(ImageNeeds(config_fields=("ModelConfig.model_metrics",)), container=DEFAULT),
        "SEA438",
        "config.pbtxt uses model_metrics, which Triton 24.09 does not know.",
        "model_metrics with triton_release 25.04 or 25.09 or 26.05.",
    )


def test_sea439_onnx_file_newer_than_the_image(found: Found) -> None:
    """A file of a newer onnx."""
    assert_told(
        found(ImageNeeds(onnx_ir=11), container=DEFAULT),
        "SEA439",
        "The ONNX model has IR version 11; Triton 24.09 reads 10 at most.",
        "IR version 10 or older.",
    )


def test_sea440_onnx_operators_newer_than_the_image(found: Found) -> None:
    """Whichever operators are used."""
    assert_told(
        found(ImageNeeds(onnx_opset=23), container=DEFAULT),
        "SEA440",
        "The ONNX model has opset 23; Triton 24.09 has 21 at most.",
        "opset 21 or older.",
    )


def test_sea441_backend_of_another_image(found: Found) -> None:
    """A large language model's."""
    assert_told(
        found(ImageNeeds(backends=("vllm",)), container=DEFAULT),
        "SEA441",
        "The backend is vllm, which NVIDIA ships in tritonserver:24.09-vllm-python-py3.",
        "an image_uri with vllm.",
    )


def test_sea442_syntax_newer_than_the_image(found: Found) -> None:
    """The laptop's Python may be newer."""
    assert_told(
        found(ImageNeeds(python_minor=12), container=DEFAULT),
        "SEA442",
        "The Python model's syntax needs Python 3.12; Triton 24.09 runs it with 3.10.",
        "syntax of Python 3.10.",
    )


@pytest.mark.parametrize(
    ("needs", "release"),
    [
        (ImageNeeds(config_fields=("ModelConfig.model_metrics",)), "25.04"),
        (ImageNeeds(python_minor=12), "25.04"),
        (ImageNeeds(onnx_opset=22), "25.04"),
        (ImageNeeds(onnx_opset=99, onnx_ir=99), "26.05"),
    ],
)
def test_a_release_that_has_it(found: Found, needs: ImageNeeds, release: str) -> None:
    """Of what nothing is known, nothing is said."""
    assert found(needs, container=f'triton_release: "{release}"') == []


def test_an_image_of_ones_own_is_not_judged(found: Found) -> None:
    """Nobody knows what is in it."""
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"
    needs = ImageNeeds(("ModelConfig.model_metrics",), ("vllm",), 99, 99, 12)
    assert found(needs, container=f'image_uri: "{image}"') == []


def test_sea444_backend_of_older_images(found: Found) -> None:
    """NVIDIA's images had it up to 25.02."""
    assert_told(
        found(ImageNeeds(backends=("tensorflow",)), container='triton_release: "25.04"'),
        "SEA444",
        "The backend is tensorflow, which Triton 25.04 may not have.",
        "triton_release 23.12 or 24.01 or 24.03 or 24.05 or 24.09.",
    )


def test_sea444_an_older_release(found: Found) -> None:
    """It is there."""
    assert found(ImageNeeds(backends=("tensorflow",)), container=DEFAULT) == []
