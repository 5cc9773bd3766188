"""Calls the user's factory: from ``module:factory`` and arguments to a module and its samples."""

import importlib
import inspect
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import cast

import torch

from model_packaging.eager.factory_reference import FactoryReference
from model_packaging.errors import FactoryError

__all__ = ["EagerModel", "SampleFunction", "build_eager_model", "cause_in_user_code", "place_in_project"]

SampleFunction = Callable[[int, torch.Generator], Mapping[str, torch.Tensor]]
"""``sample(batch, generator)``: inputs of that batch size by name, in the order of forward's arguments."""

_PAIR = 2


@dataclass(frozen=True, slots=True)
class EagerModel:
    """What a factory returns.

    Attributes:
        module: in evaluation mode.
        sample: draws inputs; all its randomness comes from the generator.
    """

    module: torch.nn.Module
    sample: SampleFunction


def build_eager_model(
    reference: FactoryReference, arguments: Mapping[str, object], project_root: Path
) -> EagerModel:
    """Import the factory's module, call the factory and return its model in evaluation mode.

    Imports must find ``project_root`` first.

    Raises:
        FactoryError: module or factory is missing, the arguments don't fit, it raises, or it returns
            anything but a module and a sample function.
    """
    module = _import(reference, project_root)
    factory = _factory_of(module, reference)
    _check_arguments(factory, reference, arguments)
    try:
        result: object = factory(**arguments)
    except Exception as error:  # the user's code may raise anything
        raise FactoryError(
            f"{reference} raised {cause_in_user_code(error, project_root)}.", "correct the factory."
        ) from error
    return _eager_model(result, reference)


def cause_in_user_code(error: BaseException, project_root: Path) -> str:
    """Return ``error`` in one line, with the innermost place in the project's own files that led to it."""
    lines = str(error).strip().splitlines()
    words = f"{type(error).__name__}: {lines[0].strip().rstrip('.:')}" if lines else type(error).__name__
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if place := place_in_project(frame.filename, frame.lineno, project_root):
            return f"{words} ({place})"
    return words


def place_in_project(file: str, line: int | str | None, project_root: Path) -> str:
    """Return ``folder/file.py:line`` from the project's root; empty where ``file`` is none of its own."""
    path = Path(file)
    if not path.is_relative_to(project_root) or _is_ours(path):
        return ""
    return f"{path.relative_to(project_root).as_posix()}:{line}"


def _is_ours(path: Path) -> bool:
    """Whether ``path`` is of Seatrial's packaging or of an environment inside the project."""
    return path.is_relative_to(Path(__file__).parents[1]) or "site-packages" in path.parts


def _import(reference: FactoryReference, project_root: Path) -> ModuleType:
    expected = reference.source_file(project_root)
    try:
        module = importlib.import_module(reference.module)
    except ModuleNotFoundError as error:
        raise FactoryError(
            f"importing {reference.module} raised {cause_in_user_code(error, project_root)}.",
            f"install what provides {error.name!r}, or correct the import.",
        ) from error
    except Exception as error:  # the user's code may raise anything
        raise FactoryError(
            f"importing {reference.module} raised {cause_in_user_code(error, project_root)}.",
            "correct the module.",
        ) from error
    found = Path(module.__file__ or "")
    if found.resolve() != expected.resolve():
        raise FactoryError(
            f"{reference.module} was imported from {found}, not from the project's {expected}.",
            "give the project's module a name that no installed package has.",
        )
    return module


def _factory_of(module: ModuleType, reference: FactoryReference) -> Callable[..., object]:
    factory = getattr(module, reference.factory, None)
    if callable(factory):
        return cast("Callable[..., object]", factory)
    callables = [name for name, value in vars(module).items() if callable(value) and name[0] != "_"]
    near = get_close_matches(reference.factory, callables, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise FactoryError(
        f"{reference.module} has no factory {reference.factory!r}.{hint}",
        f"define `def {reference.factory}(...)` there, or correct the name.",
    )


def _check_arguments(
    factory: Callable[..., object], reference: FactoryReference, arguments: Mapping[str, object]
) -> None:
    signature = inspect.signature(factory)
    try:
        signature.bind(**arguments)
    except TypeError as error:
        raise FactoryError(
            f"{reference.section}.arguments {dict(arguments)} don't fit {reference}{signature}: {error}.",
            "give every argument without a default by its name, and no other.",
        ) from None


def _eager_model(result: object, reference: FactoryReference) -> EagerModel:
    if isinstance(result, tuple) and len(result) == _PAIR:
        module, sample = result
        if isinstance(module, torch.nn.Module) and callable(sample):
            return EagerModel(module.eval(), sample)
    shown = (
        f"({', '.join(type(each).__name__ for each in result)})"
        if isinstance(result, tuple)
        else type(result).__name__
    )
    raise FactoryError(
        f"{reference} returned {shown}.",
        "return `(module, sample)`: a torch.nn.Module, and a function `sample(batch, generator)` that "
        "returns its inputs by name.",
    )
