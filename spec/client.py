"""One client: an EC2 instance that calls the deployment's endpoints."""

from typing import Annotated, Literal

from pydantic import Field

import catalogue
from spec._base import Distinct, Items, OneOf, SpecModel, text
from spec._endpoint_names import NAME_WORDS, EndpointKey
from spec.acknowledgments import Acknowledgments
from spec.model_name import ModelName

__all__ = ["Client", "ClientKey", "ElasticInference"]

CLIENT_KEY_PATTERN = r"^[a-zA-Z0-9](-*[a-zA-Z0-9])*$"

ClientKey = Annotated[str, text(CLIENT_KEY_PATTERN, allowed=NAME_WORDS, maximum=56)]
"""A client's key in the file: the end of its stack's name, ``<deployment>-client-<key>``."""

Ec2InstanceTypeName = Annotated[
    str,
    text(
        r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$",
        allowed="an EC2 instance type, without ml. (m5.2xlarge)",
        maximum=32,
    ),
]

ImageName = Annotated[
    str,
    text(
        r"^(amazon-linux-2023|deep-learning-pytorch|ami-([0-9a-f]{8}|[0-9a-f]{17}))$",
        allowed="amazon-linux-2023 or deep-learning-pytorch, the latest of each, or an AMI's id (ami-...)",
        maximum=21,
    ),
]

Cidr = Annotated[
    str,
    text(
        r"^([0-9]{1,3}\.){3}[0-9]{1,3}/(3[0-2]|[12]?[0-9])$",
        allowed="IPv4 addresses in CIDR notation (10.0.0.0/16)",
        maximum=18,
    ),
]


def _accelerator_types() -> list[str]:
    return [each.type for each in catalogue.accelerators()]


class ElasticInference(SpecModel):
    """Elastic Inference accelerators of an EC2 instance: retired, and kept as the posts had them."""

    type: Annotated[str, OneOf(_accelerator_types)] = Field(
        description="The size of accelerator (EC2 API Reference, ElasticInferenceAccelerator)."
    )
    count: int = Field(default=1, ge=1, description="How many of them. Default: 1.")
    model: ModelName = Field(
        description="The key of the model under models whose TorchScript the benchmark runs."
    )
    ingress_cidrs: Annotated[Items[Cidr], Distinct()] = Field(
        default=(),
        description="From where ports 22 and 443 of the instance can be reached. "
        "Default: from nowhere; Session Manager needs no open port.",
    )
    acknowledge_retired: bool = Field(
        default=False,
        description="True to synthesize it although AWS has retired it: it deploys to the laptop's AWS as of "
        "2020 alone. Default: false, it is an error that names the replacement.",
    )


class Client(SpecModel):
    """An EC2 instance that invokes endpoints: reached by Session Manager, without a key pair."""

    type: Literal["ec2"] = Field(description="The kind of client.")
    instance_type: Ec2InstanceTypeName = Field(
        description="The EC2 instance type, of the x86_64 architecture."
    )
    image: ImageName = Field(
        default="amazon-linux-2023",
        description="The machine image: the latest at every deploy, by AWS's public SSM parameters, or one "
        "AMI by its id, whose root device must be /dev/xvda. Default: amazon-linux-2023.",
    )
    volume_gib: int | None = Field(
        default=None,
        ge=8,
        le=16384,
        description="The size of the encrypted root volume in GiB, at least the image's own "
        "(EC2 API Reference, EbsBlockDevice). Default: 20, with deep-learning-pytorch 150.",
    )
    placement: Literal["private", "public"] = Field(
        default="private",
        description="private: in the deployment's network, without a public address. public: in a small "
        "network of its own with a way out and none in, from where it calls the public endpoint. "
        "Default: private.",
    )
    endpoints: Annotated[Items[EndpointKey], Distinct()] | None = Field(
        default=None,
        description="The keys of the endpoints that it may invoke, with all their components. "
        "Default: all of the deployment.",
    )
    elastic_inference: ElasticInference | None = Field(
        default=None,
        description="Elastic Inference accelerators attached to the instance, where placement is private. "
        "Default: none.",
    )
    acknowledge: Acknowledgments = Field(default_factory=dict)
