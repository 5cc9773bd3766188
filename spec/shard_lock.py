"""How many stacks the components of each endpoint were deployed in: a file beside the deployment file.

CloudFormation can't move a component with a fixed name from one stack to another, so a changed number of
shards must be seen before it is deployed. The file is committed with the deployment file.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from catalogue.generated import write_generated
from spec.errors import DeploymentFileError, Problem
from spec.loader import DeploymentFile

__all__ = ["lock_path", "read_lock", "write_lock"]


def lock_path(deployment: Path) -> Path:
    """Return where the numbers of a deployment file stand: ``deployments/vision.shards.json``."""
    return deployment.with_name(f"{deployment.stem}.shards.json")


def read_lock(deployment: Path) -> Mapping[str, int]:
    """Return the accepted number of shards by endpoint key; what was never accepted is not there.

    Raises:
        DeploymentFileError: the file is there and can't be read, or holds something else.
    """
    path = lock_path(deployment)
    try:
        numbers = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _broken(path, f"the numbers of shards can't be read ({error})") from error
    if not isinstance(numbers, dict) or not all(type(each) is int and each > 0 for each in numbers.values()):
        raise _broken(path, "these are no numbers of shards")
    return numbers


def write_lock(file: DeploymentFile) -> None:
    """Accept the numbers of shards that ``file`` declares."""
    numbers = {key: each.shards for key, each in file.deployment.component_endpoints.items()}
    write_generated(lock_path(file.path), json.dumps(numbers, indent=2, sort_keys=True) + "\n")


def _broken(path: Path, what: str) -> DeploymentFileError:
    allowed = "endpoint keys with numbers above 0"
    return DeploymentFileError(
        (Problem(str(path), "", "", what, allowed, "restore it from version control"),)
    )
