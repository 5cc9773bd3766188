"""One model: where it comes from, which server serves it, in which container."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from spec._base import Distinct, Items, SpecModel
from spec.acknowledgments import Acknowledgments
from spec.addresses import GoldenFile
from spec.container import Container
from spec.ensemble import Ensemble
from spec.existing_repository import ExistingRepository
from spec.export import Export
from spec.factory import Factory
from spec.model_file import ModelFile
from spec.python_backend import PythonBackend
from spec.pytorch import PyTorchServing
from spec.triton import TritonModelConfig
from spec.triton_instances import InstanceGroup

__all__ = ["SOURCES", "Model", "Source", "Tolerance"]

Source = Literal["export", "file", "repository", "python", "ensemble"]
SOURCES: tuple[Source, ...] = ("export", "file", "repository", "python", "ensemble")
"""What a model may come from; each is a key of its section, and exactly one is given."""


class Tolerance(SpecModel):
    """How far an answer may be from eager PyTorch's: absolute + relative * |eager|."""

    absolute: float = Field(default=1e-5, ge=0, description="Default: 1e-5.")
    relative: float = Field(default=1e-4, ge=0, description="Default: 1e-4.")


def _exactly_one_of(keys: tuple[str, ...]) -> dict[str, Any]:
    """Return the JSON Schema of a mapping that gives exactly one of ``keys``; null gives nothing."""
    return {
        "oneOf": [{"required": [key], "patternProperties": {f"^{key}$": {"type": "object"}}} for key in keys]
    }


class Model(SpecModel):
    """One model and the container that serves it.

    Exactly one source is given, and for all but ``repository`` exactly one of ``triton`` and ``pytorch``.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                _exactly_one_of(SOURCES),
                _exactly_one_of(("triton", "pytorch", "repository")),
            ]
        }
    )

    export: Export | None = Field(
        default=None,
        description="A PyTorch module of a factory, exported. Default: none, another source is given.",
    )
    file: ModelFile | None = Field(
        default=None,
        description="A model file that was made elsewhere. Default: none, another source is given.",
    )
    repository: ExistingRepository | None = Field(
        default=None,
        description="A Triton repository that is there already, with its own config.pbtxt; without `triton`. "
        "Default: none, another source is given.",
    )
    python: PythonBackend | None = Field(
        default=None,
        description="A model of Triton's Python backend. Default: none, another source is given.",
    )
    ensemble: Ensemble | None = Field(
        default=None,
        description="Models of this file whose tensors are connected inside Triton. Default: none, another "
        "source is given.",
    )
    reference: Factory | None = Field(
        default=None,
        description="An eager PyTorch module whose answers the model's are compared with, for every source "
        "but `export`, which has one. Default: none, and then nothing is compared.",
    )
    triton: TritonModelConfig | None = Field(
        default=None,
        description="How Triton serves it. Default: not by Triton, then `pytorch` must say how it is served; "
        "or as the `repository` says itself.",
    )
    pytorch: PyTorchServing | None = Field(
        default=None,
        description="How a SageMaker PyTorch image serves it. Default: not by one, then `triton` must say "
        "how it is served.",
    )
    container: Container = Field(
        default_factory=Container,
        description="The serving container. Default: AWS's image of the default release, Triton's or "
        "PyTorch's.",
    )
    artifact: Literal["asset", "published", "uncompressed"] = Field(
        default="asset",
        description="How the packaged model gets into S3: `asset`, `cdk deploy` uploads it from build/; "
        "`published`, `seatrial publish` did, and the lock file beside this file says where; `uncompressed`, "
        "likewise with an object for each of its files, which SageMaker needs not unpack. Default: asset.",
    )
    tolerance: Tolerance = Field(
        default_factory=Tolerance,
        description="How far an answer may be from eager PyTorch's in every comparison. "
        "Default: 1e-5 absolute, 1e-4 relative.",
    )
    golden_requests: Annotated[Items[GoldenFile], Distinct()] = Field(
        default=(),
        description="Files of the project with requests that `seatrial check --run` sends, beside those that "
        "packaging recorded: .npz with arrays inputs/<name> and outputs/<name>, or .json with inputs and "
        "outputs as KServe v2 has them. With outputs, answers are held against them, within `tolerance`; "
        "without, only whether an answer comes. They are no part of the artifact. Default: none.",
    )
    acknowledge: Acknowledgments = Field(default_factory=dict)

    @property
    def source(self) -> Source:
        """What the model comes from."""
        return next(source for source in SOURCES if getattr(self, source) is not None)

    @property
    def eager(self) -> Factory | None:
        """The factory of the eager module that answers are compared with; None where there is none.

        Of several versions, it is that of the version that answers where a request names none.
        """
        if self.export is not None and self.export.versions:
            return self.export.of_version(self.answering_version)
        return self.export if self.export is not None else self.reference

    @property
    def answering_version(self) -> str:
        """The version that answers a request that names none: the newest that is served.

        Source: Triton, KServe v2 inference protocol, model version; version policy.
        """
        versions = tuple(self.export.versions) if self.export is not None else ()
        policy = self.triton.version_policy if self.triton is not None else None
        served = versions or ("1",)
        if policy is not None and policy.specific is not None:
            named = {str(each) for each in policy.specific.versions}
            served = tuple(each for each in served if each in named) or served
        return max(served, key=int)

    @property
    def members(self) -> tuple[str, ...]:
        """The models packed beside this one: an ensemble's members, or what a Python backend calls."""
        if self.ensemble is not None:
            return self.ensemble.members
        return self.python.calls if self.python is not None else ()

    @property
    def layout(self) -> Literal["triton", "pytorch"]:
        """What lies where in the artifact: a Triton repository, or what SageMaker's PyTorch images read."""
        return "pytorch" if self.pytorch is not None else "triton"

    @property
    def max_batch_size(self) -> int:
        """The largest batch; 0 where the model has no batch dimension, or a repository says it itself."""
        serving = self.triton if self.triton is not None else self.pytorch
        return serving.max_batch_size if serving is not None else 0

    @property
    def instance_groups(self) -> tuple[InstanceGroup, ...]:
        """What Triton runs the model on, as declared; none in another layout."""
        return self.triton.instance_group if self.triton is not None else ()

    def canonical_document(self, members: Mapping[str, "Model"] | None = None) -> dict[str, Any]:
        """Return what decides the artifact and its recorded samples, defaults filled in, as JSON can hold it.

        The container, the acknowledgments and the model's place in the file are no part of it: they change
        how an artifact is served or judged, not its bytes. A TensorRT plan alone is built in its container.

        Args:
            members: the models that are packed beside it, and theirs, by name.
        """
        document = self.model_dump(mode="json", by_alias=True, include={self.layout, "tolerance"})
        if self.triton is not None:
            document["triton"] = self.triton.canonical_document()
        elif self.pytorch is None:
            del document["triton"]
        if self.export is not None:
            document["export"] = self.export.canonical_document()
        else:
            document[self.source] = self._source_document()
        if self.export is not None and self.export.to == "tensorrt":
            document["image"] = self.container.image_uri or self.container.triton_release
        if self.reference is not None:
            document["reference"] = self.reference.canonical_document()
        if members:
            document["members"] = {name: members[name].canonical_document() for name in sorted(members)}
        return document

    def _source_document(self) -> dict[str, Any]:
        """Return what is said of a source that is no export: of what has a digest not where it lies."""
        section = getattr(self, self.source)
        place = {"from_"} if getattr(section, "sha256", None) is not None else None
        said: dict[str, Any] = section.model_dump(
            mode="json", by_alias=True, exclude_defaults=True, exclude=place
        )
        return said if self.file is None else {**said, "format": self.file.format}
