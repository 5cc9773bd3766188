"""Deployments whose endpoints have several models, and what was packaged of these."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from model_packaging.artifact import (
    MANIFEST_FILE_NAME,
    ArchiveRecord,
    BuildInputs,
    FileRecord,
    Layout,
    Manifest,
    Provenance,
    SamplesRecord,
    Signature,
    TensorSpec,
    Tolerance,
    write_manifest,
)
from model_packaging.build_inputs import build_inputs_of
from preflight import Finding, check_deployment
from spec import parse_deployment

__all__ = ["SeveralModels"]

_HEAD = """\
name: vision
environment: {account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
"""
_ARCHIVE = b"an archive, as far as its size goes"


@dataclass
class SeveralModels:
    """A project with one endpoint, ``endpoint``, of several models.

    Attributes:
        root: the project's folder.
        endpoint: its section, without ``instances``.
        instance_type: what it runs on.
        models: what serves each, by name: the lines of its section but for its source.
        sources: what each comes from, by name; an exported module by default.
        tensors: data type and dims of each model's input and of its output; float32 and ``[4]`` by default.
        size_bytes: of each model file.
        unbatched: models without a batch dimension.
    """

    root: Path
    endpoint: str
    models: dict[str, str]
    instance_type: str = "ml.m5.large"
    sources: dict[str, str] = field(default_factory=dict)
    tensors: dict[str, tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]] = field(default_factory=dict)
    size_bytes: int = 1
    unbatched: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The deployment file."""
        exported = 'export: {from: "vision:one", to: torchscript, how: trace}'
        models = "".join(
            f"  {name}:\n    {self.sources.get(name, exported)}\n    {serving}\n"
            for name, serving in self.models.items()
        )
        instances = f"instances: {{type: {self.instance_type}}}"
        return f"{_HEAD}{models}endpoints:\n  endpoint: {{{self.endpoint}, {instances}}}\n"

    def found(self, rule: str) -> list[Finding]:
        """Package everything, and return what ``rule`` finds."""
        (self.root / "vision.py").write_text("", encoding="utf-8")
        file = parse_deployment(self.text, self.root / "deployments" / "vision.yaml")
        for name, model in file.deployment.models.items():
            folder = self.root / "build" / "vision" / name
            folder.mkdir(parents=True, exist_ok=True)
            inputs = build_inputs_of(model, self.root, file.deployment.members_of(name))
            manifest = self._manifest(name, Layout(model.layout), inputs)
            (folder / manifest.archive.file_name).write_bytes(_ARCHIVE)
            write_manifest(manifest, folder / MANIFEST_FILE_NAME)
        report = check_deployment(file, self.root / "build", self.root)
        return [finding for finding in report.findings if finding.rule == rule]

    def _manifest(self, name: str, layout: Layout, build_inputs: BuildInputs) -> Manifest:
        tensor = TensorSpec("x", "FP32", (4,))
        inputs, outputs = self.tensors.get(name, ((tensor,), (replace(tensor, name="OUTPUT__0"),)))
        return Manifest(
            model=name,
            layout=layout,
            format="torchscript",
            max_batch_size=4,
            signature=Signature(inputs, outputs, batched=name not in self.unbatched),
            files=(FileRecord(f"{name}/1/model.pt", 0o644, self.size_bytes, "0" * 64),),
            archive=ArchiveRecord("0123.tar.gz", len(_ARCHIVE)),
            samples=SamplesRecord("0123.samples.npz", (1, 4), Tolerance(1e-5, 1e-4)),
            content_key="0123",
            build_inputs=build_inputs,
            findings=(),
            provenance=Provenance((), "linux-x86_64", None),
        )
