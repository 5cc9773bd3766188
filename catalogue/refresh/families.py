"""What every EC2 family has, as rules: sizes, memory, accelerators, disks, drivers, and what that rests on.

The figures are those of the EC2 family without its ``ml.`` prefix (Amazon EC2 instance types guide,
specifications). Which document each of them was compared with is said by the keys of ``SOURCES``.
"""

from catalogue.refresh.family import Accelerators, Family, Size

__all__ = ["FAMILIES", "SOURCES"]

GIB = 1024
"""MiB in a GiB."""

SOURCES: dict[str, str] = {
    "family": "Rule of the EC2 family, written from general knowledge of the EC2 instance types guide; not "
    "compared with any document",
    "ec2-guide": "Amazon EC2 instance types guide, specifications, as an earlier edition of this file "
    "names it",
    "sdk-gpu": "SageMaker Python SDK 3.27.0 (sagemaker-core), image_uri_config/instance_gpu_info.json: "
    "number and memory of the GPUs (ml.g5.xlarge stands there as ml.g5n.xlarge)",
    "hyperpod": "github.com/aws/sagemaker-hyperpod-cli, quota allocation, INSTANCE_RESOURCES: vCPUs, memory "
    "and number of accelerators of the ml. type",
    "hyperpod-390": "github.com/aws/sagemaker-hyperpod-cli, pull request 390: vCPUs, memory and GPUs of "
    "ml.g7e up to 8xlarge; the larger sizes go by the rule of the family",
    "describe-copy": "a public source file that says to quote EC2 DescribeInstanceTypes in us-east-1, "
    "checked on 2026-07-27: vCPUs, memory, number and kind of the GPUs",
    "autoscaler": "github.com/kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/"
    "ec2_instance_types.go (generated from the AWS price list): vCPUs, memory and number of the GPUs",
    "karpenter": "github.com/aws/karpenter-provider-aws, website, reference, instance types (generated from "
    "DescribeInstanceTypes): memory of the GPUs and local NVMe",
    "aws-describe": "EC2 DescribeInstanceTypes",
    "gpu-drivers": "SageMaker Developer Guide, best practices to minimize interruptions during GPU driver "
    "upgrades, current versions: driver of real-time endpoints without InferenceAmiVersion",
}
"""Texts of the keys that rows name as their sources. What they do not cover rests on ``family``."""


def _devices(memory_mib: int, **counts: int) -> dict[str, Size]:
    """Sizes that differ from the rule only by so many devices of this memory; ``x2`` is ``2xlarge``."""
    return {_size_name(name): Size(accelerators=Accelerators(n, memory_mib)) for name, n in counts.items()}


def _size_name(short: str) -> str:
    return "xlarge" if short == "x1" else f"{short.removeprefix('x')}xlarge"


def _whole(vcpus: int, memory_gib: int, count: int = 0, accelerator_mib: int = 0) -> Size:
    return Size(vcpus, memory_gib * GIB, Accelerators(count, accelerator_mib) if count else None)


_EIGHT_H100 = {
    "48xlarge": _whole(192, 2048, 8, 81920),
    "4xlarge": _whole(16, 256, 1, 81920),
}
_CHECKED = ("hyperpod", "describe-copy")
_GUIDE = ("ec2-guide",)
_PRICE_LIST = ("autoscaler",)

FAMILIES: dict[str, Family] = {
    "t2": Family(4 * GIB, sizes={"medium": Size(2, 4 * GIB)}, sources=_GUIDE),
    "m4": Family(4 * GIB, sources=_PRICE_LIST),
    "m5": Family(4 * GIB, sources=(*_GUIDE, *_CHECKED)),
    "m5d": Family(4 * GIB, local_nvme=True, sources=_PRICE_LIST),
    "m6i": Family(4 * GIB, sources=("hyperpod",)),
    "m7i": Family(4 * GIB, sources=("hyperpod",)),
    "m6g": Family(4 * GIB, "arm64", sources=_PRICE_LIST),
    "m6gd": Family(4 * GIB, "arm64", local_nvme=True, sources=_PRICE_LIST),
    "m8g": Family(4 * GIB, "arm64"),
    # 3.75 GiB for two vCPUs, and 36 vCPUs with 60 GiB.
    "c4": Family(1920, sizes={"8xlarge": _whole(36, 60)}, sources=_PRICE_LIST),
    "c5": Family(2 * GIB, sources=(*_GUIDE, *_CHECKED)),
    "c5d": Family(2 * GIB, local_nvme=True, sources=_PRICE_LIST),
    "c6i": Family(2 * GIB, sources=_CHECKED),
    "c6in": Family(2 * GIB),
    "c7i": Family(2 * GIB, sources=("describe-copy",)),
    "c6g": Family(2 * GIB, "arm64", sources=_PRICE_LIST),
    "c6gd": Family(2 * GIB, "arm64", local_nvme=True, sources=_PRICE_LIST),
    "c6gn": Family(2 * GIB, "arm64", sources=_PRICE_LIST),
    "c7g": Family(2 * GIB, "arm64", sources=_PRICE_LIST),
    "c8g": Family(2 * GIB, "arm64"),
    "r5": Family(8 * GIB, sources=("describe-copy",)),
    "r5d": Family(8 * GIB, local_nvme=True, sources=_PRICE_LIST),
    "r6i": Family(8 * GIB, sources=("hyperpod",)),
    "r7i": Family(8 * GIB, sources=("hyperpod",)),
    "r6g": Family(8 * GIB, "arm64", sources=_PRICE_LIST),
    "r6gd": Family(8 * GIB, "arm64", local_nvme=True, sources=_PRICE_LIST),
    "r7gd": Family(8 * GIB, "arm64", local_nvme=True),
    "r8g": Family(8 * GIB, "arm64"),
    "g4dn": Family(
        4 * GIB,
        accelerator="gpu",
        local_nvme=True,
        sizes=_devices(16384, x1=1, x2=1, x4=1, x8=1, x12=4, x16=1),
        driver="470",
        sources=("describe-copy", "sdk-gpu", "gpu-drivers"),
    ),
    "g5": Family(
        4 * GIB,
        accelerator="gpu",
        local_nvme=True,
        sizes=_devices(24576, x1=1, x2=1, x4=1, x8=1, x12=4, x16=1, x24=4) | _devices(22888, x48=8),
        driver="470",
        sources=(*_CHECKED, "sdk-gpu", "gpu-drivers"),
    ),
    "g6": Family(
        4 * GIB,
        accelerator="gpu",
        local_nvme=True,
        sizes=_devices(22888, x1=1, x2=1, x4=1, x8=1, x12=4, x16=1, x24=4, x48=8),
        driver="535",
        sources=(*_CHECKED, "karpenter", "gpu-drivers"),
    ),
    "g6e": Family(
        8 * GIB,
        accelerator="gpu",
        local_nvme=True,
        sizes=_devices(45776, x1=1, x2=1, x4=1, x8=1, x12=4, x16=1, x24=4, x48=8),
        sources=(*_CHECKED, "karpenter"),
    ),
    "g7": Family(
        4 * GIB,
        accelerator="gpu",
        local_nvme=True,
        sizes=_devices(32768, x2=1, x4=1, x8=1, x12=2, x24=4, x48=8),
        sources=("describe-copy",),
    ),
    "g7e": Family(
        8 * GIB,
        accelerator="gpu",
        local_nvme=True,
        sizes=_devices(98304, x2=1, x4=1, x8=1)
        | {
            "12xlarge": _whole(48, 512, 2, 98304),
            "24xlarge": _whole(96, 1024, 4, 98304),
            "48xlarge": _whole(192, 2048, 8, 98304),
        },
        sources=("describe-copy", "hyperpod-390"),
    ),
    "p2": Family(
        61 * GIB // 4,
        accelerator="gpu",
        sizes={
            "xlarge": _whole(4, 61, 1, 12288),
            "8xlarge": _whole(32, 488, 8, 12288),
            "16xlarge": _whole(64, 732, 16, 12288),
        },
        driver="470",
        sources=("autoscaler", "sdk-gpu", "gpu-drivers"),
    ),
    "p3": Family(
        61 * GIB // 8,
        accelerator="gpu",
        sizes=_devices(16384, x2=1, x8=4, x16=8),
        driver="470",
        sources=("autoscaler", "sdk-gpu", "gpu-drivers"),
    ),
    "p4d": Family(
        12 * GIB,
        accelerator="gpu",
        local_nvme=True,
        sizes=_devices(40960, x24=8),
        driver="470",
        sources=(*_CHECKED, "sdk-gpu", "gpu-drivers"),
    ),
    "p4de": Family(
        12 * GIB,
        accelerator="gpu",
        local_nvme=True,
        sizes=_devices(81920, x24=8),
        driver="470",
        sources=(*_CHECKED, "sdk-gpu", "gpu-drivers"),
    ),
    "p5": Family(
        0,
        accelerator="gpu",
        local_nvme=True,
        sizes=_EIGHT_H100,
        driver="535",
        sources=(*_CHECKED, "sdk-gpu", "gpu-drivers"),
    ),
    "p5e": Family(
        0,
        accelerator="gpu",
        local_nvme=True,
        sizes={"48xlarge": _whole(192, 2048, 8, 144384)},
        driver="550",
        sources=(*_CHECKED, "gpu-drivers"),
    ),
    "p5en": Family(
        0,
        accelerator="gpu",
        local_nvme=True,
        sizes={"48xlarge": _whole(192, 2048, 8, 144384)},
        driver="550",
        sources=(*_CHECKED, "gpu-drivers"),
    ),
    "p6-b200": Family(
        0,
        accelerator="gpu",
        local_nvme=True,
        sizes={"48xlarge": _whole(192, 2048, 8, 183296)},
        sources=("describe-copy",),
    ),
    "p6-b300": Family(
        0, accelerator="gpu", local_nvme=True, sizes={"48xlarge": _whole(192, 4096, 8, 274432)}
    ),
    "p6e-gb200": Family(
        0,
        "arm64",
        "gpu",
        local_nvme=True,
        sizes={"36xlarge": _whole(144, 960, 4, 189440)},
        sources=("hyperpod",),
    ),
    "inf1": Family(
        2 * GIB,
        accelerator="neuron",
        sizes=_devices(8192, x1=1, x2=1, x6=4, x24=16),
        sources=("family", "autoscaler"),
    ),
    "inf2": Family(
        4 * GIB,
        accelerator="neuron",
        sizes=_devices(32768, x1=1, x8=1, x24=6, x48=12),
    ),
    "trn1": Family(
        4 * GIB,
        accelerator="neuron",
        local_nvme=True,
        sizes={
            "2xlarge": Size(accelerators=Accelerators(1, 32768)),
            "32xlarge": Size(accelerators=Accelerators(16, 32768), sources=("hyperpod",)),
        },
    ),
    "trn1n": Family(
        4 * GIB,
        accelerator="neuron",
        local_nvme=True,
        sizes=_devices(32768, x32=16),
        sources=("hyperpod",),
    ),
    "trn2": Family(
        0,
        accelerator="neuron",
        local_nvme=True,
        sizes={"48xlarge": _whole(192, 2048, 16, 98304)},
        sources=("hyperpod",),
    ),
    "dl1": Family(
        8 * GIB,
        accelerator="habana",
        local_nvme=True,
        sizes=_devices(32768, x24=8),
        sources=("family", "autoscaler"),
    ),
}
