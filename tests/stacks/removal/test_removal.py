"""Whatever is taken out of the private deployment is reported before it is deployed, or is harmless."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from preflight import check_templates
from preflight.templates import SynthesizedTemplates
from stacks import build_app
from tests.stacks.removal.removals import Removal, Templates, removals

if TYPE_CHECKING:
    from tests.stacks.conftest import Project

ROOT = Path(__file__).parents[3]
PRIVATE = "deployments/private.yaml"
REGION = "us-east-1"

_ONLY_SESSIONS = (
    "the file asks for it so that a client can be reached; there is none in it, and where there is one the "
    "roles of SEA710 and SEA704 ask for the endpoint"
)
_ONLY_CALLERS = "only callers that ask for it notice, by an error of their own; serving doesn't use it"

_ONLY_SHOWN = "a dashboard shows what CloudWatch has; nothing serves or warns by it"

HARMLESS: Mapping[str, str] = {
    "private-network/Network/PrivateLink-sagemaker.api": _ONLY_CALLERS,
    "private-network/Network/PrivateLink-sts": _ONLY_CALLERS,
    "private-network/Network/PrivateLink-ssm": _ONLY_SESSIONS,
    "private-network/Network/PrivateLink-ssmmessages": _ONLY_SESSIONS,
    "private-network/Network/PrivateLink-ec2messages": _ONLY_SESSIONS,
    "private-network/Network/PrivateLink-monitoring#ReadMetrics": _ONLY_CALLERS,
    "private-classifier/Dashboard": _ONLY_SHOWN,
    "private-encoder/Dashboard": _ONLY_SHOWN,
}
"""What may be missing without a finding, each with the reason."""


@pytest.fixture(scope="module")
def templates(make_private: "Project") -> Templates:
    """Return the templates of the private deployment by file."""
    root = make_private.root
    app = build_app(root, deployment=Path(PRIVATE), outdir=root / "cdk.out", builtin_validation=False)
    folder = Path(app.synth().directory)
    return {path.name: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.template.json"))}


@pytest.fixture(scope="module")
def reported(templates: Templates) -> Mapping[str, bool]:
    """Return whether each removal is reported, by its name."""
    return {removal.name: is_reported(removal) for removal in removals(templates)}


@pytest.fixture(scope="module")
def make_private(tmp_path_factory: pytest.TempPathFactory) -> "Project":
    """Return a project with the private deployment, packaged as far as a synth looks."""
    from tests.stacks.conftest import Project  # noqa: PLC0415 - a conftest is imported by pytest first

    project = Project(tmp_path_factory.mktemp("private"))
    project.deployment.parent.mkdir()
    shutil.copy(ROOT / PRIVATE, project.deployment)
    shutil.copy(ROOT / PRIVATE, project.root / PRIVATE)
    shutil.copy(ROOT / "cdk.json", project.root)
    shutil.copytree(ROOT / "examples", project.root / "examples")
    project.package()
    return project


def found_by_our_rules(templates: Templates) -> list[str]:
    return [str(finding) for finding in check_templates(SynthesizedTemplates(templates))]


def missing_properties(templates: Templates) -> list[str]:
    """Return the required properties that resources lack, which CDK's own validation reports at synth."""
    found = []
    for template in templates.values():
        for logical_id, resource in template["Resources"].items():
            schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource["Type"]).schema
            lacking = [each for each in schema.get("required", ()) if each not in resource["Properties"]]
            found += [f"{logical_id}.{each}" for each in lacking]
    return found


def is_reported(removal: Removal) -> bool:
    return bool(found_by_our_rules(removal.templates) or missing_properties(removal.templates))


def test_the_whole_deployment_has_no_finding(templates: Templates) -> None:
    """What a removal adds is due to the removal."""
    assert found_by_our_rules(templates) == []
    assert missing_properties(templates) == []


def test_every_resource_and_every_statement_is_removed(templates: Templates) -> None:
    """One removal for each; their names tell them apart."""
    names = [removal.name for removal in removals(templates)]
    resources = sum(len(template["Resources"]) for template in templates.values())
    statements = json.dumps(templates).count('"Effect"')
    assert len(names) == len(set(names)) == resources + statements


def test_each_removal_is_reported_or_harmless(
    reported: Mapping[str, bool], subtests: pytest.Subtests
) -> None:
    """`seatrial check` has a word about it before anything is deployed."""
    for name, is_told in reported.items():
        with subtests.test(removal=name):
            assert is_told or name in HARMLESS


def test_the_list_of_harmless_ones_is_not_stale(reported: Mapping[str, bool]) -> None:
    """An entry that names nothing, or something that is reported, must go."""
    silent = {name for name, is_told in reported.items() if not is_told}
    assert sorted(HARMLESS.keys() - silent) == []


@pytest.mark.integration
def test_the_cdks_validation_reports_a_missing_property(tmp_path: Path) -> None:
    """What is left to it here, it does: a subnet without its VPC fails the synth."""
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = cdk.App(outdir=str(tmp_path / "cdk.out"), analytics_reporting=False, context=context)
    stack = cdk.Stack(app, "trial", env=cdk.Environment(account="123456789012", region=REGION))
    cdk.CfnResource(stack, "Subnet", type="AWS::EC2::Subnet", properties={"CidrBlock": "10.0.0.0/24"})
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    assert "VpcId" in (tmp_path / "cdk.out" / "validation-report.json").read_text(encoding="utf-8")


def test_a_removed_resource_leaves_no_reference(templates: Templates) -> None:
    """The removal is one that somebody could deploy: nothing dangles."""
    for removal in removals(templates):
        logical_ids = {each for template in removal.templates.values() for each in template["Resources"]}
        for template in removal.templates.values():
            for logical_id in _referred(template["Resources"]):
                assert logical_id in logical_ids, removal.name


def _referred(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["Ref"]] if list(value) == ["Ref"] and "::" not in value["Ref"] else []
        own += [value["Fn::GetAtt"][0]] if list(value) == ["Fn::GetAtt"] else []
        return [*own, *(found for each in value.values() for found in _referred(each))]
    return [found for each in value for found in _referred(each)] if isinstance(value, list) else []
