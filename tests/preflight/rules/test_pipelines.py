"""The rules about endpoints with several containers."""

from pathlib import Path

import pytest

from model_packaging.artifact import TensorSpec
from preflight import Severity
from tests.preflight.rules.packaged import SeveralModels

TRITON = "triton: {max_batch_size: 4, instance_group: [{kind: KIND_CPU}]}"
PYTORCH = "pytorch: {max_batch_size: 4}"
OWN = "pytorch: {max_batch_size: 4, entry_point: serve.py}"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"
ROW = "type: pipeline, containers: {a: {model: one}, b: {model: two}}"
DIRECT = f"{ROW}, inference_execution_mode: Direct"


def project(root: Path, first: str = OWN, second: str = OWN, endpoint: str = ROW) -> SeveralModels:
    (root / "serve.py").write_text("", encoding="utf-8")
    return SeveralModels(root, endpoint, {"one": first, "two": second})


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (TRITON, TRITON, "a answers Triton's `outputs`, and b takes Triton's `inputs`."),
        (TRITON, OWN, "a answers Triton's `outputs`, and b takes an array."),
        (OWN, TRITON, "a answers an array, and b takes Triton's `inputs`."),
    ],
)
def test_sea613_triton_in_a_row(tmp_path: Path, first: str, second: str, words: str) -> None:
    """What Triton answers is no request, and what others answer is none of Triton's."""
    [finding] = project(tmp_path, first, second).found("SEA613")
    assert finding.severity is Severity.ERROR
    assert finding.what == words
    assert finding.allowed == "an answer that is the next container's request."
    assert finding.subject == "endpoints.endpoint"


def test_sea613_lets_others_pass(tmp_path: Path) -> None:
    """Direct invocation hands nothing over, and of an image of one's own nothing is known."""
    assert project(tmp_path).found("SEA613") == []
    assert project(tmp_path, TRITON, TRITON, DIRECT).found("SEA613") == []
    own = f"{TRITON}\n    container: {{image_uri: '{IMAGE}'}}"
    assert project(tmp_path, own, TRITON).found("SEA613") == []


X = TensorSpec("x", "FP32", (4,))


@pytest.mark.parametrize(
    ("given", "taken", "words"),
    [
        (
            (TensorSpec("OUTPUT__0", "FP32", (2,)),),
            (X,),
            "a answers batches of OUTPUT__0 FP32 [2], and b takes batches of x FP32 [4].",
        ),
        (
            (TensorSpec("OUTPUT__0", "INT64", (4,)),),
            (X,),
            "a answers batches of OUTPUT__0 INT64 [4], and b takes batches of x FP32 [4].",
        ),
        (
            (TensorSpec("OUTPUT__0", "FP32", (4, 4)),),
            (X,),
            "a answers batches of OUTPUT__0 FP32 [4, 4], and b takes batches of x FP32 [4].",
        ),
        (
            (X, TensorSpec("y", "FP32", (4,))),
            (X,),
            "a answers batches of x FP32 [4], y FP32 [4], and b takes batches of x FP32 [4].",
        ),
    ],
)
def test_sea614_tensors_that_do_not_fit(
    tmp_path: Path, given: tuple[TensorSpec, ...], taken: tuple[TensorSpec, ...], words: str
) -> None:
    """Shape, data type, rank, number."""
    row = project(tmp_path)
    row.tensors = {"one": ((X,), given), "two": (taken, (X,))}
    [finding] = row.found("SEA614")
    assert finding.what == words
    assert finding.allowed == "one tensor of the same data type and shape."


def test_sea614_batches_for_a_model_without_them(tmp_path: Path) -> None:
    """A batch dimension more is another shape."""
    row = project(tmp_path)
    row.unbatched = ("two",)
    [finding] = row.found("SEA614")
    assert finding.what.endswith("b takes x FP32 [4].")


def test_sea614_lets_what_fits_pass(tmp_path: Path) -> None:
    """The same tensor, whatever its name; and a dimension of any size."""
    assert project(tmp_path).found("SEA614") == []
    row = project(tmp_path)
    row.tensors = {"one": ((X,), (X,)), "two": ((TensorSpec("x", "FP32", (-1,)),), (X,))}
    assert row.found("SEA614") == []


def test_sea614_knows_nothing_of_other_entry_points(tmp_path: Path) -> None:
    """What the second's entry point makes of the first's answer, it alone knows."""
    (tmp_path / "other.py").write_text("", encoding="utf-8")
    row = project(tmp_path, OWN, OWN.replace("serve.py", "other.py"))
    row.tensors = {"one": ((X,), (TensorSpec("OUTPUT__0", "INT64", (2,)),))}
    assert row.found("SEA614") == []


def test_sea615_an_answer_without_its_data_type(tmp_path: Path) -> None:
    """The toolkit's own functions; of the last container the caller reads what it answers."""
    [finding] = project(tmp_path, PYTORCH, PYTORCH).found("SEA615")
    assert finding.severity is Severity.WARNING
    assert finding.what == "a answers b by the toolkit's own output_fn."
    assert finding.allowed == "an entry point that answers in the model's own data type."
    assert project(tmp_path, OWN, PYTORCH).found("SEA615") == []
    assert project(tmp_path, PYTORCH, PYTORCH, DIRECT).found("SEA615") == []


def test_sea616_containers_too_large_together(tmp_path: Path) -> None:
    """Each fits by itself, both don't: 8 GiB of memory, 5 GiB twice."""
    row = project(tmp_path, endpoint=DIRECT)
    row.size_bytes = 5 * 1024**3
    [finding] = row.found("SEA616")
    assert finding.what == (
        "The models of endpoint have files of 10240 MiB together; ml.m5.large has 8192 MiB of memory."
    )
    assert finding.allowed == "model files below 8192 MiB together."
    assert finding.subject == "endpoints.endpoint"


def test_sea616_leaves_one_that_is_too_large_to_its_rule(tmp_path: Path) -> None:
    """And what fits to nobody."""
    row = project(tmp_path)
    row.size_bytes = 9 * 1024**3
    assert row.found("SEA616") == []
    assert len(row.found("SEA504")) == 2
    row.size_bytes = 1024**3
    assert row.found("SEA616") == []
