"""The benchmark of an accelerated instance, as the content of an SSM document.

The steps are those of the AWS blog post "Reduce inference costs on Amazon EC2 for PyTorch models with Amazon
Elastic Inference": describe the accelerators, trace the model for one of them, run 1,000 inferences, leave
the first out, report percentiles. What is traced is the packaged TorchScript. The script runs on the Python
3.6 of the Deep Learning AMI that has the PyTorch of Elastic Inference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["BENCHMARK_SCRIPT", "BenchmarkInput", "benchmark_content"]

VARIABLE_DIMENSION = 7
"""The post's six-word sentence is seven tokens."""

_SCHEMA_VERSION = "2.2"

BENCHMARK_SCRIPT = """\
import json, sys, time
import numpy as np
import torch

model_path, inferences, device, inputs = sys.argv[1], int(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4])


def tensor(datatype, shape):
    if datatype.startswith(("FP", "BF")):
        return torch.rand(shape)
    if datatype == "BOOL":
        return torch.ones(shape, dtype=torch.bool)
    return torch.ones(shape, dtype=getattr(torch, datatype.lower()))


class Packaged(torch.nn.Module):
    # A ScriptModule itself is not traced again, but returned as it is.
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, *arguments):
        return self.model(*arguments)


arguments = [tensor(datatype, shape) for datatype, shape in inputs]
packaged = Packaged(torch.jit.load(model_path, map_location=torch.device("cpu"))).eval()
with torch.no_grad(), torch.jit.optimized_execution(True, {"target_device": device}):
    model = torch.jit.trace(packaged, tuple(arguments))
print("Traced for {}".format(device))
latencies_ms = []
for _ in range(inferences):
    # Without this context, which only the PyTorch of Elastic Inference has, the CPU alone would work.
    with torch.no_grad(), torch.jit.optimized_execution(True, {"target_device": device}):
        start = time.time()
        model(*arguments)
        latencies_ms.append((time.time() - start) * 1000)
# The first inference sets up the service.
measured = np.array(latencies_ms[1:])
print("Inferences measured: {}".format(len(measured)))
print("Mean latency (ms): {:.4f}".format(np.mean(measured)))
for percentile in (50, 90, 95):
    print("P{} latency (ms): {:.4f}".format(percentile, np.percentile(measured, percentile)))
"""


@dataclass(frozen=True, slots=True)
class BenchmarkInput:
    """One argument of the model.

    Attributes:
        datatype: KServe v2's name: ``FP32``, ``INT64``, ``BOOL``, ...
        shape: with the batch dimension; -1 where it varies.
    """

    datatype: str
    shape: tuple[int, ...]

    @property
    def measured_shape(self) -> list[int]:
        """The shape that is measured: what varies has seven, the number of the post's tokens."""
        return [VARIABLE_DIMENSION if each < 0 else each for each in self.shape]


def benchmark_content(
    *, artifact_url: str, region: str, model_file: str, inputs_json: str
) -> Mapping[str, Any]:
    """Return the content of the document, schema version 2.2.

    Args:
        artifact_url: of the archive, in S3.
        region: of its bucket.
        model_file: the TorchScript file in the archive.
        inputs_json: a list of datatype and shape, as JSON.
    """
    folder = "/var/lib/seatrial/elastic-inference"
    fetch = [
        f"mkdir -p {folder} && cd {folder}",
        f"aws s3 cp --region {region} --only-show-errors '{artifact_url}' artifact.tar.gz",
        f"tar -xzf artifact.tar.gz '{model_file}'",
    ]
    run = [
        f"cd {folder}",
        # Run Command's shell is root's: the AMI puts conda into the path of its own user's login shell alone.
        "for folder in /home/*/anaconda3/bin; do PATH=$folder:$PATH; done",
        "source activate {{ CondaEnvironment }}",
        "cat > benchmark.py <<'END_OF_BENCHMARK'",
        *BENCHMARK_SCRIPT.rstrip("\n").split("\n"),
        "END_OF_BENCHMARK",
        f"python benchmark.py '{model_file}' {{{{ Inferences }}}} '{{{{ Device }}}}' '{inputs_json}'",
    ]
    return {
        "schemaVersion": _SCHEMA_VERSION,
        "description": "Elastic Inference: describe the accelerators, trace the model, measure inferences",
        "parameters": {
            "CondaEnvironment": {
                "type": "String",
                "default": "amazonei_pytorch_p36",
                "allowedPattern": "^[A-Za-z0-9_-]+$",
                "description": "The AMI's environment with the PyTorch of Elastic Inference",
            },
            "Device": {
                "type": "String",
                "default": "eia:0",
                "allowedPattern": "^eia:[0-9]+$",
                "description": "The accelerator, by its ordinal",
            },
            "Inferences": {
                "type": "String",
                "default": "1000",
                "allowedPattern": "^([2-9]|[1-9][0-9]{1,5})$",
                "description": "How many; the first is not measured",
            },
        },
        "mainSteps": [
            _step("describeAccelerators", ["/opt/amazon/ei/ei_tools/bin/ei describe-accelerators --json"]),
            _step("fetchModel", fetch),
            _step("traceAndMeasureInferences", run),
        ],
    }


def _step(name: str, commands: Sequence[str]) -> dict[str, Any]:
    return {
        "action": "aws:runShellScript",
        "name": name,
        "precondition": {"StringEquals": ["platformType", "Linux"]},
        "inputs": {"runCommand": ["#!/bin/bash", "set -e", *commands], "timeoutSeconds": "3600"},
    }
