"""What `benchmarks.checking` checks, made in a process of its own.

`python -m benchmarks._checking_parts project FOLDER MODELS` writes a deployment file with as many models and
endpoints, and their manifests. `archive FOLDER WEIGHTS` writes a repository of one TorchScript model of as
many weights, and packs it.
"""

import sys
from pathlib import Path

import torch

from model_packaging.archive.packing import pack_folder
from model_packaging.artifact import (
    MANIFEST_FILE_NAME,
    ArchiveRecord,
    FileRecord,
    Layout,
    Manifest,
    Provenance,
    Signature,
    TensorSpec,
    write_manifest,
)
from model_packaging.build_inputs import build_inputs_of
from spec import load_deployment

__all__ = ["NAME"]

NAME = "many"
"""Of the deployment."""

_STANDARD_DEVIATION = 0.02
"""Of BERT's initial weights (transformers, ``initializer_range``)."""
_CONFIG = """\
name: "m"
platform: "pytorch_libtorch"
max_batch_size: 8
input [ { name: "x" data_type: TYPE_FP32 dims: [ 4 ] } ]
output [ { name: "OUTPUT__0" data_type: TYPE_FP32 dims: [ 4 ] } ]
"""
_MODULE = "from zoo import common\n\n\ndef factory():\n    return common.module({index})\n"
_HEAD = """\
name: many
environment:
  account: "000000000000"
  region: us-east-1
  availability_zones: [us-east-1a, us-east-1b]
models:
"""
_MODEL = """\
  m{index}:
    export:
      from: "zoo.model_{index}:factory"
      to: torchscript
      how: trace
    triton:
      max_batch_size: 4
      instance_group:
        - kind: KIND_CPU
          count: 2
      dynamic_batching:
        preferred_batch_size: [2, 4]
"""
_ENDPOINT = """\
  e{index}:
    type: realtime
    model: m{index}
    instances:
      type: ml.c5.xlarge
      count: 2
"""


def make_project(folder: Path, models: int) -> None:
    """Write the project, and a manifest for each model as `seatrial package` leaves it."""
    (folder / "zoo").mkdir(parents=True)
    for name, text in (("__init__", ""), ("common", "import torch\n")):
        (folder / "zoo" / f"{name}.py").write_text(text, encoding="utf-8")
    for index in range(models):
        (folder / "zoo" / f"model_{index}.py").write_text(_MODULE.format(index=index), encoding="utf-8")
    sections = "".join(_MODEL.format(index=index) for index in range(models))
    endpoints = "".join(_ENDPOINT.format(index=index) for index in range(models))
    path = folder / f"{NAME}.yaml"
    path.write_text(f"{_HEAD}{sections}endpoints:\n{endpoints}", encoding="utf-8")
    tensor = TensorSpec("x", "FP32", (4,))
    for name, model in load_deployment(path).deployment.models.items():
        built = folder / "build" / NAME / name
        built.mkdir(parents=True)
        (built / "0.tar.gz").write_bytes(bytes(64))
        manifest = Manifest(
            model=name,
            layout=Layout.TRITON,
            format="torchscript",
            max_batch_size=4,
            signature=Signature((tensor,), (tensor,), batched=True),
            files=tuple(
                FileRecord(f"{name}/{each}", 0o644, 1, "0" * 64) for each in ("config.pbtxt", "1/model.pt")
            ),
            archive=ArchiveRecord("0.tar.gz", 64),
            samples=None,
            content_key="0",
            build_inputs=build_inputs_of(model, folder, {}),
            findings=(),
            provenance=Provenance((), "linux-x86_64", None),
        )
        write_manifest(manifest, built / MANIFEST_FILE_NAME)


def make_archive(folder: Path, weights: int) -> None:
    """Write ``repository/`` with a model of as many float32 weights, and pack it as ``model.tar.gz``."""

    class Scale(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weights = torch.nn.Parameter(torch.empty(weights).normal_(0, _STANDARD_DEVIATION))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * self.weights[0]

    version = folder / "repository" / "m" / "1"
    version.mkdir(parents=True)
    (version.parent / "config.pbtxt").write_text(_CONFIG, encoding="utf-8")
    torch.jit.script(Scale()).save(str(version / "model.pt"))  # type: ignore[no-untyped-call]  # torch's
    pack_folder(folder / "repository", folder / "model.tar.gz")


if __name__ == "__main__":
    {"project": make_project, "archive": make_archive}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
