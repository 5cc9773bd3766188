"""What a packaged model's container is told; further cases are in the tests of stacks."""

from dataclasses import replace
from typing import Any

from model_packaging.artifact import (
    ArchiveRecord,
    BuildInputs,
    Layout,
    Manifest,
    Provenance,
    Signature,
)
from model_packaging.container_variables import RESPONSE_CACHE_BYTES, container_variables
from spec import Container

MANIFEST = Manifest(
    model="classifier",
    layout=Layout.TRITON,
    format="torchscript",
    max_batch_size=4,
    signature=Signature((), (), batched=True),
    files=(),
    archive=ArchiveRecord("0123.tar.gz", 1),
    samples=None,
    content_key="0123",
    build_inputs=BuildInputs("0" * 64, (), ()),
    findings=(),
    provenance=Provenance((), "linux-x86_64", None),
)


def told(environment: dict[str, str], **changes: Any) -> dict[str, str]:  # noqa: ANN401 - a manifest's values
    return dict(container_variables(Container(environment=environment), replace(MANIFEST, **changes)))


def test_triton_is_told_which_model_answers() -> None:
    """The model's own folder, or the one that the container's variable names."""
    assert told({}) == {"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "classifier"}
    named = {"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "other"}
    assert told(named) == named


def test_triton_is_told_what_to_load_and_keep() -> None:
    """After the words that the container's own variable has."""
    variables = told(
        {"SAGEMAKER_TRITON_ADDITIONAL_ARGS": "--exit-on-error=true"},
        load_models=("helper",),
        response_cache=True,
    )
    assert variables["SAGEMAKER_TRITON_ADDITIONAL_ARGS"] == (
        f"--exit-on-error=true --load-model=helper --cache-config=local,size={RESPONSE_CACHE_BYTES}"
    )


def test_pytorch_images_are_told_the_entry_point() -> None:
    """By the toolkit's own variable, and nothing else."""
    assert told({"OMP_NUM_THREADS": "2"}, layout=Layout.PYTORCH) == {
        "OMP_NUM_THREADS": "2",
        "SAGEMAKER_PROGRAM": "inference.py",
    }
