"""Ensembles of four small Python-backend models, drawn: ones that fit together, and ones that do not."""

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

__all__ = ["MEMBERS", "SOURCES", "broken_ensembles", "ensembles"]


def _tensor(name: str, data_type: str, *dims: int) -> dict[str, Any]:
    return {"name": name, "data_type": data_type, "dims": list(dims)}


MEMBERS: dict[str, dict[str, Any]] = {
    "scale": {"input": [_tensor("x", "TYPE_FP32", 2)], "output": [_tensor("y", "TYPE_FP32", 2)]},
    "count": {
        "input": [_tensor("x", "TYPE_FP32", 2)],
        "output": [_tensor("n", "TYPE_INT32", 1), _tensor("y", "TYPE_FP32", 2)],
    },
    "join": {
        "input": [_tensor("a", "TYPE_FP32", -1), _tensor("b", "TYPE_FP32", 2)],
        "output": [_tensor("y", "TYPE_FP32", 2)],
    },
    "spell": {"input": [_tensor("n", "TYPE_INT32", 1)], "output": [_tensor("s", "TYPE_STRING", 1)]},
}
"""What each takes and gives; all of max_batch_size 4."""

_HEAD = """import numpy as np
import triton_python_backend_utils as pb_utils


def read(request, name):
    return pb_utils.get_input_tensor_by_name(request, name).as_numpy()


def answer(**arrays):
    return pb_utils.InferenceResponse([pb_utils.Tensor(name, array) for name, array in arrays.items()])


class TritonPythonModel:
    def execute(self, requests):
        return [self.one(request) for request in requests]

    def one(self, request):
"""
SOURCES = {
    "scale": f"{_HEAD}        return answer(y=read(request, 'x') * np.float32(2))\n",
    "count": f"{_HEAD}        x = read(request, 'x')\n"
    "        return answer(n=(x > 0).sum(axis=1, keepdims=True).astype(np.int32), y=x)\n",
    "join": f"{_HEAD}        total = read(request, 'a').sum(axis=1, keepdims=True)\n"
    "        return answer(y=read(request, 'b') + total)\n",
    "spell": f"{_HEAD}        n = read(request, 'n')\n"
    "        return answer(s=np.array([[str(row[0]).encode()] for row in n], dtype=np.object_))\n",
}
"""The members' model.py."""


@st.composite
def ensembles(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a model of a deployment file: an ensemble of one to four steps whose tensors fit."""
    inputs: dict[str, dict[str, Any]] = {}
    made: dict[str, dict[str, Any]] = {}
    read: set[str] = set()
    steps = []
    for index in range(draw(st.integers(1, 4))):
        member = draw(st.sampled_from(sorted(MEMBERS)))
        input_map = {}
        for tensor in MEMBERS[member]["input"]:
            fits = sorted(name for name, each in {**inputs, **made}.items() if _fits(each, tensor))
            name = draw(st.sampled_from([*fits, f"in_{index}_{tensor['name']}"]))
            if name not in fits:
                dims = draw(st.sampled_from([tensor["dims"], [-1] * len(tensor["dims"])]))
                inputs[name] = {**tensor, "name": name, "dims": dims}
            input_map[tensor["name"]] = name
            read.add(name)
        outputs = MEMBERS[member]["output"]
        kept = draw(st.lists(st.sampled_from(outputs), min_size=1, unique_by=lambda each: str(each["name"])))
        output_map = {each["name"]: f"t_{index}_{each['name']}" for each in kept}
        made |= {output_map[each["name"]]: {**each, "name": output_map[each["name"]]} for each in kept}
        steps.append({"model_name": member, "input_map": input_map, "output_map": output_map})
    also = draw(st.lists(st.sampled_from(sorted(made)), unique=True))
    outputs = [made[name] for name in made if name not in read or name in also]
    return {
        "ensemble": {"step": draw(st.permutations(steps))},
        "triton": {
            "max_batch_size": draw(st.integers(1, 4)),
            "input": list(inputs.values()),
            "output": outputs,
            "response_cache": {"enable": draw(st.booleans())},
        },
    }


def _fits(one: dict[str, Any], other: dict[str, Any]) -> bool:
    same_type: bool = one["data_type"] == other["data_type"]
    return same_type and (one["dims"] == other["dims"] or other["dims"] == [-1])


@st.composite
def broken_ensembles(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an ensemble with exactly one change after which Triton can't load it."""
    model = copy.deepcopy(draw(ensembles()))
    draw(st.sampled_from(_BREAKS))(draw, model)
    return model


def _step(draw: st.DrawFn, model: dict[str, Any]) -> dict[str, Any]:
    step: dict[str, Any] = draw(st.sampled_from(model["ensemble"]["step"]))
    return step


def _unknown_input(draw: st.DrawFn, model: dict[str, Any]) -> None:
    mapped = _step(draw, model)["input_map"]
    mapped["unknown"] = mapped.pop(draw(st.sampled_from(sorted(mapped))))


def _unknown_output(draw: st.DrawFn, model: dict[str, Any]) -> None:
    mapped = _step(draw, model)["output_map"]
    mapped["unknown"] = mapped.pop(draw(st.sampled_from(sorted(mapped))))


def _never_filled(draw: st.DrawFn, model: dict[str, Any]) -> None:
    mapped = _step(draw, model)["input_map"]
    mapped[draw(st.sampled_from(sorted(mapped)))] = "nowhere"


def _output_never_filled(_draw: st.DrawFn, model: dict[str, Any]) -> None:
    model["triton"]["output"].append(_tensor("nowhere", "TYPE_FP32", 2))


def _input_never_read(_draw: st.DrawFn, model: dict[str, Any]) -> None:
    model["triton"]["input"].append(_tensor("idle", "TYPE_FP32", 2))


def _filled_twice(_draw: st.DrawFn, model: dict[str, Any]) -> None:
    steps = model["ensemble"]["step"]
    steps.append(copy.deepcopy(steps[0]))


def _other_type(draw: st.DrawFn, model: dict[str, Any]) -> None:
    tensors = model["triton"][draw(st.sampled_from(["input", "output"]))]
    draw(st.sampled_from(tensors))["data_type"] = "TYPE_FP64"


def _other_dims(draw: st.DrawFn, model: dict[str, Any]) -> None:
    tensors = model["triton"][draw(st.sampled_from(["input", "output"]))]
    draw(st.sampled_from(tensors))["dims"] = [2, 2]


def _larger_batch(_draw: st.DrawFn, model: dict[str, Any]) -> None:
    model["triton"]["max_batch_size"] = 5


def _other_version(draw: st.DrawFn, model: dict[str, Any]) -> None:
    _step(draw, model)["model_version"] = 7


_BREAKS: list[Callable[[st.DrawFn, dict[str, Any]], None]] = [
    _unknown_input,
    _unknown_output,
    _never_filled,
    _output_never_filled,
    _input_never_read,
    _filled_twice,
    _other_type,
    _other_dims,
    _larger_batch,
    _other_version,
]
