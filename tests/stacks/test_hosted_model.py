"""Which image and which variable a packaged model's layout asks for."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

import spec
from model_packaging.artifact import (
    ArchiveRecord,
    BuildInputs,
    FileRecord,
    Layout,
    Manifest,
    Provenance,
    SamplesRecord,
    Signature,
    Tolerance,
)
from seatrial_hosting import PrivateNetwork
from stacks._hosted_model import add_model
from stacks._settings import StackSettings
from stacks.built_artifacts import BuiltArtifact

REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
KEY = hashlib.sha256(b"artifact").hexdigest()
ENVIRONMENT = spec.Environment(
    account="123456789012", region="us-east-1", availability_zones=("us-east-1a", "us-east-1b")
)


@pytest.fixture
def container_of(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Add a model of a layout with a container section, and return its container as the template has it."""

    def synthesize(layout: Layout, instance_type: str = "ml.m5.large", **container: Any) -> dict[str, Any]:  # noqa: ANN401 - values of YAML
        stack = cdk.Stack(cdk.App(), "s", env=cdk.Environment(account="123456789012", region="us-east-1"))
        archive = tmp_path / f"{KEY}.tar.gz"
        archive.write_bytes(b"archive")
        add_model(
            stack,
            "Model",
            settings=StackSettings("d", ENVIRONMENT, spec.Security(), {}),
            network=PrivateNetwork(stack, "Network", availability_zones=ENVIRONMENT.availability_zones),
            container=spec.Container.model_validate(container),
            artifact=BuiltArtifact(_manifest(layout), archive),
            instance_types=(instance_type,),
            role_id="Role",
        )
        [model] = Template.from_stack(stack).find_resources("AWS::SageMaker::Model").values()
        found: dict[str, Any] = model["Properties"]["PrimaryContainer"]
        return found

    return synthesize


def _manifest(layout: Layout) -> Manifest:
    return Manifest(
        model="m",
        layout=layout,
        format="torchscript",
        max_batch_size=1,
        signature=Signature((), (), batched=True),
        files=(FileRecord("model.pt", 0o644, 1, "0" * 64),),
        archive=ArchiveRecord(f"{KEY}.tar.gz", 7),
        samples=SamplesRecord("s.npz", (1,), Tolerance(0, 0)),
        content_key=KEY,
        build_inputs=BuildInputs("", (), ()),
        findings=(),
        provenance=Provenance((), "linux-x86_64", None),
    )


@pytest.mark.parametrize(("instance_type", "processor"), [("ml.m5.large", "cpu"), ("ml.g4dn.xlarge", "gpu")])
def test_the_standard_image_follows_the_instance_type(
    container_of: Callable[..., dict[str, Any]], instance_type: str, processor: str
) -> None:
    """CUDA's image where there is a GPU, the other one where there is none; the entry point is named."""
    container = container_of(Layout.PYTORCH, instance_type)
    assert container["Image"] == f"{REGISTRY}/pytorch-inference:2.6.0-{processor}-py312"
    assert container["Environment"] == {"SAGEMAKER_PROGRAM": "inference.py"}


def test_the_elastic_inference_image_is_for_the_cpu(container_of: Callable[..., dict[str, Any]]) -> None:
    """Whatever the instance: the accelerator is elsewhere."""
    container = container_of(Layout.PYTORCH, elastic_inference_release="1.3.1")
    assert container["Image"] == f"{REGISTRY}/pytorch-inference-eia:1.3.1-cpu-py3"


def test_an_image_and_an_entry_point_of_ones_own(container_of: Callable[..., dict[str, Any]]) -> None:
    """What the file names wins over what Seatrial would choose, and other variables stay."""
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1"
    environment = {"SAGEMAKER_PROGRAM": "other.py", "OMP_NUM_THREADS": "2"}
    container = container_of(Layout.PYTORCH, image_uri=image, environment=environment)
    assert (container["Image"], container["Environment"]) == (image, environment)


def test_triton_is_as_it_was(container_of: Callable[..., dict[str, Any]]) -> None:
    """Triton's layout gets Triton's image and the model's name."""
    container = container_of(Layout.TRITON)
    assert container["Image"] == f"{REGISTRY}/sagemaker-tritonserver:24.09-py3"
    assert container["Environment"] == {"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "m"}
