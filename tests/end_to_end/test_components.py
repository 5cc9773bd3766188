"""Inference components through the same main job: the stock CDK CLI, a real Triton for each copy."""

from collections import Counter

import pytest

from tests.end_to_end.project import Project

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("rehearsed")]

DEPLOYMENT = "deployments/components.yaml"


def test_components_answer_as_eager_pytorch_does(project: Project) -> None:
    """Two models on one endpoint, asked one by one, each within its tolerance."""
    document = project.document("rehearse", DEPLOYMENT)
    asked = Counter((answer["target"], answer["batch_size"]) for answer in document["answers"])
    assert asked == {
        ("shared.classifier", 1): 5,
        ("shared.classifier", 16): 5,
        ("shared.encoder", 1): 5,
        ("shared.encoder", 8): 5,
    }
    assert [answer["wrong"] for answer in document["answers"]] == [[]] * 20


def test_a_component_is_invoked_by_its_key(project: Project) -> None:
    """`seatrial invoke` finds the component behind the endpoint."""
    document = project.document("invoke", DEPLOYMENT, "shared", "--component", "encoder")
    assert len(document["outputs"]["OUTPUT__0"][0]) == 64


def test_destroy_removes_components_before_their_endpoint(project: Project) -> None:
    """The stacks' order is AWS's: an endpoint with components is not deleted. Nothing of them is left."""
    finished = project.cdk("destroy", "--all", "--force", "--context", f"deployment={DEPLOYMENT}")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    sagemaker = project.client("sagemaker")
    assert sagemaker.list_inference_components()["InferenceComponents"] == []
    names = [each["EndpointName"] for each in sagemaker.list_endpoints()["Endpoints"]]
    assert [name for name in names if name.startswith("components-")] == []
    autoscaling = project.client("application-autoscaling")
    assert autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
    assert autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"] == []
