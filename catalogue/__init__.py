"""What exists at AWS: images, instance types and prices, regions, AMIs, PrivateLink services, limits.

Dated JSON files in ``catalogue/data/``, each with ``as_of`` (the day it was taken) and ``source``, behind
typed access. Nothing is read until it is asked for, nothing is read twice, and nothing but the standard
library is imported, so that every part of Seatrial, synth included, can afford it.
"""

from catalogue import limits
from catalogue.ecr_image import EcrImage, parse_ecr_image
from catalogue.elastic_inference import (
    Accelerator,
    AcceleratorPrice,
    Replacement,
    Retirement,
    accelerator,
    accelerator_price,
    accelerators,
    elastic_inference_retirement,
)
from catalogue.errors import (
    CatalogueError,
    RefreshError,
    UnknownAcceleratorError,
    UnknownInstanceTypeError,
    UnknownRegionError,
    UnknownReleaseError,
)
from catalogue.gpu_families import GpuFamily, gpu_family, processing_gpu_types
from catalogue.inference_amis import InferenceAmi, inference_amis
from catalogue.inference_components import inference_component_regions
from catalogue.instance_prices import InstancePrice, instance_price, instance_prices
from catalogue.instance_types import InstanceType, instance_type, instance_types
from catalogue.private_link import private_link_services
from catalogue.pytorch_images import (
    DEFAULT_PYTORCH_RELEASE,
    ELASTIC_INFERENCE_REPOSITORY,
    PYTORCH_REPOSITORY,
    elastic_inference_image_uri,
    elastic_inference_releases,
    pytorch_image_uri,
    pytorch_releases,
)
from catalogue.regions import Region, region, regions
from catalogue.tensorrt_versions import tensorrt_versions
from catalogue.time_zones import time_zones
from catalogue.triton_config_fields import releases_with_config_field
from catalogue.triton_contents import TritonContents, triton_contents
from catalogue.triton_drivers import TritonDrivers, triton_drivers
from catalogue.triton_images import (
    DEFAULT_TRITON_RELEASE,
    triton_image_account,
    triton_image_uri,
    triton_releases,
)

__all__ = [
    "DEFAULT_PYTORCH_RELEASE",
    "DEFAULT_TRITON_RELEASE",
    "ELASTIC_INFERENCE_REPOSITORY",
    "PYTORCH_REPOSITORY",
    "Accelerator",
    "AcceleratorPrice",
    "CatalogueError",
    "EcrImage",
    "GpuFamily",
    "InferenceAmi",
    "InstancePrice",
    "InstanceType",
    "RefreshError",
    "Region",
    "Replacement",
    "Retirement",
    "TritonContents",
    "TritonDrivers",
    "UnknownAcceleratorError",
    "UnknownInstanceTypeError",
    "UnknownRegionError",
    "UnknownReleaseError",
    "accelerator",
    "accelerator_price",
    "accelerators",
    "elastic_inference_image_uri",
    "elastic_inference_releases",
    "elastic_inference_retirement",
    "gpu_family",
    "inference_amis",
    "inference_component_regions",
    "instance_price",
    "instance_prices",
    "instance_type",
    "instance_types",
    "limits",
    "parse_ecr_image",
    "private_link_services",
    "processing_gpu_types",
    "pytorch_image_uri",
    "pytorch_releases",
    "region",
    "regions",
    "releases_with_config_field",
    "tensorrt_versions",
    "time_zones",
    "triton_contents",
    "triton_drivers",
    "triton_image_account",
    "triton_image_uri",
    "triton_releases",
]
