"""Which environments there are, and from which pinned file each is made."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["ENVIRONMENTS", "PROJECT_ROOT", "Environment"]

PROJECT_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Environment:
    """One virtual environment.

    Attributes:
        name: as named on the command line.
        folder: relative to the repository's root.
        requirements: the pinned file, relative to the repository's root.
        purpose: what runs in it, for progress lines.
        import_paths: folders of ours that it imports from, relative to the root.
        has_commands: True where `seatrial` and `cdk` belong into its bin.
        is_on_request: True where it is made only for those who name it.
    """

    name: str
    folder: str
    requirements: str
    purpose: str
    import_paths: tuple[str, ...] = ()
    has_commands: bool = False
    is_on_request: bool = False

    @property
    def path(self) -> Path:
        """The environment's folder."""
        return PROJECT_ROOT / self.folder

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.path / "bin" / "python"

    @property
    def requirements_path(self) -> Path:
        """Its pinned requirements."""
        return PROJECT_ROOT / self.requirements


# Separate because their pins clash: ministack pins its own botocore, Triton's Python backend needs numpy < 2,
# and checkov pins boto3.
ENVIRONMENTS = (
    Environment(
        name="app",
        folder=".venv",
        requirements="environments/development.txt",
        purpose="seatrial, cdk and the tests",
        import_paths=(".", "constructs"),
        has_commands=True,
    ),
    Environment(
        name="aws",
        folder=".venv-aws",
        requirements="environments/local_aws.txt",
        purpose="the laptop's AWS",
        import_paths=(".",),
    ),
    Environment(
        name="triton",
        folder=".venv-triton",
        requirements="environments/local_triton.txt",
        purpose="a real Triton and SageMaker's PyTorch toolkit",
    ),
    Environment(
        name="checkov",
        folder=".venv-checkov",
        requirements="environments/checkov.txt",
        purpose="a second opinion on the templates",
        is_on_request=True,
    ),
)
