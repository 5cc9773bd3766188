"""app.py as its users run it, in a project of its own whose code is this repository's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.stacks.conftest import Project

pytestmark = pytest.mark.integration

REPOSITORY_ROOT = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent
PACKAGES = ("catalogue", "constructs", "model_packaging", "planning", "preflight", "spec", "stacks")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(project: Project) -> Run:
    """Run a command in the project, which has app.py and the code it needs."""
    shutil.copy(REPOSITORY_ROOT / "app.py", project.root)
    for package in PACKAGES:
        (project.root / package).symlink_to(REPOSITORY_ROOT / package)

    def run(*command: str, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(TOOLS), os.environ["PATH"]])
        base = {name: value for name, value in os.environ.items() if not name.startswith(("CDK_", "AWS_"))}
        return subprocess.run(
            command,
            cwd=project.root,
            env={**base, "PATH": path, "CDK_DISABLE_CLI_TELEMETRY": "true", **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    return run


def templates(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.template.json")}


def test_python_and_the_cdk_cli_give_the_same_templates(project: Project, run: Run) -> None:
    """`cdk synth`, with every validation on, and plain `python app.py` end well and write the same bytes."""
    by_cli = run("cdk", "synth", "--quiet", "--no-notices", "--output", "by-cli")
    assert by_cli.returncode == 0, by_cli.stderr
    assert "Need to perform AWS calls" not in by_cli.stderr
    by_python = run("python", "app.py", CDK_VALIDATION="false")
    assert by_python.returncode == 0, by_python.stderr
    assert templates(project.root / "by-cli") == templates(project.root / "cdk.out")
    assert len(templates(project.root / "cdk.out")) == 3


def test_the_cdks_own_rules_and_cdk_nag_pass(project: Project, run: Run) -> None:
    """Plain `python app.py` runs all validations, and none of them has an error to report."""
    done = run("python", "app.py")
    assert done.returncode == 0, done.stderr
    report = json.loads((project.root / "cdk.out" / "validation-report.json").read_text(encoding="utf-8"))
    names = {each["pluginName"] for each in report["pluginReports"]}
    assert "CloudFormation Validate" in names
    assert [each["conclusion"] for each in report["pluginReports"]] == ["success"] * len(names)


def test_templates_are_clean_for_cfn_lint(project: Project, run: Run) -> None:
    """cfn-lint has nothing to say but that zones are named, which is on purpose."""
    assert run("python", "app.py", CDK_VALIDATION="false").returncode == 0
    paths = [str(path) for path in (project.root / "cdk.out").glob("*.template.json")]
    assert len(paths) == 3
    linted = run("cfn-lint", "--ignore-checks", "W3010", "--", *paths)
    assert (linted.returncode, linted.stdout) == (0, "")


def test_app_runs_from_any_folder(project: Project, run: Run, tmp_path: Path) -> None:
    """The project is where app.py lies, whatever the current folder."""
    done = run(
        "python",
        "-c",
        f"import os; os.chdir({str(tmp_path)!r}); import runpy, sys; "
        f"sys.path.insert(0, {str(project.root)!r}); "
        f"runpy.run_path({str(project.root / 'app.py')!r}, run_name='__main__')",
        CDK_VALIDATION="false",
    )
    assert done.returncode == 0, done.stderr
    assert templates(project.root / "cdk.out")


def test_unpackaged_models_end_in_one_line_each(project: Project, run: Run) -> None:
    """Exit status 1, what is missing and what to do on stderr, before the warnings, no traceback."""
    shutil.rmtree(project.root / "build")
    done = run("python", "app.py")
    assert done.returncode == 1
    assert done.stdout == ""
    first, second, *warnings = done.stderr.splitlines()
    assert all(": SEA701 " in line for line in warnings)
    assert first.startswith("deployments/local.yaml:9: SEA401 models.classifier: There is no build/trial/")
    assert second.startswith("deployments/local.yaml:14: SEA401 models.encoder: There is no build/trial/")
    assert all("Run `seatrial package deployments/local.yaml`." in line for line in (first, second))


def test_a_wrong_deployment_file_ends_in_one_line_per_problem(project: Project, run: Run) -> None:
    """Exit status 1 and file, line, path, what, allowed and fix on stderr, no traceback."""
    project.edit("type: ml.g4dn.xlarge", "type: g4dn.xlarge")
    done = run("python", "app.py")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("deployments/local.yaml:21: endpoints.fast.instances.type: ")


def test_a_failed_validation_ends_without_a_traceback(project: Project, run: Run) -> None:
    """Exit status 1 with the finding's words on stderr, by plain Python and by the CLI alike."""
    (project.root / "factories.py").write_text("CHANGED = True\n", encoding="utf-8")
    for command in (("python", "app.py"), ("cdk", "synth", "--quiet", "--no-notices")):
        done = run(*command, CDK_VALIDATION="false")
        assert done.returncode == 1
        assert "factories.py" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.soak
def test_a_fresh_environment_with_the_requirements_alone_synthesizes(
    project: Project, run: Run, tmp_path: Path
) -> None:
    """Without torch and boto3, `python app.py` and the stock `cdk synth` write the same templates."""
    fresh = tmp_path / "fresh"
    venv.create(fresh, with_pip=True)
    python = str(fresh / "bin" / "python")
    requirements = str(REPOSITORY_ROOT / "requirements.txt")
    installed = run(python, "-m", "pip", "install", "--quiet", "-r", requirements, timeout=1800)
    assert installed.returncode == 0, installed.stderr
    absent = "torch", "boto3", "sagemaker", "tritonclient", "numpy"
    look = f"import importlib.util as u; print([n for n in {absent} if u.find_spec(n)])"
    assert run(python, "-I", "-c", look).stdout == "[]\n"

    path = os.pathsep.join([str(fresh / "bin"), "/usr/bin", "/bin"])
    by_python = run(python, "app.py", PATH=path)
    assert by_python.returncode == 0, by_python.stderr
    # The CLI is Node's, not pip's; what it runs is `python app.py`, by this PATH.
    cli = REPOSITORY_ROOT / "environments" / "cdk" / "node_modules" / "aws-cdk" / "bin" / "cdk"
    synth = "synth", "--quiet", "--no-notices", "--output", "by-cli"
    by_cli = run(str(TOOLS / "node"), str(cli), *synth, PATH=path)
    assert by_cli.returncode == 0, by_cli.stderr
    assert templates(project.root / "by-cli") == templates(project.root / "cdk.out")
    assert len(templates(project.root / "cdk.out")) == 3


def test_cdk_json_has_every_recommended_flag() -> None:
    """The CLI has nothing to remark; two flags differ on purpose.

    References between stacks are strong: CloudFormation refuses to take a network from under an endpoint.
    Partitions are literal where the constructs write them, from the catalogue; the CDK's own way to literal
    ones loads its table of all regions, a tenth of the whole synth.
    """
    recommended = json.loads(
        (
            REPOSITORY_ROOT
            / "environments/cdk/node_modules/aws-cdk/lib/init-templates/.recommended-feature-flags.json"
        ).read_text(encoding="utf-8")
    )
    context = json.loads((REPOSITORY_ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    assert context == recommended | {
        "@aws-cdk/core:defaultCrossStackReferences": "strong",
        "@aws-cdk/core:enablePartitionLiterals": False,
    }
