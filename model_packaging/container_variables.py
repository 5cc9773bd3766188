"""The variables that a packaged model's container is told: its own, and those that the artifact needs."""

from collections.abc import Iterable, Mapping, Sequence

import spec
from catalogue.pytorch_images import PROGRAM_VARIABLE
from catalogue.triton_images import DEFAULT_MODEL_VARIABLE
from model_packaging.artifact import Layout, Manifest

__all__ = [
    "ENTRY_POINT",
    "RESPONSE_CACHE_BYTES",
    "container_variables",
    "further_variables",
    "multi_model_variables",
    "served",
]

ENTRY_POINT = "inference.py"
"""How packaging calls the entry point in ``code/``."""

RESPONSE_CACHE_BYTES = 64 << 20
"""Of the cache of a server that is not given one: it is taken when Triton starts, so it is small for every
instance type (Triton, response cache, ``--cache-config``)."""

_ADDITIONAL_ARGUMENTS = "SAGEMAKER_TRITON_ADDITIONAL_ARGS"
_LOAD_MODEL = "--load-model"
_CACHE_ARGUMENTS = ("--cache-config", "--response-cache-byte-size")


def container_variables(container: spec.Container, manifest: Manifest) -> Mapping[str, str]:
    """Return all variables of a container that serves one model."""
    variable, value = served(container, manifest)
    return {**further_variables(container, manifest), variable: value}


def served(container: spec.Container, manifest: Manifest) -> tuple[str, str]:
    """Return the variable that says what answers requests, and its value: the container's own, if it has one.

    Triton is told the model of its repository, the PyTorch images the entry point's file.
    """
    if manifest.layout is Layout.PYTORCH:
        return PROGRAM_VARIABLE, container.environment.get(PROGRAM_VARIABLE, ENTRY_POINT)
    return DEFAULT_MODEL_VARIABLE, container.environment.get(
        DEFAULT_MODEL_VARIABLE, manifest.answering_folder
    )


def further_variables(container: spec.Container, manifest: Manifest) -> Mapping[str, str]:
    """Return the variables beside the one that ``served`` gives: the container's own, and what Triton needs.

    ``serve`` loads one model and what its configuration names (triton-inference-server/server,
    docker/sagemaker/serve): what that model calls has to be named as well. A response cache is the server's.
    Both are said after the words that the container's own variable has; what that says already is left to it.
    """
    variable, _ = served(container, manifest)
    variables = {name: value for name, value in container.environment.items() if name != variable}
    return _with_arguments(variables, manifest.load_models, response_cache=manifest.response_cache)


def multi_model_variables(container: spec.Container, manifests: Sequence[Manifest]) -> Mapping[str, str]:
    """Return all variables of the one container of a multi-model endpoint.

    Triton is told nothing of its models, which requests name: none is loaded when it starts. Of the cache it
    is told as soon as one of them asks for it, since the server is one. The PyTorch images are told the entry
    point.

    Args:
        container: the section that all models have.
        manifests: theirs, at least one, all of one layout.
    """
    first = manifests[0]
    if first.layout is Layout.PYTORCH:
        variable, value = served(container, first)
        return {variable: value, **further_variables(container, first)}
    cached = any(each.response_cache for each in manifests)
    return _with_arguments(container.environment, (), response_cache=cached)


def _with_arguments(
    variables: Mapping[str, str], load_models: Iterable[str], *, response_cache: bool
) -> Mapping[str, str]:
    """Return ``variables`` with what Triton is to load and keep, as far as they don't say it already."""
    words = variables.get(_ADDITIONAL_ARGUMENTS, "").split()
    said = " ".join(words).replace(f"{_LOAD_MODEL} ", f"{_LOAD_MODEL}=").split()
    needed = [f"{_LOAD_MODEL}={name}" for name in load_models]
    if response_cache and not any(word.startswith(_CACHE_ARGUMENTS) for word in words):
        needed.append(f"--cache-config=local,size={RESPONSE_CACHE_BYTES}")
    added = [argument for argument in needed if argument not in said]
    return {**variables, _ADDITIONAL_ARGUMENTS: " ".join((*words, *added))} if added else variables
