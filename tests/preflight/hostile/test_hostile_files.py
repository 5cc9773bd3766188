"""Files that were made to break whoever reads them: a finding each, in bounded time and memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.preflight.hostile.hostile_files import ARCHIVES, DEPLOYMENTS, Hostile

ROOT = Path(__file__).resolve().parents[3]
LIMITED = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
resource.setrlimit(resource.RLIMIT_DATA, (300 << 20, 300 << 20))
"""
CHECK = f"""{LIMITED}
from preflight.bare import ServingContext, check_bare
report = check_bare(Path(sys.argv[1]), ServingContext(instance_type="ml.g5.xlarge", image_tag="24.09"))
report.render_terminal(), report.to_json()
print(json.dumps(sorted({{finding.rule for finding in report.findings}})))
"""
LOAD = f"""{LIMITED}
from spec import DeploymentFileError, load_deployment
try:
    load_deployment(Path(sys.argv[1]))
except DeploymentFileError as error:
    print(json.dumps([str(each) for each in error.problems]))
"""

pytestmark = pytest.mark.integration


def limited(program: str, path: Path) -> list[str]:
    """Run ``program`` with at most 10 s of the processor and 300 MiB of memory: more than that kills it."""
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    printed: list[str] = json.loads(done.stdout)
    return printed


@pytest.mark.parametrize("hostile", ARCHIVES, ids=lambda hostile: hostile.name)
def test_a_hostile_archive_is_a_finding(hostile: Hostile, tmp_path: Path) -> None:
    """Of the rule that names what is wrong."""
    path = tmp_path / "model.tar.gz"
    hostile.write(path)
    assert hostile.rule in limited(CHECK, path)


@pytest.mark.parametrize("hostile", DEPLOYMENTS, ids=lambda hostile: hostile.name)
def test_a_hostile_deployment_file_is_refused_in_words(hostile: Hostile, tmp_path: Path) -> None:
    """With the line that is to blame."""
    path = tmp_path / "deployment.yaml"
    hostile.write(path)
    problems = limited(LOAD, path)
    assert any(hostile.rule in each for each in problems), problems[:3]
