"""A publication, as a lock file has it."""

from model_packaging.artifact import (
    ArchiveRecord,
    BuildInputs,
    Layout,
    Manifest,
    Provenance,
    Publication,
    SamplesRecord,
    Signature,
    TensorSpec,
    Tolerance,
)

__all__ = ["PUBLICATION"]

PUBLICATION = Publication(
    manifest=Manifest(
        model="classifier",
        layout=Layout.TRITON,
        format="torchscript",
        max_batch_size=16,
        signature=Signature((TensorSpec("x", "FP32", (4,)),), (TensorSpec("y", "FP32", (4,)),), batched=True),
        files=(),
        archive=ArchiveRecord("0123.tar.gz", 1000),
        samples=SamplesRecord("0123.samples.npz", (1, 16), Tolerance(1e-5, 1e-4)),
        content_key="0123",
        build_inputs=BuildInputs("0123", (), ()),
        findings=(),
        provenance=Provenance((), "linux-x86_64", None),
    ),
    region="us-east-1",
    bucket_name="artifacts",
    object_key="models/0123.tar.gz",
    kms_key_arn=None,
    sha256="abc=",
)
"""An archive of 1000 bytes."""
