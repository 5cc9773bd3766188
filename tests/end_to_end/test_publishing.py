"""Published models on real parts: into S3, a lock file, and a deploy where nothing was ever built."""

import json
import shutil
from typing import Any

import pytest

from tests.end_to_end.project import Project

pytestmark = pytest.mark.integration

DEPLOYMENT = "deployments/published.yaml"
TEXT = """\
name: published
environment: {account: "000000000000", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
publish: {prefix: models/}
models:
  archive:
    artifact: published
    export: {from: "examples.constant:constant", arguments: {value: 1.5}, to: torchscript, how: script}
    triton: {max_batch_size: 8, instance_group: [{kind: KIND_CPU}]}
  files:
    artifact: uncompressed
    export: {from: "examples.constant:constant", arguments: {value: 2.5}, to: torchscript, how: script}
    triton: {max_batch_size: 8, instance_group: [{kind: KIND_CPU}]}
endpoints:
  archive: {type: realtime, model: archive, instances: {type: ml.m5.large}}
  files: {type: realtime, model: files, instances: {type: ml.m5.large}}
"""
BUCKET = "cdk-hnb659fds-assets-000000000000-us-east-1"


@pytest.fixture(scope="module")
def published(project: Project) -> dict[str, Any]:
    """Return the document of `seatrial publish`, after which the build folder is gone."""
    (project.root / DEPLOYMENT).write_text(TEXT, encoding="utf-8")
    assert project.seatrial("local", "up").returncode == 0
    buckets = project.client("s3").list_buckets()["Buckets"]
    if BUCKET not in {each["Name"] for each in buckets}:  # else another test has bootstrapped
        bootstrapped = project.cdk("bootstrap", "aws://000000000000/us-east-1", folder=project.root.parent)
        assert bootstrapped.returncode == 0, bootstrapped.stderr
    document = project.document("publish", DEPLOYMENT)
    shutil.rmtree(project.root / "build" / "published")
    return document


def answer(project: Project, endpoint: str) -> float:
    inputs = [{"name": "features", "shape": [1, 4], "datatype": "FP32", "data": [0.0] * 4}]
    response = project.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=f"published-{endpoint}",
        ContentType="application/json",
        Body=json.dumps({"inputs": inputs}),
    )
    value: float = json.loads(response["Body"].read())["outputs"][0]["data"][0]
    return value


def test_models_are_published_under_their_content_keys(project: Project, published: dict[str, Any]) -> None:
    """One as its archive, one as its files; the lock file says where."""
    archive, files = published["models"]
    assert archive["address"] == f"s3://{BUCKET}/models/{archive['content_key']}.tar.gz"
    assert files["address"] == f"s3://{BUCKET}/models/{files['content_key']}/"
    listed = project.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="models/")["Contents"]
    assert [each["Key"].removeprefix("models/") for each in listed] == sorted(
        [
            f"{archive['content_key']}.tar.gz",
            f"{files['content_key']}/files/1/model.pt",
            f"{files['content_key']}/files/config.pbtxt",
        ]
    )
    lock = json.loads((project.root / published["lock"]).read_text(encoding="utf-8"))
    assert {name: each["key"] for name, each in lock["models"].items()} == {
        "archive": f"models/{archive['content_key']}.tar.gz",
        "files": f"models/{files['content_key']}/",
    }


@pytest.mark.usefixtures("published")
def test_a_deploy_needs_the_lock_file_alone(project: Project) -> None:
    """Deployed by the stock CDK CLI and answering, without a build folder."""
    deployed = project.cdk("deploy", "--all", "--require-approval", "never", "-c", f"deployment={DEPLOYMENT}")
    assert deployed.returncode == 0, deployed.stderr
    assert not (project.root / "build" / "published").exists()
    assert answer(project, "archive") == 1.5
    assert answer(project, "files") == 2.5
