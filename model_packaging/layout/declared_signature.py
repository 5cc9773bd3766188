"""The signature that a section declares, for models that do not say it themselves."""

from model_packaging.artifact.signature import Signature, TensorSpec
from spec import TritonModelConfig
from spec.triton_tensor import DeclaredInput, DeclaredOutput

__all__ = ["declared_signature"]


def declared_signature(triton: TritonModelConfig) -> Signature:
    """Return ``input`` and ``output`` of the section as a signature, in their order."""
    return Signature(
        inputs=tuple(map(_tensor, triton.input)),
        outputs=tuple(map(_tensor, triton.output)),
        batched=triton.max_batch_size > 0,
    )


def _tensor(declared: DeclaredInput | DeclaredOutput) -> TensorSpec:
    datatype = declared.data_type.removeprefix("TYPE_")
    # KServe v2 calls BYTES what config.pbtxt calls TYPE_STRING (Triton, model configuration, datatypes).
    return TensorSpec(
        declared.name,
        "BYTES" if datatype == "STRING" else datatype,
        declared.dims,
        optional=isinstance(declared, DeclaredInput) and declared.optional,
    )
