"""A CDK app of one model, with a report of the caller's choice; the tests run it with the stock CLI."""

import sys

import aws_cdk as cdk

from preflight import Finding, Location, Report, Severity
from preflight.cdk import SeatrialValidation, acknowledge

REASON = "known, and fine here"


def main(outcome: str) -> None:
    """Synthesize with one finding: an error, a warning, one that is acknowledged, or rules that fail."""
    app = cdk.App(builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "Vision")
    # A type that no rule over templates judges.
    model = cdk.CfnResource(stack, "Model", type="AWS::SageMaker::ModelPackageGroup", properties={})

    def report() -> Report:
        if outcome == "failing":
            raise RuntimeError("the rules broke")
        finding = Finding(
            rule="SEA401",
            severity=Severity.WARNING if outcome == "warning" else Severity.ERROR,
            subject="models.classifier",
            what="There is no manifest.",
            allowed="a packaged model.",
            fix="Run `seatrial package deployments/vision.yaml`.",
            location=Location("deployments/vision.yaml", 4),
            acknowledged=REASON if outcome == "acknowledged" else None,
        )
        return Report((finding,))

    if outcome == "acknowledged":
        acknowledge(model, "SEA401", REASON)
    cdk.Validations.of(app).add_plugins(SeatrialValidation(report, {"models.classifier": [model]}))
    app.synth()


if __name__ == "__main__":
    main(sys.argv[1])
