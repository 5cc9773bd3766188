"""Deployments that are wrong in many ways at once, and what would have been packaged of them."""

from dataclasses import replace
from pathlib import Path

from model_packaging.artifact import (
    MANIFEST_FILE_NAME,
    ArchiveRecord,
    FileRecord,
    Layout,
    Manifest,
    Provenance,
    RecordedFinding,
    SamplesRecord,
    Signature,
    TensorSpec,
    Tolerance,
    write_manifest,
)
from model_packaging.build_inputs import build_inputs_of
from spec import DeploymentFile, load_deployment

__all__ = ["ACKNOWLEDGED", "REFUSED", "WRONG", "write"]

_HEAD = """\
name: {name}
environment: {{account: "123456789012", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}}
"""
_EXPORT = (
    "export: {from: examples.vision:classifier, arguments: {random_seed: 7}, to: torchscript, how: trace}"
)

WRONG = (
    _HEAD.format(name="wrong")
    + f"""\
network: {{private_link: [ecr.api]}}
security:
  kms_key: arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555
  artifact_bucket: {{name: artifacts-of-vision}}
models:
  recorded:
    {_EXPORT}
    triton: {{max_batch_size: 4, instance_group: [{{kind: KIND_GPU, gpus: [0, 1]}}]}}
    container:
      environment:
        SAGEMAKER_TRITON_DEFAULT_MODEL_NAME: resnet
        SAGEMAKER_TRITON_LOG_VERBOS: "1"
        SAGEMAKER_TRITON_INFERENCE_TYPE: stream
        SAGEMAKER_BIND_TO_PORT: "9000"
        SAGEMAKER_MULTI_MODEL: "true"
    acknowledge: {{SEA303: "the client converts it"}}
  large:
    {_EXPORT}
    triton: {{max_batch_size: 4, instance_group: [{{kind: KIND_GPU}}]}}
  streaming:
    {_EXPORT}
    triton: {{max_batch_size: 4, model_transaction_policy: {{decoupled: true}}}}
    acknowledge: {{SEA5011: "known, and fine here"}}
  older:
    {_EXPORT}
    pytorch: {{max_batch_size: 4}}
    container: {{environment: {{SAGEMAKER_PROGRAM: script.py}}}}
  other:
    {_EXPORT}
    pytorch: {{max_batch_size: 4}}
  changed:
    {_EXPORT}
    triton: {{max_batch_size: 4}}
endpoints:
  dedicated:
    type: realtime
    model: recorded
    instances: {{type: ml.g4dn.xlarge}}
    inference_ami_version: al2-ami-sagemaker-inference-neuron-2
  small: {{type: realtime, model: large, instances: {{type: ml.m5.large}}}}
  open:
    type: realtime
    model: streaming
    instances: {{type: ml.m5.xlarge}}
    acknowledge: {{SEA504: "the machine is larger than it says"}}
  row:
    type: pipeline
    containers: {{a: {{model: older}}, b: {{model: other}}}}
    instances: {{type: ml.m5.xlarge}}
  many: {{type: multi-model, models: [other], instances: {{type: ml.g5.xlarge}}}}
  stale: {{type: realtime, model: changed, instances: {{type: ml.m5.xlarge}}}}
  shared:
    type: inference-components
    instances: {{type: ml.g5.2xlarge, min: 1, max: 2}}
    components:
      one:
        model: large
        copies: {{min: 0, max: 6, initial: 1}}
        compute: {{cpus: 2, memory_mib: 4096, memory_maximum_mib: 8192}}
        scaling: {{invocations_per_copy: 300}}
        rolling_update: {{maximum_batch_size: {{type: COPY_COUNT, value: 1}}}}
      two:
        model: recorded
        copies: {{min: 0, max: 1}}
        compute: {{accelerators: 2, memory_mib: 1024}}
        scaling: {{invocations_per_copy: 300}}
clients:
  driver: {{type: ec2, instance_type: m5.large, image: ami-0123456789abcdef0, placement: private}}
"""
)
"""Wrong in its file, in ways that no construct refuses."""

REFUSED = (
    _HEAD.format(name="refused")
    + f"""\
models:
  foreign:
    {_EXPORT}
    triton: {{max_batch_size: 4}}
    container:
      image_uri: public.ecr.aws/triton/server:1
      environment: {{SAGEMAKER_TRITON_LOG_VERBOS: "1"}}
  moving:
    {_EXPORT}
    triton: {{max_batch_size: 4}}
    container: {{image_uri: "123456789012.dkr.ecr.us-east-1.amazonaws.com/triton:latest"}}
endpoints:
  foreign:
    type: realtime
    model: foreign
    instances: {{type: ml.m5.xlarge}}
    acknowledge: {{SEA501: "known, and fine here"}}
  moving: {{type: realtime, model: moving, instances: {{type: ml.m5.xlarge}}}}
clients:
  driver: {{type: ec2, instance_type: a1.large, image: ami-0123456789abcdef0, placement: private}}
"""
)
"""Wrong in its file, in ways that constructs refuse, and in others."""

ACKNOWLEDGED = (
    _HEAD.format(name="acknowledged")
    + f"""\
security: {{permissions_boundary: "arn:aws:iam::123456789012:policy/boundary"}}
models:
  classifier:
    {_EXPORT}
    triton: {{max_batch_size: 4}}
    container:
      execution_role: arn:aws:iam::123456789012:role/serving
      environment: {{SAGEMAKER_TRITON_LOG_VERBOS: "1", SAGEMAKER_TRITON_LOGGING: "1"}}
    acknowledge:
      SEA204: "the image knows its backend"
      SEA303: "the client converts it"
      SEA866: "the platform team made sure"
endpoints:
  dedicated:
    type: realtime
    model: classifier
    instances: {{type: ml.m5.xlarge}}
    acknowledge: {{SEA851: "known, and fine here"}}
"""
)
"""Without errors in its file; its templates have some, of which one is acknowledged, and one needlessly."""

_RECORDED = {
    "recorded": (
        RecordedFinding("SEA303", "error", "Another type.", "TYPE_INT64.", "Package it again."),
        RecordedFinding("SEA204", "warning", "No backend.", "a backend.", "Name one."),
    ),
    "classifier": (RecordedFinding("SEA303", "error", "Another type.", "TYPE_INT64.", "Package it again."),),
}
_MODEL_SIZES_BYTES = {"large": 17 * 2**30, "streaming": 17 * 2**30}
_CHANGED_SINCE = {"changed"}
_DAMAGED = {"other"}
_ARCHIVE = b"an archive, as far as its size goes"


def write(text: str, root: Path) -> Path:
    """Write the deployment file into the project at ``root`` and package its models; return its path.

    Nothing is built: there are manifests and archives as `seatrial package` would leave them.
    """
    name = text.split()[1]
    path = root / "deployments" / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    file = load_deployment(path)
    for model in file.deployment.models:
        _package(file, model, root)
    return path


def _package(file: DeploymentFile, name: str, root: Path) -> None:
    model = file.deployment.models[name]
    inputs = build_inputs_of(model, root, file.deployment.members_of(name))
    if name in _CHANGED_SINCE:
        inputs = replace(inputs, spec_sha256="0" * 64)
    manifest = Manifest(
        model=name,
        layout=Layout(model.layout),
        format="torchscript",
        max_batch_size=4,
        signature=Signature(
            (TensorSpec("image", "FP32", (3, 32, 32)),),
            (TensorSpec("OUTPUT__0", "FP32", (10,)),),
            batched=True,
        ),
        files=(FileRecord(f"{name}/1/model.pt", 0o644, _MODEL_SIZES_BYTES.get(name, 1), "0" * 64),),
        archive=ArchiveRecord("0123.tar.gz", len(_ARCHIVE)),
        samples=SamplesRecord("0123.samples.npz", (1, 4), Tolerance(1e-5, 1e-4)),
        content_key="0" * 64,
        build_inputs=inputs,
        findings=_RECORDED.get(name, ()),
        provenance=Provenance((), "linux-x86_64", None),
    )
    folder = root / "build" / file.deployment.name / name
    folder.mkdir(parents=True)
    damage = b"!" if name in _DAMAGED else b""
    (folder / manifest.archive.file_name).write_bytes(_ARCHIVE + damage)
    write_manifest(manifest, folder / MANIFEST_FILE_NAME)
