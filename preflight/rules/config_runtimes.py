"""SEA287: the library that is to execute a model in place of its backend's own."""

from collections.abc import Iterator, Mapping

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._triton_config import config_of
from spec import Model

__all__ = ["runtime_nowhere"]

_RUNTIMES: Mapping[str, tuple[str, ...]] = {
    "onnxruntime": ("libtriton_onnxruntime.so",),
    "python": ("libtriton_python.so",),
    "pytorch": ("libtriton_pytorch.so", "model.py"),
    "tensorrt": ("libtriton_tensorrt.so",),
}
"""What the backends' folders of Triton's image hold that a model can be executed by."""
_MODEL, _VERSION = 2, 3
"""How many parts paths have of files in a model's folder, and in a version's."""


def _has_an_image_of_its_own(model: Model) -> bool:
    return model.container.image_uri is not None


@rule(
    "SEA287",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a runtime that is nowhere",
    scope=ARTIFACT,
    source="Triton backend repository, README, backend shared library; Triton core, src/backend_model.cc, "
    "FindBackendLibraryPath; seen on Triton 2.51",
    symptom="Triton says 'unable to find backend library', and the endpoint fails after its "
    "start-up time-out.",
    fix="Leave runtime out, or pack the library in the model's folder.",
    settled_by=_has_an_image_of_its_own,
)
def runtime_nowhere(artifact: ArtifactInspection) -> Iterator[Violation]:
    """It lies in the version's folder, the model's or the backend's; further paths are not judged."""
    config = config_of(artifact)
    known = _RUNTIMES.get(config.backend) if config is not None else None
    if config is None or known is None or not config.runtime or "/" in config.runtime:
        return
    packed = {
        parts[-1]
        for parts in (record.path.split("/") for record in artifact.files)
        if parts[0] == artifact.model and len(parts) in (_MODEL, _VERSION)
    }
    if config.runtime not in (*known, *packed):
        yield Violation(
            f"runtime is {config.runtime!r}, which neither the archive nor the backend {config.backend} has.",
            f"{' or '.join(map(repr, known))}, or no runtime.",
            field=("runtime",),
        )
