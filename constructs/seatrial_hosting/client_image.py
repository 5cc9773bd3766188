"""The machine image of a client: the latest of a kind, or one AMI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import aws_cdk as cdk
from constructs import Construct

__all__ = ["ClientImage"]


@dataclass(frozen=True, slots=True)
class ClientImage:
    """An image for the x86_64 architecture whose root device is ``/dev/xvda`` and which has the SSM Agent.

    Attributes:
        parameter: the public SSM parameter that names the latest; empty for one AMI.
        ami_id: that AMI; empty for the latest.
        volume_gib: room enough for the image's snapshot, in GiB.
    """

    parameter: str
    ami_id: str
    volume_gib: int

    @classmethod
    def amazon_linux_2023(cls) -> Self:
        """Return the latest Amazon Linux 2023 with its default kernel.

        Source: Amazon Linux 2023 user guide, "Launching AL2023 using the SSM parameter and AWS CLI".
        """
        return cls("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", "", 20)

    @classmethod
    def deep_learning_pytorch(cls) -> Self:
        """Return the latest Deep Learning AMI with PyTorch 2.9 on Amazon Linux 2023.

        Source: AWS Deep Learning AMIs developer guide, "Finding the ID of a DLAMI", which forms the name.
        """
        kind = "oss-nvidia-driver-gpu-pytorch-2.9-amazon-linux-2023"
        return cls(f"/aws/service/deeplearning/ami/x86_64/{kind}/latest/ami-id", "", 150)

    @classmethod
    def from_ami_id(cls, ami_id: str) -> Self:
        """Return one image, which stays whatever AWS publishes later."""
        return cls("", ami_id, 150)

    def image_id(self, scope: Construct) -> str:
        """Return what ``ImageId`` says: the AMI, or a parameter of the stack, resolved at every deploy.

        Nothing is looked up at synth: CloudFormation reads the SSM parameter itself.
        """
        if self.ami_id:
            return self.ami_id
        parameter = cdk.CfnParameter(
            scope,
            "ImageId",
            type="AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
            default=self.parameter,
            description="The latest machine image of the client",
        )
        return parameter.value_as_string
