"""What the laptop can't answer for is told before anything is packaged or deployed."""

from pathlib import Path

import pytest

from local.aws.client import LocalAws
from local.rehearsal import RehearsalError, rehearse
from spec import parse_deployment

_TEXT = """\
name: t
environment: {account: "000000000000", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
build: {type: account}
models:
  planned:
    export: {from: "m:f", to: tensorrt, tensorrt: {instance_type: ml.g4dn.xlarge}}
    triton: {max_batch_size: 4}
endpoints:
  fast: {type: realtime, model: planned, instances: {type: ml.g4dn.xlarge}}
"""


def test_endpoint_of_a_plan_is_refused(tmp_path: Path) -> None:
    """A TensorRT plan needs a GPU: the endpoint and the model are named, and nothing was started."""
    file = parse_deployment(_TEXT, tmp_path / "t.yaml")
    aws = LocalAws(tmp_path)

    with pytest.raises(
        RehearsalError, match=r"the endpoint fast serves the TensorRT plan of models\.planned"
    ):
        rehearse(file, tmp_path, aws=aws)

    assert not aws.status().running
    assert list(tmp_path.iterdir()) == []
