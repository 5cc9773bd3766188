"""The stack of what is built in the account: only where the file says so, and by itself before any model."""

import pytest

from stacks import build_app
from stacks.errors import StacksError
from tests.stacks.conftest import Project

_BUILD = "network:\n"
_WITH_BUILD = "build: {type: account, timeout_minutes: 60}\nnetwork:\n"


def _stacks(project: Project, **context: object) -> dict[str, dict[str, object]]:
    app = build_app(
        project.root,
        outdir=project.root / "out",
        context={"seatrial:nag": "false", **context},
        builtin_validation=False,
    )
    return {each.stack_name: each.template for each in app.synth().stacks}


def test_stack_is_there_where_the_file_says_so(project: Project) -> None:
    """Its outputs are what `seatrial package --remote` reads."""
    assert "trial-build" not in _stacks(project)
    project.edit(_BUILD, _WITH_BUILD)
    project.package()

    template = _stacks(project)["trial-build"]

    outputs = template["Outputs"]
    assert isinstance(outputs, dict)
    assert set(outputs) == {"BucketName", "Prefix", "JobRoleArn", "ProjectName", "VolumeKeyArn"}
    assert outputs["BucketName"]["Value"] == "cdk-hnb659fds-assets-123456789012-eu-west-1"
    assert outputs["Prefix"]["Value"].endswith("builds/")


def test_stack_stands_alone_before_any_model_is_packaged(project: Project) -> None:
    """What packages models can't wait for packaged models."""
    project.edit(_BUILD, _WITH_BUILD)
    for manifest in project.root.glob("build/**/manifest.json"):
        manifest.unlink()

    assert set(_stacks(project, only="build")) == {"trial-build"}


def test_asking_for_it_alone_without_a_section_is_told(project: Project) -> None:
    """The message says what to add."""
    with pytest.raises(StacksError, match=r"it has no section `build`; add `build: \{type: account\}`"):
        _stacks(project, only="build")
