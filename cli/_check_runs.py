"""The ways `seatrial check` goes: over a deployment file, and over a folder or an archive."""

from typing import TYPE_CHECKING, Any

from cli._check_request import CheckRequest
from cli._output import Output
from cli._project import PROJECT

if TYPE_CHECKING:
    from preflight import Finding, Report
    from preflight.bare import ServingContext
    from preflight.trial import TrialReport

__all__ = ["CheckResult", "check_artifact", "check_deployment_file"]


class CheckResult:
    """What a check gave.

    Attributes:
        report: every finding.
        trial: what the trial run measured; None where there was none.
        not_checked: in words, what was left open so that rules about it did not run.
    """

    def __init__(
        self, report: "Report", trial: "TrialReport | None" = None, not_checked: tuple[str, ...] = ()
    ) -> None:
        self.report = report
        self.trial = trial
        self.not_checked = not_checked

    def to_document(self) -> dict[str, Any]:
        """Return the report's document, with the trial's beside and what was not checked."""
        document = self.report.to_document()
        document["not_checked"] = list(self.not_checked)
        if self.trial is not None:
            document["trial"] = self.trial.to_document()
        return document


def check_deployment_file(request: CheckRequest, output: Output) -> CheckResult:
    """Check the file, what was packaged, and once these have no errors the synthesized templates."""
    from preflight import Report, check_deployment
    from preflight.rule import TRIAL
    from preflight.synthesized import check_synthesized
    from spec import load_deployment

    file = load_deployment(request.path)
    also: dict[Any, tuple[Finding, ...]] = {}
    trial = None
    left_open: tuple[str, ...] = ()
    if request.run:
        from preflight.trial import trial_of_deployment

        trial = trial_of_deployment(
            file,
            PROJECT.build_root,
            PROJECT.root,
            progress=lambda model, what: output.say(f"{model}: {what}"),
        )
        also[TRIAL] = trial.findings
    if request.aws:
        from preflight.account import check_account
        from preflight.built_model import shown_path
        from preflight.rule import ACCOUNT

        with output.working("asking the account"):
            account = check_account(file, shown_path(file.path, PROJECT.root))
        also[ACCOUNT] = account.findings
        left_open = tuple(f"{each.what}: {each.why}" for each in account.not_checked)
        for each in left_open:
            output.say(f"not checked: {each}")
    untried = [f"models.{each.model}" for each in trial.outcomes if each.untried] if trial else []
    report = check_deployment(file, PROJECT.build_root, PROJECT.root, also, untried)
    if report.errors:
        output.say("the templates are checked once these errors are mended")
        return CheckResult(report, trial, left_open)
    with output.working("synthesizing the templates"):
        found = check_synthesized(request.path, PROJECT.root)
    return CheckResult(Report((*report.findings, *found)), trial, left_open)


def check_artifact(request: CheckRequest, context: "ServingContext", output: Output) -> CheckResult:
    """Check a folder or an archive that no deployment file describes."""
    from preflight import Report
    from preflight.bare import check_bare, not_checked

    with output.working(f"reading {request.path}"):
        report = check_bare(request.path, context)
    left_open = not_checked(context)
    if left_open:
        output.say(f"not checked: what depends on {' or '.join(left_open)}")
    if not request.run:
        return CheckResult(report, None, left_open)
    from preflight.trial import trial_of_artifact

    trial = trial_of_artifact(
        request.path,
        context,
        request.golden,
        PROJECT.root,
        progress=lambda model, what: output.say(f"{model}: {what}"),
    )
    return CheckResult(Report((*report.findings, *trial.findings)), trial, left_open)
