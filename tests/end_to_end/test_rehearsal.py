"""The main job on real parts: packaged, deployed by the stock CDK CLI, answered by a real Triton."""

import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch

from invocation import EndpointClient, binary_request
from model_packaging.artifact import MANIFEST_FILE_NAME, Manifest, read_manifest
from model_packaging.eager.comparison import compare_answers
from model_packaging.eager.samples import Sample, read_samples
from tests.end_to_end.project import DEPLOYMENT, Project
from tests.end_to_end.steady_load import steady_load
from tests.end_to_end.tampering import tamper

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("rehearsed")]

CLASSIFIER = "local-classifier"
STACKS = ["local-classifier", "local-encoder", "local-network"]


def folder_of(project: Project, model: str) -> Path:
    return project.root / "build" / "local" / model


def manifest_of(project: Project, model: str) -> Manifest:
    return read_manifest(folder_of(project, model) / MANIFEST_FILE_NAME)


def recorded(project: Project, model: str) -> Sample:
    """The recorded request of batch size 1, with eager PyTorch's answer."""
    return read_samples(folder_of(project, model) / manifest_of(project, model).samples.file_name)[0]


def answer_of(project: Project, model: str) -> Any:  # noqa: ANN401 - an array
    client = EndpointClient(
        project.client("sagemaker-runtime"),
        endpoint_name=f"local-{model}",
        signature=manifest_of(project, model).signature,
    )
    return client.infer(recorded(project, model).inputs).outputs["OUTPUT__0"]


def test_both_models_answer_as_eager_pytorch_does(rehearsed: dict[str, Any]) -> None:
    """Five fresh random requests at batch 1 and five at the maximum, for each model, within its tolerance."""
    asked = Counter((answer["target"], answer["batch_size"]) for answer in rehearsed["answers"])
    assert asked == {("classifier", 1): 5, ("classifier", 16): 5, ("encoder", 1): 5, ("encoder", 8): 5}
    assert [answer["wrong"] for answer in rehearsed["answers"]] == [[]] * 20
    assert rehearsed["ok"] is True


def test_every_step_is_timed(rehearsed: dict[str, Any]) -> None:
    """A user sees what was done and how long each step took."""
    names = [step["name"] for step in rehearsed["steps"]]
    assert names[:4] == ["package the models", "start the laptop's AWS", "cdk bootstrap", "cdk deploy --all"]
    assert all(step["seconds"] >= 0 for step in rehearsed["steps"])


def test_a_diff_after_the_deploy_is_empty(project: Project) -> None:
    """What is deployed is what the templates say."""
    finished = project.cdk("diff", "--fail")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "Number of stacks with differences: 0" in finished.stdout + finished.stderr


def test_two_synths_give_the_same_bytes(project: Project, tmp_path: Path) -> None:
    """Neither the checkout's path nor the output's shows in a template, nor does the time."""
    for outdir in ("first", "second"):
        assert project.cdk("synth", "-q", "-o", str(tmp_path / outdir)).returncode == 0
    templates = sorted((tmp_path / "first").glob("*.template.json"))
    assert [each.name.partition(".")[0] for each in templates] == STACKS
    for template in templates:
        assert template.read_bytes() == (tmp_path / "second" / template.name).read_bytes()
        assert str(project.root) not in template.read_text(encoding="utf-8")


def test_invoke_sends_a_recorded_sample(project: Project) -> None:
    """Without a file of inputs, `seatrial invoke` still has something to ask."""
    document = project.document("invoke", DEPLOYMENT, "encoder")
    assert document["variant"] == "AllTraffic"
    assert len(document["outputs"]["OUTPUT__0"][0]) == 64


@pytest.mark.parametrize("binary", [True, False])
def test_a_written_client_asks_the_endpoint(project: Project, tmp_path: Path, *, binary: bool) -> None:
    """What `seatrial client` writes stands by itself and gets eager PyTorch's answer, in both forms."""
    path = tmp_path / "encoder_client.py"
    assert project.seatrial("client", DEPLOYMENT, "encoder", "-o", str(path)).returncode == 0
    written = runpy.run_path(str(path))
    client = written["EncoderClient"](project.client("sagemaker-runtime"), endpoint_name="local-encoder")
    sample = recorded(project, "encoder")
    answer = client.infer(written["EncoderRequest"](**sample.inputs), binary=binary)
    tolerance = manifest_of(project, "encoder").samples.tolerance
    assert compare_answers({"OUTPUT__0": answer.output_0}, sample.outputs, tolerance) == ()


def test_a_changed_seed_serves_new_answers_under_the_same_name(project: Project) -> None:
    """A changed model replaces Model and config and updates the endpoint; the endpoint itself stays."""
    sagemaker = project.client("sagemaker")
    before = sagemaker.describe_endpoint(EndpointName=CLASSIFIER)
    old_answer = answer_of(project, "classifier")
    project.replace_in_deployment("arguments: {random_seed: 7}", "arguments: {random_seed: 8}")
    assert project.document("package", DEPLOYMENT)["models"][0]["built"] is True
    deployed = project.cdk("deploy", "--all", "--require-approval", "never", "--concurrency", "4")
    assert deployed.returncode == 0, deployed.stderr
    after = sagemaker.describe_endpoint(EndpointName=CLASSIFIER)
    assert after["EndpointArn"] == before["EndpointArn"]
    assert after["CreationTime"] == before["CreationTime"]
    assert after["EndpointConfigName"] != before["EndpointConfigName"]
    new_answer = answer_of(project, "classifier")
    assert abs(new_answer - old_answer).max() > 1e-3
    eager = recorded(project, "classifier").outputs
    tolerance = manifest_of(project, "classifier").samples.tolerance
    assert compare_answers({"OUTPUT__0": new_answer}, eager, tolerance) == ()


def test_a_stale_build_fails_the_synth(project: Project) -> None:
    """A manifest older than the YAML is a finding with file and line, never a silent rebuild."""
    project.replace_in_deployment("arguments: {random_seed: 11}", "arguments: {random_seed: 12}")
    try:
        finished = project.cdk("synth", "-q")
        checked = project.seatrial("check", DEPLOYMENT)
    finally:
        project.replace_in_deployment("arguments: {random_seed: 12}", "arguments: {random_seed: 11}")
    assert finished.returncode == 1
    assert "deployments/local.yaml:" in finished.stdout + finished.stderr
    assert "seatrial package" in finished.stdout + finished.stderr
    assert checked.returncode == 1
    assert "models.encoder" in checked.stdout


def test_a_model_that_cant_load_rolls_back_without_a_failed_request(project: Project, tmp_path: Path) -> None:
    """The old model serves throughout, and the stack's events name the reason from Triton's log."""
    endpoint = project.client("sagemaker").describe_endpoint(EndpointName=CLASSIFIER)
    request = binary_request(
        manifest_of(project, "classifier").signature, recorded(project, "classifier").inputs
    )
    expected = answer_of(project, "classifier")
    kept = {
        path.name: path.read_bytes() for path in folder_of(project, "classifier").iterdir() if path.is_file()
    }
    tamper(folder_of(project, "classifier"), tmp_path, lambda path: path.write_bytes(b"no TorchScript"))
    try:
        with steady_load(project, CLASSIFIER, request) as load:
            finished = project.cdk("deploy", CLASSIFIER, "--require-approval", "never")
    finally:
        for name, content in kept.items():
            (folder_of(project, "classifier") / name).write_bytes(content)
    assert finished.returncode == 1
    assert load.failures == []
    assert load.answered > 50
    cloudformation = project.client("cloudformation")
    stack = cloudformation.describe_stacks(StackName=CLASSIFIER)["Stacks"][0]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    events = cloudformation.describe_stack_events(StackName=CLASSIFIER)["StackEvents"]
    reasons = [
        event["ResourceStatusReason"]
        for event in events
        if event["ResourceType"] == "AWS::SageMaker::Endpoint" and event["ResourceStatus"] == "UPDATE_FAILED"
    ]
    assert reasons
    # Triton's log, not ours: these are the words of PyTorch's own reader inside it.
    assert "PytorchStreamReader failed" in reasons[0]
    after = project.client("sagemaker").describe_endpoint(EndpointName=CLASSIFIER)
    assert after["EndpointStatus"] == "InService"
    assert after["EndpointConfigName"] == endpoint["EndpointConfigName"]
    assert abs(answer_of(project, "classifier") - expected).max() == 0


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")
def test_a_perturbed_weight_fails_the_rehearsal(project: Project, tmp_path: Path) -> None:
    """An endpoint that serves other weights than the factory's is caught, and the exit status says so."""

    def perturb(path: Path) -> None:
        module = torch.jit.load(path)
        with torch.no_grad():
            weight = next(iter(module.parameters()))
            # Noise: a constant would be taken out again by the layer norm behind the embedding.
            weight.add_(0.05 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(0)))
        torch.jit.save(module, path)

    tamper(folder_of(project, "encoder"), tmp_path, perturb)
    finished = project.seatrial("rehearse", DEPLOYMENT)
    assert finished.returncode == 1
    assert "the endpoints do not answer as eager PyTorch does" in finished.stderr
    assert "OUTPUT__0 differs in" in finished.stdout
