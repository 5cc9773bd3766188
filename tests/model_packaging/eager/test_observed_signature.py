import pytest

from model_packaging.artifact.signature import VARIABLE, Signature, TensorSpec
from model_packaging.eager.observed_signature import observe_signature, sampled_batch_sizes
from model_packaging.errors import SampleError
from tests.model_packaging.projects import Project


def factory_of(forward: str, sample: str) -> str:
    """Return the source of a factory whose module computes ``forward`` and samples ``sample``."""
    return f"""
class Module(nn.Module):
    def forward(self, {forward.partition(":")[0]}):
        return {forward.partition(":")[2]}

def sample(batch, generator):
    length = int(torch.randint(1, 9, (1,), generator=generator))
    return {sample}

def factory():
    return Module(), sample
"""


def signature(project: Project, forward: str, sample: str, max_batch_size: int = 4) -> Signature:
    project.write(factory_of(forward, sample))
    return observe_signature(project.eager(), max_batch_size, project.root)


def refusal(project: Project, forward: str, sample: str, max_batch_size: int = 4) -> SampleError:
    with pytest.raises(SampleError) as caught:
        signature(project, forward, sample, max_batch_size)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("max_batch_size", "batch_sizes"), [(0, (1,)), (1, (1,)), (2, (1, 2)), (3, (1, 2, 3)), (16, (1, 2, 16))]
)
def test_batch_sizes_that_are_observed(max_batch_size: int, batch_sizes: tuple[int, ...]) -> None:
    """1, 2 and the maximum; without a batch dimension only 1."""
    assert sampled_batch_sizes(max_batch_size) == batch_sizes


def test_names_types_and_dims_are_observed(project: Project) -> None:
    """Inputs by forward's names, outputs by place, the batch dimension left out."""
    found = signature(
        project,
        "ids, mask: (ids.float() * mask.float(), mask)",
        "{'ids': torch.ones(batch, 3, dtype=torch.int64), 'mask': torch.ones(batch, 3, dtype=torch.bool)}",
    )
    assert found == Signature(
        inputs=(TensorSpec("ids", "INT64", (3,)), TensorSpec("mask", "BOOL", (3,))),
        outputs=(TensorSpec("OUTPUT__0", "FP32", (3,)), TensorSpec("OUTPUT__1", "BOOL", (3,))),
        batched=True,
    )


def test_a_dimension_that_varies_is_variable(project: Project) -> None:
    """On every tensor where it does, and only there."""
    found = signature(project, "x: (x, x.sum(1))", "{'x': torch.rand(batch, length, 5, generator=generator)}")
    assert found.inputs[0].dims == (VARIABLE, 5)
    assert [spec.dims for spec in found.outputs] == [(VARIABLE, 5), (5,)]


def test_without_a_batch_dimension_every_dimension_counts(project: Project) -> None:
    """max_batch_size 0: dims are whole shapes."""
    found = signature(project, "x: x", "{'x': torch.ones(7, 5)}", max_batch_size=0)
    assert (found.batched, found.inputs[0].dims) == (False, (7, 5))


@pytest.mark.parametrize(
    ("dtype", "datatype"),
    [
        ("uint8", "UINT8"),
        ("int8", "INT8"),
        ("int16", "INT16"),
        ("int32", "INT32"),
        ("float16", "FP16"),
        ("float64", "FP64"),
    ],
)
def test_data_types_have_their_kserve_names(project: Project, dtype: str, datatype: str) -> None:
    """As Triton's PyTorch backend converts them."""
    found = signature(project, "x: x", f"{{'x': torch.ones(batch, 2, dtype=torch.{dtype})}}")
    assert found.inputs[0].datatype == datatype


def test_a_result_without_the_batch_dimension_is_refused(project: Project) -> None:
    """Triton would cut it into wrong answers."""
    error = refusal(project, "x: x.sum(0)", "{'x': torch.ones(batch, 2)}")
    assert "output OUTPUT__0 has shape (2,) at batch size 1" in error.cause
    assert "max_batch_size: 0" in error.fix


def test_a_sample_that_ignores_the_batch_size_is_refused(project: Project) -> None:
    """Seen at the first batch size that differs."""
    error = refusal(project, "x: x", "{'x': torch.ones(1, 2)}")
    assert "input x has shape (1, 2) at batch size 2" in error.cause


def test_a_scalar_per_item_is_refused(project: Project) -> None:
    """config.pbtxt has no empty dims."""
    error = refusal(project, "x: x.sum(1)", "{'x': torch.ones(batch, 2)}")
    assert "output OUTPUT__0 has [batch]" in error.cause
    assert "unsqueeze(-1)" in error.fix


def test_a_type_that_triton_does_not_take_is_refused(project: Project) -> None:
    """The allowed ones are listed."""
    error = refusal(project, "x: x", "{'x': torch.ones(batch, 2, dtype=torch.bfloat16)}")
    assert "torch.bfloat16" in error.cause
    assert "FP32" in error.fix


def test_a_type_that_changes_is_refused(project: Project) -> None:
    """Over the samples."""
    error = refusal(project, "x: x if x.shape[0] == 1 else x.int()", "{'x': torch.ones(batch, 2)}")
    assert "['torch.float32', 'torch.int32']" in error.cause


@pytest.mark.parametrize(
    ("forward", "kind"),
    [("x: {'y': x}", "dict"), ("x: [x]", "list"), ("x: 3", "int"), ("x: (x, 3)", "tuple")],
)
def test_a_result_that_is_no_tensor_is_refused(project: Project, forward: str, kind: str) -> None:
    """Triton's PyTorch backend reads tensors and tuples of them."""
    error = refusal(project, forward, "{'x': torch.ones(batch, 2)}")
    assert f"forward returned {kind}" in error.cause


def test_an_empty_tuple_is_refused(project: Project) -> None:
    """A model answers something."""
    assert "empty tuple" in refusal(project, "x: ()", "{'x': torch.ones(batch, 2)}").cause


def test_an_output_that_comes_and_goes_is_refused(project: Project) -> None:
    """It is named, with how often it was there."""
    error = refusal(project, "x: (x, x) if x.shape[0] == 1 else (x,)", "{'x': torch.ones(batch, 2)}")
    assert "OUTPUT__1 was there in 4 of 12 observations" in error.cause


@pytest.mark.parametrize(
    "sample",
    [
        "{'y': torch.ones(batch, 2), 'x': torch.ones(batch, 2)}",
        "{'x': torch.ones(batch, 2)}",
        "{'x': torch.ones(batch, 2), 'z': torch.ones(batch, 2)}",
    ],
)
def test_inputs_that_are_not_forwards_arguments_are_refused(project: Project, sample: str) -> None:
    """Another order, a missing one, another name."""
    error = refusal(project, "x, y: x + y", sample)
    assert "forward takes ['x', 'y']" in error.cause


@pytest.mark.parametrize("sample", ["None", "[torch.ones(batch, 2)]", "{}"])
def test_a_sample_that_is_no_mapping_is_refused(project: Project, sample: str) -> None:
    """What it returned is named."""
    assert "no inputs by name" in refusal(project, "x: x", sample).cause


def test_a_sample_that_is_no_tensor_is_refused(project: Project) -> None:
    """By its name."""
    assert "no dense CPU tensor for 'x'" in refusal(project, "x: x", "{'x': [1.0]}").cause


def test_a_sample_that_raises_is_located(project: Project) -> None:
    """With batch size and seed, so that it can be repeated."""
    error = refusal(project, "x: x", "{'x': torch.ones(batch, 0)[:, 1 // (batch - 1)]}")
    assert "sample(batch=1) with seed 0 raised ZeroDivisionError" in error.cause
    assert f"({project.module}.py:10)" in error.cause


def test_a_forward_that_raises_is_located(project: Project) -> None:
    """With the shapes it was given."""
    error = refusal(project, "x: x @ x", "{'x': torch.ones(batch, 2)}")
    assert "forward raised RuntimeError" in error.cause
    assert "x (1, 2)" in error.cause
    assert f"({project.module}.py:6)" in error.cause


def test_a_sample_with_other_randomness_is_refused(project: Project) -> None:
    """It could not be drawn again."""
    assert "sample gave another x" in refusal(project, "x: x", "{'x': torch.rand(batch, 9)}").cause


def test_a_forward_with_randomness_is_refused(project: Project) -> None:
    """Its answers could not be compared."""
    error = refusal(project, "x: x + torch.rand(1)", "{'x': torch.ones(batch, 9)}")
    assert "forward gave another OUTPUT__0" in error.cause
