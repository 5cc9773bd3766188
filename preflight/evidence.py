"""What deployment rules look at: the file and what lies in the build folder, read once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import catalogue
from catalogue import InstanceType
from model_packaging.artifact import Manifest
from model_packaging.source_files import SourceFiles
from preflight.built_model import BuiltModel, PublishedModels, read_built_model, shown_path
from spec import Component, ComponentEndpoint, DeploymentFile, HostedEndpoint, Model
from spec.shard_lock import read_lock

__all__ = ["BuiltModel", "DeploymentEvidence", "ServedComponent", "ServedModel", "gather_evidence"]


@dataclass(frozen=True, slots=True)
class ServedComponent:
    """An inference component with what it is part of.

    Attributes:
        endpoint_key: of its endpoint.
        endpoint: what hosts it.
        key: its own.
        component: itself.
        model: what it serves.
    """

    endpoint_key: str
    endpoint: ComponentEndpoint
    key: str
    component: Component
    model: Model

    @property
    def place(self) -> tuple[str, ...]:
        """Its path in the deployment file."""
        return ("endpoints", self.endpoint_key, "components", self.key)


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that an endpoint serves on instances of its own.

    Attributes:
        endpoint_key: of its endpoint.
        endpoint: what hosts it.
        name: its own.
        model: itself.
    """

    endpoint_key: str
    endpoint: HostedEndpoint
    name: str
    model: Model

    @property
    def instance_type(self) -> InstanceType:
        """What it runs on."""
        return catalogue.instance_type(self.endpoint.instances.type)

    @property
    def instance_place(self) -> tuple[str, ...]:
        """Where the deployment file says so."""
        return ("endpoints", self.endpoint_key, "instances", "type")


@dataclass(frozen=True, slots=True)
class DeploymentEvidence:
    """Everything that deployment rules may look at; nothing is read from disk while they run.

    Attributes:
        file: the deployment file.
        shown_file: its path as reports print it.
        built: by model, for every model that an endpoint serves; an unserved one can't fail a deployment.
        accepted_shards: by endpoint key, as the file beside the deployment file has them.
        missing_golden_files: of those that a served model's golden requests name, as the file has them.
    """

    file: DeploymentFile
    shown_file: str
    built: Mapping[str, BuiltModel]
    accepted_shards: Mapping[str, int]
    missing_golden_files: frozenset[str] = frozenset()

    def served(self) -> Iterator[ServedModel]:
        """Yield each model of each endpoint that has instances of its own, once for an endpoint."""
        deployment = self.file.deployment
        for key, endpoint in deployment.hosted_endpoints.items():
            for name in dict.fromkeys(endpoint.served):
                yield ServedModel(key, endpoint, name, deployment.models[name])

    def components(self) -> Iterator[ServedComponent]:
        """Yield each inference component."""
        deployment = self.file.deployment
        for key, endpoint in deployment.component_endpoints.items():
            for name, component in endpoint.components.items():
                yield ServedComponent(key, endpoint, name, component, deployment.models[component.model])

    def placed(self) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
        """Yield where each model is served: the place of its instances or component, its name, their types.

        A component's copies may be on any of its endpoint's types.
        """
        for each in self.served():
            yield each.instance_place, each.name, (each.endpoint.instances.type,)
        for served in self.components():
            yield (*served.place, "model"), served.component.model, served.endpoint.instances.type_names

    def served_models(self) -> Iterator[tuple[str, Model]]:
        """Yield each model that an endpoint serves, once, by name."""
        for name in self.built:
            yield name, self.file.deployment.models[name]

    def packaged_models(self) -> Iterator[tuple[str, Model, Manifest]]:
        """Yield each model that an endpoint serves and whose manifest can be read, with that."""
        for name, model in self.served_models():
            manifest = self.built[name].manifest
            if manifest is not None:
                yield name, model, manifest


def gather_evidence(file: DeploymentFile, build_root: Path, project_root: Path) -> DeploymentEvidence:
    """Read the manifests of ``file``'s models, its lock file, and the accepted numbers of shards.

    Args:
        file: the deployment.
        build_root: the folder that `seatrial package` writes to: ``<build_root>/<deployment>/<model>/``.
        project_root: the folder that factory references start from.

    Raises:
        spec.DeploymentFileError: the file of accepted numbers of shards can't be read.
    """
    deployment = file.deployment
    served = deployment.served_models
    published = PublishedModels.of(file, project_root)
    files = SourceFiles(project_root)
    return DeploymentEvidence(
        file=file,
        shown_file=shown_path(file.path, project_root),
        built={
            name: read_built_model(deployment, name, build_root, files, published)
            for name in deployment.models
            if name in served
        },
        accepted_shards=read_lock(file.path),
        missing_golden_files=frozenset(
            golden
            for name in served
            for golden in deployment.models[name].golden_requests
            if not (project_root / golden).is_file()
        ),
    )
