"""The rules about containers of models in any template."""

from typing import Any

import pytest

from tests.preflight.rules.template_findings import findings, rules_in

MODEL = "AWS::SageMaker::Model"


def isolated(isolation: object = True, **container: object) -> dict[str, tuple[str, dict[str, Any]]]:  # noqa: FBT002 - the property's own value
    """Return a model with one container."""
    return {"Model": (MODEL, {"EnableNetworkIsolation": isolation, "PrimaryContainer": container})}


HUB = {"HF_MODEL_ID": "google/flan-t5-xl", "HF_TASK": "text2text-generation"}


def test_sea626_the_hub_in_isolation() -> None:
    """Nothing leads to the Hub."""
    [finding] = findings(isolated(Image="image", Environment=HUB), "SEA626")
    assert finding.what == "HF_MODEL_ID is 'google/flan-t5-xl', and EnableNetworkIsolation is true."


@pytest.mark.parametrize(
    ("isolation", "container"),
    [
        (False, {"Environment": HUB}),
        (True, {"Environment": {"HF_MODEL_ID": "/opt/ml/model"}}),
        (True, {"Environment": HUB, "ModelDataUrl": "s3://bucket/model.tar.gz"}),
        (True, {"Environment": HUB, "ModelDataSource": {}}),
        (True, {"Environment": {"HF_MODEL_ID": {"Ref": "Model"}}}),
        ({"Ref": "Isolated"}, {"Environment": HUB}),
        (True, {"Image": "image"}),
    ],
)
def test_sea626_lets_others_pass(isolation: object, container: dict[str, Any]) -> None:
    """Without isolation, with the model in S3 or in the image, and what only the deployment knows."""
    assert rules_in(isolated(isolation, **container), "SEA626") == []


def test_sea627_files_of_a_multi_model_container() -> None:
    """Only archives below a prefix are loaded."""
    [finding] = findings(isolated(Mode="MultiModel", ModelDataSource={}), "SEA627")
    assert finding.what == "Mode is MultiModel, with a ModelDataSource."
    assert rules_in(isolated(Mode="MultiModel", ModelDataUrl="s3://bucket/models/"), "SEA627") == []
    assert rules_in(isolated(ModelDataSource={}), "SEA627") == []


def test_sea628_names_of_some_containers() -> None:
    """One name among three; in direct mode that is SEA618's."""
    named, unnamed = {"ContainerHostname": "first"}, {"Image": "image"}
    [finding] = findings({"Model": (MODEL, {"Containers": [named, unnamed, unnamed]})}, "SEA628")
    assert finding.what == "1 of 3 containers have a ContainerHostname."
    for several in ([unnamed, unnamed], [named, {"ContainerHostname": "second"}]):
        assert rules_in({"Model": (MODEL, {"Containers": several})}, "SEA628") == []
    direct = {"Containers": [named, unnamed], "InferenceExecutionConfig": {"Mode": "Direct"}}
    assert rules_in({"Model": (MODEL, direct)}, "SEA628") == []
