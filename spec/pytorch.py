"""What the serving layout of SageMaker's PyTorch images holds beside the exported model."""

from pydantic import Field

from spec._base import SpecModel
from spec.addresses import ProjectFile

__all__ = ["PyTorchServing"]

_INT32_MAXIMUM = 2**31 - 1


class PyTorchServing(SpecModel):
    """A model served by the SageMaker PyTorch inference toolkit instead of Triton.

    The archive holds ``model.pt`` at its root and the entry point as ``code/inference.py``.
    """

    max_batch_size: int = Field(
        ge=0,
        le=_INT32_MAXIMUM,
        description="The largest batch that is packaged and compared; 0 says that the model has no batch "
        "dimension. The toolkit itself makes no batches and refuses none.",
    )
    default_handlers: bool = Field(
        default=False,
        description="Pack an empty entry point, so that every function is the image's own default, as "
        "Elastic Inference wants it. Default: false, the entry point has a model_fn that loads model.pt, or "
        "is the one that entry_point names.",
    )
    entry_point: ProjectFile | None = Field(
        default=None,
        description="A Python file of your own with model_fn and, where the defaults don't fit, input_fn, "
        "predict_fn and output_fn, or transform_fn (SageMaker PyTorch inference toolkit). Default: none, "
        "Seatrial writes one with a model_fn that loads model.pt.",
    )
    requirements: ProjectFile | None = Field(
        default=None,
        description="A file that becomes code/requirements.txt, which the container installs by pip when it "
        "starts. Network isolation leaves it no way to an index. Default: none.",
    )
