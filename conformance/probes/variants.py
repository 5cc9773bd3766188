"""What CreateEndpointConfig and CreateModel refuse beside the older probes: A124, A125, A129 to A132."""

from functools import partial
from typing import Any

from catalogue import instance_types
from conformance.laboratory import Laboratory
from conformance.probe import probe

_NEWEST_WITH_LOCAL_DISKS = ("g7", "p6-b300", "p6e-gb200")
_GPU_IMAGE = "al2-ami-sagemaker-inference-gpu-2"
_SERVERLESS = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
_NO_VOLUME = r"^VolumeSizeInGB parameter is not allowed for the selected Instance type "
_THIRTY_TWO_KB = 32 * 1024


@probe("A124", creates="an endpoint configuration")
def two_variants_of_one_name(lab: Laboratory) -> None:
    """CreateEndpointConfig refuses two variants of one name, and takes them under two."""
    variant = lab.variant(lab.plain_model())
    lab.evidence.refused(lambda: lab.create_config(variant, variant), "ValidationException")
    other = {**variant, "VariantName": "Other"}
    lab.evidence.accepted("two names", lambda: lab.create_config(variant, other))


@probe("A125", creates="nothing, unless it is refuted")
def volumes_of_the_newest_families(lab: Laboratory) -> None:
    """CreateEndpointConfig refuses VolumeSizeInGB for one type of g7, p6-b300 and p6e-gb200 each."""
    types = {each.family: each.name for each in instance_types() if each.family in _NEWEST_WITH_LOCAL_DISKS}
    for name in types.values():
        variant = lab.variant(lab.plain_model(), InstanceType=name, VolumeSizeInGB=100)
        lab.evidence.refused(partial(lab.create_config, variant), "ValidationException", r"VolumeSizeInGB")


@probe("A131", creates="nothing, unless it is refuted")
def volume_beside_local_disks(lab: Laboratory) -> None:
    """CreateEndpointConfig refuses VolumeSizeInGB on ml.g5.xlarge in the believed words."""
    variant = lab.variant(lab.plain_model(), InstanceType="ml.g5.xlarge", VolumeSizeInGB=100)
    lab.evidence.refused(lambda: lab.create_config(variant), "ValidationException", _NO_VOLUME)


@probe("A130", creates="an endpoint configuration")
def machine_image_of_a_gpu(lab: Laboratory) -> None:
    """A GPU's InferenceAmiVersion is refused for ml.m5.xlarge, and taken for ml.g5.xlarge."""
    variant = lab.variant(lab.plain_model(), InferenceAmiVersion=_GPU_IMAGE)
    lab.evidence.refused(lambda: lab.create_config(variant), "ValidationException", r"InferenceAmiVersion")
    with_gpu = {**variant, "InstanceType": "ml.g5.xlarge"}
    lab.evidence.accepted("ml.g5.xlarge", lambda: lab.create_config(with_gpu))


@probe("A129", creates="models, an endpoint configuration")
def what_a_serverless_variant_excludes(lab: Laboratory) -> None:
    """Memory between the steps, concurrency beyond the most, capture, and such models are refused."""
    plain = lab.plain_model()
    isolated = lab.create_model(PrimaryContainer={"Image": lab.image}, EnableNetworkIsolation=True)
    source = {"S3Uri": lab.upload(b"x"), "S3DataType": "S3Object", "CompressionType": "Gzip"}
    described = {"Image": lab.image, "ModelDataSource": {"S3DataSource": source}}
    from_source = lab.create_model(PrimaryContainer=described)
    variant = _serverless(lab, plain)
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 10,
        "DestinationS3Uri": f"s3://{lab.bucket()}/captured",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    for refused in (
        partial(lab.create_config, _serverless(lab, plain, MemorySizeInMB=1500)),
        partial(lab.create_config, _serverless(lab, plain, ProvisionedConcurrency=6)),
        partial(lab.create_config, variant, DataCaptureConfig=capture),
        partial(lab.create_config, variant, {**variant, "VariantName": "Other"}),
        partial(lab.create_config, _serverless(lab, isolated)),
        partial(lab.create_config, _serverless(lab, from_source)),
    ):
        lab.evidence.refused(refused, "ValidationException")
    lab.evidence.accepted("a plain one", lambda: lab.create_config(variant))


@probe("A132", creates="a model")
def variables_of_all_containers(lab: Laboratory) -> None:
    """Variables of 33 KB over two containers are refused by CreateModel, and those of one are taken."""
    half = {f"V{number:03}": "x" * 1000 for number in range(_THIRTY_TWO_KB // 2 // 1000 + 1)}
    full, empty = {"Image": lab.image, "Environment": half}, {"Image": lab.image}
    lab.evidence.refused(lambda: lab.create_model(Containers=[full, full]), "ValidationException")
    lab.evidence.accepted("half of them", lambda: lab.create_model(Containers=[full, empty]))


def _serverless(lab: Laboratory, model: str, **settings: Any) -> dict[str, Any]:  # noqa: ANN401 - API members
    config = {**_SERVERLESS, **settings}
    return lab.variant(model, InstanceType=None, InitialInstanceCount=None, ServerlessConfig=config)
