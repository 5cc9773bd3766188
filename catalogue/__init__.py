"""What exists at AWS: Triton images, instance types and prices, regions, AMIs, PrivateLink services, limits.

Dated JSON files in ``catalogue/data/``, each with ``as_of`` (the day it was taken) and ``source``, behind
typed access. Nothing is read until it is asked for, nothing is read twice, and nothing but the standard
library is imported, so that every part of Seatrial, synth included, can afford it.
"""

from catalogue import limits
from catalogue.ecr_image import EcrImage, parse_ecr_image
from catalogue.errors import (
    CatalogueError,
    RefreshError,
    UnknownInstanceTypeError,
    UnknownRegionError,
    UnknownReleaseError,
)
from catalogue.inference_amis import InferenceAmi, inference_amis
from catalogue.inference_components import inference_component_regions
from catalogue.instance_prices import InstancePrice, instance_price, instance_prices
from catalogue.instance_types import InstanceType, instance_type, instance_types
from catalogue.private_link import private_link_services
from catalogue.regions import Region, region, regions
from catalogue.triton_images import (
    DEFAULT_TRITON_RELEASE,
    triton_image_account,
    triton_image_uri,
    triton_releases,
)

__all__ = [
    "DEFAULT_TRITON_RELEASE",
    "CatalogueError",
    "EcrImage",
    "InferenceAmi",
    "InstancePrice",
    "InstanceType",
    "RefreshError",
    "Region",
    "UnknownInstanceTypeError",
    "UnknownRegionError",
    "UnknownReleaseError",
    "inference_amis",
    "inference_component_regions",
    "instance_price",
    "instance_prices",
    "instance_type",
    "instance_types",
    "limits",
    "parse_ecr_image",
    "private_link_services",
    "region",
    "regions",
    "triton_image_account",
    "triton_image_uri",
    "triton_releases",
]
