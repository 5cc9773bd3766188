"""What was read of a bare artifact -> models as the artifact rules know them.

Which model answers is decided as ``serve`` in Triton's image for SageMaker decides: the folder that
SAGEMAKER_TRITON_DEFAULT_MODEL_NAME names, else the only one there is (triton-inference-server/server,
docker/sagemaker/serve). Where it would end instead, the first model stands for it: rules say what is wrong.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from catalogue.triton_images import DEFAULT_MODEL_VARIABLE
from model_packaging.artifact import ConfigPbtxtError, Layout, Signature, TensorSpec, parse_config_pbtxt
from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.layout import ENTRY_POINT_PATH
from model_packaging.artifact.onnx_signature import OnnxSignature
from preflight.bare.reading import CONFIG, BareFiles
from preflight.bare_artifact import BareArtifact
from preflight.rules._triton_config import ConfiguredTensor, config_of
from preflight.rules.archive_layout import LEFT_BEHIND

__all__ = ["arranged"]

_PYTORCH_FILES = (".pt", ".pth")
_PYTHON_FILE = "model.py"
_ADDITIONAL_ARGUMENTS = "SAGEMAKER_TRITON_ADDITIONAL_ARGS"
_LOAD_MODEL = re.compile(r"--load-model[=\s]+(\S+)")
_NESTED_PARTS = 3


def arranged(files: BareFiles, name: str, environment: Mapping[str, str]) -> BareArtifact:
    """Return the artifact that was read.

    Args:
        files: what was read.
        name: of the model, where the artifact is a model's folder whose configuration names none.
        environment: of the container.
    """
    is_model_folder = CONFIG in files.root_files
    nested_in = "" if is_model_folder else _nested_in(files)
    layout = Layout.TRITON if is_model_folder or nested_in else _layout(files)
    if is_model_folder:
        repository = _moved(files, into=_configured_name(files.texts.get(CONFIG, "")) or name)
    elif nested_in:
        repository = _moved(files, out_of=nested_in)
    else:
        repository = files
    answering = None
    if files.refusal is None and files.records:
        pytorch = layout is Layout.PYTORCH
        answering = _pytorch(files, name) if pytorch else _answering(repository, environment)
    return BareArtifact(
        is_archive=files.is_archive,
        refusal=files.refusal,
        root_folders=files.root_folders,
        root_files=files.root_files,
        layout=layout,
        nested_in=nested_in,
        is_model_folder=is_model_folder,
        answering=answering,
    )


def _nested_in(files: BareFiles) -> str:
    """Return the only folder at the root that holds model folders instead of being one; else nothing."""
    depths = {len(PurePosixPath(path).parts) for path in files.texts if path.endswith(f"/{CONFIG}")}
    folders = [each for each in files.root_folders if each not in LEFT_BEHIND]
    return folders[0] if len(folders) == 1 and depths == {_NESTED_PARTS} else ""


def _layout(files: BareFiles) -> Layout:
    has_models = any(path.endswith(f"/{CONFIG}") for path in files.texts)
    of_pytorch = ENTRY_POINT_PATH in files.texts or any(
        path.endswith(_PYTORCH_FILES) for path in files.root_files
    )
    return Layout.PYTORCH if of_pytorch and not has_models else Layout.TRITON


def _configured_name(text: str) -> str:
    try:
        return str(parse_config_pbtxt(text).name)
    except ConfigPbtxtError:
        return ""


def _moved(files: BareFiles, *, into: str = "", out_of: str = "") -> BareFiles:
    """Return ``files`` as if they lay in the folder ``into``, or without ``out_of`` around them."""

    def move(path: str) -> str:
        return f"{into}/{path}" if into else path.removeprefix(f"{out_of}/")

    return BareFiles(
        files.is_archive,
        files.refusal,
        [replace(each, path=move(each.path)) for each in files.records],
        {move(each) for each in files.folders if each != out_of},
        {move(path): text for path, text in files.texts.items()},
        [replace(each, path=move(each.path)) for each in files.model_files],
        [replace(each, path=move(each.path)) for each in files.notes],
    )


def _pytorch(files: BareFiles, name: str) -> ArtifactInspection:
    return ArtifactInspection(
        model=name,
        files=tuple(files.records),
        config_pbtxt="",
        signature=Signature((), (), batched=False),
        max_batch_size=0,
        layout=Layout.PYTORCH,
        entry_point=files.texts.get(ENTRY_POINT_PATH, ""),
        other_files=tuple(files.notes),
    )


def _answering(files: BareFiles, environment: Mapping[str, str]) -> ArtifactInspection | None:
    named = environment.get(DEFAULT_MODEL_VARIABLE, "")
    models = _model_folders(files)
    if named in files.root_folders and named not in models:
        models = (named, *models)
    if not models:
        return None
    answering = named if named in models else models[0]
    loaded = (answering, *_LOAD_MODEL.findall(environment.get(_ADDITIONAL_ARGUMENTS, "")))
    found = _by_folder(files)
    every = [_inspection(found[name], name, loaded) for name in dict.fromkeys((answering, *models))]
    alone = every[0] = replace(
        every[0], files=tuple(files.records), other_files=tuple(files.notes), default_is_named=bool(named)
    )
    beside = (replace(each, beside=_others(each, every)) for each in every[1:])
    return replace(alone, beside=tuple(beside))


def _others(model: ArtifactInspection, every: Sequence[ArtifactInspection]) -> tuple[ArtifactInspection, ...]:
    return tuple(each for each in every if each is not model)


def _by_folder(files: BareFiles) -> Mapping[str, BareFiles]:
    """Return what was read below each folder at the root."""
    found: dict[str, BareFiles] = defaultdict(lambda: BareFiles(files.is_archive))
    for record in files.records:
        found[record.path.partition("/")[0]].records.append(record)
    for path, text in files.texts.items():
        found[path.partition("/")[0]].texts[path] = text
    for reading in files.model_files:
        found[reading.path.partition("/")[0]].model_files.append(reading)
    return found


def _model_folders(files: BareFiles) -> tuple[str, ...]:
    """Return the folders with a configuration; without any, those with a version; else what is there."""
    configured = [each for each in files.root_folders if f"{each}/{CONFIG}" in files.texts]
    versioned = {
        parts[0]
        for record in files.records
        if len(parts := record.path.split("/")) > 2 and parts[1].isdecimal()  # noqa: PLR2004 - model/version/file
    }
    others = [each for each in files.root_folders if each not in LEFT_BEHIND]
    return tuple(configured or sorted(versioned) or others)


def _inspection(files: BareFiles, name: str, loaded: tuple[str, ...]) -> ArtifactInspection:
    alone = ArtifactInspection(
        model=name,
        files=tuple(files.records),
        config_pbtxt=files.texts.get(f"{name}/{CONFIG}", ""),
        signature=Signature((), (), batched=False),
        max_batch_size=0,
        load_models=loaded,
        model_files=tuple(files.model_files),
    )
    config = config_of(alone) if f"{name}/{CONFIG}" in files.texts else None
    if config is None:
        return alone
    batched = config.max_batch_size > 0
    signature = Signature(
        tuple(map(_tensor, config.inputs)), tuple(map(_tensor, config.outputs)), batched=batched
    )
    graphs = [each.found for each in alone.model_files if isinstance(each.found, OnnxSignature)]
    if graphs and not (config.inputs and config.outputs):
        signature = graphs[-1].signature(batched=batched)
    python = _python_text(files, config.default_model_filename or _PYTHON_FILE)
    return replace(
        alone,
        signature=signature,
        max_batch_size=max(0, config.max_batch_size),
        python_model=python if config.serving_backend == "python" else "",
    )


def _tensor(tensor: ConfiguredTensor) -> TensorSpec:
    return TensorSpec(tensor.name, tensor.datatype, tensor.dims, tensor.optional)


def _python_text(files: BareFiles, file_name: str) -> str:
    """Return the text of the newest version's file; nothing where it is missing: a rule says so."""
    versions = {
        int(path.parent.name): str(path)
        for path in map(PurePosixPath, files.texts)
        if len(path.parts) == _NESTED_PARTS and path.name == file_name and path.parent.name.isdecimal()
    }
    return files.texts[versions[max(versions)]] if versions else ""
