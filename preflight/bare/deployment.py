"""A deployment in memory that serves a bare artifact: one endpoint, one container, nothing else.

Rules about models on instances and in containers look at a deployment file and manifests. A bare artifact has
neither, so both are made of it, and no rule is written a second time. What they are made of was read from
config.pbtxt, so sections are put together without the checks that a deployment file gets.
"""

from pathlib import Path
from typing import Literal, cast

import catalogue
from model_packaging.artifact import ArchiveRecord, BuildInputs, Layout, Manifest, Provenance
from model_packaging.artifact.image_needs_reading import image_needs
from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.plan_header import PlanHeader
from preflight.bare.context import ServingContext
from preflight.evidence import BuiltModel, DeploymentEvidence
from preflight.rules._triton_config import TritonConfig, config_of
from spec import (
    Container,
    Deployment,
    DeploymentFile,
    Ensemble,
    EnsembleStep,
    Environment,
    ExistingRepository,
    InstanceGroup,
    Model,
    ModelFile,
    PythonBackend,
    PyTorchServing,
    RealtimeEndpoint,
    RealtimeInstances,
    TritonModelConfig,
)

__all__ = ["ENDPOINT", "bare_evidence", "bare_model"]

ENDPOINT = "endpoint"
"""The key of the endpoint."""

_ANY_INSTANCE_TYPE = "ml.m5.large"
"""Stands where none is known; rules about it don't run then."""
_Kind = Literal["KIND_AUTO", "KIND_GPU", "KIND_CPU", "KIND_MODEL"]
_ACCOUNT = "123456789012"
_TENSORRT = "tensorrt"
_MODEL_FILES = {"pytorch": "model.pt", "onnxruntime": "model.onnx", _TENSORRT: "model.plan"}


def bare_evidence(answering: ArtifactInspection, path: Path, context: ServingContext) -> DeploymentEvidence:
    """Return what deployment rules look at: the artifact, served by one endpoint as ``context`` says.

    Args:
        answering: the model that answers.
        path: of the artifact.
        context: where it is to be served.
    """
    members = _members(answering)
    models = {each.model: _model(each, context) for each in members}
    models[answering.model] = bare_model(answering, context)
    endpoint = RealtimeEndpoint(
        type="realtime",
        model="model",
        instances=RealtimeInstances(type=context.instance_type or _ANY_INSTANCE_TYPE),
    )
    zones = (f"{context.region}a", f"{context.region}b")
    deployment = Deployment.model_construct(
        name="bare",
        environment=Environment(account=_ACCOUNT, region=context.region, availability_zones=zones),
        models=models,
        endpoints={ENDPOINT: endpoint.model_copy(update={"model": answering.model})},
    )
    manifest = _manifest(answering, members)
    built = BuiltModel(
        manifest_path=str(path),
        packaged=True,
        manifest=manifest,
        manifest_error="",
        archive_path=None,
        archive_size_bytes=manifest.archive.size_bytes,
        declared=None,
        declared_error=None,
    )
    return DeploymentEvidence(DeploymentFile(path, deployment, {}), str(path), {answering.model: built}, {})


def bare_model(answering: ArtifactInspection, context: ServingContext) -> Model:
    """Return the section of the model that answers; of an ensemble, one that names what it executes."""
    model = _model(answering, context)
    members = _members(answering)
    if not members:
        return model
    steps = tuple(
        EnsembleStep.model_construct(model_name=each.model, input_map={}, output_map={}) for each in members
    )
    return model.model_copy(update={"repository": None, "ensemble": Ensemble.model_construct(step=steps)})


def _members(answering: ArtifactInspection) -> tuple[ArtifactInspection, ...]:
    """Return what an ensemble executes, and ensembles in it, as far as it is there; each once."""
    there = {each.model: each for each in answering.beside}
    found: dict[str, ArtifactInspection] = {}
    waiting = [answering]
    while waiting:
        config = config_of(waiting.pop())
        for step in config.steps if config is not None else ():
            if step.model in there and step.model not in found:
                found[step.model] = there[step.model]
                waiting.append(there[step.model])
    return tuple(found.values())


def _model(artifact: ArtifactInspection, context: ServingContext) -> Model:
    container = Container(environment=dict(context.environment))
    if context.image_tag is not None:
        is_triton = context.image_tag in catalogue.triton_releases()
        key = "triton_release" if is_triton else "pytorch_release"
        container = container.model_copy(update={key: context.image_tag})
    if artifact.layout is Layout.PYTORCH:
        file = ModelFile.model_construct(from_="model.pt", sha256="")
        pytorch = PyTorchServing.model_construct(max_batch_size=0)
        return Model.model_construct(file=file, pytorch=pytorch, container=container)
    config = config_of(artifact)
    serving = TritonModelConfig.model_construct(
        max_batch_size=artifact.max_batch_size, instance_group=_groups(config)
    )
    backend = config.serving_backend if config is not None else ""
    if backend in _MODEL_FILES:
        file = ModelFile.model_construct(from_=_MODEL_FILES[backend], sha256="")
        return Model.model_construct(file=file, triton=serving, container=container)
    if backend == "python":
        python = PythonBackend.model_construct(from_="model.py")
        return Model.model_construct(python=python, triton=serving, container=container)
    repository = ExistingRepository.model_construct(from_="repository", model=artifact.model)
    return Model.model_construct(repository=repository, triton=serving, container=container)


def _groups(config: TritonConfig | None) -> tuple[InstanceGroup, ...]:
    groups = config.instance_groups if config is not None else ()
    return tuple(
        InstanceGroup.model_construct(kind=cast("_Kind", each.kind), count=each.count, gpus=each.gpus)
        for each in groups
    )


def _manifest(answering: ArtifactInspection, members: tuple[ArtifactInspection, ...]) -> Manifest:
    plans = [
        reading.found.version_text
        for each in (answering, *members)
        for reading in each.model_files
        if isinstance(reading.found, PlanHeader)
    ]
    config = config_of(answering)
    return Manifest(
        model=answering.model,
        layout=answering.layout,
        format="repository",
        max_batch_size=answering.max_batch_size,
        signature=answering.signature,
        files=answering.files,
        archive=ArchiveRecord("", sum(record.size_bytes for record in answering.files)),
        samples=None,
        content_key="",
        build_inputs=BuildInputs("", (), ()),
        findings=(),
        provenance=Provenance(tuple((_TENSORRT, version) for version in plans[:1]), "", None),
        load_models=answering.load_models,
        response_cache=config is not None and config.response_cache,
        image_needs=image_needs((answering, *members)),
    )
