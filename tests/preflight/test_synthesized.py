"""What the CDK's validations find in the templates becomes findings like any other."""

import json
from pathlib import Path
from typing import Any

import pytest

from preflight import Finding, Location, Severity
from preflight.errors import SynthError
from preflight.synthesized import check_synthesized

VIOLATION = {
    "ruleName": "AwsSolutions-IAM5[Resource::*]",
    "description": "The IAM entity contains wildcard permissions.",
    "severity": "error",
    "violatingConstructs": [
        {
            "constructPath": "local-classifier/Model/Role",
            "cloudFormationResource": {
                "templatePath": "local-classifier.template.json",
                "logicalId": "Role1",
            },
        }
    ],
}


def project(tmp_path: Path, text: str) -> Path:
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    return tmp_path


def reporting(tmp_path: Path, plug_in: str, violation: dict[str, Any]) -> Path:
    accepted = "reason" in violation
    report = {
        "pluginReports": [
            {
                "pluginName": plug_in,
                "violations": [] if accepted else [violation],
                "suppressedViolations": [violation] if accepted else [],
            }
        ]
    }
    (tmp_path / "report.json").write_text(json.dumps(report), encoding="utf-8")
    return project(
        tmp_path,
        "import os, shutil\n"
        "shutil.copy('report.json', os.path.join(os.environ['CDK_OUTDIR'], 'validation-report.json'))\n",
    )


def found(tmp_path: Path, plug_in: str, violation: dict[str, Any]) -> tuple[Finding, ...]:
    return check_synthesized(tmp_path / "deployment.yaml", reporting(tmp_path, plug_in, violation))


def test_a_violation_is_a_finding_at_its_construct(tmp_path: Path) -> None:
    """Rule, place and words are the plug-in's; the rule's id is the one that acknowledges it."""
    (finding,) = found(tmp_path, "cdk-nag", VIOLATION)
    assert finding.rule == "cdk-nag::AwsSolutions-IAM5[Resource::*]"
    assert finding.severity is Severity.ERROR
    assert finding.subject == "local-classifier/Model/Role"
    assert finding.what == "The IAM entity contains wildcard permissions."
    assert str(finding.location) == "local-classifier.template.json"


def test_a_plug_ins_own_fix_is_shown(tmp_path: Path) -> None:
    """What the plug-in suggests beats our general advice."""
    (finding,) = found(tmp_path, "cdk-nag", VIOLATION | {"suggestedFix": "Name the resource."})
    assert finding.fix == "Name the resource."


def test_without_a_fix_the_acknowledgment_is_named(tmp_path: Path) -> None:
    """A user who accepts a finding sees under which id."""
    (finding,) = found(tmp_path, "CloudFormation Validate", VIOLATION | {"ruleName": "W3010"})
    assert "acknowledge CloudFormation-Validate::W3010" in finding.fix


def test_other_severities_are_warnings(tmp_path: Path) -> None:
    """Only errors would stop a synth."""
    (finding,) = found(tmp_path, "cdk-nag", VIOLATION | {"severity": "warning"})
    assert finding.severity is Severity.WARNING


def test_seatrials_rules_over_the_file_are_not_told_twice(tmp_path: Path) -> None:
    """`check_deployment` has them already, with better places."""
    assert found(tmp_path, "seatrial", VIOLATION | {"ruleName": "SEA501"}) == ()


def test_seatrials_rules_over_templates_are_told(tmp_path: Path) -> None:
    """No deployment file shows what they see."""
    (finding,) = found(tmp_path, "seatrial", VIOLATION | {"ruleName": "SEA801"})
    assert finding.rule == "seatrial::SEA801"


def test_what_is_said_of_the_files_acknowledgments_is_told_at_the_file(tmp_path: Path) -> None:
    """Once, however many constructs the section became; with the file's line and the section."""
    text = (
        "deployments/vision.yaml:14: SEA903 endpoints.dedicated: SEA851 (it) finds nothing. Allowed: others."
    )
    [construct] = VIOLATION["violatingConstructs"]
    told = {"ruleName": "SEA903", "description": text, "suggestedFix": "Remove it.", "severity": "warning"}
    (finding,) = found(tmp_path, "seatrial", VIOLATION | told | {"violatingConstructs": [construct] * 2})
    assert finding == Finding(
        rule="SEA903",
        severity=Severity.WARNING,
        subject="endpoints.dedicated",
        what="SEA851 (it) finds nothing.",
        allowed="others.",
        fix="Remove it.",
        location=Location("deployments/vision.yaml", 14),
    )


def test_the_parts_of_seatrials_own_words_are_told_once(tmp_path: Path) -> None:
    """The CLI prints one text for each, with place and rule and what is allowed; a finding has them apart."""
    text = "out/local-classifier.template.json: SEA867 Role1: This bounds the role. Allowed: a wider one."
    (finding,) = found(tmp_path, "seatrial", VIOLATION | {"ruleName": "SEA867", "description": text})
    assert finding.what == "This bounds the role."
    assert finding.allowed == "a wider one."


def test_an_acknowledged_finding_of_seatrials_comes_with_its_reason(tmp_path: Path) -> None:
    """Nothing is accepted in silence."""
    reason = "the platform team made sure"
    (finding,) = found(tmp_path, "seatrial", VIOLATION | {"ruleName": "SEA867", "reason": reason})
    assert finding.acknowledged == reason


def test_what_constructs_acknowledge_of_others_rules_is_left_out(tmp_path: Path) -> None:
    """Wildcards that AWS leaves no choice about would bury what the file acknowledges."""
    assert found(tmp_path, "cdk-nag", VIOLATION | {"reason": "interfaces have no id yet"}) == ()


def test_an_app_that_ends_without_a_report_is_told_in_its_own_words(tmp_path: Path) -> None:
    """A synth that fails before its validations is no clean one."""
    root = project(tmp_path, "import sys\nsys.exit('models.classifier is not packaged')\n")
    with pytest.raises(
        SynthError, match=r"^synth ended without a report: models\.classifier is not packaged$"
    ):
        check_synthesized(tmp_path / "deployment.yaml", root)


def test_the_app_gets_the_deployment_as_context(tmp_path: Path) -> None:
    """The app reads the file that is checked, not its default."""
    root = project(tmp_path, "import os, sys\nsys.exit(os.environ['CDK_CONTEXT_JSON'])\n")
    with pytest.raises(SynthError, match=r"deployment\.yaml"):
        check_synthesized(tmp_path / "deployment.yaml", root)


def test_the_callers_environment_switches_no_rules_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`CDK_VALIDATION=false` in a shell must not make an incomplete report look clean."""
    monkeypatch.setenv("CDK_VALIDATION", "false")
    monkeypatch.setenv("SEATRIAL_TEST", "passed on")
    words = "os.environ.get('CDK_VALIDATION', 'unset'), os.environ['SEATRIAL_TEST']"
    root = project(tmp_path, f"import os, sys\nsys.exit(' '.join([{words}]))\n")
    with pytest.raises(SynthError, match=r"unset passed on$"):
        check_synthesized(tmp_path / "deployment.yaml", root)
