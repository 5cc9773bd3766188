"""Manifests of models that were never built."""

from model_packaging.artifact import (
    ArchiveRecord,
    BuildInputs,
    Layout,
    Manifest,
    Provenance,
    Signature,
)

CONTENT_KEY = "0123456789abcdef" * 4


def manifest_of(
    model: str, signature: Signature, *, max_batch_size: int = 0, layout: Layout = Layout.TRITON
) -> Manifest:
    return Manifest(
        model=model,
        layout=layout,
        format="torchscript",
        max_batch_size=max_batch_size,
        signature=signature,
        files=(),
        archive=ArchiveRecord(f"{CONTENT_KEY}.tar.gz", 1),
        samples=None,
        content_key=CONTENT_KEY,
        build_inputs=BuildInputs("spec", (), ()),
        findings=(),
        provenance=Provenance((), "linux-x86_64", None),
    )
