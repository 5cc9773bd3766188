"""Every format that a laptop can serve: packaged, deployed, and answering as eager PyTorch does."""

from collections import Counter
from typing import Any

import pytest

from model_packaging.artifact import MANIFEST_FILE_NAME, read_manifest
from tests.end_to_end.project import Project

pytestmark = pytest.mark.integration

DEPLOYMENT = "deployments/formats.yaml"
FORMATS = {
    "traced": "torchscript",
    "optimized": "torchscript",
    "encoder": "onnx",
    "foreign-onnx": "onnx",
    "foreign-torchscript": "torchscript",
}


@pytest.fixture(scope="module")
def formats(project: Project) -> dict[str, Any]:
    """Return the document of one `seatrial rehearse` of the deployment with all formats."""
    return project.document("rehearse", DEPLOYMENT)


def test_every_format_answers_as_eager_pytorch_does(formats: dict[str, Any]) -> None:
    """Fresh random requests of batch 1 and of the maximum, within the models' tolerance."""
    asked = Counter((answer["target"], answer["batch_size"]) for answer in formats["answers"])
    assert asked == {(f"all.{model}", size): 5 for model in FORMATS for size in (1, 4)}
    assert [answer["wrong"] for answer in formats["answers"]] == [[]] * 50
    assert formats["ok"] is True


@pytest.mark.usefixtures("formats")
def test_each_artifact_says_its_format_and_has_no_findings(project: Project) -> None:
    """Neither what was exported here nor what was made elsewhere contradicts its configuration."""
    for model, model_format in FORMATS.items():
        manifest = read_manifest(project.root / "build" / "formats" / model / MANIFEST_FILE_NAME)
        assert manifest.format == model_format
        assert manifest.findings == ()
