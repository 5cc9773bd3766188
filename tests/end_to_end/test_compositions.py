"""What is made of several models on real parts: packaged, deployed by the stock CDK CLI, asked, compared."""

import json
from collections import Counter
from typing import Any

import pytest

from model_packaging.artifact import MANIFEST_FILE_NAME, read_manifest
from tests.end_to_end.project import Project

pytestmark = pytest.mark.integration

COMPOSITIONS = "deployments/compositions.yaml"
COMPARED = ("pipeline", "mirrored", "versions", "summary")
ADDITIONAL_ARGUMENTS = "SAGEMAKER_TRITON_ADDITIONAL_ARGS"
DEFAULT_MODEL = "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME"


@pytest.fixture(scope="module")
def compositions(project: Project) -> dict[str, Any]:
    """Return the document of one `seatrial rehearse` of the compositions."""
    return project.document("rehearse", COMPOSITIONS)


def variables_of(sagemaker: Any, endpoint: str) -> dict[str, str]:  # noqa: ANN401 - boto3's client
    """Return the variables of the container behind an endpoint, as the stock client is told them."""
    config = sagemaker.describe_endpoint(EndpointName=f"compositions-{endpoint}")["EndpointConfigName"]
    [variant] = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"]
    found: dict[str, str] = sagemaker.describe_model(ModelName=variant["ModelName"])["PrimaryContainer"][
        "Environment"
    ]
    return found


def test_each_answers_as_its_eager_reference_does(compositions: dict[str, Any]) -> None:
    """Ensemble, calling model, newest version and existing repository: five requests at batch 1 and at 8."""
    answers = compositions["answers"]
    asked = Counter((answer["target"], answer["batch_size"]) for answer in answers)
    assert asked == {(endpoint, size): 5 for endpoint in COMPARED for size in (1, 8)}
    assert [answer["wrong"] for answer in answers] == [[]] * len(answers)
    assert compositions["ok"] is True


def test_what_has_no_reference_is_named(compositions: dict[str, Any]) -> None:
    """A model of strings has no eager module: it is deployed, and the document says it was not compared."""
    assert compositions["not_compared"] == ["words"]


@pytest.mark.usefixtures("compositions")
def test_a_decoupled_model_streams_its_answers(project: Project) -> None:
    """The stock client gets one event for each word of the text, as many as there are."""
    runtime = project.client("sagemaker-runtime")
    for text in ("one", "ahoy there shipmates"):
        streamed = runtime.invoke_endpoint_with_response_stream(
            EndpointName="compositions-words", ContentType="application/json", Body=json.dumps({"text": text})
        )
        body = b"".join(each["PayloadPart"]["Bytes"] for each in streamed["Body"]).decode()
        events = [json.loads(line.removeprefix("data: ")) for line in body.splitlines() if line]
        assert [event["word"] for event in events] == text.split()


@pytest.mark.usefixtures("compositions")
def test_containers_are_told_what_nothing_else_tells_them(project: Project) -> None:
    """What is called is loaded, the cache is there, and a repository's own model is named."""
    sagemaker = project.client("sagemaker")
    assert variables_of(sagemaker, "mirrored") == {
        DEFAULT_MODEL: "mirrored",
        ADDITIONAL_ARGUMENTS: "--load-model=classifier",
    }
    assert variables_of(sagemaker, "versions") == {
        DEFAULT_MODEL: "versions",
        ADDITIONAL_ARGUMENTS: "--cache-config=local,size=67108864",
    }
    assert variables_of(sagemaker, "summary") == {DEFAULT_MODEL: "summary"}
    assert variables_of(sagemaker, "pipeline") == {DEFAULT_MODEL: "pipeline"}


@pytest.mark.usefixtures("compositions")
def test_a_second_package_builds_nothing(project: Project) -> None:
    """Neither members nor what is made of them."""
    packaged = project.document("package", COMPOSITIONS)["models"]
    assert {each["model"]: each["built"] for each in packaged} == dict.fromkeys(
        ("classifier", "normalize", "softmax", "pipeline", "mirrored", "words", "versions", "summary"), False
    )


@pytest.mark.usefixtures("compositions")
def test_a_changed_member_builds_what_is_made_of_it(project: Project) -> None:
    """The ensemble gets the member's new file; what has nothing to do with it stays as it was."""
    folder = project.root / "build" / "compositions"
    before = {name: read_manifest(folder / name / MANIFEST_FILE_NAME).content_key for name in COMPARED}
    source = project.root / "examples" / "compositions" / "softmax.py"
    source.write_text(f"{source.read_text(encoding='utf-8')}\n# changed\n", encoding="utf-8")
    assert project.seatrial("package", COMPOSITIONS).returncode == 0
    after = {name: read_manifest(folder / name / MANIFEST_FILE_NAME).content_key for name in COMPARED}
    assert {name for name in COMPARED if before[name] != after[name]} == {"pipeline"}
