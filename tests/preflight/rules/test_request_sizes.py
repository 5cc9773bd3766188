"""The rules about requests and answers that are too large."""

from dataclasses import replace
from pathlib import Path

import pytest
from botocore.loaders import Loader

from catalogue.limits import INVOCATION_BODY_MAXIMUM_BYTES
from model_packaging.artifact import TensorSpec
from tests.preflight.rules.packaged import SeveralModels

LARGE = TensorSpec("image", "FP32", (3, 1024, 1024))  # 12 MiB
SMALL = TensorSpec("image", "FP32", (3, 256, 256))  # 0.75 MiB
SCORES = TensorSpec("OUTPUT__0", "FP32", (10,))


def model(folder: Path, *inputs: TensorSpec, output: TensorSpec = SCORES, serving: str = "") -> SeveralModels:
    """Return an endpoint of one model with these tensors."""
    return SeveralModels(
        folder,
        "type: realtime, model: one",
        {"one": f"triton: {{max_batch_size: 16{serving}}}"},
        tensors={"one": (inputs, (output,))},
    )


def test_the_limit_is_the_service_models() -> None:
    """Of requests and of answers."""
    shapes = Loader().load_service_model("sagemaker-runtime", "service-2")["shapes"]
    assert shapes["BodyBlob"]["max"] == INVOCATION_BODY_MAXIMUM_BYTES
    for name in ("InvokeEndpointInput", "InvokeEndpointOutput"):
        assert shapes[name]["members"]["Body"]["shape"] == "BodyBlob"


def test_sea511_inputs_beyond_the_body(tmp_path: Path) -> None:
    """Of all inputs together, optional ones apart."""
    [finding] = model(tmp_path, LARGE).found("SEA511")
    assert finding.what == "The inputs of 'one' have 12582912 bytes at least."
    assert finding.subject == "models.one"
    half = TensorSpec("half", "FP32", (1024, 1024))
    assert model(tmp_path, half).found("SEA511") == []
    assert len(model(tmp_path, half, replace(half, name="other")).found("SEA511")) == 1
    assert model(tmp_path, half, replace(half, name="other", optional=True)).found("SEA511") == []


@pytest.mark.parametrize("dims", [(-1, 1024, 1024), (-1,)])
def test_sea511_variable_dimensions(tmp_path: Path, dims: tuple[int, ...]) -> None:
    """A client may choose 1; text has any length."""
    assert model(tmp_path, TensorSpec("image", "FP32", dims)).found("SEA511") == []
    assert model(tmp_path, TensorSpec("image", "BYTES", (9_000_000,))).found("SEA511") == []


def test_sea512_a_batch_beyond_the_body(tmp_path: Path) -> None:
    """Sixteen images of 768 KiB are 12 MiB."""
    [finding] = model(tmp_path, SMALL).found("SEA512")
    assert finding.what == "A batch of 16 has 12582912 bytes at least; 6291456 bytes hold 8 samples."
    assert finding.allowed == "a max_batch_size up to 8, or dynamic batching."


def test_sea512_batches_that_are_put_together(tmp_path: Path) -> None:
    """The dynamic batcher fills batches from several requests; a model without batches has none."""
    assert model(tmp_path, SMALL, serving=", dynamic_batching: {}").found("SEA512") == []
    assert model(tmp_path, TensorSpec("image", "FP32", (4,))).found("SEA512") == []
    unbatched = replace(model(tmp_path, SMALL), unbatched=("one",))
    assert unbatched.found("SEA512") == []
    assert model(tmp_path, LARGE).found("SEA512") == []


def test_sea513_outputs_beyond_the_body(tmp_path: Path) -> None:
    """A mask of an image as large as the image; streamed answers come in parts."""
    mask = replace(LARGE, name="OUTPUT__0")
    [finding] = model(tmp_path, SMALL, output=mask).found("SEA513")
    assert finding.what == "Each output of 'one' has 12582912 bytes or more."
    streamed = ", model_transaction_policy: {decoupled: true}"
    assert model(tmp_path, SMALL, output=mask, serving=streamed).found("SEA513") == []
    assert model(tmp_path, SMALL).found("SEA513") == []


def test_sea513_a_client_may_ask_for_the_smaller_output(tmp_path: Path) -> None:
    """Where one output fits, requests that name it are answered."""
    several = model(tmp_path, SMALL)
    several = replace(several, tensors={"one": ((SMALL,), (replace(LARGE, name="OUTPUT__0"), SCORES))})
    assert several.found("SEA513") == []
