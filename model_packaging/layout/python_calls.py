"""What the models of a repository call while they answer: nothing in a configuration names it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from model_packaging.artifact.python_model import read_python_model
from model_packaging.layout.python_files import python_model_text

if TYPE_CHECKING:
    from tritonclient.grpc.model_config_pb2 import ModelConfig

__all__ = ["called_beside"]


def called_beside(answering: str, repository: Path, configs: Mapping[str, "ModelConfig"]) -> tuple[str, ...]:
    """Return the models of ``repository`` that are called, by ``answering``, its members or what those call.

    Calls are read in the texts of Python-backend models; one by a computed name is not seen.

    Args:
        answering: the model that answers.
        repository: the folder of models.
        configs: by model.
    """
    called: dict[str, None] = {}
    seen: set[str] = set()
    waiting = [answering]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in configs:
            continue
        seen.add(name)
        text = python_model_text(repository / name, configs[name])
        calls = [each for each in read_python_model(text).calls if each in configs]
        called |= dict.fromkeys(calls)
        waiting += [*calls, *(step.model_name for step in configs[name].ensemble_scheduling.step)]
    called.pop(answering, None)
    return tuple(called)
